"""A person's map while one act changes it: what may be drawn, and where it finds room."""

import math
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from rhml_core.concept_map import (
    ConceptMap,
    LinkKind,
    MapLink,
    MapNode,
    NodeKind,
    node_key,
    normal_name,
)
from rhml_core.domain import Codebook
from rhml_core.errors import InvalidInputError, NotFoundError
from rhml_core.lexicon import Lexicon
from rhml_core.store.concept_maps import MapElement
from rhml_core.workflows.concept_map.layout import COLUMN

_LONGEST_NAME = 80
_MOST_NODES = 400
_EDGE = 10_000.0
_WIDE = 150.0
_HIGH = 72.0
"""Width and height that a node needs for itself."""
_JOINERS = "\u200c\u200d"  # they shape letters in some scripts


class MapDraft:
    """
    The map as the act leaves it so far.

    Attributes:
        elements: what the act changed, by identifier, in the order of change.
    """

    def __init__(
        self, current: ConceptMap, codebook: Codebook, read_lexicon: Callable[[], Lexicon]
    ) -> None:
        """Begin with the map as it stands; the lexicon is read by those acts that look at it."""
        self._nodes = current.by_id
        self._links = {link.link_id: link for link in current.links}
        self._labels = {normal_name(name): name for name in codebook.names}
        self._version = codebook.version
        self._read_lexicon = read_lexicon
        self.elements: dict[str, MapElement] = {}

    @property
    def map(self) -> ConceptMap:
        """As it is now."""
        return ConceptMap(tuple(self._nodes.values()), tuple(self._links.values()))

    @cached_property
    def lexicon(self) -> Lexicon:
        """The team's terms, to which nodes are tied."""
        return self._read_lexicon()

    def add_node(
        self,
        name: str,
        kind: NodeKind = NodeKind.CONCEPT,
        *,
        at: tuple[float, float] | None = None,
        term_ids: Iterable[str] = (),
    ) -> MapNode:
        """
        Put a node on the map; a name that the codebook has is its label's.

        Raises:
            InvalidInputError: the name is unusable or taken, or the codebook has no such label.
        """
        kind, written = self._kind_and_name(kind, name)
        if node_key(kind, written) in self.map.by_key:
            raise InvalidInputError(f"Your map has “{written}” already. Link that one.")
        if len(self._nodes) >= _MOST_NODES:
            raise InvalidInputError(
                f"A map holds {_MOST_NODES} nodes at most. Remove some that say little."
            )
        ids = (*term_ids, *self._terms_called(written))
        place = self._free_place(_within(at) if at else self._start(kind))
        made = MapNode(uuid.uuid4().hex, kind, written, *place, tuple(dict.fromkeys(ids)))
        self._put(made)
        return made

    def node_called(
        self,
        name: str,
        kind: NodeKind = NodeKind.CONCEPT,
        *,
        near: MapNode | None = None,
        term_ids: Iterable[str] = (),
    ) -> MapNode:
        """The node of this name, put on the map where there is none yet; arguments as above."""
        kind, written = self._kind_and_name(kind, name)
        known = self.map.by_key.get(node_key(kind, written))
        if known is None:
            at = (near.x + self._outwards(near) * COLUMN, near.y) if near else None
            return self.add_node(written, kind, at=at, term_ids=term_ids)
        tied = tuple(dict.fromkeys((*known.term_ids, *term_ids)))
        return known if tied == known.term_ids else self._put(replace(known, term_ids=tied))

    def rename(self, node_id: str, name: str) -> None:
        """
        Give a node another name.

        Raises:
            NotFoundError: the map has no such node.
            InvalidInputError: the name is unusable or taken, or one of the two is a label's.
        """
        node = self._node(node_id)
        if node.kind is NodeKind.LABEL:
            raise InvalidInputError("A label is renamed in the codebook; the map follows.")
        kind, written = self._kind_and_name(node.kind, name)
        if kind is NodeKind.LABEL:
            raise InvalidInputError(
                f"“{written}” is a label of the codebook. Draw the label beside this node."
            )
        other = self.map.by_key.get(node_key(kind, written))
        if other is not None and other.node_id != node_id:
            raise InvalidInputError(f"Your map has “{written}” already. Choose another name.")
        if written != node.name:
            self._put(replace(node, name=written))

    def change_kind(self, node_id: str, kind: NodeKind) -> None:
        """
        Make a concept a trait of actors, or the other way round.

        Raises:
            NotFoundError: the map has no such node.
            InvalidInputError: a label is concerned.
        """
        node = self._node(node_id)
        if NodeKind.LABEL in (node.kind, kind):
            raise InvalidInputError("What is a label is said in the codebook, not on the map.")
        if kind is not node.kind:
            self._put(replace(node, kind=kind))

    def move(self, places: Mapping[str, tuple[float, float]]) -> None:
        """
        Put nodes elsewhere.

        Raises:
            NotFoundError: the map has no such node.
            InvalidInputError: a place is no pair of numbers.
        """
        for node_id, place in places.items():
            node, (x, y) = self._node(node_id), _within(place)
            if (x, y) != (node.x, node.y):
                self._put(replace(node, x=x, y=y))

    def tie(self, node_id: str, term_ids: Iterable[str]) -> None:
        """
        Tie a node to these terms of the lexicon and no others.

        Raises:
            NotFoundError: the map has no such node, or the lexicon no such term.
        """
        node, wanted = self._node(node_id), tuple(dict.fromkeys(term_ids))
        known = {term.term_id for term in self.lexicon.terms} | set(node.term_ids)
        if not set(wanted) <= known:
            raise NotFoundError("The lexicon no longer has one of these terms. Reload the page.")
        if wanted != node.term_ids:
            self._put(replace(node, term_ids=wanted))

    def link(self, source: str, target: str, kind: LinkKind) -> None:
        """
        Link two nodes; where they are linked already, their link says this from now on.

        Raises:
            NotFoundError: the map has no such node.
            InvalidInputError: both ends are the same node.
        """
        self._node(source)
        self._node(target)
        if source == target:
            raise InvalidInputError("A link needs two nodes. Choose another one as its end.")
        pair = {source, target}
        older = next(
            (one for one in self._links.values() if {one.source, one.target} == pair), None
        )
        wanted = MapLink(older.link_id if older else uuid.uuid4().hex, source, target, kind)
        if wanted != older:
            self._put(wanted)

    def remove(self, element_ids: Iterable[str]) -> None:
        """
        Take nodes and links off the map; the links of a node go with it.

        Raises:
            NotFoundError: the map has no such node or link.
        """
        for element_id in dict.fromkeys(element_ids):
            if element_id in self._links:
                self._drop(self._links.pop(element_id))
                continue
            node = self._node(element_id)
            for link in [*self._links.values()]:
                if element_id in (link.source, link.target):
                    self._drop(self._links.pop(link.link_id))
            self._drop(self._nodes.pop(node.node_id))

    def _put(self, what: MapNode | MapLink) -> MapNode:
        element = MapElement(what, self._version)
        self.elements[element.element_id] = element
        if isinstance(what, MapLink):
            self._links[what.link_id] = what
            return self._nodes[what.source]
        self._nodes[what.node_id] = what
        return what

    def _drop(self, what: MapNode | MapLink) -> None:
        element = MapElement(what, self._version, is_removed=True)
        self.elements[element.element_id] = element

    def _node(self, node_id: str) -> MapNode:
        if node_id not in self._nodes:
            raise NotFoundError("This is no longer on your map. Reload the page.")
        return self._nodes[node_id]

    def _kind_and_name(self, kind: NodeKind, name: str) -> tuple[NodeKind, str]:
        written = _written(name)
        label = self._labels.get(normal_name(written))
        if label is None and kind is NodeKind.LABEL:
            raise InvalidInputError(f"The codebook has no label “{written}”. Draw a concept.")
        return (kind, written) if label is None else (NodeKind.LABEL, label)

    def _terms_called(self, name: str) -> list[str]:
        wanted = normal_name(name)
        return [
            term.term_id for term in self.lexicon.terms if normal_name(term.expression) == wanted
        ]

    def _start(self, kind: NodeKind) -> tuple[float, float]:
        same = [node for node in self._nodes.values() if node.kind is kind]
        if same:
            return same[0].x, same[0].y
        column = {NodeKind.LABEL: 0.0, NodeKind.CONCEPT: -1.0, NodeKind.TRAIT: -2.0}[kind]
        return column * COLUMN, 0.0

    def _outwards(self, node: MapNode) -> float:
        """Away from the middle of the map, to the left where there is none."""
        others = [one.x for one in self._nodes.values() if one.kind is NodeKind.LABEL]
        return 1.0 if node.x > sum(others) / max(len(others), 1) else -1.0

    def _free_place(self, wanted: tuple[float, float]) -> tuple[float, float]:
        x, y = wanted
        taken = [(node.x, node.y) for node in self._nodes.values()]
        while any(abs(x - one) < _WIDE and abs(y - other) < _HIGH for one, other in taken):
            y += _HIGH
        return x, y


def _written(name: str) -> str:
    seen = "".join(
        one
        for one in unicodedata.normalize("NFC", name)
        if one in _JOINERS or one.isspace() or not unicodedata.category(one).startswith("C")
    )
    written = " ".join(seen.split())
    if not normal_name(written):
        raise InvalidInputError("A node needs a name. Write one or two words.")
    if len(written) > _LONGEST_NAME:
        raise InvalidInputError(
            f"A node's name has {_LONGEST_NAME} characters at most. Say it in fewer words."
        )
    return written


def _within(place: tuple[float, float]) -> tuple[float, float]:
    x, y = place
    if not (math.isfinite(x) and math.isfinite(y)):
        raise InvalidInputError("A node's place must be two numbers. Drag it once more.")
    return min(max(round(x, 1), -_EDGE), _EDGE), min(max(round(y, 1), -_EDGE), _EDGE)
