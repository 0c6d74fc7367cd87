"""My learning: am I getting better, and at what?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from app.components.address import filter_value, set_filter
from app.components.address_tabs import tabs_in_address
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.facts import facts, part_title
from app.components.first_line import first_line
from app.components.interval import in_words
from app.components.marks import label_colours
from app.components.meanings import meaning_of
from app.components.plain_lines import quiet_line
from app.components.quiet_box import quiet_box
from app.components.times import reader_time
from app.views.current_learning import current_learning
from app.views.my_learning.machine import show_machine
from app.views.my_learning.review import ADDRESS, show_review
from app.views.my_learning.skill import show_skill
from app.views.my_learning.stated import show_stated
from app.views.my_learning.words import progress_note, progress_sentence
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.learner.learning import PersonLearning
from rhml_core.workflows.learner.learnt_messages import LearntMessage, own_messages, team_messages
from rhml_core.workflows.learner.reviews import ReviewStanding, review_standing
from rhml_core.workflows.workplace import Workplace

TABS = ("Skill", "Me and the machine", "How sure, how right", "Reviews")
TABS_OF_OTHERS = ("Skill", "The expert and the machine")


@dataclass(frozen=True)
class LearningPage:
    """What every part of the page needs."""

    place: Workplace
    person: Person
    project: Project
    learning: PersonLearning
    colours: Mapping[str, str]

    @property
    def is_own(self) -> bool:
        """Whether the person looks at their own learning."""
        return self.learning.expert.person_id == self.person.person_id

    def messages(self, message_ids: Sequence[str]) -> list[LearntMessage]:
        """Those of the messages that may be shown again."""
        find = own_messages if self.is_own else team_messages
        return find(self.place, self.person, self.project.project_id, message_ids)


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    if filter_value(ADDRESS):
        show_review(place, person, project)
        return
    expert_id = filter_value("expert") if person.may(Role.SUPERVISOR) else ""
    learning = current_learning(place, person, project, expert_id or person.person_id)
    colours = label_colours(get_codebook(place, project.project_id))
    page = LearningPage(place, person, project, learning, colours)
    first_line(progress_sentence(learning, person), note=progress_note(learning))
    for title, alarm in (
        ("Worth a look: practice.", learning.deskilling),
        ("Worth a look: shared errors.", learning.misskilling),
    ):
        if alarm.is_raised:
            quiet_box(title, alarm.sentence)
    if not page.is_own:
        _show_tabs(page, None)
        return
    standing = review_standing(place, person, project.project_id)
    _offer_review(standing)
    _show_tabs(page, standing)


def _offer_review(standing: ReviewStanding) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="review_bar"):
        if standing.n_due and st.button(
            "Review", key="review", type="primary", icon=":material/replay:"
        ):
            set_filter(ADDRESS, "1")
            st.rerun()
        quiet_line(
            standing_words(standing),
            means=meaning_of("Remembered") if standing.retention.overall else "",
        )


def standing_words(standing: ReviewStanding) -> str:
    """What is due, what is done, and how much is remembered."""
    if not standing.n_cards:
        return (
            "Nothing to review yet: messages that you got wrong, and concepts that the team "
            "adopts, come here as cards."
        )
    if standing.n_due:
        words = f"Due today: {counted(standing.n_due, 'card')}."
    elif standing.next_due_at is not None:
        words = f"Nothing due; the next card comes {reader_time(standing.next_due_at)}."
    else:
        words = "Nothing due."
    if standing.n_done_today:
        words += f" Reviewed today: {standing.n_done_today:,}."
    if standing.retention.overall is not None:
        words += f" Remembered: {in_words(standing.retention.overall)}."
    return words


def _show_tabs(page: LearningPage, standing: ReviewStanding | None) -> None:
    names = TABS if standing else TABS_OF_OTHERS
    tabs = tabs_in_address(names, key="my_learning_tab")
    if tabs[0].open:
        with tabs[0]:
            show_skill(page.learning, page.messages, page.colours)
    if tabs[1].open:
        with tabs[1]:
            show_machine(page.learning, page.messages, page.colours, is_own=page.is_own)
    if standing is None:
        return
    if tabs[2].open:
        with tabs[2]:
            show_stated(page.place, page.person, page.project, page.learning)
    if tabs[3].open:
        with tabs[3]:
            _show_retention(standing)


def _show_retention(standing: ReviewStanding) -> None:
    kept = standing.retention
    if kept.overall is None:
        empty_state(
            "No card was reviewed twice yet. Cards come back at growing distances, just before "
            "they would be forgotten; how much you remember of them is shown here.",
            key="nothing_reviewed",
            icon="replay",
        )
        return
    part_title("Remembered, by how long ago the card was last seen")
    rows = [
        ("all cards seen before", in_words(kept.overall)),
        *((age, in_words(s)) for age, s in kept.by_age),
    ]
    with st.container(width=520, key="retention"):
        facts(rows)
    quiet_line(
        f"{counted(standing.n_cards, 'card')} in all. Each comes back after a growing time, so "
        "that about nine in ten are remembered. Only you see this."
    )
