"""
How well the list of doubtful labels finds labels that were made wrong on purpose.

A tenth of the labels of real data is flipped; the machine is cross-validated on what is left.
Beside our list stand one drawn at random and cleanlab's own, and for near-twins the plain
comparison of every pair.
Run it: `python -m tests.benchmarks.label_errors --data DIR [--datasets a,b] [--json] [--quick]`.
"""

import time
from pathlib import Path

import numpy as np
from cleanlab.filter import find_label_issues
from threadpoolctl import threadpool_limits

from rhml_core.machine.doubts.label_errors import contradicted_labels
from rhml_core.machine.doubts.near_duplicates import LEAST_SIMILARITY, contradicting_twins
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.heads.head import train_head
from rhml_core.settings import Settings
from tests.benchmarks.labelled_texts import csv_folder, read_labelled_texts
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target

DATASETS = ("sms_spam", "banking77", "cti_ann_posts")
MAX_CLASSES = 10
SHARE_FLIPPED = 0.1
TIMES_CHANCE = 4.0
LEAST_RECALL = 0.4
FIRST = (20, 50)
MOST_OF_PLAIN = 0.5
_PLAIN_BLOCK = 1024


def flip_labels(labels, *, share, seed):
    """The labels with a share of them flipped to another one at random, and which were."""
    rng = np.random.default_rng([seed, 1])
    names = sorted(set(labels.tolist()))
    flipped = np.zeros(len(labels), dtype=bool)
    flipped[rng.permutation(len(labels))[: round(share * len(labels))]] = True
    wrong = labels.copy()
    for row in np.flatnonzero(flipped):
        wrong[row] = rng.choice([name for name in names if name != labels[row]])
    return wrong, flipped


def figures(listed, flipped):
    """How long a list is, how much of it was flipped, and how much of what was it has."""
    hits = flipped[np.asarray(listed, dtype=int)]
    return {
        "n_listed": len(listed),
        "precision": float(hits.mean()) if len(listed) else 0.0,
        "recall": float(hits.sum() / flipped.sum()),
        **{f"precision_at_{k}": float(hits[:k].mean()) if len(listed) else 0.0 for k in FIRST},
    }


def lists_of(vectors, wrong, *, seed):
    """Our list, cleanlab's and one at random as long as ours; rows, most suspicious first."""
    names = sorted(set(wrong.tolist()))
    probabilities = train_head(vectors, wrong.tolist(), all_labels=names, seed=seed).out_of_fold
    numbers = np.array([names.index(label) for label in wrong])
    ours = contradicted_labels(probabilities, wrong.tolist(), names)["row"].to_list()
    theirs = find_label_issues(
        numbers, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1
    )
    chance = np.random.default_rng([seed, 2]).permutation(len(wrong))[: len(ours)]
    return {"ours": ours, "cleanlab": list(theirs), "random": list(chance)}


def measure_set(data, vectors, *, n, seeds):
    """One data set's figures, each the mean over seeds that choose messages and flips."""
    found = {"ours": [], "cleanlab": [], "random": []}
    for seed in seeds:
        rows = np.random.default_rng(seed).permutation(len(data.labels))[:n]
        wrong, flipped = flip_labels(data.labels[rows], share=SHARE_FLIPPED, seed=seed)
        for side, listed in lists_of(vectors[rows], wrong, seed=seed).items():
            found[side].append(figures(listed, flipped))
    return {
        side: {name: round(float(np.mean([one[name] for one in all_])), 3) for name in all_[0]}
        for side, all_ in found.items()
    }


def many_vectors(vectors, n, *, seed=0):
    """As many vectors as asked for, each between two real ones."""
    rng = np.random.default_rng(seed)
    one, other = (vectors[rng.integers(0, len(vectors), n)] for _ in range(2))
    mixed = one + rng.uniform(0, 0.8, (n, 1)) * other
    mixed += rng.normal(0, 0.006, mixed.shape)
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)


def plain_twins(vectors, labels):
    """How many pairs are as similar and bear different labels: every pair worked out."""
    n = 0
    for top in range(0, len(vectors), _PLAIN_BLOCK):
        for side in range(top, len(vectors), _PLAIN_BLOCK):
            left = slice(top, top + _PLAIN_BLOCK)
            right = slice(side, side + _PLAIN_BLOCK)
            near = np.argwhere(vectors[left] @ vectors[right].T >= LEAST_SIMILARITY)
            differ = labels[left][near[:, 0]] != labels[right][near[:, 1]]
            n += int((differ & (near[:, 0] + top < near[:, 1] + side)).sum())
    return n


def measure_twins(vectors, n):
    """CPU seconds of our search and of the plain one, on one thread each."""
    many = many_vectors(vectors, n)
    labels = np.random.default_rng(1).integers(0, 3, n).astype(str)
    texts = [f"message {number}" for number in range(n)]
    with threadpool_limits(limits=1, user_api="blas"):
        start = time.process_time()
        found = contradicting_twins(texts, many, labels.tolist())
        between = time.process_time()
        n_plain = plain_twins(many, labels)
        end = time.process_time()
    return {
        "n_messages": n,
        "n_listed": found.height,
        "n_pairs": n_plain,
        "ours_cpu_s": round(between - start, 2),
        "plain_cpu_s": round(end - between, 2),
        "ratio": round((between - start) / max(end - between, 1e-9), 3),
    }


def measure(folder, datasets, *, encoder, n, seeds, n_twins):
    """The document: each set's figures, the twins' times, and whether the targets hold."""
    sets, targets, every = {}, [], []
    for name in datasets:
        data = read_labelled_texts(
            folder / f"{name}.csv", max_classes=MAX_CLASSES, most=(n + n // 2, 0)
        )
        vectors = encoder.encode(data.texts)
        every.append(vectors)
        sets[name] = measure_set(data, vectors, n=n, seeds=seeds)
        ours = sets[name]["ours"]
        for part in ("precision_at_20", "precision"):
            times = ours[part] / SHARE_FLIPPED
            targets.append(
                target(
                    f"{name}: {part} of the list, times chance", times, TIMES_CHANCE, is_least=True
                )
            )
        listed = f"{name}: share of the flips listed"
        targets.append(target(listed, ours["recall"], LEAST_RECALL, is_least=True))
    twins = measure_twins(np.vstack(every), n_twins)
    targets.append(
        target("near-twins: CPU time of every pair worked out", twins["ratio"], MOST_OF_PLAIN)
    )
    return {
        "n_judged": n,
        "share_flipped": SHARE_FLIPPED,
        "seeds": list(seeds),
        "sets": sets,
        "twins": twins,
        "targets": targets,
    }


def tell(document):
    """Print the figures for people."""
    for name, sides in document["sets"].items():
        for side, one in sides.items():
            say(
                f"{name:<14} {side:<9} {one['n_listed']:6.1f} listed, precision "
                f"{one['precision']:.2f}, recall {one['recall']:.2f}, of the first "
                f"20 {one['precision_at_20']:.2f}, 50 {one['precision_at_50']:.2f}"
            )
    twins = document["twins"]
    say(
        f"near-twins among {twins['n_messages']:,}: {twins['ours_cpu_s']} s of one core, every "
        f"pair {twins['plain_cpu_s']} s; {twins['n_listed']:,} listed of {twins['n_pairs']:,}"
    )


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="fewer; within a minute")
    options.add_argument("--data", type=Path, required=True, help="folder of the CSV files")
    options.add_argument("--datasets", default=",".join(DATASETS))
    given = options.parse_args()
    settings = Settings.from_environment()
    document = measure(
        csv_folder(given.data),
        given.datasets.split(","),
        encoder=load_base_encoder(settings, shares_processor=True),
        n=300 if given.quick else 1000,
        seeds=range(2 if given.quick else 5),
        n_twins=20_000 if given.quick else 100_000,
    )
    document["machine"] = machine_facts()
    tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
