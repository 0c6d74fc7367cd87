"""What a person does to their own concept map; each act is one transaction and can be undone."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from rhml_core.concept_map import ConceptMap, LinkKind, NodeKind
from rhml_core.domain import Person, Role
from rhml_core.store import codebooks, lexicons, projects
from rhml_core.store import concept_maps as map_store
from rhml_core.store.concept_maps import MapAct, MapElement
from rhml_core.store.database import Transaction
from rhml_core.store.events import add_event
from rhml_core.workflows.concept_map.draft import MapDraft
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

UNDO, REDO = "undo", "redo"


def add_node(
    place: Workplace,
    person: Person,
    project_id: str,
    name: str,
    *,
    kind: NodeKind = NodeKind.CONCEPT,
    at: tuple[float, float] | None = None,
    key: str,
) -> ConceptMap:
    """
    Put a node on the person's own map, near `at` where that is given; the map as it then is.

    A node called as a label of the codebook is that label; one called as a term of the lexicon is
    tied to it. All acts of this module raise `NotAllowedError` for viewers and `NotFoundError`
    for unknown projects, nodes and links, and write nothing for a key that was used before.

    Raises:
        InvalidInputError: the name is empty, too long or taken.
    """
    return draw(place, person, project_id, "add", key, lambda one: one.add_node(name, kind, at=at))


def rename_node(
    place: Workplace, person: Person, project_id: str, node_id: str, name: str, *, key: str
) -> ConceptMap:
    """
    Give a node another name; the map as it then is.

    Raises:
        InvalidInputError: the name is unusable or taken, or the node is a label.
    """
    return draw(place, person, project_id, "rename", key, lambda one: one.rename(node_id, name))


def change_node_kind(
    place: Workplace, person: Person, project_id: str, node_id: str, kind: NodeKind, *, key: str
) -> ConceptMap:
    """
    Make a concept a trait of actors or the other way round; the map as it then is.

    Raises:
        InvalidInputError: a label is concerned.
    """
    return draw(place, person, project_id, "kind", key, lambda one: one.change_kind(node_id, kind))


def move_nodes(
    place: Workplace,
    person: Person,
    project_id: str,
    places: Mapping[str, tuple[float, float]],
    *,
    key: str,
) -> ConceptMap:
    """
    Put nodes elsewhere, by identifier; the map as it then is.

    Raises:
        InvalidInputError: a place is no pair of finite numbers.
    """
    return draw(place, person, project_id, "move", key, lambda one: one.move(places))


def link_nodes(
    place: Workplace,
    person: Person,
    project_id: str,
    source: str,
    target: str,
    kind: LinkKind,
    *,
    key: str,
) -> ConceptMap:
    """
    Link two nodes, or let their link say something else; the map as it then is.

    Raises:
        InvalidInputError: both ends are the same node.
    """
    return draw(place, person, project_id, "link", key, lambda one: one.link(source, target, kind))


def state_proposition(
    place: Workplace,
    person: Person,
    project_id: str,
    subject: str,
    kind: LinkKind,
    other: str,
    *,
    key: str,
) -> ConceptMap:
    """
    Say a proposition by names, as in escrow, indicates, Sale; nodes that are missing are added.

    Raises:
        InvalidInputError: a name is unusable, or both are the same.
    """

    def change(one: MapDraft) -> None:
        target = one.node_called(other)
        one.link(one.node_called(subject, near=target).node_id, target.node_id, kind)

    return draw(place, person, project_id, "state", key, change)


def remove_elements(
    place: Workplace, person: Person, project_id: str, element_ids: Sequence[str], *, key: str
) -> ConceptMap:
    """Take nodes, with their links, and links off the map; the map as it then is."""
    return draw(place, person, project_id, "remove", key, lambda one: one.remove(element_ids))


def tie_terms(
    place: Workplace,
    person: Person,
    project_id: str,
    node_id: str,
    term_ids: Sequence[str],
    *,
    key: str,
) -> ConceptMap:
    """
    Tie a node to these terms of the lexicon, and so to features; the map as it then is.

    Raises:
        NotFoundError: the lexicon has no such term.
    """
    return draw(place, person, project_id, "tie", key, lambda one: one.tie(node_id, term_ids))


def undo(place: Workplace, person: Person, project_id: str, *, key: str) -> ConceptMap:
    """Take the newest act that still counts back; nothing happens where there is none."""
    return _go(place, person, project_id, UNDO, key)


def redo(place: Workplace, person: Person, project_id: str, *, key: str) -> ConceptMap:
    """Do the act that was taken back last again; nothing happens where there is none."""
    return _go(place, person, project_id, REDO, key)


def standing_acts(acts: Sequence[MapAct]) -> tuple[list[str], list[str]]:
    """
    Which acts count and which were taken back, by identifier; the next one to undo, or redo, last.

    >>> standing_acts([MapAct("a", "add"), MapAct("b", "add"), MapAct("c", "undo", "b")])
    (['a'], ['b'])
    """
    done: list[str] = []
    undone: list[str] = []
    for act in acts:
        if act.act == UNDO and act.about:
            undone.append(done.pop())
        elif act.act == REDO and act.about:
            done.append(undone.pop())
        else:
            done.append(act.act_id)
            undone.clear()
    return done, undone


def draw(
    place: Workplace,
    person: Person,
    project_id: str,
    act: str,
    key: str,
    change: Callable[[MapDraft], object],
) -> ConceptMap:
    """
    Do one act on the person's own map in one transaction; the map as it then is.

    Args:
        place: the workplace.
        person: whose map.
        project_id: where.
        act: its name in the store.
        key: idempotency key.
        change: draws on the draft.
    """

    def elements(transaction: Transaction) -> list[MapElement]:
        drawn = map_store.get_map(transaction, project_id, person.person_id)
        codebook = codebooks.get_codebook(transaction, project_id)
        read_lexicon = partial(lexicons.get_lexicon, transaction, project_id)
        draft = MapDraft(drawn, codebook, read_lexicon)
        change(draft)
        return [*draft.elements.values()]

    return _write(place, person, project_id, key, lambda now: (MapAct(_new(), act), elements(now)))


def _go(place: Workplace, person: Person, project_id: str, way: str, key: str) -> ConceptMap:
    def prepare(transaction: Transaction) -> tuple[MapAct, list[MapElement]]:
        owner = person.person_id
        done, undone = standing_acts(map_store.list_acts(transaction, project_id, owner))
        stack = done if way == UNDO else undone
        if not stack:
            return MapAct(_new(), way), []
        read = map_store.elements_before if way == UNDO else map_store.elements_after
        elements = read(transaction, project_id, owner, stack[-1])
        return MapAct(_new(), way, stack[-1]), [*elements]

    return _write(place, person, project_id, key, prepare)


def _write(
    place: Workplace,
    person: Person,
    project_id: str,
    key: str,
    prepare: Callable[[Transaction], tuple[MapAct, list[MapElement]]],
) -> ConceptMap:
    require(person, Role.EXPERT, "draw a concept map")
    projects.get_project(place.db, project_id)
    owner = person.person_id
    with place.db.atomic() as transaction:
        now = place.now()  # behind the lock, so that time and order are the same
        if transaction.claim(act_key(person, "map", project_id, key), at=now):
            act, elements = prepare(transaction)
            if elements:
                map_store.add_map_events(transaction, project_id, owner, act, elements, at=now)
                add_event(
                    transaction,
                    kind="map_changed",
                    subject=f"map:{owner}",
                    person_id=owner,
                    project_id=project_id,
                    at=now,
                    detail={"act": act.act, "n_elements": len(elements)},
                )
        return map_store.get_map(transaction, project_id, owner)


def _new() -> str:
    return uuid.uuid4().hex
