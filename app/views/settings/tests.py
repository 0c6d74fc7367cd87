"""What experts do on their own: a baseline before the machine, a first round for newcomers."""

from dataclasses import dataclass

import streamlit as st

from app.components.counted import counted
from app.components.plain_lines import plain_lines
from rhml_core.domain import Person, Project
from rhml_core.workflows.projects import MOST_BASELINE, MOST_FIRST_ROUND
from rhml_core.workflows.turn.first_round import FEWEST, settled_messages
from rhml_core.workflows.turn.queue import probe_stock
from rhml_core.workflows.workplace import Workplace

_ONE = 100


@dataclass(frozen=True)
class ExpertTests:
    """The settings as they were chosen, not yet checked."""

    baseline_probes: int
    first_round_messages: int
    first_round_pass: float


def choose_tests(
    place: Workplace, person: Person, project: Project, *, is_locked: bool
) -> ExpertTests:
    """Draw the fields, and how many messages there are for them."""
    st.markdown("**What experts do without the machine**")
    baseline_field, round_field, pass_field = st.columns(3, gap="medium")
    baseline = baseline_field.number_input(
        "Baseline messages",
        min_value=0,
        max_value=MOST_BASELINE,
        value=project.baseline_probes,
        key="settings_baseline",
        help="Messages with a known answer that an expert judges before hearing the machine for "
        "the first time. Later skill is held against them. 0: none.",
        disabled=is_locked,
    )
    first_round = round_field.number_input(
        "First round of a newcomer",
        min_value=0,
        max_value=MOST_FIRST_ROUND,
        value=project.first_round_messages,
        key="settings_first_round",
        help="Settled messages, none held out, to practise on, each followed by the codebook's "
        "word. "
        "The queue opens when it is passed. 0: none.",
        disabled=is_locked,
    )
    percent = pass_field.slider(
        "Right answers to pass it",
        0,
        _ONE,
        round(project.first_round_pass * _ONE),
        step=5,
        format="%d %%",
        key="settings_pass",
        help="Below it the round begins again, with other messages as far as there are any.",
        disabled=is_locked,
    )
    plain_lines(
        [
            _probe_line(place, person, project),
            _round_line(place, person, project, int(first_round)),
        ],
        muted=True,
    )
    return ExpertTests(int(baseline), int(first_round), percent / _ONE)


def _probe_line(place: Workplace, person: Person, project: Project) -> str:
    stock = probe_stock(place, person, project.project_id)
    if not stock.n_holdout:
        return (
            "No message is held out, so there are no probes and no baseline. Give messages the "
            "split “holdout” when you import them, and import or settle their labels."
        )
    known = counted(stock.n_references, "hold-out message has", "hold-out messages have")
    if stock.n_references < project.baseline_probes or not stock.n_references:
        return (
            f"{known} a known answer, of {stock.n_holdout:,}: too few for the baseline, so it "
            "ends early and the queue goes on without. Import settled labels for the hold-out "
            "on the page Messages, or have two experts agree on some of it."
        )
    return (
        f"{known} a known answer, of {stock.n_holdout:,}: settled, or two experts or more agree. "
        "Probes and baseline come from them; each expert meets each only once."
    )


def _round_line(place: Workplace, person: Person, project: Project, n_wanted: int) -> str:
    n_settled = settled_messages(place, person, project.project_id)
    known = counted(n_settled, "message to learn from is", "messages to learn from are")
    if n_settled < FEWEST:
        return (
            f"{known} settled; a first round needs at least {FEWEST}, so newcomers go straight "
            "to the queue. Import settled labels for some messages on the page Messages."
        )
    if n_settled < n_wanted:
        return f"{known} settled, so the first round has {n_settled:,} messages for now."
    return f"{known} settled, for the first round to draw from."
