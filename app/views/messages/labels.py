"""Take in labels that were given elsewhere."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app.components.act_key import act_key, close_act
from app.components.counted import counted
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.components.problem_table import problem_table
from app.components.safe_text import plain
from rhml_core.domain import Person, Project
from rhml_core.errors import RhmlError
from rhml_core.workflows.files.label_import import LabelImportOutcome, import_labels
from rhml_core.workflows.workplace import Workplace

_MOST_NAMES = 6


def show_label_import(place: Workplace, person: Person, project: Project) -> None:
    """Draw the file, the switch and, after an import, what became of it."""
    quiet_line(
        "One label per row, with the columns message_id, expert and label; optional phase, "
        "confidence, reason and time. Experts who are not known yet are added."
    )
    file = st.file_uploader(
        "A file with one label per row: CSV, TSV, JSON Lines, Parquet or Excel",
        type=["csv", "tsv", "jsonl", "ndjson", "parquet", "xlsx"],
        key="labels_file",
    )
    is_adjudicated = st.toggle(
        "These labels are adjudicated: they settle the message and become its reference",
        key="labels_adjudicated",
        help="Switch it on for a gold standard; leave it off for single experts' opinions. "
        "In an adjudicated file the column expert may be missing.",
    )
    if (
        st.button("Import labels", type="primary", key="labels_import", disabled=file is None)
        and file is not None
    ):
        _import(place, person, project, file, is_adjudicated=is_adjudicated)
    outcome = st.session_state.get(_outcome_name(project))
    if isinstance(outcome, LabelImportOutcome):
        _show_outcome(outcome)


def _outcome_name(project: Project) -> str:
    return f"labels_outcome_{project.project_id}"


def _import(
    place: Workplace, person: Person, project: Project, file: UploadedFile, *, is_adjudicated: bool
) -> None:
    act = f"labels_{project.project_id}"
    st.session_state.pop(_outcome_name(project), None)
    try:
        with st.spinner("Checking every row and taking the labels in", show_time=True):
            outcome = import_labels(
                place,
                person,
                project.project_id,
                file.getvalue(),
                file.name,
                adjudicated=is_adjudicated,
                key=act_key(act),
            )
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.session_state[_outcome_name(project)] = outcome


def _show_outcome(outcome: LabelImportOutcome) -> None:
    names = [plain(name) for name in outcome.new_experts[:_MOST_NAMES]]
    names += ["and others"] if len(outcome.new_experts) > _MOST_NAMES else []
    new = f" New here: {', '.join(names)}." if names else ""
    st.success(
        f"{counted(outcome.n_labels, 'label')} of {counted(outcome.n_experts, 'expert')} "
        f"taken in.{new}",
        icon=":material/check_circle:",
    )
    if outcome.problems.height:
        quiet_line(counted(outcome.problems.height, "warning"))
        problem_table(outcome.problems, key="labels_report")
