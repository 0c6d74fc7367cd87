"""From vectors to labels: the linear head, what it is taught and how sure it may be."""
