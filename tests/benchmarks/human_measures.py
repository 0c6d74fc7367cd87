"""
Whether the figures about people tell the truth: simulated experts of whom everything is known.

Each figure's 95 % interval should hold the truth in 95 of 100 simulated projects; an alarm should
stay silent over eight cycles where skill stands still, and be raised where it falls.
Run it: `python -m tests.benchmarks.human_measures [--json] [--quick]`.
"""

import argparse
import itertools
import json
import os
import sys
import time

import numpy as np
import polars as pl

from rhml_core.measures.alarms import deskilling_alarm, misskilling_alarm
from rhml_core.measures.falls import LEVEL, first_fall
from tests.benchmarks.known_experts import (
    ANA,
    N_CYCLES,
    TEAM,
    calibration_intervals,
    mean,
    reliance_intervals,
    skill_intervals,
    true_calibration,
    true_reliance,
    true_skill,
)
from tests.measures.simulated_experts import Truth, unaided

N_RUNS = 200
COVERAGE = (0.9, 0.98)
FALL = 0.15
PLANS = ((10, 10), (20, 10), (20, 20), (40, 20))
"""Answers at the baseline and in each cycle."""


def coverage(truth, intervals, *, n_runs, seed):
    """Share of simulated projects in which each figure's interval holds the truth."""
    held = {name: [] for name in truth}
    for run in range(n_runs):
        for name, found in intervals(np.random.default_rng([seed, run])).items():
            if found is not None:
                held[name].append(found.low <= truth[name] <= found.high)
    return {name: round(mean(values), 3) for name, values in held.items()}


def raised(accuracy, falls_by, *, plan, at, n_projects, seed):
    """Share of projects in which a fall is found; skill falls after `at` cycles."""
    n_before, n = plan
    n_found = 0
    for project in range(n_projects):
        random = np.random.default_rng([seed, project])
        after = [
            (int(random.binomial(n, accuracy - (falls_by if cycle >= at else 0))), n)
            for cycle in range(N_CYCLES)
        ]
        before = (int(random.binomial(n_before, accuracy)), n_before)
        n_found += first_fall(before, after) is not None
    return n_found / n_projects


def deskilling(*, n_projects):
    """How often the alarm for a fall is raised, with and without one."""
    cases = itertools.product((0.65, 0.8, 0.9), PLANS)
    return [
        {
            "accuracy": accuracy,
            "n_baseline": plan[0],
            "n_in_a_cycle": plan[1],
            "false_alarms": raised(
                accuracy, 0, at=0, plan=plan, n_projects=n_projects, seed=100 + number
            ),
            "power_at_once": raised(
                accuracy, FALL, at=0, plan=plan, n_projects=n_projects // 4, seed=200 + number
            ),
            "power_from_cycle_5": raised(
                accuracy, FALL, at=4, plan=plan, n_projects=n_projects // 4, seed=300 + number
            ),
        }
        for number, (accuracy, plan) in enumerate(cases)
    ]


def _falls(answers):
    return deskilling_alarm(answers, n_ended=N_CYCLES).is_raised


def _repeats(answers, everyone):
    before = everyone.filter("is_baseline")
    return misskilling_alarm(answers, before, n_ended=N_CYCLES).is_raised


def whole_alarms(*, n_projects):
    """Both alarms on whole simulated projects with hard and easy messages."""
    steady, fallen = Truth(skill=0.75), Truth(skill=0.75 - FALL)
    counts = {"false_fall": 0, "true_fall": 0, "false_repeat": 0, "true_repeat": 0}
    for project in range(n_projects):
        random = np.random.default_rng([4, project])
        quiet = unaided([steady], [20] * N_CYCLES, random, n_baseline=40)
        before = quiet.filter("is_baseline")
        worse = unaided([fallen], [20] * N_CYCLES, random)
        # Where the machine is wrong, every error is its own from now on.
        taken = unaided([steady], [20] * N_CYCLES, random, repeats=1.0, machine_skill=0.4)
        unlike = unaided([steady], [], random, n_baseline=40, machine_skill=0.4)
        counts["false_fall"] += _falls(quiet)
        counts["true_fall"] += _falls(pl.concat([before, worse]))
        counts["false_repeat"] += _repeats(quiet, quiet)
        counts["true_repeat"] += _repeats(pl.concat([unlike, taken]), unlike)
    return {name: round(n / n_projects, 3) for name, n in counts.items()}


def measure(*, n_runs, n_projects, n_whole):
    """The document: coverage, alarms and whether the targets hold."""
    start = time.perf_counter()
    covered = {}
    for who, experts, many in (("one expert", (ANA,), 1), ("a team of three", TEAM, 3)):
        n = 120 if many == 1 else 60
        covered[who] = {
            **coverage(
                true_reliance(experts),
                lambda random, e=experts, n=n: reliance_intervals(e, 2 * n, random),
                n_runs=n_runs,
                seed=10,
            ),
            **coverage(
                true_skill(experts),
                lambda random, e=experts: skill_intervals(e, 15, random),
                n_runs=n_runs,
                seed=11,
            ),
            **coverage(
                true_calibration(experts),
                lambda random, e=experts, n=n: calibration_intervals(e, n, random),
                n_runs=n_runs,
                seed=12,
            ),
        }
    falls, whole = deskilling(n_projects=n_projects), whole_alarms(n_projects=n_whole)
    low, high = COVERAGE
    targets = [
        {
            "name": f"{who}: coverage of {name}",
            "value": value,
            "bound": list(COVERAGE),
            "holds": low <= value <= high,
        }
        for who, values in covered.items()
        for name, value in values.items()
    ]
    false = {
        "deskilling, over all plans": mean(row["false_alarms"] for row in falls),
        "deskilling, hard and easy messages": whole["false_fall"],
        "mis-skilling": whole["false_repeat"],
    }
    targets += [
        {
            "name": f"false alarms in eight cycles: {name}",
            "value": round(value, 4),
            "bound": LEVEL,
            "holds": value <= LEVEL,
        }
        for name, value in false.items()
    ]
    return {
        "n_runs": n_runs,
        "n_projects": n_projects,
        "n_cycles": N_CYCLES,
        "coverage": covered,
        "deskilling": falls,
        "whole_alarms": whole,
        "seconds": round(time.perf_counter() - start, 1),
        "targets": targets,
    }


def _say(line):
    sys.stderr.write(f"{line}\n")


def tell(document):
    """Print the figures for people."""
    for who, values in document["coverage"].items():
        _say(f"{who}: intervals that hold the truth, of {document['n_runs']}")
        for name, value in values.items():
            _say(f"  {name:<36} {value:.3f}")
    _say(f"a fall of {FALL:.0%}, over {document['n_cycles']} cycles")
    for row in document["deskilling"]:
        _say(
            f"  right in {row['accuracy']:.0%}, {row['n_baseline']} before and "
            f"{row['n_in_a_cycle']} a cycle: false alarms {row['false_alarms']:.3f}, found "
            f"{row['power_at_once']:.2f} at once, {row['power_from_cycle_5']:.2f} from cycle 5"
        )
    _say(f"whole projects: {document['whole_alarms']}")
    for target in document["targets"]:
        verdict = "holds" if target["holds"] else "MISSED"
        _say(f"{target['name']}: {target['value']} (bound {target['bound']}): {verdict}")


def main():
    """Measure, tell people, and print the document if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON document last")
    options.add_argument("--quick", action="store_true", help="fewer; within a minute")
    given = options.parse_args()
    document = measure(
        n_runs=N_RUNS,
        n_projects=200 if given.quick else 2_000,
        n_whole=100 if given.quick else 1_000,
    )
    document["machine"] = {"cores": os.cpu_count()}
    tell(document)
    if given.json:
        sys.stdout.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
