import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.choosing.sampling import uncertainty


def test_margin_of_the_two_best_is_taken_by_hand():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.4, 0.2, 0.4], [0.0, 0.0, 1.0]])

    unsure = uncertainty(probabilities)

    assert unsure == pytest.approx([0.5, 1.0, 0.0])


def test_lone_label_leaves_nothing_to_be_unsure_of():
    assert uncertainty(np.ones((3, 1))).tolist() == [0.0, 0.0, 0.0]


def test_no_messages_have_no_uncertainty():
    assert uncertainty(np.zeros((0, 3))).shape == (0,)


@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=8))
def test_order_of_the_labels_does_not_matter(masses):
    row = np.array([masses]) / sum(masses)

    unsure = uncertainty(row)[0]

    assert 0.0 <= unsure <= 1.0
    assert uncertainty(row[:, ::-1])[0] == pytest.approx(unsure)
