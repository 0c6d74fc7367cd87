"""Charts of how concept maps grow and how alike they are."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart, ink
from app.components.marks import PERSON_TONES
from rhml_core.figures import Interval
from rhml_core.measures.propositions import MapSize

_COUNTS = ("nodes", "links", "cross-links")
_TONE = PERSON_TONES[0]


def size_frame(sizes: Sequence[tuple[str, MapSize]]) -> pl.DataFrame:
    """
    Counts of a map by cycle for drawing.

    Returns:
        `cycle` (String), `counted` (String: nodes, links, cross-links), `n` (Int64), by cycle; no
        rows without sizes.
    """
    rows = [
        (cycle, name, n)
        for cycle, size in sizes
        for name, n in zip(_COUNTS, (size.n_nodes, size.n_links, size.n_cross_links), strict=True)
    ]
    schema = {"cycle": pl.String, "counted": pl.String, "n": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def size_chart(sizes: Sequence[tuple[str, MapSize]], *, key: str) -> None:
    """Draw nodes, links and cross-links of a map by cycle, each line named at its end."""
    frame = size_frame(sizes)
    base = alt.Chart(frame).encode(
        x=alt.X(
            "cycle:O", sort=None, title="end of cycle", axis=alt.Axis(labelAngle=0, grid=False)
        ),
        y=alt.Y("n:Q", title="count", axis=alt.Axis(tickMinStep=1, tickCount=5)),
        detail="counted:N",
        tooltip=[alt.Tooltip("cycle:O"), alt.Tooltip("counted:N"), alt.Tooltip("n:Q")],
    )
    lines = base.mark_line(color=_TONE, strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "counted:N",
            scale=alt.Scale(domain=list(_COUNTS), range=[[1, 0], [6, 3], [2, 3]]),
            legend=alt.Legend(orient="top", title=None),
        )
    )
    dots = base.mark_circle(color=_TONE, size=60, opacity=1)
    numbers = base.mark_text(dy=-10, fontSize=11, color=ink()).encode(text="n:Q")
    draw_chart((lines + dots + numbers).properties(height=250), key)


def agreement_frame(points: Sequence[tuple[str, str, Interval]]) -> pl.DataFrame:
    """
    How alike pairs of maps are by cycle for drawing.

    Args:
        points: end of which cycle, or `now`; names of the two people; agreement.

    Returns:
        `cycle` (String), `pair` (String), `value, low, high` (Float64), `n` (Int64), in the order
        given; no rows without points.
    """
    rows = [(cycle, pair, one.value, one.low, one.high, one.n) for cycle, pair, one in points]
    figure = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    schema = {"cycle": pl.String, "pair": pl.String, **figure}
    return pl.DataFrame(rows, schema=schema, orient="row")


def map_agreement_chart(points: Sequence[tuple[str, str, Interval]], *, key: str) -> None:
    """Draw the agreement of each pair of maps by cycle as circles with whiskers; n above each."""
    frame = agreement_frame(points)
    pairs = frame["pair"].unique(maintain_order=True).to_list()
    tones = [PERSON_TONES[place % len(PERSON_TONES)] for place in range(len(pairs))]
    base = alt.Chart(frame).encode(
        x=alt.X(
            "cycle:O", sort=None, title="end of cycle", axis=alt.Axis(labelAngle=0, grid=False)
        ),
        xOffset=alt.XOffset("pair:N", scale=alt.Scale(domain=pairs, padding=0.6)),
        color=alt.Color(
            "pair:N",
            scale=alt.Scale(domain=pairs, range=tones),
            legend=alt.Legend(orient="top", title=None, labelLimit=260, columns=2),
        ),
        tooltip=[
            alt.Tooltip("cycle:O"),
            alt.Tooltip("pair:N", title="maps of"),
            alt.Tooltip("value:Q", title="map agreement", format=".2f"),
            alt.Tooltip("low:Q", title="from", format=".2f"),
            alt.Tooltip("high:Q", title="to", format=".2f"),
            alt.Tooltip("n:Q", title="statements of either"),
        ],
    )
    scale, axis = alt.Scale(domain=[0, 1]), alt.Axis(tickCount=5, format=".1f")
    low = alt.Y("low:Q", scale=scale, axis=axis, title="map agreement, 95 % interval")
    whiskers = base.mark_rule(strokeWidth=2, opacity=1).encode(y=low, y2="high:Q")
    circles = base.mark_circle(size=110, opacity=1).encode(y="value:Q")
    numbers = base.mark_text(dy=-11, fontSize=11).encode(
        y="high:Q", text="n:Q", color=alt.value(ink())
    )
    draw_chart((whiskers + circles + numbers).properties(height=250), key)
