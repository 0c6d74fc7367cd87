"""Where one takes part in a thread: comment, ask or challenge the machine, invite, conclude."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.components.comments import LONGEST_COMMENT
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from rhml_core.domain import Codebook, Person, Project, Span, Split
from rhml_core.errors import RhmlError
from rhml_core.safe_text import one_line, plain
from rhml_core.workflows.dialogue.dialogue import ask_machine, challenge
from rhml_core.workflows.dialogue.invitations import colleagues, invite
from rhml_core.workflows.dialogue.outcomes import hold, revise
from rhml_core.workflows.dialogue.threads import MessageThread, add_comment
from rhml_core.workflows.dialogue.words import words_to_mark
from rhml_core.workflows.workplace import Workplace

_HEIGHT = 68
_MOST_WORDS = 200
COMPOSER = "composer"
_STAYS_IN_SIGHT = (
    f"[data-testid='stLayoutWrapper']:has(> .st-key-{COMPOSER}) {{ position: sticky; bottom: 0; "
    "z-index: 5; background: light-dark(#FCFBF8, #161715); padding: .5rem 0 .75rem; "
    "border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }"
)
"""However long the thread is, what one can do next is on the screen."""


@dataclass(frozen=True)
class _Desk:
    """
    What every act needs.

    Attributes:
        asked: who can be asked in.
        draft: key of the act being written; a repeated click is the same act.
        is_main: whether taking part is the page's one next step.
    """

    place: Workplace
    person: Person
    project_id: str
    codebook: Codebook
    thread: MessageThread
    asked: list[Person]
    draft: str
    is_main: bool

    @property
    def message_id(self) -> str:
        """The message talked about."""
        return self.thread.message.message_id


def acts_for(thread: MessageThread, *, has_colleagues: bool) -> dict[str, str]:
    """What the reader can do in a thread: act -> words of the choice, in order."""
    speaks = thread.message.split is Split.POOL
    acts = {"comment": "Comment"}
    if speaks and thread.opinion:
        acts["challenge"] = "Challenge the machine"
    elif speaks:
        acts["ask"] = "Ask the machine"
    if has_colleagues:
        acts["invite"] = "Ask a colleague"
    if thread.own_label and not thread.settled:
        acts["conclude"] = "Keep or change"
    return acts


def show_composer(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    thread: MessageThread,
    *,
    is_main: bool,
) -> None:
    """Draw the choice of acts and the form of the chosen one; what is sent is written at once."""
    message_id = thread.message.message_id
    kept = f"draft_of_message:{message_id}"
    draft = st.session_state.setdefault(kept, uuid.uuid4().hex)
    asked = colleagues(place, person, project.project_id, message_id)
    acts = acts_for(thread, has_colleagues=bool(asked))
    desk = _Desk(place, person, project.project_id, codebook, thread, asked, draft, is_main)
    st.html(f"<style>{_STAYS_IN_SIGHT}</style>")
    with st.container(gap="xsmall", key=COMPOSER):
        try:
            is_sent = _ACTS[_choose_act(message_id, draft, acts)](desk)
        except RhmlError as error:
            show_error(error)
            return
    if is_sent:
        st.session_state[kept] = uuid.uuid4().hex
        st.rerun()


def _choose_act(message_id: str, draft: str, acts: dict[str, str]) -> str:
    chosen = st.segmented_control(
        "How to take part",
        list(acts),
        default="comment",
        required=True,
        format_func=lambda act: acts[act],
        key=f"act_{message_id}_{draft}",
        label_visibility="collapsed",
    )
    return str(chosen)


def _comment(desk: _Desk) -> bool:
    form = _form(desk, "What should the others consider? @Name tells someone.", "Comment", "send")
    if not (form.is_sent and form.text):
        return False
    subject = f"message:{desk.message_id}"
    add_comment(desk.place, desk.person, desk.project_id, subject, form.text, key=desk.draft)
    return True


def _challenge(desk: _Desk) -> bool:
    label = desk.thread.opinion.label if desk.thread.opinion else ""
    asks = f"The machine says {one_line(label)}. Why is it wrong?"
    where = (desk.place, desk.person, desk.project_id, desk.message_id)
    form = _form(desk, asks, "Challenge", "contrast", marks_words=True, also="Only ask")
    if form.is_sent:
        challenge(*where, form.text, evidence=form.evidence, key=desk.draft)
    elif form.is_other_sent:
        ask_machine(*where, key=desk.draft)
    return form.is_sent or form.is_other_sent


def _ask(desk: _Desk) -> bool:
    with st.container(horizontal=True, vertical_alignment="center", key=f"ask_bar_{desk.draft}"):
        is_sent = st.button(
            "Ask the machine",
            key=f"send_{desk.draft}",
            icon=":material/diamond:",
            type="primary" if desk.is_main else "secondary",
        )
        quiet_line("Its answer, its words, judged messages nearby, and what would change it.")
    if is_sent:
        ask_machine(desk.place, desk.person, desk.project_id, desk.message_id, key=desk.draft)
    return is_sent


def _invite(desk: _Desk) -> bool:
    names = {one.person_id: one.name for one in desk.asked}
    whom = st.selectbox(
        "Whom to ask",
        list(names),
        format_func=lambda person_id: one_line(names[person_id]),
        key=f"whom_{desk.draft}",
        label_visibility="collapsed",
        width=240,
    )
    form = _form(desk, "What do you want to know? (optional)", "Ask", "person_add")
    if form.is_sent and whom:
        invite(
            desk.place,
            desk.person,
            desk.project_id,
            desk.message_id,
            str(whom),
            text=form.text,
            key=desk.draft,
        )
    return form.is_sent


def _conclude(desk: _Desk) -> bool:
    present = desk.thread.own_label or ""
    # A click comes with the label that stood on the page, which may be another by now.
    shown = str(st.session_state.get(f"present_{desk.draft}", present))
    names = list(dict.fromkeys([*desk.codebook.names, present, shown]))
    label = str(
        st.pills(
            "Your label now",
            names,
            default=present,
            required=True,
            format_func=plain,
            key=f"label_{desk.draft}",
            label_visibility="collapsed",
        )
    )
    words = f"{'Keep' if label == present else 'Change to'} {one_line(label)}"
    form = _form(desk, "What decides it for you?", words, "gavel", marks_words=True)
    st.session_state[f"present_{desk.draft}"] = present
    if not form.is_sent:
        return False
    where = (desk.place, desk.person, desk.project_id, desk.message_id)
    if label == shown:
        hold(*where, form.text, shown=shown, evidence=form.evidence, key=desk.draft)
    else:
        revise(*where, label, form.text, shown=shown, evidence=form.evidence, key=desk.draft)
    return True


_ACTS: dict[str, Callable[[_Desk], bool]] = {
    "comment": _comment,
    "challenge": _challenge,
    "ask": _ask,
    "invite": _invite,
    "conclude": _conclude,
}


@dataclass(frozen=True)
class _Form:
    """What stands in the form, and which of its buttons was clicked."""

    text: str
    evidence: list[Span]
    is_sent: bool
    is_other_sent: bool


def _form(
    desk: _Desk, asks: str, send: str, icon: str, *, marks_words: bool = False, also: str = ""
) -> _Form:
    """Draw the field, the choice of words and the buttons; `also` names a second one."""
    with (
        st.form(key=f"dialogue_form_{desk.draft}", border=False),
        st.container(gap="xsmall", key=f"form_rows_{desk.draft}"),
    ):
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"row_{desk.draft}"):
            text = st.text_area(
                plain(asks),
                key=f"text_{desk.draft}",
                height=_HEIGHT,
                max_chars=LONGEST_COMMENT,
                placeholder=asks,
                label_visibility="collapsed",
            )
            is_sent = False if marks_words else _send_button(desk, send, icon)
        evidence: list[Span] = []
        is_other_sent = False
        if marks_words:
            with st.container(
                horizontal=True, vertical_alignment="bottom", key=f"words_row_{desk.draft}"
            ):
                evidence = _choose_words(desk)
                if also:
                    is_other_sent = st.form_submit_button(plain(also), key=f"also_{desk.draft}")
                is_sent = _send_button(desk, send, icon)
    return _Form(text.strip(), evidence, is_sent, is_other_sent)


def _send_button(desk: _Desk, words: str, icon: str) -> bool:
    return st.form_submit_button(
        plain(words),
        key=f"send_{desk.draft}",
        icon=f":material/{icon}:",
        type="primary" if desk.is_main else "secondary",
    )


def _choose_words(desk: _Desk) -> list[Span]:
    places = words_to_mark(desk.thread.message.text)
    chosen = st.multiselect(
        "Words that decide",
        list(places)[:_MOST_WORDS],
        key=f"words_{desk.draft}",
        placeholder="Words that decide (optional)",
        label_visibility="collapsed",
    )
    return [span for word in chosen for span in places[word]]
