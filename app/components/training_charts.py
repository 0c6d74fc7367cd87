"""
Charts of how the machine learns: by labels, run by run, and while it trains.

The machine is a diamond in a cool hue everywhere, filled where the run is promoted.
"""

from collections.abc import Sequence

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart, ink
from app.components.marks import MACHINE_TONE
from app.components.run_states import state_name
from rhml_core.domain import RunState
from rhml_core.measures.learning_curve import CurvePoint
from rhml_core.safe_text import one_line
from rhml_core.workflows.training.recipe_names import recipe_name

RECIPE_TONES = ("#2F6FB7", "#12908E", "#7C6BD6", "#4C7A99")
"""Cool hues, given out to recipes in the order of their first run."""

_SCORE = alt.Scale(domain=[0, 1])
_SCORE_AXIS = alt.Axis(tickCount=5, format=".1f")
_F1_TITLE = "macro-F1, 95 % interval"


def curve_frame(points: Sequence[CurvePoint]) -> pl.DataFrame:
    """
    A learning curve for drawing.

    Returns:
        `n_training` (Int64), `macro_f1`, `low`, `high` (Float64), `n` (Int64), `interval`
        (String), in the order given; no rows without points.
    """
    return pl.DataFrame(
        [
            (
                one.n_labels,
                one.macro_f1.value,
                one.macro_f1.low,
                one.macro_f1.high,
                one.macro_f1.n,
                f"{one.macro_f1.low:.2f} to {one.macro_f1.high:.2f}",
            )
            for one in points
        ],
        schema={
            "n_training": pl.Int64,
            "macro_f1": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
            "interval": pl.String,
        },
        orient="row",
    )


def labels_chart(points: Sequence[CurvePoint], runs: pl.DataFrame, *, key: str) -> None:
    """
    Draw macro-F1 over the labels: the fast head's curve with its band, and the runs.

    Args:
        points: the fast head on parts of the labels; may be empty.
        runs: `run_number`, `recipe`, `state`, `n_training`, `macro_f1`, `low`, `high`, `n`,
            `measured_on`; rows without a macro-F1 are left out.
        key: the chart's key.
    """
    x = alt.X(
        "n_training:Q",
        title="messages that taught it",
        axis=alt.Axis(tickCount=6, format=",d"),
        scale=alt.Scale(nice=True, zero=True),
    )
    tooltip = [
        alt.Tooltip("n_training:Q", title="taught on", format=","),
        alt.Tooltip("macro_f1:Q", title="macro-F1", format=".2f"),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("n:Q", title="measured messages", format=","),
    ]
    curve = alt.Chart(curve_frame(points)).encode(x=x, tooltip=tooltip)
    band = curve.mark_area(
        color=MACHINE_TONE,
        opacity=1,
        fillOpacity=0.16,
        aria=False,  # its points say the same in words
    ).encode(y=alt.Y("low:Q", scale=_SCORE, title=_F1_TITLE, axis=_SCORE_AXIS), y2="high:Q")
    line = curve.mark_line(color=MACHINE_TONE, strokeWidth=2, aria=False).encode(y="macro_f1:Q")
    dots = curve.mark_point(
        color=MACHINE_TONE, shape="diamond", filled=True, size=36, opacity=1
    ).encode(y="macro_f1:Q")
    # Layers without a point would be pictures without a name to a screen reader.
    marks = _run_marks(runs, x)
    chart = band + line + dots + marks if points else marks
    draw_chart(chart.properties(title="What more labels bring", height=255), key)


def runs_chart(runs: pl.DataFrame, *, key: str) -> None:
    """Draw macro-F1 run by run; the columns of `labels_chart`."""
    x = alt.X(
        "run_number:O",
        title="run, at the end of a cycle",
        axis=alt.Axis(labelAngle=0, grid=False),
    )
    path = (
        alt.Chart(_runs_frame(runs))
        .mark_line(color=ink(), strokeWidth=1, strokeDash=[3, 3], opacity=0.6)
        .encode(x=x, y=alt.Y("macro_f1:Q", scale=_SCORE, title=_F1_TITLE, axis=_SCORE_AXIS))
    )
    chart = (path + _run_marks(runs, x, with_numbers=False)).properties(
        title="Cycle by cycle", height=255
    )
    draw_chart(chart, key)


def _runs_frame(runs: pl.DataFrame) -> pl.DataFrame:
    return runs.drop_nulls("macro_f1").with_columns(
        pl.col("recipe").map_elements(
            lambda recipe: one_line(recipe_name(recipe)), return_dtype=pl.String
        ),
        run=pl.format("run {}", pl.col("run_number")),
        standing=pl.col("state").map_elements(
            lambda state: state_name(RunState(state)), return_dtype=pl.String
        ),
        interval=pl.format("{} to {}", pl.col("low").round(2), pl.col("high").round(2)),
    )


def _run_marks(runs: pl.DataFrame, x: alt.X, *, with_numbers: bool = True) -> alt.LayerChart:
    """Diamonds with whiskers, one a run; their numbers beside them where they are not the axis."""
    newest = pl.col("run_number") == pl.col("run_number").max().over("recipe")
    frame = _runs_frame(runs).with_columns(
        name=pl.format("{}, {}", "run", "recipe"),
        is_named=newest | (pl.col("state") == "promoted"),  # more names would hide each other
    )
    recipes = frame["recipe"].unique(maintain_order=True).to_list()
    tones = [RECIPE_TONES[place % len(RECIPE_TONES)] for place in range(len(recipes))]
    colour = alt.Color(
        "recipe:N",
        scale=alt.Scale(domain=recipes, range=tones),
        legend=None,  # the names stand beside the diamonds
    )
    base = alt.Chart(frame).encode(
        x=x,
        color=colour,
        tooltip=[
            alt.Tooltip("run:N"),
            alt.Tooltip("recipe:N"),
            alt.Tooltip("standing:N", title="state"),
            alt.Tooltip("n_training:Q", title="taught on", format=","),
            alt.Tooltip("macro_f1:Q", title="macro-F1", format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="measured messages", format=","),
            alt.Tooltip("measured_on:N", title="measured on"),
        ],
    )
    low = alt.Y("low:Q", scale=_SCORE, title=_F1_TITLE, axis=_SCORE_AXIS)
    whiskers = base.mark_rule(strokeWidth=1.5, opacity=1).encode(y=low, y2="high:Q")
    diamonds = base.mark_point(shape="diamond", size=150, strokeWidth=2, opacity=1).encode(
        y="macro_f1:Q",
        fill=colour,
        fillOpacity=alt.condition(alt.datum.state == "promoted", alt.value(1.0), alt.value(0.2)),
    )
    if not with_numbers:
        return alt.LayerChart(layer=[whiskers, diamonds])
    layers: list[alt.Chart] = [whiskers, diamonds]
    for parity, end, away in ((0, "high:Q", -8), (1, "low:Q", 9)):  # in turn above and below
        numbers = base.transform_filter(f"datum.is_named && datum.run_number % 2 == {parity}")
        layers.append(
            numbers.mark_text(align="center", dy=away, fontSize=11).encode(
                y=end, text="name:N", color=alt.value(ink())
            )
        )
    return alt.LayerChart(layer=layers)


def loss_chart(
    losses: Sequence[tuple[int, float]], *, key: str, n_steps: int = 0, height: int = 175
) -> None:
    """
    Draw the training loss by step.

    Args:
        losses: `(step, loss)` in order.
        key: the chart's key.
        n_steps: steps of the whole training while it goes on; 0 where it has ended.
        height: of the chart, in pixels.
    """
    frame = pl.DataFrame(
        [(step, float(loss)) for step, loss in losses],
        schema={"step": pl.Int64, "loss": pl.Float64},
        orient="row",
    )
    chart = (
        alt.Chart(frame)
        .mark_line(
            color=MACHINE_TONE,
            strokeWidth=2,
            point=alt.OverlayMarkDef(color=MACHINE_TONE, shape="diamond", size=40, filled=True)
            if len(losses) <= 60  # noqa: PLR2004 -- more would blur
            else False,
        )
        .encode(
            x=alt.X(
                "step:Q",
                title="training step",
                axis=alt.Axis(tickMinStep=1, format="d"),
                scale=alt.Scale(domain=[1, n_steps]) if n_steps > 1 else alt.Scale(),
            ),
            y=alt.Y("loss:Q", title="loss", axis=alt.Axis(tickCount=4)),
            tooltip=["step:Q", alt.Tooltip("loss:Q", format=".4f")],
        )
    )
    title = f"Training loss (lower is better), n = {len(losses):,} steps"
    draw_chart(chart.properties(title=title, height=height), key)
