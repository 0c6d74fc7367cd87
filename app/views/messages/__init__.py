"""Messages: what is there, and how does more come in?"""
