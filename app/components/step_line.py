"""Where one is on a way of a few steps."""

from collections.abc import Sequence
from html import escape

import streamlit as st


def step_line(steps: Sequence[str], current: int) -> None:
    """Draw the steps' names in a row, the current one (from 0) strong, those before ticked."""
    parts = []
    for place, name in enumerate(steps):
        sign = "✓" if place < current else str(place + 1)
        is_now = place == current
        weight = "600" if is_now else "400"
        faint = "1" if is_now else ".68"
        now = ' aria-current="step"' if is_now else ""
        parts.append(
            f'<li{now} style="display:flex;gap:.4em;font-weight:{weight};opacity:{faint}">'
            f"<span>{sign}</span><span>{escape(name)}</span></li>"
        )
    st.html(
        '<ol style="display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;list-style:none;margin:.1rem 0;'
        f'padding:0;font-size:.92rem;font-variant-numeric:tabular-nums">{"".join(parts)}</ol>'
    )
