import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from rhml_core.machine.heads.head_calibration import fit_temperature, log_losses


def answers(n, n_classes, temperature, seed=0):
    """Scores that are too sure by a known factor, and classes drawn from what they should say."""
    random = np.random.default_rng(seed)
    true_scores = 2 * random.normal(size=(n, n_classes))
    shares = np.exp(true_scores)
    shares /= shares.sum(axis=1, keepdims=True)
    classes = (random.random((n, 1)) > shares.cumsum(axis=1)).sum(axis=1)
    return true_scores * temperature, np.minimum(classes, n_classes - 1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_known_temperature_is_found_again(temperature):
    scores, classes = answers(20_000, 4, temperature)

    assert fit_temperature(scores, classes) == pytest.approx(temperature, rel=0.05)


def test_temperature_ends_the_slope_of_the_loss():
    """At the optimum, the loss with its prior neither rises nor falls: an independent root."""
    scores, classes = answers(50, 3, 2.0, seed=1)

    def slope(log_temperature):
        step = 1e-4
        high, low = (
            log_losses(scores / np.exp(log_temperature + sign * step), classes).sum()
            + (log_temperature + sign * step) ** 2
            for sign in (1, -1)
        )
        return (high - low) / (2 * step)

    root = brentq(slope, -2.5, 2.5)
    assert fit_temperature(scores, classes) == pytest.approx(np.exp(root), rel=0.02)


def test_no_message_leaves_the_scores_as_they_are():
    assert fit_temperature(np.zeros((0, 2)), np.zeros(0, dtype=np.int64)) == 1.0


def test_class_that_was_not_known_tells_nothing():
    """Its probability is 0 at every temperature."""
    scores, classes = answers(40, 3, 2.0)
    unknown = np.array([[0.0, 1.0, -np.inf]])

    with_it = fit_temperature(np.vstack([scores, unknown]), np.append(classes, 2))

    assert with_it == pytest.approx(fit_temperature(scores, classes))


def test_four_right_answers_do_not_make_it_boundless():
    scores = np.array([[3.0, 0.0]] * 4)

    temperature = fit_temperature(scores, np.zeros(4, dtype=np.int64))

    assert 0.3 < temperature < 1.0


def test_heavier_message_is_heard_more():
    scores = np.array([[2.0, 0.0], [2.0, 0.0]])
    right_then_wrong = np.array([0, 1])

    trusting = fit_temperature(scores, right_then_wrong, np.array([9.0, 1.0]))
    doubting = fit_temperature(scores, right_then_wrong, np.array([1.0, 9.0]))

    assert trusting < doubting


@given(st.integers(0, 500), st.integers(2, 5), st.integers(1, 40))
def test_calibration_never_adds_loss_beyond_its_prior(seed, n_classes, n):
    scores, classes = answers(n, n_classes, 4.0, seed=seed)

    temperature = fit_temperature(scores, classes)

    after = log_losses(scores / temperature, classes).sum()
    assert after <= log_losses(scores, classes).sum() + 1e-6
