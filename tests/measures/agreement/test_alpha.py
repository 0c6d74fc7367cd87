"""Alpha against hand counts, published values, the krippendorff package and simulated truth."""

import math
import time

import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rhml_core.errors import AgreementUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.agreement.alpha import (
    alpha_by_label,
    alpha_interval,
    krippendorff_alpha,
    reading_of_alpha,
)
from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.contested import contested_messages
from rhml_core.measures.agreement.many_raters import fleiss_kappa, gwet_ac1, percent_agreement
from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.ratings import encode
from tests.measures.agreement.rated import (
    LABELS,
    MESSAGES,
    RATERS,
    frame,
    outcome,
    shared,
    simulated,
    votes,
)


def test_alpha_of_two_agreements_in_three_is_four_ninths():
    """By hand: n = 6, 3 of each label; observed 2/6, expected 18/30; 1 - 10/18."""
    labels = shared(ana=["ham", "spam", "ham"], ben=["ham", "spam", "spam"])

    alpha = krippendorff_alpha(labels)

    assert alpha == pytest.approx(4 / 9)


def test_alpha_meets_the_published_example_with_skipped_messages():
    """Three coders, fifteen units, many gaps: 0.691 in Krippendorff's worked example."""
    table = {
        "a": "*****34121133*3",
        "b": "1*213343*******",
        "c": "**21344*21133*4",
    }
    labels = shared(**{r: [None if c == "*" else c for c in row] for r, row in table.items()})

    alpha = krippendorff_alpha(labels)

    assert alpha == pytest.approx(0.691358, abs=1e-6)


def test_lone_label_cannot_agree():
    """A message one rater saw changes nothing, whatever its label."""
    labels = shared(ana=["ham", "spam", "ham", "threat"], ben=["ham", "spam", "spam", None])

    alpha = krippendorff_alpha(labels)

    assert alpha == pytest.approx(4 / 9)


@pytest.mark.parametrize("measure", [krippendorff_alpha, alpha_interval])
@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (frame({}), "two people"),
        (shared(ana=["ham", None], ben=[None, "spam"]), "two people"),
        (shared(ana=["ham", "ham"], ben=["ham", "ham"]), "one label only"),
        (shared(ana=["ham", "spam"], ben=["ham", None]), "one label only"),
    ],
)
def test_alpha_is_undefined_without_shared_messages_of_two_labels(measure, labels, reason):
    with pytest.raises(AgreementUndefinedError, match=reason):
        measure(labels)


@given(votes)
def test_alpha_equals_the_krippendorff_package(of):
    labels = frame(of)
    alpha = outcome(krippendorff_alpha, labels)
    assume(alpha is not None)
    table = [
        [LABELS.index(of[m, r]) if (m, r) in of else math.nan for m in MESSAGES] for r in RATERS
    ]

    expected = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")

    assert alpha == pytest.approx(expected)


@given(votes, st.permutations(RATERS), st.permutations(LABELS), st.randoms())
def test_alpha_does_not_depend_on_names_or_order(of, raters, labels, random):
    """Raters, labels and rows are sets: neither their names nor their order may count."""
    rename_rater = dict(zip(RATERS, raters, strict=True))
    rename_label = dict(zip(LABELS, labels, strict=True))
    renamed = [((m, rename_rater[r]), rename_label[label]) for (m, r), label in of.items()]
    random.shuffle(renamed)

    before = outcome(krippendorff_alpha, frame(of))
    after = outcome(krippendorff_alpha, frame(dict(renamed)))

    assert after == (before if before is None else pytest.approx(before))


@given(st.lists(st.sampled_from(LABELS), min_size=2, max_size=9), st.integers(2, 5))
def test_perfect_agreement_is_one_everywhere(truth, n_raters):
    assume(len(set(truth)) > 1)
    labels = shared(**{f"r{rater}": truth for rater in range(n_raters)})

    interval = alpha_interval(labels, n_replicates=50)

    assert krippendorff_alpha(labels) == 1
    assert 0 <= interval.low < interval.value == interval.high == 1
    assert pairwise_kappa(labels)["kappa"].unique().to_list() == [1]
    assert contested_messages(labels).is_empty()


@given(votes, st.integers(0, 9))
def test_alpha_interval_holds_its_value_and_never_passes_one(of, seed):
    labels = frame(of)
    interval = outcome(lambda these: alpha_interval(these, n_replicates=40, seed=seed), labels)
    assume(interval is not None)

    value = krippendorff_alpha(labels)

    assert interval.value == pytest.approx(value)
    assert interval.low <= interval.value <= interval.high <= 1


def test_interval_counts_only_messages_with_two_labels():
    labels = shared(ana=["ham", "spam", "ham", "threat"], ben=["ham", "spam", "spam", None])

    interval = alpha_interval(labels)

    assert interval.n == 3


def test_interval_is_that_of_drawing_messages_one_by_one():
    """Oracle: the plain bootstrap, message by message, with the other package's alpha."""
    labels, _ = simulated(60, seed=4)
    table = labels.pivot("expert_id", index="message_id", values="label").drop("message_id")
    codes = (table.to_numpy() == "spam").astype(float).T
    random = np.random.default_rng(5)
    plain = [
        krippendorff.alpha(
            reliability_data=codes[:, random.integers(0, 60, 60)], level_of_measurement="nominal"
        )
        for _ in range(1500)
    ]

    interval = alpha_interval(labels, n_replicates=4000, seed=6)

    low, high = np.quantile(plain, [0.025, 0.975])
    assert interval.low == pytest.approx(low, abs=0.02)
    assert interval.high == pytest.approx(high, abs=0.02)


def test_resamples_with_one_label_left_are_dropped():
    """A quarter of the resamples hold the first message alone: the others give 0 or -0.5."""
    labels = shared(ana=["ham", "ham"], ben=["ham", "spam"])

    interval = alpha_interval(labels, n_replicates=100)

    assert interval == Interval(value=0.0, low=-0.5, high=0.0, n=2)


def test_interval_is_undefined_where_no_resample_has_two_labels():
    """The single resample drawn here misses the one message that has the rare label."""
    labels = shared(ana=["ham"] * 51, ben=["ham"] * 50 + ["spam"])
    seed = next(
        seed
        for seed in range(50)
        if np.random.default_rng(seed).multinomial(51, [1 / 51, 50 / 51])[0] == 0
    )

    with pytest.raises(AgreementUndefinedError, match="too rare"):
        alpha_interval(labels, n_replicates=1, seed=seed)


@pytest.mark.parametrize(("n_raters", "n"), [(2, 20), (2, 200), (4, 60)])
def test_full_agreement_leaves_open_what_it_has_not_seen(n_raters, n):
    """Of two labels, half and half, chance disagrees in half: unseen divided ones count double."""
    labels = shared(**{f"r{rater}": ["ham", "spam"] * (n // 2) for rater in range(n_raters)})
    unseen = 1 - wilson_interval(n, n).low

    found = [
        alpha_interval(labels),
        fleiss_kappa(labels),
        gwet_ac1(labels),
        *_intervals(pairwise_kappa(labels), "kappa"),
    ]

    for interval in found:
        assert (interval.value, interval.high, interval.n) == (1, 1, n)
        assert interval.low == pytest.approx(1 - 2 * unseen, abs=1 / n / n_raters)
    assert percent_agreement(labels).low == pytest.approx(1 - unseen)
    for interval in _intervals(alpha_by_label(labels), "alpha"):
        # Of four raters two and two: four of the six pairs disagree.
        apart = 2 * unseen * (1 if n_raters == 2 else 4 / 6)
        assert interval.low == pytest.approx(1 - apart, abs=1 / n / n_raters)


def test_lone_labels_make_full_agreement_no_surer():
    """Twenty messages are shared; what one person alone labelled tells nothing of agreement."""
    rest = [None] * 500
    labels = shared(ana=["ham", "spam"] * 10 + ["ham"] * 500, ben=["ham", "spam"] * 10 + rest)

    for measure in (percent_agreement, gwet_ac1, fleiss_kappa, alpha_interval):
        assert measure(labels).n == 20
    assert percent_agreement(labels).low == pytest.approx(wilson_interval(20, 20).low)
    assert gwet_ac1(labels).low == pytest.approx(0.833, abs=1e-3)


def _intervals(rows, name):
    return [Interval(row[name], row["low"], row["high"], row["n"]) for row in rows.to_dicts()]


def test_hundred_thousand_messages_take_seconds():
    random = np.random.default_rng(0)
    truth = random.integers(0, 8, 100_000)
    said = np.where(random.random((4, truth.size)) < 0.7, truth, random.integers(0, 8, truth.size))
    labels = shared(**{f"r{rater}": row for rater, row in enumerate(said.astype(str).tolist())})
    start = time.perf_counter()

    interval = alpha_interval(labels)

    assert time.perf_counter() - start < 10
    assert interval.n == 100_000


@pytest.mark.slow
def test_interval_holds_the_true_alpha_about_as_often_as_it_says():
    """With 100 messages, 95 % intervals must neither boast nor dither."""
    n_trials = 400
    held = 0

    for seed in range(n_trials):
        labels, alpha = simulated(100, seed=seed)
        interval = alpha_interval(labels, n_replicates=400, seed=seed)
        held += interval.low <= alpha <= interval.high

    assert 0.91 <= held / n_trials <= 0.98


@pytest.mark.parametrize(
    ("low", "high", "beginning"),
    [
        (0.8, 0.9, "Reliable,"),
        (0.7, 0.85, "Good for tentative conclusions and perhaps reliable"),
        (2 / 3, 0.79, "Good for tentative conclusions, between"),
        (0.5, 0.8, "Not certain enough to read"),
        (0.6, 0.7, "Not reliable and perhaps too low"),
        (0.3, 0.66, "Too low to build on"),
    ],
)
def test_reading_follows_the_bounds_not_the_value(low, high, beginning):
    """An alpha of 0.81 whose interval begins at 0.5 is not reliable."""
    interval = Interval(value=(low + high) / 2, low=low, high=high, n=1234)

    reading = reading_of_alpha(interval)

    assert reading.startswith(beginning)
    assert reading.endswith(f"between {low:.3f} and {high:.3f} on 1,234 messages.")


def test_reading_warns_of_chance_only_where_the_interval_holds_zero():
    near_chance = reading_of_alpha(Interval(value=0.1, low=-0.1, high=0.3, n=50))
    low = reading_of_alpha(Interval(value=0.2, low=0.1, high=0.3, n=50))

    assert "no better than chance" in near_chance
    assert "chance" not in low


def test_reading_of_a_handful_of_messages_calls_nothing_reliable():
    """Three unanimous messages have an upper bound of 1, which would read as perhaps reliable."""
    labels = shared(ana=["ham", "spam", "ham"], ben=["ham", "spam", "ham"])

    reading = reading_of_alpha(alpha_interval(labels))

    assert reading.startswith("Too few to read: only 3 messages have two labels")


def test_alpha_of_one_label_is_alpha_with_the_others_taken_as_one():
    """Oracle: rename every other label to one name and measure that."""
    labels, _ = simulated(60, seed=2)
    third = labels.with_row_index().select(
        "message_id",
        "expert_id",
        pl.when(pl.col("index") % 7 == 0).then(pl.lit("threat")).otherwise("label").alias("label"),
    )

    found = alpha_by_label(third)

    assert found["label"].to_list() == ["ham", "spam", "threat"]
    for row in found.to_dicts():
        against = third.with_columns(
            label=pl.when(pl.col("label") == row["label"]).then("label").otherwise(pl.lit("rest"))
        )
        of_label = third.filter(pl.col("label") == row["label"])
        assert row["alpha"] == pytest.approx(krippendorff_alpha(against))
        assert row["low"] < row["alpha"] < row["high"]
        assert (row["n"], row["undefined"]) == (60, None)
        assert row["n_with"] == of_label["message_id"].n_unique()


def test_alpha_of_a_label_that_nobody_gave_is_undefined_in_words():
    """A codebook has labels that wait for their first message."""
    ratings = encode(shared(ana=["ham", "spam"], ben=["ham", "spam"]), ["spam", "threat", "ham"])

    found = alpha_by_label(ratings)

    assert found["label"].to_list() == ["spam", "threat", "ham"]
    assert found["alpha"].to_list() == [1.0, None, 1.0]
    assert found.row(1)[-1] == "Nobody gave threat to a message that has two labels."


def test_alpha_of_the_only_label_is_undefined_in_words():
    found = alpha_by_label(shared(ana=["ham", "ham"], ben=["ham", "ham"]))

    assert found["alpha"].to_list() == [None]
    assert "nothing to tell it from" in found["undefined"][0]


@given(votes)
def test_encoded_once_gives_what_the_frame_gives(of):
    labels = frame(of)

    for measure in (krippendorff_alpha, alpha_interval):
        assert outcome(measure, encode(labels)) == outcome(measure, labels)
