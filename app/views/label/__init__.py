"""Label: what is this message?"""
