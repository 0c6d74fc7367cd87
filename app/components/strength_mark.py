"""How strong a concept was over the runs: a line small enough to stand among words."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from app.components.marks import MACHINE_TONE
from app.components.meanings import meaning_of

_WIDTH = 72
_HEIGHT = 26
_MARGIN = 5
_MORE_THAN_ZERO = 1e-9


def strength_points(
    strengths: Sequence[tuple[int, float]], *, width: int = _WIDTH, height: int = _HEIGHT
) -> list[tuple[float, float]]:
    """
    Where each strength stands in a picture of `width` by `height`, origin at the upper left.

    Runs are spread evenly; the scale includes 0, so that a flat line near 0 looks weak. A lone
    strength stands at the right end. No strengths, no points.
    """
    values = [strength for _run, strength in strengths]
    if not values:
        return []
    low, high = min([0.0, *values]), max([0.0, *values])
    span = max(high - low, _MORE_THAN_ZERO)
    steps = max(len(values) - 1, 1)
    inner_width, inner_height = width - 2 * _MARGIN, height - 2 * _MARGIN
    first = 0 if len(values) > 1 else 1
    return [
        (
            round(_MARGIN + inner_width * (first + place) / steps, 1),
            round(_MARGIN + inner_height * (high - value) / span, 1),
        )
        for place, value in enumerate(values)
    ]


def strength_words(strengths: Sequence[tuple[int, float]]) -> str:
    """
    The same for people who hear the page.

    >>> strength_words([(4, 0.12), (7, 0.2)])
    'strength run 4: +0.12, run 7: +0.20'
    >>> strength_words([])
    'strength not measured'
    """
    if not strengths:
        return "strength not measured"
    parts = ", ".join(f"run {run}: {strength:+.2f}" for run, strength in strengths)
    return f"strength {parts}"


def strength_mark(strengths: Sequence[tuple[int, float]]) -> str:
    """
    The newest strength with its run, and the line over the runs where there are several.

    HTML; "" without strengths.
    """
    if not strengths:
        return ""
    words = escape(strength_words(strengths))
    means = escape(f"{strength_words(strengths)}. {meaning_of('Strength')}")
    first_run, last_run = strengths[0][0], strengths[-1][0]
    runs = f"run {last_run}" if first_run == last_run else f"runs {first_run}\u2013{last_run}"
    name = '<span style="opacity:.78">strength</span>'
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4em;white-space:nowrap;'
        f'font-variant-numeric:tabular-nums" title="{means}">'
        f"{_line(strengths, words) if len(strengths) > 1 else name}"
        f"<span>{strengths[-1][1]:+.2f}</span>"
        f'<span style="opacity:.78">{runs}</span></span>'
    )


def _line(strengths: Sequence[tuple[int, float]], words: str) -> str:
    points = strength_points(strengths)
    path = " ".join(f"{x},{y}" for x, y in points)
    last_x, last_y = points[-1]
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<polyline points="{path}" fill="none" stroke="{MACHINE_TONE}" stroke-width="1.75" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        f'<circle cx="{last_x}" cy="{last_y}" r="3.2" fill="{MACHINE_TONE}"/></svg>'
    )
    # As an image: a drawing inside the page's own HTML would be taken out as unsafe.
    source = f"data:image/svg+xml,{quote(picture)}"
    return f'<img alt="{words}" width="{_WIDTH}" height="{_HEIGHT}" src="{source}">'
