"""Which judged messages may bear a wrong label."""
