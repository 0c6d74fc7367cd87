from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate
from rhml_core.workflows.concepts.effects import ConceptEffect
from rhml_core.workflows.journal.effects import effect_words
from rhml_core.workflows.journal.summary import is_unlearnt

AT = datetime(2026, 3, 3, tzinfo=UTC)


def figure(value, low, high, n=200):
    return Estimate(Interval(value, low, high, n))


@pytest.fixture
def rejected():
    """A rejected concept of which everything was measured."""
    return ConceptEffect(
        concept_id="c",
        status=ConceptStatus.REJECTED,
        previous=ConceptStatus.NEW,
        macro_f1=figure(0.012, -0.002, 0.027),
        macro_f1_before=0.7,
        macro_f1_after=0.712,
        weight_before=figure(0.31, 0.25, 0.36, 23),
        weight_after=figure(0.04, 0.01, 0.07, 23),
        agreement_before=figure(0.6, 0.5, 0.7, 40),
        agreement_after=figure(0.8, 0.7, 0.9, 40),
        agreement=figure(0.2, 0.05, 0.35, 80),
        n_counterexamples=12,
        run_number=3,
        codebook_version=1,
        measured_at=AT,
    )


def test_rejected_concept_shows_its_strength_first_then_the_hold_out(rejected):
    """An interval that holds zero is never told as a gain."""
    words = effect_words(rejected)

    of_strength, of_score = words.lines
    assert of_strength == (
        "Its strength before: 0.31 [0.25, 0.36], n = 23; after: 0.04 [0.01, 0.07], n = 23 messages "
        "with it that the machine had not learnt from."
    )
    assert of_score == (
        "Macro-F1 on the hold-out by rejecting it: +0.012 [-0.002, +0.027], n = 200; that may be "
        "chance."
    )
    [of_agreement] = words.details
    assert of_agreement == (
        "First answers to messages with it agreed in 0.60 [0.50, 0.70], n = 40 pairs before and "
        "in 0.80 [0.70, 0.90], n = 40 after: +0.200 [+0.050, +0.350], n = 80."
    )
    assert words.strengths == (0.31, 0.04)
    assert is_unlearnt(words)


def test_adopted_concept_shows_the_hold_out_alone(rejected):
    adopted = replace(rejected, status=ConceptStatus.ADOPTED, macro_f1=figure(0.03, 0.01, 0.05))

    assert effect_words(adopted).lines == (
        "Macro-F1 on the hold-out by adopting it: +0.030 [+0.010, +0.050], n = 200.",
    )


def test_no_change_at_all_is_called_so(rejected):
    same = replace(rejected, macro_f1=figure(0.0, 0.0, 0.0))

    assert effect_words(same).lines[1].endswith("n = 200; nothing changed.")


def test_adopting_what_stood_in_the_lexicon_is_said_to_change_nothing(rejected):
    missing = Estimate(None, "It changed nothing: the term stood in the lexicon already.")
    adopted = replace(rejected, status=ConceptStatus.ADOPTED, macro_f1=missing)

    assert effect_words(adopted).lines == (
        "Adopting it changed nothing: the term stood in the lexicon already.",
    )


def test_what_is_undefined_is_told_with_its_reason(rejected):
    """Neither a zero nor a gap stands where a figure is missing."""
    missing = Estimate(None, "No hold-out message is judged.")
    unknown = replace(rejected, macro_f1=missing, weight_after=missing, agreement=missing)

    words = effect_words(unknown)

    assert words.strengths is None
    assert not is_unlearnt(words)
    for line in (*words.lines, *words.details):
        assert line.endswith("No hold-out message is judged.")
