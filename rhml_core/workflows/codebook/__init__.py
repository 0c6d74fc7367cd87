"""The labels and their definitions; what a change of them asks about again."""
