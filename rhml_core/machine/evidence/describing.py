"""Chosen terms as concepts: how well they tell their label, and with which messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.domain import ConceptKind
from rhml_core.errors import MeasureUndefinedError
from rhml_core.lexicon import TermKind
from rhml_core.machine.evidence.influence import Influence
from rhml_core.machine.evidence.judged import Judged
from rhml_core.machine.evidence.surfaced import SurfacedConcept
from rhml_core.machine.protocol import Floats
from rhml_core.machine.terms.grammar import kind_of
from rhml_core.machine.terms.matching import find_terms
from rhml_core.measures.terms import term_f1

_NAMES = {
    TermKind.WORD: ConceptKind.TERM,
    TermKind.PHRASE: ConceptKind.PHRASE,
    TermKind.PATTERN: ConceptKind.PATTERN,
    TermKind.LINK: ConceptKind.PATTERN,
}


@dataclass(frozen=True)
class Found:
    """
    An expression that was chosen for a label.

    Attributes:
        influence: None where the model was not asked.
        stability: None where it was not chosen by rank.
    """

    expression: str
    influence: Influence | None = None
    stability: float | None = None


def describe(
    chosen: Mapping[str, Sequence[Found]],
    judged: Judged,
    *,
    texts: Sequence[str],
    probabilities: Floats,
    known: Collection[str],
    conflicts: Mapping[str, Mapping[str, str]],
) -> tuple[SurfacedConcept, ...]:
    """
    What is to be said of each chosen expression.

    Args:
        chosen: by label, in the order of the columns of `probabilities`, best first.
        judged: messages with their reference label.
        texts: messages that the model was asked about.
        probabilities: shape (len(texts), n_labels), the model's.
        known: expressions of the lexicon.
        conflicts: by label and expression, the label under which the lexicon has it.

    Returns:
        In the order given. Left out is what neither occurs in a judged message nor has a
        label that does, for nothing can be measured of it.
    """
    expressions = list(dict.fromkeys(one.expression for found in chosen.values() for one in found))
    column_of = {expression: column for column, expression in enumerate(expressions)}
    contains = find_terms(judged.texts, expressions).toarray()
    occurs = find_terms(texts, expressions).tocsc()
    concepts = []
    for label_column, (label, found) in enumerate(chosen.items()):
        has_label = judged.has_label(label)
        for place, one in enumerate(found, start=1):
            with_term = contains[:, column_of[one.expression]]
            try:
                f1 = term_f1(with_term, has_label)
            except MeasureUndefinedError:
                continue
            rows = occurs[:, [column_of[one.expression]]].indices
            concepts.append(
                SurfacedConcept(
                    label=label,
                    kind=_NAMES[kind_of(one.expression)],
                    terms=(one.expression,),
                    strength=_rise(rows, probabilities[:, label_column]),
                    term_f1=f1,
                    n_for=int((with_term & has_label).sum()),
                    n_against=int((with_term & ~has_label).sum()),
                    messages_for=judged.some_ids(with_term & has_label),
                    messages_against=judged.some_ids(with_term & ~has_label),
                    is_new=one.expression not in known,
                    place=place,
                    influence=one.influence.fall if one.influence else None,
                    stability=one.stability,
                    contradicts=conflicts.get(label, {}).get(one.expression, ""),
                )
            )
    return tuple(concepts)


def _rise(rows: NDArray[np.int64], probabilities: Floats) -> float:
    """Mean probability in these rows minus in the others; 0 where either are none."""
    if not 0 < len(rows) < len(probabilities):
        return 0.0
    inside = float(probabilities[rows].sum())
    outside = float(probabilities.sum()) - inside
    return inside / len(rows) - outside / (len(probabilities) - len(rows))
