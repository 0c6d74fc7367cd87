"""Who stands at which label: first answers beside those of now, the machine and the reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from app.components.marks import label_chip, machine_mark, person_mark, reference_mark
from app.components.meanings import PROBABILITY
from rhml_core.domain import Person
from rhml_core.evidence import Opinion
from rhml_core.safe_text import one_line

_CELL = (
    "padding:.3rem .6rem;border-bottom:1px solid color-mix(in srgb,currentColor 14%,transparent);"
)
_HEAD = f"{_CELL}font-weight:400;font-size:.82rem;opacity:.75;text-align:left;white-space:nowrap"


@dataclass(frozen=True)
class Answer:
    """
    One person's first and present label for a message.

    Attributes:
        stands: whether it counts; not where the codebook has asked about the message again since.
        called_then: labels that bore another name when the person gave them: now and then.
    """

    person: Person
    first: str
    current: str
    stands: bool = True
    called_then: tuple[tuple[str, str], ...] = ()


def labels_in_play(
    labels: Sequence[str],
    answers: Sequence[Answer],
    opinion: Opinion | None,
    reference: str | None,
) -> list[str]:
    """
    The labels that a person, the machine or the reference chose, in codebook order.

    Labels that the codebook no longer has come last, by name.
    """
    named = {answer.first for answer in answers} | {answer.current for answer in answers}
    if opinion:
        named.add(opinion.label)
    if reference:
        named.add(reference)
    known = [name for name in labels if name in named]
    return known + sorted(named.difference(labels))


def _cell(*marks: str) -> str:
    inner = f'<span style="display:flex;flex-wrap:wrap;gap:.25rem">{"".join(marks)}</span>'
    return f'<td style="{_CELL}">{inner}</td>'


def _machine_cell(label: str, opinion: Opinion) -> str:
    if label not in opinion.probabilities:
        return _cell()
    is_chosen = label == opinion.label
    tone = "" if is_chosen else ";opacity:.72;padding-left:1.75rem"
    figure = (
        f'<span title="{PROBABILITY}" style="font-variant-numeric:tabular-nums{tone}">'
        f"{opinion.probabilities[label]:.2f}</span>"
    )
    return _cell(machine_mark(size=20) if is_chosen else "", figure)


def answer_table_html(
    labels: Sequence[str],
    colours: Mapping[str, str],
    answers: Sequence[Answer],
    *,
    opinion: Opinion | None,
    reference: str | None,
    reference_name: str = "Reference",
) -> str:
    """The table as HTML, everything in it escaped; columns without content are left out."""
    heads = ["Label", "First answer", "Now"]
    heads += ["Machine"] if opinion else []
    heads += [reference_name] if reference else []
    rows = []
    for label in labels_in_play(labels, answers, opinion, reference):
        first = [person_mark(a.person, size=22) for a in answers if a.first == label]
        now = [person_mark(a.person, size=22) for a in answers if a.stands and a.current == label]
        cells = [_cell(*first), _cell(*now)]
        cells += [_machine_cell(label, opinion)] if opinion else []
        if reference:
            cells.append(_cell(reference_mark(size=20) if label == reference else ""))
        chip = label_chip(label, colours)
        rows.append(
            f'<tr><th scope="row" style="{_CELL}font-weight:500;text-align:left">{chip}</th>'
            f"{''.join(cells)}</tr>"
        )
    head = "".join(f'<th scope="col" style="{_HEAD}">{escape(one_line(h))}</th>' for h in heads)
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;width:100%;'
        f'font-size:.93rem"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table></div>"
    )


def answer_table(
    labels: Sequence[str],
    colours: Mapping[str, str],
    answers: Sequence[Answer],
    *,
    opinion: Opinion | None,
    reference: str | None,
    reference_name: str = "Reference",
) -> None:
    """Draw the table."""
    st.html(
        answer_table_html(
            labels,
            colours,
            answers,
            opinion=opinion,
            reference=reference,
            reference_name=reference_name,
        )
    )
