"""Lexicon terms as a machine reads them: one notation, where they occur, links among them."""
