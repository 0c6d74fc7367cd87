import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import Confidence
from rhml_core.measures.stated_confidence import CONFIDENCE_VALUES
from rhml_core.workflows.demo.simulated_mind import LEAST_KNOWLEDGE, Mind, Traits

SHARES = st.floats(0.05, 0.95)


def test_lesson_adds_log_odds_to_its_label_alone():
    """Even odds times three are three in four."""
    mind = Mind(Traits(skill=0.5, learning_rate=math.log(3)))

    mind.learn("spam")

    assert mind.chance("spam") == pytest.approx(0.75)
    assert mind.chance("ham") == pytest.approx(0.5)


def test_harder_messages_are_judged_wrongly_more_often():
    mind = Mind(Traits(skill=0.75))

    assert mind.chance("spam", difficulty=math.log(3)) == pytest.approx(0.5)


@given(skill=SHARES, rate=st.floats(0, 1), n=st.integers(0, 20))
def test_wrong_lesson_undoes_a_right_one(skill, rate, n):
    mind = Mind(Traits(skill=skill, learning_rate=rate))

    for _ in range(n):
        mind.learn("spam")
        mind.mislearn("spam")

    assert mind.chance("spam") == pytest.approx(skill)


@given(skill=SHARES, n=st.integers(1, 200))
def test_knowledge_fades_as_far_as_luck_and_no_further(skill, n):
    """Who knew less than that at the start loses nothing."""
    mind = Mind(Traits(skill=skill, fading=0.1))
    start = math.log(skill / (1 - skill))

    for _ in range(n):
        mind.fade("spam")

    expected = max(start - 0.1 * n, min(LEAST_KNOWLEDGE, start))
    assert mind.knowledge("spam") == pytest.approx(expected)


@given(chance=st.floats(0.5, 0.9), bias=st.floats(0, 0.05))
def test_stated_confidence_is_on_average_the_chance_and_the_bias(chance, bias):
    mind, chances = Mind(Traits(skill=0.5, overconfidence=bias)), random.Random(0)

    said = [CONFIDENCE_VALUES[mind.confidence(chance, chances)] for _ in range(1_000)]

    assert sum(said) / len(said) == pytest.approx(chance + bias, abs=0.03)


@pytest.mark.parametrize(
    ("chance", "said"), [(0.0, Confidence.GUESS), (0.4, Confidence.GUESS), (1.0, Confidence.SURE)]
)
def test_confidence_beyond_the_scale_is_at_its_end(chance, said):
    mind = Mind(Traits(skill=0.5))

    assert mind.confidence(chance, random.Random(0)) is said
