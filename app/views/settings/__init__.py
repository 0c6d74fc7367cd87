"""Settings: how does this project work, and who works in it?"""
