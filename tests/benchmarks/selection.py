"""
How many labels our queue needs to be as good as 100 messages labelled at random.

An oracle gives the labels of the data; after every few the fast head is retrained. Beside our
queue, on the same head, runs small-text's BreakingTies.
Run it: `python -m tests.benchmarks.selection --data DIR [--datasets a,b] [--json] [--quick]`.
"""

import warnings
from pathlib import Path

import numpy as np

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.settings import Settings
from tests.benchmarks.label_race import (
    Course,
    choose_at_random,
    choose_by_breaking_ties,
    choose_by_queue,
    run_race,
)
from tests.benchmarks.labelled_texts import csv_folder, read_labelled_texts, split_rows
from tests.benchmarks.outcome import finish, options_of, say, target

N_LABELS = 100
BOUND = 60
TEST_SHARE = 0.33
N_REPLICATES = 1000
SIDES = {
    "random": choose_at_random,
    "our_queue": choose_by_queue,
    "breaking_ties": choose_by_breaking_ties,
}


def n_needed(curve, goal, *, step):
    """The fewest labels with which a curve reaches a goal; None where it never does."""
    reached = np.flatnonzero(np.asarray(curve) >= goal)
    return int(reached[0] + 1) * step if len(reached) else None


def interval_of_need(curves, goals, *, step):
    """The middle 95 % of labels needed over resampled seeds; what is not reached counts as all."""
    rng = np.random.default_rng(0)
    needs = []
    for _ in range(N_REPLICATES):
        seeds = rng.integers(len(curves), size=len(curves))
        need = n_needed(curves[seeds].mean(axis=0), goals[seeds].mean(), step=step)
        needs.append(N_LABELS if need is None else need)
    return [int(edge) for edge in np.quantile(needs, [0.025, 0.975], method="nearest")]


def race_on(data, vectors, *, seeds, step, most_test):
    """One data set's figures: each side's curve, labels needed, and both kinds of spread."""
    curves = {side: [] for side in SIDES}
    for seed in seeds:
        pool, test = split_rows(data, test_share=TEST_SHARE, most_test=most_test, seed=seed)
        course = Course(
            vectors[pool], data.labels[pool], vectors[test], data.labels[test], data.names
        )
        for side, choose in SIDES.items():
            curves[side].append(run_race(course, choose(seed), n_labels=N_LABELS, step=step))
    curves = {side: np.array(rows) for side, rows in curves.items()}
    goals = curves["random"][:, -1]
    figures = {
        side: {
            "n_needed": n_needed(rows.mean(axis=0), goals.mean(), step=step),
            "n_needed_interval": interval_of_need(rows, goals, step=step),
            "macro_f1": [round(float(value), 4) for value in rows.mean(axis=0)],
            "macro_f1_of_seeds_at_end": [round(float(value), 4) for value in rows[:, -1]],
        }
        for side, rows in curves.items()
    }
    return {
        "dataset": data.name,
        "n_texts": len(data.texts),
        "n_classes": len(data.names),
        "smallest_class_share": round(float(_smallest_share(data.labels)), 4),
        "goal": round(float(goals.mean()), 4),
        **figures,
    }


def report(races, *, seeds, step):
    """The document: all figures, and whether the target holds."""
    needs = {
        side: [race[side]["n_needed"] or N_LABELS for race in races]
        for side in ("our_queue", "breaking_ties")
    }
    ours = float(np.mean(needs["our_queue"]))
    return {
        "n_labels_at_random": N_LABELS,
        "step": step,
        "seeds": list(seeds),
        "peer": "small-text BreakingTies",
        "races": races,
        "labels_needed": {
            side: {"mean": float(np.mean(all_of)), "median": float(np.median(all_of))}
            for side, all_of in needs.items()
        },
        "ratio_to_peer": round(ours / float(np.mean(needs["breaking_ties"])), 3),
        "targets": [
            target(f"labels our queue needs for what {N_LABELS} at random reach, mean", ours, BOUND)
        ],
    }


def measure(folder, names, *, encoder, seeds, step, max_classes, most_pool, most_test):
    """The document for some data sets of a folder."""
    races = []
    for name in names:
        data = read_labelled_texts(
            folder / f"{name}.csv", max_classes=max_classes, most=(most_pool, most_test)
        )
        say(f"{name}: reading {len(data.texts):,} texts of {len(data.names)} labels")
        vectors = encoder.encode(data.texts)
        race = race_on(data, vectors, seeds=seeds, step=step, most_test=most_test)
        for side in SIDES:
            say(f"  {side:<14} needs {race[side]['n_needed']}, {race[side]['n_needed_interval']}")
        races.append(race)
    return report(races, seeds=seeds, step=step)


def _smallest_share(labels):
    return np.unique(labels, return_counts=True)[1].min() / len(labels)


def _options():
    options = options_of(__doc__, quick="4 seeds, 10 labels, 850 texts")
    options.add_argument("--data", type=Path, required=True, help="folder of the CSV files")
    options.add_argument("--datasets", help="names, comma-separated; all of the folder if absent")
    options.add_argument("--seeds", default="0,1,2,3,4", help="comma-separated")
    options.add_argument("--step", type=int, default=5, help="labels between two trainings")
    options.add_argument("--max-classes", type=int, help="keep the most frequent labels only")
    options.add_argument("--pool-cap", type=int, default=4000, help="most texts to choose from")
    options.add_argument("--test-cap", type=int, default=1000, help="most texts to measure on")
    return options


def main():
    """Measure, tell people, and print the document if asked."""
    given = _options().parse_args()
    # scikit-learn warns where the labels are as many as half of the messages.
    warnings.filterwarnings("ignore", message="The number of unique classes")
    names = given.datasets.split(",") if given.datasets else None
    size = {
        "seeds": [int(seed) for seed in given.seeds.split(",")],
        "step": given.step,
        "max_classes": given.max_classes,
        "most_pool": given.pool_cap,
        "most_test": given.test_cap,
    }
    if given.quick:
        size |= {"seeds": [0, 1, 2, 3], "step": 10, "max_classes": 10}
        size |= {"most_pool": 600, "most_test": 250}
    document = measure(
        csv_folder(given.data),
        names or sorted(file.stem for file in csv_folder(given.data).glob("*.csv")),
        encoder=load_base_encoder(Settings.from_environment()),
        **size,
    )
    for side, needed in document["labels_needed"].items():
        say(f"{side}: mean {needed['mean']:.0f}, median {needed['median']:.0f} labels")
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
