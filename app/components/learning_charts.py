"""
Charts of how people learn, and of both learners side by side.

People are circles in a warm hue, the machine is a diamond in a cool one, as everywhere.
"""

from collections.abc import Sequence

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart, ink, paper
from app.components.marks import MACHINE_TONE, PERSON_TONES
from rhml_core.figures import Interval, ReliabilityBin

PEOPLE_TONE = PERSON_TONES[0]
"""Hue of people taken together."""

MACHINE, EXPERTS = "machine: macro-F1 of its run", "experts: right without the machine"
LEXICON = "lexicon alone: macro-F1 of all its terms"

_SHARE = alt.Scale(domain=[0, 1])
_AXIS = alt.Axis(tickCount=5, format=".1f")
_FIGURE = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}


def _interval_words() -> pl.Expr:
    return pl.format("{} to {}", pl.col("low").round(2), pl.col("high").round(2)).alias("interval")


def skill_frame(points: Sequence[tuple[int, Interval]]) -> pl.DataFrame:
    """
    Unaided accuracy by cycle for drawing.

    Returns:
        `cycle` (Int64), `value`, `low`, `high` (Float64), `n` (Int64), `axis` (String: cycle
        and n), `interval` (String), in the order given; no rows without points.
    """
    rows = [(cycle, one.value, one.low, one.high, one.n) for cycle, one in points]
    return pl.DataFrame(rows, schema={"cycle": pl.Int64, **_FIGURE}, orient="row").with_columns(
        pl.format("{} (n = {})", "cycle", "n").alias("axis"), _interval_words()
    )


def skill_chart(
    points: Sequence[tuple[int, Interval]],
    baseline: Interval | None,
    *,
    tone: str = PEOPLE_TONE,
    key: str,
) -> None:
    """
    Draw unaided accuracy cycle by cycle as circles with whiskers, above or below the baseline.

    Args:
        points: cycle and share right, oldest first; at least one.
        baseline: share right before the machine was heard, dashed; no line where it is None.
        tone: the person's colour.
        key: the chart's key.
    """
    base = alt.Chart(skill_frame(points)).encode(
        x=alt.X(
            "axis:N",
            sort=None,
            title="cycle of labelling (n answers without the machine)",
            axis=alt.Axis(labelAngle=0, grid=False, labelLimit=110),
        ),
        tooltip=[
            alt.Tooltip("cycle:Q"),
            alt.Tooltip("value:Q", title="share right", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="answers without the machine", format=","),
        ],
    )
    low = alt.Y("low:Q", scale=_SHARE, axis=_AXIS, title="share right, 95 % interval")
    layers = [
        base.mark_line(
            color=tone, strokeWidth=1, strokeDash=[3, 3], opacity=0.6, aria=False
        ).encode(y=alt.Y("value:Q", scale=_SHARE)),
        base.mark_rule(color=tone, strokeWidth=2, opacity=1).encode(y=low, y2="high:Q"),
        base.mark_circle(color=tone, size=120, opacity=1).encode(y="value:Q"),
    ]
    if baseline is not None:
        layers.insert(0, _baseline_line(baseline))
    chart = alt.LayerChart(layer=layers).properties(title="Right without the machine", height=290)
    draw_chart(chart, key)


def _baseline_line(baseline: Interval) -> alt.Chart:
    line: alt.Chart = alt.Chart(pl.DataFrame({"value": [baseline.value]})).mark_rule(
        color=ink(), strokeDash=[6, 3], strokeWidth=1.2
    )
    return line.encode(y=alt.Y("value:Q", scale=_SHARE))


def stated_chart(bins: Sequence[ReliabilityBin], *, tone: str = PEOPLE_TONE, key: str) -> None:
    """Draw how often people are right over how sure they say to be, with whiskers and n."""
    rows = [
        (one.confidence, one.accuracy.value, one.accuracy.low, one.accuracy.high, one.accuracy.n)
        for one in bins
    ]
    frame = pl.DataFrame(rows, schema={"stated": pl.Float64, **_FIGURE}, orient="row")
    base = alt.Chart(frame.with_columns(_interval_words())).encode(
        x=alt.X(
            "stated:Q",
            scale=alt.Scale(domain=[0.4, 1]),
            axis=alt.Axis(
                values=[0.5, 0.75, 0.95],
                labelExpr="{'0.5': 'guess 0.5', '0.75': 'fairly 0.75', '0.95': 'sure 0.95'}"
                "[toString(datum.value)]",
            ),
            title="how sure they said to be",
        ),
        tooltip=[
            alt.Tooltip("stated:Q", title="how sure", format=".2f"),
            alt.Tooltip("value:Q", title="share right", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="answers", format=","),
        ],
    )
    perfect = (
        alt.Chart(pl.DataFrame({"at": [0.4, 1.0]}))
        .mark_line(color=ink(), strokeDash=[4, 4], strokeWidth=1, opacity=0.8, aria=False)
        .encode(x=alt.X("at:Q"), y=alt.Y("at:Q", scale=_SHARE))
    )
    low = alt.Y("low:Q", scale=_SHARE, axis=_AXIS, title="share right, 95 % interval")
    whiskers = base.mark_rule(color=tone, strokeWidth=2, opacity=1).encode(y=low, y2="high:Q")
    circles = base.mark_circle(color=tone, size=120, opacity=1).encode(y="value:Q")
    numbers = base.mark_text(dy=-11, fontSize=11, color=ink()).encode(y="high:Q", text="n:Q")
    chart = (perfect + whiskers + circles + numbers).properties(
        title="As right as sure? (dashed: just so)", height=290
    )
    draw_chart(chart, key)


def learners_frame(
    cycles: Sequence[tuple[int, Interval | None, Interval | None]],
    lexicon: Sequence[tuple[int, Interval]] = (),
) -> pl.DataFrame:
    """
    Both learners by cycle for drawing.

    Args:
        cycles: number, the machine's macro-F1 and the experts' unaided accuracy, where measured.
        lexicon: cycle and macro-F1 of the lexicon alone, where measured.

    Returns:
        `cycle` (Int64), `learner` (String, `MACHINE`, `EXPERTS` or `LEXICON`), `value`, `low`,
        `high` (Float64), `n` (Int64), `interval` (String); a row for each that was measured, by
        cycle, the lexicon's last.
    """
    measured = [
        (cycle, learner, one)
        for cycle, machine, experts in cycles
        for learner, one in ((MACHINE, machine), (EXPERTS, experts))
    ] + [(cycle, LEXICON, one) for cycle, one in lexicon]
    rows = [
        (cycle, learner, one.value, one.low, one.high, one.n)
        for cycle, learner, one in measured
        if one is not None
    ]
    schema = {"cycle": pl.Int64, "learner": pl.String, **_FIGURE}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(_interval_words())


def learners_chart(
    cycles: Sequence[tuple[int, Interval | None, Interval | None]],
    *,
    key: str,
    lexicon: Sequence[tuple[int, Interval]] = (),
    height: int = 330,
    is_small: bool = False,
) -> None:
    """
    Draw machine and experts side by side, cycle by cycle, with whiskers.

    What people know without judging, their lexicon alone, is an open circle in their hue.

    Args:
        cycles: as for `learners_frame`.
        key: the chart's key.
        lexicon: as for `learners_frame`; without it there is no third mark.
        height: in pixels.
        is_small: without legend and title of the axis, and with n on hover alone; what is what
            stands beside it.
    """
    learners = [EXPERTS, MACHINE, *([LEXICON] if lexicon else [])]
    tones = [PEOPLE_TONE, MACHINE_TONE, PEOPLE_TONE][: len(learners)]
    legend = alt.Legend(orient="top", title=None, labelLimit=300, columns=1)
    base = alt.Chart(learners_frame(cycles, lexicon)).encode(
        x=alt.X("cycle:O", title="cycle of labelling", axis=alt.Axis(labelAngle=0, grid=False)),
        xOffset=alt.XOffset("learner:N", scale=alt.Scale(domain=learners, padding=0.8)),
        color=alt.Color(
            "learner:N",
            scale=alt.Scale(domain=learners, range=tones),
            legend=None if is_small else legend,
        ),
        tooltip=[
            alt.Tooltip("cycle:O"),
            alt.Tooltip("learner:N"),
            alt.Tooltip("value:Q", title="figure", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="n", format=","),
        ],
    )
    words = None if is_small else "0 to 1, 95 % interval"
    low = alt.Y("low:Q", scale=_SHARE, axis=_AXIS, title=words)
    marks = base.mark_point(size=130, opacity=1, strokeWidth=2).encode(
        y="value:Q",
        shape=alt.Shape(
            "learner:N",
            scale=alt.Scale(
                domain=learners, range=["circle", "diamond", "circle"][: len(learners)]
            ),
            legend=None if is_small else legend,
        ),
        fill=alt.Fill(
            "learner:N",
            scale=alt.Scale(domain=learners, range=[*tones[:2], paper()][: len(learners)]),
            legend=None if is_small else legend,
        ),
    )
    layers = [base.mark_rule(strokeWidth=2, opacity=1).encode(y=low, y2="high:Q"), marks]
    if not is_small:
        layers.append(
            base.mark_text(dy=-11, fontSize=11).encode(
                y="high:Q", text=alt.Text("n:Q", format=","), color=alt.value(ink())
            )
        )
    draw_chart(alt.LayerChart(layer=layers).properties(height=height), key)
