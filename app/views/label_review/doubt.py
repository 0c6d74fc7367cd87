"""One label in doubt: why, what can be done about it, and what was said of its message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address_choice import choose_part
from app.components.marks import draw, label_chip, label_colours, text_span
from app.views.thread.thread import show_thread
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.safe_text import one_line, plain
from rhml_core.workflows.disputes.label_review import judge_again, let_label_stand, may_judge_again
from rhml_core.workflows.workplace import Workplace

_LONGEST_REASON = 500
_N_CHARACTERS = 400
_MOST_SHOWN = 0.99


@dataclass(frozen=True)
class Doubt:
    """
    One item of the list.

    Attributes:
        name: what it is called in the address.
        kind: whether the machine contradicts it, or a near-twin does.
        row: of `LabelReview.suspects` or `LabelReview.twins`.
    """

    name: str
    kind: Literal["machine", "twins"]
    row: Mapping[str, Any]


def in_a_row(words: Sequence[str]) -> str:
    """
    Words as people list them.

    >>> in_a_row(["Ana"]), in_a_row(["Ana", "Ben", "Cem"])
    ('Ana', 'Ana, Ben and Cem')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def said_of(labels: Sequence[str], names: Sequence[str], label: str | None) -> str:
    """
    Who gave which label, the one that counts first.

    >>> said_of(["ham", "spam", "spam"], ["Ana", "Ben", "Cem"], "spam")
    'spam by Ben and Cem, ham by Ana'
    >>> said_of([], [], "ham")
    'ham by the reference'
    """
    order = dict.fromkeys([*([label] if label else []), *labels])
    by = {one: [n for given, n in zip(labels, names, strict=True) if given == one] for one in order}
    return ", ".join(f"{one} by {in_a_row(who or ['the reference'])}" for one, who in by.items())


def suspect_sentence(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Why a label is in doubt, of a row of `LabelReview.suspects`; `names` by identifier."""
    who = [names.get(one, one) for one in row["expert_ids"]]
    sentence = (
        f"Labelled {said_of(row['labels'], who, row['label'])}. The machine, which was not told, "
        f"says {row['machine_label']} with a probability of {row['machine_probability']:.2f} and "
        f"gives {row['label']} {row['label_probability']:.2f}."
    )
    return sentence + _stood(row, names)


def alike(similarity: float) -> str:
    """
    A similarity for people, which only the same text has in full.

    >>> alike(0.9671), alike(0.9981)
    ('0.97', 'over 0.99')
    """
    return f"{similarity:.2f}" if similarity <= _MOST_SHOWN else f"over {_MOST_SHOWN:.2f}"


def twin_sentence(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Why a pair is in doubt, of a row of `LabelReview.twins`; `names` by identifier."""
    start = (
        "The same text"
        if row["is_same_text"]
        else f"Nearly the same text ({alike(row['similarity'])} alike, of 1)"
    )
    first, second = row["label"], row["twin_label"]
    sentence = (
        f"{start} is labelled {first} both times, but not by everyone."
        if first == second
        else f"{start} is {_state_of(first)} and {_state_of(second)}."
    )
    own = [names.get(one, one) for one in row["contradicts_self"]]
    if own:
        sentence += f" {in_a_row(own)} labelled the two differently."
    return sentence + _stood(row, names)


def _state_of(label: str | None) -> str:
    return f"labelled {label} once" if label else "undecided once"


def _stood(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    stood = [names.get(one, one) for one in row["stood_by"]]
    if not stood:
        return ""
    return f" {in_a_row(stood)} looked again and {'stands' if len(stood) == 1 else 'stand'} by it."


def show_doubt(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    people: Mapping[str, Person],
    doubt: Doubt,
) -> bool:
    """Draw the doubt, what can be done, and the thread; whether it was settled just now."""
    names = {person_id: one.name for person_id, one in people.items()}
    tell = suspect_sentence if doubt.kind == "machine" else twin_sentence
    st.html(
        '<p style="margin:0;line-height:1.5;max-width:46rem;overflow-wrap:anywhere;'
        f'font-variant-numeric:tabular-nums">{escape(one_line(tell(doubt.row, names)))}</p>'
    )
    message_id = str(doubt.row["message_id"])
    if doubt.kind == "twins":
        message_id = _choose_twin(doubt, codebook)
    is_done = False
    if person.may(Role.EXPERT):
        with st.container(horizontal=True, vertical_alignment="center", key="doubt_acts"):
            is_done = _offer_standing(place, person, project, doubt)
            if may_judge_again(place, person, project.project_id, message_id):
                is_done = _offer_judging(place, person, project, codebook, message_id) or is_done
    if not is_done:
        show_thread(place, person, project, codebook, message_id, comment_is_main=False)
    return is_done


def _choose_twin(doubt: Doubt, codebook: Codebook) -> str:
    """Draw both texts, one above the other; identifier of the one whose thread is open."""
    row, colours = doubt.row, label_colours(codebook)
    for side, words in (("", "First"), ("twin_", "Second")):
        label = row[f"{side}label"]
        chip = label_chip(label, colours) if label else text_span("undecided", muted=True)
        draw(text_span(words, muted=True), chip, text_span(row[f"{side}text"][:_N_CHARACTERS]))
    chosen = choose_part(
        "of",
        {"first": "Thread of the first", "second": "Thread of the second"},
        key="of",
        title="Whose thread",
        default="first",
    )
    return str(row["twin_id"] if chosen == "second" else row["message_id"])


def _offer_standing(place: Workplace, person: Person, project: Project, doubt: Doubt) -> bool:
    is_pair = doubt.kind == "twins"
    if person.may(Role.SUPERVISOR):
        words = "Both labels stand" if is_pair else "Label stands"
        meaning = "Leaves this list for everyone, until a label changes"
    else:
        words = "Keep both" if is_pair else _keep_words(doubt.row, person.person_id)
        meaning = "Leaves your list; your supervisor sees that you looked again"
    act = f"stand_{project.project_id}_{doubt.name}"
    # Plain like its neighbour: the page takes no side between the label and the machine.
    if not st.button(plain(words), key="let_stand", icon=":material/check:", help=meaning):
        return False
    let_label_stand(
        place,
        person,
        project.project_id,
        str(doubt.row["message_id"]),
        twin_id=doubt.row.get("twin_id"),
        key=act_key(act),
    )
    close_act(act)
    return True


def _keep_words(row: Mapping[str, Any], expert_id: str) -> str:
    """
    The words of the button that keeps one's label, of a row of `LabelReview.suspects`.

    >>> row = {"labels": ["ham", "spam"], "expert_ids": ["ana", "ben"]}
    >>> _keep_words(row, "ben")
    'Keep spam'
    """
    by_expert = dict(zip(row["expert_ids"], row["labels"], strict=True))
    return f"Keep {one_line(by_expert[expert_id])}" if expert_id in by_expert else "Keep my label"


def _offer_judging(
    place: Workplace, person: Person, project: Project, codebook: Codebook, message_id: str
) -> bool:
    act = f"judge_{project.project_id}_{message_id}"
    with (
        st.popover("Change to \u2026", key="judge_again", icon=":material/edit:"),
        st.form(key=f"judge_form_{message_id}", border=False),
    ):
        label = st.radio(
            "Your label now",
            codebook.names,
            index=None,
            format_func=plain,
            key=f"judge_label_{message_id}",
        )
        reason = st.text_input("Why", key=f"judge_reason_{message_id}", max_chars=_LONGEST_REASON)
        is_sent = st.form_submit_button("Change my label", key=f"judge_send_{message_id}")
    if not is_sent or label is None:
        return False
    judge_again(
        place,
        person,
        project.project_id,
        message_id,
        label=label,
        reason=reason.strip(),
        key=act_key(act),
    )
    close_act(act)
    return True
