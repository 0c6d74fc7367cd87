import numpy as np
import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.machine.evidence.explain import influence_of_words, nearest_judged


def predict_by_word(texts):
    """Spam by 0.6 for `prize` and 0.2 for `now`, less 0.1 for `mum`."""
    spam = np.array(
        [0.2 + 0.6 * ("prize" in t) + 0.2 * ("now" in t) - 0.1 * ("mum" in t) for t in texts]
    )
    return np.column_stack([1 - spam, spam])


def test_influence_is_what_the_word_adds():
    words = influence_of_words("mum: prize now!", predict_by_word)

    assert [word.word for word in words] == ["mum", "prize", "now"]
    assert [word.influence for word in words] == pytest.approx([-0.1, 0.6, 0.2])
    assert [(word.span.start, word.span.end) for word in words] == [(0, 3), (5, 10), (11, 14)]


def test_influence_speaks_of_the_named_label():
    words = influence_of_words("prize", predict_by_word, label_index=0)

    assert words[0].influence == pytest.approx(-0.6)


def test_spans_hold_in_any_script():
    text = "שלום — l'été 🎉 über-cool"

    words = influence_of_words(text, predict_by_word)

    assert [word.word for word in words] == ["שלום", "l'été", "über-cool"]
    assert all(text[word.span.start : word.span.end] == word.word for word in words)


def test_model_is_asked_once_and_only_about_the_first_words():
    asked = []

    def predict(texts):
        asked.append(len(texts))
        return np.tile([0.5, 0.5], (len(texts), 1))

    words = influence_of_words("w " * 200, predict, max_words=7)

    assert len(words) == 7
    assert asked == [8]


def test_text_without_words_has_no_influence_and_asks_nothing():
    assert influence_of_words(" ?! 🎉 ", lambda _: pytest.fail("asked")) == ()


def test_neighbours_come_nearest_first_without_the_message_itself():
    judged = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)

    near = nearest_judged(
        np.array([1, 0], np.float32),
        judged,
        ["m1", "m2", "m3"],
        ["t1", "t2", "t3"],
        ["a", "b", "c"],
        k=2,
        exclude="m1",
    )

    assert [(one.message_id, one.text, one.label) for one in near] == [
        ("m3", "t3", "c"),
        ("m2", "t2", "b"),
    ]
    assert [one.similarity for one in near] == pytest.approx([0.6, 0.0])


def test_message_that_is_not_judged_has_all_k_neighbours():
    judged = np.eye(3, dtype=np.float32)

    near = nearest_judged(judged[0], judged, ["x", "y", "z"], ["", "", ""], ["a"] * 3, k=2)

    assert [one.message_id for one in near] == ["x", "y"]


def test_nothing_judged_means_no_neighbours():
    assert nearest_judged(np.ones(2, np.float32), np.zeros((0, 2), np.float32), [], [], []) == ()


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInputError, match="one length"):
        nearest_judged(np.ones(2, np.float32), np.ones((1, 2), np.float32), ["m"], [], ["a"])
