"""Overview: what does this team do, and how well?"""

import streamlit as st

from app.components.address import open_view
from app.components.counted import counted
from app.components.facts import part_title
from app.components.figure_scale import figure_scale
from app.components.first_line import first_line
from app.components.interval import in_words
from app.components.label_overview import label_overview
from app.components.learning_charts import PEOPLE_TONE, learners_chart
from app.components.marks import draw, label_colours, machine_mark, text_span
from app.components.plain_lines import quiet_line
from app.components.two_sides import two_sides
from app.views.current_learning import current_cycles, newer_words
from app.views.learners.words import lifts_sentence
from app.views.overview.words import (
    adopted_words,
    agreement_words,
    machine_words,
    overview_note,
    overview_sentence,
)
from app.views.page_key import PageKey, page_key
from rhml_core.domain import Person, Project
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.kept.project_state import figures_made_at
from rhml_core.workflows.overview.overview import Overview, project_overview
from rhml_core.workflows.workplace import Workplace

_CHART_HEIGHT = 185


@st.cache_data(max_entries=16, show_spinner="Summing up the project")
def _overview(
    _place: Workplace,
    _person: Person,
    project_id: str,
    key: PageKey,  # noqa: ARG001 -- all that it depends on
) -> Overview:
    return project_overview(_place, _person, project_id)


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    found = _overview(
        place,
        person,
        project.project_id,
        page_key(place, person, project, figures_made_at(place.db, project.project_id)),
    )
    first_line(overview_sentence(found), note=overview_note(found, project))
    agreement, machine = two_sides((1, 1), (22, 22), key="overview_figures")
    with agreement, st.container(gap="xsmall", key="overview_agreement"):
        _show_agreement(found)
    with machine, st.container(gap="xsmall", key="overview_machine"):
        _show_machine(found)
    labels, learnt = two_sides((1, 1), (22, 22), key="overview_sides")
    with labels, st.container(gap="xsmall", key="overview_labels"):
        part_title(
            "The labels", note=f"of {counted(found.n_labelled, 'message')} with a known label"
        )
        label_overview(
            [(one.name, one.n, one.example) for one in found.labels],
            label_colours(get_codebook(place, project.project_id)),
        )
        _way("Read the messages" if found.n_labelled else "Open the messages", "messages")
    with learnt, st.container(gap="xsmall", key="overview_learnt"):
        _show_learnt(place, person, project, found)


def _show_agreement(found: Overview) -> None:
    part_title("How well people agree", note=in_words(found.alpha) if found.alpha else "")
    if found.alpha is not None:
        figure_scale(found.alpha, name="Agreement among people")
    quiet_line(agreement_words(found))
    _way("See where people differ", "agreement")


def _show_machine(found: Overview) -> None:
    measured = found.machine.macro_f1
    part_title("How good the machine is", note=in_words(measured) if measured else "")
    if measured is not None:
        figure_scale(measured, is_machine=True, name="The machine")
    quiet_line(machine_words(found.machine))
    _way("See its runs", "training")


def _show_learnt(place: Workplace, person: Person, project: Project, found: Overview) -> None:
    part_title("What both learnt")
    look = current_cycles(place, person, project)
    cycles = look.value
    rows = [(one.cycle, one.machine, one.experts) for one in cycles.cycles] if cycles else []
    if any(machine or experts for _, machine, experts in rows):
        learners_chart(rows, key="overview_learners", height=_CHART_HEIGHT, is_small=True)
        draw(
            f"{machine_mark(size=16)}{text_span(' machine: macro-F1', muted=True)}",
            f"{_circle()}{text_span(' experts: right without the machine', muted=True)}",
        )
    if cycles:
        quiet_line(lifts_sentence(cycles))
    if not look.is_current:
        quiet_line(newer_words(look))
    quiet_line(adopted_words(found))
    _way("Open Both learners", "learners")


def _way(words: str, view: str) -> None:
    """Draw the way to what a figure was counted on."""
    if st.button(
        words,
        key=f"overview_to_{view}",
        type="tertiary",
        icon=":material/arrow_forward:",
        icon_position="right",
    ):
        open_view(view)


def _circle() -> str:
    return f'<span style="color:{PEOPLE_TONE}" aria-hidden="true">\u25cf</span>'
