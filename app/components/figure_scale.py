"""A figure on a line from 0 to 1, with its interval: to look at rather than to read."""

from html import escape
from urllib.parse import quote

import streamlit as st

from app.components.drawn_chart import ink
from app.components.marks import MACHINE_TONE, PERSON_TONES
from rhml_core.figures import Interval

_WIDTH = 320
_HEIGHT = 38
_MARGIN = 8
_LINE = 14


def place_on_scale(value: float) -> float:
    """
    Where a value stands, in pixels from the left; below 0 at the left end.

    >>> place_on_scale(-0.2), place_on_scale(0.5), place_on_scale(1.0)
    (8.0, 160.0, 312.0)
    """
    return round(_MARGIN + min(max(value, 0.0), 1.0) * (_WIDTH - 2 * _MARGIN), 1)


def figure_scale_html(interval: Interval, *, is_machine: bool, grey: str, name: str) -> str:
    """
    The line as HTML.

    Args:
        interval: what stands on it.
        is_machine: a cool diamond rather than a warm circle.
        grey: colour of the scale.
        name: what was measured, for those who hear the page.
    """
    tone = MACHINE_TONE if is_machine else PERSON_TONES[0]
    low, at, high = (place_on_scale(one) for one in (interval.low, interval.value, interval.high))
    mark = (
        f'<rect x="{at - 6}" y="{_LINE - 6}" width="12" height="12" fill="{tone}" '
        f'transform="rotate(45 {at} {_LINE})"/>'
        if is_machine
        else f'<circle cx="{at}" cy="{_LINE}" r="7.5" fill="{tone}"/>'
    )
    words = "".join(
        f'<text x="{place_on_scale(tick)}" y="{_HEIGHT - 4}" font-size="11" fill="{grey}" '
        f'font-family="sans-serif" text-anchor="middle">{tick:g}</text>'
        for tick in (0, 0.5, 1)
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}">'
        f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{_LINE}" y2="{_LINE}" '
        f'stroke="{grey}" stroke-opacity=".5"/>'
        f'<line x1="{low}" x2="{high}" y1="{_LINE}" y2="{_LINE}" stroke="{tone}" '
        f'stroke-width="5" stroke-opacity=".55" stroke-linecap="round"/>{mark}{words}</svg>'
    )
    # As an image: a drawing inside the page's own HTML would be taken out as unsafe.
    return (
        f'<img alt="{escape(f"{name}: {interval}")}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'style="max-width:100%" src="data:image/svg+xml,{quote(picture)}">'
    )


def figure_scale(interval: Interval, *, is_machine: bool = False, name: str) -> None:
    """Draw the line."""
    st.html(figure_scale_html(interval, is_machine=is_machine, grey=ink(), name=name))
