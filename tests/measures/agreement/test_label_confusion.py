"""Which labels meet, against scikit-learn and by hand."""

import polars as pl
import pytest
from hypothesis import given
from sklearn.metrics import confusion_matrix

from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import InvalidInputError
from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.label_confusion import label_confusion
from tests.measures.agreement.rated import LABELS, MESSAGES, frame, shared, votes


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
    with pytest.raises(InvalidInputError, match="two people"):
        label_confusion(shared(ana=["ham"], ben=["ham"]), a, b)
