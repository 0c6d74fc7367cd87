"""What each term of the lexicon is worth on the judged messages that a person may know."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rhml_core.domain import Person, Role
from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.lexicon import Term
from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.terms import term_f1
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.reflection.messages import known_answers
from rhml_core.workflows.reflection.reflection import ReflectionFigures
from rhml_core.workflows.workplace import Workplace

PAGE_SIZE = 25


class TermOrder(StrEnum):
    """By what terms are sorted."""

    MESSAGES = "messages"
    AGAINST = "against"
    F1 = "f1"
    WEIGHT = "weight"


@dataclass(frozen=True)
class TermWorth:
    """
    One term of the lexicon for its label.

    Attributes:
        n_messages: of the pool that contain it, judged or not.
        n_for, n_against: judged messages that contain it and have the label, or another.
        precision: share of the judged messages with it that have the label; None where none has it.
        recall: share of the label's judged messages that contain it; None where there is none.
        f1: None where `missing` says why.
        weight: log-odds that it adds for its label; None where nothing could be weighed.
        missing: a sentence for people; "" where all is known.
    """

    term: Term
    n_messages: int
    n_for: int
    n_against: int
    precision: Interval | None
    recall: Interval | None
    f1: Interval | None
    weight: float | None
    missing: str


@dataclass(frozen=True)
class TermPage:
    """Some terms in the order asked for; `n` fit the filters, on `n_pages` pages, from 1."""

    terms: tuple[TermWorth, ...]
    n: int
    n_judged: int
    page: int
    n_pages: int


def reflection_terms(
    place: Workplace,
    person: Person,
    project_id: str,
    figures: ReflectionFigures,
    *,
    label: str = "",
    order: TermOrder = TermOrder.MESSAGES,
    page: int = 1,
) -> TermPage:
    """
    What the terms of a label are worth, or those of all labels where it is "".

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see how far the lexicon goes")
    lexicon = current_lexicon(place.db, project_id)
    matches = pool_matches(place.db, project_id)
    known = known_answers(place, person, project_id, figures)
    judged = np.array(sorted(known), dtype=np.int64)
    truth = np.array([known[row][0] for row in judged.tolist()], dtype=object)
    contains = matches.matrix.tocsr()[judged].tocsc()
    terms = [
        term
        for term in lexicon.terms
        if term.label and label in ("", term.label) and term.expression in matches.columns
    ]
    n_for: dict[str, int] = {}
    n_against: dict[str, int] = {}
    for term in terms:
        column = matches.columns[term.expression]
        inside = truth[contains.indices[contains.indptr[column] : contains.indptr[column + 1]]]
        n_for[term.term_id] = int((inside == term.label).sum())
        n_against[term.term_id] = len(inside) - n_for[term.term_id]
    having = {name: int((truth == name).sum()) for name in {term.label for term in terms}}

    def rank(term: Term) -> tuple[float, int]:
        of, other = n_for[term.term_id], n_against[term.term_id]
        weight = figures.weights.get((term.expression, term.label), 0.0)
        both = of + other + having[term.label]
        by = {
            TermOrder.MESSAGES: matches.counts[term.expression],
            TermOrder.AGAINST: other,
            TermOrder.F1: 2 * of / both if both else 0.0,
            TermOrder.WEIGHT: weight,
        }
        return -by[order], -matches.counts[term.expression]

    terms.sort(key=rank)
    n_pages = max(1, -(-len(terms) // PAGE_SIZE))
    page = min(max(page, 1), n_pages)
    shown = []
    for term in terms[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
        of, other = n_for[term.term_id], n_against[term.term_id]
        has_term = contains[:, [matches.columns[term.expression]]].toarray()[:, 0].astype(np.bool_)
        f1, missing = None, ""
        try:
            f1 = term_f1(has_term, np.asarray(truth == term.label, dtype=np.bool_))
        except MeasureUndefinedError as error:
            missing = str(error)
        shown.append(
            TermWorth(
                term=term,
                n_messages=matches.counts[term.expression],
                n_for=of,
                n_against=other,
                precision=wilson_interval(of, of + other) if of + other else None,
                recall=wilson_interval(of, having[term.label]) if having[term.label] else None,
                f1=f1,
                weight=figures.weights.get((term.expression, term.label)),
                missing=missing,
            )
        )
    return TermPage(tuple(shown), len(terms), len(judged), page, n_pages)
