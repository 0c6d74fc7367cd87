"""One function for each thing that a person does; where store, machine and measures meet."""
