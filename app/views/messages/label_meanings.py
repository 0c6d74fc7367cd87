"""What the labels of a file stand for, where the codebook does not have them."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from app.components.counted import counted
from app.components.plain_lines import quiet_line
from rhml_core.safe_text import one_line, plain

LEAVE_OUT, NEW = "\x00leave", "\x00new"
"""Answers beside the codebook's labels; no label can be named so."""

_A_ROW = 4
_MOST_WORDS = 60


def choose_meanings(
    unknown: pl.DataFrame, known: Sequence[str]
) -> tuple[dict[str, str | None], tuple[str, ...], int]:
    """
    Draw one field for each label that the codebook lacks, with the nearest label set.

    Args:
        unknown: `UNKNOWN_WORD_SCHEMA`.
        known: the codebook's label names.

    Returns:
        What each answered word stands for (None: its rows are left out), the labels that are
        new, and how many words wait for an answer.
    """
    if unknown.is_empty():
        return {}, (), 0
    st.markdown("**What these labels of the file stand for**")
    stands_for: dict[str, str | None] = {}
    new: list[str] = []
    rows = list(unknown.head(_MOST_WORDS).iter_rows(named=True))
    columns = st.columns(_A_ROW, gap="medium")
    for place, row in enumerate(rows):
        with columns[place % _A_ROW]:
            answer = _ask(row["word"], int(row["n"]), row["nearest"], known)
        if answer == NEW:
            name = " ".join(row["word"].split())
            stands_for[row["word"]] = name
            new.append(name)
        elif answer is not None:
            stands_for[row["word"]] = None if answer == LEAVE_OUT else answer
    n_hidden = unknown.height - len(rows)
    if n_hidden:
        quiet_line(
            f"{counted(n_hidden, 'more label')} of the file stand for nothing yet. Is it the "
            "right column? If so, bring them in line in the file."
        )
    return stands_for, tuple(new), len(rows) - len(stands_for) + n_hidden


def _ask(word: str, n: int, nearest: str | None, known: Sequence[str]) -> str | None:
    options = [*known, NEW, LEAVE_OUT]
    words = {NEW: f"new label “{one_line(word)}”", LEAVE_OUT: "leave these rows out"}
    answer: str | None = st.selectbox(
        f"“{plain(word)}”, {counted(n, 'row')}",
        options,
        index=options.index(nearest) if nearest else None,
        placeholder="choose",
        format_func=lambda one: words.get(one) or one_line(one),
        key=f"labels_meaning_{word}",
    )
    return answer
