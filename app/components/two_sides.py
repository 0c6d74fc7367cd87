"""Two columns that stand one below the other where the page is too narrow for both."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def two_sides(
    shares: Sequence[int],
    least_rem: tuple[int, int],
    *,
    key: str,
    gap: Literal["small", "medium", "large"] = "large",
) -> tuple[DeltaGenerator, DeltaGenerator]:
    """
    Make the two columns.

    Args:
        shares: of the width, left and right.
        least_rem: least widths, in rem; a column that has no room for its own goes below.
        key: of the container around them, a name of letters, digits and underscores.
        gap: between them.
    """
    rules = "".join(
        f".st-key-{key} > [data-testid='stLayoutWrapper'] > [data-testid='stHorizontalBlock'] > "
        f"[data-testid='stColumn']:nth-child({place}) {{ min-width: min(100%, {least}rem); }}"
        for place, least in enumerate(least_rem, start=1)
    )
    with st.container(key=key):
        st.html(f"<style>{rules}</style>")
        left, right = st.columns(list(shares), gap=gap)
    return left, right
