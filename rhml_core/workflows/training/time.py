"""How long a training will take, told before it starts, and what that rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from statistics import median
from typing import Any

from rhml_core.machine.recipes.catalogue import READINGS_PER_STEP
from rhml_core.machine.recipes.tuned_recipes import TUNED
from rhml_core.store import messages
from rhml_core.store.embeddings import count_unread
from rhml_core.store.past_trainings import PastTraining, past_trainings
from rhml_core.workflows.workplace import Workplace

N_LOOKED_BACK = 3
"""Past trainings that an estimate rests on at most: the machine's present pace counts."""

# Seconds on two cores without other work: before the training begins, then of the training.
_START = {False: 3.0, True: 8.0}
_FIXED = {False: 1.0, True: 15.0}
"""By whether the encoder is tuned: imports, and the export of the tuned body."""
_PER_TAUGHT_MESSAGE = 0.001
_PER_ANSWERED_MESSAGE = 0.00015
_PER_LEARNT_TEXT = 0.018
_PER_UNREAD_TEXT = 0.006


@dataclass(frozen=True)
class TrainingTime:
    """
    How long a training is likely to take.

    Attributes:
        seconds: from the start of the job to its run, above 0.
        basis: what the figure rests on, for people, as in `from 3 runs of this project`.
    """

    seconds: float
    basis: str


def estimate_training(
    place: Workplace,
    project_id: str,
    recipe: str,
    *,
    n_per_label: Mapping[str, int],
    parameters: Mapping[str, Any] | None = None,
) -> TrainingTime:
    """
    How long a training would take if it began now and nothing stood before it.

    Past trainings by the recipe say how this machine's pace compares with the one that the
    amounts of work were measured at: those of this project, else those of other projects.

    Args:
        place: the workplace.
        project_id: whose training.
        recipe: of `RECIPES`.
        n_per_label: messages to learn from, by label.
        parameters: the recipe's own; absent ones take their defaults.
    """
    n_messages = sum(messages.count_messages(place.db, project_id).values())
    expected = _expected_seconds(recipe, parameters or {}, n_per_label, n_messages)
    reading = _PER_UNREAD_TEXT * count_unread(place.db, project_id)
    past = past_trainings(place.db, recipe, limit=10 * N_LOOKED_BACK)
    here = [one for one in past if one.project_id == project_id][:N_LOOKED_BACK]
    known = here or past[:N_LOOKED_BACK]
    if not known:
        return TrainingTime(
            _START[recipe in TUNED] + expected + reading,
            "from a measurement on two cores; this machine may differ",
        )
    pace = median(one.seconds / _expected_of(recipe, one) for one in known)
    # Reading what was unread is part of some of them; the quickest start has least of it.
    start = max(0.0, min(one.seconds_in_all - one.seconds for one in known))
    return TrainingTime(start + pace * expected + reading, _basis(len(known), is_here=bool(here)))


def _expected_seconds(
    recipe: str, parameters: Mapping[str, Any], n_per_label: Mapping[str, int], n_messages: int
) -> float:
    """Seconds of the training itself where the amounts of work were measured, above 0."""
    seconds = _FIXED[recipe in TUNED] + _PER_TAUGHT_MESSAGE * sum(n_per_label.values())
    seconds += _PER_ANSWERED_MESSAGE * n_messages
    if recipe not in TUNED:
        return seconds
    tuned = TUNED[recipe]
    names = {field.name for field in fields(tuned.parameters)}
    setting = tuned.parameters(**{name: parameters[name] for name in names & set(parameters)})
    labels = [label for label, n in n_per_label.items() for _ in range(n)]
    n_learnt = tuned.n_steps(labels, setting, 0) * tuned.texts_per_step(labels, setting)
    return seconds + _PER_LEARNT_TEXT * (n_learnt + n_messages / READINGS_PER_STEP)


def _expected_of(recipe: str, past: PastTraining) -> float:
    return _expected_seconds(recipe, past.parameters, past.n_per_label, past.n_messages)


def _basis(n: int, *, is_here: bool) -> str:
    runs = "1 run" if n == 1 else f"{n} runs"
    return f"from {runs} {'of this project' if is_here else 'of other projects'} on this machine"
