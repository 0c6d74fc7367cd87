"""Messages that are not settled: which come first, who decides, which labels are in doubt."""
