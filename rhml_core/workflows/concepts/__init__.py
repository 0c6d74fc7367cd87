"""A concept's history: its uses, its life, what a decision on it brought."""
