"""The machine beside the lexicon on the same messages, and the ways between the two."""
