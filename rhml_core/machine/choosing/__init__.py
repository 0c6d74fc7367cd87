"""Which message is worth judging next."""
