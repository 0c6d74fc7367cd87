"""Parts of Home beside the queue: what waits for me, and both learners at a glance."""

import streamlit as st

from app.components.address import open_view
from app.components.counted import counted
from app.components.facts import part_title
from app.components.learning_charts import PEOPLE_TONE, learners_chart
from app.components.marks import draw, machine_mark, text_span
from app.components.message_list import ListedMessage, message_list
from app.components.plain_lines import quiet_line
from app.views.current_learning import current_cycles, newer_words
from app.views.learners.words import lifts_sentence
from rhml_core.domain import Person, Project
from rhml_core.workflows.dialogue.dialogue import UnreadThread
from rhml_core.workflows.overview.home import Waiting
from rhml_core.workflows.workplace import Workplace

_N_THREADS = 3


def thread_note(thread: UnreadThread) -> str:
    """What is new in a thread, in few words."""
    words = f"{thread.n_unread:,} new"
    if thread.is_mentioned:
        words += ", asks you"
    return f"{words}, judge it first" if thread.must_judge_first else words


def show_waiting(waiting: Waiting) -> None:
    """Draw what is due, what is to be read and the threads with news; nothing where none is."""
    if waiting.n_due_reviews:
        with st.container(horizontal=True, vertical_alignment="center", key="due_reviews"):
            st.text(f"{counted(waiting.n_due_reviews, 'card')} due for review")
            if st.button("Review", key="home_review", icon=":material/replay:"):
                open_view("my_learning", review="1")
    if waiting.unread_digest is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="unread_digest"):
            st.text(f"Digest of cycle {waiting.unread_digest:,}, unread")
            if st.button(
                "Read",
                key="home_digest",
                icon=":material/menu_book:",
                help="What machine and people learnt from each other, in two minutes",
            ):
                open_view("journal")
    if not waiting.threads:
        return
    n_asked = len(waiting.mentions)
    note = f"{len(waiting.threads):,}" + (f", {n_asked:,} ask you" if n_asked else "")
    part_title("New in threads", note=note)
    rows = [
        ListedMessage(one.message_id, one.excerpt, (), note=thread_note(one))
        for one in waiting.threads[:_N_THREADS]
    ]
    chosen = message_list(rows, chosen="", key="unread_threads", title="Threads with news")
    if chosen:
        open_view("disagreements", message=chosen)
    n_more = len(waiting.threads) - _N_THREADS
    if n_more > 0:
        quiet_line(f"And {counted(n_more, 'more', 'more')}.")


def _experts_mark() -> str:
    dot = f'<span style="color:{PEOPLE_TONE}" aria-hidden="true">\u25cf</span>'
    return f"<span>{dot} {text_span('experts: right without the machine', muted=True)}</span>"


def show_learners(place: Workplace, person: Person, project: Project) -> None:
    """Draw both learners' curves, small, once one is measured."""
    look = current_cycles(place, person, project)
    found = look.value
    if found is None:
        part_title("Both learners")
        quiet_line(newer_words(look))
        return
    rows = [(one.cycle, one.machine, one.experts) for one in found.cycles]
    if not any(machine or experts for _, machine, experts in rows):
        return
    part_title("Both learners")
    learners_chart(rows, key="home_learners", height=230, is_small=True)
    draw(f"{machine_mark(size=16)}{text_span(' macro-F1', muted=True)}", _experts_mark())
    quiet_line(f"{lifts_sentence(found)} Whiskers: 95 %. {newer_words(look)}".strip())
    if st.button("Open Both learners", key="home_to_learners", type="tertiary"):
        open_view("learners")
