"""Each expert's unaided skill and reliance, by name: to talk about, not to rank."""

import streamlit as st

from app.components.address import open_view
from app.components.empty import empty_state
from app.components.marks import draw, person_name
from app.components.meanings import meaning_of
from app.components.plain_lines import quiet_line
from app.components.quiet_box import quiet_box
from app.views.current_learning import current_learning
from app.views.learners.words import figure_or_none
from app.views.my_learning.words import change_words
from rhml_core.domain import Person, Project
from rhml_core.safe_text import plain
from rhml_core.workflows.disputes.disagreements import list_experts
from rhml_core.workflows.learner.learning import PersonLearning, TeamLearning
from rhml_core.workflows.workplace import Workplace

_WIDTHS = [2.3, 1.7, 1.8, 1.7, 0.8]
_HEADS = ("right without the machine", "change per cycle", "believed it too easily")


def show_experts(place: Workplace, person: Person, project: Project, team: TeamLearning) -> None:
    """Draw the alarms that are raised, then a row for each expert, by name."""
    for who, alarm in team.alarms:
        quiet_box(f"{who.name}.", alarm.sentence)
    experts = sorted(list_experts(place, project.project_id), key=lambda one: one.name.casefold())
    if not experts:
        empty_state("Nobody has judged yet.", key="no_experts", icon="group")
        return
    for column, words in zip(st.columns(_WIDTHS)[1:-1], _HEADS, strict=True):
        with column:
            quiet_line(words, means=meaning_of(words))
    for expert in experts:
        _show_row(current_learning(place, person, project, expert.person_id))
    quiet_line(
        "By name. Few probes make wide intervals: where they overlap, nobody is ahead. How sure "
        "someone says to be, and their reviews, are theirs alone."
    )


def _show_row(learning: PersonLearning) -> None:
    skill, over = learning.skill, learning.reliance.shares.over_reliance
    columns = st.columns(_WIDTHS, vertical_alignment="center")
    with columns[0]:
        draw(person_name(learning.expert))
    with columns[1]:
        st.text(figure_or_none(skill.overall.interval, "")[0], help=skill.overall.missing or None)
    with columns[2]:
        words = change_words(skill.slope) if skill.slope.interval else "\N{EN DASH}"
        st.text(words, help=skill.slope.missing or None)
    with columns[3]:
        st.text(figure_or_none(over.interval, "")[0], help=over.missing or None)
    with columns[4]:
        if st.button(
            "Open",
            key=f"expert_{learning.expert.person_id}",
            help=plain(f"What {learning.expert.name} learns"),
        ):
            open_view("my_learning", expert=learning.expert.person_id)
