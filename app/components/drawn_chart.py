"""How every chart is put on a page."""

import altair as alt
import streamlit as st

_INK = {"light": "#5F5A52", "dark": "#BDB8AE"}
_PAPER = {"light": "#FCFBF8", "dark": "#161715"}


def ink() -> str:
    """The colour of lines and words inside charts that carry no colour of their own."""
    return _INK["dark" if st.context.theme.type == "dark" else "light"]


def paper() -> str:
    """The page's colour, which fills open marks."""
    return _PAPER["dark" if st.context.theme.type == "dark" else "light"]


def draw_chart(chart: alt.Chart | alt.LayerChart, key: str) -> None:
    """Draw a chart over the whole width of its column, in the page's theme."""
    st.altair_chart(chart, key=key, width="stretch", theme="streamlit")
