"""Team: how does the work get on, and how is each person doing?"""
