"""Two labels that are mixed up: their definitions, the messages where they meet, and the repair."""

from collections.abc import Sequence

import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.label_card import label_cards
from app.components.marks import NO_COLOUR, label_colours
from app.components.message_list import ListedMessage, Side, mark_of_person, message_list
from app.components.plain_lines import quiet_line
from app.views.codebook.pair_edit import edit_pair
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.safe_text import one_line
from rhml_core.workflows.codebook.pairs import PairMessages, pair_messages
from rhml_core.workflows.workplace import Workplace

PAIR = "pair"
"""The filter in the address that names two labels, as in `sale~tooling`."""

_MARK = "~"


def pair_in_address(names: Sequence[str]) -> tuple[str, str] | None:
    """The two labels that the address names; None where it names none of this codebook."""
    wanted = filter_value(PAIR)
    for one in names:
        for other in names:
            if one != other and wanted == f"{one}{_MARK}{other}":
                return one, other
    return None


def open_pair(pair: tuple[str, str]) -> None:
    """Have the address name two labels."""
    set_filter(PAIR, _MARK.join(pair))


def show_pair(
    place: Workplace, person: Person, project: Project, newest: Codebook, pair: tuple[str, str]
) -> None:
    """Draw the pair; supervisors edit both definitions here."""
    found = pair_messages(place, person, project.project_id, pair)
    with st.container(horizontal=True, vertical_alignment="center", key="pair_head"):
        first_line(pair_sentence(pair, found.n, is_expert=person.role is Role.EXPERT))
        _choose_pair(newest, pair)
        st.button(
            "All labels",
            icon=":material/arrow_back:",
            key="pair_back",
            width="content",
            on_click=set_filter,
            args=(PAIR, None),
        )
    colours = label_colours(newest)
    labels = [label for name in pair for label in newest.labels if label.name == name]
    if person.may(Role.SUPERVISOR):
        edit_pair(place, person, project, newest, pair)
    else:
        label_cards(labels, colours)
    _show_messages(person, found, colours)


def pair_sentence(pair: tuple[str, str], n: int, *, is_expert: bool) -> str:
    """
    The first line: how often the two labels meet.

    >>> pair_sentence(("Sale", "Leak"), 2, is_expert=False)
    'Sale and Leak meet on 2 messages'
    """
    of = " that you may see" if is_expert else ""
    return f"{pair[0]} and {pair[1]} meet on {counted(n, 'message')}{of}"


def _choose_pair(newest: Codebook, pair: tuple[str, str]) -> None:
    for place, (key, other) in enumerate((("pair_one", pair[1]), ("pair_other", pair[0]))):
        names = [name for name in newest.names if name != other]
        st.session_state[key] = pair[place]
        st.selectbox(
            ("One label", "The other label")[place],
            names,
            format_func=one_line,
            key=key,
            label_visibility="collapsed",
            width=150,
            on_change=_follow_choice,
        )


def _follow_choice() -> None:
    open_pair((st.session_state["pair_one"], st.session_state["pair_other"]))


def _show_messages(person: Person, found: PairMessages, colours: dict[str, str]) -> None:
    if not found.messages:
        empty_state(
            (
                "Nobody gives one of these labels where another person gives the other."
                if person.may(Role.SUPERVISOR)
                else "None of the messages that you may see has both labels."
            )
            + " Choose another pair above.",
            key="pair_messages",
            icon="done_all",
        )
        return
    rows = [
        ListedMessage(
            one.message.message_id,
            one.message.text,
            tuple(
                Side(
                    label,
                    colours.get(label, NO_COLOUR),
                    tuple(mark_of_person(who) for who in people),
                )
                for label, people in one.said
            ),
            f"settled as {one.adjudicated}" if one.adjudicated else "",
        )
        for one in found.messages
    ]
    if found.n > len(rows):
        quiet_line(f"The first {len(rows)} of {found.n:,}; choose one to open its thread")
    else:
        quiet_line("Where they meet; choose a message to open its thread")
    clicked = message_list(rows, chosen="", key="pair_list", title="Messages where both meet")
    if clicked:
        open_view("disagreements", message=clicked)
