"""The ways to train a run, and the folder that a run leaves behind."""
