"""Background work: a process of its own that gets its data as files and has no store."""
