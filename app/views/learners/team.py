"""How the team relies on the machine, and how sure it is, for supervisors."""

from collections.abc import Sequence

import streamlit as st

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_part
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.interval import interval_metric
from app.components.learning_charts import stated_chart
from app.components.learnt_list import learnt_list
from app.components.marks import label_colours
from app.components.meanings import meaning_of
from app.components.plain_lines import quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from app.views.learners.missing import next_step
from app.views.learners.words import (
    OUTCOME_WORDS,
    OUTCOMES,
    ROWS,
    cell_name,
    cell_words,
    figure_or_none,
    row_words,
)
from app.views.my_learning.machine import show_reliance_figures
from rhml_core.domain import Person, Project
from rhml_core.measures.reliance import Reliance, RelianceCell, RelianceSlice
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.learner.learning import TeamLearning
from rhml_core.workflows.learner.learnt_messages import team_messages
from rhml_core.workflows.learner.reliance_missing import reliance_missing
from rhml_core.workflows.workplace import Workplace

_SLICES = {"confidence": "By how sure the machine was", "label": "By label"}


def show_reliance(place: Workplace, person: Person, project: Project, team: TeamLearning) -> None:
    """Draw who was right and what became of it, each count with its messages, and the figures."""
    reliance = team.reliance
    if not reliance.n_turns:
        _show_missing(place, person, project)
        return
    left, right = two_sides((3, 2), (28, 18), key="reliance_sides")
    with left, st.container(gap="xsmall", key="reliance_table"):
        _show_cells(reliance)
    with right, st.container(gap="small", key="reliance_right"):
        show_reliance_figures(reliance)
    cells = {cell_name(cell): cell for cell in reliance.cells}
    chosen = cells.get(filter_value("cell"))
    if chosen is not None:
        _show_messages(place, person, project, chosen)
    slice_kind = choose_part("by", _SLICES, key="by", title="Reliance by", default="confidence")
    _show_slices(reliance.by_confidence if slice_kind == "confidence" else reliance.by_label)


def _show_missing(place: Workplace, person: Person, project: Project) -> None:
    missing = reliance_missing(place, person, project.project_id)
    if missing is None:
        quiet_line("The first turns are being counted.")
        return
    step = next_step(missing)
    empty_state(
        step.sentence, action=step.action, view=step.view, key="no_reliance", icon="handshake"
    )


def _show_cells(reliance: Reliance) -> None:
    part_title(
        "What became of first answers",
        note=f"{counted(reliance.n_turns, 'turn')}; choose a count",
    )
    by_name = {cell_name(cell): cell for cell in reliance.cells}
    widths = [2.5, 1, 1, 1]
    for column, outcome in zip(st.columns(widths)[1:], OUTCOMES, strict=True):
        with column:
            quiet_line(OUTCOME_WORDS[outcome][0])
    for first, machine in ROWS:
        columns = st.columns(widths, vertical_alignment="center")
        with columns[0]:
            st.text(row_words(first_is_right=first, machine_is_right=machine))
        for column, outcome in zip(columns[1:], OUTCOMES, strict=True):
            sides = ["right" if one else "wrong" for one in (first, machine)]
            with column:
                _count_button(by_name, "~".join([*sides, outcome]), reliance.n_turns)


def _count_button(by_name: dict[str, RelianceCell], name: str, n_turns: int) -> None:
    cell = by_name.get(name)
    if cell is None:
        quiet_line("0")
        return
    if st.button(
        f"{cell.n:,}",
        key=f"cell_{name}",
        help=f"{cell_words(cell)}: {cell.n:,} of {n_turns:,} turns",
        width="stretch",
    ):
        set_filter("cell", name)
        st.rerun()


def _show_messages(place: Workplace, person: Person, project: Project, cell: RelianceCell) -> None:
    found = team_messages(place, person, project.project_id, cell.message_ids)
    part_title(cell_words(cell).capitalize(), note=counted(cell.n, "turn"))
    colours = label_colours(get_codebook(place, project.project_id))
    learnt_list(found, None, colours, key=f"cell_messages_{cell_name(cell)}", title="Messages")


def _show_slices(slices: Sequence[RelianceSlice]) -> None:
    if not slices:
        quiet_line("Nothing to split yet: the machine has not differed.")
        return
    plain_table(
        (
            ("turns in which", "The machine's probability of its answer, or the right label"),
            ("n", "Turns with a known reference"),
            ("took good advice", meaning_of("Took good advice")),
            ("stood firm rightly", meaning_of("Stood firm rightly")),
            ("believed it too easily", meaning_of("Believed it too easily")),
        ),
        [
            (
                one.name,
                [
                    (f"{one.n_turns:,}", ""),
                    *(
                        figure_or_none(estimate.interval, estimate.missing)
                        for estimate in (
                            one.shares.rair,
                            one.shares.rsr,
                            one.shares.over_reliance,
                        )
                    ),
                ],
            )
            for one in slices
        ],
        title="Reliance on the machine in parts",
    )


def show_calibration(team: TeamLearning) -> None:
    """Draw how sure the team said to be and how right it was; nobody can be told from it."""
    stated = team.calibration
    if stated is None:
        empty_state(team.calibration_missing, key="no_team_confidence", icon="balance")
        return
    st.text(stated.sentence)
    left, right = two_sides((3, 2), (24, 16), key="team_stated_sides")
    with left:
        stated_chart(stated.reliability, key="team_stated_chart")
    with right:
        for name, figure in (
            ("Surer than right", stated.overconfidence),
            ("Calibration error", stated.calibration_error),
            ("Brier score", stated.brier),
        ):
            interval_metric(name, figure, n_word="answers")
    quiet_line(
        f"{counted(stated.n_experts, 'expert')} together; each sees their own on My learning. "
        "Guess counts as 0.5, fairly as 0.75, sure as 0.95."
    )
