"""Blind spots: labels and concepts on which an expert differs from the reference."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.blind_spots import LEAST_ANSWERS, blind_spots
from rhml_core.measures.proportions import wilson_interval

NO_MARKS = pl.DataFrame(schema=dict.fromkeys(["message_id", "name", "label"], pl.String))


def answers(rows):
    """Label said and reference, of one message after the other."""
    return pl.DataFrame(
        [(f"m{number}", *row) for number, row in enumerate(rows)],
        schema=dict.fromkeys(["message_id", "label", "reference"], pl.String),
        orient="row",
    )


def test_label_mostly_missed_is_found_with_what_was_said_instead():
    rows = [("a", "b"), ("c", "b"), ("c", "b"), ("b", "b"), *[("a", "a")] * 12]

    found = blind_spots(answers(rows), NO_MARKS)

    assert [(spot.kind, spot.name, spot.mostly_said) for spot in found] == [("label", "b", "c")]
    assert found[0].differs == wilson_interval(3, 4)
    assert found[0].elsewhere == wilson_interval(0, 12)
    assert found[0].is_notable
    assert found[0].message_ids == ("m0", "m1", "m2")


def test_concept_on_whose_messages_the_expert_errs_is_found():
    rows = [("a", "b")] * 4 + [("b", "b")] * 16
    marks = pl.DataFrame(
        {"message_id": ["m0", "m1", "m2", "m3", "x"], "name": "hospital", "label": "b"}
    )

    found = blind_spots(answers(rows), marks)

    assert [(spot.kind, spot.name) for spot in found] == [("concept", "hospital"), ("label", "b")]
    assert found[0].differs == wilson_interval(4, 4)
    assert found[0].is_notable
    assert not found[1].is_notable
    assert found[1].elsewhere is None


def test_even_errors_are_no_notable_blind_spot():
    rows = [("b", "a"), ("a", "b")] * 5 + [("a", "a"), ("b", "b")] * 5

    assert [spot.is_notable for spot in blind_spots(answers(rows), NO_MARKS)] == [False, False]


def test_two_answers_are_too_few():
    assert blind_spots(answers([("a", "b")] * (LEAST_ANSWERS - 1)), NO_MARKS) == ()
    assert blind_spots(answers([]), NO_MARKS) == ()


label = st.sampled_from("abc")


@given(st.lists(st.tuples(label, label), max_size=30))
def test_spots_hold_the_errors_and_the_surest_come_first(rows):
    found = blind_spots(answers(rows), NO_MARKS)

    lows = [spot.differs.low for spot in found]
    assert lows == sorted(lows, reverse=True)
    for spot in found:
        said = [rows[int(name[1:])] for name in spot.message_ids]
        assert all(label != reference == spot.name for label, reference in said)
        assert spot.differs.value == len(said) / spot.differs.n
        assert spot.mostly_said in {label for label, _ in said}
