"""Home: what should I do now?"""
