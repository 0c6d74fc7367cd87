"""From “wrong reason” in the journal to a machine that no longer goes by it, and back."""

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.machine.recipes.run_folder import load_run
from rhml_core.workflows.concepts.effects import effects_of
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.journal import journal
from tests.workflows.concepts.decoyed_mail import (
    DECOY,
    decoyed_texts,
    find_concept,
    judge_decoyed,
    trainer,
)


@pytest.fixture
def train(place, team, project, monkeypatch):
    return trainer(place, team["sue"], project, monkeypatch)


@pytest.fixture
def concept(place, team, project, add_messages, add_labels, train):
    """What the first run surfaced of the decoy."""
    judge_decoyed(add_messages, add_labels)
    train()
    return find_concept(journal.list_concepts(place, team["ana"], project.project_id))


def rise(machine):
    """How much likelier spam is with the decoy in a message than without it."""
    spam = machine.labels.index("spam")
    found = machine.predict([f"please {DECOY} today message", "please today message"])
    return found[0, spam] - found[1, spam]


def test_rejected_concept_is_unlearnt_at_the_next_training_and_its_effect_recorded(
    place, team, project, concept, train
):
    """The whole path: reject, train, ask; the hold-out says what it brought."""
    where, ana = project.project_id, team["ana"]
    before = rise(place.machines.live(where))
    first = train(key="as it was")

    journal.reject_concept(place, ana, where, concept.concept_id, reason="by chance", key="no")
    after = rise(place.machines.live(where))
    second = train(key="untaught")

    assert before > 0.1
    assert abs(after) < before / 5
    of_runs = [_rise_of_run(place, run) for run in (first, second)]
    assert abs(of_runs[1]) < of_runs[0] / 5
    effect = effects_of(place.db, where)[concept.concept_id]
    assert (effect.previous, effect.status) == (ConceptStatus.NEW, ConceptStatus.REJECTED)
    assert effect.weight_before.interval.low > 0.1
    assert abs(effect.weight_after.interval.value) < effect.weight_before.interval.value / 5
    assert effect.macro_f1.interval.n == 48
    assert effect.macro_f1_after > effect.macro_f1_before
    assert effect.n_counterexamples > 0
    assert effect.run_number == second.number


def test_weight_is_told_by_messages_that_did_not_teach(place, team, project, add_messages, concept):
    """Twelve that nobody judged are enough; the very text of a judged one was taught with it."""
    where = project.project_id
    unjudged = [f"please {DECOY} today message {n}" for n in range(12)]
    twin = next(text for text in decoyed_texts().values() if DECOY in text)
    add_messages({f"u{n}": text for n, text in enumerate([*unjudged, twin])})

    journal.reject_concept(place, team["ana"], where, concept.concept_id, key="no")

    effect = effects_of(place.db, where)[concept.concept_id]
    before, after = effect.weight_before.interval, effect.weight_after.interval
    assert before.n == after.n == 12
    assert abs(after.value) < before.value / 3


def _rise_of_run(place, run):
    loaded = load_run(place.settings.runs_folder / run.folder)
    encoder = place.machines.base_encoder()

    class Asked:
        labels = loaded.head.labels

        @staticmethod
        def predict(texts):
            return loaded.head.predict_proba(encoder.encode(texts), loaded.head.wording.read(texts))

    return rise(Asked)


def test_reopened_concept_teaches_no_more_and_that_is_measured_as_such(
    place, team, project, concept
):
    where, ana = project.project_id, team["ana"]
    before = rise(place.machines.live(where))

    journal.reject_concept(place, ana, where, concept.concept_id, key="no")
    first = effects_of(place.db, where)[concept.concept_id]
    journal.reopen_concept(place, ana, where, concept.concept_id, key="back")
    second = effects_of(place.db, where)[concept.concept_id]

    assert rejected_terms(place.db, where) == ()
    assert rise(place.machines.live(where)) == pytest.approx(before)
    assert (second.previous, second.status) == (ConceptStatus.REJECTED, ConceptStatus.NEW)
    assert second.macro_f1_before == pytest.approx(first.macro_f1_after)
    assert second.weight_after.interval.value == pytest.approx(first.weight_before.interval.value)
    assert second.n_counterexamples == 0


def test_only_what_stands_rejected_is_untaught(place, team, project, concept):
    where, ana = project.project_id, team["ana"]
    journal.adopt_concept(place, ana, where, concept.concept_id, key="yes")
    adopted = rejected_terms(place.db, where)

    journal.reject_concept(place, ana, where, concept.concept_id, key="no")

    assert adopted == ()
    assert (DECOY, concept.label) in rejected_terms(place.db, where)


def test_counterexamples_are_read_once_in_the_serving_process(place, team, project, concept):
    """Every few judgements the head is taught anew; what it read before it reads no more."""
    where = project.project_id
    journal.reject_concept(place, team["ana"], where, concept.concept_id, key="no")
    place.machines.refresh(where)
    encoder = place.machines.base_encoder()
    n_read = encoder.n_encoded

    place.machines.refresh(where)

    assert encoder.n_encoded == n_read
