"""
How well a rare label is found: our recipes against what others do about rare labels.

Of each data set the rarest label is thinned out to 5 % of the texts; a sample drawn at that
rate teaches, the rest measures. Minority F1 is taken where each model itself says "rare".
Run it: `python -m tests.benchmarks.imbalance --data DIR [--json] [--quick]`.
"""

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.encoding.model_files import OFFLINE
from rhml_core.machine.fitting import fit
from rhml_core.machine.recipes.imbalance import recommended_recipe
from rhml_core.settings import Settings
from tests.benchmarks.imbalance_peers import PEERS
from tests.benchmarks.labelled_texts import csv_folder, read_labelled_texts
from tests.benchmarks.outcome import finish, options_of, say, target

DATASETS = ("cti_ann_posts", "sms_spam")
RECIPES = ("fast", "setfit", "two-branch")
RARE_SHARE = 0.05
FEWEST_RARE = 4
"""Rare messages below which a sample is drawn again: no peer could be cross-validated."""
N_RESAMPLES = 400
MEASURES = ("minority_f1", "pr_auc")


@dataclass
class Draw:
    """One sample that teaches and one that measures; `rare` names the rare label."""

    rare: str
    texts: list
    labels: list
    asked: list
    is_rare: np.ndarray

    @property
    def is_rare_taught(self):
        """Which of the texts that teach are rare."""
        return np.array([label == self.rare for label in self.labels])


def draw_sample(data, *, n_training, most_test, seed):
    """A sample at the natural rate of a data set whose rarest label is thinned out to 5 %."""
    rng = np.random.default_rng([seed, n_training])
    counts = Counter(data.labels.tolist())
    rare = min(counts, key=lambda label: (counts[label], label))
    is_rare = data.labels == rare
    others = np.flatnonzero(~is_rare)
    n_rare = min(int(is_rare.sum()), round(len(others) * RARE_SHARE / (1 - RARE_SHARE)))
    kept = np.concatenate([others, rng.choice(np.flatnonzero(is_rare), n_rare, replace=False)])
    for _ in range(1000):
        rows = rng.permutation(kept)
        if is_rare[rows[:n_training]].sum() >= FEWEST_RARE:
            break
    taught, asked = rows[:n_training], rows[n_training:][:most_test]
    return Draw(
        rare,
        [data.texts[row] for row in taught],
        data.labels[taught].tolist(),
        [data.texts[row] for row in asked],
        is_rare[asked],
    )


def answers(draw, *, encoder, recipes, parameters, seed):
    """
    What each side says of the asked texts, and its seconds of processor time.

    Returns:
        By side: `(scores, says_rare, cpu_seconds)`; the scores rank, `says_rare` decides.
    """
    found = {}
    vectors = encoder.encode(draw.texts).astype(float)
    asked = encoder.encode(draw.asked).astype(float)
    for name, peer in PEERS.items():
        started = time.process_time()
        scores = peer(vectors, draw.is_rare_taught, seed)(asked)
        found[name] = (scores, scores > 0, time.process_time() - started)
    for recipe in recipes:
        started = time.process_time()
        model = fit(
            recipe,
            draw.texts,
            draw.labels,
            encoder=encoder,
            parameters=None if recipe == "fast" else parameters,
            seed=seed,
        )
        spent = time.process_time() - started
        probabilities = model.predict_proba(draw.asked)
        column = model.labels.index(draw.rare)
        found[recipe] = (probabilities[:, column], probabilities.argmax(axis=1) == column, spent)
    return found


def minority_f1(is_rare, says_rare):
    """F1 of the rare label; 0 where it is never said."""
    return 2 * (is_rare & says_rare).sum() / max(is_rare.sum() + says_rare.sum(), 1)


def average_precision(is_rare, scores):
    """
    Area under precision and recall, equal scores in the order they stand.

    Source: scikit-learn's `average_precision_score`, for scores without ties.
    """
    hits = is_rare[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / max(hits.sum(), 1))


def figures(draws, said, side):
    """One row a draw: minority F1 and PR-AUC, shape (n_draws, 2)."""
    return np.array(
        [
            [minority_f1(draw.is_rare, one[side][1]), average_precision(draw.is_rare, one[side][0])]
            for draw, one in zip(draws, said, strict=True)
        ]
    )


def resampled(draws, said, sides, *, n_resamples=N_RESAMPLES, seed=0):
    """
    Every side's mean figures when draws, and messages within them, are drawn again.

    All sides are asked about the same messages each time, so differences are paired.

    Returns:
        Shape (n_resamples, n_sides, 2).
    """
    rng = np.random.default_rng(seed)
    means = np.empty((n_resamples, len(sides), 2))
    for turn in range(n_resamples):
        total = np.zeros((len(sides), 2))
        for place in rng.integers(len(draws), size=len(draws)):
            is_rare = draws[place].is_rare
            rows = np.concatenate(  # as many of each kind: both figures hang on how many are rare
                [rng.choice(one, len(one)) for one in map(np.flatnonzero, (is_rare, ~is_rare))]
            )
            for at, side in enumerate(sides):
                scores, says_rare, _ = said[place][side]
                total[at] += (
                    minority_f1(is_rare[rows], says_rare[rows]),
                    average_precision(is_rare[rows], scores[rows]),
                )
        means[turn] = total / len(draws)
    return means


def interval(values):
    """The middle 95 %."""
    return [round(float(bound), 4) for bound in np.quantile(values, [0.025, 0.975])]


def compare(by_dataset):
    """
    The document: every side's figures on each data set and over all, held against the winner.

    Args:
        by_dataset: by name: `(draws, said)`, one entry of each a seed.
    """
    sides = list(next(iter(by_dataset.values()))[1][0])
    means, spreads, races = [], [], []
    for name, (draws, said) in by_dataset.items():
        found = np.array([figures(draws, said, side).mean(axis=0) for side in sides])
        spread = resampled(draws, said, sides)
        means.append(found)
        spreads.append(spread)
        cpu = [float(np.mean([one[side][2] for one in said])) for side in sides]
        races.append(
            {
                "dataset": name,
                "n_seeds": len(draws),
                "n_training": len(draws[0].texts),
                "n_rare_taught": [int(draw.is_rare_taught.sum()) for draw in draws],
                "n_asked": len(draws[0].asked),
                "rare_share_asked": round(float(np.mean([d.is_rare.mean() for d in draws])), 4),
                "sides": _table(sides, found, spread, cpu),
            }
        )
    overall, spread = np.mean(means, axis=0), np.mean(spreads, axis=0)
    taught = next(iter(by_dataset.values()))[0][0].labels
    recommended = recommended_recipe(Counter(taught))
    table = _table(sides, overall, spread, None)
    return {
        "races": races,
        "overall": table,
        "winner": table[0]["name"],
        "recommended": {"recipe": recommended.recipe, "reason": recommended.reason},
        "targets": _targets(sides, overall, spread, recommended.recipe),
    }


def _table(sides, found, spread, cpu):
    """Rows a side, best minority F1 first, each with its distance to the best."""
    best = int(np.argmax(found[:, 0]))
    rows = []
    for at in sorted(range(len(sides)), key=lambda one: -found[one, 0]):
        row = {"name": sides[at]}
        for column, measure in enumerate(MEASURES):
            row[measure] = round(float(found[at, column]), 4)
            row[f"{measure}_interval"] = interval(spread[:, at, column])
            row[f"{measure}_behind_winner"] = round(
                float(found[best, column] - found[at, column]), 4
            )
            row[f"{measure}_behind_winner_interval"] = interval(
                spread[:, best, column] - spread[:, at, column]
            )
        if cpu:
            row["cpu_seconds"] = round(cpu[at], 3)
        rows.append(row)
    return rows


def _targets(sides, found, spread, recommended):
    """The default for imbalanced projects is what wins, and beats what others do."""
    ours = sides.index(recommended)
    targets = []
    for column, measure in enumerate(MEASURES):
        peer = max((sides.index(name) for name in PEERS), key=lambda at: found[at, column])
        lead = float(found[ours, column] - found[peer, column])
        targets.append(
            target(
                f"{measure} of {recommended} above the best peer's ({sides[peer]})",
                lead,
                0.0,
                is_least=True,
                interval=interval(spread[:, ours, column] - spread[:, peer, column]),
            )
        )
    winner = int(np.argmax(found[:, 0]))
    behind = interval(spread[:, winner, 0] - spread[:, ours, 0])
    targets.append(
        target(
            f"minority_f1 of the default ({recommended}) behind the winner ({sides[winner]}), "
            "lower end of the interval: the two cannot be told apart",
            0.0 if winner == ours else behind[0],
            0.0,
            interval=behind,
        )
    )
    return targets


def measure(
    folder,
    datasets,
    *,
    seeds,
    n_training,
    most_test,
    encoder=None,
    recipes=RECIPES,
    parameters=None,
):
    """The document of all draws; progress goes to stderr."""
    reader = encoder or load_base_encoder(Settings.from_environment())
    by_dataset = {}
    for name in datasets:
        data = read_labelled_texts(folder / f"{name}.csv", max_classes=2)
        draws = [
            draw_sample(data, n_training=n_training, most_test=most_test, seed=seed)
            for seed in seeds
        ]
        said = []
        for seed, draw in zip(seeds, draws, strict=True):
            said.append(
                answers(draw, encoder=reader, recipes=recipes, parameters=parameters, seed=seed)
            )
            f1 = {side: minority_f1(draw.is_rare, one[1]) for side, one in said[-1].items()}
            say(f"{name}, seed {seed}: " + ", ".join(f"{k} {v:.2f}" for k, v in f1.items()))
        by_dataset[name] = (draws, said)
    return compare(by_dataset)


def _tell(document):
    for race in [*document["races"], {"dataset": "over all", "sides": document["overall"]}]:
        say(f"{race['dataset']}:")
        for row in race["sides"]:
            say(
                f"  {row['name']:<26} F1 {row['minority_f1']:.3f} {row['minority_f1_interval']}  "
                f"PR-AUC {row['pr_auc']:.3f} {row['pr_auc_interval']}"
            )


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="one seed, 80 texts; a minute")
    options.add_argument("--data", type=Path, required=True, help="folder of CSV files")
    options.add_argument("--datasets", default=",".join(DATASETS))
    options.add_argument("--seeds", default="0,1,2,3,4")
    options.add_argument("--n-training", type=int, default=200)
    options.add_argument("--most-test", type=int, default=1500)
    options.add_argument("--recipes", default=",".join(RECIPES), help="setfit-stock takes hours")
    given = options.parse_args()
    os.environ.update(OFFLINE)
    quick = {"seeds": [0], "n_training": 80, "most_test": 300}
    full = {
        "seeds": [int(seed) for seed in given.seeds.split(",")],
        "n_training": given.n_training,
        "most_test": given.most_test,
    }
    document = measure(
        csv_folder(given.data),
        given.datasets.split(","),
        recipes=tuple(given.recipes.split(",")),
        **(quick if given.quick else full),
    )
    _tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
