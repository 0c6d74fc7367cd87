"""The parts that pages are drawn from; they show what they are given and decide nothing."""
