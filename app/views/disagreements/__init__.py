"""Disagreements: what must we talk about?"""
