"""Classification against hand counts, scikit-learn and simulated runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.classification import compare_runs, measure_classification

LABELS = ["ham", "spam", "threat", "unused"]
USED = LABELS[:3]

answers = st.lists(
    st.tuples(st.sampled_from(USED), st.sampled_from(USED), st.sampled_from(USED)),
    min_size=1,
    max_size=30,
)


def measured(truth, predicted, labels=LABELS, **options):
    """The metrics, where what was measured does not matter."""
    return measure_classification(truth, predicted, labels, measured_on="hold-out", **options)


def answered(truth, random, p_right):
    """Answers that are right with a known chance, else drawn from the labels in use."""
    wrong = random.choice(USED, size=truth.size)
    return np.where(random.random(truth.size) < p_right, truth, wrong)


def test_metrics_of_hand_counted_answers():
    """Ham: 2 of 3 found, no false ones, F1 4/5; spam: found, one false one, F1 2/3."""
    truth = ["ham", "ham", "ham", "spam", "threat"]
    predicted = ["ham", "ham", "spam", "spam", "unused"]

    metrics = measured(truth, predicted)

    ham, spam, threat, unused = metrics.per_label
    assert (ham.precision, ham.recall, ham.f1) == pytest.approx((1, 2 / 3, 4 / 5))
    assert (spam.precision, spam.recall, spam.f1) == pytest.approx((1 / 2, 1, 2 / 3))
    assert (threat.precision, threat.recall, threat.f1) == (None, 0, 0)
    assert (unused.precision, unused.recall, unused.f1) == (0, None, 0)
    assert [(label.n, label.n_predicted) for label in metrics.per_label] == [
        (3, 2),
        (1, 2),
        (1, 0),
        (0, 1),
    ]
    assert metrics.macro_f1.value == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert metrics.accuracy.value == pytest.approx(3 / 5)
    assert metrics.confusion == (
        ("ham", "ham", 2),
        ("ham", "spam", 1),
        ("spam", "spam", 1),
        ("threat", "unused", 1),
    )
    assert (metrics.n, metrics.macro_f1.n, metrics.measured_on) == (5, 5, "hold-out")


def test_label_that_occurs_nowhere_has_no_figures():
    """Unknown is not zero: a label without a message is neither good nor bad."""
    metrics = measured(["ham", "spam"], ["ham", "spam"])

    threat = metrics.per_label[2]
    assert (threat.precision, threat.recall, threat.f1) == (None, None, None)
    assert (threat.f1_low, threat.f1_high) == (None, None)


def test_label_that_no_resample_holds_keeps_its_f1_without_bounds():
    truth = ["ham"] * 9 + ["spam"]
    draws = (np.random.default_rng(s).multinomial(10, [0.9, 0.1]) for s in range(50))
    seed = next(number for number, draw in enumerate(draws) if draw[1] == 0)

    spam = measured(truth, truth, n_replicates=1, seed=seed).per_label[1]

    assert (spam.f1, spam.f1_low, spam.f1_high) == (1, None, None)


@given(answers)
def test_metrics_equal_scikit_learn(triples):
    truth, predicted, _ = zip(*triples, strict=True)

    metrics = measured(truth, predicted, n_replicates=20)

    precision, recall, f1, n = precision_recall_fscore_support(
        truth, predicted, labels=LABELS, zero_division=0
    )
    occurring = sorted(set(truth))
    macro = f1_score(truth, predicted, labels=occurring, average="macro", zero_division=0)
    assert metrics.macro_f1.value == pytest.approx(macro)
    assert metrics.accuracy.value == pytest.approx(accuracy_score(truth, predicted))
    assert [label.precision or 0 for label in metrics.per_label] == pytest.approx(precision)
    assert [label.recall or 0 for label in metrics.per_label] == pytest.approx(recall)
    assert [label.f1 or 0 for label in metrics.per_label] == pytest.approx(f1)
    assert [label.n for label in metrics.per_label] == n.tolist()
    assert sum(count for *_, count in metrics.confusion) == len(truth)


@given(answers, st.permutations(USED), st.randoms())
def test_names_and_order_change_no_figure(triples, names, random):
    rename = dict(zip(USED, names, strict=True))
    shuffled = [tuple(rename[label] for label in triple) for triple in triples]
    random.shuffle(shuffled)
    truth, predicted, _ = zip(*triples, strict=True)
    new_truth, new_predicted, _ = zip(*shuffled, strict=True)

    before = measured(truth, predicted, n_replicates=20)
    after = measured(new_truth, new_predicted, n_replicates=20)

    assert after.macro_f1.value == pytest.approx(before.macro_f1.value)
    assert after.accuracy.value == pytest.approx(before.accuracy.value)
    f1_before = {rename.get(label.label, label.label): label.f1 for label in before.per_label}
    assert {label.label: label.f1 for label in after.per_label} == f1_before


@given(answers)
def test_right_answers_are_one_without_doubt(triples):
    truth = [true for true, *_ in triples]

    metrics = measured(truth, truth, n_replicates=20)

    for interval in (metrics.macro_f1, metrics.accuracy):
        assert (interval.value, interval.low, interval.high) == pytest.approx((1, 1, 1))


def test_intervals_are_those_of_drawing_messages_one_by_one():
    """Oracle: a plain bootstrap by index, measured with scikit-learn."""
    random = np.random.default_rng(0)
    truth = random.choice(USED, size=90)
    predicted = answered(truth, random, 0.6)
    chosen = random.integers(0, 90, size=(600, 90))
    macro = [f1_score(truth[rows], predicted[rows], average="macro") for rows in chosen]
    spam = [f1_score(truth[rows] == "spam", predicted[rows] == "spam") for rows in chosen]
    right = [accuracy_score(truth[rows], predicted[rows]) for rows in chosen]

    metrics = measured(truth.tolist(), predicted.tolist(), n_replicates=4000)

    label = metrics.per_label[1]
    for plain, (low, high) in [
        (macro, (metrics.macro_f1.low, metrics.macro_f1.high)),
        (right, (metrics.accuracy.low, metrics.accuracy.high)),
        (spam, (label.f1_low, label.f1_high)),
    ]:
        assert (low, high) == pytest.approx(np.quantile(plain, [0.025, 0.975]), abs=0.025)


@pytest.mark.parametrize("measure", [measured, lambda t, p: compare_runs(t, p, p, LABELS)])
def test_nothing_to_measure_is_undefined(measure):
    with pytest.raises(MeasureUndefinedError, match="nothing can be measured"):
        measure([], [])


@pytest.mark.parametrize("measure", [measured, lambda t, p: compare_runs(t, p, p, LABELS)])
@pytest.mark.parametrize(
    ("truth", "predicted", "reason"),
    [
        (["ham"], ["ham", "spam"], "different numbers of messages"),
        (["eggs"], ["ham"], "Not in the codebook: eggs"),
        (["ham"], ["eggs"], "Not in the codebook: eggs"),
    ],
)
def test_answers_that_cannot_be_compared_are_refused(measure, truth, predicted, reason):
    with pytest.raises(InvalidInputError, match=reason):
        measure(truth, predicted)


@given(answers)
def test_comparison_equals_counting_by_hand(triples):
    truth, first, second = zip(*triples, strict=True)

    comparison = compare_runs(truth, first, second, LABELS, n_replicates=20)

    before, after = (
        f1_score(truth, run, labels=sorted(set(truth)), average="macro", zero_division=0)
        for run in (first, second)
    )
    assert comparison.difference.value == pytest.approx(after - before)
    assert comparison.difference.n == len(truth)
    assert comparison.n_changed == sum(one != two for _, one, two in triples)
    assert comparison.n_fixed == sum(one != true == two for true, one, two in triples)
    assert comparison.n_broken == sum(one == true != two for true, one, two in triples)


@given(answers)
def test_sentence_never_favours_a_run_where_zero_is_inside(triples):
    """Doubled messages, so that some comparisons are large enough to be decided."""
    truth, first, second = zip(*(triples * 2), strict=True)

    comparison = compare_runs(truth, first, second, LABELS, n_replicates=50)

    difference = comparison.difference
    if difference.low <= 0 <= difference.high:
        assert "better" not in comparison.sentence
        assert "worse" not in comparison.sentence
    assert f"on {len(truth)} messages" in comparison.sentence


def test_pairing_sees_a_small_steady_gain():
    """Each run's own interval is wide; what changes between them is not."""
    truth = ["ham", "spam"] * 100
    first = ["spam"] * 40 + truth[40:]
    second = ["spam"] * 20 + truth[20:]

    comparison = compare_runs(truth, first, second, LABELS)

    overlap = measured(truth, first).macro_f1.high > measured(truth, second).macro_f1.low
    assert overlap
    assert comparison.difference.low > 0
    assert comparison.sentence.startswith("The second run is better: macro-F1 changes by +0.05")
    assert comparison.sentence.endswith("on 200 messages, 10 fixed and 0 broken.")


def test_swapped_runs_are_called_worse():
    truth = ["ham", "spam"] * 100
    wrong = ["spam"] * 40 + truth[40:]

    comparison = compare_runs(truth, truth, wrong, LABELS)

    assert comparison.difference.high < 0
    assert comparison.sentence.startswith("The second run is worse: macro-F1 changes by -0.1")


def test_one_fixed_and_one_broken_message_show_no_difference():
    truth = ["ham", "spam"] * 50
    first, second = list(truth), list(truth)
    first[0], second[2] = "spam", "spam"

    comparison = compare_runs(truth, first, second, LABELS)

    assert (comparison.n_changed, comparison.n_fixed, comparison.n_broken) == (2, 1, 1)
    assert comparison.sentence == (
        "No difference between the two runs can be shown: macro-F1 changes by +0.000 "
        f"({comparison.difference.low:+.3f} to {comparison.difference.high:+.3f}) "
        "on 100 messages, 1 fixed and 1 broken."
    )


def test_a_lucky_handful_decides_nothing():
    """One message, fixed: every resample agrees, and yet nothing is known."""
    comparison = compare_runs(["ham"], ["spam"], ["ham"], LABELS)

    assert comparison.difference.low == 1
    assert comparison.sentence.startswith("Too few messages to compare the two runs")
    assert "on 1 message," in comparison.sentence


def test_same_answers_are_said_to_be_the_same():
    comparison = compare_runs(["ham", "spam"], ["spam", "spam"], ["spam", "spam"], LABELS)

    assert comparison.sentence == "Both runs give the same answers on 2 messages."


@pytest.mark.slow
def test_equal_runs_are_seldom_told_apart():
    """Two runs of equal skill: about one comparison in twenty may err, not one in ten."""
    random = np.random.default_rng(3)
    n_trials = 400
    told_apart = 0

    for seed in range(n_trials):
        truth = random.choice(USED, size=120)
        runs = [answered(truth, random, 0.7).tolist() for _ in range(2)]
        sentence = compare_runs(truth.tolist(), *runs, LABELS, n_replicates=400, seed=seed).sentence
        told_apart += "better" in sentence or "worse" in sentence

    assert 0.01 <= told_apart / n_trials <= 0.09
