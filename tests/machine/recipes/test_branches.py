import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rhml_core.machine.heads.logistic import as_linear_head
from rhml_core.machine.recipes.branches import INVERSE_REGULARISATION, fit_branches

LABELS = ["ham"] * 45 + ["spam"] * 5


@pytest.fixture(scope="module")
def vectors():
    """Fifty unit vectors, the five of the rare label shifted a little."""
    random = np.random.default_rng(0)
    found = random.normal(size=(50, 8))
    found[45:, 0] += 1.5
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def fused(vectors, natural_share, labels=LABELS, all_labels=("ham", "spam"), weights=None):
    return fit_branches(
        vectors,
        vectors[:, :5],
        labels,
        np.ones(len(labels)) if weights is None else weights,
        all_labels=all_labels,
        natural_share=natural_share,
    )


def read(vectors):
    return np.hstack([vectors, vectors[:, :5]])


def regression(vectors, class_weight=None):
    return LogisticRegression(
        C=INVERSE_REGULARISATION, class_weight=class_weight, max_iter=5000, tol=1e-8
    ).fit(vectors, LABELS)


def test_balanced_branch_alone_is_the_balanced_regression(vectors):
    model = regression(vectors[:, :5], "balanced")

    found = fused(vectors, 0.0).predict_proba(read(vectors))

    assert found == pytest.approx(model.predict_proba(vectors[:, :5]), abs=2e-3)


def test_natural_branch_alone_answers_as_if_labels_were_equally_frequent(vectors):
    """By Bayes: the plain regression's odds of spam times nine, since ham is nine times as many."""
    plain = regression(vectors).predict_proba(vectors)
    odds = plain[:, 1] / plain[:, 0] * 9

    found = fused(vectors, 1.0).predict_proba(read(vectors))

    assert found[:, 1] == pytest.approx(odds / (1 + odds), abs=2e-3)


def test_fused_scores_are_the_mean_of_the_branches(vectors):
    half, natural, balanced = (fused(vectors, share) for share in (0.5, 1.0, 0.0))

    assert half.coefficients == pytest.approx((natural.coefficients + balanced.coefficients) / 2)
    assert half.intercepts == pytest.approx((natural.intercepts + balanced.intercepts) / 2)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_label_that_nobody_used_is_never_proposed(vectors, share):
    found = fused(vectors, share, all_labels=("ham", "unseen", "spam"))
    found = found.predict_proba(read(vectors))

    assert (found[:, 1] == 0).all()
    assert found.sum(axis=1) == pytest.approx(1.0)


@settings(deadline=None, max_examples=10)
@given(st.floats(0.1, 50.0))
def test_scale_of_the_weights_does_not_matter(scale):
    random = np.random.default_rng(1)
    found = random.normal(size=(12, 6)).astype(np.float32)
    labels = ["a", "b", "c"] * 4

    one = fused(found, 0.4, labels, ("a", "b", "c"))
    two = fused(found, 0.4, labels, ("a", "b", "c"), weights=np.full(12, scale))

    assert one.coefficients == pytest.approx(two.coefficients, abs=1e-6)


def test_head_of_a_classifier_predicts_what_it_does(vectors):
    labels = (["c", "a", "b"] * 17)[:50]
    model = LogisticRegression(max_iter=500).fit(vectors, labels)

    head = as_linear_head(model, ["a", "b", "c"], ["c", "x", "b", "a"])

    assert head.predict_proba(vectors)[:, [3, 2, 0]] == pytest.approx(
        model.predict_proba(vectors), abs=1e-5
    )
