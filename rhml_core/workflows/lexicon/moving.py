"""Move several terms of the lexicon at once: all of them in one version, or none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import Lexicon, Term
from rhml_core.store import lexicons
from rhml_core.store.events import add_event
from rhml_core.store.lexicon_writing import add_version
from rhml_core.store.lexicons import TermState
from rhml_core.workflows.lexicon.checks import (
    checked_label,
    checked_name,
    checked_reason,
    refuse_twice,
    standing_states,
)
from rhml_core.workflows.lexicon.saving import SavedTerms, done_before, name_terms, saved_terms
from rhml_core.workflows.permission import act_key, require

if TYPE_CHECKING:  # the workplace's machines read the lexicon themselves
    from rhml_core.workflows.workplace import Workplace


def move_terms(
    place: "Workplace",
    person: Person,
    project_id: str,
    term_ids: Sequence[str],
    *,
    label: str | None = None,
    category: str | None = None,
    reason: str = "",
    seen: int | None = None,
    key: str,
) -> SavedTerms:
    """
    Put terms under another label or category, all of them in one version.

    What is None, and an empty reason, stay as they are with each term; where nothing is changed
    there is no new version.

    Args:
        place: the workplace.
        person: who moves them.
        project_id: whose lexicon.
        term_ids: terms that stand.
        label: of the codebook.
        category: where the team puts them; "" for nowhere.
        reason: why they speak for the label; "" leaves each its own.
        seen: the version of the lexicon that the person looked at; None to look at nothing but
            removals.
        key: identifies this act; a repeated one changes nothing.

    Raises:
        NotAllowedError: viewers do not edit.
        NotFoundError: there never was such a term.
        ConflictError: someone has removed one of them, or changed one since `seen`.
        InvalidInputError: no term is named, the codebook has no such label, or the label would
            have a term twice; none is moved then.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    if not term_ids:
        raise InvalidInputError("No term is chosen. Choose the terms to move.")
    now = place.now()
    act = act_key(person, "term", project_id, key)
    with place.db.atomic() as transaction:
        if not transaction.claim(act, at=now):
            return done_before(transaction, project_id, act)
        chosen = list(dict.fromkeys(term_ids))
        before = [state.term for state in standing_states(transaction, project_id, chosen, seen)]
        if label is not None:
            label = checked_label(transaction, project_id, label)
        if category is not None:
            category = checked_name(category, "category")
        note = checked_reason(reason)
        after = [
            replace(
                term,
                label=term.label if label is None else label,
                category=term.category if category is None else category,
                reason=note or term.reason,
            )
            for term in before
        ]
        moved = [term for term, was in zip(after, before, strict=True) if term != was]
        if not moved:
            return saved_terms(transaction, project_id, chosen)
        if label is not None:
            _refuse_doubled(lexicons.get_lexicon(transaction, project_id), after, before)
        version = add_version(
            transaction,
            project_id,
            [TermState(term) for term in moved],
            person_id=person.person_id,
            at=now,
            note=note,
            act=act,
        )
        add_event(
            transaction,
            kind="terms_moved",
            subject=f"lexicon:{version}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail={
                "name": name_terms(moved),
                "term_ids": [term.term_id for term in moved],
                "version": version,
                "label": label,
                "category": category,
                "reason": note,
                "n": len(moved),
            },
        )
        saved = saved_terms(transaction, project_id, [term.term_id for term in moved])
    place.machines.note_change(project_id)
    return saved


def _refuse_doubled(lexicon: Lexicon, after: Sequence[Term], before: Sequence[Term]) -> None:
    """Refuse a label that would have a term twice, be it by terms that are moved together."""
    as_moved = {term.term_id: term for term in after}
    terms = [as_moved.get(term.term_id, term) for term in lexicon.terms]
    for term, was in zip(after, before, strict=True):
        if term.label != was.label:
            others = tuple(one for one in terms if one.term_id != term.term_id)
            refuse_twice(term, replace(lexicon, terms=others))
