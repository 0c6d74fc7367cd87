"""Overview: the project on one page, for those who do not work in it."""
