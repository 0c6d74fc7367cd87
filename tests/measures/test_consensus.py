"""What most people said, and what to teach and measure against."""

from collections import Counter

import pandas as pd
import polars as pl
import pytest
from crowdkit.aggregation import DawidSkene, MajorityVote
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rhml_core.domain import MACHINE_RATER
from rhml_core.measures.consensus import (
    find_reference,
    likeliest_labels,
    majority_labels,
    posterior_labels,
    reference_labels,
)
from rhml_core.measures.consensus_data import people_ratings, why_too_thin
from rhml_core.measures.dawid_skene import fit_dawid_skene

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


def team(n_messages, *, wrong):
    """Raters of two labels, each wrong on every so-manieth message; 0 is never."""
    truth = ["ham" if number % 2 else "spam" for number in range(n_messages)]
    other = {"ham": "spam", "spam": "ham"}
    return {
        (f"m{number:03}", rater): other[label] if every and number % every == 1 else label
        for number, label in enumerate(truth)
        for rater, every in wrong.items()
    }


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


def test_small_teams_have_their_votes_counted_and_are_told_why():
    labels = frame(team(100, wrong={"ana": 0, "ben": 5}))

    found = find_reference(labels, decided())

    assert found.method == "majority"
    assert found.reason.startswith("Only 2 people have labelled")
    assert found.reason.endswith("the majority's label is taken.")
    assert set(found.labels["weight"]) == {1.0}


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        ({}, "Fewer than two labels"),
        ({("m1", "ana"): "ham", ("m2", "ben"): "ham"}, "Fewer than two labels"),
        ({("m1", "ana"): "ham", ("m2", "ana"): "spam"}, "Only 1 person has labelled"),
        (
            {(f"m{n}", "abc"[n % 3]): "ham" if n % 2 else "spam" for n in range(90)},
            "Messages have 1.00 labels on average",
        ),
        (team(19, wrong={"ana": 0, "ben": 5, "cleo": 7}), "Only 0 of 3 people share 20 messages"),
    ],
)
def test_labels_that_are_too_thin_are_told_in_words(of, reason):
    ratings, _ = people_ratings(frame(of), decided())

    assert why_too_thin(ratings).startswith(reason)


def test_a_few_labels_of_a_newcomer_do_not_undo_what_the_team_carries():
    of = team(60, wrong={"ana": 0, "ben": 5, "cleo": 7}) | {("m001", "zoe"): "ham"}

    ratings, _ = people_ratings(frame(of), decided())

    assert why_too_thin(ratings) is None


def test_average_just_below_two_is_not_shown_as_two():
    """A sentence that says 2.00 is below 2 would puzzle."""
    of = team(1000, wrong={"ana": 0, "ben": 5})
    of |= {("m001", "cleo"): "ham"}
    del of["m002", "ana"], of["m003", "ana"]

    ratings, _ = people_ratings(frame(of), decided())

    assert why_too_thin(ratings).startswith("Messages have 1.99 labels")


def test_votes_of_a_careful_rater_weigh_more_than_those_of_guessers():
    """Ana is always right; on every fifth message the two others are wrong together."""
    of = team(200, wrong={"ana": 0, "dan": 0, "ben": 5, "cleo": 5})
    truth = {f"m{number:03}": "ham" if number % 2 else "spam" for number in range(200)}
    labels = frame(of)

    found = find_reference(labels, decided())

    assert found.method == "dawid-skene"
    assert "how each of 4 people errs, learnt from 800 labels" in found.reason
    tied = majority_labels(labels).filter(pl.col("is_tied")).height
    assert tied == 40
    right = dict(decided(**truth).rows())
    reference = dict(found.labels.select("message_id", "label").rows())
    untied = {m: label for m, label in reference.items() if int(m[1:]) % 5 != 1}
    assert untied == {m: right[m] for m in untied}
    assert found.labels["weight"].is_between(0, 1).all()


def test_what_is_adjudicated_teaches_who_errs():
    """Ten verdicts for Ana against the two others decide the messages that nobody adjudicated."""
    of = team(100, wrong={"ana": 0, "ben": 5, "cleo": 5})
    wrongly = [number for number in range(100) if number % 5 == 1]
    verdicts = {f"m{n:03}": "ham" if n % 2 else "spam" for n in wrongly[:16]}

    found = find_reference(frame(of), decided(**verdicts))

    rows = {row["message_id"]: row for row in found.labels.to_dicts()}
    assert found.method == "dawid-skene"
    assert all(rows[m]["source"] == "adjudicated" for m in verdicts)
    assert all(rows[m]["label"] == label for m, label in verdicts.items())
    assert rows["m002"]["source"] == "consensus"


def test_verdict_with_a_label_that_nobody_gave_is_kept():
    of = team(60, wrong={"ana": 0, "ben": 5, "cleo": 7})

    found = find_reference(frame(of), decided(m001="threat"))

    assert found.method == "dawid-skene"
    assert found.labels.row(1) == ("m001", "threat", 1.0, "adjudicated")
    assert found.labels.height == 60


def test_machine_has_no_vote_in_the_weighed_consensus():
    of = team(60, wrong={"ana": 0, "ben": 5, "cleo": 7})
    with_machine = of | {(f"m{n:03}", MACHINE_RATER): "spam" for n in range(60)}

    assert_frame_equal(
        reference_labels(frame(with_machine), decided()), reference_labels(frame(of), decided())
    )


def test_posteriors_of_a_message_add_up_to_one_and_the_likeliest_leads():
    ratings, known = people_ratings(
        frame(team(60, wrong={"ana": 0, "ben": 5, "cleo": 7})), decided()
    )
    fitted = fit_dawid_skene(ratings, known)

    each = posterior_labels(fitted)

    sums = each.group_by("message_id").agg(pl.col("probability").sum())["probability"]
    assert sums.to_list() == pytest.approx([1.0] * 60)
    best = each.sort("probability").group_by("message_id").last().sort("message_id")
    likeliest = likeliest_labels(fitted)
    assert best["label"].to_list() == likeliest["label"].to_list()


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("name", ["snow_rte", "weather_sentiment"])
def test_reference_is_right_at_least_as_often_as_crowd_kits(datasets, name):
    """Against gold, as crowd-kit comes; on the same messages."""
    file = datasets / "multi" / f"{name}.csv"
    if not file.is_file():
        pytest.skip(f"no real crowd at {file}")
    table = pl.read_csv(file, infer_schema=False)
    gold = dict(table.select("id", "gold").drop_nulls().unique().rows())
    crowd = table.select(task="id", worker="annotator", label="label").to_pandas()
    labels = table.select(message_id="id", expert_id="annotator", label="label")

    found = find_reference(labels, decided())

    theirs = DawidSkene().fit_predict(crowd)
    ours = dict(found.labels.select("message_id", "label").rows())
    assert found.method == "dawid-skene"
    assert sum(ours.get(m) == label for m, label in gold.items()) >= sum(
        theirs[m] == label for m, label in gold.items()
    )
