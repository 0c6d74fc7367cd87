"""References without the own label: nobody is measured against themselves."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rhml_core.measures.consensus import find_reference, reference_labels
from rhml_core.measures.left_out import references_of_others

COLUMNS = ["message_id", "expert_id", "label"]

votes = st.dictionaries(
    st.tuples(st.sampled_from(["m1", "m2", "m3"]), st.sampled_from(["ana", "ben", "cem", "model"])),
    st.sampled_from("xy"),
)
decisions = st.dictionaries(st.sampled_from(["m1", "m2", "m3"]), st.sampled_from("xy"))


def labels(rows):
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def decided(by_message):
    return pl.DataFrame(
        list(by_message.items()),
        schema=dict.fromkeys(["message_id", "label"], pl.String),
        orient="row",
    )


def test_references_of_hand_counted_labels():
    """Ana is alone on m2; on m1 the others of Ana agree, those of Ben and Cem tie."""
    rows = [("m1", "ana", "x"), ("m1", "ben", "y"), ("m1", "cem", "y"), ("m2", "ana", "x")]

    found = references_of_others(labels(rows), decided({}))

    assert found.rows() == [("m1", "ana", "y", "consensus")]


def test_adjudicated_label_outdoes_the_others():
    rows = [("m1", "ana", "x"), ("m1", "ben", "x"), ("m2", "ana", "y")]

    found = references_of_others(labels(rows), decided({"m1": "y", "m3": "x"}))

    assert found.rows() == [
        ("m1", "ana", "y", "adjudicated"),
        ("m1", "ben", "y", "adjudicated"),
    ]


def test_nothing_judged_keeps_the_columns():
    found = references_of_others(labels([]), decided({}))

    assert found.columns == ["message_id", "expert_id", "reference", "source"]
    assert found.is_empty()


@given(votes, decisions)
def test_all_at_once_is_the_same_as_one_expert_after_the_other(given_votes, adjudicated):
    """Oracle: the reference of a project in which the expert had never judged."""
    said = labels([(message, who, label) for (message, who), label in given_votes.items()])

    found = references_of_others(said, decided(adjudicated))

    told = {(message, who): label for message, who, label, _ in found.iter_rows()}
    for who in ("ana", "ben", "cem"):
        others = said.filter(pl.col("expert_id") != who)
        known = reference_labels(others, decided(adjudicated)).select("message_id", "label")
        oracle = dict(known.iter_rows())
        for message in {message for message, judge in given_votes if judge == who}:
            assert told.pop((message, who), None) == oracle.get(message)
    assert not told


def _crowd():
    """Four good raters and Eve, who swaps x and y: enough labels to tell how people err."""
    rows = []
    for number in range(80):
        true = "xy"[number % 2]
        rows += [(f"m{number:02}", who, true) for who in ("ana", "ben", "cem", "dan")]
        rows.append((f"m{number:02}", "eve", "xy"[1 - number % 2]))
    # On the last messages only Eve and one other speak beside Ana.
    kept = [row for row in rows if row[0] < "m70" or row[1] in {"ana", "ben", "eve"}]
    return labels(kept)


def test_votes_are_weighed_where_the_machines_reference_weighs_them():
    """Counted, Ben and Eve would tie on the last messages; that Eve swaps is known without Ana."""
    said = _crowd()
    method = find_reference(said, decided({}), without="ana").method

    found = references_of_others(said, decided({}), experts=["ana"])

    last = found.filter(pl.col("message_id") >= "m70")
    assert method == "dawid-skene"
    assert last["reference"].to_list() == ["xy"[number % 2] for number in range(70, 80)]


def test_only_those_asked_for_are_measured():
    rows = [("m1", "ana", "x"), ("m1", "ben", "y"), ("m1", "cem", "y")]

    found = references_of_others(labels(rows), decided({}), experts=["ana", "nobody"])

    assert found["expert_id"].to_list() == ["ana"]


@pytest.mark.parametrize("n_raters", [3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_weighed_votes_tell_the_same_all_at_once(n_raters, seed):
    """
    Oracle: the reference of a project in which the expert had never judged.

    With three raters the other two are too few to be weighed, with five they are enough; one
    label is used by the first rater alone, and every ninth message is adjudicated.
    """
    random = np.random.default_rng(seed)
    names = [f"rater {number}" for number in range(n_raters)]
    rows, decisions = [], {}
    for message in range(150):
        truth = random.integers(0, 3)
        for who in random.choice(n_raters, 3, replace=False):
            said = truth if random.random() < 0.5 + 0.1 * who else random.integers(0, 3)
            label = "w" if who == 0 and message % 40 == 0 else "xyz"[said]
            rows.append((f"m{message:03}", names[who], label))
        if message % 9 == 0:
            decisions[f"m{message:03}"] = "xyz"[truth]
    said, settled = labels(rows), decided(decisions)

    found = references_of_others(said, settled)

    one_by_one = pl.concat(
        said.filter(pl.col("expert_id") == name)
        .join(reference_labels(said, settled, without=name), on="message_id", suffix="_known")
        .select("message_id", "expert_id", reference="label_known", source="source")
        for name in names
    )
    assert_frame_equal(found, one_by_one.sort("message_id", "expert_id"))
