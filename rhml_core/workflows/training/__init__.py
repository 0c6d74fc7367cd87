"""Runs: what may teach them, how long they take, what they are worth, which one speaks."""
