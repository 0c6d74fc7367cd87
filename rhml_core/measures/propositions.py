"""How alike two concept maps are, and how large one is: counted over their propositions."""

from collections.abc import Collection
from dataclasses import dataclass

from rhml_core.concept_map import Proposition
from rhml_core.errors import AgreementUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.proportions import wilson_interval


@dataclass(frozen=True)
class MapAgreement:
    """
    How far two maps say the same.

    Attributes:
        precision: share of the second map's propositions that the first has too, 0 to 1; None
            where the second says nothing.
        recall: share of the first map's propositions that the second has too, 0 to 1; None
            where the first says nothing.
        f1: their harmonic mean, 0 (nothing in common) to 1 (the same); `n` counts the
            propositions that either holds.
        n_shared, n_first, n_second: propositions of both, of the first and of the second.
    """

    precision: float | None
    recall: float | None
    f1: Interval
    n_shared: int
    n_first: int
    n_second: int


@dataclass(frozen=True)
class MapSize:
    """
    How much a map says and how tightly it is knit.

    Attributes:
        n_nodes: with those that nothing is linked to.
        n_links: propositions.
        n_parts: pieces between which there is no link; a node alone is one.
        n_cross_links: links beyond those that hold the pieces together; 0 for a tree.
    """

    n_nodes: int
    n_links: int
    n_parts: int
    n_cross_links: int


def map_agreement(
    first: Collection[Proposition], second: Collection[Proposition], *, with_kinds: bool = True
) -> MapAgreement:
    """
    F1 over the propositions of two maps.

    Swapping the maps swaps precision and recall and leaves F1 as it is. The interval reads the
    propositions of both as a draw from all that could be said: with few of them, F1 of two maps
    says little of F1 of what the two people know. It is Wilson's for the share s of shared ones
    among all that either holds, for F1 = 2 s / (1 + s) rises with s.

    Args:
        first: what one map says; a proposition said twice counts once.
        second: what the other says.
        with_kinds: whether the type and the direction of a link count; without them two maps
            agree where they link the same two nodes.

    Raises:
        AgreementUndefinedError: neither map says anything.

    Source:
        Dice, Measures of the amount of ecologic association between species, 1945; van
        Rijsbergen, Information Retrieval, 1979.
    """
    one = set(first) if with_kinds else {each.pair for each in first}
    other = set(second) if with_kinds else {each.pair for each in second}
    both, either = len(one & other), len(one | other)
    if not either:
        raise AgreementUndefinedError(
            "Neither map says anything yet, so there is nothing to agree on. Link some nodes."
        )
    shared = wilson_interval(both, either)
    value, low, high = (
        2 * share / (1 + share) for share in (shared.value, shared.low, shared.high)
    )
    return MapAgreement(
        precision=both / len(other) if other else None,
        recall=both / len(one) if one else None,
        f1=Interval(value, low, high, either),
        n_shared=both,
        n_first=len(one),
        n_second=len(other),
    )


def map_size(nodes: Collection[str], said: Collection[Proposition]) -> MapSize:
    """
    Counts of a map.

    Args:
        nodes: keys of all nodes, those at the ends of propositions included.
        said: the propositions.

    Source:
        Novak and Canas, The theory underlying concept maps, 2008, on cross-links; counted here
        as the independent cycles of a graph, links - nodes + parts.
    """
    links = set(said)
    root = {node: node for node in nodes}

    def find(node: str) -> str:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for link in links:
        root[find(link.subject)] = find(link.object)
    n_parts = sum(node == top for node, top in root.items())
    return MapSize(len(root), len(links), n_parts, len(links) - len(root) + n_parts)
