"""Charts of agreement, the same on the page and in the report: whiskers, and cycle by cycle."""

import altair as alt
import polars as pl

_ROW = 27


def whisker_chart(
    frame: pl.DataFrame, *, measure: str, title: str, tone: str, ink: str, room: int = 0
) -> alt.LayerChart:
    """
    A dot with its whisker for each row that has a value.

    Args:
        frame: `name` (String, shown as it is), `value, low, high` (Float64), `n` (Int64); rows
            without a value are left out, those without an interval have a dot alone.
        measure: what was measured.
        title: what the chart holds.
        tone: colour of the dots, `#RRGGBB`.
        ink: colour of the line at 0.
        room: pixels for title and axis, where the height holds them too, as on a page.
    """
    known = _worded(frame.filter(pl.col("value").is_not_null()))
    scale = alt.Scale(domain=[_lowest(known), 1])
    base = alt.Chart(known).encode(
        y=alt.Y("axis:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, grid=False)),
        tooltip=_tooltip(measure, [alt.Tooltip("name:N", title="of")]),
    )
    axis = alt.Axis(tickCount=6, format=".1f")
    x = alt.X("low:Q", scale=scale, axis=axis, title=f"{measure}, 95 % interval")
    whisker = base.mark_rule(color=tone, strokeWidth=2).encode(x=x, x2="high:Q")
    dot = base.mark_point(color=tone, filled=True, size=80, opacity=1).encode(
        x=alt.X("value:Q", scale=scale, axis=axis, title=f"{measure}, 95 % interval")
    )
    chance = (
        alt.Chart(pl.DataFrame({"value": [0.0]}))
        .mark_rule(color=ink, strokeDash=[3, 3], aria=False)
        .encode(x=alt.X("value:Q", scale=scale))
    )
    chart: alt.LayerChart = (chance + whisker + dot).properties(
        title=title, height=room + _ROW * max(known.height, 1)
    )
    return chart


def trend_chart(frame: pl.DataFrame, *, title: str, tone: str, ink: str) -> alt.LayerChart:
    """
    Alpha cycle by cycle with whiskers.

    Args:
        frame: `cycle` (Int64), `value, low, high` (Float64), `n` (Int64), `name` (String);
            rows without a value are left out.
        title: what the chart holds.
        tone: colour of the dots, `#RRGGBB`.
        ink: colour of the line between them.
    """
    known = _worded(frame.filter(pl.col("value").is_not_null()))
    scale = alt.Scale(domain=[_lowest(known), 1])
    y = alt.Y("value:Q", scale=scale, title="alpha, 95 % interval", axis=alt.Axis(format=".1f"))
    base = alt.Chart(known).encode(
        x=alt.X("cycle:O", title="cycle", axis=alt.Axis(labelAngle=0, grid=False)),
        tooltip=_tooltip("alpha", [alt.Tooltip("cycle:O", title="cycle")]),
    )
    path = base.mark_line(color=ink, strokeWidth=1, strokeDash=[3, 3], aria=False).encode(y=y)
    whisker = base.mark_rule(color=tone, strokeWidth=2).encode(
        y=alt.Y("low:Q", scale=scale, title="alpha, 95 % interval"), y2="high:Q"
    )
    dot = base.mark_point(color=tone, filled=True, size=80, opacity=1).encode(y=y)
    chart: alt.LayerChart = (path + whisker + dot).properties(title=title, height=240)
    return chart


def pair_heat_map(frame: pl.DataFrame, *, title: str) -> alt.LayerChart:
    """
    Kappa of each two raters as a field with its figure.

    Args:
        frame: `a, b` (String, shown as they are), `kappa` (Float64, null where undefined),
            `n` (Int64); in the order wanted.
        title: what the chart holds.
    """
    drawn = frame.with_columns(
        words=pl.when(pl.col("kappa").is_null())
        .then(pl.lit("undefined"))
        .otherwise(pl.col("kappa").round(2).cast(pl.String))
        + pl.format("\nn = {}", "n"),
        shown=pl.col("kappa").clip(0, 1),
    )
    base = alt.Chart(drawn).encode(
        x=alt.X("a:N", sort=None, title=None, axis=alt.Axis(labelAngle=-30, labelLimit=140)),
        y=alt.Y("b:N", sort=None, title=None, axis=alt.Axis(labelLimit=160)),
    )
    field = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "shown:Q",
            scale=alt.Scale(domain=[0, 1], range=["#F1EEE8", "#7FB3A8"]),
            title="kappa",
        )
    )
    words = base.mark_text(fontSize=10, lineBreak="\n", dy=-5).encode(
        text="words:N",
        color=alt.value("#2B2926"),
    )
    size = 44 * max(drawn["b"].n_unique(), 1)
    chart: alt.LayerChart = (field + words).properties(title=title, height=size)
    return chart


def chart_svg(chart: alt.LayerChart, *, width: int = 620) -> str:
    """The chart as an SVG element that can stand within HTML; nothing is fetched for it."""
    import vl_convert  # noqa: PLC0415 -- slow to load, for reports alone

    drawn = chart.properties(width=width)
    svg: str = vl_convert.vegalite_to_svg(drawn.to_json(), allowed_base_urls=[])
    for name in (
        'xmlns="http://www.w3.org/2000/svg"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
    ):
        svg = svg.replace(name, "")  # HTML knows them; without them the file names no address
    return svg


def _worded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        interval=pl.when(pl.col("low").is_null())
        .then(pl.lit("too few for one"))
        .otherwise(
            pl.col("low").round(2).cast(pl.String)
            + " to "
            + pl.col("high").round(2).cast(pl.String)
        ),
        axis=pl.col("name") + pl.format(" (n = {})", "n"),
    )


def _tooltip(measure: str, first: list[alt.Tooltip]) -> list[alt.Tooltip]:
    return [
        *first,
        alt.Tooltip("value:Q", title=measure, format=".2f"),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("n:Q", title="messages", format=","),
    ]


def _lowest(frame: pl.DataFrame) -> float:
    """Where the axis begins: at chance, or below where a bound is."""
    low = frame.select(pl.min_horizontal("low", "value").min()).item()
    return min(0.0, float(low)) if low is not None else 0.0
