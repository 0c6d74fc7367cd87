"""
Reflection: what a team's terms alone say of a message, a mirror of what people know.

Unsupervised, nothing is learnt: people chose the terms and the labels that they speak for, the
machine only looks them up. `fit_reflection` also weighs the terms by what people judged.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.figures import Interval
from rhml_core.machine.taught_reflection import TaughtReflection, fit_reflection
from rhml_core.machine.terms.grammar import normal_terms
from rhml_core.machine.terms.matching import find_terms
from rhml_core.measures.classification import measure_classification

__all__ = [
    "Reflection",
    "ReflectionFigure",
    "TaughtReflection",
    "fit_reflection",
    "hit_shares",
    "measure_reflection",
    "reflect",
]


@dataclass(frozen=True)
class Reflection:
    """
    What the terms alone answer.

    Attributes:
        labels: an answer for each text, in the order of the texts.
        n_hit: texts that contain a term; the others got the most frequent label.
    """

    labels: tuple[str, ...]
    n_hit: int


@dataclass(frozen=True)
class ReflectionFigure:
    """
    How good the terms alone are.

    Attributes:
        macro_f1: with a 95 % percentile interval over the texts.
        n_hit: of them, those that contain a term.
    """

    macro_f1: Interval
    n_hit: int


def hit_shares(texts: Sequence[str], lexicon: Mapping[str, Iterable[str]]) -> NDArray[np.float64]:
    """
    Which share of the terms found in each text speaks for which label.

    A term counts once in a text, however often it occurs; one that stands under two labels
    counts for both.

    Args:
        texts: any.
        lexicon: the terms of each label, as people write them.

    Returns:
        Shape (len(texts), len(lexicon)), columns as the labels come; a row adds up to 1, or is 0
        where the text has no term.

    Raises:
        InvalidInputError: a term breaks the notation.

    >>> hit_shares(["Free entry!", "hello"], {"spam": ["free", "entry"], "ham": ["free"]}).round(2)
    array([[0.67, 0.33],
           [0.  , 0.  ]])
    """
    by_label = [normal_terms(terms) for terms in lexicon.values()]
    terms = sorted({term for own in by_label for term in own})
    speaks_for = np.zeros((len(terms), len(by_label)))
    for column, own in enumerate(by_label):
        speaks_for[np.searchsorted(terms, own), column] = 1.0
    hits = find_terms(texts, terms) @ speaks_for
    found = hits.sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = hits / np.where(found > 0, found, 1)
    return shares


def reflect(
    texts: Sequence[str], lexicon: Mapping[str, Iterable[str]], *, taught: Sequence[str]
) -> Reflection:
    """
    The label with the largest share of each text's terms.

    A text without a term gets the most frequent label of what people taught. To abstain would
    count as wrong, and so measure how many texts the terms reach rather than what a team knows;
    the frequent label is knowledge of people too, and the machine has to answer as well. Where
    shares tie, the label that was taught more often is taken, then the first in the alphabet.

    Args:
        texts: any.
        lexicon: the terms of each label.
        taught: a label for each message that people judged to teach with.

    Raises:
        InvalidInputError: there is no term, or nothing was taught.

    >>> reflect(["free!", "hello"], {"spam": ["free"]}, taught=["ham", "ham", "spam"]).labels
    ('spam', 'ham')
    """
    if not any(normal_terms(terms) for terms in lexicon.values()):
        raise InvalidInputError("The lexicon has no term yet. Add one, or adopt a concept.")
    if not taught:
        raise InvalidInputError(
            "No message has taught yet, so that messages without a term have no usual label. "
            "Judge some messages first."
        )
    often = Counter(taught)
    labels = sorted(lexicon, key=lambda label: (-often[label], label))
    usual = min(often, key=lambda label: (-often[label], label))
    shares = hit_shares(texts, {label: lexicon[label] for label in labels})
    is_hit = shares.sum(axis=1) > 0
    answers = tuple(
        labels[best] if hit else usual
        for best, hit in zip(shares.argmax(axis=1), is_hit, strict=True)
    )
    return Reflection(answers, int(is_hit.sum()))


def measure_reflection(
    texts: Sequence[str],
    truth: Sequence[str],
    lexicon: Mapping[str, Iterable[str]],
    *,
    taught: Sequence[str],
    seed: int = 0,
) -> ReflectionFigure:
    """
    How well the terms alone meet the reference of texts that teach nobody.

    Args:
        texts: held out.
        truth: their reference labels, in the same order.
        lexicon: the terms of each label.
        taught: as for `reflect`.
        seed: the same seed gives the same interval.

    Raises:
        MeasureUndefinedError: there is no text.
        InvalidInputError: as for `reflect`, or the lengths differ.
    """
    found = reflect(texts, lexicon, taught=taught)
    labels = sorted({*truth, *found.labels})
    measured = measure_classification(
        truth, found.labels, labels, measured_on="hold-out", seed=seed
    )
    return ReflectionFigure(measured.macro_f1, found.n_hit)
