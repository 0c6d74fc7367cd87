"""Copies of the whole workplace: taken while people work, checked, and put back."""
