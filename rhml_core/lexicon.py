"""
The words of the lexicon as value types: terms that experts tie to labels, and their versions.

Nothing here reads, writes, computes or knows the time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TermKind(StrEnum):
    """How a term is looked for in a message."""

    WORD = "word"
    PHRASE = "phrase"
    PATTERN = "pattern"
    LINK = "link"


class TermSource(StrEnum):
    """Where a term came from."""

    EXPERT = "expert"
    CONCEPT = "concept"
    IMPORT = "import"


@dataclass(frozen=True)
class Term:
    """
    A word, phrase, pattern or link that the team ties to a label.

    Attributes:
        term_id: stays the same when the term is moved to another label or category.
        expression: in the canonical notation of `rhml_core.machine.terms.grammar`.
        label: as it is called now; "" where the codebook has no such label any more.
        category, sub_category: "" where there is none.
        author_id: who brought it in.
        reason: why it speaks for the label.
        source_id: the concept that was adopted; "" for other sources.
        version: of the lexicon in which it came to stand as it does.
    """

    term_id: str
    expression: str
    kind: TermKind
    label: str
    category: str = ""
    sub_category: str = ""
    author_id: str = ""
    reason: str = ""
    source: TermSource = TermSource.EXPERT
    source_id: str = ""
    version: int = 1
    added_at: datetime | None = None


@dataclass(frozen=True)
class Lexicon:
    """One version of a project's terms, by label in codebook order, then category and term."""

    version: int
    terms: tuple[Term, ...] = ()
    changed_by: str = ""
    changed_at: datetime | None = None
    note: str = ""

    @property
    def expressions(self) -> tuple[str, ...]:
        """Each expression once, sorted."""
        return tuple(sorted({term.expression for term in self.terms}))

    def by_label(self) -> dict[str, tuple[str, ...]]:
        """The expressions of each label that has one; terms without a label are left out."""
        found: dict[str, list[str]] = {}
        for term in self.terms:
            if term.label:
                found.setdefault(term.label, []).append(term.expression)
        return {label: tuple(dict.fromkeys(terms)) for label, terms in found.items()}


class TermChangeKind(StrEnum):
    """What a version did to a term."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True)
class TermChange:
    """
    One term's difference between two versions.

    Attributes:
        before: None where the term was added.
        after: None where it was removed.
    """

    kind: TermChangeKind
    before: Term | None
    after: Term | None
