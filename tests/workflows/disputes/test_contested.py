"""Open messages: what settling them would teach, and the filters that pick some out."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.workflows.disputes.contested import OpenMessages, open_messages
from rhml_core.workflows.disputes.contested_filters import ContestedFilters, filter_choices, fitting
from rhml_core.workflows.disputes.contested_influence import influence, n_nearest
from rhml_core.workflows.disputes.disagreements import open_disagreements
from rhml_core.workflows.files import importing
from tests.workflows.learner.finished_turns import say


@pytest.fixture
def several(add_messages, add_labels):
    """Votes 1:1 on m1, 2:1 on m2, unanimous on m3 and m4."""
    add_messages({name: f"text of {name}" for name in ("m1", "m2", "m3", "m4")})
    add_labels(
        [
            ("m1", "Ana", "ham"),
            ("m1", "Ben", "spam"),
            ("m2", "Ana", "ham"),
            ("m2", "Ben", "ham"),
            ("m2", "Cy", "spam"),
            ("m3", "Ana", "ham"),
            ("m3", "Ben", "ham"),
            ("m4", "Ana", "ham"),
        ]
    )


def wanted(place, person, project, **filters):
    found = open_disagreements(
        place, person, project.project_id, filters=ContestedFilters(**filters)
    )
    return found["message_id"].to_list()


def test_rank_is_the_product_of_the_three_factors(place, team, project, several):
    """Influence is unknown before the machine speaks, and then changes nothing."""
    say(place, project, "m2", "spam", 0.9)
    say(place, project, "m3", "spam", 0.8)

    ranked = open_messages(place, team["sue"], project.project_id).ranked

    two_to_one = -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3))
    expected = {
        "m2": (two_to_one, 0.9 * 2 / 3),
        "m1": (1.0, 0.0),
        "m3": (0.0, 0.8),
    }
    assert ranked["message_id"].to_list() == list(expected)
    for row in ranked.iter_rows(named=True):
        entropy, conflict = expected[row["message_id"]]
        assert row["entropy"] == pytest.approx(entropy)
        assert row["conflict"] == pytest.approx(conflict)
        assert row["worth"] == pytest.approx((1 + entropy) * (1 + conflict))
        assert row["n_alike"] is None


def test_unjudged_messages_count_for_the_nearest_judged_one():
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.8, 0.6], [0.6, 0.8], [0.6, 0.8]])

    counts = n_nearest(vectors, np.array([0, 1]), np.array([2, 3, 4]))

    assert counts.tolist() == [1, 2]


def test_nothing_unjudged_or_judged_counts_nothing():
    vectors = np.eye(3)
    nothing = np.array([], dtype=np.int64)

    assert n_nearest(vectors, np.array([0, 1]), nothing).tolist() == [0, 0]
    assert n_nearest(vectors, nothing, np.array([0])).tolist() == []


@given(n_judged=st.integers(1, 6), n_unjudged=st.integers(0, 30), seed=st.integers(0, 2**16))
def test_every_unjudged_message_counts_once(n_judged, n_unjudged, seed):
    """Against the plain search for the nearest one."""
    vectors = np.random.default_rng(seed).normal(size=(n_judged + n_unjudged, 5))
    judged, unjudged = np.arange(n_judged), np.arange(n_judged, n_judged + n_unjudged)

    counts = n_nearest(vectors, judged, unjudged)

    nearest = [max(judged, key=lambda one: vectors[row] @ vectors[one]) for row in unjudged]
    assert counts.tolist() == [nearest.count(one) for one in judged]


def test_sampled_counts_add_up_to_about_all(monkeypatch):
    monkeypatch.setattr("rhml_core.workflows.disputes.contested_influence._FEWEST_SAMPLED", 400)
    monkeypatch.setattr("rhml_core.workflows.disputes.contested_influence._MOST_PRODUCTS", 1)
    vectors = np.random.default_rng(0).normal(size=(2_004, 8))

    counts = n_nearest(vectors, np.arange(4), np.arange(4, 2_004))

    assert counts.sum() == pytest.approx(2_000, abs=4)
    exact = n_nearest_of_all(vectors)
    assert np.abs(counts - exact).max() < 200


def n_nearest_of_all(vectors):
    return np.bincount((vectors[4:] @ vectors[:4].T).argmax(axis=1), minlength=4)


def test_influence_is_of_the_pool_and_survives_decisions(
    place, team, project, add_messages, add_labels
):
    """Kept while the same messages are judged, so that a decision does not cost a search."""
    judged = {f"j{n}": f"cheap pills {n}" for n in range(6)} | {
        f"k{n}": f"notes of monday {n}" for n in range(6)
    }
    add_messages(
        judged | {f"u{n}": f"cheap pills and offers {n}" for n in range(8)} | {"h": "x"},
        holdout=["h"],
    )
    add_labels(
        [(name, "Ana", "spam" if name.startswith("j") else "ham") for name in judged]
        + [("j0", "Ben", "ham"), ("h", "Ana", "ham"), ("h", "Ben", "spam")]
    )
    place.machines.refresh(project.project_id)

    first = influence(place, project.project_id)
    add_labels([("j0", "Sue", "spam")], adjudicated=True)
    again = influence(place, project.project_id)

    assert again is first
    assert first["n_alike"].sum() == 8
    assert "h" not in first["message_id"]
    found = open_messages(place, team["sue"], project.project_id).ranked
    assert dict(found.select("message_id", "n_alike").rows())["h"] is None


def test_people_and_labels_filter(place, team, project, several):
    say(place, project, "m3", "spam", 0.8)
    sue = team["sue"]

    assert wanted(place, sue, project) == ["m1", "m2", "m3"]
    assert wanted(place, sue, project, kind="machine") == ["m3"]
    assert wanted(place, sue, project, kind="experts") == ["m1", "m2"]
    assert wanted(place, sue, project, label_pair=("spam", "ham")) == ["m1", "m2", "m3"]
    assert wanted(place, sue, project, label_pair=("spam", "leak")) == []
    assert wanted(place, sue, project, expert_id="cy") == ["m2"]


def test_expert_pair_wants_messages_on_which_the_two_differ(place, team, project, several):
    sue = team["sue"]

    assert wanted(place, sue, project, expert_pair=("ana", "ben")) == ["m1"]
    assert wanted(place, sue, project, expert_pair=("cy", "ben")) == ["m2"]
    assert wanted(place, sue, project, expert_pair=("cy", "nobody")) == []


def test_expert_pair_with_two_labels_wants_just_these_of_the_two(place, project):
    """Someone else's label does not make it the two's own difference."""
    votes = pl.DataFrame(
        [
            ("m1", "ana", "ham"),
            ("m1", "ben", "spam"),
            ("m2", "ana", "ham"),
            ("m2", "ben", "leak"),
            ("m2", "cy", "spam"),
        ],
        schema=["message_id", "expert_id", "label"],
        orient="row",
    )
    ranked = votes.group_by("message_id", maintain_order=True).agg(
        labels="label", expert_ids="expert_id", machine_label=pl.lit(None, pl.String)
    )
    found = OpenMessages(ranked, votes)
    labels = ("spam", "ham")

    of_anyone, of_the_two = (
        fitting(place.db, project.project_id, found, wanted)["message_id"].to_list()
        for wanted in (
            ContestedFilters(label_pair=labels),
            ContestedFilters(label_pair=labels, expert_pair=("ana", "ben")),
        )
    )

    assert of_anyone == ["m1", "m2"]
    assert of_the_two == ["m1"]


def test_cycle_is_the_one_of_the_last_judgement(place, team, project, several):
    sue = team["sue"]

    assert wanted(place, sue, project, cycle=1) == ["m1", "m2"]
    assert wanted(place, sue, project, cycle=2) == []


def test_metadata_filters_by_name_and_value(place, team, project, add_labels):
    rows = "id,text,channel,a~/b\nm1,one,web,x\nm2,two,mail,x\nm3,three,web,y\n"
    prepared = importing.check_messages(
        place, team["sue"], project.project_id, rows.encode(), "m.csv"
    )
    importing.import_messages(
        place, team["sue"], project.project_id, prepared, file_name="m.csv", key="m"
    )
    add_labels(
        [
            (name, who, label)
            for name in ("m1", "m2", "m3")
            for who, label in (("Ana", "ham"), ("Ben", "spam"))
        ]
    )

    choices = filter_choices(place, team["sue"], project.project_id)

    assert choices.metadata == [
        ("a~/b", "x", 2),
        ("a~/b", "y", 1),
        ("channel", "web", 2),
        ("channel", "mail", 1),
    ]
    assert wanted(place, team["sue"], project, metadata=("channel", "web")) == ["m1", "m3"]
    assert wanted(place, team["sue"], project, metadata=("a~/b", "y")) == ["m3"]


def test_choices_count_the_pairs(place, team, project, several):
    say(place, project, "m3", "spam", 0.8)

    choices = filter_choices(place, team["sue"], project.project_id)

    assert choices.label_pairs == [("ham", "spam", 3)]
    assert choices.n_cycles == 1
    assert choices.metadata == []


def test_experts_choose_only_among_what_they_may_see(place, team, project, several):
    """Ben has not judged m4, so what Ana and the machine say of it must not reach him."""
    say(place, project, "m4", "spam", 0.8)

    found = open_messages(place, team["ben"], project.project_id)

    assert "m4" not in found.ranked["message_id"]
    assert "m4" not in found.votes["message_id"]
    assert "m4" in wanted(place, team["sue"], project)


def test_new_answers_are_seen_at_once(place, team, project, several, add_labels):
    before = wanted(place, team["sue"], project)
    add_labels([("m4", "Ben", "spam")])

    assert set(wanted(place, team["sue"], project)) - set(before) == {"m4"}


def test_no_answers_leave_empty_columns(place, team, project):
    found = open_messages(place, team["sue"], project.project_id)

    rows = fitting(place.db, project.project_id, found, ContestedFilters(cycle=1, kind="experts"))
    assert rows.is_empty()
    assert rows.columns == found.ranked.columns
