"""Two runs on the same messages against hand counts, scikit-learn and simulated runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test
from sklearn.metrics import f1_score

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.comparison import compare_runs

LABELS = ["ham", "spam", "threat", "unused"]
USED = LABELS[:3]

answers = st.lists(
    st.tuples(st.sampled_from(USED), st.sampled_from(USED), st.sampled_from(USED)),
    min_size=1,
    max_size=30,
)


def answered(truth, random, p_right):
    """Answers that are right with a known chance, else drawn from the labels in use."""
    wrong = random.choice(USED, size=truth.size)
    return np.where(random.random(truth.size) < p_right, truth, wrong)


def spam_run(n, wrong):
    """Truth and answers of a run that misses the messages at the given places."""
    truth = ["ham", "spam"] * (n // 2)
    flip = {"ham": "spam", "spam": "ham"}
    return truth, [flip[one] if place in wrong else one for place, one in enumerate(truth)]


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

    before, after = (
        measure_classification(truth, run, LABELS, measured_on="hold-out").macro_f1
        for run in (first, second)
    )
    assert before.high > after.low
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
        f"[{comparison.difference.low:+.3f}, {comparison.difference.high:+.3f}] "
        "on 100 messages, 1 fixed and 1 broken."
    )


def test_a_lucky_handful_decides_nothing():
    """One message, fixed: every resample agrees, and yet nothing is known."""
    comparison = compare_runs(["ham"], ["spam"], ["ham"], LABELS)

    assert comparison.difference.low == 0
    assert comparison.p_macro_f1 == 1
    assert comparison.sentence.startswith("Too few messages to compare the two runs")
    assert "on 1 message," in comparison.sentence


def test_same_answers_are_said_to_be_the_same():
    comparison = compare_runs(["ham", "spam"], ["spam", "spam"], ["spam", "spam"], LABELS)

    assert comparison.sentence == "Both runs give the same answers on 2 messages."


def test_nothing_to_compare_is_undefined():
    with pytest.raises(MeasureUndefinedError, match="nothing can be measured"):
        compare_runs([], [], [], LABELS)


@pytest.mark.parametrize(
    ("truth", "second", "reason"),
    [
        (["ham"], ["ham", "spam"], "different numbers of messages"),
        (["eggs"], ["ham"], "Not in the codebook: eggs"),
        (["ham"], ["eggs"], "Not in the codebook: eggs"),
    ],
)
def test_answers_that_cannot_be_compared_are_refused(truth, second, reason):
    with pytest.raises(InvalidInputError, match=reason):
        compare_runs(truth, ["ham"] * len(truth), second, LABELS)


def test_chance_of_a_macro_f1_difference_is_that_of_exchanging_answers():
    """Oracle: scipy's paired permutation test with scikit-learn's F1."""
    random = np.random.default_rng(4)
    truth = random.choice(USED, size=60, p=[0.6, 0.3, 0.1])
    first, second = answered(truth, random, 0.6), answered(truth, random, 0.7)

    def gain(one, two):
        before, after = (
            f1_score(truth, [USED[int(k)] for k in run], labels=USED, average="macro")
            for run in (one, two)
        )
        return after - before

    as_numbers = [[USED.index(label) for label in run] for run in (first, second)]
    plain = permutation_test(
        as_numbers,
        gain,
        permutation_type="samples",
        n_resamples=300,
        rng=np.random.default_rng(5),
    )

    comparison = compare_runs(truth.tolist(), first.tolist(), second.tolist(), LABELS)

    assert comparison.p_macro_f1 == pytest.approx(plain.pvalue, abs=0.08)
    assert 0.05 < plain.pvalue < 0.9


@given(answers)
def test_interval_holds_zero_wherever_the_test_tells_nothing(triples):
    truth, first, second = zip(*triples, strict=True)

    comparison = compare_runs(truth, first, second, LABELS, n_replicates=40)

    difference = comparison.difference
    assert comparison.p_macro_f1 <= 0.05 or difference.low <= 0 <= difference.high


@given(answers)
def test_swapping_the_runs_mirrors_the_comparison(triples):
    truth, first, second = zip(*triples, strict=True)

    there = compare_runs(truth, first, second, LABELS, n_replicates=20)
    back = compare_runs(truth, second, first, LABELS, n_replicates=20)

    assert there.difference.value == pytest.approx(-back.difference.value)
    assert (there.n_fixed, there.n_broken) == (back.n_broken, back.n_fixed)
    assert (there.mcnemar_p, there.n_needed) == (back.mcnemar_p, back.n_needed)


def test_too_few_messages_say_how_many_more_would_tell():
    """40 messages, 4 fixed and 2 broken: (21.65)^2 = 468.6 by Connor's formula."""
    truth, first = spam_run(40, {0, 1, 2, 3})
    _, second = spam_run(40, {4, 5})

    comparison = compare_runs(truth, first, second, LABELS)

    assert comparison.mcnemar_p == pytest.approx(binomtest(4, 6).pvalue)
    assert comparison.n_needed == 469
    assert comparison.advice == (
        "40 judged hold-out messages are too few to tell which run is right more often "
        "(McNemar's test, p = 0.688). If their accuracy truly differs by 0.050, as it does on "
        "these, about 470 would tell it four times in five: 430 more to judge."
    )


def test_runs_that_are_told_apart_need_no_more_messages():
    truth, first = spam_run(200, set(range(40)))
    _, second = spam_run(200, set(range(10)))

    better = compare_runs(truth, first, second, LABELS)
    worse = compare_runs(truth, second, first, LABELS)

    assert better.n_needed is None
    assert better.advice == ("The second run is right more often (McNemar's test, p < 0.001).")
    assert "right less often" in worse.advice


def test_runs_right_equally_often_hear_which_difference_would_show():
    truth, first = spam_run(100, {0, 1, 2, 3, 4})
    _, second = spam_run(100, {5, 6, 7, 8, 9})

    comparison = compare_runs(truth, first, second, LABELS)

    assert (comparison.n_needed, comparison.mcnemar_p) == (None, 1)
    assert comparison.advice.startswith(
        "Both runs are right equally often. 100 judged hold-out messages are enough to tell a "
        "difference in accuracy of 0.0"
    )


def test_runs_right_equally_often_on_a_handful_hear_that_it_is_too_small():
    truth, first = spam_run(4, {0})
    _, second = spam_run(4, {1})

    comparison = compare_runs(truth, first, second, LABELS)

    assert "4 judged hold-out messages are too few to tell any difference" in comparison.advice


def test_runs_wrong_in_different_ways_are_equally_right():
    comparison = compare_runs(["ham", "ham"], ["spam", "ham"], ["threat", "ham"], LABELS)

    assert (comparison.n_changed, comparison.mcnemar_p, comparison.n_needed) == (1, None, None)
    assert "right on the very same messages" in comparison.advice


def test_same_answers_need_no_advice():
    truth, first = spam_run(40, {0})

    assert compare_runs(truth, first, first, LABELS).advice == ""


@given(answers)
def test_more_messages_are_asked_for_wherever_a_difference_is_seen_and_not_told(triples):
    truth, first, second = zip(*triples, strict=True)

    comparison = compare_runs(truth, first, second, LABELS, n_replicates=20)

    is_seen = comparison.n_fixed != comparison.n_broken
    is_told = len(truth) >= 20 and is_seen and comparison.mcnemar_p <= 0.05
    assert (comparison.n_needed is not None) == (is_seen and not is_told)
    assert comparison.n_needed is None or comparison.n_needed > len(truth)


@pytest.mark.slow
@pytest.mark.parametrize("shares", [[1 / 3, 1 / 3, 1 / 3], [0.7, 0.2, 0.1]])
@pytest.mark.parametrize("n", [40, 120])
def test_equal_runs_are_seldom_told_apart(n, shares):
    """Two runs of equal skill: one comparison in twenty may err; the bound allows for chance."""
    random = np.random.default_rng(11)
    n_trials = 1000
    told_apart = 0

    for seed in range(n_trials):
        truth = random.choice(USED, size=n, p=shares)
        runs = [answered(truth, random, 0.7).tolist() for _ in range(2)]
        sentence = compare_runs(truth.tolist(), *runs, LABELS, n_replicates=400, seed=seed).sentence
        told_apart += "better" in sentence or "worse" in sentence

    assert 0.01 <= told_apart / n_trials <= 0.065
