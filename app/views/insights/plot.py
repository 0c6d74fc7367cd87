"""Lexicon against machine: every judged message as a dot, and the messages behind a region."""

import streamlit as st

from app.components.address import filter_value, open_view
from app.components.address_choice import choose_part, choose_pill
from app.components.coloured_list import ColouredMessage, LabelSide, coloured_list
from app.components.empty import empty_state
from app.components.insight_charts import dots_chart
from app.components.marks import NO_COLOUR, label_colours
from app.components.page_turner import turn_page
from app.components.plain_lines import quiet_line
from app.components.two_sides import two_sides
from rhml_core.domain import Person, Project
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.insights.insights import InsightFigures
from rhml_core.workflows.insights.plot import (
    InsightDots,
    PlottedMessage,
    PlottedMessages,
    Region,
    corner,
    insight_dots,
    messages_in,
)
from rhml_core.workflows.workplace import Workplace

_CORNERS = {
    "machine": ("only the machine", corner(is_reflection_high=False, is_machine_high=True)),
    "words": ("only the lexicon", corner(is_reflection_high=True, is_machine_high=False)),
    "both": ("both", corner(is_reflection_high=True, is_machine_high=True)),
    "neither": ("neither", corner(is_reflection_high=False, is_machine_high=False)),
}


def show_plot(place: Workplace, person: Person, project: Project, figures: InsightFigures) -> None:
    """Draw the choice of label, the plot, and the messages of what is brushed in it."""
    label = choose_part(
        "label",
        {name: name for name in figures.labels},
        key="insights_label",
        title="Label",
        default=figures.widest_label,
        resets=("page",),
    )
    dots = insight_dots(place, person, project.project_id, figures, label)
    if dots.missing:
        empty_state(dots.missing, key="no_dots", icon="scatter_plot")
        return
    colours = label_colours(get_codebook(place, project.project_id))
    left, right = two_sides((11, 9), (26, 22), key="insights_plot_sides")
    with left:
        brushed = dots_chart(dots.frame, label, colours, key=f"insights_plot_{label}")
        quiet_line(_what_is_drawn(dots))
    with right, st.container(gap="small", key="insights_list"):
        wanted = choose_pill(
            "show",
            {"": "all"} | {name: words for name, (words, _) in _CORNERS.items()},
            key="insights_corner",
            title=f"Who says {label}",
            resets=("page",),
        )
        region = _CORNERS[wanted][1] if wanted else Region(*brushed) if brushed else Region()
        page = filter_value("page")
        found = messages_in(
            place,
            project.project_id,
            dots,
            region,
            page=int(page) if page.isdecimal() else 1,
        )
        where = _CORNERS[wanted][0] if wanted else "in the region brushed" if brushed else "all"
        _show_list(found, label, colours, project, where=where)


def _show_list(
    found: PlottedMessages,
    label: str,
    colours: dict[str, str],
    project: Project,
    *,
    where: str,
) -> None:
    if not found.n:
        quiet_line("No message lies there. Brush another region of the plot, or choose “all”.")
        return
    quiet_line(
        f"{where[0].upper()}{where[1:]}, n = {found.n:,}; where both differ most comes first."
    )
    chosen = coloured_list(
        [_row(one, colours) for one in found.messages],
        key=f"insights_messages_{project.project_id}",
        title=f"Judged messages by what lexicon and machine say of {label}",
    )
    if chosen:
        open_view("disagreements", message=chosen)
    turn_page(found.n_pages, found.page, key="insights_list_page", most_visible=5)


def _row(one: PlottedMessage, colours: dict[str, str]) -> ColouredMessage:
    return ColouredMessage(
        message_id=one.message_id,
        text=one.text,
        spans=(),
        sides=(LabelSide("is", one.reference, colours.get(one.reference, NO_COLOUR)),),
        note=f"lexicon {one.reflection:.2f} · machine {one.machine:.2f}",
    )


def _what_is_drawn(dots: InsightDots) -> str:
    drawn = (
        f"{dots.frame.height:,} of {dots.n:,} judged messages are drawn: all in rare places, a "
        "random part of the crowded ones."
        if dots.frame.height < dots.n
        else f"n = {dots.n:,} judged messages."
    )
    return (
        f"{drawn} Each is answered by a lexicon and a machine that had not learnt from it; "
        "none is held out. Drag over the "
        "plot to list a region's messages."
    )
