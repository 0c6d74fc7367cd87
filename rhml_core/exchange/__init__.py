"""Files in and out, one module a format; frames and reports, no store."""
