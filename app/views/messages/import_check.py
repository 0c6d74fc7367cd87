"""The report on every row of a file, and what to do after it."""

from enum import StrEnum

import polars as pl
import streamlit as st

from app.components.counted import counted
from app.components.message_table import table_frame
from app.components.plain_lines import plain_lines, quiet_line
from app.components.problem_table import problem_table
from app.components.times import duration
from app.components.uses import use_column, with_uses
from rhml_core.exchange.message_problems import NEAR_REPEAT
from rhml_core.exchange.messages import PreparedMessages
from rhml_core.exchange.report import ProblemCount, count_problems, errors_in
from rhml_core.workflows.files.importing import seconds_to_read

_KINDS = {
    "empty": ("row has no text", "rows have no text"),
    "duplicate_id": (
        "row has an identifier that is taken",
        "rows have an identifier that is taken",
    ),
    "too_long": ("row has too long a text", "rows have too long a text"),
    "bad_encoding": ("row has damaged characters", "rows have damaged characters"),
    "broken_row": ("row cannot be read", "rows cannot be read"),
    "duplicate_text": (
        "row repeats a text that stands in another row or in the project",
        "rows repeat a text that stands in another row or in the project",
    ),
    NEAR_REPEAT: (
        "row repeats such a text but for case, spacing or unseen characters",
        "rows repeat such a text but for case, spacing or unseen characters",
    ),
    "bad_time": (
        "row has a time that nobody can tell; it comes in without one",
        "rows have a time that nobody can tell; they come in without one",
    ),
    "nul_character": ("row has a NUL character", "rows have a NUL character"),
    "guessed_encoding": ("row shows that the encoding is a guess", "rows show a guessed encoding"),
}
"""What a problem of messages says of one row, of several."""

_COLUMNS = ("message_id", "text", "author", "sent_at", "split")
_N_SHOWN = 20


class Choice(StrEnum):
    """What a person wants after the check."""

    NOTHING = "nothing"
    IMPORT = "import"
    BACK = "back"
    OTHER_FILE = "other file"


def problem_line(found: ProblemCount, kinds: dict[str, tuple[str, str]]) -> str:
    """One problem in words: how many rows have it, and the first of them."""
    one, many = kinds.get(found.problem, ("row is to be looked at", "rows are to be looked at"))
    named = ", ".join(str(row) for row in found.first_rows)
    more = " and others" if found.n_rows > len(found.first_rows) else ""
    return f"{counted(found.n_rows, one, many)}: row{'s' * (found.n_rows > 1)} {named}{more}."


def all_rows(n: int, one: str, many: str) -> str:
    """
    What holds for each row of a file.

    >>> all_rows(1, "is in order", "are in order"), all_rows(1200, "is in order", "are in order")
    ('The one row is in order', 'All 1,200 rows are in order')
    """
    return f"The one row {one}" if n == 1 else f"All {n:,} rows {many}"


def show_report(prepared: PreparedMessages) -> None:
    """Draw the verdict, each kind of problem with its count, and all of them behind a click."""
    n_faulty = errors_in(prepared.problems)["row"].n_unique()
    if not prepared.problems.height:
        are = all_rows(prepared.n_rows, "is in order", "are in order")
        st.success(f"{are}.", icon=":material/check_circle:")
        return
    if n_faulty:
        st.warning(
            f"Rows with errors: {n_faulty:,} of {prepared.n_rows:,}. Leave them out, or mend the "
            "file and choose it again.",
            icon=":material/warning:",
        )
    else:
        can = all_rows(prepared.n_rows, "can be taken in", "can be taken in")
        st.info(f"{can}.", icon=":material/info:")
    plain_lines([problem_line(one, _KINDS) for one in count_problems(prepared.problems)])
    with st.expander("Every row that is named, and what to do", key="import_every_row"):
        problem_table(prepared.problems, key="import_report")


def choose_after_check(prepared: PreparedMessages) -> tuple[Choice, PreparedMessages]:
    """Draw the ways on; the one taken in this run of the page, and what would be imported."""
    chosen = _choose_rows(prepared)
    if chosen.is_importable:
        _show_what_comes(chosen)
    n = chosen.messages.height
    with st.container(horizontal=True):
        if st.button(
            f"Import {counted(n, 'message')}" if chosen.is_importable else "Import",
            type="primary",
            key="import_now",
            disabled=not chosen.is_importable or not n,
        ):
            return Choice.IMPORT, chosen
        if st.button("Back to the columns", key="import_back"):
            return Choice.BACK, chosen
        if st.button("Another file", key="import_mended_file"):
            return Choice.OTHER_FILE, chosen
    return Choice.NOTHING, chosen


def _choose_rows(prepared: PreparedMessages) -> PreparedMessages:
    chosen = prepared
    n_faulty = errors_in(prepared.problems)["row"].n_unique()
    if n_faulty and st.checkbox(
        f"Leave {counted(n_faulty, 'faulty row')} out and take in the others",
        key="import_leave_out",
    ):
        chosen = chosen.without_faulty_rows()
    if prepared.n_repeats and st.checkbox(
        f"Leave {counted(prepared.n_repeats, 'repeated text')} out, so that each is judged once",
        value=True,
        key="import_leave_repeats_out",
        help="The first row with a text is kept. A text of the hold-out that is also "
        "learnt from makes the machine look better than it is.",
    ):
        chosen = chosen.without_repeated_texts()
    return chosen


def _show_what_comes(chosen: PreparedMessages) -> None:
    n_holdout = chosen.messages.filter(pl.col("split") == "holdout").height
    st.dataframe(
        table_frame(with_uses(chosen.messages.select(_COLUMNS).head(_N_SHOWN))),
        hide_index=True,
        height=112,
        key="import_as_read",
        alt="First messages as they are read",
        column_config={
            "message_id": st.column_config.TextColumn("id", width=90),
            "text": st.column_config.TextColumn("message, as it is read", width=420),
            "author": st.column_config.TextColumn("author", width=120),
            "sent_at": st.column_config.DatetimeColumn(
                "sent", format="D MMM YYYY, HH:mm", width=150
            ),
            "split": use_column(width=100),
        },
    )
    quiet_line(
        f"To be taken in: {counted(chosen.messages.height, 'message')}, {n_holdout:,} of them "
        f"hold-out. Then the machine reads them, in about "
        f"{duration(max(1.0, seconds_to_read(chosen)))} on two free cores; nobody has to wait."
    )
