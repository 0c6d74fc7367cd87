"""What must we talk about? Contested messages, each with its thread, and how far we agree."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.address_choice import choose_part, choose_pill
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.interval import in_words
from app.components.message_list import message_list
from app.components.two_sides import two_sides
from app.views.disagreements.matrix import ChosenCell, show_agreement
from app.views.disagreements.open_filters import (
    MARK,
    PLACE,
    Kind,
    choose_filters,
    filter_words,
    filters_kept,
    forget_filters,
    kind_named,
)
from app.views.thread.listed import listed_messages, with_news
from app.views.thread.thread import show_thread
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.workflows.agreement.agreement import AgreementReport, agreement_report
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.dialogue.dialogue import UnreadThread, unread_threads
from rhml_core.workflows.disputes.contested_filters import (
    ContestedFilters,
    count_fitting,
    filter_choices,
)
from rhml_core.workflows.disputes.disagreements import (
    DisagreementSummary,
    disagreement_summary,
    list_experts,
    open_disagreements,
)
from rhml_core.workflows.workplace import Workplace

_KINDS: dict[Kind, str] = {
    "all": "All",
    "experts": "Between experts",
    "machine": "With the machine",
}
_NEW = "new"
_COUNTED = "counted_in_matrix"
"""What the session keeps of the count that was chosen last: filters and words."""
_PARTS = {"messages": "Messages", "agreement": "Agreement"}


@dataclass(frozen=True)
class Filters:
    """Which messages are shown; with `is_new`, those threads that have something to read."""

    wanted: ContestedFilters = field(default_factory=ContestedFilters)
    is_new: bool = False


def summary_sentence(summary: DisagreementSummary) -> str:
    """
    The first line: how many messages are contested, between whom, and over which labels.

    >>> summary_sentence(DisagreementSummary(7, 4, 3, ("Sale", "Leak"), 5))
    '7 messages are contested: 4 between experts, 3 with the machine. Most often Sale vs Leak (5).'
    """
    if not summary.n_open:
        return "Nothing is contested: wherever two answers can be compared, they agree."
    line = (
        f"{counted(summary.n_open, 'message is', 'messages are')} contested: "
        f"{summary.n_experts:,} between experts, "
        f"{summary.n_machine:,} with the machine."
    )
    if summary.top_pair:
        line += f" Most often {' vs '.join(summary.top_pair)} ({summary.n_top_pair:,})."
    return line


def agreement_sentence(report: AgreementReport) -> str:
    """The quieter line below: alpha with interval and n, or why there is none."""
    if report.alpha is None:
        return report.alpha_missing
    return f"Krippendorff's alpha among experts {in_words(report.alpha)} messages"


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    experts = list_experts(place, project.project_id)
    if not experts and not filter_value("message"):
        _show_nothing_labelled(person)
        return
    head = st.container(key="disagreement_head")
    codebook = get_codebook(place, project.project_id)
    with st.container(horizontal=True, vertical_alignment="center", key="disagreement_bar"):
        part = choose_part("show", _PARTS, key="part", title="Part of the page", default="messages")
        unread = unread_threads(place, person, project.project_id)
        if part == "messages":
            kind = _choose_kind(len(unread))
            choices = filter_choices(place, person, project.project_id)
            wanted = choose_filters(experts, codebook, choices)
    wanted = replace(wanted, kind=kind_named(kind)) if part == "messages" else ContestedFilters()
    with head:
        _show_first_line(place, person, project, wanted)
    if part == "messages":
        _show_messages(
            place, person, project, codebook, Filters(wanted, is_new=kind == _NEW), unread
        )
        return
    cell = show_agreement(place, person, project, codebook)
    if cell:
        _open_cell(cell)


def _show_first_line(
    place: Workplace, person: Person, project: Project, wanted: ContestedFilters
) -> None:
    """Draw what is contested in all, or, where filters stand, how many messages fit them."""
    summary = summary_sentence(disagreement_summary(place, person, project.project_id))
    if wanted == ContestedFilters():
        report = agreement_report(place, person, project.project_id)
        first_line(summary, note=agreement_sentence(report))
        return
    names = {one.person_id: one.name for one in list_experts(place, project.project_id)}
    [n] = count_fitting(place, person, project.project_id, [wanted])
    first_line(
        f"{counted(n, 'contested message')}: {filter_words(wanted, names)}",
        note=_counted_words() + summary,
    )


def _open_cell(cell: ChosenCell) -> None:
    """Go to what is still contested of a count, and remember what was counted."""
    forget_filters()
    set_filter("show", None)
    set_filter("kind", cell.kind)
    set_filter("pair", MARK.join(cell.pair))
    set_filter("expert", cell.who)
    set_filter("message", None)
    st.session_state[_COUNTED] = (filters_kept(), cell.counted)
    st.rerun()


def _counted_words() -> str:
    """What the count said that led here; "" where none did, or the filters are others by now."""
    filters, said = st.session_state.get(_COUNTED, ({}, ""))
    if not said or filters != filters_kept():
        return ""
    return (
        f"The count was {said}; what is settled, or agrees by now, is not contested any more and "
        "not listed. "
    )


def _choose_kind(n_unread: int) -> str:
    kinds = {str(kind): words for kind, words in _KINDS.items()}
    if n_unread or filter_value("kind") == _NEW:
        kinds[_NEW] = f"New for you {n_unread:,}"
    return choose_pill(
        "kind", kinds, key="kind", title="Kind of disagreement", default="all", resets=PLACE
    )


def _show_nothing_labelled(person: Person) -> None:
    first_line("Nothing to talk about yet: nobody has labelled a message.")
    empty_state(
        "As soon as two people, or a person and the machine, have answered the same message, "
        "this page shows where they differ and why.",
        action="Label messages" if person.may(Role.EXPERT) else "",
        view="label",
        key="nobody_labelled",
        icon="label",
    )


def _show_messages(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    filters: Filters,
    unread: Sequence[UnreadThread],
) -> None:
    found = open_disagreements(place, person, project.project_id, filters=filters.wanted)
    listed = listed_messages(found, list_experts(place, project.project_id), codebook)
    listed = with_news(listed, unread, news_only=filters.is_new)
    ids = [one.message_id for one in listed]
    wanted = filter_value("message")
    if not ids and not wanted:
        _show_none_open(filters)
        return
    chosen = wanted or ids[0]
    if filters.is_new and not wanted:
        set_filter("message", chosen)  # once read it leaves this list, but not the page
    is_settling = person.may(Role.SUPERVISOR) and bool(ids) and not filters.is_new
    is_narrowed = filters.wanted != ContestedFilters()
    left, right = two_sides((2, 3), (20, 26), key="talk_sides", gap="medium")
    with left, st.container(gap="xsmall", key="list_side"):
        _show_steps(ids, chosen)
        if is_settling:
            _show_way_to_settle(len(ids), is_next_step=is_narrowed)
        clicked = message_list(
            listed,
            chosen=chosen,
            key="open_messages",
            title="Threads with something new, those that name you first"
            if filters.is_new
            else "Contested messages, most worth talking about first",
        )
    if clicked and clicked != chosen:
        set_filter("message", clicked)
        st.rerun()
    with right, st.container(gap="small", key="thread_side"):
        is_main = not (is_settling and is_narrowed)
        show_thread(place, person, project, codebook, chosen, comment_is_main=is_main)


def _show_way_to_settle(n: int, *, is_next_step: bool) -> None:
    """Draw the way to Adjudicate, where the messages listed are settled one after another."""
    if st.button(
        "Settle it" if n == 1 else f"Settle these {n:,} one by one",
        key="settle_these",
        icon=":material/gavel:",
        type="primary" if is_next_step else "secondary",
        help="On the page Adjudicate, under the same filters",
    ):
        open_view("adjudicate", **filters_kept())


def step_from(ids: Sequence[str], chosen: str, step: int) -> str | None:
    """
    The message `step` places after the chosen one (before, where negative); None past the ends.

    >>> step_from(["m1", "m2"], "m1", 1), step_from(["m1", "m2"], "m1", -1)
    ('m2', None)
    """
    if chosen not in ids:
        return ids[0] if ids and step > 0 else None
    place = ids.index(chosen) + step
    return ids[place] if 0 <= place < len(ids) else None


def _show_steps(ids: Sequence[str], chosen: str) -> None:
    before, after = step_from(ids, chosen, -1), step_from(ids, chosen, 1)
    where = (
        f"{ids.index(chosen) + 1:,} of {len(ids):,}" if chosen in ids else f"{len(ids):,} listed"
    )
    with st.container(horizontal=True, vertical_alignment="center", key="steps"):
        st.text(where)
        st.button(
            "Previous",
            key="previous",
            icon=":material/chevron_left:",
            type="tertiary",
            disabled=before is None,
            on_click=set_filter,
            args=("message", before),
        )
        st.button(
            "Next",
            key="next",
            icon=":material/chevron_right:",
            type="tertiary",
            disabled=after is None,
            on_click=set_filter,
            args=("message", after),
        )


def _show_none_open(filters: Filters) -> None:
    if filters.is_new:
        empty_state("You have read everything that was said.", key="all_read", icon="done_all")
        return
    if filters == Filters():
        empty_state(
            "All answers that can be compared agree. New ones appear here as soon as two people, "
            "or a person and the machine, differ.",
            key="all_agree",
            icon="handshake",
        )
        return
    if empty_state(
        f"{_counted_words()}No contested message fits these filters.",
        action="Show all",
        key="forget_filters",
        icon="filter_alt_off",
    ):
        forget_filters()
        st.rerun()
