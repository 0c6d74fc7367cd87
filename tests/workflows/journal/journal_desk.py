"""Runs with concepts, judgements with reasons and visits, for tests of the journal."""

import uuid
from datetime import timedelta

from rhml_core.domain import Judgement, Phase, Span
from rhml_core.store import concepts, judgements
from rhml_core.store.events import add_event
from tests.app.store_fixtures import make_concept
from tests.workflows.learner.finished_turns import TurnWriter

__all__ = ["JournalDesk", "make_concept"]


class JournalDesk(TurnWriter):
    """Writes what a journal tells of, each an hour after the one before."""

    def __init__(self, place, project):
        """Begin three days ago, so that what people do now comes after it."""
        super().__init__(place, project)
        self.now = place.now() - timedelta(days=3)

    def surface(self, number, found, **run):
        """Have a run, finished and promoted now, surface concepts."""
        self.run(number, **run)
        with self._place.db.atomic() as transaction:
            for concept in found:
                concepts.add_sighting(
                    transaction,
                    self._project.project_id,
                    concept,
                    run_id=f"run-{number}",
                    at=self.now,
                )

    def judge(self, who, message_id, label, *, marked=(), reason=""):
        """A judgement with the stretches `(start, end)` that decided, or a reason in words."""
        self.now += timedelta(hours=1)
        made = Judgement(
            uuid.uuid4().hex,
            message_id,
            who.person_id,
            Phase.COMMIT,
            label,
            self.now,
            rationale=tuple(Span(*one) for one in marked),
            reason=reason,
        )
        with self._place.db.atomic() as transaction:
            judgements.add_judgement(
                transaction, made, judgements.JudgementContext(self._project.project_id, 1)
            )

    def visit(self, who, at):
        """A visit of someone at a moment."""
        with self._place.db.atomic() as transaction:
            add_event(
                transaction,
                kind="visit",
                subject=f"project:{self._project.project_id}",
                person_id=who.person_id,
                project_id=self._project.project_id,
                at=at,
            )
