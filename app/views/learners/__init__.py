"""Both learners: do people and machine get better?"""
