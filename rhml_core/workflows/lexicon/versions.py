"""The lexicon's past: who made which version, and what it changed, term by term."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rhml_core.domain import Person, Role
from rhml_core.lexicon import Lexicon, Term, TermChange, TermChangeKind
from rhml_core.store import lexicons
from rhml_core.workflows.permission import require

if TYPE_CHECKING:
    from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class LexiconVersion:
    """
    One version without its terms.

    Attributes:
        n_added, n_removed, n_moved: terms that it brought, took out, or put under another label
            or category or gave another reason.
        n_terms: that it left.
    """

    version: int
    changed_by: str
    changed_at: datetime
    note: str
    n_added: int
    n_removed: int
    n_moved: int
    n_terms: int


@dataclass(frozen=True)
class LexiconDifference:
    """
    What lies between two versions.

    Attributes:
        changes: removed terms first, then moved and added ones, each by label and term.
        jaccard: of all terms with their labels that either version has, the share that both have,
            0 to 1; None where both are empty.
        n_both, n_either: those terms.
    """

    before: int
    after: int
    changes: tuple[TermChange, ...]
    jaccard: float | None
    n_both: int
    n_either: int


def list_lexicon_versions(
    place: "Workplace", person: Person, project_id: str
) -> list[LexiconVersion]:
    """Every version of a project's lexicon, newest first; empty where there never was a term."""
    require(person, Role.VIEWER, "read the lexicon")
    rows = lexicons.list_versions(place.db, project_id).iter_rows(named=True)
    return [LexiconVersion(**row) for row in rows]


def lexicon_difference(
    place: "Workplace", person: Person, project_id: str, *, before: int, after: int
) -> LexiconDifference:
    """
    What changed from one version to another, and how much of them is the same.

    Either may be the older one.

    Raises:
        NotFoundError: there is no such version.
    """
    require(person, Role.VIEWER, "read the lexicon")
    old = lexicons.get_lexicon(place.db, project_id, before)
    new = lexicons.get_lexicon(place.db, project_id, after)
    n_both, n_either = len(_pairs(old) & _pairs(new)), len(_pairs(old) | _pairs(new))
    return LexiconDifference(
        before=before,
        after=after,
        changes=tuple(compare_lexicons(old, new)),
        jaccard=n_both / n_either if n_either else None,
        n_both=n_both,
        n_either=n_either,
    )


def compare_lexicons(old: Lexicon, new: Lexicon) -> list[TermChange]:
    """
    What changed from one lexicon to another: removed, then moved, then added terms.

    A term is moved where it has another label, category or reason; one that was taken out and
    brought in again under the same label is the same term.
    """
    before, after = _by_identity(old), _by_identity(new)
    twins = {_pair(term): name for name, term in before.items() if name not in after}
    returned = {
        name: twins[_pair(term)]
        for name, term in after.items()
        if name not in before and _pair(term) in twins
    }
    removed = [
        TermChange(TermChangeKind.REMOVED, term, None)
        for name, term in before.items()
        if name not in after and name not in returned.values()
    ]
    moved = [
        TermChange(TermChangeKind.MOVED, before[returned.get(name, name)], term)
        for name, term in after.items()
        if returned.get(name, name) in before
        and _standing(before[returned.get(name, name)]) != _standing(term)
    ]
    added = [
        TermChange(TermChangeKind.ADDED, None, term)
        for name, term in after.items()
        if name not in before and name not in returned
    ]
    return [*removed, *moved, *added]


def _by_identity(lexicon: Lexicon) -> dict[str, Term]:
    return {term.term_id: term for term in lexicon.terms}


def _standing(term: Term) -> tuple[str, ...]:
    return (term.expression, term.label, term.category, term.sub_category, term.reason)


def _pair(term: Term) -> tuple[str, str]:
    return (term.expression, term.label)


def _pairs(lexicon: Lexicon) -> set[tuple[str, str]]:
    return {_pair(term) for term in lexicon.terms}
