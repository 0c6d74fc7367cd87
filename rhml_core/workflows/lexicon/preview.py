"""What a term would do, while someone types it: where it occurs, and how well it tells a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import Person, Role, Span
from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.lexicon import Term, TermKind
from rhml_core.machine.terms.grammar import kind_of
from rhml_core.machine.terms.places import term_spans
from rhml_core.measures.terms import term_f1
from rhml_core.store import judgements
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.kept.pool_texts import PoolTexts, pool_texts
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.lexicon.checks import checked_expression, checked_label
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.lexicon.warnings import LexiconWarning, no_match, term_warnings
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import answered_for

if TYPE_CHECKING:
    from rhml_core.workflows.workplace import Workplace

_N_EXAMPLES = 3


@dataclass(frozen=True)
class TermExample:
    """
    A message that contains the term.

    Attributes:
        label: the best label known; None where there is none, or the reader may not know it yet.
        spans: where the term stands in the text.
    """

    message_id: str
    text: str
    spans: tuple[Span, ...]
    label: str | None


@dataclass(frozen=True)
class TermPreview:
    """
    What a term would do.

    Attributes:
        expression: as the lexicon would keep it.
        n_messages: messages of the pool that contain it, of `n_pool`; judged or not.
        term_f1: of "the message contains it" as a prediction of the label, on the judged messages
            of the pool whose answer the reader may know; None where `missing` says why.
        n_for, n_against: of those messages, the ones that contain it and have, or do not have,
            the label.
        missing: a sentence for people; "" where there is a figure.
        examples: messages that contain it, first some that have the label, then some that have
            another, then some whose answer is open.
        warnings: what is odd about it; it may be saved all the same.
    """

    expression: str
    kind: TermKind
    label: str
    n_messages: int
    n_pool: int
    term_f1: Interval | None
    n_for: int
    n_against: int
    missing: str
    examples: tuple[TermExample, ...]
    warnings: tuple[LexiconWarning, ...]


def prepare_previews(place: "Workplace", project_id: str) -> None:
    """Have the words of all messages listed beside the page, before the first term is typed."""
    pool = pool_texts(place.db, project_id)
    if not pool.is_indexed:
        place.machines.do_later(lambda: pool.words)


def preview_term(
    place: "Workplace", person: Person, project_id: str, text: str, label: str, *, term_id: str = ""
) -> TermPreview:
    """
    What a term would do if it were saved as it is typed.

    Messages that a person has still to judge count where the term occurs, and tell nothing of
    their labels.

    Args:
        place: the workplace.
        person: who types.
        project_id: whose lexicon.
        text: as it is typed.
        label: that the term would speak for.
        term_id: the term that is edited; "" for a new one.

    Raises:
        NotAllowedError: viewers do not edit.
        InvalidInputError: the notation is broken, or the codebook has no such label.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    expression = checked_expression(text)
    checked_label(place.db, project_id, label)
    pool = pool_texts(place.db, project_id)
    contains = np.zeros(len(pool.texts), dtype=np.bool_)
    contains[pool.words.find(expression)] = True
    known = known_labels(place.db, person, project_id, pool)
    judged = np.array(sorted(known), dtype=np.int64)
    has_label = np.array([known[row] == label for row in judged.tolist()], dtype=np.bool_)
    figure, missing = _figure(contains[judged], has_label)
    kind = kind_of(expression)
    term = Term(term_id, expression, kind, label)
    lexicon, rejected = current_lexicon(place.db, project_id), rejected_terms(place.db, project_id)
    warnings = term_warnings(term, lexicon, rejected=rejected)
    if len(pool.texts) and not contains.any():
        warnings.append(no_match(term))
    return TermPreview(
        expression=expression,
        kind=kind,
        label=label,
        n_messages=int(contains.sum()),
        n_pool=len(pool.texts),
        term_f1=figure,
        n_for=int((contains[judged] & has_label).sum()),
        n_against=int((contains[judged] & ~has_label).sum()),
        missing=missing,
        examples=_examples(pool, expression, contains, known, label),
        warnings=tuple(warnings),
    )


def known_labels(db: Database, person: Person, project_id: str, pool: PoolTexts) -> dict[int, str]:
    """
    The best label known of each message of the pool whose answer a person may know.

    Returns:
        Place in the pool -> label; without messages whose text is also in the hold-out.
    """
    reference = open_labels(db, person, project_id)
    return {
        row: label
        for message_id, label in reference.iter_rows()
        if (row := pool.rows.get(message_id)) is not None and pool.is_fair[row]
    }


def open_labels(db: Database, person: Person, project_id: str) -> pl.DataFrame:
    """`message_id, label` (String): the best label known where a person may know the answer."""
    reference = project_reference(db, project_id).select("message_id", "label")
    if person.role is Role.EXPERT:
        may_know = answered_for(
            db, person, project_id, judgements.current_labels(db, project_id)
        ).select(pl.col("message_id").unique())
        reference = reference.join(may_know, on="message_id", how="semi")
    return reference


def _figure(
    contains: NDArray[np.bool_], has_label: NDArray[np.bool_]
) -> tuple[Interval | None, str]:
    if not len(contains):
        return None, (
            "No message whose label you may know is judged yet, so it cannot be said how well the "
            "term tells the label. Judge some messages first."
        )
    try:
        return term_f1(contains, has_label), ""
    except MeasureUndefinedError as error:
        return None, str(error)


def _examples(
    pool: PoolTexts,
    expression: str,
    contains: NDArray[np.bool_],
    known: Mapping[int, str],
    label: str,
) -> tuple[TermExample, ...]:
    found: Sequence[int] = np.flatnonzero(contains).tolist()
    having = [row for row in found if known.get(row) == label]
    lacking = [row for row in found if known.get(row, label) != label]
    unknown = [row for row in found if row not in known]
    chosen = [*having[:_N_EXAMPLES], *lacking[:_N_EXAMPLES], *unknown[:_N_EXAMPLES]]
    return tuple(
        TermExample(
            message_id=pool.message_ids[row],
            text=pool.texts[row],
            spans=tuple(span for _, span in term_spans(pool.texts[row], [expression])),
            label=known.get(row),
        )
        for row in chosen
    )
