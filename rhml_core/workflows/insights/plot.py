"""Lexicon against machine, message by message, as far as a person may know the answers."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rhml_core.domain import Person, Role, Split
from rhml_core.errors import InvalidInputError
from rhml_core.measures.spread_sample import spread_sample
from rhml_core.store import turns as turn_store
from rhml_core.workflows.insights.insights import InsightFigures
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.preview import known_labels
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import machine_keeps_silent
from rhml_core.workflows.workplace import Workplace

MOST_DOTS = 2_000
PAGE_SIZE = 12
_SCHEMA = {
    "message_id": pl.String,
    "reflection": pl.Float64,
    "machine": pl.Float64,
    "reference": pl.String,
}


@dataclass(frozen=True)
class InsightDots:
    """
    Messages to draw.

    Attributes:
        frame: `message_id` (String), `reflection`, `machine` (Float64, 0 to 1: the probability
            that each gives the label, out of fold), `reference` (String), in import order; the
            same columns and no rows where `missing` says why.
        n: messages that there are; more than the frame has where they are too many to draw.
        missing: a sentence for people.
    """

    frame: pl.DataFrame
    n: int
    missing: str = ""


@dataclass(frozen=True)
class Region:
    """A part of the plot, its edges included; each from 0 to 1."""

    reflection: tuple[float, float] = (0.0, 1.0)
    machine: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True)
class PlottedMessage:
    """A message of the plot with its text."""

    message_id: str
    text: str
    reference: str
    reflection: float
    machine: float


@dataclass(frozen=True)
class PlottedMessages:
    """Some messages of a region, those on which the models differ most first; `n` in all."""

    messages: tuple[PlottedMessage, ...]
    n: int
    page: int
    n_pages: int


def open_labels(place: Workplace, person: Person, project_id: str) -> dict[int, str]:
    """
    The best label known of each judged message of the pool whose answer a person may know.

    Messages that lie before the person are left out, whoever they are; so is all of the hold-out.

    Returns:
        Place in the pool -> label.
    """
    pool = pool_texts(place.db, project_id)
    held = set(turn_store.held_messages(place.db, project_id, person.person_id))
    return {
        row: label
        for row, label in known_labels(place.db, person, project_id, pool).items()
        if pool.message_ids[row] not in held
    }


def insight_dots(
    place: Workplace,
    person: Person,
    project_id: str,
    figures: InsightFigures,
    label: str,
    *,
    most: int = MOST_DOTS,
) -> InsightDots:
    """
    Each judged message as a dot: what the lexicon makes of it against what the machine does.

    Of more messages than can be drawn, those in rare places of the plot are kept first.

    Args:
        place: the workplace.
        person: who looks; an expert whom the machine tells nothing gets no dots.
        project_id: where.
        figures: of both models.
        label: whose probability is wanted.
        most: dots to draw.

    Raises:
        InvalidInputError: the codebook has no such label.
    """
    require(person, Role.VIEWER, "see what the machine noticed")
    if label not in figures.labels:
        raise InvalidInputError(f"The codebook has no label '{label}'. Choose another.")
    empty = pl.DataFrame(schema=_SCHEMA)
    if machine_keeps_silent(place.db, person, project_id, Split.POOL):
        return InsightDots(
            empty,
            0,
            "In this project experts judge blind: what the machine says of single messages is "
            "not shown to you.",
        )
    if figures.plot_missing:
        return InsightDots(empty, 0, figures.plot_missing)
    row_of = {message_id: row for row, message_id in enumerate(figures.message_ids)}
    ids = pool_texts(place.db, project_id).message_ids
    known = open_labels(place, person, project_id)
    shown = [(ids[at], reference) for at, reference in sorted(known.items()) if ids[at] in row_of]
    if not shown:
        return InsightDots(
            empty,
            0,
            "No judged message is open to you yet: you see those that you have judged yourself. "
            "Judge some first.",
        )
    column = figures.labels.index(label)
    rows = [row_of[message_id] for message_id, _ in shown]
    frame = pl.DataFrame(
        {
            "message_id": [message_id for message_id, _ in shown],
            "reflection": figures.reflected[rows, column],
            "machine": figures.answered[rows, column],
            "reference": [reference for _, reference in shown],
        },
        schema=_SCHEMA,
    )
    kept = spread_sample(
        frame["reflection"].to_numpy(),
        frame["machine"].to_numpy(),
        frame["reference"].to_list(),
        most=most,
        seed=0,
    )
    return InsightDots(frame[kept.tolist()], frame.height)


def messages_in(
    place: Workplace, project_id: str, dots: InsightDots, region: Region, *, page: int = 1
) -> PlottedMessages:
    """
    The drawn messages of a region, with their texts, a page of them.

    Args:
        place: the workplace.
        project_id: where.
        dots: as from `insight_dots`; nothing that is not in them is listed.
        region: which of them.
        page: from 1; a page beyond the last is the last.
    """
    inside = dots.frame.filter(
        pl.col("reflection").is_between(*region.reflection)
        & pl.col("machine").is_between(*region.machine)
    ).sort(
        (pl.col("reflection") - pl.col("machine")).abs(),
        "message_id",
        descending=[True, False],
    )
    n_pages = max(1, -(-inside.height // PAGE_SIZE))
    page = min(max(page, 1), n_pages)
    pool = pool_texts(place.db, project_id)
    shown = inside.slice((page - 1) * PAGE_SIZE, PAGE_SIZE)
    return PlottedMessages(
        tuple(
            PlottedMessage(text=pool.texts[pool.rows[row["message_id"]]], **row)
            for row in shown.iter_rows(named=True)
        ),
        inside.height,
        page,
        n_pages,
    )


def corner(*, is_reflection_high: bool, is_machine_high: bool) -> Region:
    """A quarter of the plot: what each of both models thinks likely, or unlikely."""
    half = float(np.nextafter(0.5, 0))
    low, high = (0.0, half), (0.5, 1.0)
    return Region(high if is_reflection_high else low, high if is_machine_high else low)
