import numpy as np
import pytest

from rhml_core.machine.evidence.judged import Judged
from rhml_core.machine.evidence.patterns import FEWEST_JUDGED, find_patterns


def judged_of(pairs):
    texts, labels = zip(*pairs, strict=True)
    return Judged(tuple(f"m{row}" for row in range(len(texts))), texts, labels)


def card_and_abroad(joined, n=20):
    """Either word alone is innocent; both together are fraud."""
    rng = np.random.default_rng(1)
    fillers = np.array(["hello", "please", "soon", "thanks", "again", "maybe"])
    pairs = [(joined, "fraud"), ("card lost", "ok"), ("going abroad", "ok"), ("nothing", "ok")]
    return judged_of(
        (f"{text} {' '.join(rng.choice(fillers, 2))}", label) for text, label in pairs * n
    )


def test_words_that_tell_more_together_are_a_pattern():
    found = find_patterns(card_and_abroad("card used far abroad"), ["fraud", "ok"], seed=1)

    assert found == {"fraud": ("card; abroad",)}


def test_words_in_no_order_are_joined_by_and():
    both_ways = [("card is abroad", "fraud"), ("abroad with card", "fraud")]
    others = [("card lost", "ok"), ("going abroad", "ok"), ("nothing", "ok"), ("day", "ok")]

    found = find_patterns(judged_of((both_ways + others) * 20), ["fraud", "ok"], seed=1)

    assert found["fraud"][0] in {"card AND abroad", "abroad AND card"}


def test_word_that_tells_as_much_alone_needs_no_partner():
    pairs = [("card abroad", "fraud"), ("card", "fraud"), ("abroad", "ok"), ("nothing", "ok")]

    assert "fraud" not in find_patterns(judged_of(pairs * 25), ["fraud", "ok"], seed=1)


@pytest.mark.parametrize("seed", range(5))
def test_labels_by_chance_have_no_pattern(seed):
    """Thousands of pairs are looked at; the second half of the messages bears none out."""
    rng = np.random.default_rng(seed)
    words = np.array([f"word{number}" for number in range(30)])
    texts = [" ".join(rng.choice(words, 6, replace=False)) for _ in range(200)]

    found = find_patterns(
        judged_of((text, str(rng.choice(["a", "b"]))) for text in texts), ["a", "b"], seed=1
    )

    assert sum(len(patterns) for patterns in found.values()) <= 1


def test_few_messages_have_no_pattern():
    few = card_and_abroad("card abroad", n=FEWEST_JUDGED // 4 - 1)

    assert find_patterns(few, ["fraud", "ok"], seed=1) == {}


def test_messages_of_numbers_alone_have_no_pattern():
    pairs = [("100 of 200", "fraud"), ("24 of 7", "ok")]

    assert find_patterns(judged_of(pairs * FEWEST_JUDGED), ["fraud", "ok"], seed=1) == {}
