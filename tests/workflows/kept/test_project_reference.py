"""How likely each label is by people's votes, worked out once until something is judged."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from rhml_core.measures.consensus import reference_labels
from rhml_core.store import judgements
from rhml_core.workflows.kept import project_reference
from rhml_core.workflows.kept.project_reference import posterior_of, project_posterior
from tests.workflows.agreement.test_agreement import _votes


@pytest.fixture
def judged(project, add_messages, add_labels):
    """Sixty messages that Ana, Ben and Cy judged."""
    add_messages({f"m{n}": f"text number {n}" for n in range(60)})
    add_labels(_votes(60))
    return project


def test_likeliest_label_of_the_posterior_is_the_reference(place, judged):
    """Else a supervisor would be told of other odds than those that training follows."""
    known = project_reference.project_reference(place.db, judged.project_id)

    told = {
        name: posterior_of(place.db, judged.project_id, name)[0] for name in known["message_id"]
    }

    assert project_posterior(place.db, judged.project_id).height == 120
    assert [label for label, _ in told.values()] == known["label"].to_list()
    assert [share for _, share in told.values()] == pytest.approx(known["weight"].to_list())


def test_counted_votes_have_no_posterior(place, project, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham")])

    found = project_posterior(place.db, project.project_id)

    assert found.schema == {
        "message_id": pl.String,
        "label": pl.String,
        "probability": pl.Float64,
    }
    assert posterior_of(place.db, project.project_id, "m1") == ()


def test_decision_makes_the_label_certain(place, judged, add_labels):
    before = posterior_of(place.db, judged.project_id, "m1")
    other = before[1][0]

    add_labels([("m1", "Sue", other)], adjudicated=True)
    after = posterior_of(place.db, judged.project_id, "m1")

    assert after[0] == (other, 1.0)
    assert judgements.adjudicated_labels(place.db, judged.project_id).height == 1


@pytest.mark.parametrize("is_decision", [False, True])
def test_votes_are_read_anew_only_where_one_was_given(
    place, judged, add_labels, monkeypatch, is_decision
):
    """Reading them is the longest part, and a supervisor decides on one message after the other."""
    project_posterior(place.db, judged.project_id)
    read = judgements.current_labels
    calls = []
    monkeypatch.setattr(
        judgements, "current_labels", lambda *args: calls.append(args) or read(*args)
    )

    add_labels([("m1", "Ana", "spam")], adjudicated=is_decision)
    after = project_reference.project_reference(place.db, judged.project_id)

    assert len(calls) == (0 if is_decision else 1)
    assert_frame_equal(
        after,
        reference_labels(
            read(place.db, judged.project_id),
            judgements.adjudicated_labels(place.db, judged.project_id),
        ),
    )
