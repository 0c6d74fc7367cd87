"""Adjudicate: what shall count where people disagree?"""
