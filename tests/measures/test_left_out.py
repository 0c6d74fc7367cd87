"""References without the own label: nobody is measured against themselves."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.consensus import majority_labels
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
    """Oracle: the others' majority worked out anew for each expert."""
    said = labels([(message, who, label) for (message, who), label in given_votes.items()])

    found = references_of_others(said, decided(adjudicated))

    told = {(message, who): label for message, who, label, _ in found.iter_rows()}
    for who in ("ana", "ben", "cem"):
        others = majority_labels(said.filter(pl.col("expert_id") != who))
        majority = dict(others.filter(~pl.col("is_tied")).select("message_id", "label").rows())
        for message in {message for message, judge in given_votes if judge == who}:
            oracle = adjudicated.get(message, majority.get(message))
            assert told.pop((message, who), None) == oracle
    assert not told
