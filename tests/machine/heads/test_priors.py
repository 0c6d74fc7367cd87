"""How frequent labels are among unjudged messages, told by answers that take them as alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.heads.linear_head import LinearHead
from rhml_core.machine.heads.priors import at_priors, pool_priors


def noisy_answers(share, n, seed):
    """Balanced posteriors of two labels whose evidence is a normal shift, `share` of label 1."""
    random = np.random.default_rng(seed)
    is_second = random.random(n) < share
    evidence = random.standard_normal(n) + np.where(is_second, 1.0, -1.0)
    second = 1 / (1 + np.exp(-2 * evidence))  # the exact posterior at equal priors
    return np.stack([1 - second, second], axis=1), is_second


@pytest.mark.parametrize("share", [0.15, 0.5, 0.85])
def test_share_of_a_label_is_found_from_balanced_answers(share):
    probabilities, _ = noisy_answers(share, 2000, seed=1)

    priors = pool_priors(probabilities)

    assert priors[1] == pytest.approx(share, abs=0.07)
    assert priors.sum() == pytest.approx(1.0)


def test_answers_at_the_true_priors_are_right_more_often():
    probabilities, is_second = noisy_answers(0.1, 4000, seed=2)

    adjusted = at_priors(probabilities, pool_priors(probabilities))

    before = ((probabilities[:, 1] > 0.5) == is_second).mean()
    after = ((adjusted[:, 1] > 0.5) == is_second).mean()
    assert after > before + 0.02
    assert adjusted.sum(axis=1) == pytest.approx(1.0)


def test_label_that_the_classifier_does_not_know_stays_impossible():
    probabilities = np.array([[0.5, 0.0, 0.5]] * 4)

    priors = pool_priors(probabilities)

    assert priors.tolist() == pytest.approx([0.5, 0.0, 0.5])


def test_without_messages_known_labels_are_alike():
    assert pool_priors(np.zeros((0, 4))).tolist() == [0.25] * 4


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=40))
def test_priors_are_shares_and_none_vanishes(seconds):
    second = np.array(seconds)

    priors = pool_priors(np.stack([1 - second, second], axis=1))

    assert priors.sum() == pytest.approx(1.0)
    assert (priors > 0.02).all()


def test_head_at_priors_answers_as_its_adjusted_probabilities_do():
    random = np.random.default_rng(3)
    head = LinearHead(("a", "never", "b"), random.normal(size=(3, 4)), np.array([0, -np.inf, 0.2]))
    vectors = random.normal(size=(6, 4)).astype(np.float32)
    priors = np.array([0.8, 0.0, 0.2])

    shifted = head.at_priors(priors).predict_proba(vectors)

    assert shifted == pytest.approx(at_priors(head.predict_proba(vectors), priors), abs=1e-5)
