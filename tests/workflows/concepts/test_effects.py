"""The effects of decisions: what is measured, on what, when, and what is never looked at."""

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.errors import NotFoundError
from rhml_core.store.concept_effects import effects
from rhml_core.workflows.concepts import effects as concept_effects
from rhml_core.workflows.concepts.effect_measuring import measure_decision, schedule_measuring
from rhml_core.workflows.concepts.effects import (
    effects_of,
    expected_effect,
)
from rhml_core.workflows.journal import journal
from tests.workflows.concepts.decoyed_mail import find_concept, judge_decoyed, trainer
from tests.workflows.training.quick_runs import judge_all


@pytest.fixture
def train(place, team, project, monkeypatch):
    return trainer(place, team["sue"], project, monkeypatch)


@pytest.fixture
def concept(place, team, project, add_messages, add_labels, train):
    """What the first run surfaced of a word that is a reason by chance alone."""
    judge_decoyed(add_messages, add_labels)
    train()
    return find_concept(journal.list_concepts(place, team["ana"], project.project_id))


@pytest.fixture
def adopted(place, team, project, concept):
    journal.adopt_concept(place, team["ana"], project.project_id, concept.concept_id, key="yes")
    return concept


def test_adoption_is_measured_by_taking_the_term_away_again(place, project, adopted):
    effect = effects_of(place.db, project.project_id)[adopted.concept_id]

    assert (effect.previous, effect.status) == (ConceptStatus.NEW, ConceptStatus.ADOPTED)
    change = effect.macro_f1.interval
    assert change.n == 48
    assert change.value == pytest.approx(effect.macro_f1_after - effect.macro_f1_before)
    assert change.low <= change.value <= change.high
    assert effect.weight_after.interval.value > effect.weight_before.interval.value
    assert effect.n_counterexamples == 0


def test_effect_belongs_to_its_state_and_is_measured_again_after_each_run(
    place, team, project, adopted, train
):
    """The same state is measured once; a run makes another."""
    where = project.project_id
    schedule_measuring(place.db, place.machines, where)
    before = effects(place.db, where, adopted.concept_id)

    second = train(key="again")

    after = effects(place.db, where, adopted.concept_id)
    assert [one.run_number for one in before] == [1]
    assert [one.run_number for one in after] == [1, second.number]
    assert not measure_decision(place.db, place.machines, where, adopted.concept_id)


def test_agreement_counts_pairs_wholly_before_and_wholly_after(
    place, team, project, concept, add_labels
):
    """
    Before: two pairs on messages with the term, one of them alike; after: one pair, alike.

    A message that Ana judged before and Ben after the decision is neither.
    """
    where, ana = project.project_id, team["ana"]
    with_term = list(concept.messages_for)[:4]
    add_labels([(with_term[0], "Ben", "spam"), (with_term[1], "Ben", "ham")])
    journal.adopt_concept(place, ana, where, concept.concept_id, key="yes")
    add_labels([(with_term[2], "Ben", "spam")])
    add_labels([(name, who, "spam") for name in ("y1",) for who in ("Ana", "Ben")])

    measure_decision(place.db, place.machines, where, concept.concept_id)

    effect = effects_of(place.db, where)[concept.concept_id]
    before, after = effect.agreement_before.interval, effect.agreement_after.interval
    assert (before.value, before.n) == (0.5, 2)
    assert (after.value, after.n) == (1.0, 1)
    change = effect.agreement.interval
    assert (change.value, change.n) == (0.5, 3)
    assert change.low < 0 < change.high


def test_undefined_figures_say_why(place, team, project, add_messages, add_labels, train):
    """Nobody judged twice, and nothing is held out: no figure, a sentence each."""
    where, ana = project.project_id, team["ana"]
    judge_all(add_messages, add_labels)
    train()
    concept = journal.list_concepts(place, ana, where)[0]

    journal.adopt_concept(place, ana, where, concept.concept_id, key="yes")

    effect = effects_of(place.db, where)[concept.concept_id]
    assert effect.macro_f1.interval is None
    assert "Only 0 hold-out messages have a reference label" in effect.macro_f1.missing
    assert effect.macro_f1_before is None
    assert effect.agreement.interval is None
    assert (
        "judged by two people without the machine before the decision" in effect.agreement.missing
    )
    assert effect.weight_before.interval is not None


def test_expected_effect_never_looks_at_the_hold_out(
    place, team, project, concept, add_labels, monkeypatch
):
    """Before a decision nobody may tune on it: other hold-out labels change nothing at all."""
    where, vic = project.project_id, team["vic"]
    first = expected_effect(place, vic, where, concept.concept_id)
    add_labels([(f"{kind}{n}", "Sue", "ham") for kind in "xy" for n in range(24)], adjudicated=True)
    nothing_kept = concept_effects.KeptInMemory(most_places=64)
    monkeypatch.setattr(concept_effects, "_kept_expected", nothing_kept)

    second = expected_effect(place, vic, where, concept.concept_id)

    assert first == second
    assert first.macro_f1.interval.n == 60
    assert "cross-validated on 60 judged training messages" in first.sentence
    assert effects_of(place.db, where) == {}


def test_expected_effect_of_too_few_messages_is_said_in_words(
    place, team, project, concept, monkeypatch
):
    from rhml_core.workflows.concepts import study as concept_study  # noqa: PLC0415 - its limit is raised here

    monkeypatch.setattr(concept_study, "SPEAKS_FROM", 1_000)

    found = expected_effect(place, team["ana"], project.project_id, concept.concept_id)

    assert found.macro_f1.interval is None
    assert found.sentence == found.macro_f1.missing != ""


def test_effect_of_an_unknown_concept_is_not_found(place, team, project):
    with pytest.raises(NotFoundError):
        expected_effect(place, team["vic"], project.project_id, "concept-none")


def test_decision_stands_where_its_effect_cannot_be_measured(
    place, team, project, concept, monkeypatch
):
    from rhml_core.workflows.concepts import effect_measuring  # noqa: PLC0415 - made to fail here

    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(effect_measuring, "open_study", broken)

    found = journal.reject_concept(
        place, team["ana"], project.project_id, concept.concept_id, key="no"
    )

    assert found.status is ConceptStatus.REJECTED
    assert effects_of(place.db, project.project_id) == {}
