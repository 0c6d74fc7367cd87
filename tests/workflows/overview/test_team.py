"""The team's work, from turns in the store: who did what, what is left, and who may see it."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import DrawnBecause, Mode, Role, Turn, TurnState
from rhml_core.errors import ConflictError, NotAllowedError, NotFoundError
from rhml_core.measures.proportions import wilson_interval
from rhml_core.store import turns
from rhml_core.store.turns import TurnStep
from rhml_core.workflows import people
from rhml_core.workflows.learner.learning import learning_of
from rhml_core.workflows.overview.team import team_report
from rhml_core.workflows.overview.team_pace import pace_of, rest_of
from rhml_core.workflows.overview.team_ranking import Ranking, ranked_members
from rhml_core.workflows.projects import change_project
from rhml_core.workflows.workplace import Workplace
from tests.workflows.learner.finished_turns import TurnWriter

NOW = datetime(2025, 3, 7, 12, tzinfo=UTC)
TURN = {"because": DrawnBecause.RANDOM, "mode": Mode.BLIND}


@pytest.fixture
def write(place, project):
    return TurnWriter(place, project)


@pytest.fixture
def mail(add_messages):
    add_messages({f"m{number}": f"text {number}" for number in range(8)})


@pytest.fixture
def lease(place, project):
    """Leases a message and takes steps: `lease(ana, "m0", ("done", 10.0))`."""

    def make(who, message_id, *steps, expires_at=NOW + timedelta(hours=1)):
        turn = Turn(
            uuid.uuid4().hex,
            project.project_id,
            message_id,
            who.person_id,
            TurnState.OPEN,
            DrawnBecause.RANDOM,
            NOW - timedelta(hours=1),
            expires_at,
        )
        with place.db.atomic() as transaction:
            turns.add_turn(transaction, turn, mode=Mode.BLIND)
            for act, seconds in steps:
                state = TurnState.DONE if act == "corrected" else TurnState(act)
                step = TurnStep(turn.turn_id, state, act, seconds=seconds)
                if act == "open":
                    turns.lease_again(
                        transaction,
                        turn.turn_id,
                        DrawnBecause.RANDOM,
                        at=NOW,
                        expires_at=expires_at,
                    )
                else:
                    turns.advance_turn(transaction, step, at=NOW, expires_at=expires_at)

    return make


@pytest.fixture
def at(monkeypatch):
    """Sets the present moment."""

    def put(moment):
        monkeypatch.setattr(Workplace, "now", lambda _: moment)

    return put


def _report(place, team, project, **options):
    return team_report(place, team["sue"], project.project_id, **options)


def _member(report, name):
    return next(one for one in report.members if one.person.name == name)


def _quarters(counts):
    """`{hours before NOW: n}` as quarters of one person."""
    rows = [("ana", NOW - timedelta(hours=back), n) for back, n in counts.items()]
    schema = {"expert_id": pl.String, "began_at": pl.Datetime("us", "UTC"), "n": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize("name", ["ana", "vic"])
def test_experts_and_viewers_may_not_see_colleagues_side_by_side(place, team, project, name):
    with pytest.raises(NotAllowedError, match="see the team's work"):
        team_report(place, team[name], project.project_id)


def test_unknown_project_is_told(place, team):
    with pytest.raises(NotFoundError):
        team_report(place, team["sue"], "nowhere")


def test_empty_project_has_experts_without_figures(place, team, project):
    report = _report(place, team, project)

    assert (report.n_messages, report.n_full, report.rest.n_needed) == (0, 0, 0)
    assert [one.person.name for one in report.members] == ["Ana", "Ben"]
    ana = report.members[0]
    assert (ana.work.n_judged, ana.work.n_in_hands, ana.work.n_waiting) == (0, 0, 0)
    estimates = [
        ana.work.given_back,
        ana.work.overlap_reached,
        ana.pace.per_day,
        ana.pace.per_hour,
        ana.seconds,
        ana.unaided,
        ana.helpful,
        ana.harmful,
        ana.first_round,
    ]
    assert all(one.interval is None and one.missing for one in estimates)


def test_what_is_done_and_left_is_counted_by_hand(place, team, project, mail, add_labels, write):
    """m0 and m1 have two judgements, m3 is settled, m2 needs one more and the others two."""
    for name in ("m0", "m1", "m2"):
        write.turn(team["ana"], name, "ham")
    for name in ("m0", "m1"):
        write.turn(team["ben"], name, "ham")
    add_labels([("m3", "Sue", "spam")], adjudicated=True)

    report = _report(place, team, project)

    ana, ben = _member(report, "Ana").work, _member(report, "Ben").work
    assert (report.n_messages, report.n_full, report.rest.n_needed) == (8, 3, 9)
    assert (ana.n_judged, ana.n_waiting) == (3, 4)
    assert ana.overlap_reached.interval == wilson_interval(2, 3)
    assert (ben.n_judged, ben.n_waiting) == (2, 5)
    assert ben.overlap_reached.interval == wilson_interval(2, 2)


def test_each_lease_counts_once_by_how_it_ended(place, team, project, mail, lease, at):
    """Skipped, run out, answered late, leased anew after it ran out, forgotten, in hands."""
    at(NOW)
    ana = team["ana"]
    lease(ana, "m0", ("skipped", 3.0))
    lease(ana, "m1", ("expired", None))
    lease(ana, "m2", ("expired", None), ("done", 9.0))
    lease(ana, "m3", ("expired", None), ("open", None), ("done", 9.0))
    lease(ana, "m4", expires_at=NOW)
    lease(ana, "m5")
    lease(ana, "m6", ("explained", 9.0), expires_at=NOW)
    lease(ana, "m7", ("explained", 9.0), ("revealed", 1.0), ("done", 1.0))

    work = _member(_report(place, team, project), "Ana").work

    assert (work.n_skipped, work.n_expired, work.n_in_hands) == (1, 3, 2)
    assert work.given_back.interval == wilson_interval(4, 7)


def test_time_is_the_median_over_finished_messages_with_long_pauses_cut(
    place, team, project, mail, lease, at
):
    """Steps of a turn are added up; skipped messages and later corrections do not count."""
    at(NOW)
    ana = team["ana"]
    lease(ana, "m0", ("explained", 6.0), ("revealed", 3.0), ("done", 1.0))
    for name, seconds in (("m1", 20.0), ("m2", 30.0), ("m3", 40.0), ("m4", 50.0)):
        lease(ana, name, ("done", seconds))
    lease(ana, "m5", ("done", 4_000.0), ("corrected", 9_000.0))
    lease(ana, "m6", ("skipped", 1.0))

    member = _member(_report(place, team, project), "Ana")

    found = member.seconds.interval
    assert (found.value, found.low, found.high, found.n) == (35.0, 10.0, 300.0, 6)
    assert member.n_cut == 1


def test_pace_counts_days_and_hours_of_the_readers_clock():
    """23:30 and 0:15 in Berlin are two days; an hour of the clock is one however often judged."""
    berlin = ZoneInfo("Europe/Berlin")
    late = datetime(2025, 3, 6, 22, 30, tzinfo=UTC)
    moments = [late, late + timedelta(minutes=15), late + timedelta(minutes=45)]
    frame = pl.DataFrame({"expert_id": ["ana"] * 3, "began_at": moments, "n": [4, 2, 10]})

    pace = pace_of(frame, today=NOW.date(), zone=berlin)

    assert [n for _, n in pace.days] == [0, 0, 0, 0, 0, 6, 10]
    assert (pace.per_day.interval.value, pace.per_day.interval.n) == (8.0, 2)
    assert (pace.per_hour.interval.value, pace.per_hour.interval.n) == (8.0, 2)
    assert pace.n == 16


def test_rest_is_what_is_needed_over_the_mean_day_idle_ones_included():
    """10, 0, 20, 10, 10, 10, 10 in seven days are 10 a day: 60 take 6 days."""
    quarters = _quarters({1: 10, 50: 20, 73: 10, 97: 10, 121: 10, 145: 10})

    rest = rest_of(quarters, 60, first_at=NOW - timedelta(days=30), now=NOW)

    # Deviations 0, 10, 10: s = sqrt(200 / 6), t(0.975, 6) = 2.4469
    half = 2.4469 * (200 / 6) ** 0.5 / 7**0.5
    assert rest.days == pytest.approx(6)
    assert rest.fewest == pytest.approx(60 / (10 + half), rel=1e-4)
    assert rest.most == pytest.approx(60 / (10 - half), rel=1e-4)
    assert rest.n_days == 7


@pytest.mark.parametrize(
    ("first_at", "counts", "words"),
    [
        (None, {}, "nobody has judged"),
        (NOW - timedelta(days=40), {}, "nothing was judged in the last 7 days"),
        (NOW - timedelta(hours=3), {3: 10}, "less than a day ago"),
    ],
)
def test_rest_says_why_it_is_not_known(first_at, counts, words):
    rest = rest_of(_quarters(counts), 60, first_at=first_at, now=NOW)

    assert rest.days is rest.fewest is rest.most is None
    assert words in rest.missing


def test_days_before_the_team_began_do_not_slow_it_down():
    rest = rest_of(_quarters({1: 10, 30: 10}), 40, first_at=NOW - timedelta(hours=30), now=NOW)

    assert (rest.n_days, rest.days) == (2, pytest.approx(4))


@given(st.dictionaries(st.integers(0, 167), st.integers(1, 50), min_size=1), st.integers(1, 10_000))
def test_rest_lies_within_its_interval_and_grows_with_what_is_needed(counts, n_needed):
    first_at = NOW - timedelta(days=30)

    rest = rest_of(_quarters(counts), n_needed, first_at=first_at, now=NOW)
    more = rest_of(_quarters(counts), 2 * n_needed, first_at=first_at, now=NOW)

    assert rest.days == pytest.approx(7 * n_needed / sum(counts.values()))
    assert rest.fewest <= rest.days
    assert rest.most is None or rest.days <= rest.most
    assert more.days == pytest.approx(2 * rest.days)


def test_skill_and_reliance_are_those_of_the_learning_page(
    place, team, project, mail, add_labels, write
):
    add_labels([(f"m{number}", "Sue", "ham") for number in range(8)], adjudicated=True)
    write.turn(team["ana"], "m0", "ham", mode=Mode.BLIND)
    write.turn(team["ana"], "m1", "spam", mode=Mode.BLIND)
    write.turn(team["ana"], "m2", "spam", machine="ham", final="ham")
    write.turn(team["ana"], "m3", "ham", machine="spam", final="spam")
    write.turn(team["ana"], "m4", "ham", machine="spam")
    write.turn(team["ben"], "m5", "spam", machine="ham", final="ham")

    report = _report(place, team, project)

    ana, ben = _member(report, "Ana"), _member(report, "Ben")
    assert ana.unaided.interval == wilson_interval(1, 2)
    assert ana.helpful.interval == ana.harmful.interval == wilson_interval(1, 3)
    assert (ben.n_helpful, ben.n_harmful) == (1, 0)
    for member in (ana, ben):
        alone = learning_of(place, team["sue"], project.project_id, member.person.person_id)
        assert member.unaided == alone.skill.overall
        assert member.helpful == alone.reliance.helpful.share
        assert member.harmful == alone.reliance.harmful.share


def test_skill_and_reliance_are_left_out_where_nobody_asks_for_them(
    place, team, project, mail, add_labels, write
):
    add_labels([("m0", "Sue", "ham")], adjudicated=True)
    write.turn(team["ana"], "m0", "ham", mode=Mode.BLIND)

    whole = _report(place, team, project)
    quick = _report(place, team, project, with_learning=False)

    ana = _member(quick, "Ana")
    assert _member(whole, "Ana").unaided.interval is not None
    assert ana.unaided.interval is ana.helpful.interval is ana.harmful.interval is None
    assert ana.work == _member(whole, "Ana").work


def test_imported_labels_are_judged_messages_but_no_pace(place, team, project, mail, add_labels):
    add_labels([("m0", "Ana", "ham")])

    report = _report(place, team, project)

    ana = _member(report, "Ana")
    assert (ana.work.n_judged, ana.work.n_from_file, ana.pace.n) == (1, 1, 0)
    assert report.n_from_file == 1
    assert report.rest.missing == (
        "all labels so far came from a file, and nobody has judged here yet"
    )


def test_what_was_judged_here_too_did_not_come_from_a_file_alone(
    place, team, project, mail, add_labels, write
):
    """Ana's m0 is hers by both ways, m1 by the file alone, m2 by her own judgement alone."""
    add_labels([("m0", "Ana", "ham"), ("m1", "Ana", "ham")])
    write.turn(team["ana"], "m0", "ham")
    write.turn(team["ana"], "m2", "ham")

    work = _member(_report(place, team, project), "Ana").work

    assert (work.n_judged, work.n_from_file) == (3, 1)


def test_real_people_stand_by_name_before_simulated_ones(place, team, project, mail, lease):
    robot = people.add_person(place, team["sue"], "Abe Sim", Role.EXPERT, is_simulated=True)
    people.add_person(place, team["sue"], "Idle Sim", Role.EXPERT, is_simulated=True)
    lease(robot, "m0", ("done", 2.0))

    report = _report(place, team, project)

    assert [one.person.name for one in report.members] == ["Ana", "Ben", "Abe Sim"]


def test_people_are_ranked_only_where_a_supervisor_turned_it_on(place, team, project, mail, write):
    write.turn(team["ben"], "m0", "ham")
    quiet = _report(place, team, project)
    change_project(
        place,
        team["sue"],
        project.project_id,
        mode=project.mode,
        overlap=project.overlap,
        shares=project.shares,
        shows_ranking=True,
        key="on",
    )

    loud = _report(place, team, project)

    with pytest.raises(ConflictError, match="not ranked"):
        ranked_members(quiet, Ranking.JUDGED)
    ranked = ranked_members(loud, Ranking.JUDGED)
    assert [one.person.name for one in ranked] == ["Ben", "Ana"]
    assert [one.person.name for one in loud.members] == ["Ana", "Ben"]


@pytest.mark.parametrize("by", list(Ranking))
def test_whoever_has_no_figure_comes_last(place, team, project, mail, write, by):
    """Ben has judged, Ana has not: whatever is asked, she is not before him."""
    write.turn(team["ben"], "m0", "ham")
    change_project(
        place,
        team["sue"],
        project.project_id,
        mode=project.mode,
        overlap=project.overlap,
        shares=project.shares,
        shows_ranking=True,
        key="on",
    )
    report = _report(place, team, project)

    ranked = ranked_members(report, by)

    assert {one.person.name for one in ranked} == {"Ana", "Ben"}
    if by in {Ranking.JUDGED, Ranking.OVERLAP, Ranking.GIVEN_BACK}:
        assert ranked[0].person.name == "Ben"
