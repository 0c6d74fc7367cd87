"""The tests; a package of its own name, so that no installed one is taken for it."""
