"""Charts of lexicon and machine: message by message, and mode of control by mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from app.components.drawn_chart import draw_chart, ink, paper
from app.components.learning_charts import PEOPLE_TONE
from app.components.marks import MACHINE_TONE, NO_COLOUR
from rhml_core.figures import Interval
from rhml_core.safe_text import one_line

_SHARE = alt.Scale(domain=[0, 1])
_TICKS = alt.Axis(tickCount=5, format=".1f")
_REGION = "region"
_BOUNDS = 2

CROSSED, HELD_OUT = "judged messages, cross-validated", "hold-out"


def dots_chart(
    frame: pl.DataFrame, label: str, colours: Mapping[str, str], *, key: str
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """
    Draw each message as a small square in its label's colour, with a brush.

    Args:
        frame: `message_id`, `reference` (String), `reflection`, `machine` (Float64).
        label: whose probability is drawn.
        colours: label -> `#RRGGBB`.
        key: the chart's key.

    Returns:
        Bounds of the brushed region on both axes; None where nothing is brushed.
    """
    names = [name for name in colours if name in set(frame["reference"])]
    shown = frame.select(
        "reflection",
        "machine",
        reference=pl.col("reference").map_elements(one_line, return_dtype=pl.String),
    )
    name = one_line(label)
    dots = (
        alt.Chart(shown)
        .mark_square(size=42, opacity=0.75)
        .encode(
            x=alt.X("reflection:Q", scale=_SHARE, axis=_TICKS, title=f"the lexicon: {name}"),
            y=alt.Y("machine:Q", scale=_SHARE, axis=_TICKS, title=f"the machine: {name}"),
            color=alt.Color(
                "reference:N",
                scale=alt.Scale(
                    domain=[one_line(one) for one in names],
                    range=[colours.get(one, NO_COLOUR) for one in names],
                ),
                legend=alt.Legend(orient="top", title="judged as", labelLimit=160),
            ),
            tooltip=[
                alt.Tooltip("reference:N", title="judged as"),
                alt.Tooltip("reflection:Q", title="the lexicon", format=".2f"),
                alt.Tooltip("machine:Q", title="the machine", format=".2f"),
            ],
        )
        .add_params(alt.selection_interval(name=_REGION))
        .properties(height=370)
    )
    lines = _mid_lines()
    state = st.altair_chart(
        alt.LayerChart(layer=[*lines, dots]),
        key=key,
        width="stretch",
        theme="streamlit",
        on_select="rerun",
        selection_mode=[_REGION],
    )
    return region_of(state)


def region_of(state: Any) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The bounds on both axes of what was brushed; None where nothing was, or no area."""
    brushed = (state or {}).get("selection", {}).get(_REGION) or {}
    bounds = []
    for axis in ("reflection", "machine"):
        found = brushed.get(axis) or ()
        if len(found) != _BOUNDS:
            return None
        bounds.append((min(found), max(found)))
    return bounds[0], bounds[1]


def _mid_lines() -> list[alt.Chart]:
    half = pl.DataFrame({"at": [0.5]})
    charts: list[alt.Chart] = []
    for place in (alt.Y("at:Q"), alt.X("at:Q")):
        rule = alt.Chart(half).mark_rule(color=ink(), strokeDash=[4, 4], strokeWidth=1, opacity=0.5)
        charts.append(rule.encode(place))
    return charts


@dataclass(frozen=True)
class DrawnMode:
    """
    A mode of control for drawing.

    Attributes:
        name: one or two words.
        control: what stands below the name, such as `own words 100 %`.
        note: what stands above its whisker, such as how long it takes.
        is_of_people: whether nothing but people's words speak.
    """

    name: str
    control: str
    note: str
    crossed: Interval
    held_out: Interval | None
    is_of_people: bool


def modes_frame(modes: Sequence[DrawnMode]) -> pl.DataFrame:
    """
    The modes for drawing.

    Returns:
        `axis` (String: name and control, parted by `|`), `measured_on` (String, `CROSSED` or
        `HELD_OUT`), `who` (String, `people` or `machine`), `note` (String; "" on the hold-out),
        `value`, `low`, `high` (Float64), `n` (Int64), `interval` (String), modes in their order.
    """
    rows = [
        (
            f"{mode.name}|{mode.control}",
            where,
            "people" if mode.is_of_people else "machine",
            mode.note if where == CROSSED else "",
            one.value,
            one.low,
            one.high,
            one.n,
            f"{one.low:.2f} to {one.high:.2f}",
        )
        for mode in modes
        for where, one in ((CROSSED, mode.crossed), (HELD_OUT, mode.held_out))
        if one is not None
    ]
    strings = ("axis", "measured_on", "who", "note")
    floats = ("value", "low", "high")
    schema = dict.fromkeys(strings, pl.String) | dict.fromkeys(floats, pl.Float64)
    return pl.DataFrame(rows, schema=schema | {"n": pl.Int64, "interval": pl.String}, orient="row")


def modes_chart(modes: Sequence[DrawnMode], *, key: str, height: int = 300) -> None:
    """Draw quality over control: filled where cross-validated, open on the hold-out."""
    frame = modes_frame(modes)
    tone = alt.Color(
        "who:N",
        scale=alt.Scale(domain=["people", "machine"], range=[PEOPLE_TONE, MACHINE_TONE]),
        legend=None,
    )
    where = [CROSSED, HELD_OUT]
    base = alt.Chart(frame).encode(
        x=alt.X(
            "axis:N",
            sort=None,
            title="most control \u2192 least",
            axis=alt.Axis(labelAngle=0, grid=False, labelExpr="split(datum.label, '|')"),
        ),
        xOffset=alt.XOffset("measured_on:N", scale=alt.Scale(domain=where, padding=0.9)),
        color=tone,
        tooltip=[
            alt.Tooltip("measured_on:N", title="on"),
            alt.Tooltip("value:Q", title="macro-F1", format=".3f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="messages", format=","),
        ],
    )
    y = alt.Y("low:Q", scale=_SHARE, axis=_TICKS, title="macro-F1, 95 % interval")
    whiskers = base.mark_rule(strokeWidth=2).encode(y=y, y2="high:Q")
    marks = base.mark_point(size=110, strokeWidth=2, opacity=1).encode(
        y="value:Q",
        shape=alt.Shape(
            "who:N",
            scale=alt.Scale(domain=["people", "machine"], range=["circle", "diamond"]),
            legend=None,
        ),
        fill=alt.condition(
            alt.datum.measured_on == HELD_OUT,
            alt.value(paper()),
            tone,
        ),
    )
    notes = base.mark_text(dy=-10, fontSize=11).encode(
        y="high:Q", text="note:N", color=alt.value(ink())
    )
    draw_chart(alt.LayerChart(layer=[whiskers, marks, notes]).properties(height=height), key)
