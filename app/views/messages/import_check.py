"""The report on every row of a file, and what to do after it."""

from enum import StrEnum

import polars as pl
import streamlit as st

from app.components.counted import counted
from app.components.plain_lines import quiet_line
from app.components.problem_table import problem_table
from rhml_core.exchange.messages import PreparedMessages
from rhml_core.exchange.report import errors_in


class Choice(StrEnum):
    """What a person wants after the check."""

    NOTHING = "nothing"
    IMPORT = "import"
    BACK = "back"
    OTHER_FILE = "other file"


def show_report(prepared: PreparedMessages) -> None:
    """Draw the counts and the problems."""
    errors = errors_in(prepared.problems)
    n_faulty = errors["row"].n_unique()
    n_warnings = prepared.problems.height - errors.height
    if not prepared.problems.height:
        st.success(f"All {prepared.n_rows:,} rows are in order.", icon=":material/check_circle:")
        return
    if n_faulty:
        st.error(
            f"Rows with errors: {n_faulty:,} of {prepared.n_rows:,}. A file is taken in whole "
            "or not at all: mend it and choose it again, or leave these rows out."
            + (f" Besides: {counted(n_warnings, 'warning')}." if n_warnings else ""),
            icon=":material/error:",
        )
    else:
        st.info(
            f"All {prepared.n_rows:,} rows can be taken in; "
            f"{counted(n_warnings, 'warning')} to look at.",
            icon=":material/info:",
        )
    problem_table(prepared.problems, key="import_report")


def choose_after_check(prepared: PreparedMessages) -> tuple[Choice, PreparedMessages]:
    """Draw the ways on; the one taken in this run of the page, and what would be imported."""
    chosen = prepared
    n_faulty = errors_in(prepared.problems)["row"].n_unique()
    if n_faulty and st.checkbox(
        f"Leave {counted(n_faulty, 'faulty row')} out and take in the others",
        key="import_leave_out",
    ):
        chosen = prepared.without_faulty_rows()
    n_holdout = chosen.messages.filter(pl.col("split") == "holdout").height
    if chosen.is_importable:
        quiet_line(
            f"To be taken in: {counted(chosen.messages.height, 'message')}, "
            f"{n_holdout:,} of them hold-out."
        )
    with st.container(horizontal=True):
        if st.button(
            "Import",
            type="primary",
            key="import_now",
            disabled=not chosen.is_importable or chosen.messages.is_empty(),
        ):
            return Choice.IMPORT, chosen
        if st.button("Back to the columns", key="import_back"):
            return Choice.BACK, chosen
        if st.button("Another file", key="import_mended_file"):
            return Choice.OTHER_FILE, chosen
    return Choice.NOTHING, chosen
