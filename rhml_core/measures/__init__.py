"""Pure measures: frames and arrays in, numbers out; randomness comes from a given seed alone."""
