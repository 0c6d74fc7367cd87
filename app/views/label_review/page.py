"""Which judged labels are in doubt? A list to look at again, each item with its thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_pill
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.marks import NO_COLOUR, label_colours
from app.components.message_list import (
    ListedMessage,
    Mark,
    Side,
    mark_of_machine,
    mark_of_person,
    message_list,
)
from app.components.two_sides import two_sides
from app.views.disagreements.page import step_from
from app.views.label_review.doubt import Doubt, alike, show_doubt
from app.views.page_key import PageKey, page_key
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.figures import percent
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.disputes.label_review import LabelReview, label_review
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace

_N_LISTED = 200


@dataclass(frozen=True)
class _Page:
    """What every part of the page needs."""

    place: Workplace
    person: Person
    project: Project
    codebook: Codebook
    people: Mapping[str, Person]


@st.cache_data(max_entries=16, show_spinner="Comparing the judged messages")
def _review(
    _place: Workplace,
    _person: Person,
    project_id: str,
    key: PageKey,  # noqa: ARG001 -- all that it depends on
) -> LabelReview:
    return label_review(_place, _person, project_id)


def current_review(place: Workplace, person: Person, project: Project) -> LabelReview:
    """The review as of the newest judgement and the machine's newest state."""
    live = place.machines.live(project.project_id)
    key = page_key(place, person, project, id(live), counts_label_reviews=True)
    return _review(place, person, project.project_id, key)


def review_sentence(n_suspects: int, n_twins: int, *, is_own: bool) -> str:
    """
    The first line: how many labels are in doubt, and why.

    >>> review_sentence(9, 3, is_own=False)
    '9 judged messages look mislabelled; 3 pairs of near-twins contradict each other.'
    >>> review_sentence(1, 0, is_own=True)
    '1 message that you judged looks mislabelled.'
    """
    judged = "message that you judged" if is_own else "judged message"
    many = "messages that you judged" if is_own else "judged messages"
    parts = []
    if n_suspects:
        look = "looks" if n_suspects == 1 else "look"
        parts.append(f"{counted(n_suspects, judged, many)} {look} mislabelled")
    if n_twins:
        do = "contradicts itself" if n_twins == 1 else "contradict each other"
        parts.append(f"{counted(n_twins, 'pair')} of near-twins {do}")
    if not parts:
        return "None of your labels is in doubt." if is_own else "No label is in doubt."
    return "; ".join(parts) + "."


def comparison_sentence(review: LabelReview) -> str:
    """The quieter line below: who compared, and how often it agrees, or why nobody can."""
    if review.missing:
        return review.missing
    if not review.n_compared:
        return (
            f"The machine ({review.machine}) was taught too few messages of any label to question "
            "one. Train a run on what is judged by now."
        )
    share = review.n_agreeing / review.n_compared
    return (
        f"Not told the labels, the machine ({review.machine}) gives the same one to "
        f"{review.n_agreeing:,} of {review.n_compared:,} judged messages ({percent(share)}); "
        "where it differs strongly, the label or the machine is wrong."
    )


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    review = current_review(place, person, project)
    is_own = person.role is Role.EXPERT
    sentence = review_sentence(review.suspects.height, review.twins.height, is_own=is_own)
    first_line(sentence, note=comparison_sentence(review))
    everything = doubts_of(review)
    if not everything:
        _show_none(review, person)
        return
    kinds = {
        "all": f"All {len(everything):,}",
        "machine": f"Against the machine {review.suspects.height:,}",
        "twins": f"Near-twins {review.twins.height:,}",
    }
    kind = choose_pill(
        "kind", kinds, key="kind", title="Kind of doubt", default="all", resets=("item",)
    )
    found = [one for one in everything if kind in ("all", one.kind)]
    if not found:
        if empty_state(
            "No doubt of this kind.", action="Show all", key="none_of_kind", icon="filter_alt_off"
        ):
            set_filter("kind", None)
            st.rerun()
        return
    page = _Page(
        place,
        person,
        project,
        get_codebook(place, project.project_id),
        {one.person_id: one for one in list_people(place)},
    )
    _show_doubts(page, found)


def doubts_of(review: LabelReview) -> list[Doubt]:
    """Every doubt with the name that it has in the address, the machine's first."""
    return [
        *(Doubt(f"m~{row['message_id']}", "machine", row) for row in review.suspects.to_dicts()),
        *(
            Doubt(f"t~{row['message_id']}~{row['twin_id']}", "twins", row)
            for row in review.twins.to_dicts()
        ),
    ]


def _show_none(review: LabelReview, person: Person) -> None:
    if review.missing:
        empty_state(
            "As more messages are judged, labels that the machine strongly contradicts, and "
            "messages that say the same under different labels, are listed here.",
            action="Label messages" if person.may(Role.EXPERT) else "",
            view="label",
            key="too_few_judged",
            icon="label",
        )
        return
    empty_state(
        "The machine strongly contradicts no label, and no two messages that say the same are "
        "labelled differently. New doubts appear here as messages are judged.",
        key="no_doubt",
        icon="fact_check",
    )


def _show_doubts(page: _Page, found: Sequence[Doubt]) -> None:
    by_name = {one.name: one for one in found}
    names = list(by_name)
    chosen = by_name.get(filter_value("item"), found[0])
    left, right = two_sides((2, 3), (20, 26), key="doubt_sides", gap="medium")
    with left, st.container(gap="xsmall", key="doubt_list"):
        place = names.index(chosen.name) + 1
        order = "most alike first" if found[0].kind == "twins" else "most suspicious first"
        cut = f"; the first {_N_LISTED:,} are listed" if len(found) > _N_LISTED else ""
        st.text(f"{place:,} of {len(found):,}, {order}{cut}")
        clicked = message_list(
            [listed_doubt(one, page.people, page.codebook) for one in found[:_N_LISTED]],
            chosen=chosen.name,
            key="doubts",
            title=f"Labels in doubt, {order}",
        )
    if clicked and clicked != chosen.name:
        set_filter("item", clicked)
        st.rerun()
    with right, st.container(gap="small", key="doubt_side"):
        is_settled = show_doubt(
            page.place, page.person, page.project, page.codebook, page.people, chosen
        )
    if is_settled:
        set_filter("item", step_from(names, chosen.name, 1) or step_from(names, chosen.name, -1))
        st.rerun()


def listed_doubt(doubt: Doubt, people: Mapping[str, Person], codebook: Codebook) -> ListedMessage:
    """One row of the list: the labels that were given, who gave them, and the machine's."""
    row, colours = doubt.row, label_colours(codebook)
    holders: dict[str, list[Mark]] = {}
    for side in ("", "twin_") if doubt.kind == "twins" else ("",):
        if row[f"{side}label"] is not None:
            holders.setdefault(row[f"{side}label"], [])
        for label, who in zip(row[f"{side}labels"], row[f"{side}expert_ids"], strict=True):
            mark = mark_of_person(people.get(who, Person(who, who, Role.VIEWER)))
            if mark not in holders.setdefault(label, []):
                holders[label].append(mark)
    if doubt.kind == "machine":
        note = f"{row['machine_probability']:.2f}"
        holders.setdefault(row["machine_label"], []).append(mark_of_machine(note))
    return ListedMessage(
        doubt.name,
        row["text"],
        tuple(
            Side(label, colours.get(label, NO_COLOUR), tuple(marks))
            for label, marks in holders.items()
        ),
        note=_note(doubt.kind, row),
    )


def _note(kind: Literal["machine", "twins"], row: Mapping[str, Any]) -> str:
    if kind == "machine":
        n = len(row["stood_by"])
        return f"{counted(n, 'expert')} stood by it" if n else ""
    return "same text twice" if row["is_same_text"] else f"{alike(row['similarity'])} alike"
