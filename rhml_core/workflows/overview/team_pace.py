"""How fast a team works, and how long the rest takes at that pace."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

import polars as pl

from rhml_core.measures.estimates import Estimate
from rhml_core.measures.typical import mean_of

N_DAYS = 7
"""Days that a pace is taken from."""

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Pace:
    """
    How much was judged in the last days.

    Attributes:
        days: each of the last days, today last, and the messages judged on it.
        per_day: mean of the days on which anything was judged; `n` days.
        per_hour: mean of the hours of the clock in which anything was judged; `n` hours.
    """

    days: tuple[tuple[date, int], ...]
    per_day: Estimate
    per_hour: Estimate

    @property
    def n(self) -> int:
        """Messages judged in these days."""
        return sum(n for _, n in self.days)


@dataclass(frozen=True)
class Rest:
    """
    How long the rest takes at the present pace.

    Attributes:
        n_needed: judgements that are still needed.
        days: None where `missing` says why it is not known.
        fewest, most: 95 % interval of the days; `most` is None where the pace may be next to none.
        n_days: days behind the pace.
    """

    n_needed: int
    days: float | None
    fewest: float | None
    most: float | None
    n_days: int
    missing: str = ""


def pace_of(quarters: pl.DataFrame, *, today: date, zone: tzinfo) -> Pace:
    """
    The pace of one person, or of a team, in the last days.

    Args:
        quarters: `began_at` (Datetime in UTC), `n` (Int64), as from `judged_by_quarter`.
        today: the last day.
        zone: whose days and hours they are.
    """
    by_time = [(at.astimezone(zone), n) for at, n in quarters.select("began_at", "n").iter_rows()]
    days = {today - timedelta(days=back): 0 for back in reversed(range(N_DAYS))}
    hours: dict[datetime, int] = {}
    for at, n in by_time:
        if at.date() in days:
            days[at.date()] += n
            hour = at.replace(minute=0)
            hours[hour] = hours.get(hour, 0) + n
    worked = pl.Series([n for n in days.values() if n], dtype=pl.Int64)
    return Pace(
        days=tuple(days.items()),
        per_day=mean_of(worked, what=f"days with judgements in the last {N_DAYS}"),
        per_hour=mean_of(
            pl.Series(list(hours.values()), dtype=pl.Int64),
            what=f"hours with judgements in the last {N_DAYS} days",
        ),
    )


def rest_of(
    quarters: pl.DataFrame,
    n_needed: int,
    *,
    first_at: datetime | None,
    now: datetime,
    n_from_file: int = 0,
) -> Rest:
    """
    How long the rest takes if the team goes on as in the last days, idle ones included.

    Args:
        quarters: as for `pace_of`, of the whole team.
        n_needed: judgements that are still needed.
        first_at: when the first message was judged; days before it do not count.
        now: the present moment; days are counted back from it.
        n_from_file: labels that came with files, which tell no pace.
    """
    if first_at is None:
        missing = (
            "all labels so far came from a file, and nobody has judged here yet"
            if n_from_file
            else "nobody has judged a message here yet"
        )
        return Rest(n_needed, None, None, None, 0, missing)
    since_first = _days_between(first_at, now) + 1
    counts = [0] * min(N_DAYS, since_first)
    for at, n in quarters.select("began_at", "n").iter_rows():
        counts[min(_days_between(at, now), len(counts) - 1)] += n
    n_days = len(counts)
    if not sum(counts):
        return Rest(
            n_needed, None, None, None, n_days, f"nothing was judged in the last {N_DAYS} days"
        )
    mean = mean_of(pl.Series(counts, dtype=pl.Int64), what="days").interval
    if mean is None:
        return Rest(n_needed, None, None, None, n_days, "the team began less than a day ago")
    return Rest(
        n_needed=n_needed,
        days=n_needed / mean.value,
        fewest=n_needed / mean.high,
        most=n_needed / mean.low if mean.low > 0 else None,
        n_days=n_days,
    )


def _days_between(at: datetime, now: datetime) -> int:
    """Whole days since a moment; none where a clock was set back meanwhile."""
    return max(int((now - at.astimezone(UTC)).total_seconds() // _SECONDS_A_DAY), 0)
