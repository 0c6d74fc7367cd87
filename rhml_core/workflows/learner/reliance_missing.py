"""Why no turn tells yet how people rely on the machine, as far as the project shows it."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from rhml_core.domain import Mode, Person, Role
from rhml_core.store import messages, projects
from rhml_core.workflows.disputes.contested import open_messages
from rhml_core.workflows.learner.judged_turns import answered_machine
from rhml_core.workflows.learner.learning_data import learning_data
from rhml_core.workflows.live.machine import SPEAKS_FROM
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.training import training_readiness
from rhml_core.workflows.workplace import Workplace

Want = Literal["messages", "mode", "labels", "turns", "reference"]
_LEAST_LABELS = 2


@dataclass(frozen=True)
class RelianceMissing:
    """
    What has to come before the first turn can be counted.

    Attributes:
        want: the first thing that is missing: messages; a mode in which the machine speaks after
            the first answer; labels from which it learns to speak; turns in which it spoke; the
            right label of these.
        mode: of the project.
        overlap: experts that judge each message.
        n_turns: finished turns.
        n_spoken: those in which the machine spoke after the first answer.
        n_judged: messages that the machine learns from.
        speaks_from: judged messages from which on the machine speaks.
        n_open: messages that wait for a decision.
    """

    want: Want
    mode: Mode
    overlap: int
    n_turns: int
    n_spoken: int
    n_judged: int
    speaks_from: int
    n_open: int


def reliance_missing(place: Workplace, person: Person, project_id: str) -> RelianceMissing | None:
    """
    What is missing before reliance can be told; None where a turn can be counted.

    Raises:
        NotFoundError: there is no such project.
        NotAllowedError: turns of the whole team are for supervisors.
    """
    require(person, Role.SUPERVISOR, "see how the team relies on the machine")
    project = projects.get_project(place.db, project_id)
    known = learning_data(place.db, project_id)
    if known.relied.height:
        return None
    readiness = training_readiness(place, project_id)
    n_labels = readiness.per_label.filter(pl.col("n_training") > 0).height
    n_spoken = answered_machine(known.turns).height
    want: Want
    if n_spoken:
        want = "reference"
    elif not sum(messages.count_messages(place.db, project_id).values()):
        want = "messages"
    elif project.mode is not Mode.RECIPROCAL:
        want = "mode"
    elif readiness.n_training < SPEAKS_FROM or n_labels < _LEAST_LABELS:
        want = "labels"
    else:
        want = "turns"
    return RelianceMissing(
        want=want,
        mode=project.mode,
        overlap=project.overlap,
        n_turns=known.turns.height,
        n_spoken=n_spoken,
        n_judged=readiness.n_training,
        speaks_from=SPEAKS_FROM,
        n_open=open_messages(place, person, project_id).ranked.height,
    )
