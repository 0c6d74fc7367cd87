"""Label review: which labels may be wrong?"""
