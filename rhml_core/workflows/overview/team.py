"""How the team gets on: what is done and left, and each person's work, for those who oversee it."""

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

import polars as pl

from rhml_core.domain import Person, Project, Role
from rhml_core.measures.estimates import Estimate
from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.reliance import reliance
from rhml_core.measures.skill import skill
from rhml_core.measures.typical import median_of
from rhml_core.store import first_rounds, people, projects
from rhml_core.store import team as team_store
from rhml_core.workflows.learner.learning_data import learning_data
from rhml_core.workflows.overview.team_pace import N_DAYS, Pace, Rest, pace_of, rest_of
from rhml_core.workflows.permission import require
from rhml_core.workflows.turn.first_round import first_round
from rhml_core.workflows.workplace import Workplace

LONGEST_STEP_SECONDS = 300.0
"""What one step of a turn counts as at most: who takes longer was away."""


_NOT_ASKED = Estimate(None, "Skill and reliance were not counted here.")


@dataclass(frozen=True)
class Workload:
    """
    What one person has done and has before them.

    Attributes:
        n_judged: messages ever judged, `n_from_file` of them elsewhere: their labels came with a
            file, which is no work done here.
        n_in_hands: leased, or begun and not finished.
        n_waiting: messages that could still come to this person.
        n_skipped, n_expired: leases that were skipped, or ran out unanswered.
        given_back: share of those among all leases that ended.
        overlap_reached: share that has enough judgements, of the messages that this person
            judged and whose judgement still counts.
    """

    n_judged: int
    n_in_hands: int
    n_waiting: int
    n_skipped: int
    n_expired: int
    given_back: Estimate
    overlap_reached: Estimate
    n_from_file: int = 0


@dataclass(frozen=True)
class TeamMember:
    """
    One person's work; how sure they say to be, and their reviews, are not part of it.

    Attributes:
        seconds: median time for a message, all steps together; `n` messages.
        n_cut: messages among these with a step longer than `LONGEST_STEP_SECONDS`.
        unaided: share right without the machine.
        helpful, harmful: changes of mind for the better and for the worse, of the turns in which
            the machine differed.
        n_helpful, n_harmful: how many they are.
        first_round: share right in the newest first round.
        first_round_words: where the person stands with it.
    """

    person: Person
    work: Workload
    pace: Pace
    seconds: Estimate
    n_cut: int
    unaided: Estimate
    helpful: Estimate
    harmful: Estimate
    n_helpful: int
    n_harmful: int
    first_round: Estimate
    first_round_words: str


@dataclass(frozen=True)
class TeamReport:
    """
    The team at work.

    Attributes:
        members: experts, and whoever else judged; real people first, by name.
        n_messages: of the project.
        n_full: with enough judgements or a settled label.
        pace: of all together.
        n_active: people who judged in the days of the pace.
        n_from_file: labels that came with files.
        shows_ranking: whether members may be sorted by a figure.
    """

    members: tuple[TeamMember, ...]
    n_messages: int
    n_full: int
    pace: Pace
    rest: Rest
    n_active: int
    shows_ranking: bool
    n_from_file: int = 0


def team_report(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    zone: tzinfo = UTC,
    with_learning: bool = True,
) -> TeamReport:
    """
    What is done and left, and what each person does.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        zone: where days and hours begin.
        with_learning: without it, skill and reliance are left out; they take most of the time.

    Raises:
        NotAllowedError: only supervisors see colleagues' figures side by side.
        NotFoundError: there is no such project.
    """
    require(person, Role.SUPERVISOR, "see the team's work")
    db, now = place.db, place.now()
    project = projects.get_project(db, project_id)
    where = project.project_id
    left = team_store.count_left(db, where, overlap=project.overlap)
    figures = _read(place, project, with_learning=with_learning)
    today = now.astimezone(zone).date()
    n_open = left["n_messages"] - left["n_full"]
    n_from_file = int(figures.judged["n_from_file"].sum())
    members = tuple(
        _member(
            one,
            figures,
            n_open=n_open,
            pace=pace_of(_of(figures.quarters, one), today=today, zone=zone),
            standing=_first_round(place, one, project),
        )
        for one in _members(place, figures)
    )
    return TeamReport(
        members=members,
        n_messages=left["n_messages"],
        n_full=left["n_full"],
        pace=pace_of(figures.quarters, today=today, zone=zone),
        rest=rest_of(
            figures.quarters,
            left["n_needed"],
            first_at=team_store.first_judged_at(db, where),
            now=now,
            n_from_file=n_from_file,
        ),
        n_active=sum(member.pace.n > 0 for member in members),
        shows_ranking=project.shows_ranking,
        n_from_file=n_from_file,
    )


@dataclass(frozen=True)
class _Figures:
    """Everything that the members' figures are made of, read once for all of them."""

    judged: pl.DataFrame
    leases: pl.DataFrame
    seconds: pl.DataFrame
    quarters: pl.DataFrame
    unaided: pl.DataFrame | None
    relied: pl.DataFrame | None


def _read(place: Workplace, project: Project, *, with_learning: bool) -> _Figures:
    db, where, now = place.db, project.project_id, place.now()
    learning = learning_data(db, where) if with_learning else None
    return _Figures(
        judged=team_store.judged_by_person(db, where, overlap=project.overlap),
        leases=team_store.leases_by_person(db, where, at=now),
        seconds=team_store.seconds_of_turns(db, where, most=LONGEST_STEP_SECONDS),
        quarters=team_store.judged_by_quarter(db, where, since=now - timedelta(days=N_DAYS)),
        unaided=learning.unaided if learning else None,
        relied=learning.relied if learning else None,
    )


def _members(place: Workplace, figures: _Figures) -> list[Person]:
    """Real experts, and whoever judged or was given a message here."""
    here = {*figures.judged["expert_id"], *figures.leases["expert_id"]}
    found = [
        one
        for one in people.list_people(place.db)
        if one.person_id in here or (one.role is Role.EXPERT and not one.is_simulated)
    ]
    return sorted(found, key=lambda one: (one.is_simulated, one.name.casefold()))


def _member(
    person: Person,
    figures: _Figures,
    *,
    n_open: int,
    pace: Pace,
    standing: tuple[Estimate, str],
) -> TeamMember:
    seconds = _of(figures.seconds, person)
    relied = None if figures.relied is None else reliance(_of(figures.relied, person))
    return TeamMember(
        person=person,
        work=_workload(figures, person, n_open),
        pace=pace,
        seconds=median_of(seconds["seconds"], what="timed messages"),
        n_cut=int(seconds["is_cut"].sum()),
        unaided=_NOT_ASKED
        if figures.unaided is None
        else skill(_of(figures.unaided, person)).overall,
        helpful=relied.helpful.share if relied else _NOT_ASKED,
        harmful=relied.harmful.share if relied else _NOT_ASKED,
        n_helpful=len(relied.helpful.message_ids) if relied else 0,
        n_harmful=len(relied.harmful.message_ids) if relied else 0,
        first_round=standing[0],
        first_round_words=standing[1],
    )


def _workload(figures: _Figures, person: Person, n_open: int) -> Workload:
    judged = _counts(figures.judged, person, ("n_judged", "n_from_file", "n_standing", "n_full"))
    leases = _counts(figures.leases, person, ("n_in_hands", "n_answered", "n_skipped", "n_expired"))
    n_back = leases["n_skipped"] + leases["n_expired"]
    return Workload(
        n_judged=judged["n_judged"],
        n_in_hands=leases["n_in_hands"],
        n_waiting=n_open - (judged["n_standing"] - judged["n_full"]),
        n_skipped=leases["n_skipped"],
        n_expired=leases["n_expired"],
        given_back=_share(
            n_back, n_back + leases["n_answered"], "No message that was given out has come back."
        ),
        overlap_reached=_share(judged["n_full"], judged["n_standing"], "No message is judged yet."),
        n_from_file=judged["n_from_file"],
    )


def _of(frame: pl.DataFrame, person: Person) -> pl.DataFrame:
    return frame.filter(pl.col("expert_id") == person.person_id)


def _counts(frame: pl.DataFrame, person: Person, names: tuple[str, ...]) -> dict[str, int]:
    found = _of(frame, person)
    return {name: int(found[name].sum()) for name in names}


def _share(n_with: int, n: int, missing: str) -> Estimate:
    return Estimate(wilson_interval(n_with, n)) if n else Estimate(None, missing)


def _first_round(place: Workplace, person: Person, project: Project) -> tuple[Estimate, str]:
    where = project.project_id
    row = first_rounds.newest_round(place.db, where, person.person_id)
    if row is None and project.first_round_messages == 0:
        return Estimate(None, "The project holds no first round."), "none held"
    standing = first_round(place, person, where)
    if row is None:
        words = "not needed" if standing is None else "not begun"
        return Estimate(None, f"The first round is {words}."), words
    answers = first_rounds.round_answers(place.db, where, person.person_id, row.number)
    n_right = sum(answer.label == answer.reference for answer in answers)
    share = _share(n_right, len(answers), "No message of the first round is answered yet.")
    if standing is None:
        is_over = len(answers) == len(row.message_ids)
        return share, "passed" if is_over else "not needed any more"
    if standing.question is not None:
        return share, f"round {row.number}, {len(answers)} of {len(row.message_ids)} answered"
    return share, f"round {row.number} not passed"
