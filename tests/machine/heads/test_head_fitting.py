import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rhml_core.machine.heads.head_fitting import fit_softmax, rotate


def problem(seed, n, n_features, n_classes):
    random = np.random.default_rng(seed)
    features = random.normal(size=(n, n_features)) + 3.0
    classes = np.arange(n) % n_classes
    features[:, 0] += classes
    return features, classes, random.uniform(0.5, 2.0, size=n)


def probabilities(scores):
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("n", "n_features"), [(20, 50), (60, 8)])
def test_rotation_keeps_distances_and_drops_what_does_not_vary(n, n_features):
    """More features than rows, and more rows than features."""
    features, _, weights = problem(0, n, n_features, 2)

    turned = rotate(features, weights)

    gaps = np.linalg.norm(features[:, None] - features[None], axis=2)
    assert np.linalg.norm(turned.rows[:, None] - turned.rows[None], axis=2) == pytest.approx(gaps)
    assert turned.rows.shape[1] == min(n - 1, n_features)
    assert weights @ turned.rows == pytest.approx(0.0, abs=1e-9)


@given(st.integers(0, 100), st.sampled_from([(12, 30), (40, 6)]), st.integers(3, 4))
@settings(max_examples=20)
def test_solution_on_features_is_that_of_scikit_learn(seed, shape, n_classes):
    """An independent solver, on the features as they are, far from the origin."""
    features, classes, weights = problem(seed, *shape, n_classes)
    oracle = LogisticRegression(C=0.5, max_iter=5000, tol=1e-8)
    oracle.fit(features, classes, sample_weight=weights)

    turned = rotate(features, weights)
    found = turned.to_features(
        fit_softmax(
            turned.rows,
            turned.curvatures,
            classes,
            weights,
            n_classes=n_classes,
            inverse_regularisation=0.5,
        )
    )

    ours = probabilities(found.scores(features))
    assert ours == pytest.approx(oracle.predict_proba(features), abs=5e-3)


def test_rows_left_out_leave_no_trace():
    """The rotation knows all rows, a fit to some of them only those: folds stay honest."""
    features, classes, weights = problem(1, 30, 40, 3)
    seen = np.arange(30) < 20
    of_all, of_seen = rotate(features, weights), rotate(features[seen], weights[seen])
    oracle = LogisticRegression(C=1.0, max_iter=5000, tol=1e-8)
    oracle.fit(features[seen], classes[seen], sample_weight=weights[seen])

    def fit(turned, rows):
        return turned.to_features(
            fit_softmax(
                rows,
                turned.curvatures,
                classes[seen],
                weights[seen],
                n_classes=3,
                inverse_regularisation=1.0,
            )
        )

    inside, apart = fit(of_all, of_all.rows[seen]), fit(of_seen, of_seen.rows)

    for found in (inside, apart):
        assert probabilities(found.scores(features)) == pytest.approx(
            oracle.predict_proba(features), abs=2e-2
        )


def test_start_nearby_does_not_change_where_it_ends():
    features, classes, weights = problem(2, 40, 10, 3)
    turned = rotate(features, weights)
    given_each = {"n_classes": 3, "inverse_regularisation": 2.0}
    near = fit_softmax(turned.rows, turned.curvatures, classes, weights, **given_each)

    again = fit_softmax(turned.rows, turned.curvatures, classes, weights, **given_each, start=near)

    assert probabilities(again.scores(turned.rows)) == pytest.approx(
        probabilities(near.scores(turned.rows)), abs=5e-3
    )


def test_features_that_are_all_alike_leave_the_shares():
    """Nothing to tell by: each class as often as it weighs."""
    features = np.ones((4, 3))
    weights = np.array([1.0, 1.0, 1.0, 3.0])
    turned = rotate(features, weights)

    found = fit_softmax(
        turned.rows,
        turned.curvatures,
        np.array([0, 0, 1, 1]),
        weights,
        n_classes=2,
        inverse_regularisation=1.0,
    )

    shares = probabilities(turned.to_features(found).scores(features))
    assert shares == pytest.approx(np.tile([1 / 3, 2 / 3], (4, 1)), abs=2e-3)
