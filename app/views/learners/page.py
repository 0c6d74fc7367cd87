"""Both learners: what do machine and experts gain from each other, cycle by cycle?"""

import streamlit as st

from app.components.address import open_view
from app.components.address_tabs import tabs_in_address
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.learning_charts import learners_chart
from app.components.meanings import meaning_of
from app.components.plain_lines import quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from app.views.current_learning import current_cycles, current_team, newer_words
from app.views.learners.experts import show_experts
from app.views.learners.team import show_calibration, show_reliance
from app.views.learners.words import (
    figure_or_none,
    lexicon_figure,
    lexicon_points,
    lifts_note,
    lifts_sentence,
)
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.learner.learning import LearnerCycle, LearnersByCycle
from rhml_core.workflows.workplace import Workplace

TABS = ("Cycle by cycle", "Reliance", "Experts", "How sure, how right")


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    look = current_cycles(place, person, project)
    found, newer = look.value, newer_words(look)
    if found is None:
        how = "could not be" if look.has_failed else "is being"
        first_line(f"What each learner gains {how} counted.", note=newer)
    else:
        first_line(lifts_sentence(found), note=f"{lifts_note(found)} {newer}".strip())
    if not person.may(Role.SUPERVISOR):
        _show_cycles(found)
        return
    cycles, relied, experts, sure = tabs_in_address(TABS, key="learners_tab")
    if cycles.open:
        with cycles:
            _show_cycles(found)
        return
    team = current_team(place, person, project)
    if relied.open:
        with relied:
            show_reliance(place, person, project, team)
    if experts.open:
        with experts:
            show_experts(place, person, project, team)
    if sure.open:
        with sure:
            show_calibration(team)


def _show_cycles(found: LearnersByCycle | None) -> None:
    if found is None:
        return
    measured = [one for one in found.cycles if one.machine or one.experts]
    if not measured:
        empty_state(
            "Nothing is measured yet. The machine is measured by each training run; experts by "
            "the messages that come without it, about one in ten.",
            action="See the runs",
            view="training",
            key="no_learners",
            icon="compare_arrows",
        )
        return
    lexicon = lexicon_points(found)
    has_terms = any(one.lexicon for one in found.cycles)
    left, right = two_sides((5, 4) if has_terms else (3, 2), (26, 20), key="learners_sides")
    with left:
        learners_chart(
            [(one.cycle, one.machine, one.experts) for one in found.cycles],
            key="learners_chart",
            lexicon=lexicon,
            height=380 if lexicon else 330,
        )
        quiet_line(
            "Number above each whisker: n, hold-out or cross-validated messages for the machine, "
            "answers without the machine for the experts. The two figures are of different "
            "kinds: compare "
            "their change, not their height."
        )
        if lexicon:
            quiet_line(
                "Lexicon alone: each hold-out message gets the label with most of its terms "
                "in the lexicon, one without a term the label taught most often. Nothing is "
                "learnt; it is "
                "held against the reference of today."
            )
    with right:
        plain_table(
            (
                ("cycle", "Begins when a training run was finished"),
                ("machine, macro-F1", meaning_of("Macro-F1")),
                ("experts, right without the machine", meaning_of("Right without the machine")),
                *([("lexicon alone", meaning_of("Lexicon alone"))] if has_terms else []),
            ),
            [_row(one, has_terms=has_terms) for one in found.cycles],
            title="Both learners by cycle",
        )
        if st.button(
            "See the runs",
            key="learners_to_training",
            type="tertiary",
            icon=":material/arrow_forward:",
            icon_position="right",
            help="Each run's figures, and the messages behind them",
        ):
            open_view("training", part="all-runs")


def _row(one: LearnerCycle, *, has_terms: bool) -> tuple[str, list[tuple[str, str]]]:
    run = f"to run {one.run_number}" if one.run_number is not None else "under way"
    on = "" if one.measured_on in ("", "hold-out") else f" ({one.measured_on})"
    machine, why = figure_or_none(
        one.machine,
        "under way" if one.run_number is None else "the run could not be measured",
    )
    return (
        f"{one.cycle}, {run}",
        [
            (f"{machine}{on}", why),
            figure_or_none(one.experts, "nobody judged without the machine in this cycle"),
            *([lexicon_figure(one.lexicon)] if has_terms else []),
        ],
    )
