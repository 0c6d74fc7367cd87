"""How well the fast head tells labels apart on two encoders' vectors of the same texts."""

import numpy as np
from sklearn.metrics import f1_score

from rhml_core.machine.heads.head import fit_head
from tests.benchmarks.labelled_texts import read_labelled_texts

LEAST_TEST = 20


def quality(file, encoders, *, shots, most_test, max_classes, seeds):
    """
    Macro-F1 of the fast head on each encoder's vectors.

    Args:
        file: a CSV of labelled texts.
        encoders: by name.
        shots: training texts a label; a label with fewer than these and 20 is left out.
        most_test: at most so many other texts measure.
        max_classes: keep the so many most frequent labels.
        seeds: each draws its own training texts; the texts that measure are the rest.

    Returns:
        `dataset`, `n_classes`, `n_test` and the mean `macro_f1` by encoder; None where fewer
        than two labels have enough texts.
    """
    data = read_labelled_texts(file, max_classes=max_classes)
    drawn = _draw(data.labels, shots=shots, most_test=most_test, seeds=seeds)
    if drawn is None:
        return None
    rows, labels = drawn
    texts = [data.texts[row] for row in rows]
    vectors = {name: encoder.encode(texts) for name, encoder in encoders.items()}
    known = sorted(set(labels))
    scores = {name: [] for name in encoders}
    for seed in seeds:
        training = _training_rows(labels, shots=shots, seed=seed)
        others = np.setdiff1d(np.arange(len(labels)), training)
        for name, read in vectors.items():
            head = fit_head(read[training], labels[training].tolist(), all_labels=known, seed=seed)
            answers = np.array(known)[head.predict_proba(read[others]).argmax(axis=1)]
            scores[name].append(f1_score(labels[others], answers, average="macro"))
    return {
        "dataset": data.name,
        "n_classes": len(known),
        "n_test": len(others),
        "macro_f1": {name: float(np.mean(each)) for name, each in scores.items()},
    }


def _draw(labels, *, shots, most_test, seeds):
    """Rows that are read, `shots` of each label at least, and their labels; None for too few."""
    rng = np.random.default_rng(min(seeds))
    by_label = {
        name: rng.permutation(np.flatnonzero(labels == name)) for name in sorted(set(labels))
    }
    enough = {name: rows for name, rows in by_label.items() if len(rows) >= shots + LEAST_TEST}
    if len(enough) < 2:
        return None
    taught = [rows[:shots] for rows in enough.values()]
    rest = rng.permutation(np.concatenate([rows[shots:] for rows in enough.values()]))
    rows = np.sort(np.concatenate([*taught, rest[:most_test]]))
    return rows, labels[rows]


def _training_rows(labels, *, shots, seed):
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [rng.permutation(np.flatnonzero(labels == name))[:shots] for name in sorted(set(labels))]
    )
