"""Charts of agreement on the page: the report's own, in the page's theme."""

import altair as alt
import polars as pl

from app.components.drawn_chart import draw_chart, ink
from rhml_core.exchange.agreement_charts import trend_chart, whisker_chart
from rhml_core.safe_text import one_line

PEOPLE_TONE = "#C2552D"
"""People agree with each other in a warm hue; the machine's is cool."""

_ROOM = 105  # for axis, title and padding, which the page counts into the height


def draw_whiskers(frame: pl.DataFrame, *, measure: str, title: str, key: str) -> None:
    """Draw a dot with its whisker for each row; `name, value, low, high, n`."""
    if frame["value"].is_not_null().any():
        clean = frame.with_columns(pl.col("name").map_elements(one_line, return_dtype=pl.String))
        chart = whisker_chart(
            clean, measure=measure, title=title, tone=PEOPLE_TONE, ink=ink(), room=_ROOM
        )
        _draw(chart, key)


def draw_trend(frame: pl.DataFrame, *, title: str, key: str) -> None:
    """Draw alpha cycle by cycle; `cycle, value, low, high, n, name`."""
    if frame["value"].is_not_null().any():
        _draw(trend_chart(frame, title=title, tone=PEOPLE_TONE, ink=ink()), key)


def _draw(chart: alt.LayerChart, key: str) -> None:
    draw_chart(chart, key)
