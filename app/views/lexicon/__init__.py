"""Lexicon: which words of ours tell a label?"""
