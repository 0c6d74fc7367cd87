"""Terms to take in and terms to look at again: where machine and lexicon could teach each other."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.domain import Concept, ConceptKind, ConceptStatus, Person, Role, Split
from rhml_core.errors import InvalidInputError
from rhml_core.figures import Interval
from rhml_core.lexicon import Term
from rhml_core.machine.terms.grammar import normal_term
from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.terms import term_f1
from rhml_core.store import concepts
from rhml_core.workflows.insights.insights import InsightFigures
from rhml_core.workflows.insights.plot import open_labels
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import machine_keeps_silent
from rhml_core.workflows.workplace import Workplace

_HALF = 0.5


class Doubt(StrEnum):
    """Why a term of the lexicon should be looked at again."""

    BELOW_CHANCE = "below chance"
    MOSTLY_OTHERS = "mostly others"
    MACHINE_DIFFERS = "machine differs"


@dataclass(frozen=True)
class DoubtfulTerm:
    """
    A term of the lexicon that seems to mislead, by the judged messages that a person may know.

    Attributes:
        n_for, n_against: of them, those that contain it and have its label, or another.
        precision: share of those that contain it which have its label.
        usual_share: share of all of them that have its label: what a term without any meaning
            would reach.
        f1: of "the message contains it" as a prediction of its label.
        machine_share: of those that contain it, the share of which the machine says another
            label, out of fold; None where the machine says nothing.
        machine_label: the one that it mostly says then; "" where it says nothing.
        doubts: at least one.
    """

    term: Term
    n_for: int
    n_against: int
    precision: Interval
    usual_share: float
    f1: Interval
    machine_share: Interval | None
    machine_label: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class DoubtfulTerms:
    """
    The terms to look at again, the most doubtful first.

    Attributes:
        n_terms: of the lexicon that have a label.
        n_judged: messages whose answer the person may know.
        without_machine: whether the machine has no say in it.
    """

    terms: tuple[DoubtfulTerm, ...]
    n_terms: int
    n_judged: int
    without_machine: bool


@dataclass(frozen=True)
class _Judged:
    """
    The judged messages that a person may know.

    Attributes:
        contains: shape (n_messages, n_expressions), which terms stand in which.
        labels: those of people, machine and lexicon, in alphabetical order.
        truth, said: shape (n_messages,): the place in `labels` of what people settled on, and of
            what the machine says; -1 where it says nothing.
    """

    contains: csc_matrix
    labels: tuple[str, ...]
    truth: NDArray[np.int64]
    said: NDArray[np.int64]

    @cached_property
    def n_by_label(self) -> list[int]:
        """How many messages people gave each label."""
        counts: list[int] = np.bincount(self.truth, minlength=len(self.labels)).tolist()
        return counts


def new_terms(place: Workplace, person: Person, project_id: str) -> tuple[Concept, ...]:
    """
    What runs surfaced, nobody has decided on and the lexicon does not have; strongest first.

    Groups of messages are no terms and are left out.

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see what the machine noticed")
    known = set(current_lexicon(place.db, project_id).expressions)
    found = [
        concept
        for concept in concepts.list_concepts(place.db, project_id)
        if concept.status is ConceptStatus.NEW
        and concept.kind is not ConceptKind.CLUSTER
        and _canonical(concept.terms[0]) not in known
    ]
    return tuple(sorted(found, key=lambda one: (-one.strength, one.concept_id)))


def doubtful_terms(
    place: Workplace, person: Person, project_id: str, figures: InsightFigures
) -> DoubtfulTerms:
    """
    The lexicon's terms that mislead on judged messages, or that the machine contradicts.

    A term is doubtful only where the whole 95 % interval says so: its precision lies below the
    usual share of its label, or at 0.5 and below, or the machine says another label on more than
    half of the messages that contain it. Rare terms that are right are left in peace, whatever
    their term F1 is.

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see what the machine noticed")
    matches = pool_matches(place.db, project_id)
    known = open_labels(place, person, project_id)
    judged = np.array(sorted(known), dtype=np.int64)
    truth = [known[row] for row in judged.tolist()]
    is_silent = machine_keeps_silent(place.db, person, project_id, Split.POOL)
    said = _said(place, project_id, figures, judged, is_silent=is_silent)
    terms = [term for term in current_lexicon(place.db, project_id).terms if term.label]
    labels = sorted({*truth, *said, *(term.label for term in terms)} - {""})
    places = {"": -1} | {label: at for at, label in enumerate(labels)}
    looked_at = _Judged(
        matches.matrix.tocsr()[judged].tocsc(),
        tuple(labels),
        np.array([places[label] for label in truth], dtype=np.int64),
        np.array([places[label] for label in said], dtype=np.int64),
    )
    found = [
        one
        for term in terms
        if (one := _weighed(term, matches.columns[term.expression], looked_at)) is not None
    ]
    found.sort(key=lambda one: (-len(one.doubts), one.precision.value, -one.n_against))
    return DoubtfulTerms(
        tuple(found),
        len(terms),
        len(judged),
        without_machine=is_silent or not figures.message_ids,
    )


def _said(
    place: Workplace,
    project_id: str,
    figures: InsightFigures,
    judged: NDArray[np.int64],
    *,
    is_silent: bool,
) -> list[str]:
    """What the machine says of each judged message; "" where it says nothing."""
    answers: dict[str, str] = {}
    if not is_silent:
        best = figures.answered.argmax(axis=1).tolist() if figures.message_ids else []
        labels = [figures.labels[at] for at in best]
        answers = dict(zip(figures.message_ids, labels, strict=True))
    ids = pool_texts(place.db, project_id).message_ids
    return [answers.get(ids[row], "") for row in judged.tolist()]


def _weighed(term: Term, column: int, judged: _Judged) -> DoubtfulTerm | None:
    """The term with what speaks against it; None where nothing surely does."""
    start, end = judged.contains.indptr[column : column + 2]
    inside = judged.contains.indices[start:end]
    if not len(inside):
        return None
    own = judged.labels.index(term.label)
    n_for = int((judged.truth[inside] == own).sum())
    precision = wilson_interval(n_for, len(inside))
    usual = judged.n_by_label[own] / len(judged.truth)
    heard = judged.said[inside]
    said_of = np.bincount(heard[heard >= 0], minlength=len(judged.labels))
    n_heard = int(said_of.sum())
    others = said_of.copy()
    others[own] = 0
    machine = wilson_interval(int(others.sum()), n_heard) if n_heard else None
    tests = {
        Doubt.BELOW_CHANCE: precision.high < usual,
        Doubt.MOSTLY_OTHERS: precision.high <= _HALF,
        Doubt.MACHINE_DIFFERS: machine is not None and machine.low > _HALF,
    }
    doubts = tuple(doubt for doubt, holds in tests.items() if holds)
    if not doubts:
        return None
    contains = np.zeros(len(judged.truth), dtype=np.bool_)
    contains[inside] = True
    return DoubtfulTerm(
        term=term,
        n_for=n_for,
        n_against=len(inside) - n_for,
        precision=precision,
        usual_share=usual,
        f1=term_f1(contains, judged.truth == own),
        machine_share=machine,
        machine_label=judged.labels[int(others.argmax())] if others.any() else "",
        doubts=doubts,
    )


def _canonical(expression: str) -> str:
    try:
        return normal_term(expression)
    except InvalidInputError:
        return expression
