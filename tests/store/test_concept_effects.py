"""Effects of decisions in the store: nothing is lost, and the newest decision counts."""

import pytest

from rhml_core.domain import ConceptStatus, Mode
from rhml_core.store import concept_effects, concepts
from rhml_core.store.concept_effects import MeasuredFrom
from tests.app.store_fixtures import add_run, make_concept
from tests.workflows.learner.finished_turns import TurnWriter

STATE = MeasuredFrom(decision=7, newest_event=9, codebook_version=1, run_id="run-1")


@pytest.fixture
def concept_id(place, project):
    """One concept of one run."""
    add_run(place, project, 1, {}, [make_concept("prize")])
    return concepts.list_concepts(place.db, project.project_id)[0].concept_id


def decide(place, project, concept_id, status):
    with place.db.atomic() as transaction:
        concepts.add_decision(
            transaction,
            project.project_id,
            concept_id,
            status,
            reason="",
            person_id="ana",
            at=place.now(),
        )


def keep(place, project, concept_id, state, figures):
    with place.db.atomic() as transaction:
        concept_effects.add_effect(
            transaction, project.project_id, concept_id, state, figures, at=place.now()
        )


def test_newest_decision_knows_the_one_before(place, project, concept_id):
    where = project.project_id
    nothing = concept_effects.newest_decisions(place.db, where)
    decide(place, project, concept_id, ConceptStatus.ADOPTED)
    first = concept_effects.newest_decisions(place.db, where)
    decide(place, project, concept_id, ConceptStatus.REJECTED)

    second = concept_effects.newest_decisions(place.db, where)

    assert nothing == []
    assert [(one.previous, one.status) for one in first] == [
        (ConceptStatus.NEW, ConceptStatus.ADOPTED)
    ]
    assert [(one.previous, one.status) for one in second] == [
        (ConceptStatus.ADOPTED, ConceptStatus.REJECTED)
    ]
    assert second[0].seq > first[0].seq


def test_every_measuring_is_kept_with_its_state_and_run(place, project, concept_id):
    later = MeasuredFrom(decision=7, newest_event=12, codebook_version=2, run_id="")
    keep(place, project, concept_id, STATE, {"a": 1.5})
    keep(place, project, concept_id, later, {"a": None})

    found = concept_effects.effects(place.db, project.project_id)

    assert [one.measured_from for one in found] == [STATE, later]
    assert [one.figures for one in found] == [{"a": 1.5}, {"a": None}]
    assert [one.run_number for one in found] == [1, None]
    assert concept_effects.effects(place.db, project.project_id, "another") == []


def test_figure_that_is_not_a_number_is_refused_and_nothing_is_kept(place, project, concept_id):
    with pytest.raises(ValueError, match="JSON compliant"):
        keep(place, project, concept_id, STATE, {"a": float("nan")})

    assert concept_effects.effects(place.db, project.project_id) == []


def test_unaided_labels_are_first_ones_made_before_the_machine_spoke(
    place, team, project, add_messages
):
    """What was said after the machine, or with it in view from the start, is not unaided."""
    add_messages({"m1": "a prize", "m2": "a prize too"})
    write = TurnWriter(place, project)
    empty = concept_effects.unaided_labels(place.db, project.project_id)
    write.turn(team["ana"], "m1", "ham", machine="spam", final="spam")
    write.turn(team["ben"], "m1", "spam", machine="spam", mode=Mode.IMMEDIATE)
    write.turn(team["ben"], "m2", "ham")

    found = concept_effects.unaided_labels(place.db, project.project_id)

    assert empty.is_empty()
    assert empty.columns == found.columns
    assert found.select("message_id", "expert_id", "label").rows() == [
        ("m1", "ana", "ham"),
        ("m2", "ben", "ham"),
    ]
    assert found["text"].to_list() == ["a prize", "a prize too"]
