"""Words of the messages that mean much the same as a term of the lexicon."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rhml_core.lexicon import TermKind
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.protocol import Encoder
from rhml_core.machine.terms.grammar import kind_of, normal_terms

LEAST_COSINE = 0.8
"""Of a word to its nearest term."""
MOST_WORDS = 2_000
"""Words that are looked at: the commonest."""
_FEWEST_TEXTS = 2
_SHORTEST = 3


@dataclass(frozen=True)
class SimilarWord:
    """A word that is added to a label, and the term that it is like; `cosine` at most 1."""

    word: str
    label: str
    term: str
    cosine: float


def similar_words(
    texts: Sequence[str],
    lexicon: Mapping[str, Sequence[str]],
    encoder: Encoder,
) -> tuple[SimilarWord, ...]:
    """
    The words of some texts whose meaning is near to a term, each under the nearest term's label.

    Words that the lexicon has are left out; so are patterns and links as terms to be near to,
    since they mean nothing by themselves. No label of a message has a part in it.

    Args:
        texts: messages that may be looked at; none of them hold-out.
        lexicon: the terms of each label.
        encoder: says how near two meanings are.

    Returns:
        Nearest first, each word once; empty where there is none.
    """
    by_label = {label: normal_terms(terms) for label, terms in lexicon.items()}
    known = {term for terms in by_label.values() for term in terms}
    near_to = [
        (term, label)
        for label, terms in by_label.items()
        for term in terms
        if kind_of(term) in (TermKind.WORD, TermKind.PHRASE)
    ]
    n_texts = Counter(word for text in texts for word in set(words_of(text.lower())))
    often = sorted(n_texts, key=lambda word: (-n_texts[word], word))
    words = [
        word
        for word in often
        if n_texts[word] >= _FEWEST_TEXTS
        and len(word) >= _SHORTEST
        and word.isalpha()
        and word not in known
    ][:MOST_WORDS]
    if not near_to or not words:
        return ()
    nearness = encoder.encode(words) @ encoder.encode([term for term, _ in near_to]).T
    best = nearness.argmax(axis=1).tolist()
    found = [
        SimilarWord(word, near_to[at][1], near_to[at][0], float(nearness[row, at]))
        for row, (word, at) in enumerate(zip(words, best, strict=True))
        if nearness[row, at] >= LEAST_COSINE
    ]
    return tuple(sorted(found, key=lambda one: (-one.cosine, one.word)))
