"""A bar for work that the page itself waits for."""

from collections.abc import Callable

import streamlit as st

from rhml_core.safe_text import plain


def progress_bar(words: str) -> Callable[[int, int], None]:
    """
    Draw a bar and return what moves it: called with how much is done and how much there is.

    The browser hears of whole percents only, so that many calls cost little.
    """
    bar = st.progress(0.0, text=plain(words))
    shown = 0

    def move(done: int, total: int) -> None:
        nonlocal shown
        percent = min(100 * done // total, 100) if total else 0
        if percent != shown:
            shown = percent
            bar.progress(percent, text=plain(f"{words} {percent} %"))

    return move
