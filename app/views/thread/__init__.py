"""The thread of a message, on every page that opens one."""
