"""How far people's own words go: the lexicon as a model, now and cycle by cycle."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.figures import Interval
from rhml_core.machine.reflection import measure_reflection, reflect
from rhml_core.store import codebooks, message_facts, messages, runs
from rhml_core.store.database import Database
from rhml_core.store.judged import judged_texts
from rhml_core.workflows.kept.beside import KeptBeside, Looked
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.reflection.lexicon_alone import lexicon_alone
from rhml_core.workflows.reflection.taught_terms import HeldOut, measure_taught, taught_terms
from rhml_core.workflows.training.data import MIN_HOLDOUT, training_set
from rhml_core.workflows.workplace import Workplace

_MOST_PROJECTS = 16


@dataclass(frozen=True)
class ReflectionCycle:
    """
    One cycle's models on the hold-out.

    Attributes:
        cycle: from 1.
        run_number: of the run that closed it.
        plain, taught: macro-F1 of the terms that stood then, by hit shares and weighed by what
            taught that run; None where `missing` or `taught_missing` says why.
        n_terms: that stood then.
        machine: that run's macro-F1; None where it was not measured.
        measured_on: what it was measured on; "" where it was not.
    """

    cycle: int
    run_number: int
    plain: Interval | None
    taught: Interval | None
    missing: str
    taught_missing: str
    n_terms: int
    machine: Interval | None
    measured_on: str

    @property
    def machine_on_holdout(self) -> Interval | None:
        """The machine's figure where it can stand beside the others."""
        return self.machine if self.measured_on == "hold-out" else None


@dataclass(frozen=True)
class ReflectionFigures:
    """
    The lexicon as it stands, as a model of its own.

    Attributes:
        lexicon_version: of the terms.
        n_terms, n_labels: terms that have a label, and labels that have one.
        n_judged: messages of the pool that weighed the terms.
        plain, taught: macro-F1 on the hold-out, by hit shares and weighed; None where `missing`
            or `taught_missing` says why.
        n_hit: hold-out messages that contain a term; 0 where nothing was measured.
        answers: judged message of the pool -> what a weighed model that never saw it answers;
            by hit shares where nothing could be weighed, which `is_taught` tells.
        weights: term and label -> log-odds that the term's presence adds for the label against
            the mean of the labels; empty where nothing could be weighed.
        cycles: those that a run closed, oldest first.
    """

    lexicon_version: int
    n_terms: int
    n_labels: int
    n_judged: int
    plain: Interval | None
    taught: Interval | None
    missing: str
    taught_missing: str
    n_hit: int
    answers: Mapping[str, str]
    is_taught: bool
    weights: Mapping[tuple[str, str], float]
    cycles: tuple[ReflectionCycle, ...]


_kept: KeptBeside[ReflectionFigures] = KeptBeside(most_places=_MOST_PROJECTS)


def look_at_reflection(
    place: Workplace, person: Person, project_id: str
) -> Looked[ReflectionFigures]:
    """
    The lexicon's figures as last worked out; newer ones are begun beside where it has changed.

    All of them are aggregates; what is known of single messages is `answers`, and who may see
    which of those is decided where messages are listed.

    Raises:
        NotAllowedError: the person may not see the project's figures.
    """
    require(person, Role.VIEWER, "see how far the lexicon goes")
    db = place.db
    return _kept.look(
        (str(db.path), project_id),
        _state(db, project_id),
        lambda: make_figures(db, project_id),
        place.machines.do_later,
    )


def make_figures(db: Database, project_id: str) -> ReflectionFigures:
    """Work out all figures as things stand; seconds, so no work for a page."""
    lexicon = current_lexicon(db, project_id)
    by_label = lexicon.by_label()
    known = training_set(db, project_id)
    texts = judged_texts(db, project_id).select("message_id", "text")
    judged = known.training.join(texts, on="message_id", how="inner", maintain_order="left")
    holdout = known.holdout.join(texts, on="message_id", how="inner", maintain_order="left")
    held = HeldOut(tuple(holdout["text"]), tuple(holdout["label"]))
    labels = judged["label"].to_list()
    missing = _missing(by_label, len(held.texts), len(labels))
    plain = None if missing else measure_reflection(held.texts, held.truth, by_label, taught=labels)
    model, why = taught_terms(
        (str(db.path), project_id, "now"),
        (lexicon.version, known.codebook_version),
        judged["text"].to_list(),
        labels,
        by_label,
        known.labels,
    )
    answers: dict[str, str] = {}
    if model:
        best = model.out_of_fold.argmax(axis=1).tolist()
        answers = dict(zip(judged["message_id"], (model.labels[at] for at in best), strict=True))
    elif by_label and labels:
        said = reflect(judged["text"].to_list(), by_label, taught=labels).labels
        answers = dict(zip(judged["message_id"], said, strict=True))
    weights = model.term_weights() if model else pl.DataFrame()
    return ReflectionFigures(
        lexicon_version=lexicon.version,
        n_terms=sum(bool(term.label) for term in lexicon.terms),
        n_labels=len(by_label),
        n_judged=len(labels),
        plain=plain.macro_f1 if plain else None,
        taught=measure_taught(model, held) if model and not missing else None,
        missing=missing,
        taught_missing=missing or why,
        n_hit=plain.n_hit if plain else 0,
        answers=answers,
        is_taught=model is not None,
        weights={(row["term"], row["label"]): row["weight"] for row in weights.to_dicts()},
        cycles=_cycles(db, project_id),
    )


def _cycles(db: Database, project_id: str) -> tuple[ReflectionCycle, ...]:
    closing = sorted(runs.list_runs(db, project_id), key=lambda run: (run.created_at, run.number))
    alone = lexicon_alone(db, project_id, closing, with_taught=True)
    cycles = []
    for number, run in enumerate(closing, start=1):
        found = alone.get(run.number)
        no_terms = "The lexicon had no term when this cycle ended."
        cycles.append(
            ReflectionCycle(
                cycle=number,
                run_number=run.number,
                plain=found.macro_f1 if found else None,
                taught=found.taught if found else None,
                missing=found.missing if found else no_terms,
                taught_missing=found.taught_missing if found else no_terms,
                n_terms=found.n_terms if found else 0,
                machine=run.metrics.macro_f1 if run.metrics else None,
                measured_on=run.metrics.measured_on if run.metrics else "",
            )
        )
    return tuple(cycles)


def _missing(by_label: Mapping[str, object], n_held: int, n_judged: int) -> str:
    if not by_label:
        return "The lexicon has no term yet. Add one, or adopt a concept."
    if n_held < MIN_HOLDOUT:
        return (
            f"Only {n_held} hold-out messages have a reference label; from {MIN_HOLDOUT} on, "
            "the lexicon is measured on them."
        )
    return "" if n_judged else "No message is judged to learn from yet. Judge some first."


def _state(db: Database, project_id: str) -> Hashable:
    trained = runs.list_runs(db, project_id)
    return (
        current_lexicon(db, project_id).version,
        codebooks.newest_version(db, project_id),
        message_facts.newest_judging(db, project_id),
        tuple(messages.count_messages(db, project_id).values()),
        max((run.number for run in trained), default=0),
    )
