"""
How well surfacing finds phrases that were planted in real messages, and how steady its list is.

Ten invented phrases, each in a fifth of a label's messages, are written into real messages as
many of each label; 70 to 95 % of their carriers have the label. Ten more are written in
whatever the label, as a control. Half of the messages are judged; the fast head is taught with
them, and what is surfaced is held against the phrases. Beside it stand, on the same judged
messages and n-grams, plain class-based TF-IDF and scikit-learn's chi-squared.

Two lists are looked at: the first 20 of each label, which is what someone reads who works on a
label, and the first 20 of all, labels taking turns. The second is bounded where there are two
labels; of more, real words of each rightly take the few places that it has. A list has found a
phrase where it names it, or a word of it, under its label.

Steady is how far two lists of 20 of all agree (Jaccard): where everything that is drawn by the
procedure is drawn anew, and, beside, where other messages are judged.
Run it: `python -m tests.benchmarks.surfacing --data DIR [--datasets a,b] [--json] [--quick]`.
"""

import itertools
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import chi2

from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.evidence.candidates import least_messages
from rhml_core.machine.evidence.phrases import phrases_of
from rhml_core.machine.evidence.surface import Judged, surface_concepts
from rhml_core.machine.heads.head import train_head
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import Wording
from rhml_core.settings import Settings
from tests.benchmarks.labelled_texts import csv_folder, read_labelled_texts
from tests.benchmarks.outcome import finish, machine_facts, options_of, say, target
from tests.benchmarks.planted_phrases import as_many_of_each, plant_phrases

N_LABELS = {"sms_spam": 2, "cti_ann_posts": 2, "banking77": 4, "cvd_policy": 4}
N_LISTED = 20
LEAST_RECALL = 0.9
LEAST_STEADY = 0.8
TWO = 2
SIDES = ("ours", "class tf-idf", "chi-squared")


@dataclass(frozen=True)
class Trial:
    """Planted texts as the fast head reads them, and which are judged."""

    name: str
    planted: object
    vectors: np.ndarray
    judged: np.ndarray


def draw_judged(labels, *, seed):
    """Half of the rows, as many of each label, in order."""
    rng = np.random.default_rng([seed, 13])
    halves = [
        rng.permutation(np.flatnonzero(labels == name))[: (labels == name).sum() // 2]
        for name in np.unique(labels)
    ]
    return np.sort(np.concatenate(halves))


def ours(trial, encoder, *, seed):
    """By label, what is surfaced of it, best first."""
    planted = trial.planted
    texts, names, rows = planted.texts, planted.names, trial.judged
    wording = Wording((), fit_letters(texts, seed=seed))
    readings = wording.read(texts)
    trained = train_head(
        trial.vectors[rows],
        planted.labels[rows].tolist(),
        all_labels=names,
        seed=seed,
        wording=wording,
        readings=readings[rows],
    )
    probabilities = trained.head.predict_proba(trial.vectors, readings)
    probabilities[rows] = trained.out_of_fold
    concepts = surface_concepts(
        Judged(
            tuple(str(row) for row in rows),
            tuple(texts[row] for row in rows),
            tuple(planted.labels[rows].tolist()),
        ),
        texts=texts,
        probabilities=probabilities,
        all_labels=names,
        predict=lambda changed: trained.head.predict_proba(
            encoder.encode(changed), wording.read(changed)
        ),
        per_label=N_LISTED,
        seed=seed,
    )
    return {
        name: [one.terms[0] for one in concepts if one.label == name and one.kind != "pattern"]
        for name in names
    }


def plain(trial):
    """By side and label, the n-grams that go with it, best first."""
    labels = trial.planted.labels[trial.judged]
    names = trial.planted.names
    counter = CountVectorizer(
        analyzer=phrases_of, binary=True, min_df=least_messages(len(labels)), dtype=float
    )
    found = counter.fit_transform([trial.planted.texts[row] for row in trial.judged])
    terms = counter.get_feature_names_out()
    is_label = (labels[:, None] == np.array(names)).astype(float)
    per_class = (found.T @ is_label) / (found.T @ is_label).sum(axis=0)
    frequency = per_class.sum(axis=1, keepdims=True)
    weight = per_class * np.log1p(frequency.mean() / frequency)
    expected = np.asarray(found.mean(axis=0)).T * is_label.sum(axis=0)
    score = np.column_stack([chi2(found, column)[0] for column in is_label.T])
    score = np.where(found.T @ is_label > expected, score, 0.0)
    return {
        side: {
            name: terms[np.argsort(-scores[:, column], kind="stable")[:N_LISTED]].tolist()
            for column, name in enumerate(names)
        }
        for side, scores in (("class tf-idf", weight), ("chi-squared", score))
    }


def in_turns(lists, n=N_LISTED):
    """The first of each label's list, then the second of each, `n` in all, with their label."""
    rounds = itertools.zip_longest(*lists.values())
    merged = [
        (name, term)
        for one in rounds
        for name, term in zip(lists, one, strict=True)
        if term is not None
    ]
    return merged[:n]


def has_found(listed, phrase, label=None):
    """Whether a list names a phrase or a word of it, under its label if one is given."""
    words = set(phrase.split())
    return any(words & set(term.split()) and label in {None, name} for name, term in listed)


def figures(lists, planted):
    """Recall of the planted phrases in both lists, and how many controls each label's 20 name."""
    each = [(name, term) for name, terms in lists.items() for term in terms[:N_LISTED]]
    first = in_turns(lists)
    n = len(planted.planted)
    return {
        "recall_of_each_label": sum(has_found(each, p.phrase, p.label) for p in planted.planted)
        / n,
        "recall_of_all": sum(has_found(first, p.phrase, p.label) for p in planted.planted) / n,
        "controls_listed": sum(has_found(each, p.phrase) for p in planted.controls),
    }


def agreement(lists):
    """Mean Jaccard overlap of every two lists of 20 of all."""
    firsts = [set(in_turns(one)) for one in lists]
    pairs = itertools.combinations(firsts, 2)
    return float(np.mean([len(one & other) / len(one | other) for one, other in pairs]))


def prepare(data, encoder, *, most, seed):
    """One draw of messages with phrases planted in them, encoded, half of them judged."""
    rows = as_many_of_each(data.labels, most=most // len(data.names), seed=seed)
    planted = plant_phrases([data.texts[row] for row in rows], data.labels[rows], seed=seed)
    vectors = encoder.encode(planted.texts)
    return Trial(data.name, planted, vectors, draw_judged(planted.labels, seed=seed))


def steadiness(trial, encoder, first, *, n_again):
    """How far lists agree when all is drawn anew, and when other messages are judged."""
    labels = trial.planted.labels
    again = [ours(trial, encoder, seed=1000 + seed) for seed in range(1, n_again)]
    others = [
        Trial(trial.name, trial.planted, trial.vectors, draw_judged(labels, seed=1000 + seed))
        for seed in range(1, n_again)
    ]
    elsewhere = {"ours": [ours(other, encoder, seed=0) for other in others]}
    for side in SIDES[1:]:
        elsewhere[side] = [plain(one)[side] for one in (trial, *others)]
    elsewhere["ours"].insert(0, first)
    return {
        "same_judged": round(agreement([first, *again]), 3),
        "other_judged": {side: round(agreement(lists), 3) for side, lists in elsewhere.items()},
    }


def measure_set(data, encoder, *, most, seeds, n_again):
    """One data set: means over the seeds, and steadiness at the first of them."""
    found = {side: [] for side in SIDES}
    steady, n_judged = {}, 0
    for seed in seeds:
        trial = prepare(data, encoder, most=most, seed=seed)
        lists = {"ours": ours(trial, encoder, seed=seed), **plain(trial)}
        for side, one in lists.items():
            found[side].append(figures(one, trial.planted))
        if not steady:
            steady = steadiness(trial, encoder, lists["ours"], n_again=n_again)
            n_judged = len(trial.judged)
    return {
        "n_labels": len(data.names),
        "n_judged": n_judged,
        "steady": steady,
        "sides": {
            side: {name: round(float(np.mean([one[name] for one in all_])), 3) for name in all_[0]}
            for side, all_ in found.items()
        },
    }


def measure(folder, datasets, *, encoder, most, seeds, n_again):
    """The document: each set's figures, and whether the targets hold."""
    sets, targets = {}, []
    for name in datasets:
        start = time.monotonic()
        data = read_labelled_texts(folder / f"{name}.csv", max_classes=N_LABELS.get(name, 2))
        one = measure_set(data, encoder, most=most, seeds=seeds, n_again=n_again)
        sets[name] = one | {"seconds": round(time.monotonic() - start, 1)}
        us = one["sides"]["ours"]
        kinds = [("recall_of_each_label", "recall at 20 of each label")]
        if one["n_labels"] == TWO:
            kinds.append(("recall_of_all", "recall at 20 of both labels"))
        targets += [
            target(f"{name}: {said}", us[kind], LEAST_RECALL, is_least=True) for kind, said in kinds
        ]
        targets.append(
            target(
                f"{name}: agreement of lists, all drawn anew",
                one["steady"]["same_judged"],
                LEAST_STEADY,
                is_least=True,
            )
        )
    return {"n_listed": N_LISTED, "seeds": list(seeds), "sets": sets, "targets": targets}


def tell(document):
    """Print the figures for people."""
    for name, one in document["sets"].items():
        say(f"{name}: {one['n_labels']} labels, {one['n_judged']} judged, {one['seconds']} s")
        for side, us in one["sides"].items():
            say(
                f"  {side:<13} finds {us['recall_of_each_label']:.2f} in 20 of each label, "
                f"{us['recall_of_all']:.2f} in 20 of all, {us['controls_listed']:.1f} controls; "
                f"lists of other judged messages agree to "
                f"{one['steady']['other_judged'][side]:.2f}"
            )


def main():
    """Measure, tell people, and print the document if asked."""
    options = options_of(__doc__, quick="fewer; within a minute")
    options.add_argument("--data", type=Path, required=True, help="folder of the CSV files")
    options.add_argument("--datasets", help="comma-separated; all four where not given")
    given = options.parse_args()
    sets = ["cti_ann_posts"] if given.quick else list(N_LABELS)
    document = measure(
        csv_folder(given.data),
        given.datasets.split(",") if given.datasets else sets,
        encoder=load_base_encoder(Settings.from_environment(), shares_processor=True),
        most=400 if given.quick else 1000,
        seeds=range(1 if given.quick else 5),
        n_again=2 if given.quick else 3,
    )
    document["machine"] = machine_facts()
    tell(document)
    finish(document, as_json=given.json)


if __name__ == "__main__":
    main()
