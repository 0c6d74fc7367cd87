"""What a person should know of the terms of a lexicon; none of it keeps anyone from saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rhml_core.domain import Person, Role
from rhml_core.lexicon import Lexicon, Term
from rhml_core.machine.terms.grammar import ParsedTerm, parse_term
from rhml_core.workflows.lexicon_reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.pool_texts import count_messages_with, pool_texts

if TYPE_CHECKING:  # the workplace's machines read the lexicon themselves
    from rhml_core.workflows.workplace import Workplace


class WarningKind(StrEnum):
    """What is odd about a term."""

    DUPLICATE = "duplicate"
    TWO_LABELS = "two labels"
    NO_MATCH = "matches nothing"
    LABEL_GONE = "label gone"


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
    if not pool_texts(place.db, project_id).texts:
        return lexicon_warnings(lexicon)
    return lexicon_warnings(lexicon, count_messages_with(place.db, project_id, lexicon.expressions))


def lexicon_warnings(
    lexicon: Lexicon, n_messages: Mapping[str, int] | None = None
) -> list[LexiconWarning]:
    """
    Everything odd about a lexicon, terms in its order, each oddity once.

    Args:
        lexicon: one version.
        n_messages: how many messages contain each expression; None where nobody has looked, and
            then nothing is said to match nothing.
    """
    alike: dict[ParsedTerm, list[Term]] = {}
    for term in lexicon.terms:
        alike.setdefault(parse_term(term.expression), []).append(term)
    found = []
    for term in lexicon.terms:
        found += _warnings(term, alike[parse_term(term.expression)])
        if n_messages is not None and n_messages.get(term.expression) == 0:
            found.append(no_match(term))
    return list({(one.kind, one.term_ids): one for one in found}.values())


def term_warnings(term: Term, lexicon: Lexicon) -> list[LexiconWarning]:
    """What is odd about one term of a lexicon, or about one that is to come into it."""
    same = parse_term(term.expression)
    return _warnings(
        term, [other for other in lexicon.terms if parse_term(other.expression) == same]
    )


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
                f"“{term.expression}” stands under {term.label} more than once. Keep one of them.",
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
