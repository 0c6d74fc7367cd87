"""
Charts of what words alone are worth: by version of the lexicon, and cycle by cycle.

People's knowledge is a circle in a warm hue, the machine a diamond in a cool one, as everywhere.
"""

from collections.abc import Sequence

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart, ink, paper
from app.components.learning_charts import PEOPLE_TONE
from app.components.marks import MACHINE_TONE
from rhml_core.figures import Interval

ALONE, IN_RUNS = "lexicon alone, hold-out", "mean of the runs with them, hold-out"
TAUGHT, PLAIN, MACHINE = "lexicon, weighed", "lexicon alone", "machine"

_SHARE = alt.Scale(domain=[0, 1])
_AXIS = alt.Axis(tickCount=5, format=".1f")
_SCHEMA = {
    "at": pl.Int64,
    "who": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def version_frame(
    measured: Sequence[tuple[int, Interval | None, float | None]],
) -> pl.DataFrame:
    """
    Versions for drawing.

    Args:
        measured: version, macro-F1 of the terms alone, mean of the runs that used it, each None
            where it was not measured.

    Returns:
        `at` (Int64, version), `who` (String, `ALONE` or `IN_RUNS`), `value, low, high` (Float64),
        `n` (Int64), a row for each that was measured, as they come; bounds and n are null for the
        runs, whose mean has no interval.
    """
    rows: list[tuple[int, str, float, float | None, float | None, int | None]] = []
    for version, alone, in_runs in measured:
        if alone is not None:
            rows.append((version, ALONE, alone.value, alone.low, alone.high, alone.n))
        if in_runs is not None:
            rows.append((version, IN_RUNS, in_runs, None, None, None))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def version_chart(
    measured: Sequence[tuple[int, Interval | None, float | None]], *, key: str
) -> None:
    """Draw what the versions are worth; arguments as of `version_frame`."""
    frame = version_frame(measured)
    draw_chart(
        _dots_and_whiskers(
            frame,
            [(ALONE, PEOPLE_TONE, "circle", PEOPLE_TONE), (IN_RUNS, MACHINE_TONE, "diamond", "")],
            title="version of the lexicon",
            height=330,
        ),
        key,
    )


def curve_frame(
    cycles: Sequence[tuple[int, Interval | None, Interval | None, Interval | None]],
) -> pl.DataFrame:
    """
    The experts' knowledge curve for drawing.

    Args:
        cycles: number, macro-F1 of the weighed terms, of plain hit shares and of the machine,
            each None where it was not measured.

    Returns:
        `at` (Int64, cycle), `who` (String, `TAUGHT`, `PLAIN` or `MACHINE`), `value, low, high`
        (Float64), `n` (Int64), a row for each that was measured, as they come.
    """
    rows = [
        (cycle, who, one.value, one.low, one.high, one.n)
        for cycle, *figures in cycles
        for who, one in zip((TAUGHT, PLAIN, MACHINE), figures, strict=True)
        if one is not None
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def knowledge_curve(
    cycles: Sequence[tuple[int, Interval | None, Interval | None, Interval | None]], *, key: str
) -> None:
    """Draw the experts' knowledge curve next to the machine's; arguments as of `curve_frame`."""
    draw_chart(
        _dots_and_whiskers(
            curve_frame(cycles),
            [
                (TAUGHT, PEOPLE_TONE, "circle", PEOPLE_TONE),
                (PLAIN, PEOPLE_TONE, "circle", paper()),
                (MACHINE, MACHINE_TONE, "diamond", ""),
            ],
            title="cycle of labelling",
            height=340,
        ),
        key,
    )


def _dots_and_whiskers(
    frame: pl.DataFrame,
    series: Sequence[tuple[str, str, str, str]],
    *,
    title: str,
    height: int,
) -> alt.LayerChart:
    """Each of the `series` (name, tone, shape, filling) side by side at each place."""
    found = set(frame["who"])
    series = [one for one in series if one[0] in found]
    names, tones = [one[0] for one in series], [one[1] for one in series]
    fills = [one[3] or one[1] for one in series]
    legend = alt.Legend(orient="top", title=None, labelLimit=320, columns=1)
    words = frame.with_columns(
        interval=pl.format("{} to {}", pl.col("low").round(2), pl.col("high").round(2)).fill_null(
            "none: a mean of runs"
        )
    )
    base = alt.Chart(words).encode(
        x=alt.X("at:O", title=title, axis=alt.Axis(labelAngle=0, grid=False)),
        xOffset=alt.XOffset("who:N", scale=alt.Scale(domain=names, padding=0.8)),
        color=alt.Color("who:N", scale=alt.Scale(domain=names, range=tones), legend=legend),
        tooltip=[
            alt.Tooltip("at:O", title=title),
            alt.Tooltip("who:N", title="of"),
            alt.Tooltip("value:Q", title="macro-F1", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="messages", format=","),
        ],
    )
    scaled = alt.Y("low:Q", scale=_SHARE, axis=_AXIS, title="macro-F1, 95 % interval")
    marks = base.mark_point(size=120, opacity=1, strokeWidth=2).encode(
        y=alt.Y("value:Q", scale=_SHARE, axis=_AXIS, title="macro-F1, 95 % interval"),
        shape=alt.Shape(
            "who:N",
            scale=alt.Scale(domain=names, range=[one[2] for one in series]),
            legend=legend,
        ),
        fill=alt.Fill("who:N", scale=alt.Scale(domain=names, range=fills), legend=legend),
    )
    layers = [
        base.mark_rule(strokeWidth=2, opacity=1).encode(y=scaled, y2="high:Q"),
        marks,
        base.mark_text(dy=-11, fontSize=11).encode(
            y="high:Q", text=alt.Text("n:Q", format=","), color=alt.value(ink())
        ),
    ]
    chart: alt.LayerChart = alt.LayerChart(layer=layers).properties(height=height)
    return chart
