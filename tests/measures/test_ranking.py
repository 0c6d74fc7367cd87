"""Average precision against hand counts and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.ranking import average_precisions, rank_messages

ranked = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=30).filter(
    lambda rows: any(has_label for _, has_label in rows)
)


def whole(n):
    """Counts of the data as they are."""
    return np.ones((n, 1), dtype=np.float32)


def test_hand_counted_ranking():
    """Found at places 1 and 3: half of the recall at precision 1, half at 2/3."""
    ranking = rank_messages(np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False]))

    area, occurs = average_precisions(ranking, whole(4))

    assert area[0] == pytest.approx((1 + 2 / 3) / 2)
    assert occurs[0]


def test_equal_scores_have_no_order():
    """One of two messages of equal score has the label: precision is 1/2 whichever is first."""
    for has_label in ([True, False], [False, True]):
        ranking = rank_messages(np.array([0.5, 0.5]), np.array(has_label))

        assert average_precisions(ranking, whole(2))[0][0] == pytest.approx(0.5)


@given(ranked, st.data())
def test_resamples_equal_scikit_learn_with_weights(rows, data):
    scores = np.array([score for score, _ in rows]) / 6
    has_label = np.array([has for _, has in rows])
    counts = np.array(
        data.draw(
            st.lists(
                st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)),
                min_size=1,
                max_size=4,
            )
        ),
        dtype=np.float32,
    ).T

    areas, occurs = average_precisions(rank_messages(scores, has_label), counts)

    for column, (area, does_occur) in enumerate(zip(areas, occurs, strict=True)):
        weights = counts[:, column]
        assert does_occur == (weights[has_label].sum() > 0)
        if does_occur:
            oracle = average_precision_score(has_label, scores, sample_weight=weights)
            assert area == pytest.approx(oracle, abs=1e-6)


@given(ranked)
def test_only_the_order_of_scores_counts(rows):
    scores = np.array([score for score, _ in rows], dtype=float)
    has_label = np.array([has for _, has in rows])

    before = average_precisions(rank_messages(scores, has_label), whole(len(rows)))[0]
    after = average_precisions(rank_messages(np.exp(scores), has_label), whole(len(rows)))[0]

    assert after == pytest.approx(before)


def test_label_without_a_message_cannot_be_ranked():
    with pytest.raises(MeasureUndefinedError, match="No message has the label"):
        rank_messages(np.array([0.5]), np.array([False]))


def test_scores_of_other_messages_are_refused():
    with pytest.raises(InvalidInputError, match="2 scores for 1 messages"):
        rank_messages(np.array([0.5, 0.6]), np.array([True]))
