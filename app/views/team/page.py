"""Team: is the work getting done, and by whom?"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo

import streamlit as st

from app.components.address import filter_value, open_view
from app.components.address_choice import choose_in_list, choose_part
from app.components.address_tabs import part_name
from app.components.day_bars import day_bars
from app.components.empty import empty_state
from app.components.figure_cell import figure_cell, figure_cell_html
from app.components.first_line import first_line
from app.components.marks import draw, person_mark, person_tone
from app.components.page_turner import PAGE, page_in_address, turn_page
from app.components.plain_lines import quiet_line
from app.components.times import duration, reader_zone
from app.views.my_learning.page import TABS_OF_OTHERS
from app.views.page_key import PageKey, page_key
from app.views.team.words import (
    HEADS_MEAN,
    RANKING_WORDS,
    Cell,
    changes_cell,
    first_round_cell,
    given_back_cell,
    judged_cell,
    pace_cell,
    progress_sentence,
    share_cell,
    time_cell,
    who_sentence,
)
from rhml_core.domain import Person, Project
from rhml_core.safe_text import plain
from rhml_core.workflows.kept.project_state import leases_state
from rhml_core.workflows.overview.team import (
    LONGEST_STEP_SECONDS,
    TeamMember,
    TeamReport,
    team_report,
)
from rhml_core.workflows.overview.team_ranking import RANKINGS_OF_LEARNING, Ranking, ranked_members
from rhml_core.workflows.workplace import Workplace

Column = tuple[str, Callable[[TeamMember], Cell]]

N_ON_PAGE = 10
_MINUTES_KEPT = 15
_WORK, _LEARNING = "work", "learning"
_SORT = "sort"
_BETTER, _WORSE = "changed for the better", "changed for the worse"
_PARTS = {_WORK: "Work", _LEARNING: "Skill and reliance"}
_WORK_COLUMNS: Sequence[Column] = (
    ("messages judged", judged_cell),
    ("pace", pace_cell),
    ("time for a message", time_cell),
    ("enough judgements", lambda one: share_cell(one.work.overlap_reached)),
    ("given back", given_back_cell),
)
_LEARNING_COLUMNS: Sequence[Column] = (
    ("right without the machine", lambda one: share_cell(one.unaided)),
    (_BETTER, lambda one: changes_cell(one.n_helpful, one.helpful)),
    (_WORSE, lambda one: changes_cell(one.n_harmful, one.harmful)),
    ("first round", first_round_cell),
)
_WORK_WIDTHS = [1.8, 1.1, 1.5, 1.4, 1.4, 1.5, 1.3, 1.05]
_LEARNING_WIDTHS = [1.9, 1.9, 1.7, 1.7, 1.9, 0.95]
_SCROLLS_ALONE = """<style>
.st-key-team_table { overflow-x: auto; }
.st-key-team_table > [data-testid="stLayoutWrapper"] { min-width: 46rem; }
</style>"""
"""On a narrow page the table scrolls by itself, instead of squeezing its figures."""


@st.cache_data(max_entries=16, show_spinner="Counting the team's work")
def _report(
    _place: Workplace,
    _person: Person,
    project_id: str,
    _zone: tzinfo,
    with_learning: bool,  # noqa: FBT001 -- a key, not a switch
    key: PageKey,  # noqa: ARG001 -- all that it depends on
) -> TeamReport:
    return team_report(_place, _person, project_id, zone=_zone, with_learning=with_learning)


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    zone = reader_zone()
    # Leases run out by themselves.
    moment = (str(zone), int(datetime.now(UTC).timestamp()) // (60 * _MINUTES_KEPT))
    report = _report(
        place,
        person,
        project.project_id,
        zone,
        _needs_learning(),
        page_key(place, person, project, leases_state(place.db, project.project_id), *moment),
    )
    first_line(progress_sentence(report), note=who_sentence(report))
    if not report.members:
        empty_state(
            "Nobody is on the team yet. Experts are added on the page Settings.",
            action="Open Settings",
            view="settings",
            key="no_team",
            icon="group",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", key="team_bar"):
        part = choose_part("show", _PARTS, key="team_part", title="Which figures", default=_WORK)
        members = _in_order(report)
    _show_table(_on_page(members), report, part)
    _explain(part, report)


def _needs_learning() -> bool:
    """Whether the address asks for skill and reliance, which take longest to count."""
    return filter_value("show") == _LEARNING or filter_value(_SORT) in RANKINGS_OF_LEARNING


def _in_order(report: TeamReport) -> Sequence[TeamMember]:
    """By name, or by the figure that was chosen where the project lets people be ranked."""
    if not report.shows_ranking:
        return report.members
    names = {"": "Sort by name"} | {
        by.value: f"Sort by {words}" for by, words in RANKING_WORDS.items()
    }
    chosen = choose_in_list(_SORT, names, key="team_sort", title="Order", resets=PAGE)
    return ranked_members(report, Ranking(chosen)) if chosen else report.members


def _on_page(members: Sequence[TeamMember]) -> Sequence[TeamMember]:
    n_pages = -(-len(members) // N_ON_PAGE)
    if n_pages == 1:
        return members
    page = min(page_in_address(), n_pages)
    turn_page(n_pages, page, key="team_page")
    return members[(page - 1) * N_ON_PAGE : page * N_ON_PAGE]


def _show_table(members: Sequence[TeamMember], report: TeamReport, part: str) -> None:
    is_work = part == _WORK
    shown = _WORK_COLUMNS if is_work else _LEARNING_COLUMNS
    widths = _WORK_WIDTHS if is_work else _LEARNING_WIDTHS
    heads = ["", *(["last 7 days"] if is_work else []), *(words for words, _ in shown), ""]
    with st.container(gap="small", key="team_table"):
        st.html(_SCROLLS_ALONE)
        for column, words in zip(st.columns(widths), heads, strict=True):
            with column:
                quiet_line(words, means=HEADS_MEAN.get(words, ""))
        most = max(n for one in report.members for _, n in one.pace.days)
        for member in members:
            _show_row(member, shown, widths, most=most if is_work else None)


def _show_row(
    member: TeamMember, shown: Sequence[Column], widths: Sequence[float], *, most: int | None
) -> None:
    person = member.person
    columns = iter(st.columns(widths, vertical_alignment="center"))
    with next(columns):
        below = "simulated" if person.is_simulated else ""
        draw(person_mark(person, size=26), figure_cell_html(person.name, below))
    if most is not None:
        with next(columns):
            draw(day_bars(member.pace.days, most=most, tone=person_tone(person.person_id)))
    for words, cell in shown:
        with next(columns):
            _show_cell(member, words, cell)
    with next(columns):
        if st.button(
            "Open", key=f"member_{person.person_id}", help=plain(f"What {person.name} learns")
        ):
            open_view("my_learning", expert=person.person_id)


def _show_cell(member: TeamMember, words: str, cell: Callable[[TeamMember], Cell]) -> None:
    """Draw a figure; where messages of which the mind was changed are behind it, a way to them."""
    lead, below, means = cell(member)
    n_changed = {_BETTER: member.n_helpful, _WORSE: member.n_harmful}.get(words, 0)
    if not n_changed:
        figure_cell(lead, below, means=means)
        return
    how = words.rsplit(maxsplit=1)[-1]
    key = f"changed_{how}_{member.person.person_id}"
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        figure_cell(lead, below, means=means)
        if st.button("Read", key=key, type="tertiary", help="The messages behind this figure"):
            open_view(
                "my_learning",
                expert=member.person.person_id,
                changed=how,
                part=part_name(TABS_OF_OTHERS[1]),
            )


def _explain(part: str, report: TeamReport) -> None:
    if part == _WORK:
        quiet_line(
            "Pace: messages on a day with any, in the last 7 days. Time: median over finished "
            f"messages with the tab in view; a step longer than {duration(LONGEST_STEP_SECONDS)} "
            "counts as that. Enough judgements: share of the messages judged that need no "
            "further person. Given back: skipped, or not answered in time. In brackets: 95 % "
            "intervals; a dash says on hover why there is no figure."
        )
    else:
        quiet_line(
            "Right without the machine: messages with a known answer that came without it. "
            "Changed: "
            "of the turns in which the machine differed from the first answer. How sure someone "
            "says to be, and their reviews, are theirs alone. In brackets: 95 % intervals; a dash "
            "says on hover why there is no figure."
        )
    order = (
        "Sorting by a figure is on; everyone is told on Home."
        if report.shows_ranking
        else "By name: where intervals overlap, nobody is ahead."
    )
    quiet_line(order)
