"""Charts that always write their units, interval and n; colours follow the page's theme."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
import streamlit as st

from app.components.marks import MACHINE_TONE, NO_COLOUR
from app.components.safe_text import one_line
from rhml_core.domain import LabelMetrics

_SCORE = alt.Scale(domain=[0, 1])
_SCORE_AXIS = alt.Axis(tickCount=5, format=".1f")
_STATES = ["candidate", "promoted", "retired"]


def _rows_height(n_rows: int) -> int:
    return 125 + 32 * max(n_rows, 1)  # axis, title and padding, then a row for each label


def _show(chart: alt.Chart | alt.LayerChart | alt.HConcatChart, key: str) -> None:
    st.altair_chart(chart, key=key, width="stretch", theme="streamlit")


def f1_frame(per_label: Sequence[LabelMetrics]) -> pl.DataFrame:
    """
    Each measured label's F1 for drawing.

    Returns:
        `label` (String), `f1`, `low`, `high` (Float64), `n` (Int64), `axis` (String: label and
        n), `interval` (String), in the order given. A label whose F1 is undefined is left out.
    """
    rows = [
        {
            "label": one_line(one.label),
            "f1": one.f1,
            "low": one.f1 if one.f1_low is None else one.f1_low,
            "high": one.f1 if one.f1_high is None else one.f1_high,
            "n": one.n,
            "axis": f"{one_line(one.label)} (n = {one.n:,})",
            "interval": "unknown"
            if one.f1_low is None or one.f1_high is None
            else f"{one.f1_low:.2f} to {one.f1_high:.2f}",
        }
        for one in per_label
        if one.f1 is not None
    ]
    schema = {"label": pl.String, "f1": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    more = {"n": pl.Int64, "axis": pl.String, "interval": pl.String}
    return pl.DataFrame(rows, schema=pl.Schema({**schema, **more}))


def f1_by_label(
    per_label: Sequence[LabelMetrics],
    colours: Mapping[str, str],
    *,
    key: str,
    measured_on: str = "hold-out",
) -> None:
    """Draw each label's F1 as a dot with its 95 % whisker; labels without an F1 are named below."""
    frame = f1_frame(per_label)
    names = frame["label"].to_list()
    tones = {one_line(name): tone for name, tone in colours.items()}
    colour = alt.Color(
        "label:N",
        scale=alt.Scale(domain=names, range=[tones.get(name, NO_COLOUR) for name in names]),
        legend=None,
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("axis:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, grid=False)),
        tooltip=[
            alt.Tooltip("label:N", title="label"),
            alt.Tooltip("f1:Q", title="F1", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="messages"),
        ],
    )
    whisker = base.mark_rule(strokeWidth=2).encode(
        x=alt.X(
            "low:Q", scale=_SCORE, title="F1 (0 to 1), dot, with 95 % interval", axis=_SCORE_AXIS
        ),
        x2="high:Q",
        color=colour,
    )
    dot = base.mark_point(filled=True, size=110, opacity=1).encode(x="f1:Q", color=colour)
    title = f"F1 per label, measured on {measured_on}"
    _show((whisker + dot).properties(title=title, height=_rows_height(len(frame))), key)
    left_out = [one_line(one.label) for one in per_label if one.f1 is None]
    if left_out:
        st.text(f"Without an F1, for want of messages: {', '.join(left_out)}")


def learning_curve(points: pl.DataFrame, *, key: str) -> None:
    """
    Draw macro-F1 over the number of training messages, with its 95 % whisker and run state.

    Args:
        points: one row a run; `run_number`, `recipe`, `state`, `n_training`, `macro_f1`,
            `low`, `high`, `n`, `measured_on`; rows without a macro-F1 are left out.
        key: the chart's key.
    """
    frame = points.drop_nulls("macro_f1").with_columns(
        run=pl.format("run {}", pl.col("run_number")),
        interval=pl.format("{} to {}", pl.col("low").round(2), pl.col("high").round(2)),
    )
    x = alt.X(
        "n_training:Q",
        title="messages that taught the run",
        axis=alt.Axis(tickCount=6, format=",d"),
    )
    tooltip = [
        alt.Tooltip("run:N"),
        alt.Tooltip("recipe:N"),
        alt.Tooltip("state:N"),
        alt.Tooltip("n_training:Q", title="training messages", format=","),
        alt.Tooltip("macro_f1:Q", title="macro-F1", format=".2f"),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("n:Q", title="measured messages", format=","),
        alt.Tooltip("measured_on:N", title="measured on"),
    ]
    base = alt.Chart(frame).encode(x=x, tooltip=tooltip)
    y_title = "macro-F1, 95 % interval"
    band = base.mark_area(opacity=1, fillOpacity=0.14).encode(
        y=alt.Y("low:Q", scale=_SCORE, title=y_title, axis=_SCORE_AXIS),
        y2="high:Q",
        color="recipe:N",
    )
    line = base.mark_line(strokeWidth=1.5, opacity=1, strokeOpacity=0.6).encode(
        y="macro_f1:Q", color="recipe:N"
    )
    whisker = base.mark_rule(strokeWidth=2, opacity=1).encode(
        y="low:Q", y2="high:Q", color="recipe:N"
    )
    dot = base.mark_point(filled=True, size=110, opacity=1).encode(
        y="macro_f1:Q",
        color=alt.Color(
            "recipe:N",
            title="recipe",
            legend=alt.Legend(symbolOpacity=1, symbolStrokeWidth=0),
            scale=alt.Scale(range=[MACHINE_TONE, "#C77D0A", "#009E73", "#CC79A7"]),
        ),
        shape=alt.Shape(
            "state:N",
            title="run",
            legend=alt.Legend(symbolFillColor=NO_COLOUR, symbolStrokeColor=NO_COLOUR),
            scale=alt.Scale(domain=_STATES, range=["circle", "diamond", "cross"]),
        ),
    )
    chart = (band + line + whisker + dot).properties(title="What more labels brought", height=320)
    _show(chart, key)


def loss_curve(losses: Sequence[float], *, key: str) -> None:
    """Draw the training loss over the steps of one run."""
    frame = pl.DataFrame(
        {"step": range(1, len(losses) + 1), "loss": [float(loss) for loss in losses]},
        schema={"step": pl.Int64, "loss": pl.Float64},
    )
    chart = (
        alt.Chart(frame)
        .mark_line(color=MACHINE_TONE, point=len(losses) <= 60)  # noqa: PLR2004 -- more would blur
        .encode(
            x=alt.X("step:Q", title="training step", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("loss:Q", title="loss"),
            tooltip=["step:Q", alt.Tooltip("loss:Q", format=".4f")],
        )
    )
    title = f"Training loss (lower is better), n = {len(losses):,} steps"
    _show(chart.properties(title=title, height=220), key)


def strength_line(strengths: Sequence[tuple[int, float]], colour: str, *, key: str) -> None:
    """Draw a concept's strength by run number, small enough to stand in a card."""
    frame = pl.DataFrame(
        [(run, strength) for run, strength in strengths],
        schema={"run": pl.Int64, "strength": pl.Float64},
        orient="row",
    )
    chart = (
        alt.Chart(frame)
        .mark_line(color=colour, point=alt.OverlayMarkDef(color=colour, size=36))
        .encode(
            x=alt.X(
                "run:O",
                title=None,
                axis=alt.Axis(labelAngle=0, grid=False, labelExpr="'run ' + datum.label"),
            ),
            y=alt.Y(
                "strength:Q",
                title="strength",
                axis=alt.Axis(tickCount=2, format="+.2f"),
                scale=alt.Scale(zero=True),
            ),
            tooltip=["run:O", alt.Tooltip("strength:Q", format="+.3f")],
        )
        .properties(height=150)
    )
    _show(chart, key)


def probability_bars(
    probabilities: Mapping[str, float], colours: Mapping[str, str], *, key: str
) -> None:
    """Draw the machine's probability of each label as a bar with its figure."""
    names = [one_line(name) for name in probabilities]
    frame = pl.DataFrame(
        {"label": names, "probability": [float(p) for p in probabilities.values()]},
        schema={"label": pl.String, "probability": pl.Float64},
    )
    tones = [colours.get(name, NO_COLOUR) for name in probabilities]
    base = alt.Chart(frame).encode(
        x=alt.X("probability:Q", scale=_SCORE, title="probability (0 to 1)", axis=_SCORE_AXIS),
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(grid=False)),
        tooltip=["label:N", alt.Tooltip("probability:Q", format=".2f")],
    )
    bars = base.mark_bar(height=14, cornerRadiusEnd=3).encode(
        color=alt.Color("label:N", scale=alt.Scale(domain=names, range=tones), legend=None)
    )
    figures = base.mark_text(align="left", dx=5).encode(
        text=alt.Text("probability:Q", format=".2f"), color=alt.value(NO_COLOUR)
    )
    _show((bars + figures).properties(height=_rows_height(len(frame))), key)
