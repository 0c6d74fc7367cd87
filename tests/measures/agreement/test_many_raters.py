"""Percent, Fleiss' kappa and AC1 against published values and formulas written out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rhml_core.errors import AgreementUndefinedError
from rhml_core.measures.agreement.alpha import krippendorff_alpha
from rhml_core.measures.agreement.many_raters import fleiss_kappa, gwet_ac1, percent_agreement
from rhml_core.measures.ratings import encode
from tests.measures.agreement.rated import LABELS, RATERS, frame, outcome, shared, votes

MEASURES = [percent_agreement, fleiss_kappa, gwet_ac1]


def quick(measure):
    """The measure's value, with few resamples."""
    return lambda labels: measure(labels, n_replicates=20).value


def by_message(of):
    """The labels of each message, as lists."""
    said = {message: [] for message, _ in of}
    for (message, _), label in of.items():
        said[message].append(label)
    return list(said.values())


def written_out(of, n_labels):
    """Percent, Fleiss and AC1 as the formulas stand in the book, pair by pair."""
    said = by_message(of)
    agreeing = [
        np.mean([a == b for a, b in combinations(labels, 2)]) for labels in said if len(labels) > 1
    ]
    percent = np.mean(agreeing)
    shares = [np.mean([labels.count(name) / len(labels) for labels in said]) for name in LABELS]
    fleiss_chance = sum(share**2 for share in shares)
    ac1_chance = sum(share * (1 - share) for share in shares) / (n_labels - 1)
    return (
        percent,
        (percent - fleiss_chance) / (1 - fleiss_chance),
        (percent - ac1_chance) / (1 - ac1_chance),
    )


def test_measures_meet_gwets_published_example_with_skipped_messages():
    """
    Four raters, twelve units, gaps, one lone label.

    Gwet's Handbook and the irrCAC package give 0.8182, 0.7612 and 0.7754; alpha is 0.7434.
    """
    labels = shared(
        ana=[*"123321412", None, None, None],
        ben=[*"1233224125", None, "3"],
        cleo=[None, *"3332342251", None],
        dan=[*"12332441251", None],
    )

    found = [quick(measure)(labels) for measure in MEASURES]

    assert found == pytest.approx([0.81818, 0.76117, 0.77544], abs=1e-5)
    assert krippendorff_alpha(labels) == pytest.approx(0.743421, abs=1e-6)


def test_fleiss_meets_his_published_kind_of_table():
    """Ten units, fourteen raters, five categories: 0.210 in the usual worked example."""
    table = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    of = {}
    for message, counts in enumerate(table):
        given_labels = [label for label, n in enumerate(counts) for _ in range(n)]
        of |= {(str(message), f"r{n}"): str(label) for n, label in enumerate(given_labels)}

    interval = fleiss_kappa(frame(of))

    assert interval.value == pytest.approx(0.20993, abs=1e-5)
    assert percent_agreement(frame(of)).value == pytest.approx(0.378, abs=1e-3)
    assert interval.low < interval.value < interval.high
    assert interval.n == 10


@given(votes)
def test_measures_equal_their_formulas_written_out(of):
    ratings = encode(frame(of), LABELS)
    said = by_message(of)
    assume(any(len(labels) > 1 for labels in said))
    in_use = {label for labels in said for label in labels}

    percent, fleiss, ac1 = (outcome(quick(measure), ratings) for measure in MEASURES)

    if len(in_use) == 1:
        assert (percent, fleiss) == (1, None)
        assert ac1 == pytest.approx(1)
    else:
        assert (percent, fleiss, ac1) == pytest.approx(written_out(of, len(LABELS)))


@given(votes, st.permutations(RATERS), st.permutations(LABELS), st.randoms())
def test_measures_do_not_depend_on_names_or_order(of, raters, labels, random):
    rename_rater = dict(zip(RATERS, raters, strict=True))
    rename_label = dict(zip(LABELS, labels, strict=True))
    renamed = [((m, rename_rater[r]), rename_label[label]) for (m, r), label in of.items()]
    random.shuffle(renamed)

    for measure in MEASURES:
        before = outcome(quick(measure), frame(of))
        after = outcome(quick(measure), frame(dict(renamed)))
        assert after == (before if before is None else pytest.approx(before))


@pytest.mark.parametrize("measure", MEASURES)
def test_measures_are_undefined_where_one_rater_works_alone(measure):
    with pytest.raises(AgreementUndefinedError, match="two people"):
        measure(shared(ana=["ham", "spam"]))


@pytest.mark.parametrize("measure", [fleiss_kappa, gwet_ac1])
def test_chance_is_unknown_where_there_is_one_label(measure):
    with pytest.raises(AgreementUndefinedError, match="One label only"):
        measure(shared(ana=["ham", "ham"], ben=["ham", "ham"]))


def test_ac1_stays_high_where_one_label_is_common_and_fleiss_does_not():
    """The paradox that AC1 was made for: 96 of 100 messages agreed upon, kappa below zero."""
    labels = shared(
        ana=["ham"] * 96 + ["spam", "ham", "spam", "ham"],
        ben=["ham"] * 96 + ["ham", "spam", "ham", "spam"],
    )

    fleiss, ac1 = fleiss_kappa(labels), gwet_ac1(labels)

    assert fleiss.value < 0
    assert ac1.value > 0.95
    assert ac1.low < ac1.value < ac1.high <= 1


@given(votes)
def test_lone_labels_leave_percent_as_it_is(of):
    lone = of | {("alone", "ana"): "threat"}

    assert outcome(quick(percent_agreement), frame(lone)) == outcome(
        quick(percent_agreement), frame(of)
    )
