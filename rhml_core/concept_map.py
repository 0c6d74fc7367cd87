"""
The words of the concept map as value types: nodes, typed links, and the propositions they say.

Nothing here reads, writes, computes a figure or knows the time.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """What a node stands for."""

    CONCEPT = "concept"
    LABEL = "label"
    TRAIT = "trait"


class LinkKind(StrEnum):
    """What a link says of two nodes; the words read from its source to its target."""

    IS_A = "is a"
    INDICATES = "indicates"
    EXCLUDES = "excludes"
    PART_OF = "part of"


@dataclass(frozen=True)
class MapNode:
    """
    One node of a person's map.

    Attributes:
        name: as it was written; a label's as it is called now.
        x, y: its centre, in pixels at zoom 1; to the right and down.
        term_ids: terms of the lexicon that it is tied to.
    """

    node_id: str
    kind: NodeKind
    name: str
    x: float = 0.0
    y: float = 0.0
    term_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What is equal for two nodes, of whosever map, that mean the same."""
        return node_key(self.kind, self.name)


@dataclass(frozen=True)
class MapLink:
    """A typed link between two nodes of one map, by their identifiers."""

    link_id: str
    source: str
    target: str
    kind: LinkKind


@dataclass(frozen=True, order=True)
class Proposition:
    """
    What a link says, whosever map it stands on: two node keys and a type.

    That one thing excludes another says also that the other excludes the one; of these two
    the one whose subject comes last in the alphabet stands for both. Labels' keys come first, so
    that they are objects.
    """

    subject: str
    kind: LinkKind
    object: str

    @property
    def pair(self) -> frozenset[str]:
        """The two nodes, whatever is said of them and in whichever direction."""
        return frozenset((self.subject, self.object))


@dataclass(frozen=True)
class ConceptMap:
    """One person's map at one moment, nodes and links in the order in which they were drawn."""

    nodes: tuple[MapNode, ...] = ()
    links: tuple[MapLink, ...] = ()

    @property
    def by_id(self) -> dict[str, MapNode]:
        """The nodes by identifier."""
        return {node.node_id: node for node in self.nodes}

    @property
    def by_key(self) -> dict[str, MapNode]:
        """The nodes by key; of two that mean the same, the one drawn first."""
        return {node.key: node for node in reversed(self.nodes)}

    @property
    def propositions(self) -> frozenset[Proposition]:
        """What the map says; a link whose two ends mean the same says nothing."""
        return frozenset(self.links_by_proposition)

    @property
    def links_by_proposition(self) -> dict[Proposition, MapLink]:
        """The link that says each proposition; of two that say the same, the first."""
        nodes = self.by_id
        found: dict[Proposition, MapLink] = {}
        for link in self.links:
            said = proposition(nodes[link.source].key, link.kind, nodes[link.target].key)
            if said.subject != said.object:
                found.setdefault(said, link)
        return found


def proposition(subject: str, kind: LinkKind, other: str) -> Proposition:
    """
    The proposition of two node keys and a type, in its one form.

    >>> proposition("b", LinkKind.EXCLUDES, "a") == proposition("a", LinkKind.EXCLUDES, "b")
    True
    """
    if kind is LinkKind.EXCLUDES and subject < other:
        subject, other = other, subject
    return Proposition(subject, kind, other)


def node_key(kind: NodeKind, name: str) -> str:
    r"""
    What is equal for nodes that mean the same: labels by name, all else by normalised name.

    >>> node_key(NodeKind.CONCEPT, " Middle  MAN ") == node_key(NodeKind.TRAIT, "middle man")
    True
    >>> node_key(NodeKind.LABEL, "sale") == node_key(NodeKind.CONCEPT, "sale")
    False
    """
    return f"label:{name}" if kind is NodeKind.LABEL else f"name:{normal_name(name)}"


def normal_name(name: str) -> str:
    r"""
    The name as it is compared: one case, one form of each letter, nothing that cannot be seen.

    >>> normal_name("E\u0301scrow\u200b ") == normal_name("\u00c9SCROW")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    seen = "".join(one for one in folded if unicodedata.category(one) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).split())
