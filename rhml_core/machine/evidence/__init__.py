"""What the machine goes by: words of one message, concepts of many."""
