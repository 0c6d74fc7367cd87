"""Agreement over time: a fall is said only where chance cannot explain it."""

from datetime import UTC, datetime, timedelta

import polars as pl

from rhml_core.measures.agreement.alpha import alpha_interval
from rhml_core.workflows.agreement.trend import (
    CYCLES_SCHEMA,
    cycle_figures,
    surely_falling,
    value_figures,
)

START = datetime(2025, 3, 1, tzinfo=UTC)
NAMES = ["ham", "spam"]


def _labels(messages):
    """Two people's labels: message -> (day, Ana's, Ben's)."""
    rows = [
        (name, who, label, START + timedelta(days=day, hours=hour))
        for name, (day, *both) in messages.items()
        for hour, (who, label) in enumerate(zip(("ana", "ben"), both, strict=True))
    ]
    moment = pl.Datetime("us", "UTC")
    schema = {"message_id": pl.String, "expert_id": pl.String, "label": pl.String}
    return pl.DataFrame(rows, schema=schema | {"made_at": moment}, orient="row")


def _cycles(*rows):
    return pl.DataFrame(
        [
            (cycle, START, label, value, value - half, value + half, n, None)
            for cycle, label, value, half, n in rows
        ],
        schema=CYCLES_SCHEMA,
        orient="row",
    )


def test_message_counts_in_the_cycle_of_its_newest_label():
    """Ben's label of m3 came after the run, so m3 is the second cycle's."""
    labels = _labels({"m1": (0, "ham", "ham"), "m2": (0, "spam", "spam"), "m3": (3, "ham", "spam")})
    starts = [START, START + timedelta(days=3, minutes=30)]

    found = cycle_figures(labels, starts, NAMES).filter(pl.col("label").is_null())

    assert found["cycle"].to_list() == [1, 2]
    assert found["n"].to_list() == [2, 1]
    assert found["alpha"].to_list() == [1.0, 0.0]


def test_cycle_has_the_alpha_of_its_messages():
    kinds = [("ham", "ham"), ("spam", "spam"), ("ham", "spam"), ("spam", "spam")]
    labels = _labels({f"m{n}": (n % 2, *kinds[n // 2 % 4]) for n in range(80)})

    found = cycle_figures(labels, [START, START + timedelta(days=1)], NAMES)

    first = labels.filter(pl.col("made_at") < START + timedelta(days=1)).drop("made_at")
    known = alpha_interval(first)
    row = found.row(0, named=True)
    assert (row["alpha"], row["low"], row["high"]) == (known.value, known.low, known.high)


def test_clear_fall_is_named_with_its_label_and_cycle():
    cycles = _cycles(
        (1, "Tooling", 0.9, 0.05, 100),
        (2, "Tooling", 0.9, 0.05, 100),
        (3, "Tooling", 0.3, 0.1, 100),
    )

    [fall] = surely_falling(cycles)
    assert (fall.label, fall.since, fall.cycle) == ("Tooling", 3, 3)
    assert (fall.before.value, fall.now.value, fall.now.n) == (0.9, 0.3, 100)


def test_fall_within_chance_is_not_one():
    cycles = _cycles((1, "Tooling", 0.8, 0.2, 100), (2, "Tooling", 0.6, 0.2, 100))

    assert surely_falling(cycles) == []


def test_rise_and_thin_cycles_are_no_falls():
    rise = _cycles((1, None, 0.3, 0.05, 100), (2, None, 0.9, 0.05, 100))
    thin = _cycles((1, None, 0.9, 0.05, 19), (2, None, 0.3, 0.05, 100))

    assert surely_falling(rise) == surely_falling(thin) == []


def test_many_comparisons_ask_for_more():
    """A fall that is sure alone may be chance among forty."""
    pair = [(1, "x", 0.80, 0.1, 100), (2, "x", 0.65, 0.1, 100)]
    others = [(k, f"label {n}", 0.8, 0.1, 100) for n in range(40) for k in (1, 2)]

    alone, among = surely_falling(_cycles(*pair)), surely_falling(_cycles(*pair, *others))

    assert [(one.label, one.since) for one in alone] == [("x", 2)]
    assert among == []


def test_only_fields_with_two_to_twenty_values_are_compared():
    labels = _labels({f"m{n}": (0, "ham", NAMES[n % 2]) for n in range(30)}).drop("made_at")
    facts = pl.DataFrame(
        {
            "message_id": [f"m{n}" for n in range(30)],
            "author": [f"author {n}" for n in range(30)],
            "language": ["en"] * 30,
            "metadata": [f'{{"forum": "f{n % 3}", "likes": null}}' for n in range(30)],
        }
    )

    found = value_figures(labels, facts, NAMES)

    assert found["field"].unique().to_list() == ["forum"]
    assert found["value"].to_list() == ["f0", "f1", "f2"]
    assert found["n"].to_list() == [10, 10, 10]
