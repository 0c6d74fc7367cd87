"""How the team's figures are put into words."""

from app.components.counted import counted
from app.components.meanings import meaning_of
from app.components.times import duration
from rhml_core.measures.estimates import Estimate
from rhml_core.workflows.overview.team import LONGEST_STEP_SECONDS, TeamMember, TeamReport
from rhml_core.workflows.overview.team_pace import N_DAYS, Rest
from rhml_core.workflows.overview.team_ranking import Ranking

Cell = tuple[str, str, str]
"""Words, quieter words below them, and what is shown on hover."""

RANKING_WORDS = {
    Ranking.JUDGED: "messages judged",
    Ranking.PER_DAY: "pace",
    Ranking.SECONDS: "time for a message",
    Ranking.OVERLAP: "enough judgements",
    Ranking.GIVEN_BACK: "given back",
    Ranking.UNAIDED: "right without the machine",
    Ranking.HELPFUL: "changed for the better",
    Ranking.HARMFUL: "changed for the worse",
}
HEADS_MEAN = {
    "last 7 days": "Messages judged on each of the last 7 days",
    "messages judged": "All messages that this person judged, and those still open or waiting",
    "pace": "Messages on a day with any, in the last 7 days",
    "time for a message": "Median over finished messages with the tab in view",
    "enough judgements": "Share of the messages judged that need no further person",
    "given back": "Of the messages handed out, those skipped or not answered in time",
    "right without the machine": meaning_of("right without the machine"),
    "changed for the better": "Of the turns in which the machine differed from the first answer, "
    "those that ended right where they began wrong",
    "changed for the worse": "Of the turns in which the machine differed from the first answer, "
    "those that ended wrong where they began right",
    "first round": "How far the settled messages are practised that come before the queue opens",
}
"""What each column says, on hover."""

_DASH = "\N{EN DASH}"


def progress_sentence(report: TeamReport) -> str:
    """The first line: is the work getting done?"""
    if not report.n_messages:
        return "There is nothing to judge yet: the project has no messages."
    if not report.rest.n_needed:
        return f"All {counted(report.n_messages, 'message is', 'messages are')} fully judged."
    return (
        f"{report.n_full:,} of {counted(report.n_messages, 'message is', 'messages are')} fully "
        f"judged; {rest_words(report.rest)}."
    )


def rest_words(rest: Rest) -> str:
    """
    How long the rest takes, or why that is not known.

    >>> rest_words(Rest(60, 6.0, 4.2, 10.9, 7))
    'at the pace of the last 7 days the rest takes about 6 days (4 to 11)'
    >>> rest_words(Rest(60, None, None, None, 0, "nobody has judged a message here yet"))
    'how long the rest takes is not known: nobody has judged a message here yet'
    """
    if rest.days is None or rest.fewest is None:
        return f"how long the rest takes is not known: {rest.missing}"
    over = "day" if rest.n_days == 1 else f"{rest.n_days} days"
    about = f"at the pace of the last {over} the rest takes {_days_words(rest.days)}"
    fewest = max(round(rest.fewest), 1)
    if rest.most is None:
        return f"{about} (at least {fewest:,}; the pace varies too much to say at most)"
    return f"{about} ({fewest:,} to {max(round(rest.most), 1):,})"


def _days_words(days: float) -> str:
    return "less than a day" if days < 1 else f"about {counted(round(days), 'day')}"


def who_sentence(report: TeamReport) -> str:
    """The quieter line below: by whom?"""
    n_people = len(report.members)
    if not report.pace.n:
        team = counted(n_people, "person", "people")
        if not report.n_from_file:
            return f"Nobody judged in the last {N_DAYS} days; {team}."
        labels = counted(report.n_from_file, "label")
        givers = [one.person for one in report.members if one.work.n_from_file]
        n_simulated = sum(one.is_simulated for one in givers)
        simulated = f", {n_simulated:,} of them simulated," if n_simulated else ""
        return (
            f"Nobody judged here in the last {N_DAYS} days; {labels} of "
            f"{counted(len(givers), 'person', 'people')}{simulated} came from a file. "
            f"{team} on the team."
        )
    by = [one.person for one in report.members if one.pace.n]
    n_simulated = sum(one.is_simulated for one in by)
    words = (
        f"{counted(report.pace.n, 'message was', 'messages were')} judged in the last {N_DAYS} "
        f"days, by {report.n_active:,} of {counted(n_people, 'person', 'people')}"
    )
    if n_simulated:
        words += f", {n_simulated:,} of them simulated"
    return (
        f"{words}. {counted(report.rest.n_needed, 'judgement is', 'judgements are')} still needed."
    )


def share_cell(estimate: Estimate) -> Cell:
    """A share with its interval, or a dash that says why there is none."""
    one = estimate.interval
    if one is None:
        return _DASH, "", estimate.missing
    return f"{one.value:.2f}", f"[{one.low:.2f}, {one.high:.2f}], n = {one.n:,}", ""


def judged_cell(member: TeamMember) -> Cell:
    """How much was judged, how much of it elsewhere, and what is open and waits."""
    work = member.work
    means = (
        f"{work.n_in_hands:,} handed out to this person and not answered yet, "
        f"{work.n_waiting:,} could still come"
    )
    below = f"{work.n_in_hands:,} open at this person, {work.n_waiting:,} wait"
    if work.n_from_file:
        n = "all" if work.n_from_file == work.n_judged else f"{work.n_from_file:,}"
        left = below if work.n_in_hands else f"{work.n_waiting:,} wait"
        below, means = f"{n} from a file, {left}", f"{n} came with a file; {means}"
    return f"{work.n_judged:,}", below, means


def pace_cell(member: TeamMember) -> Cell:
    """Messages for a day of work, and for an hour."""
    day, hour = member.pace.per_day.interval, member.pace.per_hour.interval
    if day is None and hour is None:
        few = f"{member.pace.n:,} in {N_DAYS} days" if member.pace.n else _DASH
        return few, "", f"{member.pace.per_day.missing} {member.pace.per_hour.missing}"
    by_hour = (
        f"An hour: {hour.value:.0f} [{hour.low:.0f}, {hour.high:.0f}], n = {hour.n:,} hours"
        if hour
        else member.pace.per_hour.missing
    )
    if day is None:
        return by_hour.removeprefix("An hour: ").split(" ")[0] + " an hour", "", by_hour
    return (
        f"{day.value:.0f} a day",
        f"[{day.low:.0f}, {day.high:.0f}], n = {day.n:,} days",
        by_hour,
    )


def time_cell(member: TeamMember) -> Cell:
    """Median time for a message."""
    one = member.seconds.interval
    if one is None:
        return _DASH, "", member.seconds.missing
    cut = (
        f"{counted(member.n_cut, 'message')} with a step longer than "
        f"{duration(LONGEST_STEP_SECONDS)}, which counts as {duration(LONGEST_STEP_SECONDS)}"
    )
    return (
        duration(one.value),
        f"[{duration(one.low)}, {duration(one.high)}], n = {one.n:,}",
        cut,
    )


def given_back_cell(member: TeamMember) -> Cell:
    """Leases that ended without an answer."""
    one = member.work.given_back.interval
    means = f"{member.work.n_skipped:,} skipped, {member.work.n_expired:,} ran out"
    if one is None:
        return _DASH, "", member.work.given_back.missing
    n_back = member.work.n_skipped + member.work.n_expired
    return (
        f"{n_back:,} of {one.n:,}",
        f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]",
        means,
    )


def changes_cell(n: int, estimate: Estimate) -> Cell:
    """How often the machine changed a mind, of the turns in which it differed."""
    one = estimate.interval
    if one is None:
        return _DASH, "", estimate.missing
    return f"{n:,} of {one.n:,}", f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]", ""


def first_round_cell(member: TeamMember) -> Cell:
    """Where a newcomer stands."""
    one = member.first_round.interval
    below = f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}], n = {one.n:,}" if one else ""
    return member.first_round_words, below, member.first_round.missing
