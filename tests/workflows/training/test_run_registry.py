"""The registry of runs: who settles messages is not told the machine's answers before."""

import pytest

from rhml_core.domain import RunState
from rhml_core.errors import NotAllowedError
from rhml_core.workflows.training.run_registry import (
    compare,
    confusion_messages,
    label_messages,
    surest_mistakes,
)
from tests.app.training_fixtures import N_HOLDOUT, N_MESSAGES, begin_study


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    study.fill()
    yield study
    study.place.close()


def _judge_holdout(study):
    """Two experts agree on each hold-out message, which gives it a reference; none is settled."""
    labels = {f"m{n}": ("Sale", "Leak")[n % 2] for n in range(N_HOLDOUT)}
    study.judge(labels, by="Ana")
    study.judge(labels, by="Ben")


def _compare(study, first, second):
    return compare(study.place, study.admin, study.project.project_id, first.run_id, second.run_id)


def test_changed_messages_of_the_holdout_are_listed_once_they_are_settled(study):
    """A list of them would tell a supervisor what the machine says of what is to be settled."""
    _judge_holdout(study)
    first, second = study.register_run(4, RunState.PROMOTED), study.register_run(1)

    before = _compare(study, first, second)
    study.judge({"m2": "Sale"}, adjudicated=True)
    after = _compare(study, first, second)

    assert before.changed.is_empty()
    assert (before.n_changed, before.n_messages) == (3, N_MESSAGES)
    assert before.comparison is not None
    assert after.changed["message_id"].to_list() == ["m2"]
    assert after.n_changed == 3


def test_a_cell_of_the_confusion_lists_settled_messages_alone(study):
    _judge_holdout(study)
    run = study.register_run(4, RunState.PROMOTED)
    where = (study.place, study.admin, study.project.project_id, run.run_id, "Sale", "Leak")

    before = confusion_messages(*where)
    study.judge({"m2": "Sale"}, adjudicated=True)
    after = confusion_messages(*where)

    assert before.is_empty()
    assert after["message_id"].to_list() == ["m2"]


def test_a_labels_messages_are_those_that_have_it_and_those_given_it(study):
    """Sale is even, and a run with three wrong swaps m0, m1 and m2."""
    study.judge_all()
    run = study.register_run(3, RunState.PROMOTED)

    found = label_messages(study.place, study.admin, study.project.project_id, run.run_id, "Sale")

    by_outcome = {
        outcome: rows["message_id"].to_list()
        for (outcome,), rows in found.group_by("outcome", maintain_order=True)
    }
    assert by_outcome == {
        "missed": ["m0", "m2"],
        "mistaken": ["m1"],
        "right": [f"m{n}" for n in range(4, N_HOLDOUT, 2)],
    }


def test_a_labels_messages_of_the_holdout_are_listed_once_they_are_settled(study):
    _judge_holdout(study)
    run = study.register_run(4, RunState.PROMOTED)
    where = (study.place, study.admin, study.project.project_id, run.run_id, "Sale")

    before = label_messages(*where)
    study.judge({"m2": "Sale"}, adjudicated=True)
    after = label_messages(*where)

    assert before.is_empty()
    assert after.select("message_id", "outcome").rows() == [("m2", "missed")]


def test_a_labels_messages_are_for_supervisors(study):
    study.judge_all()
    run = study.register_run(3, RunState.PROMOTED)

    with pytest.raises(NotAllowedError):
        label_messages(study.place, study.expert, study.project.project_id, run.run_id, "Sale")


def test_surest_mistakes_are_those_that_differ_from_the_reference(study):
    """A run with three wrong swaps m0, m1 and m2."""
    study.judge_all()
    run = study.register_run(3, RunState.PROMOTED)

    found = surest_mistakes(study.place, study.admin, study.project.project_id, run.run_id)

    assert sorted(found["message_id"]) == ["m0", "m1", "m2"]
    assert found["probability"].is_sorted(descending=True)
