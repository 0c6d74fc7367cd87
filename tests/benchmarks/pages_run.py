"""A run that answered every message of a project, without the time that training takes."""

from datetime import UTC, datetime

import numpy as np
import polars as pl

from rhml_core.domain import Concept, ConceptKind, Run, RunState
from rhml_core.figures import Interval
from rhml_core.store import concepts, runs
from rhml_core.workflows.training import trained_runs
from rhml_core.workflows.training.data import training_set

SURFACED = 12
"""Words of each label that a run surfaces."""
_MACHINE_RIGHT = 0.75


def add_run(place, boss, where, labels, *, number, words, seed):
    """A run that answered all messages, and surfaced words of labels; it speaks from now on."""
    known, db = training_set(place.db, where), place.db
    chances = np.random.default_rng([seed, number])
    names = known.labels
    told = np.array([names.index(label) for label in labels.values()])
    is_wrong = chances.random(len(told)) > _MACHINE_RIGHT
    told[is_wrong] = chances.integers(len(names), size=int(is_wrong.sum()))
    sure = chances.uniform(0.4, 0.95, len(told))
    shares = np.repeat(((1 - sure) / (len(names) - 1))[:, None], len(names), axis=1)
    shares[np.arange(len(told)), told] = sure
    predictions = pl.DataFrame(
        {
            "message_id": list(labels),
            "label": [names[at] for at in told],
            "probability": sure,
            "probabilities": pl.Series(shares.tolist(), dtype=pl.List(pl.Float64)),
        }
    ).with_columns(
        is_out_of_fold=pl.col("message_id").is_in(known.training["message_id"].to_list())
    )
    metrics, missing = trained_runs.measure(known, predictions, seed=0)
    now = datetime.now(UTC)
    run = Run(
        run_id=f"run-{number}",
        project_id=where,
        number=number,
        recipe="fast",
        state=RunState.CANDIDATE,
        encoder_id=place.machines.base_encoder().encoder_id,
        parameters={},
        versions={},
        seed=0,
        n_training=known.training.height,
        n_experts=known.n_experts,
        codebook_version=known.codebook_version,
        seconds=1.0,
        metrics=metrics,
        metrics_missing=missing,
        folder=f"run-{number}",
        created_by=boss.person_id,
        created_at=now,
    )
    judged = known.training["message_id"].to_list()
    with db.atomic() as transaction:
        runs.add_run(
            transaction,
            run,
            labels=names,
            loss_curve=[],
            training=known.training,
            predictions=predictions,
        )
        for label, surfaced in words.items():
            for place_of, word in enumerate(surfaced[:SURFACED], start=1):
                concept = Concept(
                    concept_id=f"concept-{label}-{word}",
                    label=label,
                    kind=ConceptKind.TERM,
                    terms=(word,),
                    strength=1.0 / place_of,
                    term_f1=Interval(0.6, 0.5, 0.7, 48),
                    n_for=5,
                    n_against=3,
                    messages_for=tuple(judged[:5]),
                    messages_against=tuple(judged[5:8]),
                    is_new=number == 1,
                    place=place_of,
                )
                concepts.add_sighting(transaction, where, concept, run_id=run.run_id, at=now)
        for each in runs.list_runs(transaction, where):
            state = RunState.PROMOTED if each.run_id == run.run_id else RunState.RETIRED
            runs.set_run_state(transaction, each, state, person_id=boss.person_id, at=now)
    place.machines.note_change(where)
