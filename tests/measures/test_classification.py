"""Classification against hand counts, scikit-learn and simulated runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support, recall_score

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.classification import (
    measure_classification,
    precision_interval,
    recall_interval,
)
from rhml_core.measures.proportions import wilson_interval

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
    recalls = recall_score(truth, predicted, labels=occurring, average=None, zero_division=0)
    assert metrics.balanced_accuracy.value == pytest.approx(recalls.mean())
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
def test_figures_lie_within_their_intervals_which_have_a_width(triples):
    """However few messages there are, and if all answers are right or all are wrong."""
    truth, predicted, _ = zip(*triples, strict=True)

    for said in (truth, predicted, ["unused"] * len(truth)):
        metrics = measured(truth, said, n_replicates=20)

        labels = [(one.f1, one.f1_low, one.f1_high) for one in metrics.per_label if one.n]
        means = (metrics.macro_f1, metrics.accuracy, metrics.balanced_accuracy)
        for value, low, high in [*labels, *((one.value, one.low, one.high) for one in means)]:
            assert 0 <= low <= value + 1e-12
            assert value - 1e-12 <= high <= 1
            assert high - low > 0.05


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


def test_nothing_to_measure_is_undefined():
    with pytest.raises(MeasureUndefinedError, match="nothing can be measured"):
        measured([], [])


@pytest.mark.parametrize(
    ("truth", "predicted", "reason"),
    [
        (["ham"], ["ham", "spam"], "different numbers of messages"),
        (["eggs"], ["ham"], "Not in the codebook: eggs"),
        (["ham"], ["eggs"], "Not in the codebook: eggs"),
    ],
)
def test_answers_that_cannot_be_measured_are_refused(truth, predicted, reason):
    with pytest.raises(InvalidInputError, match=reason):
        measured(truth, predicted)


def test_precision_and_recall_have_the_intervals_of_shares():
    """Of 4 called ham 3 are; of 5 that are ham 3 were found."""
    truth = ["ham"] * 5 + ["spam"] * 3
    predicted = ["ham"] * 3 + ["spam"] * 2 + ["ham", "spam", "spam"]

    ham, _, _, unused = measured(truth, predicted).per_label

    assert precision_interval(ham) == wilson_interval(3, 4)
    assert recall_interval(ham) == wilson_interval(3, 5)
    assert (precision_interval(unused), recall_interval(unused)) == (None, None)


@given(answers)
def test_intervals_of_precision_and_recall_hold_the_figures(drawn):
    truth, predicted, _ = zip(*drawn, strict=True)

    for one in measured(truth, predicted).per_label:
        for figure, interval, n in (
            (one.precision, precision_interval(one), one.n_predicted),
            (one.recall, recall_interval(one), one.n),
        ):
            assert (interval is None) == (figure is None)
            if interval and figure is not None:
                assert interval.value == pytest.approx(figure)
                assert interval.low <= interval.value <= interval.high
                assert interval.n == n
