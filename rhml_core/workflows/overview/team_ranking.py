"""People sorted by a figure, where a supervisor has allowed it; all are told on Home."""

from enum import StrEnum

from rhml_core.errors import ConflictError
from rhml_core.workflows.overview.team import TeamMember, TeamReport


class Ranking(StrEnum):
    """The figures that people can be sorted by, where the project allows it."""

    JUDGED = "judged"
    PER_DAY = "per_day"
    SECONDS = "seconds"
    OVERLAP = "overlap"
    GIVEN_BACK = "given_back"
    UNAIDED = "unaided"
    HELPFUL = "helpful"
    HARMFUL = "harmful"


RANKINGS_OF_LEARNING = frozenset({Ranking.UNAIDED, Ranking.HELPFUL, Ranking.HARMFUL})
"""Those that need a report with learning."""


def ranked_members(report: TeamReport, by: Ranking) -> tuple[TeamMember, ...]:
    """
    The members with the largest figure first, those without one last; real people first.

    Raises:
        ConflictError: the project does not rank people.
    """
    if not report.shows_ranking:
        raise ConflictError(
            "People are not ranked in this project. A supervisor can allow it on the page Settings."
        )
    values = [(_figure(member, by), member) for member in report.members]
    return tuple(
        member
        for _, member in sorted(
            values,
            key=lambda one: (one[1].person.is_simulated, one[0] is None, -(one[0] or 0.0)),
        )
    )


def _figure(member: TeamMember, by: Ranking) -> float | None:
    if by is Ranking.JUDGED:
        return float(member.work.n_judged)
    estimates = {
        Ranking.PER_DAY: member.pace.per_day,
        Ranking.SECONDS: member.seconds,
        Ranking.OVERLAP: member.work.overlap_reached,
        Ranking.GIVEN_BACK: member.work.given_back,
        Ranking.UNAIDED: member.unaided,
        Ranking.HELPFUL: member.helpful,
        Ranking.HARMFUL: member.harmful,
    }
    interval = estimates[by].interval
    return interval.value if interval else None
