"""How good the team's terms alone were at the end of each cycle, without any machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from rhml_core.domain import Run
from rhml_core.figures import Interval
from rhml_core.machine.reflection import measure_reflection
from rhml_core.store import codebooks, lexicons, messages, runs
from rhml_core.store.database import Database, Reader
from rhml_core.workflows.reflection.taught_terms import HeldOut, measure_taught, taught_terms
from rhml_core.workflows.training.data import MIN_HOLDOUT, training_set


@dataclass(frozen=True)
class LexiconAlone:
    """
    The terms that stood in the lexicon when a cycle ended, as a model of their own.

    Attributes:
        macro_f1: of plain hit shares on the hold-out; None where `missing` says why there is none.
        n_terms: that stood by then.
        n_hit: hold-out messages that contain one; 0 where nothing was measured.
        missing: a sentence for people; "" where there is a figure.
        taught: macro-F1 of the terms as weighed by what had been judged by then; None where
            `taught_missing` says why, or nobody asked for it.
        taught_missing: a sentence for people; "" where there is a figure, or nobody asked.
    """

    macro_f1: Interval | None
    n_terms: int = 0
    n_hit: int = 0
    missing: str = ""
    taught: Interval | None = None
    taught_missing: str = ""


def lexicon_alone(
    db: Database, project_id: str, closing: Sequence[Run], *, with_taught: bool = False
) -> dict[int, LexiconAlone]:
    """
    The lexicon alone, cycle by cycle, on the hold-out that measures the machine.

    The terms are those that stood when the run that closed the cycle was registered;
    the reference of the hold-out is that of today, the same for all cycles. Messages without a
    term get the label that taught that run most often.

    Args:
        db: the store.
        project_id: an existing project.
        closing: the runs that closed a cycle.
        with_taught: whether to weigh the terms by what taught each run too; that takes seconds
            for each run the first time, and so is no work for a page.

    Returns:
        Run number -> figure; empty where no term stood when any of these runs was registered.
    """
    lexicons = {run.number: _lexicon_at(db, project_id, run.created_at) for run in closing}
    if not any(terms for _, terms in lexicons.values()):
        return {}
    taught_by = {run.run_id: runs.training_labels(db, run.run_id) for run in closing}
    holdout = training_set(db, project_id).holdout
    needed = {name for known in (holdout, *taught_by.values()) for name in known["message_id"]}
    texts = messages.texts_of(db, project_id, sorted(needed))
    held = _held_out(holdout, texts)
    found = {}
    for run in closing:
        version, lexicon = lexicons[run.number]
        taught = taught_by[run.run_id]
        missing = _missing(lexicon, len(held.texts), taught.height)
        n_terms = len({term for terms in lexicon.values() for term in terms})
        if missing:
            found[run.number] = LexiconAlone(
                None, n_terms, missing=missing, taught_missing=missing if with_taught else ""
            )
            continue
        figure = measure_reflection(
            held.texts, held.truth, lexicon, taught=taught["label"].to_list()
        )
        weighed, why = (
            _taught_figure(db, project_id, run, version, lexicon, _with_texts(taught, texts), held)
            if with_taught
            else (None, "")
        )
        found[run.number] = LexiconAlone(
            figure.macro_f1, n_terms, figure.n_hit, taught=weighed, taught_missing=why
        )
    return found


def _taught_figure(
    db: Database,
    project_id: str,
    run: Run,
    version: int,
    lexicon: Mapping[str, Sequence[str]],
    taught: pl.DataFrame,
    held: HeldOut,
) -> tuple[Interval | None, str]:
    """Macro-F1 of the weighed terms, kept with all that it depends on; else what is missing."""
    codebook = codebooks.get_codebook(db, project_id)
    known = taught.filter(pl.col("label").is_in(codebook.names))
    found, why = taught_terms(
        (str(db.path), project_id, run.run_id),
        (version, codebook.version),
        known["text"].to_list(),
        known["label"].to_list(),
        lexicon,
        codebook.names,
    )
    return (measure_taught(found, held), "") if found else (None, why)


def _with_texts(labels: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    return labels.join(texts, on="message_id", how="inner", maintain_order="left")


def _held_out(known: pl.DataFrame, texts: pl.DataFrame) -> HeldOut:
    holdout = _with_texts(known, texts)
    return HeldOut(tuple(holdout["text"]), tuple(holdout["label"]))


def _lexicon_at(
    db: Reader, project_id: str, at: datetime
) -> tuple[int, dict[str, tuple[str, ...]]]:
    version = lexicons.version_at(db, project_id, at)
    return version, lexicons.get_lexicon(db, project_id, version).by_label()


def _missing(lexicon: Mapping[str, Sequence[str]], n_holdout: int, n_taught: int) -> str:
    if not lexicon:
        return "The lexicon had no term when this cycle ended."
    if n_holdout < MIN_HOLDOUT:
        return (
            f"Only {n_holdout} hold-out messages have a reference label; from "
            f"{MIN_HOLDOUT} on, the lexicon alone is measured on them."
        )
    return "" if n_taught else "What taught this cycle's run is not on record."
