"""Codebook: what does each label mean, and what changes when we change it?"""
