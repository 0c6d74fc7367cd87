"""Team: its first line, one row a person, dashes that say why, and a ranking only where allowed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from app.views.team.words import (
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
from rhml_core.workflows.overview.team import TeamMember, TeamReport, Workload
from rhml_core.workflows.overview.team_pace import Pace, Rest
from tests.app.learning_fixtures import UNKNOWN, known
from tests.app.store_fixtures import _page, look, make_project, texts_of

DAYS = tuple((date(2025, 3, 1) + timedelta(days=n), n) for n in range(7))


@pytest.fixture
def project(place, team):
    """In the store, with the labels ham and spam."""
    return make_project(place, team)


@pytest.fixture
def told(monkeypatch):
    """Sets what the page is told of the team."""

    def tell(report):
        monkeypatch.setattr("app.views.team.page.team_report", lambda *_, **__: report)

    return tell


def make_member(person, *, n_judged=40, **facts):
    given = {
        "work": Workload(
            n_judged=n_judged,
            n_in_hands=1,
            n_waiting=20,
            n_skipped=2,
            n_expired=1,
            given_back=known(0.1, 0.03, 0.25, 30),
            overlap_reached=known(0.9, 0.8, 0.95, 40),
        ),
        "pace": Pace(DAYS, known(12, 8, 16, 6), known(30, 20, 40, 9)),
        "seconds": known(24, 18, 30, 40),
        "n_cut": 2,
        "unaided": known(0.78, 0.68, 0.86, 80),
        "helpful": known(0.5, 0.2, 0.8, 10),
        "harmful": known(0.1, 0.02, 0.4, 10),
        "n_helpful": 5,
        "n_harmful": 1,
        "first_round": known(0.8, 0.49, 0.94, 10),
        "first_round_words": "passed",
    }
    return TeamMember(person=person, **(given | facts))


def make_nobody(person):
    """Someone of whom nothing is known yet."""
    work = Workload(0, 0, 60, 0, 0, UNKNOWN, UNKNOWN)
    return make_member(
        person,
        work=work,
        pace=Pace(tuple((day, 0) for day, _ in DAYS), UNKNOWN, UNKNOWN),
        seconds=UNKNOWN,
        n_cut=0,
        unaided=UNKNOWN,
        helpful=UNKNOWN,
        harmful=UNKNOWN,
        n_helpful=0,
        n_harmful=0,
        first_round=UNKNOWN,
        first_round_words="not begun",
    )


def make_report(*members, shows_ranking=False, **facts):
    given = {
        "n_messages": 629,
        "n_full": 412,
        "pace": Pace(DAYS, known(12, 8, 16, 6), UNKNOWN),
        "rest": Rest(300, 6.0, 4.2, 10.9, 7),
        "n_active": 1,
    }
    return TeamReport(members=members, shows_ranking=shows_ranking, **(given | facts))


def _part(place, person, project, part="", **filters):
    page = AppTest.from_function(_page, args=("team", place, person, project), default_timeout=30)
    for name, value in ({"show": part} | filters).items():
        if value:
            page.query_params[name] = value
    return page.run()


def test_first_line_says_how_far_and_how_long(team):
    report = make_report(make_member(team["ana"]), make_nobody(team["ben"]))

    assert progress_sentence(report) == (
        "412 of 629 messages are fully judged; at the pace of the last 7 days the rest takes "
        "about 6 days (4 to 11)."
    )
    assert who_sentence(report) == (
        "21 messages were judged in the last 7 days, by 1 of 2 people. "
        "300 judgements are still needed."
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"n_messages": 0}, "no messages"),
        ({"rest": Rest(0, 0, 0, 0, 7), "n_full": 629}, "All 629 messages are fully judged."),
        ({"rest": Rest(9, None, None, None, 0, "nobody has judged")}, "not known: nobody has"),
        ({"rest": Rest(9, 0.4, 0.2, 0.9, 7)}, "takes less than a day (1 to 1)"),
        ({"rest": Rest(9, 6.0, 2.0, None, 7)}, "at least 2; the pace varies too much"),
    ],
)
def test_first_line_is_honest_where_little_is_known(team, facts, words):
    assert words in progress_sentence(make_report(make_member(team["ana"]), **facts))


def test_labels_from_a_file_are_said_to_be_so(team):
    """Nobody has worked here, yet hundreds of messages have labels: both are true."""
    ana, ben = make_nobody(team["ana"]), make_nobody(team["ben"])
    both = make_nobody(replace(team["sue"], is_simulated=True))
    ana = replace(ana, work=replace(ana.work, n_judged=20, n_from_file=20))
    both = replace(both, work=replace(both.work, n_judged=30, n_from_file=12, n_in_hands=2))
    report = make_report(ana, ben, both, pace=ben.pace, n_from_file=32)

    assert who_sentence(report) == (
        "Nobody judged here in the last 7 days; 32 labels of 2 people, 1 of them "
        "simulated, came from a file. 3 people on the team."
    )
    assert who_sentence(make_report(ben, pace=ben.pace)) == (
        "Nobody judged in the last 7 days; 1 person."
    )
    assert [judged_cell(one)[:2] for one in (ana, ben, both)] == [
        ("20", "all from a file, 60 wait"),
        ("0", "0 open at this person, 60 wait"),
        ("30", "12 from a file, 2 open at this person, 60 wait"),
    ]


def test_each_figure_has_its_interval_and_n(team):
    ana = make_member(team["ana"])

    cells = [pace_cell(ana), time_cell(ana), given_back_cell(ana), first_round_cell(ana)]
    cells += [share_cell(ana.unaided), changes_cell(5, ana.helpful)]

    assert [f"{lead}; {below}" for lead, below, _ in cells] == [
        "12 a day; [8, 16], n = 6 days",
        "24 s; [18 s, 30 s], n = 40",
        "3 of 30; 0.10 [0.03, 0.25]",
        "passed; 0.80 [0.49, 0.94], n = 10",
        "0.78; [0.68, 0.86], n = 80",
        "5 of 10; 0.50 [0.20, 0.80]",
    ]
    assert "longer than 5 min" in time_cell(ana)[2]


def test_unknown_figures_are_dashes_that_say_why(team):
    ben = make_nobody(team["ben"])

    cells = [pace_cell(ben), time_cell(ben), given_back_cell(ben), share_cell(ben.unaided)]

    assert {lead for lead, _, _ in cells} == {"\N{EN DASH}"}
    assert all("Too few turns yet." in means for _, _, means in cells)


def test_pace_of_one_day_is_told_without_an_interval(team):
    pace = Pace(DAYS, UNKNOWN, UNKNOWN)

    assert pace_cell(make_member(team["ana"], pace=pace))[0] == "21 in 7 days"


@pytest.mark.parametrize("part", ["", "learning"])
def test_page_has_a_row_for_each_by_name_and_no_ranking(place, team, project, told, part):
    told(make_report(make_member(team["ana"]), make_nobody(team["ben"])))

    page = _part(place, team["sue"], project, part)

    assert not page.exception
    opened = [one.key for one in page.button if (one.key or "").startswith("member_")]
    assert opened == ["member_ana", "member_ben"]
    assert not page.selectbox
    assert "nobody is ahead" in texts_of(page)
    assert ("24 s" in texts_of(page)) == (part == "")
    assert ("0.68, 0.86" in texts_of(page)) == (part == "learning")


def test_sorting_by_a_figure_is_offered_where_ranking_is_on(place, team, project, told):
    few, many = make_member(team["ana"], n_judged=3), make_member(team["ben"], n_judged=9)
    told(make_report(few, many, shows_ranking=True))

    by_name = _part(place, team["sue"], project)
    ranked = _part(place, team["sue"], project, sort="judged")

    order = [
        [one.key for one in page.button if (one.key or "").startswith("member_")]
        for page in (by_name, ranked)
    ]
    assert order == [["member_ana", "member_ben"], ["member_ben", "member_ana"]]
    assert "everyone is told on Home" in texts_of(ranked)


@pytest.mark.parametrize(
    ("filters", "is_asked"),
    [
        ({}, False),
        ({"show": "learning"}, True),
        ({"sort": "unaided"}, True),
        ({"sort": "x"}, False),
    ],
)
def test_skill_is_counted_only_where_it_is_shown_or_sorted_by(
    place, team, project, monkeypatch, filters, is_asked
):
    """It takes by far the longest with many messages."""
    report = make_report(make_member(team["ana"]), shows_ranking=True)
    asked = []
    monkeypatch.setattr(
        "app.views.team.page.team_report", lambda *_, **how: asked.append(how) or report
    )

    page = look("team", place, team["sue"], project, **filters)

    assert not page.exception
    assert [how["with_learning"] for how in asked] == [is_asked]


def test_sort_in_the_address_is_ignored_where_ranking_is_off(place, team, project, told):
    few, many = make_member(team["ana"], n_judged=3), make_member(team["ben"], n_judged=9)
    told(make_report(few, many))

    page = _part(place, team["sue"], project, sort="judged")

    opened = [one.key for one in page.button if (one.key or "").startswith("member_")]
    assert opened == ["member_ana", "member_ben"]


def test_changed_minds_lead_to_their_messages(place, team, project, told, monkeypatch):
    told(make_report(make_member(team["ana"]), make_nobody(team["ben"])))
    opened = []
    monkeypatch.setattr(
        "app.views.team.page.open_view", lambda view, **filters: opened.append((view, filters))
    )
    page = _part(place, team["sue"], project, "learning")

    page.button(key="changed_worse_ana").click().run()

    assert not page.exception
    part = "the-expert-and-the-machine"
    assert opened == [("my_learning", {"expert": "ana", "changed": "worse", "part": part})]
    assert "changed_worse_ben" not in [one.key for one in page.button]


def test_large_teams_come_a_page_at_a_time(place, team, project, told):
    members = [
        make_member(replace(team["ana"], person_id=f"p{n:02}", name=f"P {n:02}")) for n in range(23)
    ]
    told(make_report(*members))

    page = _part(place, team["sue"], project)

    assert not page.exception
    assert sum((one.key or "").startswith("member_") for one in page.button) == 10


def test_page_over_an_empty_store_says_what_is_missing(place, team, project):
    page = look("team", place, team["sue"], project)

    assert not page.exception
    assert "nothing to judge yet" in texts_of(page)


def test_expert_who_forces_the_page_sees_nothing_of_it(place, team, project):
    page = look("team", place, team["ana"], project)

    assert len(page.exception) == 1
    assert texts_of(page) == ""
    assert not page.button


def test_everyone_is_told_on_home_that_ranking_is_on(place, team, project):
    ranking = replace(project, shows_ranking=True)

    told = {name: texts_of(look("home", place, team[name], ranking)) for name in team}
    untold = texts_of(look("home", place, team["ana"], project))

    assert all("Ranking is on in this project" in said for said in told.values())
    assert "Ranking is on" not in untold
