"""Concept map: how do our concepts hang together?"""
