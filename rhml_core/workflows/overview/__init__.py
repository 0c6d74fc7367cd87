"""What is done and what is next: Home, the project on one page, team, messages."""
