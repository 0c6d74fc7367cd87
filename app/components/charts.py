"""Charts that always write their units, interval and n; colours follow the page's theme."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart
from app.components.marks import NO_COLOUR
from rhml_core.figures import Interval
from rhml_core.safe_text import one_line

_SCORE = alt.Scale(domain=[0, 1])
_SCORE_AXIS = alt.Axis(tickCount=5, format=".1f")


def _rows_height(n_rows: int) -> int:
    return 105 + 27 * max(n_rows, 1)  # axis, title and padding, then a row for each label


def score_frame(scores: Sequence[tuple[str, Interval | None, int]]) -> pl.DataFrame:
    """
    Each label's score for drawing.

    Args:
        scores: label, its score where there is one, and the messages that have the label.

    Returns:
        `label` (String), `score`, `low`, `high` (Float64), `n` (Int64), `axis` (String: label
        and n), `interval` (String), in the order given. A label without a score is left out.
    """
    return pl.DataFrame(
        [
            (
                one_line(label),
                score.value,
                score.low,
                score.high,
                n,
                f"{one_line(label)} (n = {n:,})",
                f"{score.low:.2f} to {score.high:.2f}",
            )
            for label, score, n in scores
            if score is not None
        ],
        schema={
            "label": pl.String,
            "score": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
            "axis": pl.String,
            "interval": pl.String,
        },
        orient="row",
    )


def score_by_label(
    scores: Sequence[tuple[str, Interval | None, int]],
    colours: Mapping[str, str],
    *,
    name: str,
    key: str,
    with_names: bool = True,
) -> None:
    """
    Draw the machine's score on each label as a diamond with its 95 % whisker.

    Args:
        scores: as for `score_frame`.
        colours: label -> `#RRGGBB`.
        name: of the score, 0 to 1.
        key: the chart's key.
        with_names: whether the labels stand at the axis; not where a chart beside it has them.
    """
    frame = score_frame(scores)
    names = frame["label"].to_list()
    tones = {one_line(label): tone for label, tone in colours.items()}
    colour = alt.Color(
        "label:N",
        scale=alt.Scale(domain=names, range=[tones.get(label, NO_COLOUR) for label in names]),
        legend=None,
    )
    axis = alt.Axis(labelLimit=220, grid=False) if with_names else None
    base = alt.Chart(frame).encode(
        y=alt.Y("axis:N", sort=None, title=None, axis=axis),
        color=colour,
        tooltip=[
            alt.Tooltip("label:N", title="label"),
            alt.Tooltip("score:Q", title=name, format=".2f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("n:Q", title="messages"),
        ],
    )
    x = alt.X("low:Q", scale=_SCORE, title=f"{name} (0 to 1), 95 % interval", axis=_SCORE_AXIS)
    whisker = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q")
    diamond = base.mark_point(shape="diamond", filled=True, size=120, opacity=1).encode(x="score:Q")
    title = f"{name} per label"
    draw_chart((whisker + diamond).properties(title=title, height=_rows_height(len(frame))), key)
