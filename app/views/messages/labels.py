"""Take in labels that were given elsewhere, step by step: file, columns, what they mean, done."""

from dataclasses import dataclass, replace

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import open_view
from app.components.address_tabs import open_part
from app.components.counted import counted
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.components.problem_table import problem_table
from app.components.step_line import step_line
from app.views.messages.label_columns import LabelChoice, choose_label_columns
from app.views.messages.label_rows import show_label_check
from app.views.messages.sheets import file_line
from app.views.messages.tabs import LABELS
from rhml_core.domain import Person, Project
from rhml_core.errors import RhmlError
from rhml_core.exchange.label_words import LabelColumns, LabelWords
from rhml_core.exchange.mapping import Mapping
from rhml_core.safe_text import plain
from rhml_core.workflows.files.label_import import (
    LabelImportOutcome,
    LabelPreview,
    import_labels,
    preview_labels,
)
from rhml_core.workflows.training.training import training_readiness
from rhml_core.workflows.workplace import Workplace

STEPS = ("File", "Columns", "Labels and check", "Done")
_MOST_NAMES = 6


@dataclass(frozen=True)
class LabelFlow:
    """How far this session is with one file of labels; each step fills in one more part."""

    name: str
    data: bytes
    sheet: str | None = None
    guessed: LabelColumns | None = None
    choice: LabelChoice | None = None
    outcome: LabelImportOutcome | None = None


def _flow_name(project: Project) -> str:
    return f"labels_{project.project_id}"


def take_labels_of(
    project: Project, name: str, data: bytes, sheet: str, mapping: Mapping | None
) -> None:
    """Begin with a file that was chosen for its messages, and open this part of the page."""
    guessed = LabelColumns(message=mapping.id, label=mapping.label) if mapping else None
    _go(project, LabelFlow(name, data, sheet or None, guessed))
    open_part(LABELS)


def show_label_import(place: Workplace, person: Person, project: Project) -> None:
    """Draw the step that is due."""
    flow = st.session_state.get(_flow_name(project))
    if not isinstance(flow, LabelFlow):
        step_line(STEPS, 0)
        _choose_file(project)
    elif flow.outcome is not None:
        step_line(STEPS, 3)
        _show_outcome(place, project, flow.outcome)
    elif flow.choice is not None:
        step_line(STEPS, 2)
        _show_check(place, person, project, flow, flow.choice)
    else:
        step_line(STEPS, 1)
        _show_columns(place, person, project, flow)


def _go(project: Project, flow: LabelFlow | None) -> None:
    if flow is None:
        st.session_state.pop(_flow_name(project), None)
    else:
        st.session_state[_flow_name(project)] = flow


def _choose_file(project: Project) -> None:
    file = st.file_uploader(
        "A file with one label per row: CSV, TSV, JSON Lines, Parquet or Excel",
        type=["csv", "tsv", "jsonl", "ndjson", "parquet", "xlsx"],
        key="labels_file",
    )
    quiet_line(
        "It needs a column that names the message and one with the label; who gave it may stand "
        "in a third. Labels that the codebook does not have are asked about. Nothing is taken in "
        "before you have seen what comes of it."
    )
    if file is not None:
        _go(project, LabelFlow(file.name, file.getvalue()))
        st.rerun()


def _show_columns(place: Workplace, person: Person, project: Project, flow: LabelFlow) -> None:
    try:
        preview = preview_labels(place, person, flow.data, flow.name, sheet=flow.sheet)
    except RhmlError as error:
        show_error(error)
        st.button("Another file", key="labels_other_file", on_click=_go, args=(project, None))
        return
    words = f"{flow.name}: {counted(preview.n_rows, 'row')}. The first {preview.rows.height:,}:"
    sheet = file_line(words, preview.sheets, preview.sheet, key="labels_sheet")
    if sheet != preview.sheet:
        _go(project, replace(flow, sheet=sheet, guessed=None))
        st.rerun()
    choice = choose_label_columns(preview, _guess(preview, flow))
    with st.container(horizontal=True):
        is_asked = st.button(
            "Check the labels", type="primary", key="labels_check", disabled=not choice.is_complete
        )
        st.button("Another file", key="labels_other_file", on_click=_go, args=(project, None))
    if is_asked:
        _go(project, replace(flow, choice=choice))
        st.rerun()


def _guess(preview: LabelPreview, flow: LabelFlow) -> LabelColumns:
    """What is known from the import of the messages, else what the names suggest."""
    known = flow.guessed or LabelColumns()
    return LabelColumns(
        known.message or preview.guessed.message,
        known.label or preview.guessed.label,
        known.expert or preview.guessed.expert,
    )


def _show_check(
    place: Workplace, person: Person, project: Project, flow: LabelFlow, choice: LabelChoice
) -> None:
    try:
        decided = show_label_check(
            place, person, project, (flow.name, flow.data, flow.sheet), choice
        )
    except RhmlError as error:
        show_error(error)
        decided = None
    with st.container(horizontal=True):
        is_asked = st.button(
            f"Import {counted(decided.n, 'label')}" if decided and decided.n else "Import labels",
            type="primary",
            key="labels_import",
            disabled=decided is None or not decided.n,
        )
        st.button(
            "Back to the columns",
            key="labels_back",
            on_click=_go,
            args=(project, replace(flow, choice=None)),
        )
        st.button("Another file", key="labels_other_file", on_click=_go, args=(project, None))
    if is_asked and decided is not None:
        _import(
            place, person, project, flow, choice, decided.words, skips_faulty=decided.skips_faulty
        )


def _import(
    place: Workplace,
    person: Person,
    project: Project,
    flow: LabelFlow,
    choice: LabelChoice,
    words: LabelWords,
    *,
    skips_faulty: bool,
) -> None:
    act = f"labels_{project.project_id}"
    try:
        with st.spinner("Taking the labels in", show_time=True):
            outcome = import_labels(
                place,
                person,
                project.project_id,
                flow.data,
                flow.name,
                adjudicated=choice.is_adjudicated,
                sheet=flow.sheet,
                columns=choice.columns,
                words=words,
                skips_faulty=skips_faulty,
                key=act_key(act),
            )
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    _go(project, replace(flow, data=b"", outcome=outcome))
    st.rerun()


def _show_outcome(place: Workplace, project: Project, outcome: LabelImportOutcome) -> None:
    names = [plain(name) for name in outcome.new_experts[:_MOST_NAMES]]
    names += ["and others"] if len(outcome.new_experts) > _MOST_NAMES else []
    new = f" New here: {', '.join(names)}." if names else ""
    added = [plain(name) for name in outcome.new_labels]
    new += f" New in the codebook: {', '.join(added)}." if added else ""
    simulated = f", {outcome.n_simulated:,} of them simulated" if outcome.n_simulated else ""
    st.success(
        f"{counted(outcome.n_labels, 'label')} of {counted(outcome.n_experts, 'expert')} "
        f"taken in{simulated}.{new}",
        icon=":material/check_circle:",
    )
    readiness = training_readiness(place, project.project_id)
    with st.container(horizontal=True):
        if readiness.can_train:
            if st.button("Train the machine", type="primary", key="labels_to_training"):
                _go(project, None)
                open_view("training")
        elif st.button("Label the next message", type="primary", key="labels_to_label"):
            _go(project, None)
            open_view("label")
        st.button("Import another file", key="labels_again", on_click=_go, args=(project, None))
    for sentence in readiness.missing:
        quiet_line(sentence)
    if outcome.problems.height:
        quiet_line(counted(outcome.problems.height, "warning"))
        problem_table(outcome.problems, key="labels_report")
