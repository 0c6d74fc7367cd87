import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import Span
from rhml_core.errors import InvalidInputError
from rhml_core.evidence import WordInfluence
from rhml_core.machine.evidence.explain import (
    LEAST_SHOWN,
    MOST_WORDS,
    N_SHOWN,
    explain_words,
    nearest_judged,
    strongest,
)

LABELS = ("ham", "spam")


def predict_by_word(texts):
    """Spam by 0.6 for `prize` and 0.2 for `now`, less 0.1 for `mum`."""
    spam = np.array(
        [0.2 + 0.6 * ("prize" in t) + 0.2 * ("now" in t) - 0.1 * ("mum" in t) for t in texts]
    )
    return np.column_stack([1 - spam, spam])


def predict_by_phrase(texts):
    """Spam where `free` and `entry` both are, or one of them by a tenth each."""
    both = np.array([("free" in t) + ("entry" in t) for t in texts])
    spam = np.choose(both, [0.1, 0.8, 0.9])
    return np.column_stack([1 - spam, spam])


def found_in(text, predict=predict_by_word, **options):
    return explain_words(text, predict, labels=LABELS, **options)


def test_influence_is_what_the_word_adds():
    words = found_in("mum: prize now!").words

    assert [word.word for word in words] == ["mum", "prize", "now"]
    assert [word.influence for word in words] == pytest.approx([-0.1, 0.6, 0.2])
    assert [(word.span.start, word.span.end) for word in words] == [(0, 3), (5, 10), (11, 14)]


def test_influence_speaks_of_the_named_label():
    words = found_in("prize", label_index=0).words

    assert words[0].influence == pytest.approx(-0.6)


def test_words_that_stand_in_for_each_other_are_shown_as_a_phrase():
    """Left out alone neither does much, for the other one still says it."""
    found = found_in("get free entry today", predict_by_phrase)

    assert [(one.word, one.span) for one in found.phrases] == [("free entry", Span(4, 14))]
    assert found.phrases[0].influence == pytest.approx(0.8)
    assert [one.word for one in found.shown] == ["free entry"]


def test_words_parted_by_a_comma_are_no_phrase():
    assert found_in("get free, entry today", predict_by_phrase).phrases == ()


def test_shown_words_are_tested_against_those_that_are_not():
    found = found_in("a prize now for you and me, mum").faithfulness

    assert (found.n_words, found.n_draws) == (2, 10)
    assert (found.fall, found.random_fall) == (pytest.approx(0.8), 0.0)
    assert found.is_convincing


def test_at_most_half_of_a_short_message_is_shown():
    """Where everything is marked, nothing is; and others must be left to compare with."""
    found = found_in("prize now ok")

    assert [one.word for one in found.shown] == ["prize"]
    assert (found.faithfulness.n_words, found.faithfulness.fall) == (1, pytest.approx(0.6))


def test_lone_word_cannot_be_tested():
    found = found_in("prize")

    assert [one.word for one in found.shown] == ["prize"]
    assert found.faithfulness is None


def test_contrast_names_the_label_it_would_be():
    flip = found_in("a prize for you").flip

    assert (flip.words, flip.before, flip.after) == (("prize",), "spam", "ham")


@pytest.mark.parametrize("n_words", [1, 3, MOST_WORDS, MOST_WORDS + 1, 60, 200, 1000])
def test_long_messages_cost_no_more_than_short_ones(n_words):
    """Every text costs a reading by the encoder, and someone may be waiting."""
    asked = []

    def predict(texts):
        asked.append(len(texts))
        share = np.array([len(text) % 7 / 7 for text in texts])
        return np.column_stack([1 - share, share])

    found_in(" ".join(f"w{n}" for n in range(n_words)), predict)

    assert len(asked) <= 3
    assert sum(asked) <= 80


def test_word_that_decides_is_found_deep_in_a_long_message():
    text = " ".join(["word"] * 100 + ["prize"] + ["word"] * 100)

    found = found_in(text)

    assert [one.word for one in found.shown] == ["prize"]
    assert found.flip.words == ("prize",)


def test_text_without_words_has_no_evidence_and_asks_nothing():
    found = found_in(" ?! 🎉 ", lambda _: pytest.fail("asked"))

    assert (found.words, found.shown, found.faithfulness, found.flip) == ((), (), None, None)


@given(st.lists(st.floats(-1, 1), max_size=12))
def test_shown_are_the_strongest_and_always_two_that_speak_for_it(influences):
    """Where a message says a thing over and over, no word alone matters, but they do together."""
    words = [
        WordInfluence("w", Span(2 * place, 2 * place + 1), influence)
        for place, influence in enumerate(influences)
    ]

    shown = [one.influence for one in strongest(words, ())]

    best = sorted((one for one in influences if one > 0), reverse=True)[:2]
    rest = sorted(influences, key=abs, reverse=True)
    for one in best:
        rest.remove(one)
    more = [one for one in rest if abs(one) >= LEAST_SHOWN][: N_SHOWN - len(best)]
    assert sorted(map(abs, shown)) == sorted(map(abs, [*best, *more]))
    assert sorted(shown, key=abs, reverse=True) == shown


def test_words_of_a_phrase_are_not_shown_twice():
    words = [WordInfluence("free", Span(0, 4), 0.2), WordInfluence("now", Span(11, 14), 0.1)]
    phrase = WordInfluence("free entry", Span(0, 10), 0.5)

    assert [one.word for one in strongest(words, [phrase])] == ["free entry", "now"]


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
