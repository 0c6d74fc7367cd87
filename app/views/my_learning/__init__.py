"""My learning: am I getting better, and at what?"""
