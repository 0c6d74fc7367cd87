"""
How faithful the words shown to an expert are to the machine, against random words and peers.

The fast head is taught with some labelled messages; of others it is asked what it says, and
then what it says without the words that we show (how far its probability falls) and of these
words alone (how much of it they keep). Beside them, in as many words each: random ones, the
rarest of the message by tf-idf, those nearest in meaning to what is judged of the label, and
LIME's, worked out here by its formula with as many questions to the machine as ours took.
Run it: `python -m tests.benchmarks.explanations --data DIR [--datasets a,b] [--json] [--quick]`.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.evidence.deletion import WHOLE, Deletions
from rhml_core.machine.evidence.explain import explain_words
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.heads.head import train_head
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import Wording
from rhml_core.settings import Settings
from tests.benchmarks.labelled_texts import read_labelled_texts, split_rows

DATASETS = ("sms_spam", "banking77", "cti_ann_posts", "cvd_policy", "tram_attack")
QUICK_DATASETS = ("sms_spam", "banking77", "cti_ann_posts")
MAX_CLASSES = 8
N_TAUGHT = 200
SIZES = (1, 2, 3, 5)
"""Words left out together; the fall is the mean over these, as an area under the curve."""
N_RANDOM = 5
LEAST_WORDS = 2 * max(SIZES)
LEAST_BEATING = 0.8
N_REPLICATES = 2_000
SIDES = ("ours", "lime", "similar", "tf-idf", "random")
_LIME_WIDTH = 0.25


class Taught:
    """A fast head as it speaks live, and what it was taught with."""

    def __init__(self, encoder, texts, labels, *, seed):
        """Teach it."""
        self.names = sorted(set(labels))
        self.wording = Wording((), fit_letters(texts, seed=seed))
        self.encoder = encoder
        self.vectors = encoder.encode(texts)
        self.labels = np.asarray(labels)
        self.head = train_head(
            self.vectors,
            list(labels),
            all_labels=self.names,
            seed=seed,
            wording=self.wording,
            readings=self.wording.read(texts),
        ).head
        self.tf_idf = TfidfVectorizer(analyzer=words_of).fit(texts)
        self.n_asked = 0

    def predict(self, texts):
        """Probabilities, shape (n, n_labels)."""
        self.n_asked += len(texts)
        return self.head.predict_proba(self.encoder.encode(texts), self.wording.read(texts))


def by_ours(taught, deletions, label, **_):
    """Places of the words that speak for the label, as shown on the card first."""
    found = explain_words(
        deletions.text, taught.predict, labels=taught.names, label_index=label, seed=0
    )
    place_of = {span: place for place, span in enumerate(deletions.spans)}
    shown = [
        place
        for one in found.shown
        if one.influence > 0
        for place, span in enumerate(deletions.spans)
        if one.span.start <= span.start and span.end <= one.span.end
    ]
    rest = sorted(found.words, key=lambda word: -word.influence)
    return list(dict.fromkeys([*shown, *(place_of[word.span] for word in rest)]))


def by_lime(taught, deletions, label, *, n_questions, rng):
    """By the weights of a linear model of the machine around the message."""
    n_words = len(deletions.words)
    kept = rng.random((n_questions, n_words)) < rng.uniform(0.3, 0.95, (n_questions, 1))
    texts = [deletions.without(frozenset(np.flatnonzero(~row).tolist())) for row in kept]
    distance = 1 - np.sqrt(kept.mean(axis=1))
    near = np.exp(-(distance**2) / _LIME_WIDTH**2)
    linear = Ridge(1.0).fit(kept, taught.predict(texts)[:, label], sample_weight=near)
    return np.argsort(-linear.coef_, kind="stable").tolist()


def by_similar(taught, deletions, label, **_):
    """By how much nearer a word alone is to the label's judged messages than to the others."""
    is_label = taught.labels == taught.names[label]
    towards = taught.vectors[is_label].mean(axis=0) - taught.vectors[~is_label].mean(axis=0)
    nearness = taught.encoder.encode(deletions.words) @ towards
    return np.argsort(-nearness, kind="stable").tolist()


def by_tf_idf(taught, deletions, label, **_):
    """By tf-idf weight, whatever the label."""
    known, idf = taught.tf_idf.vocabulary_, taught.tf_idf.idf_
    weights = [
        max((idf[known[piece]] for piece in words_of(word) if piece in known), default=0.0)
        for word in deletions.words
    ]
    return np.argsort(-np.asarray(weights), kind="stable").tolist()


def falls(deletions, label, order):
    """
    Mean fall without the first words, and mean fall with them alone, over the sizes.

    Returns:
        Comprehensiveness (more is better) and sufficiency (less is better).
    """
    everything = frozenset(range(len(deletions.words)))
    first = [frozenset(order[:size]) for size in SIZES]
    deletions.ask([WHOLE, *first, *(everything - some for some in first)])
    without = [deletions.fall(some, label) for some in first]
    alone = [deletions.fall(everything - some, label) for some in first]
    return float(np.mean(without)), float(np.mean(alone))


def explain_one(taught, text, *, seed):
    """Each side's two falls for one message."""
    deletions = Deletions(text, taught.predict)
    label = int(deletions.probabilities().argmax())
    rng = np.random.default_rng(seed)
    taught.n_asked = 0
    found = {"ours": falls(deletions, label, by_ours(taught, deletions, label))}
    n_questions = max(taught.n_asked - 2 * len(SIZES), 1)
    for side, order in (
        ("lime", by_lime(taught, deletions, label, n_questions=n_questions, rng=rng)),
        ("similar", by_similar(taught, deletions, label)),
        ("tf-idf", by_tf_idf(taught, deletions, label)),
    ):
        found[side] = falls(deletions, label, order)
    chance = [
        falls(deletions, label, rng.permutation(len(deletions.words)).tolist())
        for _ in range(N_RANDOM)
    ]
    found["random"] = tuple(np.mean(chance, axis=0).tolist())
    return found


def mean_with_interval(values, *, seed=0):
    """The mean and its 95% interval over messages, by bootstrap."""
    values = np.asarray(values, dtype=float)
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), (N_REPLICATES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "value": round(float(values.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "n": len(values),
    }


def measure_set(data, encoder, *, n_messages, seed):
    """One data set: each side's means, and ours minus each other side's, message by message."""
    pool, test = split_rows(data, test_share=0.5, most_test=10 * n_messages, seed=seed)
    rows = pool[:N_TAUGHT]
    taught = Taught(
        encoder, [data.texts[row] for row in rows], data.labels[rows].tolist(), seed=seed
    )
    texts = [data.texts[row] for row in test if len(words_of(data.texts[row])) >= LEAST_WORDS]
    chosen = enumerate(texts[:n_messages])
    found = [explain_one(taught, text, seed=seed + row) for row, text in chosen]
    by_side = {side: np.array([one[side] for one in found]) for side in SIDES}
    ours = by_side["ours"]
    return {
        "n_taught": len(rows),
        "n_messages": len(found),
        "sides": {
            side: {
                "comprehensiveness": mean_with_interval(both[:, 0]),
                "sufficiency": mean_with_interval(both[:, 1]),
            }
            for side, both in by_side.items()
        },
        "ours_minus": {
            side: {
                "comprehensiveness": mean_with_interval(ours[:, 0] - both[:, 0]),
                "sufficiency": mean_with_interval(ours[:, 1] - both[:, 1]),
            }
            for side, both in by_side.items()
            if side != "ours"
        },
        "share_beating_random": round(float((ours[:, 0] > by_side["random"][:, 0]).mean()), 3),
    }


def measure(folder, datasets, *, encoder, n_messages, seed=0):
    """The document: each set's figures, and whether the targets hold."""
    sets, targets = {}, []
    for name in datasets:
        start = time.monotonic()
        data = read_labelled_texts(
            folder / f"{name}.csv", max_classes=MAX_CLASSES, most=(2_000, 2_000)
        )
        one = sets[name] = measure_set(data, encoder, n_messages=n_messages, seed=seed)
        one["seconds"] = round(time.monotonic() - start, 1)
        more = one["ours_minus"]["random"]["comprehensiveness"]["low"]
        beating = one["share_beating_random"]
        targets += [
            {
                "name": f"{name}: fall without our words minus without random ones, lower bound",
                "value": more,
                "bound": 0.0,
                "holds": more > 0,
            },
            {
                "name": f"{name}: share of explanations that beat random words",
                "value": beating,
                "bound": LEAST_BEATING,
                "holds": beating >= LEAST_BEATING,
            },
        ]
    return {"sizes": list(SIZES), "sets": sets, "targets": targets}


def _say(line):
    sys.stderr.write(f"{line}\n")


def tell(document):
    """Print the figures for people."""
    for name, one in document["sets"].items():
        _say(f"{name}: {one['n_messages']} messages, {one['n_taught']} taught, {one['seconds']} s")
        for side, figures in one["sides"].items():
            without, alone = figures["comprehensiveness"], figures["sufficiency"]
            _say(
                f"  {side:<8} falls by {without['value']:.3f} [{without['low']:.3f}, "
                f"{without['high']:.3f}] without its words, by {alone['value']:.3f} with them alone"
            )
    for target in document["targets"]:
        verdict = "holds" if target["holds"] else "MISSED"
        _say(f"{target['name']}: {target['value']} (bound {target['bound']}): {verdict}")


def main():
    """Measure, tell people, and print the document if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of the CSV files")
    options.add_argument("--datasets", help="the quick ones or all five where not given")
    options.add_argument("--json", action="store_true", help="print one JSON document last")
    options.add_argument("--quick", action="store_true", help="fewer; within a minute")
    given = options.parse_args()
    folder = given.data / "single" if (given.data / "single").is_dir() else given.data
    sets = QUICK_DATASETS if given.quick else DATASETS
    document = measure(
        folder,
        given.datasets.split(",") if given.datasets else sets,
        encoder=load_base_encoder(Settings.from_environment()),
        n_messages=8 if given.quick else 100,
    )
    document["machine"] = {"cores": os.cpu_count()}
    tell(document)
    if given.json:
        sys.stdout.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
