"""Training: is the machine good enough, and what would make it better?"""
