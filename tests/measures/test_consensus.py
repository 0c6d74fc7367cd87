"""What most people said, and what to teach and measure against."""

from collections import Counter

import pandas as pd
import polars as pl
import pytest
from crowdkit.aggregation import MajorityVote
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rhml_core.domain import MACHINE_RATER
from rhml_core.measures.consensus import majority_labels, reference_labels

SCHEMA = {"message_id": pl.String, "expert_id": pl.String, "label": pl.String}
ADJUDICATED = {"message_id": pl.String, "label": pl.String}

votes = st.dictionaries(
    st.tuples(st.sampled_from(["m1", "m2", "m3"]), st.sampled_from(["ana", "ben", "cleo", "dan"])),
    st.sampled_from(["ham", "spam", "threat"]),
    max_size=12,
)


def frame(of):
    """The labels frame of a dictionary `{(message, rater): label}`."""
    return pl.DataFrame([(*key, label) for key, label in of.items()], schema=SCHEMA, orient="row")


def decided(**of):
    """The frame of what was adjudicated."""
    return pl.DataFrame(list(of.items()), schema=ADJUDICATED, orient="row")


def test_majority_wins_and_a_tie_has_no_label():
    labels = frame(
        {
            ("m2", "ana"): "ham",
            ("m2", "ben"): "spam",
            ("m1", "ana"): "ham",
            ("m1", "ben"): "spam",
            ("m1", "cleo"): "spam",
            ("m3", "ana"): "threat",
        }
    )

    majority = majority_labels(labels)

    assert majority.rows() == [
        ("m1", "spam", pytest.approx(2 / 3), 3, False),
        ("m2", None, 0.5, 2, True),
        ("m3", "threat", 1.0, 1, False),
    ]


def test_two_first_places_ahead_of_a_third_label_are_a_tie():
    """Two ham, two spam, one threat: 2/5 is the share of either winner."""
    said = dict(zip("abcde", ["ham", "spam", "threat", "spam", "ham"], strict=True))

    majority = majority_labels(frame({("m1", rater): label for rater, label in said.items()}))

    assert majority.rows() == [("m1", None, 0.4, 5, True)]


def test_machine_has_no_vote():
    """A consensus that the machine sways would teach the machine its own answers."""
    labels = frame(
        {
            ("m1", "ana"): "ham",
            ("m1", MACHINE_RATER): "spam",
            ("m2", MACHINE_RATER): "spam",
        }
    )

    majority = majority_labels(labels)

    assert majority.rows() == [("m1", "ham", 1.0, 1, False)]


@given(votes)
def test_majority_equals_a_count_by_hand(of):
    majority = {row["message_id"]: row for row in majority_labels(frame(of)).to_dicts()}

    assert list(majority) == sorted({message for message, _ in of})
    for message, row in majority.items():
        ranked = Counter(label for (m, _), label in of.items() if m == message).most_common()
        best = [label for label, n in ranked if n == ranked[0][1]]
        assert row["n"] == sum(n for _, n in ranked)
        assert row["share"] == pytest.approx(ranked[0][1] / row["n"])
        assert row["is_tied"] == (len(best) > 1)
        assert row["label"] == (None if len(best) > 1 else best[0])


def test_majority_equals_crowd_kit_where_votes_do_not_tie():
    of = {
        (f"m{number:02}", rater): "ham" if (number * step) % 7 < 3 else "spam"
        for number in range(30)
        for step, rater in enumerate(["ana", "ben", "cleo"], start=1)
    }
    crowd = pd.DataFrame(
        [(*key, label) for key, label in of.items()], columns=["task", "worker", "label"]
    )

    majority = majority_labels(frame(of))

    expected = MajorityVote().fit_predict(crowd)
    found = dict(majority.select("message_id", "label").rows())
    assert found == expected.to_dict()
    assert set(found.values()) == {"ham", "spam"}


@given(votes, st.randoms())
def test_order_of_rows_changes_no_reference(of, random):
    shuffled = list(of.items())
    random.shuffle(shuffled)
    adjudicated = decided(m1="ham")

    first = reference_labels(frame(of), adjudicated)
    second = reference_labels(frame(dict(shuffled)), adjudicated)

    assert_frame_equal(first, second)


def test_adjudicated_label_outdoes_the_majority_and_ties_are_absent():
    labels = frame(
        {
            ("m1", "ana"): "ham",
            ("m1", "ben"): "ham",
            ("m2", "ana"): "ham",
            ("m2", "ben"): "ham",
            ("m2", "cleo"): "spam",
            ("m3", "ana"): "ham",
            ("m3", "ben"): "spam",
        }
    )

    reference = reference_labels(labels, decided(m1="spam", m9="threat"))

    assert reference.rows() == [
        ("m1", "spam", 1.0, "adjudicated"),
        ("m2", "ham", pytest.approx(2 / 3), "consensus"),
        ("m9", "threat", 1.0, "adjudicated"),
    ]


def test_nobody_is_measured_against_their_own_labels():
    """Without Ana, her lone message is unknown, a tie is decided, a verdict stays."""
    labels = frame(
        {
            ("m1", "ana"): "ham",
            ("m2", "ana"): "ham",
            ("m2", "ben"): "spam",
            ("m3", "ana"): "ham",
        }
    )

    reference = reference_labels(labels, decided(m3="ham"), without="ana")

    assert reference.rows() == [
        ("m2", "spam", 1.0, "consensus"),
        ("m3", "ham", 1.0, "adjudicated"),
    ]


def test_nothing_known_keeps_the_columns():
    nothing = frame({})

    assert majority_labels(nothing).schema == {
        "message_id": pl.String,
        "label": pl.String,
        "share": pl.Float64,
        "n": pl.Int64,
        "is_tied": pl.Boolean,
    }
    assert reference_labels(nothing, decided()).schema == {
        "message_id": pl.String,
        "label": pl.String,
        "weight": pl.Float64,
        "source": pl.String,
    }
