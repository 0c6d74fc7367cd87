"""A whole project of simulated experts and the real machine, through the same acts as people's."""

import contextlib
import csv
import io
import random
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import polars as pl

from rhml_core.domain import Label, QueueShares, Role
from rhml_core.jobs.job_files import read_spec
from rhml_core.jobs.training_job import run_training
from rhml_core.machine.protocol import ignore_progress
from rhml_core.settings import Settings
from rhml_core.store import embeddings
from rhml_core.workflows import people, projects
from rhml_core.workflows.demo.simulated_mind import Mind
from rhml_core.workflows.demo.simulation import SimulatedExpert, judge_messages
from rhml_core.workflows.disputes import disagreements
from rhml_core.workflows.disputes.contested_filters import ContestedFilters
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.learner import learning
from rhml_core.workflows.training import trained_runs, training
from rhml_core.workflows.workplace import open_workplace

SHARES = QueueShares(
    uncertain=0.15, contested=0.05, conflict=0.05, rare=0.05, holdout=0.0, probe=0.4
)
RETRAIN_EVERY = 20
OVERLAP = 2


@dataclass(frozen=True)
class Plan:
    """How large a simulated project is; `n_turns` is of each expert in each cycle."""

    n_cycles: int
    n_turns: int
    n_baseline: int
    n_holdout: int


@dataclass(frozen=True)
class Course:
    """
    What became of one project.

    Attributes:
        turns: one row per turn: `cycle`, the fields of `SimulatedTurn`, `accuracy` (the expert's
            true chance to be right on a hold-out message at that time), `is_holdout`.
        learners: the product's own figures on both learners.
        team: the product's own figures on the team, every judged message being settled.
        team_unsettled: the same while only what experts disagreed on was settled.
        people: the product's own figures on each expert, in the order of the team.
        truth: shape (cycles, experts): each expert's true accuracy at the cycle's end.
    """

    turns: pl.DataFrame
    learners: learning.LearnersByCycle
    team: learning.TeamLearning
    team_unsettled: learning.TeamLearning
    people: list
    truth: np.ndarray


@dataclass(frozen=True)
class Desk:
    """
    What simulated experts need to do more than judge.

    Attributes:
        turns: all that were taken so far, as in `Course.turns`.
        holdout: identifiers of the held-out messages.
    """

    place: object
    boss: object
    experts: list
    project_id: str
    corpus: object
    holdout: set
    turns: list


def judge_only(_cycle, _desk):
    """Do nothing beside judging."""


def run_project(
    corpus, mode, team, plan, *, encoder, cache, seed, beside=judge_only, at_end=judge_only
):
    """
    A project from its first message to its last run.

    Args:
        corpus: the messages.
        mode: how much of the machine the experts see, and when.
        team: the experts' `Traits`.
        plan: how large.
        encoder: the machine's.
        cache: folder of the encoder's files.
        seed: draws the hold-out, and all chances; the same gives the same project.
        beside: what people do beside judging, told the cycle and the `Desk`: before the first
            cycle (0), and when all is judged in a cycle and its run has not begun.
        at_end: the same after the last run.
    """
    with tempfile.TemporaryDirectory() as folder, _no_other_chance(seed):
        settings = Settings(
            database=Path(folder) / "simulated.duckdb",
            cache_folder=cache,
            retrain_every=RETRAIN_EVERY,
        )
        place = open_workplace(settings, in_background=False, load_encoder=lambda _: encoder)
        try:
            return _run(place, corpus, mode, team, plan, seed=seed, beside=beside, at_end=at_end)
        finally:
            place.close()


def _run(place, corpus, mode, team, plan, *, seed, beside, at_end):
    boss = people.add_person(place, None, "Supervisor", Role.ADMIN)
    experts = [
        SimulatedExpert(
            people.add_person(place, boss, f"Simulated {number}", Role.EXPERT, is_simulated=True),
            Mind(traits),
            random.Random(f"{seed} {number}"),
        )
        for number, traits in enumerate(team, start=1)
    ]
    holdout = set(random.Random(seed).sample(sorted(corpus.texts), plan.n_holdout))
    project = _fill(place, boss, corpus, mode, plan, holdout).project_id
    turns, truth = [], []
    desk = Desk(place, boss, experts, project, corpus, holdout, turns)
    beside(0, desk)
    for cycle in range(1, plan.n_cycles + 1):
        for _ in range(plan.n_turns + (plan.n_baseline if cycle == 1 else 0)):
            for expert in experts:
                accuracy = true_accuracy(expert.mind, corpus, holdout)
                done = judge_messages(
                    place,
                    expert,
                    project,
                    corpus.labels,
                    corpus.names,
                    n_turns=1,
                    difficulties=corpus.difficulty,
                )
                turns += [
                    {
                        "cycle": cycle,
                        "accuracy": accuracy,
                        "is_holdout": turn.message_id in holdout,
                        **asdict(turn),
                    }
                    for turn in done
                ]
        truth.append([true_accuracy(expert.mind, corpus, holdout) for expert in experts])
        _settle_contested(place, boss, project, corpus)
        beside(cycle, desk)
        _train(place, boss, project, seed=seed)
    at_end(plan.n_cycles, desk)
    unsettled = learning.learning_of_team(place, boss, project)
    _settle(place, boss, project, corpus, sorted({turn["message_id"] for turn in turns}))
    return Course(
        turns=pl.DataFrame(
            turns,
            schema_overrides={"machine": pl.String, "follow_chance": pl.Float64},
            infer_schema_length=None,
        ),
        learners=learning.learners_by_cycle(place, boss, project),
        team=learning.learning_of_team(place, boss, project),
        team_unsettled=unsettled,
        people=[
            learning.learning_of(place, boss, project, expert.person.person_id)
            for expert in experts
        ],
        truth=np.array(truth),
    )


def true_accuracy(mind, corpus, holdout):
    """A mind's mean chance of the right label over the hold-out messages, 0 to 1."""
    known = np.array([mind.knowledge(corpus.labels[name]) for name in holdout])
    hard = np.array([corpus.difficulty[name] for name in holdout])
    return float((1 / (1 + np.exp(hard - known))).mean())


def _fill(place, boss, corpus, mode, plan, holdout):
    project = projects.create_project(
        place,
        boss,
        "Simulated",
        [Label(name) for name in corpus.names],
        mode=mode,
        overlap=OVERLAP,
        baseline_probes=plan.n_baseline,
    )
    projects.change_project(
        place, boss, project.project_id, mode=mode, overlap=OVERLAP, shares=SHARES, key=_key()
    )
    rows = [
        (name, text, "holdout" if name in holdout else "pool")
        for name, text in corpus.texts.items()
    ]
    prepared = importing.check_messages(
        place, boss, project.project_id, _csv(("id", "text", "split"), rows), "messages.csv"
    )
    importing.import_messages(
        place, boss, project.project_id, prepared, file_name="messages.csv", key=_key()
    )
    _settle(place, boss, project.project_id, corpus, sorted(holdout))
    _read(place, project.project_id)
    return project


def _settle_contested(place, boss, project_id, corpus):
    """Have the supervisor settle what experts disagree on, as at the end of any cycle."""
    contested = disagreements.open_disagreements(
        place, boss, project_id, filters=ContestedFilters(kind="experts"), limit=len(corpus.texts)
    )
    _settle(place, boss, project_id, corpus, contested["message_id"].to_list())


def _settle(place, boss, project_id, corpus, names):
    if names:
        label_import.import_labels(
            place,
            boss,
            project_id,
            _csv(("message_id", "label"), [(name, corpus.labels[name]) for name in names]),
            "reference.csv",
            adjudicated=True,
            key=_key(),
        )


def _read(place, project_id):
    encoder = place.machines.base_encoder()
    missing = embeddings.missing_embeddings(place.db, project_id, encoder.encoder_id)
    vectors = encoder.encode(missing["text"].to_list())
    with place.db.atomic() as transaction:
        embeddings.add_embeddings(
            transaction, encoder.encoder_id, missing["text_hash"].to_list(), vectors
        )
    place.machines.note_change(project_id)


def _train(place, boss, project_id, *, seed):
    job = training.start_training(place, boss, project_id, "fast", seed=seed, key=_key())
    place.jobs.run(job.job_id)


@contextlib.contextmanager
def _no_other_chance(seed):
    """
    All chance from the seed, and training in this process.

    A worker process for each run would cost seconds and do the same.
    """
    chances = random.Random(seed)

    def in_this_process(folder, _report, _is_cancelled):
        return run_training(folder, read_spec(folder), ignore_progress, time.monotonic)

    def drawn():
        return uuid.UUID(int=chances.getrandbits(128), version=4)

    before = random.getstate()
    random.seed(seed)
    with (
        mock.patch.object(uuid, "uuid4", drawn),
        mock.patch.object(trained_runs, "run_worker", in_this_process),
    ):
        try:
            yield
        finally:
            random.setstate(before)


def _key():
    return uuid.uuid4().hex


def _csv(columns, rows):
    table = io.StringIO()
    csv.writer(table).writerows([columns, *rows])
    return table.getvalue().encode()
