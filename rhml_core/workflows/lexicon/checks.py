"""What every edit of the lexicon is held against before it is saved."""

import uuid
from collections.abc import Sequence
from unicodedata import category

from rhml_core.errors import ConflictError, InvalidInputError, NotFoundError
from rhml_core.lexicon import Lexicon, Term
from rhml_core.machine.terms.grammar import (
    MOST_TYPED,
    normal_term,
    parse_term,
    read_term,
    require_short,
)
from rhml_core.store import codebooks, lexicons, people
from rhml_core.store.database import Reader
from rhml_core.store.lexicons import TermState

LONGEST_NAME = 100
"""Characters of a label or category."""
_LONGEST_REASON = 2_000


def new_term_id() -> str:
    """An identifier that no term has."""
    return f"term-{uuid.uuid4().hex[:12]}"


def checked_expression(text: str) -> str:
    """
    The canonical expression of what a person wrote.

    Raises:
        InvalidInputError: it breaks the notation, is too long, or has no word.
    """
    require_short(text, MOST_TYPED)
    expression = normal_term(text)
    if not expression:
        raise InvalidInputError("The term has no word to look for. Write a word or a phrase.")
    require_short(expression)
    return expression


def checked_name(name: str, what: str) -> str:
    """
    A category as it is kept: one line, single blanks.

    Raises:
        InvalidInputError: it is too long or has characters that cannot be seen.
    """
    found = " ".join(name.split())
    if len(found) > LONGEST_NAME or not found.isprintable():
        raise InvalidInputError(
            f"The {what} must be one line of at most {LONGEST_NAME} visible characters. Shorten it."
        )
    return found


def checked_reason(reason: str) -> str:
    """
    A reason without blanks around it and without control characters, line breaks apart.

    Raises:
        InvalidInputError: it is too long.
    """
    lines = "\n".join(reason.strip().splitlines())
    if len(lines) > _LONGEST_REASON:
        raise InvalidInputError(
            f"The reason is longer than {_LONGEST_REASON:,} characters. Shorten it."
        )
    return "".join(letter for letter in lines if letter in "\n\t" or category(letter) != "Cc")


def checked_label(db: Reader, project_id: str, label: str) -> str:
    """
    A label that the codebook has.

    Raises:
        InvalidInputError: it has none such; names those that it has.
    """
    names = codebooks.get_codebook(db, project_id).names
    if label not in names:
        raise InvalidInputError(
            f"The codebook has no label '{label}'. Choose one of: {', '.join(names)}."
        )
    return label


def refuse_twice(term: Term, lexicon: Lexicon) -> None:
    """
    Let a term pass that its label does not have yet, however it is written.

    Raises:
        InvalidInputError: another term under the label says the same.
    """
    same = parse_term(term.expression)
    for other in lexicon.terms:
        if other.label and other.label == term.label and read_term(other.expression) == same:
            where = " > ".join(part for part in (other.category, other.sub_category) if part)
            raise InvalidInputError(
                f"“{other.expression}” stands under {other.label} already"
                + (f", in {where}. " if where else ". ")
                + "Edit that term instead."
            )


def refuse_unseen(db: Reader, project_id: str, seen: int | None) -> None:
    """
    Let an act on the whole lexicon pass whose author saw its newest version; None asks nothing.

    Raises:
        ConflictError: someone has changed it after `seen`; says who and when.
    """
    newest = lexicons.newest_version(db, project_id)
    if seen is None or newest <= seen:
        return
    head = lexicons.get_version(db, project_id, newest)
    raise ConflictError(
        f"{people.get_person(db, head.changed_by).name} changed the lexicon on "
        f"{head.changed_at:%d %B %Y at %H:%M} UTC, after you looked: it stands at version "
        f"{newest}. Nothing was overwritten: look at what changed, then decide."
    )


def standing_states(
    db: Reader, project_id: str, term_ids: Sequence[str], seen: int | None
) -> list[TermState]:
    """
    How some terms stand, if all of them still stand as a person saw them.

    Args:
        db: the store, or the transaction that is to change them.
        project_id: whose lexicon.
        term_ids: which.
        seen: the version that the person looked at; None to look at nothing but removals.

    Raises:
        NotFoundError: there never was such a term.
        ConflictError: one was removed, or changed after `seen`; says by whom and when.
    """
    known = lexicons.term_states(db, project_id, term_ids)
    for term_id in term_ids:
        if term_id not in known:
            raise NotFoundError(f"There is no term '{term_id}' in this project.")
        state = known[term_id]
        if state.is_present and (seen is None or state.term.version <= seen):
            continue
        head = lexicons.get_version(db, project_id, state.term.version)
        did = "changed" if state.is_present else "removed"
        raise ConflictError(
            f"{people.get_person(db, head.changed_by).name} {did} “{state.term.expression}” on "
            f"{head.changed_at:%d %B %Y at %H:%M} UTC, after you looked. Nothing was "
            "overwritten: look at the lexicon again, then decide."
        )
    return [known[term_id] for term_id in term_ids]
