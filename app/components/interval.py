"""A figure that never stands without its interval and its n."""

from html import escape

import streamlit as st

from app.components.meanings import meaning_of
from rhml_core.figures import Interval
from rhml_core.safe_text import one_line


def in_words(interval: Interval) -> str:
    """The figure for people, as in `0.81 [0.77, 0.85], n = 240`."""
    return str(interval)


def interval_metric(
    name: str,
    interval: Interval | None,
    *,
    missing: str = "",
    means: str = "",
    measure: str = "",
    n_word: str = "messages",
) -> None:
    """
    Draw a figure with its 95 % interval and n; what it means is shown on hover and read aloud.

    Args:
        name: what was measured, as the page calls it.
        interval: None where it is undefined; then `missing` says why.
        missing: why there is no figure.
        means: what is to be said of this very figure beyond its meaning.
        measure: the figure's name in `meanings`, where the page calls it otherwise.
        n_word: what n counts.

    Raises:
        KeyError: `meanings` does not know the measure.
    """
    if interval is None:
        value, below = "\N{EN DASH}", one_line(missing or "not measured yet")
    else:
        value = f"{interval.value:.2f}"
        below = (
            f"[{interval.low:.2f}, {interval.high:.2f}] · "
            f"n\u00a0=\u00a0{interval.n:,}\u00a0{one_line(n_word)}"
        )
    meaning = escape(one_line(f"{meaning_of(measure or name)} {means}"))
    st.html(
        f'<div title="{meaning}" style="font-variant-numeric:tabular-nums;line-height:1.3">'
        f'<div style="font-size:.85rem;opacity:.78">{escape(one_line(name))}</div>'
        f'<div style="font-size:1.75rem;font-weight:600;letter-spacing:-.02em">{value}</div>'
        f'<div style="font-size:.85rem;opacity:.78">{escape(below)}</div>'
        '<span style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)">'
        f"{meaning}</span></div>"
    )
