"""How far people's own words go: the lexicon as a model, measured beside the machine."""
