"""How well each two raters agree, as a map in which every field is a button."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from app.components.assets_folder import asset
from app.components.marks import MACHINE_TONE, NO_COLOUR, initials, person_tone
from rhml_core.domain import MACHINE_RATER, Person
from rhml_core.figures import percent
from rhml_core.safe_text import one_line
from rhml_core.workflows.agreement.words import row_words

_component = st.components.v2.component(
    "rhml_pair_map",
    html=asset("pair_map.html"),
    css=asset("cell_table.css") + asset("pair_map.css"),
    js=asset("pair_map.js"),
)


def raters_in_order(pairs: pl.DataFrame, people: Sequence[Person]) -> list[str]:
    """Identifiers of the raters of the pairs: people as they are given, the machine last."""
    known = {*pairs["a"], *pairs["b"]}
    ordered = [one.person_id for one in people if one.person_id in known]
    others = sorted(known - set(ordered) - {MACHINE_RATER})
    return [*ordered, *others, *([MACHINE_RATER] if MACHINE_RATER in known else [])]


def pair_map_data(pairs: pl.DataFrame, people: Sequence[Person]) -> dict[str, Any]:
    """
    What the browser needs: `rows` and `columns` of raters, and `cells` below the diagonal.

    Args:
        pairs: as from `pair_agreement`.
        people: for names and marks, in the order wanted.
    """
    by_id = {one.person_id: one for one in people}
    raters = raters_in_order(pairs, people)
    found = {frozenset((row["a"], row["b"])): row for row in pairs.iter_rows(named=True)}
    rows, columns = raters[1:], raters[:-1]
    return {
        "rows": [_rater(one, by_id) for one in rows],
        "columns": [_rater(one, by_id) for one in columns],
        "cells": [
            [
                _cell(found.get(frozenset((row, column))), _name(row, by_id), _name(column, by_id))
                if place <= number
                else None
                for place, column in enumerate(columns)
            ]
            for number, row in enumerate(rows)
        ],
    }


def pair_map(
    pairs: pl.DataFrame, people: Sequence[Person], *, key: str, caption: str
) -> tuple[str, str] | None:
    """Draw the map; the two raters (identifiers) clicked in this run of the page, if any."""
    raters = raters_in_order(pairs, people)
    data = {**pair_map_data(pairs, people), "caption": one_line(caption)}
    cell = _component(key=key, data=data, on_cell_change=lambda: None).cell
    if not (isinstance(cell, list) and len(cell) == 2):  # noqa: PLR2004 -- a row and a column
        return None
    row, column = int(cell[0]) + 1, int(cell[1])
    if not 0 <= column < row < len(raters):
        return None
    return raters[column], raters[row]


def _rater(rater: str, by_id: Mapping[str, Person]) -> dict[str, Any]:
    is_machine = rater == MACHINE_RATER
    person = by_id.get(rater)
    name = _name(rater, by_id)
    return {
        "name": one_line(person.full_name) if person else name,
        "initials": "" if is_machine else initials(name),
        "tone": MACHINE_TONE if is_machine else person_tone(rater) if person else NO_COLOUR,
        "isMachine": is_machine,
        "isSimulated": bool(person and person.is_simulated),
    }


def _name(rater: str, by_id: Mapping[str, Person]) -> str:
    return (
        "machine"
        if rater == MACHINE_RATER
        else one_line(by_id[rater].name if rater in by_id else rater)
    )


def _cell(row: Mapping[str, Any] | None, one: str, other: str) -> dict[str, Any]:
    if row is None:
        means = f"{one} and {other}: undefined, because they share no message"
        return {"words": "none", "below": "shared", "share": None, "n": 0, "means": means}
    value = row["kappa"]
    words = row_words(value, row["low"], row["high"], row["undefined"])
    means = (
        f"{one} and {other}: kappa {words}, n = {row['n']:,} messages, "
        f"same label on {percent(row['agreement'])}. Open the messages on which they differ."
    )
    return {
        "words": "undefined" if value is None else f"{value:.2f}",
        "below": f"n = {row['n']:,}",
        "share": None if value is None else min(1.0, max(0.0, value)),
        "n": row["n"],
        "means": means,
    }
