"""Alarms on an expert's own skill: it falls, or takes on the machine's errors."""

from dataclasses import dataclass, replace

import polars as pl

from rhml_core.figures import Interval, percent
from rhml_core.measures.estimates import share_of
from rhml_core.measures.falls import LEAST_BEFORE, first_fall


@dataclass(frozen=True)
class Alarm:
    """
    Whether a share has moved away from its baseline for the worse by more than noise.

    Attributes:
        is_raised: at the end of some cycle so far; it stays raised.
        since_cycle: the cycle at whose end it was first raised; None where it is not.
        before: the baseline's share; None where there is no baseline.
        after: the share since the baseline, in cycles that have ended; None where there is none.
        n_looks: ends of cycles at which it was tested.
        missing: why nothing could be tested; "" where it could.
        sentence: all of this in one sentence for people.
    """

    is_raised: bool
    since_cycle: int | None
    before: Interval | None
    after: Interval | None
    n_looks: int
    missing: str
    sentence: str


def deskilling_alarm(unaided: pl.DataFrame, *, n_ended: int) -> Alarm:
    """
    Whether one expert's unaided accuracy fell below the baseline by more than noise.

    It is tested at the end of each cycle; over a whole project a steady expert raises it with a
    chance of at most 5 % (`first_fall`).

    Args:
        unaided: `message_id, label, reference` (String), `cycle` (Int64), `is_baseline`
            (Boolean); one row per unaided answer of the expert.
        n_ended: cycles that have ended; later answers are not looked at yet.
    """
    seen = unaided.with_columns(is_it=pl.col("label") == pl.col("reference"))
    before, later = seen.filter("is_baseline"), seen.filter(~pl.col("is_baseline"))
    alarm = _tested(before, later, n_ended=n_ended, is_rise=False)
    if alarm.missing or alarm.before is None or alarm.after is None:
        return alarm
    figures = (
        f"{percent(alarm.before.value)} of {alarm.before.n} answers without the machine were right "
        "at the baseline, "
        f"{percent(alarm.after.value)} of {alarm.after.n} since"
    )
    return _told(
        alarm,
        raised=f"Skill without the machine fell: {figures}; first clear at the end of cycle "
        f"{alarm.since_cycle}.",
        quiet=f"No fall of skill without the machine can be shown: {figures}.",
    )


def misskilling_alarm(unaided: pl.DataFrame, team_baseline: pl.DataFrame, *, n_ended: int) -> Alarm:
    """
    Whether an expert's unaided errors repeat the machine's more often than baseline errors do.

    People and machine err alike on hard messages, so chance is the wrong measure: errors that
    were made before the machine was heard tell how often that happens by itself.

    Args:
        unaided: as for `deskilling_alarm`, with `machine` (String): the machine's own answer,
            which the expert did not see; null where it has none.
        team_baseline: the same columns, baseline answers of everyone; stands in where the
            expert made fewer than 5 errors in their own baseline.
        n_ended: as for `deskilling_alarm`.
    """
    errors = _errors(unaided)
    before, later = errors.filter("is_baseline"), errors.filter(~pl.col("is_baseline"))
    whose = "the own"
    if before.height < LEAST_BEFORE:
        before, whose = _errors(team_baseline), "the team's"
    alarm = _tested(before, later, n_ended=n_ended, is_rise=True)
    if alarm.missing or alarm.before is None or alarm.after is None:
        return alarm
    figures = (
        f"{percent(alarm.before.value)} of {alarm.before.n} errors in {whose} baseline are the "
        f"machine's too, {percent(alarm.after.value)} of {alarm.after.n} since"
    )
    return _told(
        alarm,
        raised=f"Errors made without the machine repeat its own: {figures}; first clear at the "
        "end of "
        f"cycle {alarm.since_cycle}.",
        quiet=f"Errors made without the machine do not repeat its own more than before: {figures}.",
    )


def _errors(unaided: pl.DataFrame) -> pl.DataFrame:
    return unaided.filter(
        (pl.col("label") != pl.col("reference")) & pl.col("machine").is_not_null()
    ).with_columns(is_it=pl.col("label") == pl.col("machine"))


def _tested(before: pl.DataFrame, later: pl.DataFrame, *, n_ended: int, is_rise: bool) -> Alarm:
    """The alarm on the share of `is_it`, its sentence still open where it could be tested."""
    ended = later.filter(pl.col("cycle") <= n_ended)
    by_cycle = ended.group_by("cycle").agg(n_with=pl.col("is_it").sum(), n=pl.len()).sort("cycle")
    answers = "errors" if is_rise else "answers without the machine"
    missing = ""
    if before.height < LEAST_BEFORE:
        missing = (
            f"An alarm needs {LEAST_BEFORE} {answers} from before the machine was heard; "
            f"there are {before.height}."
        )
    elif by_cycle.is_empty():
        missing = f"No cycle with {answers} after the baseline has ended yet."
    since = None
    if not missing:
        counts = [(int(x), int(n)) for _, x, n in by_cycle.iter_rows()]
        n_before = int(before["is_it"].sum())
        if is_rise:
            # A rise of one share is the fall of the other.
            n_before, counts = before.height - n_before, [(n - x, n) for x, n in counts]
        place = first_fall((n_before, before.height), counts)
        since = None if place is None else int(by_cycle["cycle"][place])
    return Alarm(
        is_raised=since is not None,
        since_cycle=since,
        before=share_of(before["is_it"], before["message_id"], missing="").interval,
        after=share_of(ended["is_it"], ended["message_id"], missing="").interval,
        n_looks=0 if missing else by_cycle.height,
        missing=missing,
        sentence=missing,
    )


def _told(alarm: Alarm, *, raised: str, quiet: str) -> Alarm:
    return replace(alarm, sentence=raised if alarm.is_raised else quiet)
