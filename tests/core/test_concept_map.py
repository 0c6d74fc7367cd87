"""What is one proposition, whoever drew it and however it is written."""

from hypothesis import given
from hypothesis import strategies as st

from rhml_core.concept_map import (
    ConceptMap,
    LinkKind,
    MapLink,
    MapNode,
    NodeKind,
    Proposition,
    node_key,
    normal_name,
    proposition,
)

ESCROW = MapNode("n1", NodeKind.CONCEPT, "Escrow")
SALE = MapNode("n2", NodeKind.LABEL, "Sale")


def test_map_says_what_its_links_say():
    drawn = ConceptMap((ESCROW, SALE), (MapLink("l1", "n1", "n2", LinkKind.INDICATES),))

    assert drawn.propositions == {Proposition("name:escrow", LinkKind.INDICATES, "label:Sale")}


def test_exclusion_is_the_same_both_ways():
    one = proposition("name:a", LinkKind.EXCLUDES, "name:b")

    assert one == proposition("name:b", LinkKind.EXCLUDES, "name:a")
    assert proposition("a", LinkKind.IS_A, "b") != proposition("b", LinkKind.IS_A, "a")


def test_two_nodes_that_mean_the_same_say_nothing_of_each_other():
    """Merging two labels in the codebook must not make a label that excludes itself."""
    twin = MapNode("n3", NodeKind.LABEL, "Sale")
    drawn = ConceptMap((SALE, twin), (MapLink("l1", "n2", "n3", LinkKind.EXCLUDES),))

    assert drawn.propositions == frozenset()


def test_labels_are_told_by_name_and_concepts_by_normalised_name():
    assert node_key(NodeKind.LABEL, "Sale") != node_key(NodeKind.LABEL, "sale")
    assert node_key(NodeKind.CONCEPT, "Middle  Man") == node_key(NodeKind.TRAIT, "middle man")


def test_what_cannot_be_seen_makes_no_other_name():
    assert normal_name("pay\u200bpal\u202e") == normal_name("PayPal")


@given(st.text(max_size=30))
def test_normal_name_of_a_normal_name_is_itself(text):
    assert normal_name(normal_name(text)) == normal_name(text)
