"""
Both sides of each race on judgements, and what memory each takes in a process of its own.

`python -m tests.benchmarks.agreement_sides SIDE MESSAGES ROUNDS` makes the crowd, lets one side
do its work once, and prints what memory it took.
"""

import json
import subprocess
import sys
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene

from rhml_core.measures.agreement.alpha import krippendorff_alpha
from rhml_core.measures.dawid_skene import fit_dawid_skene
from tests.benchmarks.simulated_crowd import again, judge, make_crowd

N_RATERS = 100
PRIOR = (0.3, 0.25, 0.2, 0.1, 0.1, 0.05)
N_EACH = (2, 3, 4, 5, 6)
"""Labels of a message, in turns: four on average."""
_NEVER_STOPS = -np.inf


def make_ratings(n_messages):
    """The judgements that are measured."""
    crowd = make_crowd(N_RATERS, PRIOR, right=(0.5, 0.95), seed=7)
    return judge(crowd, n_messages, n_each=N_EACH, seed=8)


def rater_table(ratings):
    """What `krippendorff.alpha` reads: a row per rater, a column per message, NaN where none."""
    table = np.full((len(ratings.raters), len(ratings.messages)), np.nan)
    table[ratings.rater, ratings.message] = ratings.label
    return table


def crowd_table(ratings):
    """What crowd-kit reads, with whole numbers for names, which is quickest for it."""
    columns = {"task": ratings.message, "worker": ratings.rater, "label": ratings.label}
    return pd.DataFrame(columns)


def their_alpha(table):
    """Alpha by the krippendorff package."""
    return krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")


def their_alpha_of_counts(counts):
    """The same from how often each message got each label, which spares it the counting."""
    return krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")


def their_model(table, n_rounds):
    """Dawid-Skene by crowd-kit, which goes through all rounds."""
    return DawidSkene(n_iter=n_rounds, tol=_NEVER_STOPS).fit(table)


def our_model(ratings, n_rounds):
    """Dawid-Skene by this project, which goes through all rounds."""
    return fit_dawid_skene(ratings, max_rounds=n_rounds, tolerance=0)


def measure_memory(side, n_messages, n_rounds):
    """
    The megabytes that a side takes, in a process of its own.

    `during`: most that the process held while the side worked, its input included. `added`: how
    much of it the work added to what was held before.
    """
    command = [sys.executable, "-m", "tests.benchmarks.agreement_sides"]
    done = subprocess.run(
        [*command, side, str(n_messages), str(n_rounds)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _work_of(side, n_messages, n_rounds):
    """The side's work as a function without arguments, its input ready."""
    ratings = make_ratings(n_messages)
    if side == "krippendorff":
        table = rater_table(ratings)
        return lambda: their_alpha(table)
    if side == "crowd-kit":
        table = crowd_table(ratings)
        return lambda: their_model(table, n_rounds)
    fresh = again(ratings)
    if side == "our alpha":
        return lambda: krippendorff_alpha(fresh)
    return lambda: our_model(fresh, n_rounds)


def _megabytes(field):
    line = next(
        line
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        if line.startswith(field)
    )
    return int(line.split()[1]) / 1024


def _main():
    side, n_messages, n_rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    work = _work_of(side, n_messages, n_rounds)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the past peak
    before = _megabytes("VmRSS")
    work()
    during = _megabytes("VmHWM")
    sys.stdout.write(json.dumps({"during": during, "added": during - before}) + "\n")


if __name__ == "__main__":
    _main()
