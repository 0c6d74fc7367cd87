import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rhml_core.errors import MachineError, NotEnoughDataError
from rhml_core.machine.head import (
    DEFAULT_C,
    LinearHead,
    as_logistic_regression,
    fit_head,
    load_head,
    out_of_fold_proba,
    save_head,
)


def clouds(n_per_label, labels, seed=0, spread=0.3):
    """Unit vectors around one random centre per label, with their labels."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(len(labels), 16))
    names = [name for name in labels for _ in range(n_per_label)]
    vectors = np.repeat(centres, n_per_label, axis=0)
    vectors = vectors + spread * random.normal(size=vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), names


def test_softmax_of_known_scores_is_computed_by_hand():
    """Scores ln 1 and ln 3 are probabilities of a quarter and three quarters."""
    head = LinearHead(("a", "b"), np.array([[0.0], [np.log(3.0)]]), np.zeros(2))

    probabilities = head.predict_proba(np.array([[1.0], [0.0]], dtype=np.float32))

    assert probabilities == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5]]))


def test_head_recognises_clouds_that_lie_apart():
    vectors, names = clouds(10, ["a", "b", "c"])
    head = fit_head(vectors, names, all_labels=["a", "b", "c"], seed=1)

    best = head.predict_proba(vectors).argmax(axis=1)

    assert [head.labels[column] for column in best] == names


@pytest.mark.parametrize("labels", [["a", "b"], ["a", "b", "c"]])
def test_head_equals_scikit_learn_with_balanced_classes(labels):
    """An independent fit of the same model by the library's own class weights."""
    vectors, names = clouds(3, labels)
    vectors, names = vectors[:-1], names[:-1]  # one label is rarer
    oracle = LogisticRegression(C=DEFAULT_C, class_weight="balanced", max_iter=5000, tol=1e-8)
    oracle.fit(vectors.astype(np.float64), names)

    head = fit_head(vectors, names, all_labels=labels, seed=1)

    assert head.predict_proba(vectors) == pytest.approx(oracle.predict_proba(vectors), abs=5e-3)


def test_label_never_judged_gets_no_probability():
    vectors, names = clouds(4, ["a", "c"])
    head = fit_head(vectors, names, all_labels=["a", "b", "c"], seed=1)

    probabilities = head.predict_proba(vectors)

    assert head.labels == ("a", "b", "c")
    assert (probabilities[:, 1] == 0.0).all()
    assert probabilities.sum(axis=1) == pytest.approx(1.0)


def test_weight_moves_the_head():
    """Two messages alike with different labels: the heavier judgement wins."""
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
    names = ["a", "b", "a", "b"]

    head = fit_head(vectors, names, np.array([9.0, 1.0, 1.0, 9.0]), all_labels=["a", "b"], seed=1)

    assert head.predict_proba(vectors).argmax(axis=1).tolist() == [0, 0, 1, 1]


def test_one_label_is_not_enough_and_the_error_counts():
    vectors, names = clouds(3, ["a"])

    with pytest.raises(NotEnoughDataError, match="3 judged messages have 1") as caught:
        fit_head(vectors, names, all_labels=["a", "b"], seed=1)

    assert "1 more" in str(caught.value)


def test_no_judgement_is_not_enough():
    with pytest.raises(NotEnoughDataError, match="0 judged messages have 0"):
        fit_head(np.zeros((0, 4), np.float32), [], all_labels=["a", "b"], seed=1)


def test_label_outside_the_codebook_is_named():
    vectors, names = clouds(2, ["a", "gone"])

    with pytest.raises(NotEnoughDataError, match="gone"):
        fit_head(vectors, names, all_labels=["a", "b"], seed=1)


def test_held_back_copy_cannot_be_remembered():
    """Labels drawn by chance are learnt by heart in the fit, but not out of fold."""
    random = np.random.default_rng(3)
    vectors = random.normal(size=(60, 64)).astype(np.float32)
    names = [str(name) for name in random.choice(["a", "b"], size=60)]
    truth = np.array([["a", "b"].index(name) for name in names])

    honest = out_of_fold_proba(vectors, names, all_labels=["a", "b"], seed=1).argmax(axis=1)
    fitted = fit_head(vectors, names, all_labels=["a", "b"], seed=1).predict_proba(vectors)

    assert (fitted.argmax(axis=1) == truth).mean() == 1.0
    assert (honest == truth).mean() < 0.75


def test_only_message_of_a_label_is_not_recognised_out_of_fold():
    vectors, names = clouds(5, ["a", "b"])
    vectors = np.vstack([vectors, -vectors[:1]])

    probabilities = out_of_fold_proba(vectors, [*names, "c"], all_labels=["a", "b", "c"], seed=1)

    assert probabilities[-1, 2] == 0.0
    assert probabilities.sum(axis=1) == pytest.approx(1.0)


def test_two_messages_say_nothing_about_each_other():
    """With either held back one label is left, from which nothing can be learnt."""
    vectors = np.eye(2, dtype=np.float32)

    probabilities = out_of_fold_proba(vectors, ["a", "b"], all_labels=["a", "b", "unused"], seed=1)

    assert probabilities.tolist() == [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]


@given(st.integers(0, 1000), st.lists(st.sampled_from("abcd"), min_size=4, max_size=40))
@settings(max_examples=25, deadline=None)
def test_probabilities_always_sum_to_one(seed, names):
    vectors = np.random.default_rng(seed).normal(size=(len(names), 5)).astype(np.float32)
    if len(set(names)) < 2:
        names[0] = "e"

    probabilities = out_of_fold_proba(vectors, names, all_labels=list("abcde"), seed=seed)

    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    assert (probabilities >= 0).all()


@pytest.mark.parametrize("all_labels", [["a", "b", "c"], ["b", "a"], ["c", "x", "a", "b"]])
def test_scikit_learn_twin_predicts_the_same(all_labels):
    used = [name for name in all_labels if name != "x"]
    vectors, names = clouds(4, used)
    head = fit_head(vectors, names, all_labels=all_labels, seed=1)

    twin = as_logistic_regression(head)

    columns = [all_labels.index(name) for name in twin.classes_]
    ours = head.predict_proba(vectors)
    assert twin.predict_proba(vectors) == pytest.approx(ours[:, columns])
    assert twin.predict(vectors).tolist() == [all_labels[best] for best in ours.argmax(axis=1)]


def test_saved_head_comes_back_without_pickles(tmp_path):
    vectors, names = clouds(3, ["a", "ž"])
    head = fit_head(vectors, names, all_labels=["a", "never", "ž"], seed=1)

    save_head(head, tmp_path / "head.npz")
    again = load_head(tmp_path / "head.npz")

    assert again.labels == head.labels
    assert (again.predict_proba(vectors) == head.predict_proba(vectors)).all()


def test_damaged_head_is_refused(tmp_path):
    (tmp_path / "head.npz").write_bytes(b"not a head")

    with pytest.raises(MachineError, match=r"head\.npz"):
        load_head(tmp_path / "head.npz")


def test_pickled_head_is_refused(tmp_path):
    """A pickle runs code when it is read, so none is."""
    np.savez(tmp_path / "head.npz", labels=np.array([{"a": 1}], dtype=object))

    with pytest.raises(MachineError, match=r"head\.npz"):
        load_head(tmp_path / "head.npz")
