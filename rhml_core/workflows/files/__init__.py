"""Messages and labels from files, and files answered by a run."""
