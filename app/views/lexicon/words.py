"""What the page Lexicon says in words."""

from collections.abc import Mapping

from app.components.counted import counted
from app.components.times import reader_date
from rhml_core.figures import percent
from rhml_core.lexicon import Lexicon, Term, TermChange, TermSource
from rhml_core.workflows.lexicon.versions import LexiconDifference, LexiconVersion

SOURCE_WORDS = {
    TermSource.EXPERT: "added by",
    TermSource.CONCEPT: "adopted from a concept by",
    TermSource.IMPORT: "imported by",
}


def summary_sentence(lexicon: Lexicon) -> str:
    """
    The page's answer.

    >>> summary_sentence(Lexicon(version=0))
    'The lexicon has no term yet.'
    """
    if not lexicon.terms:
        return "The lexicon has no term yet."
    n_labels = len(lexicon.by_label())
    homeless = sum(not term.label for term in lexicon.terms)
    without = f", {homeless:,} without a label" if homeless else ""
    return f"{counted(len(lexicon.terms), 'term')} under {counted(n_labels, 'label')}{without}."


def summary_note(lexicon: Lexicon, people: Mapping[str, str]) -> str:
    """Which version it is, and who made it when; "" before the first."""
    if not lexicon.version:
        return ""
    name = people.get(lexicon.changed_by, "someone who has left")
    return f"Version {lexicon.version}, by {name}, {reader_date(lexicon.changed_at)}."


def place_words(term: Term) -> str:
    """
    Where a term stands, as in `Sale > access > rdp`.

    >>> from rhml_core.lexicon import TermKind
    >>> place_words(Term("t", "rdp", TermKind.WORD, "Sale", "access"))
    'Sale > access'
    """
    return " > ".join(
        part for part in (term.label or "no label", term.category, term.sub_category) if part
    )


def term_story(term: Term, people: Mapping[str, str]) -> str:
    """Where a term comes from and since when it stands as it does."""
    name = people.get(term.author_id, "someone who has left")
    when = f", {reader_date(term.added_at)}" if term.added_at else ""
    return f"{SOURCE_WORDS[term.source].capitalize()} {name}{when}; as it is since version " + str(
        term.version
    )


def version_words(version: LexiconVersion, people: Mapping[str, str]) -> str:
    """A version in one line: who, when, why."""
    name = people.get(version.changed_by, "someone who has left")
    note = f" · {version.note}" if version.note else ""
    return f"{name}, {reader_date(version.changed_at)}{note}"


def change_counts(version: LexiconVersion) -> str:
    """
    What a version did, in counts.

    >>> from datetime import datetime
    >>> change_counts(LexiconVersion(2, "ana", datetime(2025, 3, 3), "", 2, 0, 1, 9))
    '+2, 1 moved'
    """
    parts = [
        f"+{version.n_added:,}" if version.n_added else "",
        f"\N{MINUS SIGN}{version.n_removed:,}" if version.n_removed else "",
        f"{version.n_moved:,} moved" if version.n_moved else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing"


def change_words(change: TermChange) -> str:
    """One term's difference between two versions."""
    before, after = change.before, change.after
    if before is None and after is not None:
        return f"+ “{after.expression}” under {place_words(after)}"
    if before is not None and after is None:
        return f"\N{MINUS SIGN} “{before.expression}” under {place_words(before)}"
    if before is None or after is None:  # neither: nothing changed
        return ""
    if place_words(before) != place_words(after):
        return f"↷ “{after.expression}”: {place_words(before)} → {place_words(after)}"
    return f"↷ “{after.expression}”: reason “{before.reason}” → “{after.reason}”"


def difference_sentence(found: LexiconDifference) -> str:
    """How much of two versions is the same."""
    if found.jaccard is None:
        return f"Versions {found.before} and {found.after} are both empty."
    return (
        f"From version {found.before} to {found.after}: {counted(len(found.changes), 'change')}; "
        f"{found.n_both:,} of {counted(found.n_either, 'term')} stand in both "
        f"({percent(found.jaccard)})."
    )
