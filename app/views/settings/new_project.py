"""Begin another project: its name and its first codebook."""

import streamlit as st

from app.components.address import PROJECT, open_view
from app.components.empty import show_error
from app.components.label_card import label_cards
from app.components.marks import label_colours
from app.components.plain_lines import quiet_line
from rhml_core.domain import Codebook, Label, Person, Role
from rhml_core.errors import RhmlError
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.workflows.projects import create_project
from rhml_core.workflows.workplace import Workplace

_OWN = "Write the labels"
_FILE = "Take a codebook file"


def show_new_project(place: Workplace, person: Person) -> None:
    """Draw the form and begin the project when asked."""
    if not person.may(Role.SUPERVISOR):
        quiet_line("Supervisors begin projects. Ask one of them.")
        return
    name_field, description_field = st.columns([1, 1.4])
    name = name_field.text_input("Name of the project", key="new_project_name", max_chars=80)
    description = description_field.text_input(
        "What it is for (optional)", key="new_project_description", max_chars=300
    )
    way = st.segmented_control(
        "Labels", [_OWN, _FILE], default=_OWN, required=True, key="new_project_way"
    )
    labels = _labels_of_file() if way == _FILE else _own_labels()
    is_ready = bool(name.strip()) and bool(labels)
    if st.button("Begin project", key="new_project_begin", type="primary", disabled=not is_ready):
        _begin(place, person, name, description, labels)
    if way == _FILE and labels:
        label_cards(labels, label_colours(Codebook(1, tuple(labels))), n_columns=3)


def _own_labels() -> list[Label]:
    text = st.text_area(
        "One label per line; after a colon, what it means",
        placeholder="sale: offers something for money\nquestion: asks for information",
        key="new_project_labels",
        height=150,
    )
    halves = [line.partition(":") for line in (text or "").splitlines() if line.strip()]
    return [Label(name.strip(), meaning.strip()) for name, _, meaning in halves]


def _labels_of_file() -> list[Label]:
    file = st.file_uploader(
        "Columns: label; optional definition, examples (separated by |), colour, key",
        type=["csv", "tsv", "xlsx", "jsonl"],
        key="new_project_codebook",
    )
    if file is None:
        return []
    try:
        return list(read_codebook(read_table(file.getvalue(), file.name)))
    except RhmlError as error:
        show_error(error)
        return []


def _begin(
    place: Workplace, person: Person, name: str, description: str, labels: list[Label]
) -> None:
    try:
        project = create_project(place, person, name, labels, description=description)
    except RhmlError as error:
        show_error(error)
        return
    for field in ("name", "description", "labels", "codebook"):
        st.session_state.pop(f"new_project_{field}", None)
    st.query_params[PROJECT] = project.project_id
    open_view("messages")
