"""New insights: what does the machine see that our words do not say?"""
