import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.term_gain import f1_gain


def columns(rows):
    return [np.array(column, dtype=bool) for column in zip(*rows, strict=True)]


def test_gain_is_that_computed_by_hand():
    """Together 2 * 2 / (2 + 2) = 1; one alone 2 * 2 / (4 + 2), the other 2 * 2 / (3 + 2)."""
    one, other, label = columns([(1, 1, 1), (1, 1, 1), (1, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 0)])

    gain = f1_gain(one & other, one, other, label)

    assert gain.value == pytest.approx(1 - 4 / 5)
    assert gain.low <= gain.value <= gain.high
    assert gain.n == 6


@given(st.lists(st.tuples(*[st.booleans()] * 3), min_size=4, max_size=30))
def test_gain_is_the_difference_of_the_librarys_f1(rows):
    one, other, label = columns([*rows, (True, True, True)])

    gain = f1_gain(one & other, one, other, label, n_replicates=20)

    alone = max(f1_score(label, one), f1_score(label, other))
    assert gain.value == pytest.approx(f1_score(label, one & other) - alone)


def test_label_that_nobody_gave_has_no_gain():
    nothing = np.zeros(3, dtype=bool)

    with pytest.raises(MeasureUndefinedError, match="No message has the label"):
        f1_gain(nothing, nothing, nothing, nothing)


def test_terms_of_other_messages_are_refused():
    with pytest.raises(InvalidInputError, match="same messages"):
        f1_gain(*[np.ones(n, dtype=bool) for n in (2, 2, 2, 3)])
