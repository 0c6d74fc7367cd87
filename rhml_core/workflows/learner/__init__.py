"""What experts learn: skill, reliance, changed minds, reviews of what they got wrong."""
