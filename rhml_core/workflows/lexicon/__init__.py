"""The team's terms: edits, versions, preview, warnings, files."""
