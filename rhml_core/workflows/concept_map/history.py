"""How maps grew: a snapshot for each cycle, what changed between two, and how alike maps are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from rhml_core.concept_map import ConceptMap, Proposition
from rhml_core.domain import Person
from rhml_core.errors import AgreementUndefinedError, NotFoundError
from rhml_core.measures.propositions import MapAgreement, MapSize, map_agreement, map_size
from rhml_core.store import concept_maps as map_store
from rhml_core.store import people
from rhml_core.workflows.concept_map.concept_map import require_comparable
from rhml_core.workflows.concept_map.team import TeamMap, merge_maps
from rhml_core.workflows.cycles import cycle_of
from rhml_core.workflows.workplace import Workplace

TEAM = ""
"""Stands for the merged map wherever an owner is named."""


@dataclass(frozen=True)
class Snapshot:
    """
    All maps as they stood when a cycle ended.

    Attributes:
        cycle: counted from 1.
        ended_at: when the run that closed it was finished; None for the cycle under way.
        sizes: of each person's map, and of the merged one under `TEAM`.
        agreements: of each two people with a map, by their identifiers in alphabetical order;
            None where neither map says anything.
        untyped: the same without types and directions of links.
    """

    cycle: int
    ended_at: datetime | None
    maps: dict[str, ConceptMap]
    team: TeamMap
    sizes: dict[str, MapSize]
    agreements: dict[tuple[str, str], MapAgreement | None]
    untyped: dict[tuple[str, str], MapAgreement | None]


@dataclass(frozen=True)
class MapHistory:
    """
    The snapshots of a project, and who has, or had, a map in any of them.

    Attributes:
        snapshots: oldest first; cycles before the first node are left out.
    """

    people: tuple[Person, ...]
    snapshots: tuple[Snapshot, ...]


@dataclass(frozen=True)
class ChangedProposition:
    """Two nodes that are linked in both snapshots, with another type or the other way round."""

    before: Proposition
    after: Proposition


@dataclass(frozen=True)
class MapDiff:
    """
    What a map says in one snapshot and not in the other.

    Attributes:
        names: how each node that occurs is called, by key.
    """

    added: tuple[Proposition, ...]
    removed: tuple[Proposition, ...]
    changed: tuple[ChangedProposition, ...]
    added_nodes: tuple[str, ...]
    removed_nodes: tuple[str, ...]
    names: dict[str, str]


def map_history(place: Workplace, person: Person, project_id: str) -> MapHistory:
    """
    The maps at the end of each cycle, and as they stand.

    Labels are called as they are called now, so that a renamed label is no change.

    Raises:
        NotAllowedError: an expert has not drawn enough of their own map.
        NotFoundError: there is no such project.
    """
    starts = cycle_of(place.db, project_id)
    require_comparable(place, person, project_id)
    known = people.list_people(place.db)
    found: list[Snapshot] = []
    for cycle, ended_at in enumerate([*starts[1:], None], start=1):
        maps = map_store.list_maps(place.db, project_id, until=ended_at)
        if maps or found:
            found.append(_snapshot(cycle, ended_at, maps, known))
    ever = {owner for one in found for owner in one.maps}
    return MapHistory(tuple(one for one in known if one.person_id in ever), tuple(found))


def map_diff(history: MapHistory, owner: str, first: int, second: int) -> MapDiff:
    """
    What changed on a map from the end of one cycle to that of another.

    Args:
        history: as from `map_history`.
        owner: whose map, or `TEAM`.
        first: the earlier cycle.
        second: the later one.

    Raises:
        NotFoundError: the history has no such cycle.
    """
    by_cycle = {one.cycle: one for one in history.snapshots}
    if not {first, second} <= set(by_cycle):
        raise NotFoundError("There is no snapshot of this cycle. Choose another one.")
    (before, nodes_before), (after, nodes_after) = (
        _content(by_cycle[cycle], owner) for cycle in (first, second)
    )
    return diff_of(before, after, nodes_before, nodes_after)


def diff_of(
    before: frozenset[Proposition],
    after: frozenset[Proposition],
    nodes_before: Mapping[str, str],
    nodes_after: Mapping[str, str],
) -> MapDiff:
    """
    What two states of a map differ in; nodes are given as key -> name.

    Where two nodes have one link before and one after, and it says something else, that is a
    change; every other difference is an addition or a removal.
    """
    removed, added = sorted(before - after), sorted(after - before)
    changed = []
    for old in [*removed]:
        same = [new for new in added if new.pair == old.pair]
        if len(same) == 1 and sum(one.pair == old.pair for one in removed) == 1:
            changed.append(ChangedProposition(old, same[0]))
            removed.remove(old)
            added.remove(same[0])
    return MapDiff(
        tuple(added),
        tuple(removed),
        tuple(changed),
        tuple(sorted(set(nodes_after) - set(nodes_before))),
        tuple(sorted(set(nodes_before) - set(nodes_after))),
        {**nodes_before, **nodes_after},
    )


def _snapshot(
    cycle: int, ended_at: datetime | None, maps: dict[str, ConceptMap], known: list[Person]
) -> Snapshot:
    team = merge_maps([one for one in known if one.person_id in maps], maps)
    said = {owner: drawn.propositions for owner, drawn in maps.items()}
    sizes = {owner: map_size([*drawn.by_key], said[owner]) for owner, drawn in maps.items()}
    pairs = list(combinations(sorted(maps), 2))
    return Snapshot(
        cycle,
        ended_at,
        maps,
        team,
        {TEAM: team.size, **sizes},
        {(a, b): _agreement(said[a], said[b], with_kinds=True) for a, b in pairs},
        {(a, b): _agreement(said[a], said[b], with_kinds=False) for a, b in pairs},
    )


def _agreement(
    first: frozenset[Proposition], second: frozenset[Proposition], *, with_kinds: bool
) -> MapAgreement | None:
    try:
        return map_agreement(first, second, with_kinds=with_kinds)
    except AgreementUndefinedError:
        return None


def _content(one: Snapshot, owner: str) -> tuple[frozenset[Proposition], dict[str, str]]:
    if owner == TEAM:
        return frozenset(each.said for each in one.team.propositions), one.team.names
    drawn = one.maps.get(owner, ConceptMap())
    return drawn.propositions, {key: node.name for key, node in drawn.by_key.items()}
