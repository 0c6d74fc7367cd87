"""A project as a supervisor finds it on Monday: three cycles, agreement fallen on one label."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from rhml_core.domain import QueueShares, Role
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.store.events import add_event
from rhml_core.workflows.training.promotion import promote_run
from rhml_core.workflows.training.run_registry import list_runs
from tests.browser.preparing import preparing

DEMO = Path(__file__).parents[2] / "data" / "demo"
PEOPLE = {
    "Max": Role.ADMIN,
    "Sue": Role.SUPERVISOR,
    "Ana": Role.EXPERT,
    "Ben": Role.EXPERT,
}
FALLEN, TAKEN_FOR = "tooling", "chatter"
N_CONFUSED = 12
N_OTHERWISE = 3
_PER_CYCLE = {"sale": 15, "leak": 9, "tooling": 20, "recruit": 8, "question": 20, "chatter": 20}
_N_CYCLES = 3
_DAYS_AWAY = 3


def _cycles():
    """Texts of the pool for each cycle, as many of a label in each."""
    corpus = pl.read_csv(DEMO / "messages.csv", infer_schema=False).filter(split="pool")
    parts = [[] for _ in range(_N_CYCLES)]
    for label, n in _PER_CYCLE.items():
        of_label = corpus.filter(label=label)
        for cycle in range(_N_CYCLES):
            parts[cycle].append(of_label.slice(cycle * n, n))
    return [pl.concat(part).select("id", "label") for part in parts]


def _said(messages, *, confused, otherwise=N_OTHERWISE):
    """What Ana and Ben say: Ben takes some of one label for another, and errs here and there."""
    mistaken = messages.filter(label=FALLEN).head(confused)["id"].to_list()
    slips = messages.filter(label="sale").head(otherwise)["id"].to_list()
    said = pl.when(pl.col("id").is_in(mistaken)).then(pl.lit(TAKEN_FOR))
    said = said.when(pl.col("id").is_in(slips)).then(pl.lit("question")).otherwise("label")
    return pl.concat(
        [
            messages.select(expert=pl.lit("Ana"), label="label", message_id="id"),
            messages.select(expert=pl.lit("Ben"), label=said, message_id="id"),
        ]
    )


def prepare_monday(database, cache):
    """
    Fill a database: two cycles in good agreement, each with its run, the second promoted; then,
    since Sue was last there, a third in which Ben takes tooling for chatter.
    """
    codebook = read_codebook(read_table(DEMO / "codebook.csv", "codebook.csv"))
    random_alone = QueueShares(
        uncertain=0.0, contested=0.0, conflict=0.0, rare=0.0, holdout=0.0, probe=0.0
    )
    with preparing(database, cache, PEOPLE, codebook, shares=random_alone) as prepared:
        messages = pl.read_csv(DEMO / "messages.csv", infer_schema=False)
        prepared.add_messages(messages.drop("label"))
        held = messages.filter(split="holdout")
        settled = held.select(expert=pl.lit("Max"), label="label", message_id="id")
        prepared.add_labels(settled, key="holdout", adjudicated=True)
        first, second, third = _cycles()
        prepared.add_labels(_said(first, confused=0), key="cycle-1")
        prepared.train("train-1")
        prepared.add_labels(_said(second, confused=0), key="cycle-2")
        prepared.train("train-2")
        place, where = prepared.place, prepared.project.project_id
        newest = list_runs(place, where)[0]
        promote_run(place, prepared.boss, newest.run_id, key="promote")
        _visit(place, prepared.people["Sue"], where)
        prepared.add_labels(_said(third, confused=N_CONFUSED), key="cycle-3")


def _visit(place, person, project_id):
    """Let someone have been there some days ago, and have seen all until now."""
    with place.db.atomic() as transaction:
        add_event(
            transaction,
            kind="visit",
            subject=f"project:{project_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=place.now() - timedelta(days=_DAYS_AWAY),
        )
