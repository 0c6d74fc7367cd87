"""Concepts and their links as people draw them: one's own map, the team's, over time."""
