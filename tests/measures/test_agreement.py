"""Agreement against hand counts, published values, other packages and simulated truth."""

import math
import time

import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import AgreementUndefinedError, InvalidInputError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.agreement import (
    alpha_interval,
    cohen_kappa,
    contested_messages,
    krippendorff_alpha,
    label_confusion,
    pairwise_kappa,
    reading_of_alpha,
)

SCHEMA = {"message_id": pl.String, "expert_id": pl.String, "label": pl.String}
MESSAGES = ["m1", "m2", "m3", "m4", "m5", "m6"]
RATERS = ["ana", "ben", "cleo", MACHINE_RATER]
LABELS = ["ham", "spam", "threat"]

votes = st.dictionaries(
    st.tuples(st.sampled_from(MESSAGES), st.sampled_from(RATERS)),
    st.sampled_from(LABELS),
    max_size=24,
)


def frame(of):
    """The labels frame of a dictionary `{(message, rater): label}`."""
    return pl.DataFrame([(*key, label) for key, label in of.items()], schema=SCHEMA, orient="row")


def shared(**of_rater):
    """Labels of messages 0, 1, ... as one list a rater; None where skipped."""
    return frame(
        {
            (f"m{number:05}", rater): label
            for rater, labels in of_rater.items()
            for number, label in enumerate(labels)
            if label is not None
        }
    )


def outcome(measure, labels):
    """The measure, or None where it is undefined."""
    try:
        return measure(labels)
    except MeasureUndefinedError:
        return None


def simulated(n_messages, *, seed, n_raters=3, p_spam=0.3, p_right=0.85):
    """Raters of two labels who are each right with a known chance, alpha known by arithmetic."""
    random = np.random.default_rng(seed)
    truth = random.random(n_messages) < p_spam
    is_right = random.random((n_raters, n_messages)) < p_right
    said = np.where(np.where(is_right, truth, ~truth), "spam", "ham")
    p_said = p_spam * p_right + (1 - p_spam) * (1 - p_right)
    alpha = 1 - p_right * (1 - p_right) / (p_said * (1 - p_said))
    return shared(**{f"r{rater}": labels.tolist() for rater, labels in enumerate(said)}), alpha


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
        (frame({}), "two raters"),
        (shared(ana=["ham", None], ben=[None, "spam"]), "two raters"),
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
    assert (interval.value, interval.low, interval.high) == (1, 1, 1)
    assert pairwise_kappa(labels)["kappa"].unique().to_list() == [1]
    assert contested_messages(labels).is_empty()


@given(votes, st.integers(0, 9))
def test_alpha_interval_holds_its_value_and_never_passes_one(of, seed):
    labels = frame(of)
    interval = outcome(lambda these: alpha_interval(these, n_replicates=40, seed=seed), labels)
    assume(interval is not None)

    value = krippendorff_alpha(labels)

    assert interval.value == value
    assert interval.low <= value <= interval.high <= 1


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
    """Of two unanimous messages half the resamples have one label; the others have alpha 1."""
    labels = shared(ana=["ham", "spam"], ben=["ham", "spam"])

    interval = alpha_interval(labels, n_replicates=100)

    assert interval == Interval(value=1.0, low=1.0, high=1.0, n=2)


def test_interval_is_undefined_where_no_resample_has_two_labels():
    """The single resample drawn here misses the one message that has the rare label."""
    labels = shared(ana=["ham"] * 50 + ["spam"], ben=["ham"] * 50 + ["spam"])
    seed = next(
        seed
        for seed in range(50)
        if np.random.default_rng(seed).multinomial(51, [1 / 51, 50 / 51])[0] == 0
    )

    with pytest.raises(AgreementUndefinedError, match="too rare"):
        alpha_interval(labels, n_replicates=1, seed=seed)


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
    """Three unanimous messages give [1, 1], which would read as certainty."""
    labels = shared(ana=["ham", "spam", "ham"], ben=["ham", "spam", "ham"])

    reading = reading_of_alpha(alpha_interval(labels))

    assert reading.startswith("Too few to read: only 3 messages have two labels")


def test_kappa_of_a_hand_computed_table():
    """Agreement 3/4; chance (2/4)(1/4) + (2/4)(3/4) = 1/2; kappa 1/2."""
    labels = shared(ana=["ham", "ham", "spam", "spam"], ben=["ham", "spam", "spam", "spam"])

    kappa = cohen_kappa(labels, "ana", "ben")

    assert kappa == pytest.approx(0.5)
    assert cohen_kappa(labels, "ben", "ana") == kappa


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (shared(ana=["ham"], cleo=["ham"]), "no message in common"),
        (shared(ana=["ham", None], ben=[None, "ham"]), "no message in common"),
        (shared(ana=["ham", "ham"], ben=["ham", "ham"]), "one and the same label"),
    ],
)
def test_kappa_is_undefined_with_a_reason(labels, reason):
    with pytest.raises(MeasureUndefinedError, match=f"ana and ben.*{reason}"):
        cohen_kappa(labels, "ana", "ben")


@given(votes)
def test_pairwise_kappa_equals_scikit_learn(of):
    rows = {(row["a"], row["b"]): row for row in pairwise_kappa(frame(of)).to_dicts()}

    for number, a in enumerate(RATERS):
        for b in RATERS[number + 1 :]:
            both = [(of[m, a], of[m, b]) for m in MESSAGES if (m, a) in of and (m, b) in of]
            if not both:
                assert (a, b) not in rows
                continue
            row = rows[a, b]
            assert row["n"] == len(both)
            assert row["agreement"] == pytest.approx(sum(x == y for x, y in both) / len(both))
            if len({label for pair in both for label in pair}) == 1:
                assert row["kappa"] is None
            else:
                expected = cohen_kappa_score(*zip(*both, strict=True))
                assert row["kappa"] == pytest.approx(expected)


@given(votes, st.randoms())
def test_frames_do_not_depend_on_the_order_of_rows(of, random):
    shuffled = list(of.items())
    random.shuffle(shuffled)
    first, second = frame(of), frame(dict(shuffled))

    for measure in (pairwise_kappa, label_confusion, contested_messages):
        assert_frame_equal(measure(first), measure(second))


def test_machine_is_always_the_second_of_a_pair():
    """`zoe` stands after `model` in the alphabet; people still come first."""
    labels = shared(zoe=["ham"], model=["ham"], ana=["spam"])

    pairs = pairwise_kappa(labels).select("a", "b").rows()

    assert pairs == [("ana", "model"), ("ana", "zoe"), ("zoe", "model")]


def test_confusion_of_two_raters_keeps_their_order():
    labels = shared(ana=["ham", "ham", "spam", None], ben=["ham", "spam", "spam", "ham"])

    one_way = label_confusion(labels, "ana", "ben").rows()
    other_way = label_confusion(labels, "ben", "ana").rows()

    assert one_way == [("ham", "ham", 1), ("ham", "spam", 1), ("spam", "spam", 1)]
    assert other_way == [("ham", "ham", 1), ("spam", "ham", 1), ("spam", "spam", 1)]


@given(votes)
def test_confusion_of_two_raters_equals_scikit_learn(of):
    both = [
        (of[m, "ana"], of[m, MACHINE_RATER])
        for m in MESSAGES
        if (m, "ana") in of and (m, MACHINE_RATER) in of
    ]
    if not both:
        assert label_confusion(frame(of), "ana", MACHINE_RATER).is_empty()
        return
    expected = confusion_matrix(*zip(*both, strict=True), labels=LABELS)

    table = label_confusion(frame(of), "ana", MACHINE_RATER)

    cells = {(a, b): n for a, b, n in table.rows()}
    found = [[cells.get((a, b), 0) for b in LABELS] for a in LABELS]
    assert found == expected.tolist()


def test_confusion_of_all_people_counts_both_directions_without_the_machine():
    """Three people, one message: pairs ham-ham, ham-spam twice, each both ways round."""
    labels = shared(ana=["ham"], ben=["ham"], cleo=["spam"], model=["threat"])

    table = label_confusion(labels).rows()

    assert table == [("ham", "ham", 2), ("ham", "spam", 2), ("spam", "ham", 2)]


@given(votes)
def test_confusion_of_all_people_is_symmetric_and_complete(of):
    people = frame(of).filter(pl.col("expert_id") != MACHINE_RATER)

    cells = {(a, b): n for a, b, n in label_confusion(frame(of)).rows()}

    assert all(cells[b, a] == n for (a, b), n in cells.items())
    assert sum(cells.values()) == 2 * pairwise_kappa(people)["n"].sum()


@pytest.mark.parametrize(("a", "b"), [("ana", None), (None, "ana")])
def test_confusion_needs_two_raters_or_none(a, b):
    with pytest.raises(InvalidInputError, match="two raters"):
        label_confusion(shared(ana=["ham"], ben=["ham"]), a, b)


def test_contested_messages_come_most_divided_first():
    """An even split in two is 1 bit, 3 to 1 is 0.811, three ways is log2(3)."""
    labels = shared(
        ana=["ham", "ham", "ham", "spam", "ham"],
        ben=["ham", "spam", "ham", "ham", "spam"],
        cleo=["ham", None, "ham", None, "threat"],
        dan=["ham", None, "spam", None, None],
    )

    contested = contested_messages(labels)

    assert contested.drop("entropy").rows() == [
        ("m00004", 3, 3, ["ham", "spam", "threat"]),
        ("m00001", 2, 2, ["ham", "spam"]),
        ("m00003", 2, 2, ["ham", "spam"]),
        ("m00002", 4, 2, ["ham", "spam"]),
    ]
    assert contested["entropy"].to_list() == pytest.approx(
        [math.log2(3), 1, 1, 2 - 0.75 * math.log2(3)]
    )


@pytest.mark.parametrize("measure", [pairwise_kappa, label_confusion, contested_messages])
def test_empty_frames_keep_their_columns(measure):
    full = shared(ana=["ham", "spam"], ben=["ham", "ham"])

    empty = measure(full.clear())

    assert empty.is_empty()
    assert empty.schema == measure(full).schema


def test_kappa_has_an_interval_that_narrows_with_more_messages():
    """A pair's figure without its uncertainty would be read as certain."""

    def pair(n):
        rows = [
            (f"m{i}", rater, "x" if (i + (rater == "b") * (i % 4 == 0)) % 2 else "y")
            for i in range(n)
            for rater in "ab"
        ]
        labels = pl.DataFrame(rows, schema=["message_id", "expert_id", "label"], orient="row")
        return pairwise_kappa(labels).row(0, named=True)

    few, many, fewest = pair(40), pair(400), pair(8)

    assert few["low"] < few["kappa"] < few["high"]
    assert many["high"] - many["low"] < 0.5 * (few["high"] - few["low"])
    assert (fewest["low"], fewest["high"]) == (None, None)


def test_kappa_interval_is_that_of_a_plain_bootstrap():
    """Drawing kinds of messages by multinomial is drawing messages one by one."""
    random = np.random.default_rng(3)
    a = random.integers(0, 3, 120)
    b = np.where(random.random(120) < 0.7, a, random.integers(0, 3, 120))
    rows = [
        (str(i), rater, str(label))
        for i, both in enumerate(zip(a, b, strict=True))
        for rater, label in zip("ab", both, strict=True)
    ]
    labels = pl.DataFrame(rows, schema=["message_id", "expert_id", "label"], orient="row")
    plain = [
        cohen_kappa_score(a[drawn], b[drawn]) for drawn in random.integers(0, 120, size=(1500, 120))
    ]

    row = pairwise_kappa(labels, n_replicates=4000).row(0, named=True)

    low, high = np.quantile(plain, (0.025, 0.975))
    assert row["low"] == pytest.approx(low, abs=0.02)
    assert row["high"] == pytest.approx(high, abs=0.02)


def test_kappa_interval_knows_labels_that_one_rater_alone_gives():
    rows = [
        (str(i), rater, "x" if rater == "a" or i % 3 else "only-b")
        for i in range(30)
        for rater in "ab"
    ]
    labels = pl.DataFrame(rows, schema=["message_id", "expert_id", "label"], orient="row")

    row = pairwise_kappa(labels).row(0, named=True)

    assert row["low"] <= row["kappa"] <= row["high"]
