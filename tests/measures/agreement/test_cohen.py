"""Cohen's kappa against a hand count, scikit-learn and the plain bootstrap."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from sklearn.metrics import cohen_kappa_score

from rhml_core.measures.agreement.cohen import pairwise_kappa
from tests.measures.agreement.rated import MESSAGES, RATERS, frame, shared, votes


def test_kappa_of_a_hand_computed_table():
    """Agreement 3/4; chance (2/4)(1/4) + (2/4)(3/4) = 1/2; kappa 1/2."""
    labels = shared(ana=["ham", "ham", "spam", "spam"], ben=["ham", "spam", "spam", "spam"])

    [row] = pairwise_kappa(labels, n_replicates=0).to_dicts()

    assert (row["a"], row["b"], row["n"]) == ("ana", "ben", 4)
    assert row["kappa"] == pytest.approx(0.5)


def test_raters_who_share_no_message_are_no_pair():
    labels = shared(ana=["ham", None], ben=[None, "ham"])

    assert pairwise_kappa(labels).is_empty()


def test_kappa_is_undefined_where_both_gave_one_label_throughout():
    labels = shared(ana=["ham", "ham"], ben=["ham", "ham"])

    [row] = pairwise_kappa(labels).to_dicts()

    assert (row["kappa"], row["agreement"], row["n"]) == (None, 1.0, 2)


@given(votes)
def test_pairwise_kappa_equals_scikit_learn(of):
    rows = {(row["a"], row["b"]): row for row in pairwise_kappa(frame(of)).to_dicts()}

    for number, a in enumerate(RATERS):
        for b in RATERS[number + 1 :]:
            both = [(of[m, a], of[m, b]) for m in MESSAGES if (m, a) in of and (m, b) in of]
            if not both:
                assert (a, b) not in rows
                continue
            row = rows[a, b]
            assert row["n"] == len(both)
            assert row["agreement"] == pytest.approx(sum(x == y for x, y in both) / len(both))
            if len({label for pair in both for label in pair}) == 1:
                assert row["kappa"] is None
            else:
                expected = cohen_kappa_score(*zip(*both, strict=True))
                assert row["kappa"] == pytest.approx(expected)


def test_kappa_has_an_interval_that_narrows_with_more_messages():
    """A pair's figure without its uncertainty would be read as certain."""

    def pair(n):
        rows = [
            (f"m{i}", rater, "x" if (i + (rater == "b") * (i % 4 == 0)) % 2 else "y")
            for i in range(n)
            for rater in "ab"
        ]
        labels = pl.DataFrame(rows, schema=["message_id", "expert_id", "label"], orient="row")
        return pairwise_kappa(labels).row(0, named=True)

    few, many, fewest = pair(40), pair(400), pair(8)

    assert few["low"] < few["kappa"] < few["high"]
    assert many["high"] - many["low"] < 0.5 * (few["high"] - few["low"])
    assert (fewest["low"], fewest["high"]) == (None, None)


def test_kappa_interval_is_that_of_a_plain_bootstrap():
    """Drawing kinds of messages by multinomial is drawing messages one by one."""
    random = np.random.default_rng(3)
    a = random.integers(0, 3, 120)
    b = np.where(random.random(120) < 0.7, a, random.integers(0, 3, 120))
    rows = [
        (str(i), rater, str(label))
        for i, both in enumerate(zip(a, b, strict=True))
        for rater, label in zip("ab", both, strict=True)
    ]
    labels = pl.DataFrame(rows, schema=["message_id", "expert_id", "label"], orient="row")
    plain = [
        cohen_kappa_score(a[drawn], b[drawn]) for drawn in random.integers(0, 120, size=(1500, 120))
    ]

    row = pairwise_kappa(labels, n_replicates=4000).row(0, named=True)

    low, high = np.quantile(plain, (0.025, 0.975))
    assert row["low"] == pytest.approx(low, abs=0.02)
    assert row["high"] == pytest.approx(high, abs=0.02)


def test_kappa_interval_knows_labels_that_one_rater_alone_gives():
    rows = [
        (str(i), rater, "x" if rater == "a" or i % 3 else "only-b")
        for i in range(30)
        for rater in "ab"
    ]
    labels = pl.DataFrame(rows, schema=["message_id", "expert_id", "label"], orient="row")

    row = pairwise_kappa(labels).row(0, named=True)

    assert row["low"] <= row["kappa"] <= row["high"]


def test_machine_is_always_the_second_of_a_pair():
    """`zoe` stands after `model` in the alphabet; people still come first."""
    labels = shared(zoe=["ham"], model=["ham"], ana=["spam"])

    pairs = pairwise_kappa(labels).select("a", "b").rows()

    assert pairs == [("ana", "model"), ("ana", "zoe"), ("zoe", "model")]
