import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from rhml_core.machine.heads import rebalancing
from rhml_core.machine.heads.linear_head import LinearHead, softmax
from rhml_core.machine.heads.rebalancing import rebalanced


@pytest.fixture
def timid():
    """A head that ranks 5 rare of 100 well, but out of fold proposes none of them."""
    random = np.random.default_rng(0)
    is_rare = np.arange(100) < 5
    scores = -4 + 2.0 * is_rare + random.normal(size=100) * 0.5
    labels = ["spam" if rare else "ham" for rare in is_rare]
    head = LinearHead(("ham", "spam"), np.array([[-0.5], [0.5]]), np.zeros(2))
    return head, softmax(np.column_stack([-scores / 2, scores / 2])), labels


def test_timid_head_learns_to_propose_the_rare_label(timid):
    head, out_of_fold, labels = timid

    _, answers = rebalanced(head, out_of_fold, labels, np.ones(100))

    assert (out_of_fold.argmax(axis=1) == 1).sum() == 0
    assert (answers.argmax(axis=1) == 1)[:5].sum() >= 4
    assert (answers.argmax(axis=1) == 1)[5:].sum() <= 2


def test_head_changes_as_its_answers_do(timid):
    head, out_of_fold, labels = timid
    asked = np.log(out_of_fold[:, 1] / out_of_fold[:, 0])[:, None]

    changed, answers = rebalanced(head, out_of_fold, labels, np.ones(100))

    assert changed.predict_proba(asked.astype(np.float32)) == pytest.approx(answers, abs=1e-4)


def test_without_adjustment_it_is_platt_scaling(timid, monkeypatch):
    """Oracle: the two-parameter fit of the log-odds with the same priors."""
    head, out_of_fold, labels = timid
    monkeypatch.setattr(rebalancing, "RARITY_REMOVED", 0.0)
    is_rare = np.array([label == "spam" for label in labels])
    odds = np.log(out_of_fold[:, 1] / out_of_fold[:, 0])

    def loss(point):
        margins = np.where(is_rare, 1, -1) * (np.exp(point[0]) * odds + point[1])
        # A shift of the log-odds is shared by both labels' biases, each half of it.
        priors = point[0] ** 2 + 0.01 * 2 * (point[1] / 2) ** 2
        return np.logaddexp(0, -margins).sum() + priors

    scale, shift = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-6}).x

    _, answers = rebalanced(head, out_of_fold, labels, np.ones(100))

    assert answers[:, 1] == pytest.approx(1 / (1 + np.exp(-np.exp(scale) * odds - shift)), abs=2e-3)


def test_label_that_nobody_used_stays_impossible(timid):
    _, two, labels = timid
    head = LinearHead(("ham", "unseen", "spam"), np.zeros((3, 1)), np.array([0.0, -np.inf, 0.0]))
    out_of_fold = np.insert(two, 1, 0.0, axis=1)

    changed, answers = rebalanced(head, out_of_fold, labels, np.ones(100))

    assert (answers[:, 1] == 0).all()
    assert changed.intercepts[1] == -np.inf


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.floats(0.2, 9.0))
def test_any_answers_stay_probabilities_and_the_weights_unit_does_not_matter(seed, unit):
    random = np.random.default_rng(seed)
    out_of_fold = softmax(random.normal(size=(20, 3)))
    labels = random.permutation(["a", "b", "c", "a", "a"] * 4).tolist()
    head = LinearHead(("a", "b", "c"), random.normal(size=(3, 2)), np.zeros(3))

    one, answers = rebalanced(head, out_of_fold, labels, np.ones(20))
    two, _ = rebalanced(head, out_of_fold, labels, np.full(20, unit))

    assert answers.sum(axis=1) == pytest.approx(1.0)
    assert one.intercepts == pytest.approx(two.intercepts, abs=1e-3)
