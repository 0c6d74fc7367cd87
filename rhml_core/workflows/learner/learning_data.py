"""What figures of learning are worked out from, read once until something of it changes."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from rhml_core.store.database import Database
from rhml_core.workflows.agreement.machine_rater import machine_labels
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.kept.project_state import project_state
from rhml_core.workflows.learner.judged_turns import answered_machine, judged_turns, unaided_answers

_MOST_PROJECTS = 4


@dataclass(frozen=True, eq=False)
class LearningData:
    """
    The finished turns of a project, and what the machine says of each judged message.

    Attributes:
        turns: as from `judged_turns`.
        machine: as from `machine_labels`, of judged messages alone.
    """

    turns: pl.DataFrame
    machine: pl.DataFrame

    @cached_property
    def unaided(self) -> pl.DataFrame:
        """The unaided answers; see `unaided_answers`."""
        return unaided_answers(self.turns, self.machine)

    @cached_property
    def relied(self) -> pl.DataFrame:
        """The turns in which the machine spoke and whose reference is known."""
        return answered_machine(self.turns).filter(pl.col("reference").is_not_null())


_kept: KeptInMemory[LearningData] = KeptInMemory(most_places=_MOST_PROJECTS)


def learning_data(db: Database, project_id: str) -> LearningData:
    """
    A project's finished turns as of now.

    With 300,000 of them, reading takes seconds, and each figure on a page asks for them.

    Raises:
        NotFoundError: there is no such project.
    """
    return _kept.get(
        (str(db.path), project_id),
        project_state(db, project_id),
        lambda: LearningData(
            judged_turns(db, project_id), machine_labels(db, project_id, judged_only=True)
        ),
    )
