"""Judged messages beside what the lexicon alone answers, as far as a person may know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rhml_core.domain import Person, Role, Span
from rhml_core.errors import InvalidInputError
from rhml_core.machine.terms.places import term_spans
from rhml_core.store import codebooks
from rhml_core.store import turns as turn_store
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.preview import known_labels
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.reflection.reflection import ReflectionFigures
from rhml_core.workflows.workplace import Workplace

PAGE_SIZE = 20


class Outcome(StrEnum):
    """How the lexicon's answer about one label meets the reference."""

    TRUE_POSITIVE = "tp"
    FALSE_POSITIVE = "fp"
    FALSE_NEGATIVE = "fn"
    TRUE_NEGATIVE = "tn"


class Side(StrEnum):
    """Whether a message speaks for a term or against it."""

    FOR = "for"
    AGAINST = "against"


@dataclass(frozen=True)
class MarkedTerm:
    """Where a term of the lexicon stands in a text, and the labels that it speaks for."""

    span: Span
    expression: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ReflectedMessage:
    """A judged message of the pool: its label, and what the terms alone answer out of fold."""

    message_id: str
    text: str
    label: str
    answer: str
    marks: tuple[MarkedTerm, ...]


@dataclass(frozen=True)
class ReflectedMessages:
    """
    One page of messages, those in which more terms stand first.

    Attributes:
        counts: how many messages each outcome has for the label, with the same other filters.
        n: messages that fit all filters.
        page, n_pages: from 1.
    """

    messages: tuple[ReflectedMessage, ...]
    counts: Mapping[Outcome, int]
    n: int
    page: int
    n_pages: int


def known_answers(
    place: Workplace, person: Person, project_id: str, figures: ReflectionFigures
) -> dict[int, tuple[str, str]]:
    """
    Label and answer of each judged message whose answer a person may know.

    Messages that lie before the person are left out, whoever they are; so is all of the hold-out.

    Returns:
        Place in the pool -> the best label known, and what the terms alone answer out of fold.
    """
    pool = pool_texts(place.db, project_id)
    held = set(turn_store.held_messages(place.db, project_id, person.person_id))
    names = set(codebooks.get_codebook(place.db, project_id).names)
    return {
        row: (label, figures.answers[pool.message_ids[row]])
        for row, label in known_labels(place.db, person, project_id, pool).items()
        if pool.message_ids[row] in figures.answers
        and pool.message_ids[row] not in held
        and label in names
    }


def reflected_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    figures: ReflectionFigures,
    label: str,
    *,
    outcome: Outcome | None = None,
    term: str = "",
    side: Side | None = None,
    page: int = 1,
) -> ReflectedMessages:
    """
    Messages by how the lexicon's answer about a label meets the reference.

    Args:
        place: the workplace.
        person: who looks.
        project_id: where.
        figures: of the lexicon.
        label: of the codebook.
        outcome: None for all.
        term: of the lexicon, that the messages shall contain; "" for any.
        side: those that have the label, or those that have another; None for both.
        page: from 1; a page beyond the last is the last.

    Raises:
        InvalidInputError: the lexicon has no such term, or the codebook no such label.
    """
    require(person, Role.VIEWER, "see how far the lexicon goes")
    if label not in codebooks.get_codebook(place.db, project_id).names:
        raise InvalidInputError(f"The codebook has no label '{label}'. Choose another.")
    matches = pool_matches(place.db, project_id)
    known = known_answers(place, person, project_id, figures)
    if term:
        if term not in matches.columns:
            raise InvalidInputError(
                f"The lexicon has no term “{term}” any more. Choose another, or show all."
            )
        containing = set(matches.rows_with(term).tolist())
        known = {row: both for row, both in known.items() if row in containing}
    if side is not None:
        wanted = side is Side.FOR
        known = {row: both for row, both in known.items() if (both[0] == label) is wanted}
    of_row = {row: _outcome(label, *both) for row, both in known.items()}
    counts = dict.fromkeys(Outcome, 0)
    for found in of_row.values():
        counts[found] += 1
    rows = [row for row, found in of_row.items() if outcome in (None, found)]
    n_terms = matches.matrix.sum(axis=1).A1 if rows else []
    rows.sort(key=lambda row: (-n_terms[row], row))
    n_pages = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(max(page, 1), n_pages)
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return ReflectedMessages(
        messages=_read(place, project_id, {row: known[row] for row in shown}),
        counts=counts,
        n=len(rows),
        page=page,
        n_pages=n_pages,
    )


def _outcome(label: str, truth: str, answer: str) -> Outcome:
    if answer == label:
        return Outcome.TRUE_POSITIVE if truth == label else Outcome.FALSE_POSITIVE
    return Outcome.FALSE_NEGATIVE if truth == label else Outcome.TRUE_NEGATIVE


def _read(
    place: Workplace, project_id: str, shown: Mapping[int, tuple[str, str]]
) -> tuple[ReflectedMessage, ...]:
    """The messages at some places, with every term of the lexicon that stands in them."""
    pool = pool_texts(place.db, project_id)
    matches = pool_matches(place.db, project_id)
    labels_of: dict[str, list[str]] = {}
    for label, expressions in current_lexicon(place.db, project_id).by_label().items():
        for expression in expressions:
            labels_of.setdefault(expression, []).append(label)
    found = []
    by_row = matches.matrix.tocsr() if shown else None
    for row, (truth, answer) in shown.items():
        columns = by_row[row].indices.tolist() if by_row is not None else []
        inside = [matches.expressions[at] for at in columns if matches.expressions[at] in labels_of]
        text = pool.texts[row]
        marks = tuple(
            MarkedTerm(span, expression, tuple(labels_of[expression]))
            for expression, span in term_spans(text, inside)
        )
        found.append(ReflectedMessage(pool.message_ids[row], text, truth, answer, marks))
    return tuple(found)
