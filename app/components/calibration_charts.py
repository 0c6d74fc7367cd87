"""Charts of how far one may believe the machine: how sure and how right, and what it leaves."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart, ink
from app.components.marks import MACHINE_TONE
from rhml_core.figures import CoveragePoint, ReliabilityBin, percent

_SHARE = alt.Scale(domain=[0, 1])
_AXIS = alt.Axis(tickCount=5, format=".1f")
_HEIGHT = 265


def reliability_chart(bins: Sequence[ReliabilityBin], *, key: str) -> None:
    """Draw how often the answers are right over how sure they were, with whiskers and n."""
    frame = pl.DataFrame(
        [
            (
                one.confidence,
                one.accuracy.value,
                one.accuracy.low,
                one.accuracy.high,
                one.accuracy.n,
            )
            for one in bins
        ],
        schema={
            "confidence": pl.Float64,
            "right": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
        },
        orient="row",
    ).with_columns(
        interval=pl.format("{} to {}", pl.col("low").round(2), pl.col("high").round(2)),
    )
    x = alt.X("confidence:Q", scale=_SHARE, axis=_AXIS, title="how sure: mean probability")
    base = alt.Chart(frame).encode(
        x=x,
        tooltip=[
            alt.Tooltip("confidence:Q", title="how sure", format=".2f"),
            alt.Tooltip("right:Q", title="share right", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="messages", format=","),
        ],
    )
    perfect = (
        alt.Chart(pl.DataFrame({"at": [0.0, 1.0]}))
        .mark_line(color=ink(), strokeDash=[4, 4], strokeWidth=1, opacity=0.8)
        .encode(x=alt.X("at:Q", scale=_SHARE), y=alt.Y("at:Q", scale=_SHARE))
    )
    low = alt.Y("low:Q", scale=_SHARE, axis=_AXIS, title="share right, 95 % interval")
    whiskers = base.mark_rule(color=MACHINE_TONE, strokeWidth=1.5).encode(y=low, y2="high:Q")
    diamonds = base.mark_point(
        color=MACHINE_TONE, shape="diamond", filled=True, size=110, opacity=1
    ).encode(y="right:Q")
    numbers = base.mark_text(dy=-8, fontSize=11, color=ink()).encode(y="high:Q", text="n:Q")
    chart = (perfect + whiskers + diamonds + numbers).properties(
        title="As right as it is sure? (dashed: just so)", height=_HEIGHT
    )
    draw_chart(chart, key)


def coverage_chart(points: Sequence[CoveragePoint], *, key: str) -> None:
    """Draw the share of right answers where only the surest messages are answered."""
    frame = pl.DataFrame(
        [
            (
                one.coverage,
                percent(one.coverage),
                one.threshold,
                one.accuracy.value,
                one.accuracy.low,
                one.accuracy.high,
                one.accuracy.n,
            )
            for one in points
        ],
        schema={
            "coverage": pl.Float64,
            "answered": pl.String,
            "threshold": pl.Float64,
            "right": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
        },
        orient="row",
    )
    base = alt.Chart(frame).encode(
        x=alt.X(
            "coverage:Q",
            scale=_SHARE,
            axis=alt.Axis(tickCount=5, labelExpr="format(100 * datum.value, 'd') + ' %'"),
            title="messages that it answers, the surest first",
        ),
        tooltip=[
            alt.Tooltip("answered:N", title="answered"),
            alt.Tooltip("threshold:Q", title="from probability", format=".2f"),
            alt.Tooltip("right:Q", title="share right", format=".2f"),
            alt.Tooltip("low:Q", title="95 % from", format=".2f"),
            alt.Tooltip("high:Q", title="95 % to", format=".2f"),
            alt.Tooltip("n:Q", title="messages answered", format=","),
        ],
    )
    low = alt.Y("low:Q", scale=_SHARE, axis=_AXIS, title="share right, 95 % band")
    band = base.mark_area(
        color=MACHINE_TONE,
        opacity=1,
        fillOpacity=0.16,
        aria=False,  # its points say the same in words
    ).encode(y=low, y2="high:Q")
    line = base.mark_line(
        color=MACHINE_TONE,
        strokeWidth=2,
        point=alt.OverlayMarkDef(color=MACHINE_TONE, shape="diamond", size=40, filled=True),
    ).encode(y="right:Q")
    n = points[-1].accuracy.n if points else 0
    chart = (band + line).properties(
        title=f"If it answers only the surest, n = {n:,} messages", height=_HEIGHT
    )
    draw_chart(chart, key)
