"""A mirror of what we know: how far do our words alone go?"""

import streamlit as st

from app.components.address import open_view
from app.components.address_choice import choose_part
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.lexicon_charts import knowledge_curve
from app.components.meanings import meaning_of
from app.components.plain_lines import quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from app.views.reflection.messages import show_messages
from app.views.reflection.terms import show_terms
from app.views.reflection.words import figure_words, summary_note, summary_sentence
from rhml_core.domain import Person, Project
from rhml_core.workflows.kept.beside import Looked
from rhml_core.workflows.reflection.reflection import (
    ReflectionCycle,
    ReflectionFigures,
    look_at_reflection,
)
from rhml_core.workflows.workplace import Workplace

_PARTS = {"curve": "Cycle by cycle", "terms": "Terms", "messages": "Messages"}
_SECONDS_BETWEEN_LOOKS = 2.0


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    look = look_at_reflection(place, person, project.project_id)
    figures = look.value
    first_line(summary_sentence(look), note=summary_note(look))
    _look_again(place, person, project, look)
    if figures is None:
        return
    if not figures.n_terms:
        is_asked = empty_state(
            "Reflection answers with nothing but the words that people tied to labels. Add terms "
            "to the lexicon, or adopt what the machine surfaced in the journal.",
            action="Go to the lexicon",
            key="no_reflection",
            icon="self_improvement",
        )
        if is_asked:
            open_view("lexicon")
        return
    part = choose_part("part", _PARTS, key="reflection_part", title="Which part", default="curve")
    if part == "terms":
        show_terms(place, person, project, figures)
    elif part == "messages":
        show_messages(place, person, project, figures)
    else:
        _show_curve(figures)


def _look_again(
    place: Workplace, person: Person, project: Project, look: Looked[ReflectionFigures]
) -> None:
    """Draw the page anew once newer figures are there."""
    if not look.is_working:
        return

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if not look_at_reflection(place, person, project.project_id).is_working:
            st.rerun()

    wait()


def _show_curve(figures: ReflectionFigures) -> None:
    if not figures.cycles:
        empty_state(
            "The experts' knowledge curve has a point for each cycle, and a cycle ends with a "
            "training run. None is finished yet.",
            action="Go to training",
            view="training",
            key="no_cycles",
            icon="show_chart",
        )
        return
    left, right = two_sides((11, 9), (26, 22), key="reflection_sides")
    with left:
        measured = [
            (one.cycle, one.taught, one.plain, one.machine_on_holdout) for one in figures.cycles
        ]
        if any(one for _, *found in measured for one in found):
            knowledge_curve(measured, key="knowledge_curve")
        quiet_line(
            "Circles are what people's words know by themselves, the experts' knowledge curve; the "
            "diamond is the machine of the run that ended the cycle, as it was measured then. All "
            "on the hold-out, words against its reference of today; above each whisker its n."
        )
    with right:
        plain_table(
            (
                ("cycle", "Ends with a training run"),
                ("terms", "That stood in the lexicon then"),
                ("lexicon, weighed", meaning_of("Lexicon, weighed")),
                ("lexicon alone", meaning_of("Lexicon alone")),
                ("machine", meaning_of("Macro-F1")),
            ),
            [
                (
                    f"{one.cycle}, to run {one.run_number}",
                    [
                        (f"{one.n_terms:,}", ""),
                        figure_words(one.taught, one.taught_missing),
                        figure_words(one.plain, one.missing),
                        _machine_words(one),
                    ],
                )
                for one in figures.cycles
            ],
            title="What the lexicon knows, by cycle",
        )
        reasons = dict.fromkeys(
            why for one in figures.cycles for why in (one.missing, one.taught_missing) if why
        )
        for why in list(reasons)[:2]:
            quiet_line(f"\N{EN DASH}: {why}")


def _machine_words(one: ReflectionCycle) -> tuple[str, str]:
    words, why = figure_words(one.machine, "The run could not be measured.")
    on = "" if one.measured_on in ("", "hold-out") else f" ({one.measured_on})"
    return f"{words}{on}", why
