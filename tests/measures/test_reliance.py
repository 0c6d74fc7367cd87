"""Reliance on turns counted by hand, its rules, and simulated experts of known reliance."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.reliance import reliance, without_messages

SCHEMA = dict.fromkeys(
    ["expert_id", "message_id", "first", "final", "machine", "reference"], pl.String
) | {"machine_probability": pl.Float64}

# message, first, final, machine, reference, how sure the machine was
HAND = [
    ("gain", "b", "a", "a", "a", 0.9),
    ("stubborn", "b", "b", "a", "a", 0.9),
    ("astray", "b", "c", "a", "a", 0.7),
    ("firm", "a", "a", "b", "a", 0.5),
    ("harm", "a", "b", "b", "a", 0.5),
    ("harm2", "a", "c", "b", "a", 0.5),
    ("lost", "b", "c", "c", "a", 0.9),
    ("agreed", "a", "a", "a", "a", 0.9),
    ("both wrong", "b", "b", "b", "a", 0.9),
]

label = st.sampled_from("abc")
some_turns = st.lists(
    st.tuples(st.sampled_from(["ana", "ben"]), label, label, label, label, st.floats(0, 1)),
    max_size=25,
)


def frame(rows):
    return pl.DataFrame(
        [(who, f"m{number}", *rest) for number, (who, *rest) in enumerate(rows)],
        schema=SCHEMA,
        orient="row",
    )


@pytest.fixture
def hand():
    return reliance(pl.DataFrame([("ana", *row) for row in HAND], schema=SCHEMA, orient="row"))


def fraction(estimate):
    """The share as counts."""
    return round(estimate.interval.value * estimate.interval.n), estimate.interval.n


def test_shares_of_hand_counted_turns(hand):
    assert fraction(hand.shares.rair) == (1, 3)
    assert fraction(hand.shares.under_reliance) == (2, 3)
    assert fraction(hand.shares.rsr) == (1, 3)
    assert fraction(hand.shares.over_reliance) == (2, 4)


def test_switches_of_hand_counted_turns(hand):
    assert (hand.n_turns, hand.n_differing, hand.n_experts) == (9, 7, 1)
    assert hand.helpful.message_ids == ("gain",)
    assert hand.harmful.message_ids == ("harm", "harm2")
    assert fraction(hand.harmful.share) == (2, 7)
    assert fraction(hand.first_accuracy) == (4, 9)
    assert fraction(hand.final_accuracy) == (3, 9)


def test_cells_hold_the_messages_that_went_alike(hand):
    cells = {
        (cell.first_is_right, cell.machine_is_right, cell.outcome): cell.message_ids
        for cell in hand.cells
    }

    assert cells == {
        (False, False, "adopted"): ("lost",),
        (False, False, "kept"): ("both wrong",),
        (False, True, "adopted"): ("gain",),
        (False, True, "kept"): ("stubborn",),
        (False, True, "other"): ("astray",),
        (True, False, "adopted"): ("harm",),
        (True, False, "kept"): ("firm",),
        (True, False, "other"): ("harm2",),
        (True, True, "kept"): ("agreed",),
    }


def test_slices_by_the_machines_confidence_and_by_label(hand):
    bands = {one.name: one for one in hand.by_confidence}

    assert {name: one.n_turns for name, one in bands.items()} == {
        "below 60 %": 3,
        "60 to 80 %": 1,
        "80 % and up": 5,
    }
    assert fraction(bands["below 60 %"].shares.rsr) == (1, 3)
    assert fraction(bands["80 % and up"].shares.rair) == (1, 2)
    assert [(one.name, one.n_turns) for one in hand.by_label] == [("a", 9)]


def test_undefined_shares_say_why():
    found = reliance(frame([("ana", "a", "a", "a", "a", 0.9)]))

    assert found.shares.rair.interval is None
    assert "first answer was wrong" in found.shares.rair.missing
    assert "first answer was right" in found.shares.rsr.missing
    assert "wrong answer" in found.shares.over_reliance.missing
    assert found.helpful.share.interval is None


def test_no_turn_gives_no_figure_and_no_error():
    found = reliance(pl.DataFrame(schema=SCHEMA))

    assert (found.n_turns, found.cells, found.by_label) == (0, (), ())
    assert "In no turn" in found.first_accuracy.missing


@given(some_turns)
def test_cells_hold_every_turn_once(rows):
    found = reliance(frame(rows))

    held = [message for cell in found.cells for message in cell.message_ids]
    assert sorted(held) == sorted(f"m{number}" for number in range(len(rows)))
    assert sum(cell.n for cell in found.cells) == found.n_turns == len(rows)
    assert sum(one.n_turns for one in found.by_label) == len(rows)
    assert sum(one.n_turns for one in found.by_confidence) == len(rows)


@given(some_turns)
def test_accuracy_moves_by_the_switches_where_the_machine_differed(rows):
    """Oracle: turns counted one by one."""
    agreeing_kept = [
        (who, first, first if first == machine else final, machine, *rest)
        for who, first, final, machine, *rest in rows
    ]

    found = reliance(frame(agreeing_kept))

    gained = sum(row[2] == row[4] for row in agreeing_kept) - sum(
        row[1] == row[4] for row in agreeing_kept
    )
    assert len(found.helpful.message_ids) - len(found.harmful.message_ids) == gained


@given(some_turns)
def test_rair_and_under_reliance_are_two_sides(rows):
    shares = reliance(frame(rows)).shares

    assert (shares.rair.interval is None) == (shares.under_reliance.interval is None)
    if shares.rair.interval:
        assert shares.rair.interval.value + shares.under_reliance.interval.value == pytest.approx(1)


def test_figures_without_messages_are_the_same_figures(hand):
    bare = without_messages(hand)

    assert bare.shares == hand.shares
    assert [cell.n for cell in bare.cells] == [cell.n for cell in hand.cells]
    assert not any(cell.message_ids for cell in bare.cells)
    assert bare.harmful.message_ids == ()
    assert bare.harmful.share == hand.harmful.share
