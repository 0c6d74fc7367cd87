"""New insights: does the machine see more than our words, and what could each teach the other?"""

import streamlit as st

from app.components.address_choice import choose_part
from app.components.empty import TRIED_AGAIN
from app.components.first_line import first_line
from app.views.insights.control_modes import show_modes
from app.views.insights.plot import show_plot
from app.views.insights.terms import show_doubtful, show_new
from rhml_core.domain import Person, Project
from rhml_core.workflows.insights.insights import InsightFigures, look_at_insights
from rhml_core.workflows.kept.beside import Looked
from rhml_core.workflows.workplace import Workplace

_PARTS = {
    "new": "New terms",
    "doubtful": "Terms to re-examine",
    "plot": "Lexicon and machine",
    "modes": "Five modes of control",
}
_ELSEWHERE = ("label", "show", "page")
_SECONDS_BETWEEN_LOOKS = 2.0


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    look = look_at_insights(place, person, project.project_id)
    figures = look.value
    if figures is not None:
        first_line(figures.sentence, note=f"{figures.note} {_newer(look)}".strip())
    elif look.has_failed:
        first_line("Lexicon and machine could not be compared.", note=TRIED_AGAIN)
    else:
        first_line(
            "Lexicon and machine are being compared.",
            note="The answer comes by itself; you may leave the page.",
        )
    _look_again(place, person, project, look)
    part = choose_part(
        "part", _PARTS, key="insights_part", title="Which part", default="new", resets=_ELSEWHERE
    )
    if part == "modes":
        show_modes(place, person, project)
    elif part == "new":
        show_new(place, person, project)
    elif figures is not None:
        (show_plot if part == "plot" else show_doubtful)(place, person, project, figures)


def _newer(look: Looked[InsightFigures]) -> str:
    if look.has_failed:
        return f"A newer comparison could not be made. {TRIED_AGAIN}"
    return "A newer comparison is being worked out." if look.is_working else ""


def _look_again(
    place: Workplace, person: Person, project: Project, look: Looked[InsightFigures]
) -> None:
    """Draw the page anew once newer figures are there."""
    if not look.is_working:
        return

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if not look_at_insights(place, person, project.project_id).is_working:
            st.rerun()

    wait()
