"""How alike two maps are, counted by hand, against scikit-learn, and as laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from rhml_core.concept_map import LinkKind, Proposition, proposition
from rhml_core.errors import AgreementUndefinedError
from rhml_core.measures.propositions import map_agreement, map_size

INDICATES, EXCLUDES, IS_A = LinkKind.INDICATES, LinkKind.EXCLUDES, LinkKind.IS_A
ESCROW = Proposition("escrow", INDICATES, "sale")
PRICE = Proposition("price", INDICATES, "sale")
DUMP = Proposition("dump", INDICATES, "leak")

names = st.sampled_from("abcde")
said = st.builds(proposition, names, st.sampled_from(LinkKind), names).filter(
    lambda one: one.subject != one.object
)
maps = st.frozensets(said, max_size=12)


def test_f1_by_hand():
    """Ana says three things, Ben two, one of them alike: 1/2, 1/3, and 2 * 1 / (3 + 2)."""
    ana = [ESCROW, PRICE, DUMP]
    ben = [ESCROW, Proposition("price", EXCLUDES, "sale")]

    found = map_agreement(ana, ben)

    assert (found.precision, found.recall) == (1 / 2, 1 / 3)
    assert found.f1.value == pytest.approx(0.4)
    assert (found.n_shared, found.n_first, found.n_second, found.f1.n) == (1, 3, 2, 4)


def test_without_types_the_same_two_nodes_are_enough():
    ana = [ESCROW, PRICE, DUMP]
    ben = [ESCROW, proposition("price", EXCLUDES, "sale")]

    found = map_agreement(ana, ben, with_kinds=False)

    assert (found.n_shared, found.f1.n) == (2, 3)
    assert found.f1.value == pytest.approx(0.8)


def test_direction_counts_with_types_and_not_without():
    there, back = [Proposition("a", IS_A, "b")], [Proposition("b", IS_A, "a")]

    assert map_agreement(there, back).f1.value == 0
    assert map_agreement(there, back, with_kinds=False).f1.value == 1


def test_two_empty_maps_have_no_agreement():
    with pytest.raises(AgreementUndefinedError, match="Neither map says anything"):
        map_agreement([], [])


def test_empty_map_has_no_precision_but_an_f1_of_zero():
    found = map_agreement([ESCROW], [])

    assert found.precision is None
    assert found.recall == 0
    assert found.f1.value == 0


def test_few_propositions_tell_little():
    """The interval is Wilson's of one shared in one, taken through 2 s / (1 + s)."""
    found = map_agreement([ESCROW], [ESCROW])

    assert found.f1.value == 1
    assert found.f1.low == pytest.approx(2 * 0.2065 / 1.2065, abs=1e-3)
    assert found.f1.high == 1


@given(maps, maps)
def test_f1_is_symmetric_and_swaps_precision_and_recall(one, other):
    if not one | other:
        return

    there, back = map_agreement(one, other), map_agreement(other, one)

    assert there.f1 == back.f1
    assert (there.precision, there.recall) == (back.recall, back.precision)
    assert 0 <= there.f1.low <= there.f1.value <= there.f1.high <= 1
    assert (there.f1.value == 1) == (one == other)


@given(maps, maps)
def test_f1_is_that_of_scikit_learn_over_all_that_either_says(one, other):
    either = sorted(one | other)
    if not either:
        return
    truth = np.array([each in one for each in either])
    answer = np.array([each in other for each in either])

    found = map_agreement(one, other)

    assert found.f1.value == pytest.approx(f1_score(truth, answer, zero_division=0))
    if other:
        assert found.precision == pytest.approx(precision_score(truth, answer))
    if one:
        assert found.recall == pytest.approx(recall_score(truth, answer))


def test_cross_links_are_those_beyond_a_tree():
    """Two labels tied by one concept hold together; a third link closes a ring."""
    tree = [Proposition("a", INDICATES, "x"), Proposition("a", EXCLUDES, "y")]
    ring = [*tree, Proposition("x", EXCLUDES, "y")]

    assert (map_size("axyz", tree).n_parts, map_size("axyz", tree).n_cross_links) == (2, 0)
    assert (map_size("axyz", ring).n_parts, map_size("axyz", ring).n_cross_links) == (2, 1)
    assert (map_size("axyz", ring).n_nodes, map_size("axyz", ring).n_links) == (4, 3)


def test_empty_map_has_no_size():
    found = map_size([], [])

    assert (found.n_nodes, found.n_links, found.n_parts, found.n_cross_links) == (0, 0, 0, 0)


@given(maps)
def test_cross_links_are_never_negative(one):
    found = map_size("abcde", one)

    assert found.n_cross_links >= 0
    assert found.n_links - found.n_nodes + found.n_parts == found.n_cross_links
