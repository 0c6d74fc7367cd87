"""Settle what people differ on, one message at a time: all that bears on it, and the decision."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.address_choice import removable_pill
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.marks import label_colours
from app.components.plain_lines import quiet_line
from app.components.two_sides import two_sides
from app.views.adjudicate.batch import Batch, keep_batch, kept_batch
from app.views.adjudicate.decide import (
    MESSAGE,
    Desk,
    show_form,
    show_problem,
    take_back,
    undo_button,
)
from app.views.adjudicate.sides import show_sides
from app.views.disagreements.open_filters import (
    MARK,
    Kind,
    choose_filters,
    filters_kept,
    forget_filters,
    kind_named,
)
from app.views.thread.thread import NO_SUCH_MESSAGE
from rhml_core.domain import Label, Person, Project
from rhml_core.errors import NotFoundError
from rhml_core.safe_text import plain
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.disputes.adjudication import error_kinds, guideline_gaps, to_adjudicate
from rhml_core.workflows.disputes.adjudication_case import Case, adjudication_case
from rhml_core.workflows.disputes.contested_filters import (
    ContestedFilters,
    FilterChoices,
    filter_choices,
)
from rhml_core.workflows.disputes.disagreements import list_experts
from rhml_core.workflows.workplace import Workplace

_N_IN_BATCH = 50
_N_GAPS = 3


def question(place: int, n: int, labels: Sequence[Label]) -> str:
    """
    The first line: where one is, and between which labels one has to choose.

    >>> question(3, 12, [Label("Sale"), Label("Leak"), Label("Other")])
    '3 of 12: is it Sale, Leak or Other?'
    """
    names = [one.name for one in labels]
    if not names:
        return f"{place:,} of {n:,}: what is it?"
    *first, last = names
    choice = f"{', '.join(first)} or {last}" if first else last
    return f"{place:,} of {n:,}: is it {choice}?"


def settled_sentence(kinds: pl.DataFrame) -> str:
    """
    What was settled so far, by kind of error, as in `Of 3 settled: 2 slip, 1 gap`.

    `kinds` as from `error_kinds`.
    """
    n = int(kinds["n"].sum())
    if not n:
        return "Nothing was settled with a kind of error yet."
    some = kinds.filter(pl.col("n") > 0).sort("n", descending=True, maintain_order=True)
    parts = ", ".join(f"{count:,} {kind}" for kind, count in some.iter_rows())
    return f"Of {n:,} settled: {parts}"


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    codebook = get_codebook(place, project.project_id)
    settled = settled_sentence(error_kinds(place, person, project.project_id))
    head = st.container(gap="xsmall", key="adjudicate_head")
    with st.container(horizontal=True, vertical_alignment="center", key="adjudicate_bar"):
        filters = choose_filters(
            list_experts(place, project.project_id),
            codebook,
            _choices(place, person, project),
        )
        filters = replace(filters, kind=_choose_kind())
        _show_gaps(place, person, project)
    batch = _batch(place, person, project, filters)
    desk = Desk(place, person, project, codebook, batch)
    wanted = filter_value(MESSAGE) or batch.first()
    if wanted is None:
        with head:
            _show_end_line(batch, settled)
        _show_end(desk, filters)
        return
    try:
        case = adjudication_case(place, person, project.project_id, wanted)
    except NotFoundError:
        with head:
            first_line("There is no such message to settle", note=settled)
        if empty_state(
            NO_SUCH_MESSAGE,
            action="Settle the others",
            key="no_such_message",
            icon="search_off",
        ):
            set_filter(MESSAGE, None)
            st.rerun()
        return
    batch.include(wanted)
    with head:
        first_line(_headline(batch, case), note=settled)
    _show_case(desk, case)


def _choose_kind() -> Kind:
    """The kind of disagreement that the address names, drawn so that it can be taken out."""
    kind = kind_named(filter_value("kind"))
    if kind != "all":
        words = {"experts": "between experts", "machine": "with the machine"}[kind]
        removable_pill("kind", words, key="kind_pill")
    return kind


def _choices(place: Workplace, person: Person, project: Project) -> FilterChoices:
    """What the filters can be set to; as of the batch, so that no decision has to wait for it."""
    batch = kept_batch(project.project_id)
    return batch.choices if batch else filter_choices(place, person, project.project_id)


def _batch(place: Workplace, person: Person, project: Project, filters: ContestedFilters) -> Batch:
    """The session's batch, or a new one where the filters are others."""
    batch = kept_batch(project.project_id)
    if batch is None or batch.filters != filters:
        found = to_adjudicate(place, person, project.project_id, filters=filters, limit=_N_IN_BATCH)
        batch = Batch(filters, found["message_id"].to_list(), _choices(place, person, project))
        keep_batch(project.project_id, batch)
    return batch


def _headline(batch: Batch, case: Case) -> str:
    message_id = case.thread.message.message_id
    where, n = batch.place_of(message_id), len(batch.message_ids)
    if case.settled_as is None:
        return question(where, n, case.in_question)
    by = case.thread.settled.expert_id if case.thread.settled else ""
    name = case.thread.people[by].name if by in case.thread.people else by
    kind = f" ({case.error_kind.value})" if case.error_kind else ""
    return f"{where:,} of {n:,}: settled as {case.settled_as}{kind} by {name}"


def _show_case(desk: Desk, case: Case) -> None:
    colours = label_colours(desk.codebook)
    left, right = two_sides((3, 2), (26, 20), key="adjudicate_sides", gap="medium")
    with left, st.container(gap="small", key="adjudicate_left"):
        show_sides(case, colours)
        if st.button(
            "Talk about it", key="adjudicate_talk", icon=":material/forum:", type="tertiary"
        ):
            message_id = case.thread.message.message_id
            open_view("disagreements", **filters_kept() | {"message": message_id})
    with right, st.container(gap="xsmall", key="adjudicate_right"):
        if case.settled_as is None:
            show_form(desk, case)
        else:
            _show_settled(desk, case)
        _show_way_to_definitions([one.name for one in case.in_question])


def _show_way_to_definitions(names: Sequence[str]) -> None:
    """Draw the way to the codebook: where two labels are in question, to both definitions."""
    is_pair = len(names) == 2  # noqa: PLR2004 -- a pair
    if st.button(
        "Mend these definitions" if is_pair else "Open the codebook",
        key="adjudicate_codebook",
        icon=":material/edit_note:",
        type="tertiary",
        help="The browser's back button leads here again",
    ):
        open_view("codebook", **({"pair": MARK.join(names)} if is_pair else {}))


def _show_settled(desk: Desk, case: Case) -> None:
    message_id = case.thread.message.message_id
    quiet_line("What people judged stays on record, and so does a decision that is taken back.")
    with st.container(horizontal=True, vertical_alignment="center", key="adjudicate_settled_acts"):
        st.button(
            "Next",
            key="adjudicate_next",
            type="primary",
            shortcut="Enter",
            on_click=_go_on,
            args=(desk.batch, message_id),
        )
        st.button(
            "Take the decision back",
            key="adjudicate_take_back",
            shortcut="U",
            on_click=take_back,
            args=(desk, message_id),
        )
    show_problem()


def _go_on(batch: Batch, message_id: str) -> None:
    if message_id not in batch.settled:
        batch.skipped.append(message_id)
    set_filter(MESSAGE, batch.after(message_id))


def _show_end_line(batch: Batch, settled: str) -> None:
    if not batch.message_ids:
        first_line("Nothing is to be settled here", note=settled)
        return
    skipped = f", {len(batch.skipped):,} skipped" if batch.skipped else ""
    n = counted(len(batch.settled), "message")
    first_line(f"You settled {n}{skipped}", note=settled)


def _show_end(desk: Desk, filters: ContestedFilters) -> None:
    if not desk.batch.message_ids:
        is_narrowed = filters != ContestedFilters()
        if empty_state(
            "No message on which people, or people and the machine, differ fits. New ones appear "
            "here as soon as two answers differ.",
            action="Show all" if is_narrowed else "",
            key="adjudicate_show_all" if is_narrowed else "nothing_to_settle",
            icon="handshake",
        ):
            forget_filters()
            st.rerun()
        return
    gaps = guideline_gaps(desk.place, desk.person, desk.project.project_id)
    with st.container(horizontal=True, vertical_alignment="center", key="adjudicate_end"):
        if gaps.height and desk.batch.settled:
            label, other, n = gaps.row(0)
            words = f"Mend {label} vs {other}: {counted(n, 'gap')}"
            if st.button(plain(words), key="adjudicate_mend", type="primary"):
                open_view("codebook", pair=f"{label}{MARK}{other}")
        st.button(
            "Look for more",
            key="adjudicate_more",
            type="secondary" if gaps.height and desk.batch.settled else "primary",
            shortcut="Enter",
            on_click=keep_batch,
            args=(desk.project.project_id, None),
        )
        undo_button(desk)
    show_problem()


def _show_gaps(place: Workplace, person: Person, project: Project) -> None:
    """Draw the way from a gap in the guideline to the codebook, most frequent pairs first."""
    gaps = guideline_gaps(place, person, project.project_id)
    for label, other, n in gaps.head(_N_GAPS).iter_rows():
        if st.button(
            plain(f"Mend {label} vs {other}: {counted(n, 'gap')}"),
            key=f"adjudicate_gap_{label}_{other}",
            icon=":material/edit_note:",
            type="tertiary",
            help="Open the two definitions in the codebook",
        ):
            open_view("codebook", pair=f"{label}{MARK}{other}")
