"""Finished turns and measured runs, put into the store without the people and hours behind them."""

import uuid
from datetime import timedelta

import polars as pl

from rhml_core.domain import (
    Confidence,
    DrawnBecause,
    Judgement,
    Mode,
    Phase,
    Run,
    RunState,
    Turn,
    TurnState,
)
from rhml_core.figures import Interval, Metrics
from rhml_core.store import judgements, runs, turns


def say(place, project, message_id, label, probability):
    """Have the machine say something of a message, as when an expert commits."""
    with place.db.atomic() as transaction:
        judgements.add_opinion(
            transaction,
            project_id=project.project_id,
            message_id=message_id,
            turn_id="t",
            label=label,
            probability=probability,
            machine="x",
            at=place.now(),
        )


class TurnWriter:
    """Writes turns of a project, each an hour after the one before."""

    def __init__(self, place, project):
        """Begin on the day on which the project was made."""
        self._place, self._project = place, project
        self.now = project.created_at

    def turn(
        self,
        who,
        message_id,
        first,
        *,
        machine=None,
        final=None,
        corrected=None,
        because=DrawnBecause.RANDOM,
        mode=Mode.RECIPROCAL,
        confidence=Confidence.SURE,
        sure=0.7,
    ):
        """One turn from commit to end; with `machine`, it spoke at the commit or after it."""
        self.now += timedelta(hours=1)
        turn_id = uuid.uuid4().hex
        phases = [(Phase.COMMIT, first)]
        if mode is Mode.RECIPROCAL and machine not in {None, first}:
            phases += [(Phase.REVISED, first), (Phase.FINAL, final or first)]
        if corrected:
            phases.append((Phase.FINAL, corrected))
        turn = Turn(
            turn_id,
            self._project.project_id,
            message_id,
            who.person_id,
            TurnState.DONE,
            because,
            self.now,
            self.now + timedelta(days=1),
        )
        context = judgements.JudgementContext(self._project.project_id, 1, turn_id=turn_id)
        with self._place.db.atomic() as transaction:
            turns.add_turn(transaction, turn, mode=mode)
            for phase, label in phases:
                judgement = Judgement(
                    uuid.uuid4().hex,
                    message_id,
                    who.person_id,
                    phase,
                    label,
                    self.now,
                    confidence if phase is Phase.COMMIT else None,
                )
                judgements.add_judgement(transaction, judgement, context)
            if machine:
                judgements.add_opinion(
                    transaction,
                    project_id=self._project.project_id,
                    message_id=message_id,
                    turn_id=turn_id,
                    label=machine,
                    probability=sure,
                    machine="fast head",
                    at=self.now,
                )

    def run(
        self,
        number,
        *,
        macro_f1=None,
        answers=None,
        measured_on="hold-out",
        taught=None,
        codebook_version=1,
    ):
        """A run finished and promoted now; `answers`, `taught` are its labels by message."""
        self.now += timedelta(hours=1)
        metrics = macro_f1 and Metrics(
            measured_on=measured_on,
            macro_f1=Interval(macro_f1, macro_f1 - 0.1, macro_f1 + 0.1, 50),
            accuracy=Interval(macro_f1, macro_f1 - 0.1, macro_f1 + 0.1, 50),
            per_label=(),
            confusion=(),
            n=50,
        )
        run = Run(
            run_id=f"run-{number}",
            project_id=self._project.project_id,
            number=number,
            recipe="fast",
            state=RunState.CANDIDATE,
            encoder_id="fake-hashing",
            parameters={},
            versions={},
            seed=0,
            n_training=10,
            n_experts=2,
            codebook_version=codebook_version,
            seconds=1.0,
            metrics=metrics or None,
            metrics_missing="" if metrics else "too few",
            folder=f"run-{number}",
            created_by="sue",
            created_at=self.now,
        )
        rows = [
            (message_id, label, 0.9, [0.9, 0.1], True)
            for message_id, label in (answers or {}).items()
        ]
        with self._place.db.atomic() as transaction:
            runs.add_run(
                transaction,
                run,
                labels=["ham", "spam"],
                loss_curve=[],
                training=pl.DataFrame(
                    [(name, label, 1.0) for name, label in (taught or {}).items()],
                    schema={"message_id": pl.String, "label": pl.String, "weight": pl.Float64},
                    orient="row",
                ),
                predictions=pl.DataFrame(
                    rows,
                    schema={
                        "message_id": pl.String,
                        "label": pl.String,
                        "probability": pl.Float64,
                        "probabilities": pl.List(pl.Float64),
                        "is_out_of_fold": pl.Boolean,
                    },
                    orient="row",
                ),
            )
            runs.set_run_state(transaction, run, RunState.PROMOTED, person_id="sue", at=self.now)
