"""A project on one page: counts, examples that may be shown, and figures with their reasons."""

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.errors import NotFoundError
from rhml_core.figures import Interval
from rhml_core.store import concepts
from rhml_core.workflows.overview.home import next_step
from rhml_core.workflows.overview.overview import project_overview
from tests.app.store_fixtures import add_run, make_concept
from tests.workflows.learner.finished_turns import TurnWriter


def _look(place, who, project):
    return project_overview(place, who, project.project_id)


def _examples(found):
    return {one.name: (one.n, one.example) for one in found.labels}


@pytest.mark.parametrize("name", ["vic", "ana", "sue"])
def test_empty_project_says_what_is_missing(place, team, project, name):
    found = _look(place, team[name], project)

    assert (found.n_messages, found.n_labelled, found.n_experts, found.n_adopted) == (0, 0, 0, 0)
    assert _examples(found) == {"ham": (0, ""), "spam": (0, "")}
    assert found.alpha is None
    assert found.agreement_words
    assert (found.machine.run_number, found.machine.macro_f1) == (None, None)
    assert "No trained machine" in found.machine.missing


def test_unknown_project_is_told(place, team):
    with pytest.raises(NotFoundError):
        project_overview(place, team["vic"], "nowhere")


def test_labels_are_counted_and_exemplified_from_the_pool_alone(
    place, team, project, add_messages, add_labels
):
    """The hold-out counts but is never shown; of the pool, the example of the readiest length."""
    good = "an example that is about as long as it should be, so that it can be read at a glance"
    add_messages({"m1": "short", "m2": good, "m3": "buy", "h1": "held out " * 10}, holdout=["h1"])
    add_labels([(name, "Sue", "ham") for name in ("m1", "m2", "h1")], adjudicated=True)
    add_labels([("m3", "Ana", "spam"), ("m3", "Ben", "ham")])

    found = _look(place, team["vic"], project)

    assert _examples(found) == {"ham": (3, good), "spam": (0, "")}
    assert (found.n_messages, found.n_labelled, found.n_full) == (4, 3, 4)
    assert (found.n_experts, found.n_simulated) == (2, 0)


def test_example_is_not_shown_to_an_expert_who_may_still_get_the_message(
    place, team, project, add_messages, add_labels
):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ana", "spam")])

    seen = {name: _examples(_look(place, team[name], project))["spam"] for name in ("ana", "ben")}

    assert seen == {"ana": (1, "free money"), "ben": (1, "")}
    assert _examples(_look(place, team["vic"], project))["spam"] == (1, "free money")


def test_agreement_machine_and_adopted_concepts_are_told(
    place, team, project, add_messages, add_labels
):
    add_messages({"m1": "free money", "m2": "lunch", "m3": "win cash"})
    for name in ("Ana", "Ben"):
        add_labels([("m1", name, "spam"), ("m2", name, "ham"), ("m3", name, "spam")])
    write = TurnWriter(place, project)
    write.run(1, macro_f1=0.8)
    found = [make_concept(term) for term in ("cash", "money", "win")]
    add_run(place, project, 2, {"m1": ("spam", 0.9)}, found)
    with place.db.atomic() as transaction:
        for one in found:
            concepts.add_decision(
                transaction,
                project.project_id,
                one.concept_id,
                ConceptStatus.ADOPTED,
                reason="",
                person_id="sue",
                at=write.now,
            )

    seen = _look(place, team["vic"], project)

    assert seen.alpha.value == pytest.approx(1.0)
    assert (seen.machine.run_number, seen.machine.measured_on) == (1, "hold-out")
    assert seen.machine.macro_f1 == Interval(0.8, 0.8 - 0.1, 0.8 + 0.1, 50)
    assert seen.n_adopted == 3
    assert len(seen.adopted) == 2
    assert all(label == "spam" for _, label in seen.adopted)


def test_home_sends_viewers_there(place, team, project, add_messages):
    add_messages({"m1": "free money"})

    step = next_step(place, team["vic"], project.project_id)

    assert step.view == "overview"
