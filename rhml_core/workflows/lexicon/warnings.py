"""What a person should know of the terms of a lexicon; none of it keeps anyone from saving."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rhml_core.domain import Person, Role
from rhml_core.lexicon import Lexicon, Term
from rhml_core.machine.terms.grammar import ParsedTerm, read_term
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require

if TYPE_CHECKING:  # the workplace's machines read the lexicon themselves
    from rhml_core.workflows.workplace import Workplace


class WarningKind(StrEnum):
    """What is odd about a term."""

    DUPLICATE = "duplicate"
    TWO_LABELS = "two labels"
    NO_MATCH = "matches nothing"
    LABEL_GONE = "label gone"
    REJECTED = "rejected in the journal"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True)
class LexiconWarning:
    """
    One oddity.

    Attributes:
        expression: the term as it is written.
        term_ids: the terms that it is about; empty for a term that is not saved yet.
        text: what is odd and what to do, for people.
    """

    kind: WarningKind
    expression: str
    term_ids: tuple[str, ...]
    text: str


def list_warnings(place: "Workplace", person: Person, project_id: str) -> list[LexiconWarning]:
    """
    Everything odd about the lexicon as it stands, terms in its order.

    A term matches nothing where no message of the pool contains it; where there is no message at
    all, nothing is said of that.
    """
    require(person, Role.VIEWER, "read the lexicon")
    lexicon = current_lexicon(place.db, project_id)
    rejected = rejected_terms(place.db, project_id)
    if not pool_texts(place.db, project_id).texts:
        return lexicon_warnings(lexicon, rejected=rejected)
    return lexicon_warnings(lexicon, pool_matches(place.db, project_id).counts, rejected=rejected)


def lexicon_warnings(
    lexicon: Lexicon,
    n_messages: Mapping[str, int] | None = None,
    *,
    rejected: Collection[tuple[str, str]] = (),
) -> list[LexiconWarning]:
    """
    Everything odd about a lexicon, terms in its order, each oddity once.

    Args:
        lexicon: one version.
        n_messages: how many messages contain each expression; None where nobody has looked, and
            then nothing is said to match nothing.
        rejected: terms with the labels for which they stand rejected in the journal.
    """
    alike: dict[ParsedTerm, list[Term]] = {}
    for term in lexicon.terms:
        parsed = read_term(term.expression)
        if parsed is not None:
            alike.setdefault(parsed, []).append(term)
    wrong = _read_pairs(rejected)
    found = []
    for term in lexicon.terms:
        parsed = read_term(term.expression)
        found += [_unreadable(term)] if parsed is None else _warnings(term, alike[parsed])
        if (parsed, term.label) in wrong:
            found.append(rejected_warning(term))
        if n_messages is not None and n_messages.get(term.expression) == 0:
            found.append(no_match(term))
    return list({(one.kind, one.term_ids): one for one in found}.values())


def term_warnings(
    term: Term, lexicon: Lexicon, *, rejected: Collection[tuple[str, str]] = ()
) -> list[LexiconWarning]:
    """What is odd about one term that can be read, of a lexicon or to come into it."""
    same = read_term(term.expression)
    alike = [other for other in lexicon.terms if read_term(other.expression) == same]
    is_rejected = (same, term.label) in _read_pairs(rejected)
    return [*_warnings(term, alike), *([rejected_warning(term)] if is_rejected else [])]


def rejected_warning(term: Term) -> LexiconWarning:
    """That the journal calls a term a wrong reason for its label."""
    return LexiconWarning(
        WarningKind.REJECTED,
        term.expression,
        (term.term_id,) if term.term_id else (),
        f"“{term.expression}” stands rejected for {term.label} in the journal, so the machine is "
        "taught not to go by it. Reopen it there, or keep it out of the lexicon.",
    )


def _unreadable(term: Term) -> LexiconWarning:
    return LexiconWarning(
        WarningKind.UNREADABLE,
        term.expression,
        (term.term_id,),
        f"“{term.expression}” cannot be read as a term, so it is looked for nowhere. Word it "
        "otherwise, or remove it.",
    )


def _read_pairs(
    rejected: Collection[tuple[str, str]],
) -> set[tuple[ParsedTerm | None, str]]:
    found = {(read_term(text), label) for text, label in rejected}
    return {(parsed, label) for parsed, label in found if parsed is not None}


def no_match(term: Term) -> LexiconWarning:
    """That no message contains a term."""
    return LexiconWarning(
        WarningKind.NO_MATCH,
        term.expression,
        (term.term_id,) if term.term_id else (),
        f"No message to learn from contains “{term.expression}”. Check its spelling, or remove it.",
    )


def _warnings(term: Term, alike: Sequence[Term]) -> list[LexiconWarning]:
    """Of one term, given those of a lexicon that say the same."""
    if not term.label:
        return [
            LexiconWarning(
                WarningKind.LABEL_GONE,
                term.expression,
                (term.term_id,),
                f"“{term.expression}” has no label any more: the codebook has split or retired "
                "it. Move the term to another label, or remove it.",
            )
        ]
    others = [one for one in alike if one.label and one.term_id != term.term_id]
    found = []
    twice = [one for one in others if one.label == term.label]
    if twice:
        found.append(
            LexiconWarning(
                WarningKind.DUPLICATE,
                term.expression,
                _ids(term, twice),
                f"“{term.expression}” stands under {term.label} {_twice(term, alike)}",
            )
        )
    labels = sorted({term.label, *(one.label for one in others)})
    if len(labels) > 1:
        found.append(
            LexiconWarning(
                WarningKind.TWO_LABELS,
                term.expression,
                _ids(term, others),
                f"“{term.expression}” stands under {', '.join(labels[:-1])} and {labels[-1]}, so "
                "that it does not tell them apart. Keep it where it belongs, or make it a phrase "
                "or pattern that does.",
            )
        )
    return found


def _ids(term: Term, others: Sequence[Term]) -> tuple[str, ...]:
    return tuple(sorted({term.term_id, *(one.term_id for one in others)} - {""}))


def _twice(term: Term, alike: Sequence[Term]) -> str:
    """What to do about a term that its label has twice, or would have."""
    is_there = any(one.term_id == term.term_id for one in alike)
    return "more than once. Keep one of them." if is_there else "already. Edit that term instead."
