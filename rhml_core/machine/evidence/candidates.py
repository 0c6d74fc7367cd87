"""Words and phrases worth asking about: in enough judged messages, and frequent for a label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.evidence.phrases import phrases_of
from rhml_core.machine.protocol import Floats

FEW_JUDGED = 60
"""Below so many judged messages a term needs two of them rather than three."""
MOST_CANDIDATES = 80
"""Terms of a label by class-based TF-IDF of the judged, and again of the predicted messages."""
MOST_TEXTS = 20_000
"""Of larger pools so many messages are read, drawn at random."""
SAME_MESSAGES = 0.9
"""Share of a term's messages that have a longer one around it, from which on it is that one."""


@dataclass(frozen=True)
class Candidates:
    """
    What is known of every candidate term.

    Attributes:
        terms: words and phrases in lower case, sorted.
        contains: shape (n_judged, n_terms): whether a judged message has the term.
        rows: shape (n_read,): which of the texts were read.
        occurs: shape (n_read, n_terms): whether one of these has the term.
    """

    terms: tuple[str, ...]
    contains: csc_matrix
    rows: NDArray[np.int64]
    occurs: csc_matrix

    def messages_with(self, term: int) -> NDArray[np.bool_]:
        """Shape (n_judged,): which judged messages have a term."""
        found = np.zeros(self.contains.shape[0], dtype=np.bool_)
        found[self.contains.indices[slice(*self.contains.indptr[term : term + 2])]] = True
        return found

    def texts_with(self, term: int) -> NDArray[np.int64]:
        """Which of the texts that were read have a term, by their row among all texts."""
        found: NDArray[np.int64] = self.rows[
            self.occurs.indices[slice(*self.occurs.indptr[term : term + 2])]
        ]
        return found


def least_messages(n_judged: int) -> int:
    """In how many judged messages a term must be, so that it is not chance alone."""
    return 2 if n_judged < FEW_JUDGED else 3


def gather_candidates(
    judged_texts: Sequence[str],
    is_label: Floats,
    texts: Sequence[str],
    probabilities: Floats,
    *,
    seed: int,
) -> Candidates | None:
    """
    The terms worth asking about, and where they are.

    Args:
        judged_texts: messages with a label.
        is_label: shape (n_judged, n_labels): 1.0 where a message has the label.
        texts: the messages that the model was asked about.
        probabilities: shape (len(texts), n_labels), the model's.
        seed: fixes which texts are read where there are very many.

    Returns:
        Terms that mark a label by class-based TF-IDF among the judged messages, or among
        those that the model takes to be of it. Of a word that hardly occurs but in one phrase
        the phrase alone is there. None where no term is in enough judged messages.

    Source:
        Grootendorst: BERTopic (class-based TF-IDF).
    """
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import

    if not any(phrases_of(text) for text in judged_texts):
        return None
    counter = CountVectorizer(analyzer=phrases_of, binary=True, dtype=np.float64)
    contains = csr_matrix(counter.fit_transform(judged_texts))
    n_with = np.asarray(contains.sum(axis=0)).ravel()
    supported = np.flatnonzero(n_with >= least_messages(len(judged_texts)))
    if not len(supported):
        return None
    names = counter.get_feature_names_out()[supported]
    kept = _without_parts(names, n_with[supported])
    names, contains = names[kept], contains[:, supported[kept]]
    rows = np.arange(len(texts))
    if len(rows) > MOST_TEXTS:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_TEXTS])
    reader = CountVectorizer(
        analyzer=phrases_of, vocabulary=list(names), binary=True, dtype=np.float64
    )
    occurs = csr_matrix(reader.transform([texts[int(row)] for row in rows]))
    best = [_frequent_of_class(contains, is_label), _frequent_of_class(occurs, probabilities[rows])]
    chosen = np.unique(np.concatenate(best))
    return Candidates(
        tuple(str(name) for name in names[chosen]),
        csc_matrix(contains[:, chosen]),
        rows,
        csc_matrix(occurs[:, chosen]),
    )


def _without_parts(names: NDArray[np.str_], n_with: Floats) -> NDArray[np.int64]:
    """Terms that do not nearly always stand inside one longer term."""
    place_of = {str(name): place for place, name in enumerate(names)}
    is_part = np.zeros(len(names), dtype=np.bool_)
    for name, place in place_of.items():
        words = name.split()
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                part = place_of.get(" ".join(words[start:end]))
                if part is not None and part != place:
                    is_part[part] |= n_with[place] >= SAME_MESSAGES * n_with[part]
    return np.flatnonzero(~is_part)


def _frequent_of_class(occurs: csr_matrix, shares: Floats) -> NDArray[np.int64]:
    """Columns with a high class-based TF-IDF for some class, in which rows have shares."""
    per_class = np.asarray(occurs.T @ shares).T
    per_class /= np.maximum(per_class.sum(axis=1, keepdims=True), 1.0)
    frequency = per_class.sum(axis=0)
    weight = per_class * np.log1p(frequency.mean() / np.maximum(frequency, 1e-12))
    found: NDArray[np.int64] = np.unique(
        np.argsort(-weight, axis=1, kind="stable")[:, :MOST_CANDIDATES]
    )
    return found
