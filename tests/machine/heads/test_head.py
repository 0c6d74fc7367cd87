import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rhml_core.errors import InvalidInputError, MachineError, NotEnoughDataError
from rhml_core.machine.heads.head import (
    AS_FITTED,
    LinearHead,
    as_logistic_regression,
    fit_head,
    load_head,
    save_head,
    train_head,
)
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import Wording


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
    # With two labels scikit-learn penalises the difference of their coefficients.
    strength = AS_FITTED.default * (2 if len(labels) == 2 else 1)
    oracle = LogisticRegression(C=strength, class_weight="balanced", max_iter=5000, tol=1e-8)
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

    honest = train_head(vectors, names, all_labels=["a", "b"], seed=1).out_of_fold.argmax(axis=1)
    fitted = fit_head(vectors, names, all_labels=["a", "b"], seed=1).predict_proba(vectors)

    assert (fitted.argmax(axis=1) == truth).mean() == 1.0
    assert (honest == truth).mean() < 0.75


def test_only_message_of_a_label_is_not_recognised_out_of_fold():
    vectors, names = clouds(5, ["a", "b"])
    vectors = np.vstack([vectors, -vectors[:1]])

    probabilities = train_head(
        vectors, [*names, "c"], all_labels=["a", "b", "c"], seed=1
    ).out_of_fold

    assert probabilities[-1, 2] == 0.0
    assert probabilities.sum(axis=1) == pytest.approx(1.0)


def test_two_messages_say_nothing_about_each_other():
    """With either held back one label is left, from which nothing can be learnt."""
    vectors = np.eye(2, dtype=np.float32)

    probabilities = train_head(
        vectors, ["a", "b"], all_labels=["a", "b", "unused"], seed=1
    ).out_of_fold

    assert probabilities.tolist() == [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]


@given(st.integers(0, 1000), st.lists(st.sampled_from("abcd"), min_size=4, max_size=40))
@settings(max_examples=25, deadline=None)
def test_probabilities_always_sum_to_one(seed, names):
    vectors = np.random.default_rng(seed).normal(size=(len(names), 5)).astype(np.float32)
    if len(set(names)) < 2:
        names[0] = "e"

    probabilities = train_head(vectors, names, all_labels=list("abcde"), seed=seed).out_of_fold

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


def spelt(n_per_label):
    """Texts that their words alone tell apart, with vectors that say nothing."""
    texts = [f"{word} of lot {n}" for word in ("selling", "leaking") for n in range(n_per_label)]
    vectors = np.random.default_rng(5).normal(size=(len(texts), 8)).astype(np.float32)
    names = ["sale"] * n_per_label + ["leak"] * n_per_label
    return texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), names


@pytest.mark.parametrize("terms", [(), ("leaking", "selling")])
def test_wording_tells_what_the_embedding_does_not(terms):
    """Either of the two would do: how the words are spelt, or that they are the team's terms."""
    texts, vectors, names = spelt(20)
    wording = Wording(terms, None if terms else fit_letters(texts, seed=0))
    readings = wording.read(texts)

    plain = train_head(vectors, names, all_labels=["sale", "leak"], seed=1)
    worded = train_head(
        vectors, names, all_labels=["sale", "leak"], seed=1, wording=wording, readings=readings
    )

    truth = np.array([["sale", "leak"].index(name) for name in names])
    assert (plain.out_of_fold.argmax(axis=1) == truth).mean() < 0.8
    assert (worded.out_of_fold.argmax(axis=1) == truth).mean() > 0.9
    assert (worded.head.predict_proba(vectors, readings).argmax(axis=1) == truth).all()


def test_head_that_reads_words_is_never_asked_without_them():
    """An answer from the embedding alone would be wrong and would not show it."""
    texts, vectors, names = spelt(5)
    wording = Wording(("selling", "leaking"))
    head = train_head(
        vectors,
        names,
        all_labels=["sale", "leak"],
        seed=1,
        wording=wording,
        readings=wording.read(texts),
    ).head

    with pytest.raises(InvalidInputError, match="also reads the messages' words"):
        head.predict_proba(vectors)
    with pytest.raises(InvalidInputError, match="it was given 1 of 10"):
        head.predict_proba(vectors, Wording(("selling",)).read(texts))
    with pytest.raises(InvalidInputError, match="would leave out"):
        as_logistic_regression(head)


def test_head_with_wording_comes_back_whole(tmp_path):
    texts, vectors, names = spelt(12)
    wording = Wording(("leaking",), fit_letters(texts, seed=0))
    head = train_head(
        vectors,
        names,
        all_labels=["sale", "leak"],
        seed=1,
        wording=wording,
        readings=wording.read(texts),
    ).head

    save_head(head, tmp_path / "head.npz")
    again = load_head(tmp_path / "head.npz")

    others = ["selling a lot", "leaking all of it", ""]
    expected = head.predict_proba(vectors[:3], head.wording.read(others))
    assert (again.predict_proba(vectors[:3], again.wording.read(others)) == expected).all()


def test_head_of_before_wording_is_still_read(tmp_path):
    """Runs that were trained by an earlier version stay usable."""
    coefficients = np.array([[1.0, 0.0], [0.0, 1.0]])
    np.savez(
        tmp_path / "head.npz",
        labels=np.array(["a", "b"]),
        coefficients=coefficients,
        intercepts=np.zeros(2),
    )

    head = load_head(tmp_path / "head.npz")

    assert head.predict_proba(np.eye(2, dtype=np.float32)).argmax(axis=1).tolist() == [0, 1]
    assert head.wording.read(["a text"]).shape == (1, 0)


def test_sure_head_is_calibrated_down():
    """Labels drawn by chance: what it says out of fold is little more than a coin's."""
    random = np.random.default_rng(3)
    vectors = random.normal(size=(80, 32)).astype(np.float32)
    names = [str(name) for name in random.choice(["a", "b"], size=80)]

    trained = train_head(vectors, names, all_labels=["a", "b"], seed=1)

    assert trained.temperature > 1.0
    assert trained.out_of_fold.max() < 0.9


def test_temperature_changes_how_sure_but_not_what():
    vectors, names = clouds(6, ["a", "b", "c"], spread=1.0)
    head = fit_head(vectors, names, all_labels=["a", "b", "c"], seed=1)

    cooler = head.at_temperature(0.5).predict_proba(vectors)

    before = head.predict_proba(vectors)
    assert (cooler.argmax(axis=1) == before.argmax(axis=1)).all()
    assert cooler.max(axis=1).min() > before.max(axis=1).min()


def test_messages_that_the_embedding_was_tuned_with_tell_no_temperature():
    """Out of fold they look easier than they are: with them alone, nothing is told."""
    vectors, names = clouds(6, ["a", "b"])
    tuned = np.zeros(12, dtype=bool)

    trained = train_head(vectors, names, all_labels=["a", "b"], seed=1, is_honest=tuned)

    assert trained.temperature == 1.0


def test_many_messages_are_answered_as_one_by_one():
    vectors, names = clouds(5000, ["a", "b"], spread=2.0)
    head = fit_head(vectors[::100], names[::100], all_labels=["a", "b"], seed=1)

    together = head.predict_proba(vectors)

    assert together[4999:5002] == pytest.approx(
        np.vstack([head.predict_proba(vectors[row : row + 1]) for row in range(4999, 5002)]),
        abs=1e-5,
    )
