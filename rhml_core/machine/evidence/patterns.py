"""Pairs of terms that tell a label better together than either of them alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import MeasureUndefinedError
from rhml_core.machine.evidence.judged import Judged
from rhml_core.machine.evidence.phrases import single_words_of
from rhml_core.machine.evidence.word_forms import are_forms
from rhml_core.machine.protocol import Floats
from rhml_core.machine.terms.matching import find_terms
from rhml_core.measures.term_gain import f1_gain

FEWEST_JUDGED = 80
"""Half of them find a pair, the other half must bear it out."""
LEAST_TOGETHER = 4
"""Messages of the label, in the half that finds pairs, that have both words."""
MOST_WORDS = 300
"""Words that are paired: those in most judged messages."""
N_TESTED = 3
"""Pairs of a label that the second half is asked about; more would find chance."""
MOST_PATTERNS = 2
LEAST_ORDERED = 0.8
"""Share of the messages with both words in which they must stand in order to be `a; b`."""
N_REPLICATES = 1000


def find_patterns(
    judged: Judged, all_labels: Sequence[str], *, seed: int
) -> dict[str, tuple[str, ...]]:
    """
    Patterns `a; b` and `a AND b` of each label that has some, best first.

    Half of the judged messages of each label find the pairs with the greatest gain in term F1
    over the better of their two words. The other half, which had no say in the choice, must
    bear a gain out: its 95 % interval lies above 0.

    Args:
        judged: messages with their reference label.
        all_labels: in codebook order.
        seed: fixes the intervals' bootstrap.

    Returns:
        Expressions in the notation of lexicon terms, at most two a label. Empty with fewer
        than 80 judged messages, where half of them tell little.
    """
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import

    if len(judged.texts) < FEWEST_JUDGED or not any(single_words_of(text) for text in judged.texts):
        return {}
    counter = CountVectorizer(
        analyzer=single_words_of, binary=True, dtype=np.float64, max_features=MOST_WORDS
    )
    occurs = csr_matrix(counter.fit_transform(judged.texts))
    words = [str(word) for word in counter.get_feature_names_out()]
    finds = _half_of_each(judged.labels)
    patterns: dict[str, tuple[str, ...]] = {}
    for label in all_labels:
        has_label = judged.has_label(label)
        pairs = _promising_pairs(occurs[finds], has_label[finds], words)
        named = [_in_order(judged.texts, words[one], words[other]) for one, other in pairs]
        tested = _borne_out(judged, np.flatnonzero(~finds), has_label, named, seed=seed)
        if tested:
            patterns[label] = tuple(tested[:MOST_PATTERNS])
    return patterns


def _half_of_each(labels: Sequence[str]) -> NDArray[np.bool_]:
    """Half of each label's messages, drawn in the same way at each call."""
    names = np.asarray(labels, dtype=np.str_)
    order = np.random.default_rng(len(names)).permutation(len(names))
    chosen = np.zeros(len(names), dtype=np.bool_)
    for name in np.unique(names):
        chosen[order[names[order] == name][::2]] = True
    return chosen


def _promising_pairs(
    occurs: csr_matrix, has_label: NDArray[np.bool_], words: Sequence[str]
) -> list[tuple[int, int]]:
    """The pairs with the greatest gain in F1, no word twice, best first."""
    label = has_label.astype(np.float64)
    n_with = np.asarray(occurs.sum(axis=0)).ravel()
    n_for = np.asarray(occurs.T @ label).ravel()
    together = (occurs.T @ occurs).toarray()
    together_for = (occurs.T @ occurs.multiply(label[:, None]).tocsr()).toarray()
    alone = _f1(n_for, n_with, label.sum())
    gain = _f1(together_for, together, label.sum()) - np.maximum(alone[:, None], alone[None, :])
    gain[(together_for < LEAST_TOGETHER) | ~np.triu(np.ones(gain.shape, dtype=np.bool_), 1)] = -1.0
    pairs: list[tuple[int, int]] = []
    for place in np.argsort(-gain, axis=None, kind="stable"):
        one, other = divmod(int(place), gain.shape[1])
        if gain[one, other] <= 0 or len(pairs) == N_TESTED:
            break
        is_used = any({one, other} & set(pair) for pair in pairs)
        if not is_used and not are_forms(words[one], words[other]):
            pairs.append((one, other))
    return pairs


def _f1(n_both: Floats, n_with: Floats, n_label: float) -> Floats:
    return 2.0 * n_both / np.maximum(n_with + n_label, 1.0)


def _in_order(texts: Sequence[str], one: str, other: str) -> tuple[str, str, str]:
    """The pattern of two words, and the words: in the order in which they nearly always follow."""
    anyhow, forth, back = (
        f"{one} AND {other}",
        f"{one}; {other}",
        f"{other}; {one}",
    )
    n_anyhow, n_forth, n_back = find_terms(texts, [anyhow, forth, back]).sum(axis=0).A1
    if max(n_forth, n_back) < LEAST_ORDERED * n_anyhow:
        return anyhow, one, other
    return (forth, one, other) if n_forth >= n_back else (back, other, one)


def _borne_out(
    judged: Judged,
    rows: NDArray[np.int64],
    has_label: NDArray[np.bool_],
    named: Sequence[tuple[str, str, str]],
    *,
    seed: int,
) -> list[str]:
    """Patterns with a gain above 0 beyond its interval in messages that did not choose them."""
    kept = []
    for pattern in named:
        found = find_terms([judged.texts[row] for row in rows], pattern).toarray()
        try:
            gain = f1_gain(
                found[:, 0],
                found[:, 1],
                found[:, 2],
                has_label[rows],
                n_replicates=N_REPLICATES,
                seed=seed,
            )
        except MeasureUndefinedError:
            continue
        if gain.low > 0:
            kept.append((gain.value, pattern[0]))
    return [expression for _, expression in sorted(kept, key=lambda one: (-one[0], one[1]))]
