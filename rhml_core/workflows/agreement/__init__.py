"""How well people agree, and the machine with each of them: figures, words, consensus, report."""
