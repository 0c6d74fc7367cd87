"""The guided tour of the demo: which step an address names, and the bar that leads on."""

import streamlit as st

from app.components.address import PAGES_KEY, PROJECT, filter_value, set_filter
from app.components.tour_bar import tour_bar, tour_text
from app.tour_words import STEPS, TourStep, step_number, still_to_come
from rhml_core.domain import Person, Project
from rhml_core.workflows.demo.touring import (
    DemoProgress,
    demo_progress,
    disagreement_to_show,
    is_demo,
)
from rhml_core.workflows.workplace import Workplace

TOUR = "tour"
"""Name of the step in the address."""

START = f"/{STEPS[0].view}?{TOUR}=1"
"""Where the tour begins."""

_SECONDS_BETWEEN_LOOKS = 3
_MESSAGE = "message"


def step_on(view: str) -> int | None:
    """The step that the address names, from 1; None off the tour, or where it is another page's."""
    number = step_number(filter_value(TOUR))
    return number if number is not None and STEPS[number - 1].view == view else None


def can_tour(place: Workplace, project: Project | None) -> bool:
    """Whether there is a tour of this project: of the demo alone."""
    return project is not None and is_demo(place, project)


def show_tour(place: Workplace, person: Person, project: Project, number: int) -> None:
    """
    Draw the bar of a step above its page, and open the message that the step is about.

    The address alone says where one is, so that going back, reloading and sharing keep the step.
    """
    shown = _disagreement(place, person, project, number)
    with tour_bar():
        with st.container(key="tour_words"):
            _show_words(place, person, project, number, has_disagreement=shown is not None)
        with st.container(
            horizontal=True, width="content", vertical_alignment="center", key="tour_ways"
        ):
            _show_ways(place, person, project, number)


def _disagreement(place: Workplace, person: Person, project: Project, number: int) -> str | None:
    """The message that the step opens; None where there is none yet, or the step opens none."""
    if STEPS[number - 1].view != "disagreements":
        return None
    chosen = filter_value(_MESSAGE) or disagreement_to_show(place, person, project.project_id)
    set_filter(_MESSAGE, chosen)
    return chosen


def _show_words(
    place: Workplace, person: Person, project: Project, number: int, *, has_disagreement: bool
) -> None:
    """Draw what one sees and, while the page waits for something or is live, look again."""
    step = STEPS[number - 1]
    drawn = demo_progress(place, person, project.project_id)
    waits = step.is_live or not drawn.has_speaker or (_opens_one(step) and not has_disagreement)
    is_drawn = False

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS if waits else None, key="tour_news")
    def look() -> None:
        # Only a later look may have the page drawn anew: within a drawing, clicks would be lost.
        now = demo_progress(place, person, project.project_id) if is_drawn else drawn
        tour_text(
            f"Step {number} of {len(STEPS)}",
            step.title,
            f"{step.sees} {step.look}",
            still_to_come(number, now, has_disagreement=has_disagreement),
        )
        if is_drawn and (
            is_worth_a_redraw(drawn, now)
            or (
                _opens_one(step)
                and not has_disagreement
                and disagreement_to_show(place, person, project.project_id)
            )
        ):
            st.rerun()

    look()
    is_drawn = True


def _opens_one(step: TourStep) -> bool:
    return step.view == "disagreements"


def is_worth_a_redraw(drawn: DemoProgress, now: DemoProgress) -> bool:
    """Whether the page has to be drawn anew: at the first answer, and with each run."""
    return (now.n_runs, now.has_speaker, now.n_judged > 0) != (
        drawn.n_runs,
        drawn.has_speaker,
        drawn.n_judged > 0,
    )


def _show_ways(place: Workplace, person: Person, project: Project, number: int) -> None:
    """Draw the ways back, on and out; those to other steps are links, so none can be missed."""
    opened = _opened_by(place, person, project, {number - 1, number + 1})
    if number > 1:
        _link("Back", number - 1, opened, icon=":material/arrow_back:", key="tour_back")
    if number < len(STEPS):
        _link(
            "Next", number + 1, opened, icon=":material/arrow_forward:", key="tour_next", is_on=True
        )
    st.button(
        "Leave the tour",
        key="tour_leave",
        type="primary" if number == len(STEPS) else "tertiary",
        on_click=set_filter,
        args=(TOUR, None),
    )


def _opened_by(
    place: Workplace, person: Person, project: Project, numbers: set[int]
) -> dict[int, str]:
    """
    The message that each of these steps opens, where there is one.

    It stands in the link: written into the address on arrival it would be another step back.
    """
    opening = [number for number, step in enumerate(STEPS, start=1) if _opens_one(step)]
    if not numbers & set(opening):
        return {}
    chosen = disagreement_to_show(place, person, project.project_id)
    return dict.fromkeys(opening, chosen) if chosen else {}


def _link(
    words: str,
    number: int,
    opened: dict[int, str],
    *,
    icon: str,
    key: str,
    is_on: bool = False,
) -> None:
    pages = st.session_state.get(PAGES_KEY, {})
    kept = {PROJECT: filter_value(PROJECT)} if filter_value(PROJECT) else {}
    if number in opened:
        kept[_MESSAGE] = opened[number]
    with st.container(width="content", key=key):
        st.page_link(
            pages[STEPS[number - 1].view],
            label=words,
            icon=icon,
            icon_position="right" if is_on else "left",
            query_params={**kept, TOUR: str(number)},
        )
