"""What comes of a file of labels: what its words stand for, which rows come, which do not."""

from dataclasses import dataclass

import streamlit as st

from app.components.counted import counted
from app.components.plain_lines import plain_lines
from app.components.problem_table import problem_table
from app.views.messages.import_check import problem_line
from app.views.messages.label_columns import LabelChoice
from app.views.messages.label_meanings import choose_meanings
from rhml_core.domain import Person, Project
from rhml_core.exchange.label_words import LabelWords
from rhml_core.exchange.labels import PreparedLabels
from rhml_core.exchange.report import count_problems, errors_in
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.files.label_import import LabelCheck, check_labels
from rhml_core.workflows.workplace import Workplace

_KINDS = {
    "unknown_message": (
        "row names a message that was not taken in",
        "rows name messages that were not taken in",
    ),
    "empty_label": ("row has no label", "rows have no label"),
    "unknown_label": ("row waits for an answer above", "rows wait for an answer above"),
    "missing_expert": ("row names nobody", "rows name nobody"),
    "reserved_expert": ("row names the machine as expert", "rows name the machine as expert"),
    "bad_phase": ("row has an unknown phase", "rows have an unknown phase"),
    "bad_confidence": ("row has an unknown confidence", "rows have an unknown confidence"),
    "bad_simulated": (
        "row says in unknown words whether the expert is simulated",
        "rows say in unknown words whether the expert is simulated",
    ),
    "mixed_simulated": (
        "row is of somebody who is simulated in some rows only",
        "rows are of somebody who is simulated in some rows only",
    ),
    "repeated_label": (
        "row is replaced by a newer one of the same person",
        "rows are replaced by newer ones of the same person",
    ),
    "bad_time": ("row has a time that nobody can tell", "rows have a time that nobody can tell"),
    "bad_encoding": ("row has damaged characters", "rows have damaged characters"),
    "broken_row": ("row cannot be read", "rows cannot be read"),
}
"""What a problem of labels says of one row, of several."""


@dataclass(frozen=True)
class Decided:
    """What would be imported; `n` is 0 where something is in the way."""

    words: LabelWords
    skips_faulty: bool
    n: int


def show_label_check(
    place: Workplace,
    person: Person,
    project: Project,
    source: tuple[str, bytes, str | None],
    choice: LabelChoice,
) -> Decided:
    """
    Draw the questions, the counts and the problems as they stand; what was decided.

    Args:
        place: the workplace.
        person: who imports.
        project: where to.
        source: the file's name, its bytes, and the sheet.
        choice: of the step before.

    Raises:
        RhmlError: the file cannot be read so.
    """
    name, data, sheet = source

    def check(words: LabelWords) -> LabelCheck:
        return check_labels(
            place,
            person,
            project.project_id,
            data,
            name,
            adjudicated=choice.is_adjudicated,
            sheet=sheet,
            columns=choice.columns,
            words=words,
        )

    known = get_codebook(place, project.project_id).names
    unknown = check(LabelWords(skips_unlabelled=True, expert=choice.expert)).unknown
    stands_for, new_labels, n_waiting = choose_meanings(unknown, known)
    words = LabelWords(stands_for, new_labels, skips_unlabelled=True, expert=choice.expert)
    found = check(words)
    n_faulty = errors_in(found.prepared.problems)["row"].n_unique()
    plain_lines(_counts(found, n_waiting))
    kept, skips_faulty = found.prepared, False
    if n_faulty and not n_waiting:
        skips_faulty = st.checkbox(
            f"Leave {counted(n_faulty, 'faulty row')} out and take in the others",
            key="labels_leave_out",
        )
        kept = kept.without_faulty_rows() if skips_faulty else kept
    _show_problems(found.prepared)
    is_ready = not n_waiting and kept.is_importable
    return Decided(words, skips_faulty, kept.labels.height if is_ready else 0)


def _counts(found: LabelCheck, n_waiting: int) -> list[str]:
    """What comes and what does not, one line each."""
    prepared = found.prepared
    n_faulty = errors_in(prepared.problems)["row"].n_unique()
    n = max(0, prepared.labels.height - n_faulty)
    people = counted(found.n_experts, "person", "people")
    lines = [f"{counted(n, 'label')} of {people} can be taken in."]
    if n_waiting:
        lines.append(f"{counted(n_waiting, 'label')} of the file must be answered first.")
    if prepared.n_unlabelled:
        lines.append(f"{counted(prepared.n_unlabelled, 'row')} without a label: left out.")
    if prepared.n_word_left_out:
        lines.append(f"{counted(prepared.n_word_left_out, 'row')} left out by your answers.")
    if found.new_labels:
        lines.append(
            f"The codebook gets {counted(len(found.new_labels), 'label')} as its next version: "
            f"{', '.join(found.new_labels)}. Write on the page Codebook what it means."
        )
    return lines + [problem_line(one, _KINDS) for one in count_problems(prepared.problems)]


def _show_problems(prepared: PreparedLabels) -> None:
    if prepared.problems.height:
        with st.expander("Every row that is named, and what to do", key="labels_every_row"):
            problem_table(prepared.problems, key="labels_check_report")
