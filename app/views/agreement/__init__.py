"""Agreement: can these labels be trusted?"""
