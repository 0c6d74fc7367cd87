"""Journal: what did we learn from each other?"""
