"""Change a term of the lexicon: move it, word it otherwise, give it another reason."""

from dataclasses import replace
from typing import TYPE_CHECKING

from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import Term, TermSource
from rhml_core.machine.terms.grammar import parse_term, read_term
from rhml_core.store import lexicons
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.store.lexicon_writing import add_version
from rhml_core.store.lexicons import TermState
from rhml_core.workflows.lexicon.checks import (
    checked_expression,
    checked_label,
    checked_name,
    checked_reason,
    new_term_id,
    refuse_twice,
    standing_states,
)
from rhml_core.workflows.lexicon.saving import SavedTerms, done_before, saved_terms, term_detail
from rhml_core.workflows.permission import act_key, require

if TYPE_CHECKING:  # the workplace's machines read the lexicon themselves
    from rhml_core.workflows.workplace import Workplace


def check_term(place: "Workplace", person: Person, project_id: str, term_id: str) -> None:
    """
    Make sure that a term still stands.

    Raises:
        NotFoundError: there never was such a term.
        ConflictError: someone has removed it; says who and when.
    """
    require(person, Role.VIEWER, "read the lexicon")
    standing_states(place.db, project_id, [term_id], None)


def edit_term(
    place: "Workplace",
    person: Person,
    project_id: str,
    term_id: str,
    *,
    text: str | None = None,
    label: str | None = None,
    category: str | None = None,
    sub_category: str | None = None,
    reason: str | None = None,
    seen: int | None = None,
    key: str,
) -> SavedTerms:
    """
    Move a term, word it otherwise, or give it another reason.

    A term that is worded otherwise is another term: the old one is removed and a new one by this
    person added, in the same version. What is None stays as it is; where nothing is changed there
    is no new version.

    Args:
        place: the workplace.
        person: who edits.
        project_id: whose lexicon.
        term_id: a term that stands.
        text: another way to write the term, or another term.
        label: of the codebook.
        category: where the team puts it; "" for nowhere.
        sub_category: likewise, within the category.
        reason: why it speaks for the label.
        seen: the version of the lexicon that the person looked at, so that a change that they
            have not seen is not overwritten; None to look at nothing but removals.
        key: identifies this act; a repeated one changes nothing.

    Raises:
        NotAllowedError: viewers do not edit.
        NotFoundError: there never was such a term.
        ConflictError: someone has removed the term, or changed it since `seen`.
        InvalidInputError: as for `add_term`.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    now = place.now()
    act = act_key(person, "term", project_id, key)
    with place.db.atomic() as transaction:
        if not transaction.claim(act, at=now):
            return done_before(transaction, project_id, act)
        (state,) = standing_states(transaction, project_id, [term_id], seen)
        before = state.term
        after = _edited(
            transaction,
            project_id,
            before,
            text=text,
            label=label,
            category=category,
            sub_category=sub_category,
            reason=reason,
        )
        if after == before:
            return saved_terms(transaction, project_id, [term_id])
        if (after.expression, after.label) != (before.expression, before.label):
            # One that a merge of labels has doubled may still get another category or reason.
            lexicon = lexicons.get_lexicon(transaction, project_id)
            others = tuple(term for term in lexicon.terms if term.term_id != term_id)
            refuse_twice(after, replace(lexicon, terms=others))
        states = [TermState(after)]
        if after.expression != before.expression:
            after = replace(
                after,
                term_id=new_term_id(),
                author_id=person.person_id,
                source=TermSource.EXPERT,
                source_id="",
                added_at=now,
            )
            states = [TermState(before, is_present=False), TermState(after, further=state.further)]
        version = add_version(
            transaction,
            project_id,
            states,
            person_id=person.person_id,
            at=now,
            note=after.reason if reason is not None else "",
            act=act,
        )
        add_event(
            transaction,
            kind="term_changed",
            subject=f"term:{after.term_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail=term_detail(after, version)
            | {"was": {"expression": before.expression, "label": before.label}},
        )
        saved = saved_terms(transaction, project_id, [after.term_id])
    place.machines.note_change(project_id)
    return saved


def _edited(
    db: Reader,
    project_id: str,
    before: Term,
    *,
    text: str | None,
    label: str | None,
    category: str | None,
    sub_category: str | None,
    reason: str | None,
) -> Term:
    """The term with what is given, in the place of what is not None."""
    after = before
    if text is not None and parse_term(checked_expression(text)) != read_term(before.expression):
        expression = checked_expression(text)
        after = replace(after, expression=expression, kind=parse_term(expression).kind)
    if label is not None:
        after = replace(after, label=checked_label(db, project_id, label))
    if category is not None:
        after = replace(after, category=checked_name(category, "category"))
    if sub_category is not None:
        after = replace(after, sub_category=checked_name(sub_category, "sub-category"))
    if reason is not None:
        after = replace(after, reason=checked_reason(reason))
    if not after.label and after.expression != before.expression:
        raise InvalidInputError(
            f"The codebook no longer has the label of “{before.expression}”. Choose a label too."
        )
    return after
