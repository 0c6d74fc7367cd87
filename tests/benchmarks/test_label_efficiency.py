"""The race of few labels: what it draws, and what follows from its figures."""

import numpy as np
import pytest

from tests.benchmarks.label_efficiency import HEAD, OURS, STOCK, draw_texts, summarise
from tests.benchmarks.labelled_texts import LabelledTexts


def corpus(*, n_test=0):
    """Sixty texts of two labels, ten of a third; the first `n_test` are the file's own test."""
    labels = np.array((["a", "b"] * 30) + ["rare"] * 10)
    is_test = np.arange(len(labels)) < n_test
    return LabelledTexts("toy", [f"text {row}" for row in range(len(labels))], labels, is_test)


def race(name, ours, stock, *, cpu):
    return {
        "dataset": name,
        "n_labels": 2,
        "macro_f1": {HEAD: 0.5, "fast": 0.6, OURS: ours, STOCK: stock},
        "cpu_seconds": {HEAD: 0.1, "fast": 1.0, OURS: cpu, STOCK: 100.0},
        "ours_minus_stock": [ours - stock, 0.0, 0.0],
        "ours_minus_head_only": [ours - 0.5, 0.0, 0.0],
    }


def test_labels_with_too_few_texts_are_left_out_and_nothing_is_used_twice():
    draw = draw_texts(corpus(), shots=8, most_test=20, most_unlabelled=15, seed=0)

    assert sorted(set(draw.labels)) == ["a", "b"]
    assert draw.labels.count("a") == draw.labels.count("b") == 8
    groups = [set(draw.texts), set(draw.asked), set(draw.unlabelled)]
    assert [len(group) for group in groups] == [16, 20, 15]
    assert len(set.union(*groups)) == 51


def test_the_files_own_test_texts_measure():
    draw = draw_texts(corpus(n_test=16), shots=4, most_test=100, most_unlabelled=5, seed=0)

    assert set(draw.asked) == {f"text {row}" for row in range(16)}
    assert not set(draw.texts + draw.unlabelled) & set(draw.asked)


def test_targets_follow_from_the_figures():
    races = [race("x", 0.80, 0.74, cpu=10), race("y", 0.70, 0.72, cpu=40)]

    few, many = summarise(races, shots=8), summarise(races, shots=32)

    assert few["ours_minus_stock"]["value"] == pytest.approx(0.02)
    assert few["cpu_ratio"] == pytest.approx(0.2)
    assert [target["holds"] for target in few["targets"]] == [False, False, True]
    assert [target["holds"] for target in many["targets"]] == [True, False, False]
