"""
How a text is spelt, as a short vector beside its meaning.

Word pieces of two to four letters are counted, weighed by their rarity among a project's own
messages and reduced to the few directions in which these messages differ most. It tells names,
codes and spellings apart that an encoder of meanings has never seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.protocol import Vectors

N_DIRECTIONS = 64
MOST_TEXTS = 3000
"""Texts that a space is fitted to; more take time and turn it little."""

_LENGTHS = (2, 3, 4)
_BUCKET_BITS = 13
_N_BUCKETS = 1 << _BUCKET_BITS
_CHUNK = 2048
_FEWEST_TEXTS_WITH_PIECE = 2
_N_SPARE_DIRECTIONS = 16
_N_PASSES = 2
_SMALLEST_SHARE = 1e-4
"""Directions with less of the largest singular value hold nothing but rounding."""
_SPACE = 32
# Odd 64-bit numbers without a pattern: a polynomial over the letters, then one more mixing.
_MULTIPLIERS = tuple(
    np.uint64(number)
    for number in (
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
    )
)
_MIXER = np.uint64(0xFF51AFD7ED558CCD)


@dataclass(frozen=True)
class LetterSpace:
    """
    The directions in which the spelling of some texts differs.

    Attributes:
        rarity: shape (n_buckets,): weight of each word piece; 0 for one that is too rare.
        directions: shape (n_buckets, r), nearly orthonormal columns of half precision.
    """

    rarity: Vectors
    directions: Vectors

    @property
    def n_directions(self) -> int:
        """Length of a text's vector."""
        return int(self.directions.shape[1])

    def read(self, texts: Sequence[str]) -> Vectors:
        """
        Each text's place in the space.

        Returns:
            Shape (len(texts), n_directions), rows of length 1 at most; 0 for a text without a
            known word piece.
        """
        places = np.zeros((len(texts), self.n_directions), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = texts[start : start + _CHUNK]
            places[start : start + _CHUNK] = _weighed(chunk, self.rarity) @ self.directions
        return places


def fit_letters(texts: Sequence[str], *, seed: int) -> LetterSpace | None:
    """
    The space of some texts, at most `MOST_TEXTS` of them.

    Args:
        texts: the project's messages, judged or not, in an order that stays.
        seed: fixes the sample and the start of the decomposition.

    Returns:
        None where the texts are too few or too alike to tell directions apart.

    Source:
        Deerwester et al.: Indexing by latent semantic analysis. Halko, Martinsson, Tropp:
        Finding structure with randomness (algorithm 4.4).
    """
    random = np.random.default_rng(seed)
    sample = list(texts)
    if len(sample) > MOST_TEXTS:
        sample = [sample[row] for row in np.sort(random.permutation(len(sample))[:MOST_TEXTS])]
    rarity = _rarity(sample)
    weighed = _weighed(sample, rarity)
    n_directions = min(N_DIRECTIONS, len(sample) - 1, int((rarity > 0).sum()))
    if n_directions < 1:
        return None
    n_probes = min(n_directions + _N_SPARE_DIRECTIONS, len(sample))
    reach = weighed.T @ random.standard_normal((len(sample), n_probes)).astype(np.float32)
    for _ in range(_N_PASSES):
        reach, _ = np.linalg.qr(reach)
        reach = weighed.T @ (weighed @ reach)
    basis, _ = np.linalg.qr(reach)
    _, sizes, turned = np.linalg.svd(weighed @ basis, full_matrices=False)
    is_kept = sizes[:n_directions] > _SMALLEST_SHARE * sizes[0]
    if not is_kept.any():
        return None
    # Half precision, so that a saved space is small and reads as it did before it was saved.
    directions = (basis @ turned[:n_directions][is_kept].T).astype(np.float16)
    return LetterSpace(rarity, directions.astype(np.float32))


def _rarity(texts: Sequence[str]) -> Vectors:
    """Inverse document frequency of each bucket, smoothed as scikit-learn does."""
    n_with = np.zeros(_N_BUCKETS, dtype=np.int64)
    for start in range(0, len(texts), _CHUNK):
        _, buckets, _ = _count_pieces(texts[start : start + _CHUNK])
        n_with += np.bincount(buckets, minlength=_N_BUCKETS)
    rarity = np.log((1 + len(texts)) / (1 + n_with)) + 1.0
    return np.where(n_with >= _FEWEST_TEXTS_WITH_PIECE, rarity, 0.0).astype(np.float32)


def _weighed(texts: Sequence[str], rarity: Vectors) -> csr_matrix:
    """Shape (len(texts), n_buckets): logarithmic counts times rarity, rows of length 1."""
    rows, buckets, counts = _count_pieces(texts)
    values = (1.0 + np.log(counts)).astype(np.float32) * rarity[buckets]
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(texts)))
    values /= np.maximum(lengths, 1e-12).astype(np.float32)[rows]
    starts = np.searchsorted(rows, np.arange(len(texts) + 1))
    return csr_matrix((values, buckets, starts), shape=(len(texts), _N_BUCKETS))


def _count_pieces(
    texts: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row, bucket and count of every word piece; sorted by row, then by bucket."""
    padded = [f" {' '.join(text.lower().split())} " if text.strip() else "" for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    is_inside = letters != _SPACE
    keys = []
    for length in _LENGTHS:
        n_starts = len(letters) - length + 1
        if n_starts < 1:
            continue
        is_piece = owners[:n_starts] == owners[length - 1 :]
        for place in range(1, length - 1):
            is_piece &= is_inside[place : place + n_starts]
        starts = np.flatnonzero(is_piece)
        mixed = np.full(len(starts), length, dtype=np.uint64)
        for place in range(length):
            mixed += letters[starts + place] * _MULTIPLIERS[place]
        mixed ^= mixed >> np.uint64(29)
        buckets = (mixed * _MIXER) >> np.uint64(64 - _BUCKET_BITS)
        keys.append((owners[starts].astype(np.uint64) << np.uint64(_BUCKET_BITS)) | buckets)
    if not keys:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    rows = (found >> np.uint64(_BUCKET_BITS)).astype(np.int64)
    return rows, (found & np.uint64(_N_BUCKETS - 1)).astype(np.int64), counts
