"""
Agreement and consensus on a million judgements, beside krippendorff and crowd-kit.

Each side gets its own input format, made beforehand, and works in turns with the other; ratios
are medians over the turns, and the worse of wall time and processor time counts. Memory is
measured in a process for each side. `--coverage` also counts how often the intervals hold a
known truth, which takes minutes.
Run it: `python -m tests.benchmarks.agreement [--json] [--quick] [--coverage]`.
"""

import argparse
import json
import os
import platform
import sys
import time
import warnings

import numpy as np

from rhml_core.measures.agreement.alpha import alpha_interval, krippendorff_alpha
from rhml_core.measures.dawid_skene import fit_dawid_skene
from rhml_core.measures.ratings import encode
from tests.benchmarks import agreement_sides as sides
from tests.benchmarks.agreement_coverage import agreement_coverage, competence_coverage
from tests.benchmarks.simulated_crowd import again, as_frame

SPEED_BOUND = 10
MEMORY_BOUND = 1
SAME_BOUND = 1e-6
REPLICATES_BOUND = 20
COVERAGE_BOUNDS = (0.93, 0.97)
N_REPLICATES = 1000
ROUNDS_FOR_MEMORY = 3
MOST_ROUNDS = 20
FULL = {"n_messages": 250_000, "turns": 5, "model_turns": 2}
QUICK = {"n_messages": 12_500, "turns": 3, "model_turns": 2}


def race(works, *, turns):
    """
    Each work's turns, as `(wall, processor)` in seconds, and what it last returned.

    A work is a function that gets ready, outside the clock, and returns what is timed. The order
    changes from turn to turn.
    """
    taken, returned = {name: [] for name in works}, {}
    names = list(works)
    for turn in range(turns):
        for name in names if turn % 2 else reversed(names):
            work = works[name]()
            started, spent = time.perf_counter(), time.process_time()
            returned[name] = work()
            taken[name].append((time.perf_counter() - started, time.process_time() - spent))
    return taken, returned


def times_as_long(slow, quick):
    """How many times as long one side takes: median over the turns, by wall and by processor."""
    ratios = np.array(slow) / np.array(quick)
    wall, processor = np.median(ratios, axis=0)
    return {"wall": round(float(wall), 2), "processor": round(float(processor), 2)}


def seconds(taken):
    """The median turn of each side."""
    rows = {name: np.median(np.array(each), axis=0) for name, each in taken.items()}
    return {
        name: {"wall": round(float(wall), 4), "processor": round(float(processor), 4)}
        for name, (wall, processor) in rows.items()
    }


def measure_alpha(ratings, *, turns):
    """Alpha on both sides, and a thousand replicates of it."""
    table, frame = sides.rater_table(ratings), as_frame(ratings)
    counts = ratings.counts
    works = {
        "krippendorff": lambda: lambda: sides.their_alpha(table),
        "krippendorff, from counts": lambda: lambda: sides.their_alpha_of_counts(counts),
        "ours": lambda: _later(krippendorff_alpha, again(ratings)),
        "ours, from names": lambda: lambda: krippendorff_alpha(encode(frame)),
        "replicates": lambda: _later(alpha_interval, again(ratings), n_replicates=N_REPLICATES),
    }
    taken, returned = race(works, turns=turns)
    return {
        "seconds": seconds(taken),
        "times_as_fast": times_as_long(taken["krippendorff"], taken["ours"]),
        "from_names_times_as_fast": times_as_long(taken["krippendorff"], taken["ours, from names"]),
        "replicates_times_one_alpha": times_as_long(taken["replicates"], taken["ours"]),
        "apart": abs(float(returned["krippendorff"]) - returned["ours"]),
        "alpha": str(returned["replicates"]),
    }


def measure_model(ratings, *, turns):
    """Dawid-Skene on both sides: as many rounds as ours needs to converge, up to a bound."""
    n_rounds = min(MOST_ROUNDS, fit_dawid_skene(ratings).n_rounds)
    table = sides.crowd_table(ratings)
    works = {
        "crowd-kit": lambda: lambda: sides.their_model(table, n_rounds),
        "ours": lambda: _later(sides.our_model, again(ratings), n_rounds),
    }
    taken, returned = race(works, turns=turns)
    theirs, ours = returned["crowd-kit"], returned["ours"]
    order = list(range(len(ratings.labels)))
    posterior = theirs.probas_.loc[range(len(ratings.messages)), order].to_numpy()
    return {
        "n_rounds": n_rounds,
        "seconds": seconds(taken),
        "times_as_fast": times_as_long(taken["crowd-kit"], taken["ours"]),
        "apart": float(np.abs(posterior - ours.posterior).max()),
    }


def measure_memory(n_messages):
    """Megabytes of each side, each in its own process."""
    names = ["krippendorff", "our alpha", "crowd-kit", "our model"]
    return {name: sides.measure_memory(name, n_messages, ROUNDS_FOR_MEMORY) for name in names}


def measure(*, n_messages, turns, model_turns):
    """The document without coverage."""
    ratings = sides.make_ratings(n_messages)
    return {
        "n_judgements": ratings.n_judgements,
        "n_messages": len(ratings.messages),
        "n_raters": len(ratings.raters),
        "n_labels": len(ratings.labels),
        "n_kinds": len(ratings.kinds[1]),
        "alpha": measure_alpha(ratings, turns=turns),
        "dawid_skene": measure_model(ratings, turns=model_turns),
        "megabytes": measure_memory(n_messages),
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
        },
    }


def targets(document, *, is_full):
    """
    Each target with what was measured and whether it holds.

    The cost of replicates hardly depends on how many judgements there are, that of one alpha
    does; so their ratio is held to its bound at the full size only.
    """
    alpha, model, memory = document["alpha"], document["dawid_skene"], document["megabytes"]
    least = [
        ("alpha, times krippendorff", min(alpha["times_as_fast"].values()), SPEED_BOUND),
        ("Dawid-Skene, times crowd-kit", min(model["times_as_fast"].values()), SPEED_BOUND),
    ]
    most = [
        ("alpha, apart from krippendorff (at most)", alpha["apart"], SAME_BOUND),
        ("Dawid-Skene, apart from crowd-kit (at most)", model["apart"], SAME_BOUND),
    ]
    for name, ours, theirs in [
        ("alpha", "our alpha", "krippendorff"),
        ("Dawid-Skene", "our model", "crowd-kit"),
    ]:
        shares = [memory[ours][kind] / memory[theirs][kind] for kind in ("during", "added")]
        most.append(
            (f"{name}, share of {theirs}'s peak memory (at most)", max(shares), MEMORY_BOUND)
        )
    if is_full:
        value = max(alpha["replicates_times_one_alpha"].values())
        most.append(
            (f"{N_REPLICATES:,} replicates, times one alpha (at most)", value, REPLICATES_BOUND)
        )
    held = [_target(name, value, bound, value >= bound) for name, value, bound in least]
    held += [_target(name, value, bound, value <= bound) for name, value, bound in most]
    low, high = COVERAGE_BOUNDS
    for name, share in document.get("coverage", {}).items():
        bound = list(COVERAGE_BOUNDS)
        held.append(_target(f"coverage of {name}", share, bound, low <= share <= high))
    return held


def _target(name, value, bound, holds):
    return {"name": name, "value": value, "bound": bound, "holds": bool(holds)}


def _later(work, *given, **named):
    return lambda: work(*given, **named)


def _tell(document):
    for target in document["targets"]:
        verdict = "holds" if target["holds"] else "MISSED"
        line = f"{target['name']}: {target['value']:.3g} (bound {target['bound']}): {verdict}\n"
        sys.stderr.write(line)


def main():
    """Measure, tell people, and print the document if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON document last")
    options.add_argument("--quick", action="store_true", help="50,000 judgements; within a minute")
    options.add_argument("--coverage", action="store_true", help="also of the intervals; minutes")
    given = options.parse_args()
    # crowd-kit speaks of what pandas will change one day, at every round.
    warnings.simplefilter("ignore")
    document = measure(**(QUICK if given.quick else FULL))
    if given.coverage:
        n_trials, n_fits = (100, 4) if given.quick else (2000, 200)
        document["coverage"] = agreement_coverage(n_trials) | competence_coverage(n_fits)
    document["targets"] = targets(document, is_full=not given.quick)
    _tell(document)
    if given.json:
        sys.stdout.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
