"""What the program says of simulated projects, beside what is true of them."""

from math import sqrt

import numpy as np
import polars as pl
from scipy import stats

from rhml_core.domain import Mode
from tests.benchmarks.outcome import target

LEVEL = 0.05
RELIANCE = {
    "RAIR": lambda found: found.shares.rair,
    "RSR": lambda found: found.shares.rsr,
    "over-reliance": lambda found: found.shares.over_reliance,
    "helpful switches": lambda found: found.helpful.share,
    "harmful switches": lambda found: found.harmful.share,
}


def arm_figures(courses):
    """
    One arm's figures, over its seeds.

    A figure is `value, low, high, n, missing`, the mean over the seeds; `truth` is what the
    simulated minds were at the same answers, and `n_covered` in how many seeds the interval that
    the program showed holds it.
    """
    lifts = [course.learners.experts_lift for course in courses]
    return {
        "machine_by_cycle": _by_cycle(courses, lambda cycle: cycle.machine),
        "unaided_by_cycle": _by_cycle(courses, lambda cycle: cycle.experts),
        "true_unaided_by_cycle": np.mean(
            [course.truth for course in courses], axis=(0, 2)
        ).tolist(),
        "machine_lift": mean_of([course.learners.machine_lift for course in courses]),
        "human_lift": mean_of(lifts, [true_lift(course) for course in courses]),
        "reliance": {
            name: mean_of(
                [read(course.team.reliance) for course in courses],
                [true_reliance(course.turns)[name] for course in courses],
            )
            for name, read in RELIANCE.items()
        },
        "over_reliance_by_colleagues": mean_of(
            [course.team_unsettled.reliance.shares.over_reliance for course in courses],
            [true_reliance(course.turns)["over-reliance"] for course in courses],
        ),
        "merely_followed": _mean_of_turns(courses, pl.col("merely_followed")),
        "final_accuracy_on_work": _mean_of_turns(courses, pl.col("final") == pl.col("right")),
        "alarms": _alarms(courses),
    }


def gap_figures(courses, others):
    """
    The first arm's late unaided accuracy less the second's, paired by seed and expert.

    Late is the second half of the cycles. Interval of Student's t over the pairs.
    """
    pairs = [
        (one, two)
        for course, other in zip(courses, others, strict=True)
        for one, two in zip(late_accuracy(course), late_accuracy(other), strict=True)
        if one is not None and two is not None
    ]
    if len(pairs) < 2:
        return undefined("A gap needs two experts with unaided answers late in both arms.")
    gaps = np.array([one - two for one, two in pairs])
    true = [
        _late_truth(course) - _late_truth(other)
        for course, other in zip(courses, others, strict=True)
    ]
    half = float(stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / sqrt(len(gaps)))
    value = float(gaps.mean())
    return {
        "value": value,
        "low": value - half,
        "high": value + half,
        "n": len(gaps),
        "missing": "",
        "truth": float(np.mean(true)),
    }


def truth_targets(arms, gaps):
    """
    That the program's intervals hold what is true, and that it raises no alarm for nothing.

    So many false alarms may come by chance as at most one in twenty such benchmarks has.
    """
    both = arms[Mode.RECIPROCAL.value]
    steady = [arms[mode.value]["alarms"] for mode in (Mode.RECIPROCAL, Mode.BLIND)]
    n_tested = sum(alarms["deskilling_tested"] for alarms in steady)
    false = sum(alarms["deskilling"] for alarms in steady)
    most = int(stats.binom.ppf(1 - LEVEL, n_tested, LEVEL)) if n_tested else 0
    held = {
        "human lift, reciprocal": both["human_lift"],
        "over-reliance, reciprocal": both["reliance"]["over-reliance"],
        "late unaided accuracy, immediate minus reciprocal": gaps["immediate minus reciprocal"],
    }
    return [
        *(
            target(f"truth outside the interval by: {name}", _outside(figure), 0.0)
            for name, figure in held.items()
        ),
        target("deskilling alarms where no skill falls", false, most, n_tested=n_tested),
    ]


def effect_targets(arms, gaps):
    """That the figures find what there is to find; takes a whole project."""
    both, shown = arms[Mode.RECIPROCAL.value], arms[Mode.IMMEDIATE.value]
    human, machine = both["human_lift"]["low"], both["machine_lift"]["low"]
    harm = gaps["immediate minus reciprocal"]["high"]
    fallen, n_tested = (shown["alarms"][name] for name in ("deskilling", "deskilling_tested"))
    return [
        target("human lift, reciprocal: low end", human, 0.0, is_least=True),
        target("machine lift, reciprocal: low end", machine, 0.0, is_least=True),
        target("late unaided accuracy, immediate minus reciprocal: high end", harm, 0.0),
        target("deskilling alarms, immediate", fallen, 1, is_least=True, n_tested=n_tested),
    ]


def mean_of(estimates, truths=None):
    """
    The mean of independent figures with its interval; where some are undefined, why.

    Source:
        Zou and Donner, Construction of confidence limits about effect measures, 2008.
    """
    missing = [estimate.missing for estimate in estimates if estimate.interval is None]
    if missing:
        return undefined(missing[0])
    found = [estimate.interval for estimate in estimates]
    value, k = float(np.mean([one.value for one in found])), len(found)
    figure = {
        "value": value,
        "low": value - sqrt(sum((one.value - one.low) ** 2 for one in found)) / k,
        "high": value + sqrt(sum((one.high - one.value) ** 2 for one in found)) / k,
        "n": sum(one.n for one in found),
        "missing": "",
    }
    if truths is not None and None not in truths:
        figure["truth"] = float(np.mean(truths))
        figure["n_covered"] = sum(
            one.low <= truth <= one.high for one, truth in zip(found, truths, strict=True)
        )
    return figure


def undefined(why):
    """A figure that there is none of."""
    return {"value": None, "low": None, "high": None, "n": 0, "missing": why}


def true_lift(course):
    """What the lift is of: true accuracy at the unaided answers of the last and first cycle."""
    of_cycle = (
        unaided(course).group_by("cycle").agg(pl.col("accuracy").mean()).sort("cycle")["accuracy"]
    )
    return of_cycle[-1] - of_cycle[0]


def true_reliance(turns):
    """
    What the shares of reliance are of: the simulated chances in the turns that took place.

    None where there was no such turn.
    """
    told = turns.filter(pl.col("machine").is_not_null() & ~pl.col("merely_followed"))
    first_right = pl.col("first") == pl.col("right")
    machine_right = pl.col("machine") == pl.col("right")
    differs = told.filter(pl.col("first") != pl.col("machine"))
    gain = differs.filter(~first_right & machine_right)["follow_chance"]
    lose = differs.filter(first_right & ~machine_right)["follow_chance"]
    wrong = differs.filter(~machine_right)["follow_chance"]
    n = max(differs.height, 1)
    return {
        "RAIR": gain.mean(),
        "RSR": None if lose.is_empty() else 1 - lose.mean(),
        "over-reliance": wrong.mean(),
        "helpful switches": gain.sum() / n,
        "harmful switches": lose.sum() / n,
    }


def late_accuracy(course):
    """What the program says of each expert: share right unaided in the second half of cycles."""
    first = len(course.truth) // 2
    found = []
    for person in course.people:
        late = [point.accuracy for point in person.skill.by_cycle if point.cycle > first]
        n = sum(one.n for one in late)
        found.append(sum(one.value * one.n for one in late) / n if n else None)
    return found


def unaided(course):
    """The turns in which the machine has no part by design."""
    if course.turns["machine"].is_null().all():
        return course.turns
    return course.turns.filter("is_holdout")


def _late_truth(course):
    first = len(course.truth) // 2
    late = unaided(course).filter(pl.col("cycle") > first)
    return late.group_by("expert_id").agg(pl.col("accuracy").mean())["accuracy"].mean()


def _by_cycle(courses, read):
    rows = [[read(cycle) for cycle in course.learners.cycles[:-1]] for course in courses]
    columns = [[one.value for one in column if one] for column in zip(*rows, strict=True)]
    return [float(np.mean(column)) if column else None for column in columns]


def _mean_of_turns(courses, which):
    turns = pl.concat([course.turns for course in courses]).filter(~pl.col("is_holdout"))
    return float(turns.select(which.mean()).item())


def _alarms(courses):
    """How many experts of all seeds raised each alarm, and of how many it could be tested."""
    people = [person for course in courses for person in course.people]
    return {
        "deskilling": sum(person.deskilling.is_raised for person in people),
        "deskilling_tested": sum(not person.deskilling.missing for person in people),
        "misskilling": sum(person.misskilling.is_raised for person in people),
        "misskilling_tested": sum(not person.misskilling.missing for person in people),
        "n_experts": len(people),
    }


def _outside(figure):
    """By how much the truth lies outside the interval; 0 inside, None where undefined."""
    if figure["value"] is None:
        return None
    return max(figure["low"] - figure["truth"], figure["truth"] - figure["high"], 0.0)
