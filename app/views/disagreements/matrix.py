"""The agreement part of the Disagreements page: alpha, one matrix, each pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import streamlit as st

from app.components.address_choice import choose_in_list, choose_part
from app.components.counted import counted
from app.components.facts import part_title
from app.components.interval import interval_metric
from app.components.marks import label_colours
from app.components.matrix import MESSAGES, PAIRS_OF_ANSWERS, matrix
from app.components.pair_table import pair_table
from app.components.two_sides import two_sides
from rhml_core.domain import Codebook, Person, Project
from rhml_core.workflows.agreement.agreement import (
    AgreementReport,
    Stage,
    agreement_report,
    confusion,
)
from rhml_core.workflows.disputes.disagreements import list_experts
from rhml_core.workflows.workplace import Workplace

_STAGES = {"current": "Answers now", "first": "First answers"}
_SIDES = {"experts": "Between experts", "machine": "With the machine"}


@dataclass(frozen=True)
class ChosenCell:
    """
    A cell of the matrix.

    Attributes:
        kind: between whom.
        pair: which two labels.
        who: of whom, as the filter of people in the address names them; "" of everyone.
        counted: what the matrix counts there, in words.
    """

    kind: Literal["experts", "machine"]
    pair: tuple[str, str]
    who: str
    counted: str


def show_agreement(
    place: Workplace, person: Person, project: Project, codebook: Codebook
) -> ChosenCell | None:
    """Draw the part; the matrix's cell that was clicked in this run of the page, if any."""
    left, right = two_sides((3, 2), (29, 18), key="agreement_sides")
    with right:
        stage: Stage = (
            "first"
            if choose_part(
                "stage", _STAGES, key="stage", title="Which answers count", default="current"
            )
            == "first"
            else "current"
        )
        report = agreement_report(place, person, project.project_id, stage=stage)
        _show_alpha(report, list_experts(place, project.project_id))
    with left:
        return _show_matrix(place, person, project, codebook, stage)


def _show_alpha(report: AgreementReport, people: Sequence[Person]) -> None:
    interval_metric(
        "Krippendorff's alpha, experts only",
        report.alpha,
        missing=report.alpha_missing,
        measure="alpha",
    )
    if report.alpha:
        st.text(report.reading)
    with st.container(gap="xsmall", key="pairs"):
        part_title("Each pair")
        pair_table(report.pairs, people)


def _show_matrix(
    place: Workplace, person: Person, project: Project, codebook: Codebook, stage: Stage
) -> ChosenCell | None:
    experts = list_experts(place, project.project_id)
    with st.container(horizontal=True, vertical_alignment="center", key="matrix_bar"):
        side = choose_part(
            "between", _SIDES, key="between", title="Who is compared", default="experts"
        )
        kind: Literal["experts", "machine"] = "machine" if side == "machine" else "experts"
        people = raters_to_choose(experts, kind)
        chosen = choose_in_list(
            "who", {value: words for value, (words, _) in people.items()}, key="who", title="Who"
        )
    rows, columns = people[chosen][1]
    counts = confusion(
        place,
        person,
        project.project_id,
        between=kind,
        a=rows.person_id if rows else None,
        b=columns.person_id if columns else None,
        stage=stage,
    )
    if counts.is_empty():
        st.text(_nothing_common(kind))
        return None
    noun = _noun(is_everyone=rows is None, is_symmetric=kind == "experts")
    cell = matrix(
        counts,
        codebook.names,
        key="matrix",
        colours=label_colours(codebook),
        row_title=rows.name if rows else "experts" if kind == "machine" else "one expert",
        column_title="the machine" if kind == "machine" else columns.name if columns else "another",
        caption=_caption(int(counts["n"].sum()), noun),
        noun=noun,
        opens_agreeing=False,
    )
    if cell is None or cell[0] == cell[1]:
        return None
    chosen_count = counts.filter(label_a=cell[0], label_b=cell[1])
    return ChosenCell(kind, cell, chosen, counted(int(chosen_count["n"].sum()), *noun))


def raters_to_choose(
    experts: Sequence[Person], kind: Literal["experts", "machine"]
) -> dict[str, tuple[str, tuple[Person | None, Person | None]]]:
    """
    Whose labels a matrix can show: value in the address -> words, and who rows and columns are.

    The first, "", is everyone. Between experts the rest are pairs, with the machine single
    people.
    """
    everyone: tuple[Person | None, Person | None] = (None, None)
    choices = {"": ("All experts", everyone)}
    if kind == "machine":
        return choices | {one.person_id: (one.name, (one, None)) for one in experts}
    return choices | {
        f"{a.person_id}~{b.person_id}": (f"{a.name} and {b.name}", (a, b))
        for a, b in combinations(experts, 2)
    }


def _noun(*, is_everyone: bool, is_symmetric: bool) -> tuple[str, str]:
    """What is counted, singular and plural."""
    if not is_everyone:
        return MESSAGES
    return PAIRS_OF_ANSWERS if is_symmetric else ("answer", "answers")


def _caption(n: int, noun: tuple[str, str]) -> str:
    of = counted(n, *noun)
    if noun == PAIRS_OF_ANSWERS:
        of = f"{counted(n // 2, *noun)}, each in both directions"
    return f"n = {of}. Choose a count to read which of its messages are still contested."


def _nothing_common(kind: str) -> str:
    if kind == "machine":
        return "The machine has no answer yet to a message that a person has judged."
    return "No message has been judged by both sides yet."
