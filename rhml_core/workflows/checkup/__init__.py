"""Whether the program, the machine it runs on and a workplace are in order."""
