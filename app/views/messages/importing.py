"""Bring a file of messages in, step by step: file, columns, check, done."""

from dataclasses import dataclass, replace

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import open_view
from app.components.counted import counted
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.components.progress_bar import progress_bar
from app.components.step_line import step_line
from app.views.messages.import_check import Choice, choose_after_check, show_report
from app.views.messages.import_columns import ColumnChoice, choose_columns, rows_line
from app.views.messages.labels import take_labels_of
from app.views.messages.sheets import file_line
from rhml_core.domain import Person, Project
from rhml_core.errors import RhmlError
from rhml_core.exchange.mapping import Mapping
from rhml_core.exchange.messages import PreparedMessages
from rhml_core.safe_text import plain
from rhml_core.workflows.files.importing import (
    FilePreview,
    ImportOutcome,
    check_messages,
    import_messages,
    preview_file,
)
from rhml_core.workflows.workplace import Workplace

STEPS = ("File", "Columns and hold-out", "Check", "Done")


@dataclass(frozen=True)
class Flow:
    """How far this session is with one file; each step fills in one more part."""

    name: str
    data: bytes
    preview: FilePreview
    prepared: PreparedMessages | None = None
    mapping: Mapping | None = None
    outcome: ImportOutcome | None = None


def _flow_name(project: Project) -> str:
    return f"import_{project.project_id}"


def show_import(place: Workplace, person: Person, project: Project) -> None:
    """Draw the step that is due."""
    flow = st.session_state.get(_flow_name(project))
    if not isinstance(flow, Flow):
        step_line(STEPS, 0)
        _choose_file(place, person, project)
    elif flow.outcome is not None:
        step_line(STEPS, 3)
        _show_outcome(project, flow, flow.outcome)
    elif flow.prepared is not None:
        step_line(STEPS, 2)
        _show_check(place, person, project, flow, flow.prepared)
    else:
        step_line(STEPS, 1)
        _show_columns(place, person, project, flow)


def _go(project: Project, flow: Flow | None) -> None:
    if flow is None:
        st.session_state.pop(_flow_name(project), None)
    else:
        st.session_state[_flow_name(project)] = flow


def _choose_file(place: Workplace, person: Person, project: Project) -> None:
    file = st.file_uploader(
        "A file with one message per row: CSV, TSV, JSON Lines, Parquet or Excel",
        type=["csv", "tsv", "jsonl", "ndjson", "parquet", "xlsx"],
        key="import_file",
    )
    quiet_line("Nothing is taken in before you have seen the check of every row.")
    if file is None:
        return
    data = file.getvalue()
    try:
        with st.spinner("Reading the file", show_time=True):
            preview = preview_file(place, person, data, file.name)
    except RhmlError as error:
        show_error(error)
        return
    _go(project, Flow(file.name, data, preview))
    st.rerun()


def _show_columns(place: Workplace, person: Person, project: Project, flow: Flow) -> None:
    shown = flow.preview
    words = rows_line(flow.name, shown)
    sheet = file_line(words, shown.sheets, shown.sheet, key="import_sheet")
    if sheet != flow.preview.sheet:
        _open_sheet(place, person, project, flow, sheet)
        return
    choice = choose_columns(flow.preview)
    with st.container(horizontal=True):
        is_asked = st.button(
            "Check the file",
            type="primary",
            key="import_check",
            disabled=choice.mapping.text is None,
        )
        st.button("Another file", key="import_other_file", on_click=_go, args=(project, None))
    if is_asked:
        _check(place, person, project, flow, choice)


def _open_sheet(place: Workplace, person: Person, project: Project, flow: Flow, sheet: str) -> None:
    try:
        preview = preview_file(place, person, flow.data, flow.name, sheet=sheet)
    except RhmlError as error:
        show_error(error)
        return
    _go(project, replace(flow, preview=preview))
    st.rerun()


def _check(
    place: Workplace, person: Person, project: Project, flow: Flow, choice: ColumnChoice
) -> None:
    try:
        prepared = check_messages(
            place,
            person,
            project.project_id,
            flow.data,
            flow.name,
            choice.mapping,
            sheet=flow.preview.sheet or None,
            holdout_share=choice.holdout_share,
            on_progress=progress_bar("Checking every row"),
        )
    except RhmlError as error:
        show_error(error)
        return
    _go(project, replace(flow, prepared=prepared, mapping=choice.mapping))
    st.rerun()


def _show_check(
    place: Workplace, person: Person, project: Project, flow: Flow, prepared: PreparedMessages
) -> None:
    show_report(prepared)
    choice, chosen = choose_after_check(prepared)
    if choice is Choice.BACK:
        _go(project, replace(flow, prepared=None))
        st.rerun()
    if choice is Choice.OTHER_FILE:
        _go(project, None)
        st.rerun()
    if choice is not Choice.IMPORT:
        return
    act = f"import_{project.project_id}"
    try:
        outcome = import_messages(
            place,
            person,
            project.project_id,
            chosen,
            file_name=flow.name,
            key=act_key(act),
            on_progress=progress_bar("Taking the messages in"),
        )
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    _go(project, replace(flow, prepared=None, outcome=outcome))
    st.rerun()


def repeats_sentence(outcome: ImportOutcome) -> str:
    """
    Which of the messages taken in say what others say, word for word or nearly.

    >>> repeats_sentence(ImportOutcome(9, 2, 0, 3, None, n_repeats=1, n_near_repeats=2))
    '1 repeats a text and 2 nearly do, but for case, spacing or unseen characters.'
    """
    n, n_near = outcome.n_repeats, outcome.n_near_repeats
    if not n and not n_near:
        return "Each text is there once."
    exact = f"{counted(n, 'repeats', 'repeat')} a text" if n else ""
    near = f"{n_near:,} nearly {'does' if n_near == 1 else 'do'}" if n_near else ""
    if not n:
        near = f"{counted(n_near, 'nearly repeats', 'nearly repeat')} another's text"
    why = ", but for case, spacing or unseen characters" if n_near else ""
    return f"{' and '.join(one for one in (exact, near) if one)}{why}."


def _show_outcome(project: Project, flow: Flow, outcome: ImportOutcome) -> None:
    left = [
        *([counted(outcome.n_left_out, "faulty row")] if outcome.n_left_out else []),
        *([counted(outcome.n_repeats_left_out, "repeat")] if outcome.n_repeats_left_out else []),
    ]
    left_out = f" Left out: {' and '.join(left)}." if left else ""
    st.success(
        f"{counted(outcome.n_messages, 'message is', 'messages are')} in, "
        f"{outcome.n_holdout:,} of them hold-out.{left_out} {repeats_sentence(outcome)} "
        "The machine reads them now; you need not wait for it.",
        icon=":material/check_circle:",
    )
    labels = flow.mapping.label if flow.mapping else None
    with st.container(horizontal=True):
        if labels and st.button(
            f"Take in the labels of “{plain(labels)}”", type="primary", key="import_to_labels"
        ):
            take_labels_of(project, flow.name, flow.data, flow.preview.sheet, flow.mapping)
            _go(project, None)
            st.rerun()
        if st.button(
            "Label the first message",
            type="secondary" if labels else "primary",
            key="import_to_label",
        ):
            _go(project, None)
            open_view("label")
        st.button("Import another file", key="import_again", on_click=_go, args=(project, None))
    quiet_line(
        "Are there labels already? Take them in with “Import labels”. Nobody there to label yet? "
        "Admins add people on the page Settings."
    )
