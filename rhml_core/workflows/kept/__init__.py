"""Values that take long to work out, kept until what they were made from has changed."""
