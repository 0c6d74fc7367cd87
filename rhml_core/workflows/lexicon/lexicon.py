"""
The team's lexicon: read it, bring a term in, change it, take it out, go back to an older version.

Edits are made term by term: two people who edit at once both stand, unless they edit the same
term. Every edit is a new version; nothing that once stood in the lexicon is ever lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import Lexicon, Term
from rhml_core.machine.terms.grammar import parse_term
from rhml_core.store import lexicons
from rhml_core.store.events import add_event
from rhml_core.store.lexicon_writing import add_version, restore_version
from rhml_core.store.lexicons import TermState
from rhml_core.workflows.concepts.effect_measuring import schedule_measuring
from rhml_core.workflows.lexicon.checks import (
    checked_expression,
    checked_label,
    checked_name,
    checked_reason,
    new_term_id,
    refuse_twice,
    refuse_unseen,
    standing_states,
)
from rhml_core.workflows.lexicon.editing import edit_term
from rhml_core.workflows.lexicon.saving import (
    SavedTerms,
    done_before,
    name_terms,
    saved_terms,
    term_detail,
)
from rhml_core.workflows.lexicon.standing import rejected_returns, reopen_emptied
from rhml_core.workflows.lexicon.versions import LexiconVersion, list_lexicon_versions
from rhml_core.workflows.lexicon.warnings import rejected_warning
from rhml_core.workflows.permission import act_key, require

if TYPE_CHECKING:  # the workplace's machines read the lexicon themselves
    from rhml_core.workflows.workplace import Workplace

__all__ = [
    "LexiconVersion",
    "SavedTerms",
    "add_term",
    "edit_term",
    "get_lexicon",
    "list_lexicon_versions",
    "remove_terms",
    "roll_back_lexicon",
]


def get_lexicon(
    place: "Workplace", person: Person, project_id: str, version: int | None = None
) -> Lexicon:
    """
    One version of a project's lexicon, the newest where `version` is None.

    Labels are called as they are now, also in older versions. Version 0 is empty.

    Raises:
        NotFoundError: there is no such version.
    """
    require(person, Role.VIEWER, "read the lexicon")
    return lexicons.get_lexicon(place.db, project_id, version)


def add_term(
    place: "Workplace",
    person: Person,
    project_id: str,
    text: str,
    *,
    label: str,
    category: str = "",
    sub_category: str = "",
    reason: str = "",
    key: str,
) -> SavedTerms:
    """
    Tie a word, phrase, pattern or link to a label.

    The same expression may stand under another label too, or be rejected for this one in the
    journal; the answer warns of it.

    Args:
        place: the workplace.
        person: who brings it in.
        project_id: whose lexicon.
        text: as the person wrote it.
        label: of the codebook.
        category: where the team puts it; "" for nowhere.
        sub_category: likewise, within the category.
        reason: why it speaks for the label.
        key: identifies this act; a repeated one changes nothing.

    Raises:
        NotAllowedError: viewers do not edit.
        InvalidInputError: the notation is broken, the codebook has no such label, or the label
            has the term already.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    now = place.now()
    act = act_key(person, "term", project_id, key)
    with place.db.atomic() as transaction:
        if not transaction.claim(act, at=now):
            return done_before(transaction, project_id, act)
        expression = checked_expression(text)
        term = Term(
            term_id=new_term_id(),
            expression=expression,
            kind=parse_term(expression).kind,
            label=checked_label(transaction, project_id, label),
            category=checked_name(category, "category"),
            sub_category=checked_name(sub_category, "sub-category"),
            author_id=person.person_id,
            reason=checked_reason(reason),
            added_at=now,
        )
        lexicon = lexicons.get_lexicon(transaction, project_id)
        refuse_twice(term, lexicon)
        version = add_version(
            transaction,
            project_id,
            [TermState(term)],
            person_id=person.person_id,
            at=now,
            note=term.reason,
            act=act,
        )
        add_event(
            transaction,
            kind="term_added",
            subject=f"term:{term.term_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail=term_detail(term, version),
        )
        saved = saved_terms(transaction, project_id, [term.term_id])
    place.machines.note_change(project_id)
    return saved


def remove_terms(
    place: "Workplace",
    person: Person,
    project_id: str,
    term_ids: Sequence[str],
    *,
    reason: str = "",
    seen: int | None = None,
    key: str,
) -> SavedTerms:
    """
    Take terms out of the lexicon, all of them in one version; older versions keep them.

    An adopted concept of the journal that has no term there any more is reopened.

    Raises:
        NotAllowedError: viewers do not edit.
        NotFoundError: there never was such a term.
        ConflictError: someone has removed one of them, or changed one since the version `seen`;
            none is removed then.
        InvalidInputError: no term is named.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    if not term_ids:
        raise InvalidInputError("No term is chosen. Choose the terms to remove.")
    now = place.now()
    act = act_key(person, "term", project_id, key)
    with place.db.atomic() as transaction:
        if not transaction.claim(act, at=now):
            return done_before(transaction, project_id, act)
        states = standing_states(transaction, project_id, list(dict.fromkeys(term_ids)), seen)
        terms = tuple(state.term for state in states)
        note = checked_reason(reason)
        version = add_version(
            transaction,
            project_id,
            [replace(state, is_present=False, further=None) for state in states],
            person_id=person.person_id,
            at=now,
            note=note,
            act=act,
        )
        add_event(
            transaction,
            kind="term_removed",
            subject=f"lexicon:{version}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail={
                "name": name_terms(terms),
                "term_ids": [term.term_id for term in terms],
                "version": version,
                "reason": note,
                "n": len(terms),
            },
        )
        reopened = reopen_emptied(
            transaction, project_id, terms, person_id=person.person_id, at=now
        )
    _note_change(place, project_id, reopened)
    return SavedTerms(version, terms)


def roll_back_lexicon(
    place: "Workplace",
    person: Person,
    project_id: str,
    version: int,
    *,
    seen: int | None = None,
    key: str,
) -> SavedTerms:
    """
    Make a new version that is equal to an older one; version 0 takes every term out.

    Labels that the codebook has renamed since stay renamed. Terms that stand rejected in the
    journal do not return; note and warnings say so. An adopted concept without a term is reopened.
    Where the lexicon is equal to that version already, there is no new one.

    Args:
        place: the workplace.
        person: who goes back.
        project_id: whose lexicon.
        version: to go back to.
        seen: the newest version that the person looked at; None not to compare.
        key: identifies this act; a repeated one changes nothing.

    Raises:
        NotAllowedError: viewers do not edit.
        NotFoundError: there is no such version.
        ConflictError: someone has changed the lexicon since `seen`.
        InvalidInputError: nothing but terms that stand rejected would return.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    now = place.now()
    act = act_key(person, "lexicon", project_id, key)
    with place.db.atomic() as transaction:
        if not transaction.claim(act, at=now):
            return done_before(transaction, project_id, act)
        if version:
            lexicons.get_version(transaction, project_id, version)
        refuse_unseen(transaction, project_id, seen)
        left_out = rejected_returns(transaction, project_id, version)
        but = f" Left out, as rejected in the journal: {name_terms(left_out)}." if left_out else ""
        made = restore_version(
            transaction,
            project_id,
            version,
            person_id=person.person_id,
            at=now,
            note=f"Back to version {version}.{but}",
            act=act,
            without={term.term_id for term in left_out},
        )
        if made is None and left_out:
            raise InvalidInputError(
                f"All that version {version} has more is rejected in the journal: "
                f"{name_terms(left_out)}. Reopen it there first."
            )
        if made is None:
            return SavedTerms(lexicons.newest_version(transaction, project_id))
        touched = lexicons.changed_terms(transaction, project_id, made)
        add_event(
            transaction,
            kind="lexicon_rolled_back",
            subject=f"lexicon:{made}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail={"version": made, "back_to": version, "n": len(touched)},
        )
        taken = [state.term for state in touched if not state.is_present]
        reopened = reopen_emptied(
            transaction, project_id, taken, person_id=person.person_id, at=now
        )
    _note_change(place, project_id, reopened)
    return SavedTerms(
        made,
        tuple(state.term for state in touched),
        tuple(rejected_warning(term) for term in left_out),
    )


def _note_change(place: "Workplace", project_id: str, reopened: Sequence[str]) -> None:
    """Let the machine learn anew, and have measured what reopening a concept brought."""
    place.machines.note_change(project_id)
    for concept_id in reopened:
        schedule_measuring(place.db, place.machines, project_id, concept_id)
