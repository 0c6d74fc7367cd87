"""What was learnt from each other: concepts, entries, the digest of a cycle, the file."""
