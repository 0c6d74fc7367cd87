"""How sure an expert said to be and how right that was, each level with its messages."""

import polars as pl
import streamlit as st

from app.components.address import open_view
from app.components.address_choice import choose_pill
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.interval import interval_metric
from app.components.learning_charts import stated_chart
from app.components.marks import person_tone
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from app.components.two_sides import two_sides
from rhml_core.domain import Person, Project
from rhml_core.workflows.learner.learning import PersonLearning
from rhml_core.workflows.learner.stated_messages import StatedLevel, stated_levels
from rhml_core.workflows.workplace import Workplace

LEVEL, OUTCOME = "stated", "outcome"
"""The filters in the address: how sure one said to be, and whether one was right."""

_COLUMNS = {
    "text": st.column_config.TextColumn("message", width=560),
    "label": st.column_config.TextColumn("you said", width=120),
    "reference": st.column_config.TextColumn("right", width=120),
}
_HEIGHT = 320


def show_stated(
    place: Workplace, person: Person, project: Project, learning: PersonLearning
) -> None:
    """Draw one's own calibration, and the messages of the level that is chosen."""
    stated = learning.calibration
    if stated is None:
        empty_state(learning.calibration_missing, key="no_stated_confidence", icon="balance")
        return
    st.text(stated.sentence)
    left, right = two_sides((3, 2), (24, 16), key="stated_sides")
    with left:
        stated_chart(
            stated.reliability, tone=person_tone(learning.expert.person_id), key="stated_chart"
        )
    with right:
        for name, figure in (
            ("Surer than right", stated.overconfidence),
            ("Calibration error", stated.calibration_error),
            ("Brier score", stated.brier),
        ):
            interval_metric(name, figure, n_word="answers")
    quiet_line(
        "Guess counts as 0.5, fairly as 0.75, sure as 0.95. Only you see this; supervisors see "
        "the team's figures together. The number over each whisker says of how many answers."
    )
    _show_levels(stated_levels(place, person, project.project_id))


def level_words(level: StatedLevel) -> str:
    """A level on its pill, as in `sure: 38 of 60 right`."""
    return f"{level.confidence.value}: {level.n_right:,} of {level.n:,} right"


def hidden_words(n_hidden: int) -> str:
    """Why some of the answers have no message to read; "" where all have."""
    if not n_hidden:
        return ""
    stay = "stays" if n_hidden == 1 else "stay"
    return (
        f"{counted(n_hidden, 'more answer')} {stay} closed: what measures skill without the "
        "machine, and what lies before you now, is not shown again."
    )


def _show_levels(levels: list[StatedLevel]) -> None:
    if not levels:
        return
    part_title("Messages behind these figures", note="choose how sure you said to be")
    by_name = {level.confidence.value: level for level in levels}
    with st.container(horizontal=True, gap="medium", key="stated_bar"):
        chosen = choose_pill(
            LEVEL,
            {name: level_words(level) for name, level in by_name.items()},
            key="stated_level",
            title="How sure you said to be",
            default=levels[-1].confidence.value,
            resets=(OUTCOME,),
        )
        level = by_name[chosen]
        n_right = level.shown.filter("is_right").height
        n_wrong = level.shown.height - n_right
        outcome = choose_pill(
            OUTCOME,
            {"wrong": f"Wrong {n_wrong:,}", "right": f"Right {n_right:,}"},
            key="stated_outcome",
            title="Right or wrong",
            default="wrong" if n_wrong else "right",
        )
    _show_messages(level, outcome)


def _show_messages(level: StatedLevel, outcome: str) -> None:
    """Draw the answers; a chosen row opens its thread."""
    shown = level.shown.filter(pl.col("is_right") == (outcome == "right"))
    hidden = hidden_words(level.n_hidden)
    if shown.is_empty():
        quiet_line(f"There is none to read. {hidden}".strip())
        return
    chosen = message_table(
        shown,
        key=f"stated_table_{level.confidence.value}_{outcome}",
        alt=f"Messages of which you were {level.confidence.value}, {outcome}",
        columns=_COLUMNS,
        height=_HEIGHT,
    )
    quiet_line(f"Choose a row to read its thread. {hidden}".strip())
    if chosen:
        open_view("disagreements", message=chosen)
