"""A bar for each of the last days: small enough for a table's cell."""

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import quote

_BAR = 9
_GAP = 3
_HEIGHT = 26
_LEAST = 2.0
"""Height of a day with a single message, so that it is seen."""


def day_words(days: Sequence[tuple[date, int]]) -> str:
    """
    The same for people who hear the page.

    >>> day_words([(date(2025, 3, 3), 4), (date(2025, 3, 4), 0)])
    '3 Mar: 4, 4 Mar: 0'
    """
    return ", ".join(f"{day.day} {day:%b}: {n:,}" for day, n in days)


def bar_heights(counts: Sequence[int], most: int, *, height: int = _HEIGHT) -> list[float]:
    """
    How high each bar stands.

    >>> bar_heights([0, 1, 100], 100)
    [0.0, 2.0, 26.0]
    """
    if not most:
        return [0.0] * len(counts)
    return [round(max(height * n / most, _LEAST), 1) if n else 0.0 for n in counts]


def day_bars(days: Sequence[tuple[date, int]], *, most: int, tone: str) -> str:
    """
    The bars as HTML, oldest day first.

    Args:
        days: a day and its count.
        most: count of a bar as high as the picture; the same for all that are compared.
        tone: colour of the bars, as `#RRGGBB`.
    """
    width = len(days) * (_BAR + _GAP)
    heights = bar_heights([n for _, n in days], most)
    bars = "".join(
        f'<rect x="{place * (_BAR + _GAP)}" y="{_HEIGHT - high}" width="{_BAR}" height="{high}" '
        f'rx="1.5" fill="{tone}"/>'
        for place, high in enumerate(heights)
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT + 1}">{bars}'
        f'<rect x="0" y="{_HEIGHT}" width="{width - _GAP}" height="1" fill="{tone}" '
        'fill-opacity=".45"/></svg>'
    )
    words = escape(day_words(days))
    # As an image: a drawing inside the page's own HTML would be taken out as unsafe.
    return (
        f'<img alt="{words}" title="{words}" width="{width}" height="{_HEIGHT + 1}" '
        f'src="data:image/svg+xml,{quote(picture)}" style="display:block">'
    )
