"""The team's merged map: what anyone says, who says it, and where people contradict each other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rhml_core.concept_map import ConceptMap, LinkKind, MapNode, NodeKind, Proposition
from rhml_core.domain import Person
from rhml_core.errors import InvalidInputError, NotFoundError
from rhml_core.measures.propositions import MapSize, map_size
from rhml_core.store import concept_maps as map_store
from rhml_core.store import people, projects
from rhml_core.store.database import Reader
from rhml_core.workflows.concept_map.acts import draw
from rhml_core.workflows.concept_map.concept_map import require_comparable
from rhml_core.workflows.concept_map.draft import MapDraft
from rhml_core.workflows.concept_map.layout import arranged
from rhml_core.workflows.workplace import Workplace

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class TeamNode:
    """
    What equal nodes of several maps are together.

    Attributes:
        key: what makes them equal.
        name: as most people write it.
        holders: whose maps have it, by identifier.
    """

    key: str
    kind: NodeKind
    name: str
    x: float
    y: float
    term_ids: tuple[str, ...]
    holders: tuple[str, ...]


@dataclass(frozen=True)
class TeamProposition:
    """
    What at least one person says.

    Attributes:
        holders: who says it, by identifier.
        is_disputed: someone says of the same two nodes that one excludes the other, and someone
            that they belong together.
    """

    said: Proposition
    holders: tuple[str, ...]
    is_disputed: bool

    @property
    def proposition_id(self) -> str:
        """Tells it from all others of the map."""
        return f"{self.said.subject}\n{self.said.kind.value}\n{self.said.object}"


@dataclass(frozen=True)
class TeamMap:
    """
    All maps in one.

    Attributes:
        people: who has a map, by name.
        propositions: disputed ones first, then what most people say.
    """

    people: tuple[Person, ...] = ()
    nodes: tuple[TeamNode, ...] = ()
    propositions: tuple[TeamProposition, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """How each node is called, by key."""
        return {node.key: node.name for node in self.nodes}

    @property
    def n_disputed(self) -> int:
        """Pairs of nodes that are disputed."""
        return len({one.said.pair for one in self.propositions if one.is_disputed})

    @property
    def n_unanimous(self) -> int:
        """Propositions that everyone with a map says."""
        return sum(len(one.holders) == len(self.people) for one in self.propositions)

    @property
    def size(self) -> MapSize:
        """How large it is."""
        return map_size([node.key for node in self.nodes], [one.said for one in self.propositions])


def team_map(place: Workplace, person: Person, project_id: str) -> TeamMap:
    """
    The merged map of everyone who has one; without nodes where nobody has.

    Raises:
        NotAllowedError: an expert has not drawn enough of their own map.
        NotFoundError: there is no such project.
    """
    projects.get_project(place.db, project_id)
    require_comparable(place, person, project_id)
    return read_team_map(place.db, project_id)


def read_team_map(db: Reader, project_id: str) -> TeamMap:
    """The same, whoever asks."""
    drawn = map_store.list_maps(db, project_id)
    who = tuple(one for one in people.list_people(db) if one.person_id in drawn)
    return merge_maps(who, drawn)


def merge_maps(who: Sequence[Person], drawn: Mapping[str, ConceptMap]) -> TeamMap:
    """Merge the maps of these people; equal nodes become one, what they say is counted."""
    owners = [one.person_id for one in who]
    held: dict[str, dict[str, MapNode]] = {}
    said: dict[Proposition, list[str]] = {}
    for owner in owners:
        for key, node in drawn[owner].by_key.items():
            held.setdefault(key, {})[owner] = node
        for one in drawn[owner].propositions:
            said.setdefault(one, []).append(owner)
    disputed = _disputed_pairs(said)
    order = sorted(held, key=lambda key: (-len(held[key]), key))
    kinds = {key: _most_common([node.kind for node in held[key].values()]) for key in order}
    labels = [node.key for owner in owners for node in drawn[owner].nodes]
    kinds = dict(sorted(kinds.items(), key=lambda item: _label_place(item, labels)))
    places = arranged(kinds, said)
    return TeamMap(
        tuple(who),
        tuple(
            TeamNode(
                key,
                kind,
                _most_common([node.name for node in held[key].values()]),
                *places[key],
                tuple(dict.fromkeys(one for node in held[key].values() for one in node.term_ids)),
                tuple(held[key]),
            )
            for key, kind in kinds.items()
        ),
        tuple(
            TeamProposition(one, tuple(holders), one.pair in disputed)
            for one, holders in sorted(
                said.items(),
                key=lambda item: (item[0].pair not in disputed, -len(item[1]), item[0]),
            )
        ),
    )


def take_over(
    place: Workplace,
    person: Person,
    project_id: str,
    proposition_ids: Sequence[str],
    *,
    key: str,
) -> ConceptMap:
    """
    Put propositions of the merged map onto the person's own; the own map as it then is.

    Where the own map says something else of the two nodes, it says this from now on.

    Raises:
        NotAllowedError: a viewer asks, or an expert who has not drawn enough of their own map.
        NotFoundError: nobody says this any more.
        InvalidInputError: nothing was chosen.
    """
    require_comparable(place, person, project_id)
    if not proposition_ids:
        raise InvalidInputError("Choose what to take over first.")

    def change(draft: MapDraft) -> None:
        team = read_team_map(place.db, project_id)
        nodes = {node.key: node for node in team.nodes}
        known = {one.proposition_id: one.said for one in team.propositions}
        for wanted in dict.fromkeys(proposition_ids):
            if wanted not in known:
                raise NotFoundError("Nobody says this any more. Reload the page.")
            said = known[wanted]
            target = _draw_node(draft, nodes[said.object], None)
            source = _draw_node(draft, nodes[said.subject], target)
            draft.link(source.node_id, target.node_id, said.kind)

    return draw(place, person, project_id, "take_over", key, change)


def _draw_node(draft: MapDraft, node: TeamNode, near: MapNode | None) -> MapNode:
    known = draft.map.by_key.get(node.key)
    if known is not None:
        return known
    return draft.node_called(node.name, node.kind, near=near, term_ids=node.term_ids)


def _disputed_pairs(said: Mapping[Proposition, Sequence[str]]) -> set[frozenset[str]]:
    apart = {one.pair for one in said if one.kind is LinkKind.EXCLUDES}
    return {one.pair for one in said if one.kind is not LinkKind.EXCLUDES and one.pair in apart}


def _label_place(item: tuple[str, NodeKind], drawn_order: Sequence[str]) -> tuple[int, int]:
    """Labels in the order in which they were first drawn, all else as it is."""
    key, kind = item
    return (0, drawn_order.index(key)) if kind is NodeKind.LABEL else (1, 0)


def _most_common(found: Sequence[_Value]) -> _Value:
    return Counter(found).most_common(1)[0][0]
