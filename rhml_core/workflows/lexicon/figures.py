"""How good each version of the lexicon is: alone on the hold-out, and in the runs that used it."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from statistics import fmean
from typing import TYPE_CHECKING

import polars as pl

from rhml_core.domain import Person, Role, Run, Split
from rhml_core.figures import Interval
from rhml_core.machine.reflection import measure_reflection
from rhml_core.store import codebooks, lexicons, message_facts, messages, runs
from rhml_core.store.database import Database
from rhml_core.store.judged import judged_texts
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.permission import require
from rhml_core.workflows.reflection.taught_terms import HeldOut
from rhml_core.workflows.training.data import MIN_HOLDOUT

if TYPE_CHECKING:
    from rhml_core.workflows.workplace import Workplace

_MOST_KEPT = 1_000
_MOST_PROJECTS = 8

LEXICON_VERSION = "lexicon_version"
"""Name of the parameter in which a run keeps the version that it was trained with."""

_kept: KeptInMemory[tuple[Interval | None, int, str]] = KeptInMemory(most_places=_MOST_KEPT)


@dataclass(frozen=True)
class RunsFigure:
    """
    How good the runs were that used one version.

    Attributes:
        mean: of their macro-F1 on the hold-out.
        lowest, highest: among them.
        n_runs: how many there are; those that were measured otherwise are left out.
    """

    mean: float
    lowest: float
    highest: float
    n_runs: int

    def __str__(self) -> str:
        """For people, as in `0.81 on average of 3 runs, 0.78 to 0.84`."""
        if self.n_runs == 1:
            return f"{self.mean:.2f} in one run"
        return (
            f"{self.mean:.2f} on average of {self.n_runs} runs, {self.lowest:.2f} to "
            f"{self.highest:.2f}"
        )


@dataclass(frozen=True)
class VersionFigures:
    """
    What one version is worth.

    Attributes:
        reflection: macro-F1 of the terms alone on the hold-out; None where `missing` says why.
        n_hit: hold-out messages that contain a term; 0 where nothing was measured.
        missing: a sentence for people; "" where there is a figure.
        runs: None where no run that used it was measured on the hold-out.
    """

    version: int
    reflection: Interval | None
    n_hit: int
    missing: str
    runs: RunsFigure | None


@dataclass(frozen=True)
class _Measuring:
    """What all versions are measured on."""

    held: HeldOut
    taught: list[str]
    codebook_version: int

    @cached_property
    def state(self) -> Hashable:
        """
        Names everything that a figure depends on beside the version's terms.

        Of what is taught, only the order of the labels counts, so that few judgements change it.
        """
        often = Counter(self.taught)
        ranked = tuple(sorted(often, key=lambda label: (-often[label], label)))
        return hash(self.held), ranked, self.codebook_version


_kept_measuring: KeptInMemory[_Measuring] = KeptInMemory(most_places=_MOST_PROJECTS)


def version_figures(
    place: "Workplace", person: Person, project_id: str, versions: Sequence[int] | None = None
) -> dict[int, VersionFigures]:
    """
    What some versions are worth, all measured on the same hold-out as it is judged today.

    Messages without a term get the label that is taught most often today, in all versions alike:
    what differs between two figures comes from the terms. The figures are aggregates of the
    hold-out; nothing is chosen by them.

    Args:
        place: the workplace.
        person: who asks.
        project_id: whose lexicon.
        versions: which; None for all.

    Returns:
        Version -> figures, newest first.

    Raises:
        NotFoundError: there is no such version.
    """
    require(person, Role.VIEWER, "read the lexicon")
    wanted = (
        lexicons.list_versions(place.db, project_id)["version"].to_list()
        if versions is None
        else sorted(set(versions), reverse=True)
    )
    measuring = _now(place.db, project_id)
    used = _runs_by_version(runs.list_runs(place.db, project_id))
    return {
        version: VersionFigures(
            version,
            *_kept.get(
                (str(place.db.path), project_id, version),
                measuring.state,
                partial(_measure, place.db, project_id, version, measuring),
            ),
            _of_runs(used.get(version, [])),
        )
        for version in wanted
    }


def _now(db: Database, project_id: str) -> _Measuring:
    state = (
        message_facts.newest_judging(db, project_id),
        codebooks.newest_version(db, project_id),
        tuple(messages.count_messages(db, project_id).values()),
    )
    return _kept_measuring.get(
        (str(db.path), project_id), state, lambda: _measuring(db, project_id)
    )


def _measure(
    db: Database, project_id: str, version: int, measuring: _Measuring
) -> tuple[Interval | None, int, str]:
    """A version's macro-F1 on the hold-out, its hits there, and what is missing for them."""
    lexicon = lexicons.get_lexicon(db, project_id, version).by_label()
    missing = _missing(lexicon, measuring)
    if missing:
        return None, 0, missing
    figure = measure_reflection(
        measuring.held.texts, measuring.held.truth, lexicon, taught=measuring.taught
    )
    return figure.macro_f1, figure.n_hit, ""


def _of_runs(used: Sequence[float]) -> RunsFigure | None:
    return RunsFigure(fmean(used), min(used), max(used), len(used)) if used else None


def _missing(lexicon: Mapping[str, Sequence[str]], measuring: _Measuring) -> str:
    if not lexicon:
        return "This version has no term, so it answers nothing."
    if len(measuring.held.texts) < MIN_HOLDOUT:
        return (
            f"Only {len(measuring.held.texts)} hold-out messages have a reference label; from "
            f"{MIN_HOLDOUT} on, each version is measured on them."
        )
    return "" if measuring.taught else "No message is judged to learn from yet. Judge some first."


def _measuring(db: Database, project_id: str) -> _Measuring:
    codebook = codebooks.get_codebook(db, project_id)
    known = (
        judged_texts(db, project_id)
        .join(project_reference(db, project_id), on="message_id", how="inner")
        .filter(pl.col("label").is_in(codebook.names))
        .sort("message_id")
    )
    held = known.filter(pl.col("split") == Split.HOLDOUT.value)
    taught = known.filter(pl.col("split") == Split.POOL.value).join(
        held, on="text_hash", how="anti"
    )
    return _Measuring(
        held=HeldOut(tuple(held["text"]), tuple(held["label"])),
        taught=taught["label"].to_list(),
        codebook_version=codebook.version,
    )


def _runs_by_version(trained: Sequence[Run]) -> dict[int, list[float]]:
    """Macro-F1 on the hold-out of the runs that used each version."""
    used: dict[int, list[float]] = {}
    for run in trained:
        version = run.parameters.get(LEXICON_VERSION)
        if version is not None and run.metrics and run.metrics.measured_on == "hold-out":
            used.setdefault(int(version), []).append(run.metrics.macro_f1.value)
    return used
