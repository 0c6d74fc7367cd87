"""Measuring what a decision on a concept brought, beside the clicks, and keeping it."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from rhml_core.domain import Concept, ConceptStatus
from rhml_core.errors import NotEnoughDataError, RhmlError
from rhml_core.figures import Interval
from rhml_core.machine.evidence.ablation import MOST_WEIGHED, Knowledge, answers, term_falls
from rhml_core.machine.heads.linear_head import LinearHead
from rhml_core.machine.terms.matching import contain_any
from rhml_core.measures.agreeing_pairs import agreeing_pairs
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals
from rhml_core.measures.comparison import compare_runs
from rhml_core.measures.estimates import Estimate, difference_of
from rhml_core.measures.tallies import contributions, kinds_of_answers, tally
from rhml_core.store import codebooks, concept_effects, concepts, kept_agreement, lexicons, runs
from rhml_core.store.concept_effects import Decided, MeasuredFrom
from rhml_core.store.database import Database, Reader
from rhml_core.store.embeddings import read_messages
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.concepts.study import CHANGED_NOTHING, SEED, ConceptStudy, open_study
from rhml_core.workflows.lexicon.adoption import usable_terms
from rhml_core.workflows.live.machine import MachineRoom
from rhml_core.workflows.live.training import MOST_COPIES
from rhml_core.workflows.training.data import MIN_HOLDOUT

logger = logging.getLogger(__name__)

_N_REPLICATES = 1000
_FEWEST_UNTAUGHT = 10
"""Messages with a term that nobody judged, below which judged ones weigh it too, out of fold."""


def schedule_measuring(
    db: Database, machines: MachineRoom, project_id: str, concept_id: str | None = None
) -> None:
    """Have one concept's decision measured beside the clicks, or those of all, newest first."""
    decided = concept_effects.newest_decisions(db, project_id)
    for one in decided:
        if concept_id in {None, one.concept_id}:
            # One at a time, so that the head's own training has its turn in between.
            machines.do_later(partial(_measure_quietly, db, machines, project_id, one.concept_id))


def measure_decision(db: Database, machines: MachineRoom, project_id: str, concept_id: str) -> bool:
    """
    Measure what the newest decision on a concept brought, as things are now, and keep it.

    Returns:
        Whether it was measured; not where nobody has decided, or where what is kept was measured
        from this very state.
    """
    decided = {one.concept_id: one for one in concept_effects.newest_decisions(db, project_id)}
    if concept_id not in decided:
        return False
    decision = decided[concept_id]
    state = _state(db, project_id, decision)
    kept = concept_effects.effects(db, project_id, concept_id)
    if kept and kept[-1].measured_from == state:
        return False
    figures = _figures(db, machines, project_id, decision)
    with db.atomic() as transaction:
        # Derived from events, as figures of agreement are: no act of anyone's, so no audit.
        concept_effects.add_effect(
            transaction, project_id, concept_id, state, figures, at=datetime.now(UTC)
        )
    return True


def _measure_quietly(db: Database, machines: MachineRoom, project_id: str, concept_id: str) -> None:
    """The decision stands whether or not its effect can be measured."""
    try:
        measure_decision(db, machines, project_id, concept_id)
    except RhmlError as error:
        logger.warning("the effect of a decision was not measured: %s", type(error).__name__)
    except Exception as error:  # noqa: BLE001 -- the edge of the thread: told, not hidden
        log_fault(logger, "measuring a decision failed", error)


def _state(db: Reader, project_id: str, decision: Decided) -> MeasuredFrom:
    known = runs.list_runs(db, project_id)
    return MeasuredFrom(
        decision.seq,
        kept_agreement.event_mark(db, project_id).newest,
        codebooks.newest_version(db, project_id),
        known[0].run_id if known else "",
    )


def _figures(
    db: Database, machines: MachineRoom, project_id: str, decision: Decided
) -> dict[str, Any]:
    """All figures of one decision, JSON-able."""
    concept = concepts.get_concept(db, project_id, decision.concept_id)
    terms = usable_terms(concept)
    try:
        study = open_study(db, machines, project_id)
        of_machine = _machine_figures(study, concept, decision)
    except NotEnoughDataError as error:
        of_machine = _no_machine_figures(str(error))
    return {
        "status": decision.status.value,
        "previous": decision.previous.value,
        **of_machine,
        **_agreement_figures(db, project_id, terms, decision.made_at),
    }


def _machine_figures(study: ConceptStudy, concept: Concept, decision: Decided) -> dict[str, Any]:
    knowledge = study.worlds(concept, decision.previous, decision.status)
    heads, n_copies = [], 0
    for known in knowledge:
        heads.append(study.judged.taught(known, seed=SEED, most=MOST_COPIES).head)
        n_copies = study.judged.n_copies
    weights = _weights(study, concept, knowledge, heads)
    why_nothing = study.why_nothing_changes(concept, decision.previous, decision.status)
    f1s: list[float | None] = [None, None]
    held_out, n = study.held_out, len(study.held_out.labels)
    if why_nothing:
        change = Estimate(None, f"{CHANGED_NOTHING}: {why_nothing}.")
    elif n < MIN_HOLDOUT:
        change = Estimate(
            None,
            f"Only {n} hold-out messages have a reference label; from {MIN_HOLDOUT} on, the "
            "effect is measured on them.",
        )
    else:
        first, second = (answers(head, held_out.texts, held_out.embeddings) for head in heads)
        change = Estimate(
            compare_runs(held_out.labels, first, second, study.labels, seed=SEED).difference
        )
        f1s = [_macro_f1(study.labels, held_out.labels, one) for one in (first, second)]
    return {
        "macro_f1": asdict(change),
        "macro_f1_before": f1s[0],
        "macro_f1_after": f1s[1],
        "weight_before": asdict(weights[0]),
        "weight_after": asdict(weights[1]),
        "n_counterexamples": n_copies if decision.status is ConceptStatus.REJECTED else 0,
    }


def _no_machine_figures(missing: str) -> dict[str, Any]:
    unknown = asdict(Estimate(None, missing))
    return {
        "macro_f1": unknown,
        "macro_f1_before": None,
        "macro_f1_after": None,
        "weight_before": unknown,
        "weight_after": unknown,
        "n_counterexamples": 0,
    }


def _macro_f1(labels: list[str], truth: Sequence[str], said: list[str]) -> float:
    answered, n_alike = kinds_of_answers(labels, truth, said)
    true, predicted = answered.T
    return float(tally(n_alike @ contributions(true, predicted, len(labels))).macro_f1)


def _weights(
    study: ConceptStudy,
    concept: Concept,
    knowledge: Sequence[Knowledge],
    heads: Sequence[LinearHead],
) -> list[Estimate]:
    """
    How far the label's probability falls without the terms, by each head.

    Told by messages that the head did not learn from: by pool messages that nobody judged, and
    where those are few, by judged ones too, each asked of a head that was taught by others.
    """
    terms = list(usable_terms(concept))
    label = lexicons.label_of_concept(study.db, study.project_id, concept.concept_id)
    if not terms or not label:
        return [Estimate(None, "The codebook no longer has the label.")] * len(heads)
    found = study.pool.filter(
        pl.Series(contain_any(study.pool["text"].to_list(), terms)),
        # The very text of a judged message was taught with it.
        ~pl.col("message_id").is_in(study.taught_ids),
        ~pl.col("text").is_in(list(study.judged.texts)),
    )
    chosen = found.sample(min(MOST_WEIGHED, found.height), seed=SEED)["message_id"].to_list()
    read, vectors = read_messages(study.db, study.project_id, study.encoder_id, chosen)
    texts = read["text"].to_list()
    taught: list[int] = []
    if len(texts) < _FEWEST_UNTAUGHT:
        rows = np.flatnonzero(contain_any(study.judged.texts, terms))
        n_most = min(MOST_WEIGHED, len(rows))
        taught = np.random.default_rng(SEED).choice(rows, n_most, replace=False).tolist()
    falls = []
    for known, head in zip(knowledge, heads, strict=True):
        of_taught = study.judged.falls_out_of_fold(
            known, taught, terms, label, seed=SEED, most=MOST_COPIES
        )
        of_others = (
            term_falls(head, texts, vectors, terms, label, study.judged.read)
            if texts
            else np.empty(0)
        )
        falls.append(np.concatenate([of_others, of_taught]))
    if not len(falls[0]):
        return [Estimate(None, "No message to learn from contains the term.")] * len(heads)
    return [Estimate(_mean(one)) for one in falls]


def _mean(values: np.ndarray) -> Interval:
    """A mean over messages with its bootstrap interval."""
    n = len(values)
    totals = resampled_totals(
        values[:, None], np.ones(n, dtype=np.int64), n_replicates=_N_REPLICATES, seed=SEED
    )
    return percentile_interval(float(values.mean()), totals[:, 0] / n, n=n)


def _agreement_figures(
    db: Reader, project_id: str, terms: tuple[str, ...], decided_at: datetime
) -> dict[str, Any]:
    """Agreement on messages with the terms, of pairs judged wholly before and wholly after."""
    labels = concept_effects.unaided_labels(db, project_id)
    if terms and not labels.is_empty():
        has_term = contain_any(labels["text"].to_list(), terms)
        labels = labels.filter(pl.Series(has_term))
    # The database may call the same zone otherwise than Python does.
    is_before = pl.col("made_at").dt.convert_time_zone("UTC") < decided_at.astimezone(UTC)
    found = [
        agreeing_pairs(
            labels.filter(part),
            missing="No message with the term was judged by two people without the machine "
            f"{when} the "
            "decision.",
        )
        for part, when in ((is_before, "before"), (~is_before, "after"))
    ]
    before, after = found
    change = Estimate(None, before.missing or after.missing)
    if before.interval and after.interval:
        n = before.interval.n + after.interval.n
        change = Estimate(difference_of(before.interval, after.interval, n=n))
    return {
        "agreement_before": asdict(before),
        "agreement_after": asdict(after),
        "agreement": asdict(change),
    }
