"""From texts to vectors: the encoder, its export and what makes it fast."""
