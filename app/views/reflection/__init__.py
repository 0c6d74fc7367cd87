"""Reflection: how far do our own words go?"""
