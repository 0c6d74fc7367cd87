"""An encoder that needs no model: the same words make the same vector, always."""

import zlib

import numpy as np

from rhml_core.machine.evidence.phrases import words_of


class HashingEncoder:
    """A bag of words hashed into a few dimensions; satisfies the Encoder protocol."""

    encoder_id = "fake-hashing"

    def __init__(self, dimension: int = 64) -> None:
        """Make vectors of a length."""
        self.dimension = dimension
        self.n_encoded = 0

    def encode(self, texts, on_progress=None):
        """One L2-normalised row per text; a text without words points at the last dimension."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words_of(text):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1.0
            if not vectors[row].any():
                vectors[row, -1] = 1.0
            if on_progress is not None:
                on_progress(row + 1, len(texts))
        self.n_encoded += len(texts)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
