"""What an edit of the lexicon did: told to the person, and kept in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rhml_core.lexicon import Term
from rhml_core.store import lexicons
from rhml_core.store.database import Reader, Transaction
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.lexicon.warnings import LexiconWarning, lexicon_warnings

_MOST_NAMED = 5


@dataclass(frozen=True)
class SavedTerms:
    """
    What an edit did.

    Attributes:
        version: of the lexicon as it stands after the edit; the one before where nothing changed.
        terms: those that were written, as they stand now; removed ones as they stood.
        warnings: what a person should know of these terms, which are saved all the same, or of
            those that a roll-back has left out.
    """

    version: int
    terms: tuple[Term, ...] = ()
    warnings: tuple[LexiconWarning, ...] = ()


def saved_terms(db: Reader, project_id: str, term_ids: Sequence[str]) -> SavedTerms:
    """Some terms as they stand now, with what is odd about them."""
    lexicon = lexicons.get_lexicon(db, project_id)
    wanted = set(term_ids)
    terms = tuple(term for term in lexicon.terms if term.term_id in wanted)
    odd = lexicon_warnings(lexicon, rejected=rejected_terms(db, project_id))
    warnings = tuple(one for one in odd if wanted & set(one.term_ids))
    return SavedTerms(lexicon.version, terms, warnings)


def done_before(transaction: Transaction, project_id: str, act: str) -> SavedTerms:
    """What the first of two equal acts did."""
    version = lexicons.version_of_act(transaction, project_id, act)
    if version is None:
        return SavedTerms(lexicons.newest_version(transaction, project_id))
    touched = lexicons.changed_terms(transaction, project_id, version)
    present = [state.term for state in touched if state.is_present] or [
        state.term for state in touched
    ]
    return SavedTerms(version, tuple(present))


def term_detail(term: Term, version: int) -> dict[str, Any]:
    """What the audit keeps of a term that a version touched."""
    return {
        "name": f"“{term.expression}” for {term.label}",
        "expression": term.expression,
        "label": term.label,
        "version": version,
        "source": term.source.value,
        "reason": term.reason,
    }


def name_terms(terms: Sequence[Term]) -> str:
    """Terms with their labels, in words; of many the first."""
    named = [f"“{term.expression}” for {term.label or 'no label'}" for term in terms[:_MOST_NAMED]]
    more = len(terms) - _MOST_NAMED
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")
