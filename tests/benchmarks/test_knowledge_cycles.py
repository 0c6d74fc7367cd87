import json
from collections import Counter

import pytest

from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate
from tests.benchmarks import knowledge_cycles
from tests.benchmarks.knowledge_cycles import ALONE, TOGETHER, Course, describe
from tests.benchmarks.simulated_corpus import Corpus, Remembering, make_corpus
from tests.benchmarks.simulated_lexicon import Field, survey_field
from tests.benchmarks.simulated_project import Plan
from tests.machine.fakes import HashingEncoder

PLAN = Plan(n_cycles=2, n_turns=14, n_baseline=0, n_holdout=40)


@pytest.fixture(scope="module")
def corpus():
    """A hundred messages of two labels that anyone can tell."""
    words = {"spam": "cheap pills offer", "ham": "meeting notes agenda"}
    labels = ["spam" if n % 2 else "ham" for n in range(100)]
    texts = [f"{words[label]} {n} {n % 7} {n % 11}" for n, label in enumerate(labels)]
    return make_corpus("mail", texts, labels, encoder=HashingEncoder())


def _course(*, first, last, n_terms=(2, 3)):
    figure = Interval(0.5, 0.4, 0.6, 4)
    return Course(
        lexicon=[figure, figure],
        machine=[figure, figure],
        machine_lift=Estimate(Interval(0.1, 0.05, 0.2, 4)),
        n_terms=list(n_terms),
        first=first,
        last=last,
        truth=["a", "b"] * 20,
    )


def test_a_term_speaks_for_the_label_of_most_of_its_messages():
    field = Field({"offer": Counter(spam=3, ham=1), "hello": Counter(spam=1, ham=1)})

    assert field.speaks_for("offer", "spam")
    assert not field.speaks_for("offer", "ham")
    assert not field.speaks_for("hello", "spam")
    assert not field.speaks_for("unheard of", "spam")
    assert field.terms_of("spam") == ["offer"]


def test_held_out_messages_tell_nothing_of_the_field():
    corpus = Corpus("two", {"m1": "cheap pills", "m2": "dear pills"}, {"m1": "a", "m2": "b"}, {})

    field = survey_field(corpus, holdout={"m2"})

    assert field.n_of["pills"] == Counter(a=1)
    assert "dear" not in field.n_of


def test_both_arms_are_compared_on_the_same_messages():
    wrong, right = ("b", "a") * 20, ("a", "b") * 20

    found = describe(
        {
            ALONE: [_course(first=wrong, last=wrong)],
            TOGETHER: [_course(first=wrong, last=right)],
        },
        ["a", "b"],
    )

    gap = found["lexicon with the machine's concepts minus own terms alone"]
    assert gap["value"] == 1.0
    assert found["arms"][ALONE]["lexicon_lift"]["value"] == 0.0
    assert found["arms"][TOGETHER]["lexicon_lift"]["value"] == 1.0
    assert found["arms"][TOGETHER]["n_terms_by_cycle"] == [2.0, 3.0]
    assert [one["holds"] for one in found["targets"]] == [True, True]


def test_a_lexicon_that_does_not_grow_better_misses_its_target():
    same = ("a", "b") * 20

    found = describe(
        {arm: [_course(first=same, last=("b", "a") * 20)] for arm in (ALONE, TOGETHER)},
        ["a", "b"],
    )

    assert not found["targets"][0]["holds"]


def test_a_team_ends_with_more_terms_than_it_began_with(corpus, tmp_path):
    """A whole small project through the same acts as people's, with a lexicon that grows."""
    document = knowledge_cycles.measure(
        corpus, PLAN, encoder=Remembering(HashingEncoder()), cache=tmp_path, seeds=[0]
    )

    assert json.loads(json.dumps(document))["is_simulated"]
    for figures in document["arms"].values():
        assert figures["n_terms_by_cycle"][-1] > knowledge_cycles.N_START * 2
        assert len(figures["lexicon_by_cycle"]) == PLAN.n_cycles
        assert figures["lexicon_by_cycle"][-1]["n"] == PLAN.n_holdout
