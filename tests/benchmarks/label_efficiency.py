"""
How good a model a few labels make, and how long that takes: ours against stock SetFit.

Every side gets the same labelled texts, the same encoder and the same test texts. Ours may look
at unlabelled texts of the pool as well, which a project has at hand; reading them is part of its
time. Labels with fewer than `shots + 20` texts are left out.
Run it: `python -m tests.benchmarks.label_efficiency --data DIR [--shots 8] [--json] [--quick]`.
"""

import math
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.encoding.model_files import OFFLINE, packaged_model_folder
from rhml_core.machine.fitting import fit
from rhml_core.measures.comparison import compare_runs
from rhml_core.settings import Settings
from tests.benchmarks.labelled_texts import csv_folder, read_labelled_texts
from tests.benchmarks.outcome import finish, options_of, say, target

DATASETS = ("banking77", "cti_ann_posts", "cvd_policy", "sms_spam", "tram_attack")
SPARE_PER_LABEL = 20
MANY_SHOTS = 16
"""From here on the pairs of stock SetFit make it slow, and the bounds are those of 32."""
N_RESAMPLES = 2000
OURS, STOCK, HEAD, FAST = "setfit", "stock", "head only", "fast"


@dataclass
class Draw:
    """One draw: what teaches, what may be looked at, what measures."""

    texts: list
    labels: list
    unlabelled: list
    asked: list
    truth: list


def draw_texts(data, *, shots, most_test, most_unlabelled, seed):
    """`shots` texts of every label that has enough; the file's own test texts where it has some."""
    rng = np.random.default_rng([seed, shots])
    names, counts = np.unique(data.labels, return_counts=True)
    kept = names[counts >= shots + SPARE_PER_LABEL]
    is_kept = np.isin(data.labels, kept)
    may_teach = is_kept & ~data.is_test
    taught = np.concatenate(
        [
            rng.permutation(np.flatnonzero(may_teach & (data.labels == name)))[:shots]
            for name in kept
        ]
    )
    others = rng.permutation(np.setdiff1d(np.flatnonzero(may_teach), taught))
    if data.is_test.any():
        asked, rest = rng.permutation(np.flatnonzero(is_kept & data.is_test))[:most_test], others
    else:
        asked, rest = others[:most_test], others[most_test:]
    return Draw(
        texts=[data.texts[row] for row in taught],
        labels=data.labels[taught].tolist(),
        unlabelled=[data.texts[row] for row in rest[:most_unlabelled]],
        asked=[data.texts[row] for row in asked],
        truth=data.labels[asked].tolist(),
    )


def train_ours(recipe, draw, *, encoder, seed):
    """Our recipe; returns what answers for texts."""
    model = fit(
        recipe, draw.texts, draw.labels, unlabelled=draw.unlabelled, encoder=encoder, seed=seed
    )
    names = np.array(model.labels)
    return lambda texts: names[model.predict_proba(texts).argmax(axis=1)].tolist()


def train_stock(draw, *, seed):
    """The library's Trainer with its defaults, but that nothing is written or reported."""
    from datasets import Dataset  # noqa: PLC0415 - slow to import
    from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: PLC0415 - imports torch

    model = SetFitModel.from_pretrained(
        str(packaged_model_folder()), local_files_only=True, labels=sorted(set(draw.labels))
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, report_to="none", save_strategy="no", seed=seed
        )
        dataset = Dataset.from_dict({"text": draw.texts, "label": draw.labels})
        Trainer(model=model, args=arguments, train_dataset=dataset).train()
    return lambda texts: [str(label) for label in model.predict(texts)]


def train_head(draw, *, encoder):
    """Logistic regression with the library's defaults on embeddings that were never tuned."""
    model = LogisticRegression(max_iter=1000).fit(encoder.encode(draw.texts), draw.labels)
    return lambda texts: model.predict(encoder.encode(texts)).tolist()


def race(draw, *, encoder, seed):
    """Each side's answers and the processor seconds of its training."""
    starts = {
        HEAD: lambda: train_head(draw, encoder=encoder),
        FAST: lambda: train_ours("fast", draw, encoder=encoder, seed=seed),
        OURS: lambda: train_ours("setfit", draw, encoder=encoder, seed=seed),
        STOCK: lambda: train_stock(draw, seed=seed),
    }
    found = {}
    for side, train in starts.items():
        began = time.process_time()
        ask = train()
        seconds = time.process_time() - began
        found[side] = {"answers": ask(draw.asked), "cpu_seconds": seconds}
    return found


def measure(folder, datasets, *, shots, seeds, most_test, most_unlabelled, max_classes):
    """The document: every data set's figures, the means, and the targets."""
    encoder = load_base_encoder(Settings.from_environment())
    warm_up(encoder)
    races = []
    for name in datasets:
        data = read_labelled_texts(folder / f"{name}.csv", max_classes=max_classes)
        for seed in seeds:
            draw = draw_texts(
                data, shots=shots, most_test=most_test, most_unlabelled=most_unlabelled, seed=seed
            )
            if len(set(draw.labels)) < 2:
                say(f"{name}: fewer than two labels have {shots + SPARE_PER_LABEL} texts; left out")
                break
            races.append(describe(name, seed, draw, race(draw, encoder=encoder, seed=seed)))
            _tell_race(races[-1])
    return summarise(races, shots=shots)


def warm_up(encoder):
    """Have everything imported before a clock runs."""
    words = ["good morning", "good evening", "bad news", "bad luck"]
    tiny = Draw(words, ["good", "good", "bad", "bad"], [], ["good bad"], ["good"])
    race(tiny, encoder=encoder, seed=0)


def describe(name, seed, draw, found):
    """One draw's figures."""
    labels = sorted(set(draw.labels))
    row = {
        "dataset": name,
        "seed": seed,
        "n_labels": len(labels),
        "n_training": len(draw.texts),
        "n_unlabelled": len(draw.unlabelled),
        "n_test": len(draw.asked),
        "macro_f1": {
            side: f1_score(draw.truth, one["answers"], average="macro", zero_division=0.0)
            for side, one in found.items()
        },
        "cpu_seconds": {side: one["cpu_seconds"] for side, one in found.items()},
    }
    for other in (STOCK, HEAD):
        gap = compare_runs(
            draw.truth, found[other]["answers"], found[OURS]["answers"], labels
        ).difference
        row[f"ours_minus_{other.replace(' ', '_')}"] = [gap.value, gap.low, gap.high]
    return row


def summarise(races, *, shots):
    """Means over data sets, each data set a mean over its seeds, and the targets."""
    names = list(dict.fromkeys(row["dataset"] for row in races))
    by_set = {name: [row for row in races if row["dataset"] == name] for name in names}
    sides = (HEAD, FAST, OURS, STOCK)
    sets = {
        name: {
            "n_labels": rows[0]["n_labels"],
            "n_seeds": len(rows),
            "macro_f1": {side: _mean(row["macro_f1"][side] for row in rows) for side in sides},
            "cpu_seconds": {
                side: _mean(row["cpu_seconds"][side] for row in rows) for side in sides
            },
            "ours_minus_stock": _mean(row["ours_minus_stock"][0] for row in rows),
            "ours_minus_head_only": _mean(row["ours_minus_head_only"][0] for row in rows),
            "cpu_ratio": math.exp(
                _mean(
                    math.log(row["cpu_seconds"][OURS] / row["cpu_seconds"][STOCK]) for row in rows
                )
            ),
        }
        for name, rows in by_set.items()
    }
    gaps = {name: [row["ours_minus_stock"][0] for row in rows] for name, rows in by_set.items()}
    low, high = resampled_mean(gaps)
    gap = _mean(one["ours_minus_stock"] for one in sets.values())
    ratio = math.exp(_mean(math.log(one["cpu_ratio"]) for one in sets.values()))
    document = {
        "benchmark": "label_efficiency",
        "shots": shots,
        "races": races,
        "datasets": sets,
        "mean_macro_f1": {
            side: _mean(one["macro_f1"][side] for one in sets.values()) for side in sides
        },
        "ours_minus_stock": {"value": gap, "low": low, "high": high, "n": len(races)},
        "cpu_ratio": ratio,
    }
    document["targets"] = targets(document)
    return document


def targets(document):
    """The bounds that are set for few and for many labels."""
    is_many = document["shots"] >= MANY_SHOTS
    least, most = (0.01, 0.1) if is_many else (0.03, 0.25)
    worst = min(one["ours_minus_stock"] for one in document["datasets"].values())
    gap, ratio = document["ours_minus_stock"]["value"], document["cpu_ratio"]
    return [
        target("mean macro-F1 above stock SetFit", gap, least, is_least=True),
        target("macro-F1 above stock on the worst data set", worst, -0.01, is_least=True),
        target("processor time of training, ours to stock, geometric mean", ratio, most),
    ]


def resampled_mean(gaps, *, n_resamples=N_RESAMPLES):
    """Bounds at 95 % of the mean over data sets, data sets and their draws drawn again."""
    rng = np.random.default_rng(0)
    rows = [np.asarray(one) for one in gaps.values()]
    means = [
        np.mean(
            [
                rng.choice(rows[at], len(rows[at])).mean()
                for at in rng.integers(len(rows), size=len(rows))
            ]
        )
        for _ in range(n_resamples)
    ]
    return tuple(float(bound) for bound in np.percentile(means, [2.5, 97.5]))


def _mean(numbers):
    return float(np.mean(list(numbers)))


def _tell_race(row):
    figures = ", ".join(
        f"{side} {row['macro_f1'][side]:.3f} in {row['cpu_seconds'][side]:.1f} s"
        for side in row["macro_f1"]
    )
    value, low, high = row["ours_minus_stock"]
    say(
        f"{row['dataset']} (seed {row['seed']}, {row['n_labels']} labels, n = {row['n_test']}): "
        f"{figures}; ours minus stock {value:+.3f} [{low:+.3f}, {high:+.3f}]"
    )


def _tell(document):
    means = ", ".join(f"{side} {value:.3f}" for side, value in document["mean_macro_f1"].items())
    gap = document["ours_minus_stock"]
    say(f"mean macro-F1: {means}")
    say(f"ours minus stock {gap['value']:+.3f} [{gap['low']:+.3f}, {gap['high']:+.3f}]")


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="two small sets; a minute")
    options.add_argument("--data", type=Path, required=True, help="folder of CSV files")
    options.add_argument("--datasets", default=",".join(DATASETS))
    options.add_argument("--shots", type=int, default=8, help="labelled texts of each label")
    options.add_argument("--seeds", default="0,1,2")
    options.add_argument("--max-classes", type=int, help="keep the most frequent labels")
    options.add_argument("--test-cap", type=int, default=600, help="most test texts")
    options.add_argument("--unlabelled", type=int, default=300, help="pool texts ours looks at")
    given = options.parse_args()
    os.environ.update(OFFLINE)
    full = {
        "datasets": given.datasets.split(","),
        "seeds": [int(seed) for seed in given.seeds.split(",")],
        "most_test": given.test_cap,
        "max_classes": given.max_classes,
    }
    quick = {
        "datasets": ["cti_ann_posts"],
        "seeds": [0],
        "most_test": 200,
        "max_classes": 2,
    }
    document = measure(
        csv_folder(given.data),
        shots=given.shots,
        most_unlabelled=given.unlabelled,
        **(quick if given.quick else full),
    )
    _tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
