"""A spaced review, card by card: asked without the answer, then told what is right and why."""

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import open_view, set_filter
from app.components.counted import counted
from app.components.facts import part_title
from app.components.first_line import first_line
from app.components.label_buttons import colour_label_buttons
from app.components.label_card import label_cards
from app.components.marks import draw, label_chip, label_colours, person_name, text_span
from app.components.message_card import message_card
from app.components.plain_lines import quiet_line
from app.components.times import duration, reader_time
from app.components.two_sides import two_sides
from rhml_core.domain import Codebook, Message, Person, Project
from rhml_core.safe_text import one_line, plain
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.learner.review_cards import ReviewCard, Voice
from rhml_core.workflows.learner.review_schedule import Effort
from rhml_core.workflows.learner.reviews import (
    Feedback,
    answer_review,
    due_reviews,
    rate_review,
    review_standing,
)
from rhml_core.workflows.workplace import Workplace

ADDRESS = "review"
"""Filter of the page's address under which a review goes on."""

_EFFORTS = {
    Effort.HARD: ("Hard", "H"),
    Effort.GOOD: ("Good", "Enter"),
    Effort.EASY: ("Easy", "E"),
}
_SOURCES = {
    "adjudicated": "The message is settled",
    "adopted": "The team adopted it so",
}
_ACTS = {"judged": "says", "decided": "settled it as", "adopted": "adopted it for"}


def in_time(at: datetime, now: datetime) -> str:
    """
    How far off a moment is, in words.

    >>> in_time(datetime(2025, 3, 5, tzinfo=UTC), datetime(2025, 3, 3, tzinfo=UTC))
    'in 2 days'
    """
    left = at - now
    if left.days >= 1:
        return f"in {counted(left.days, 'day')}"
    return f"in {duration(max(left.total_seconds(), 60.0))}"


def told_sentence(told: Feedback) -> str:
    """The first line once a card is answered: right or wrong, and what is right."""
    if told.is_right:
        return f"Right: {told.reference}."
    return f"Not this time: it is {told.reference}, you said {told.label}."


def told_note(told: Feedback) -> str:
    """The quieter line below: where the reference is from, and what one said before."""
    if told.source == "consensus":
        votes = [one.label == told.reference for one in told.said if one.act == "judged"]
        many = "colleague says" if len(votes) == 1 else "colleagues say"
        note = f"So {sum(votes):,} of {len(votes):,} {many}; it is not settled."
    else:
        note = f"{_SOURCES[told.source]}."
    if told.earlier:
        note += f" When you judged it, you said {told.earlier}."
    return note


def show_review(place: Workplace, person: Person, project: Project) -> None:
    """Draw the card in hand: its answer where one was given, else its question."""
    codebook = get_codebook(place, project.project_id)
    held = f"review_told_{person.person_id}_{project.project_id}"
    told: Feedback | None = st.session_state.get(held)
    if told is not None:
        if _show_told(place, person, project, codebook, told):
            st.session_state.pop(held, None)
            st.rerun()
        return
    due = due_reviews(place, person, project.project_id)
    if not due:
        _show_done(place, person, project)
        return
    answered = _ask(place, person, project, codebook, due)
    if answered is not None:
        st.session_state[held] = answered
        st.rerun()


def _ask(
    place: Workplace, person: Person, project: Project, codebook: Codebook, due: list[ReviewCard]
) -> Feedback | None:
    card = due[0]
    first_line(
        card.question,
        note=f"{counted(len(due), 'card')} due. Choose a label, by click or by its key; "
        "the answer comes afterwards.",
    )
    if card.message is not None:
        message_card(card.message, key="review_message", earlier=_earlier(card))
    elif len(card.terms) > 1:
        quiet_line(f"Also counted to it: {', '.join(card.terms[1:])}")
    chosen = None
    colours = label_colours(codebook)
    colour_label_buttons("review_labels", [colours[name] for name in codebook.names])
    with st.container(horizontal=True, gap="xsmall", key="review_labels"):
        for place_in_codebook, label in enumerate(codebook.labels):
            if st.button(
                plain(label.name),
                key=f"review_label_{place_in_codebook}",
                shortcut=label.key.upper() or None,
            ):
                chosen = label.name
    _offer_way_back()
    if chosen is None:
        return None
    act = f"review_{project.project_id}_{card.subject}"
    told = answer_review(
        place, person, project.project_id, card.subject, label=chosen, key=act_key(act)
    )
    close_act(act)
    return told


def _earlier(card: ReviewCard) -> list[Message]:
    return [card.replies_to] if card.replies_to else []


def _show_told(
    place: Workplace, person: Person, project: Project, codebook: Codebook, told: Feedback
) -> bool:
    """Draw what is right and why; whether the person goes on."""
    first_line(told_sentence(told), note=told_note(told))
    goes_on = _rate(place, person, project, told) if told.is_right else _go_on(told)
    colours = label_colours(codebook)
    left, right = two_sides((3, 2), (24, 18), key="review_sides")
    with left, st.container(gap="small", key="review_asked"):
        if told.card.message is not None:
            message_card(told.card.message, key="review_told_message", earlier=_earlier(told.card))
        else:
            st.text(one_line(told.card.question))
        _show_voices(told.said, colours)
        kind, _, name = told.card.subject.partition(":")
        if st.button("Talk about it", key="review_talk", icon=":material/forum:", type="tertiary"):
            if kind == "message":
                open_view("disagreements", message=name)
            open_view("journal", concept=name)
    with right:
        by_name = {one.name: one for one in codebook.labels}
        wanted = dict.fromkeys((told.reference, told.label))
        label_cards([by_name[name] for name in wanted if name in by_name], colours, n_columns=1)
    _offer_way_back()
    return goes_on


def _rate(place: Workplace, person: Person, project: Project, told: Feedback) -> bool:
    now = datetime.now(UTC)
    chosen = None
    with st.container(horizontal=True, vertical_alignment="center", key="review_efforts"):
        for effort, (words, shortcut) in _EFFORTS.items():
            if st.button(
                f"{words} · {in_time(told.due_by_effort[effort], now)}",
                key=f"review_{effort.value}",
                type="primary" if effort is Effort.GOOD else "secondary",
                shortcut=shortcut,
                help=f"It was {effort.value}: ask me again "
                f"{in_time(told.due_by_effort[effort], now)}",
            ):
                chosen = effort
    if chosen is None:
        return False
    if chosen is not told.effort:
        act = f"rate_{told.review_id}"
        rate_review(
            place,
            person,
            project.project_id,
            told.card.subject,
            effort=chosen,
            key=act_key(act),
        )
        close_act(act)
    return True


def _go_on(told: Feedback) -> bool:
    with st.container(horizontal=True, vertical_alignment="center", key="review_next_bar"):
        goes_on = st.button("Next", key="review_next", type="primary", shortcut="Enter")
        again = in_time(told.due_by_effort[Effort.AGAIN], datetime.now(UTC))
        quiet_line(f"This card comes again {again}.")
    return goes_on


def _show_voices(said: tuple[Voice, ...], colours: Mapping[str, str]) -> None:
    if not said:
        return
    part_title("Who said what, and why")
    for voice in said:
        draw(
            person_name(voice.person),
            text_span(_ACTS[voice.act], muted=True),
            label_chip(voice.label, colours),
        )
        if voice.reason:
            quiet_line(f"“{one_line(voice.reason)}”")


def _show_done(place: Workplace, person: Person, project: Project) -> None:
    standing = review_standing(place, person, project.project_id)
    done = counted(standing.n_done_today, "card")
    sentence = f"Nothing more is due: you reviewed {done} today."
    note = f"Next: {reader_time(standing.next_due_at)}." if standing.next_due_at else ""
    first_line(sentence, note=note)
    _offer_way_back(is_main=True)


def _offer_way_back(*, is_main: bool = False) -> None:
    if st.button(
        "Back to My learning",
        key="review_back",
        type="primary" if is_main else "tertiary",
        icon=":material/arrow_back:",
    ):
        set_filter(ADDRESS, None)
        st.rerun()
