"""Concept maps as events: what each act did to which node or link; the map is a query."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rhml_core.concept_map import ConceptMap, LinkKind, MapLink, MapNode, NodeKind
from rhml_core.store.database import Reader, Transaction

_NODE, _LINK = "node", "link"


@dataclass(frozen=True)
class MapAct:
    """
    One act on one person's map.

    Attributes:
        act: what was done, such as `add` or `undo`.
        about: the act that was taken back or done again; None for all others.
    """

    act_id: str
    act: str
    about: str | None = None


@dataclass(frozen=True)
class MapElement:
    """
    A node or link as an event left it.

    Attributes:
        what: the node or link; of a removed one, as it last was.
        codebook_version: the one in which a label has its name.
    """

    what: MapNode | MapLink
    codebook_version: int
    is_removed: bool = False

    @property
    def element_id(self) -> str:
        """Of the node or of the link."""
        return self.what.node_id if isinstance(self.what, MapNode) else self.what.link_id


def add_map_events(
    transaction: Transaction,
    project_id: str,
    owner_id: str,
    act: MapAct,
    elements: Sequence[MapElement],
    *,
    at: datetime,
) -> None:
    """Append what one act did to each element, in the order given."""
    for element in elements:
        transaction.write(
            """
            INSERT INTO map_events (project_id, owner_id, act_id, act, about, element, element_id,
                is_removed, kind, name, x, y, term_ids, source, target, codebook_version, made_at)
            VALUES ($project_id, $owner_id, $act_id, $act, $about, $element, $element_id,
                $is_removed, $kind, $name, $x, $y, $term_ids, $source, $target,
                $codebook_version, $at)
            """,
            project_id=project_id,
            owner_id=owner_id,
            act_id=act.act_id,
            act=act.act,
            about=act.about,
            element_id=element.element_id,
            is_removed=element.is_removed,
            codebook_version=element.codebook_version,
            at=at,
            **_columns(element.what),
        )


def get_map(
    db: Reader, project_id: str, owner_id: str, *, until: datetime | None = None
) -> ConceptMap:
    """
    A person's map at a moment (None: as it stands), labels as they are called now.

    A map on which nothing was drawn is empty. A link one of whose ends is gone is left out.
    """
    return _maps(_standing(db, project_id, owner_id, until)).get(owner_id, ConceptMap())


def list_maps(
    db: Reader, project_id: str, *, until: datetime | None = None
) -> dict[str, ConceptMap]:
    """The map of everyone who has a node on one at a moment (None: now), by person."""
    return _maps(_standing(db, project_id, None, until))


def _standing(
    db: Reader, project_id: str, owner_id: str | None, until: datetime | None
) -> list[dict[str, Any]]:
    return db.rows(
        """
        WITH newest AS (
            SELECT *, min(seq) OVER (PARTITION BY owner_id, element_id) AS first_seq
            FROM map_events
            WHERE project_id = $project_id AND ($owner_id IS NULL OR owner_id = $owner_id)
                AND ($until IS NULL OR made_at <= $until)
            QUALIFY row_number() OVER (PARTITION BY owner_id, element_id ORDER BY seq DESC) = 1
        )
        SELECT owner_id, element, element_id, newest.kind, x, y, term_ids, source, target,
            coalesce(moved.now, newest.name) AS name
        FROM newest
        LEFT JOIN label_moves AS moved
            ON moved.project_id = newest.project_id AND moved.label = newest.name
            AND newest.element = 'node' AND newest.kind = 'label'
            AND moved.since <= codebook_version AND codebook_version < moved.version
        WHERE NOT is_removed
        ORDER BY owner_id, first_seq
        """,
        project_id=project_id,
        owner_id=owner_id,
        until=until,
    )


def list_acts(db: Reader, project_id: str, owner_id: str) -> list[MapAct]:
    """Every act on a person's map, oldest first."""
    found = db.rows(
        """
        SELECT act_id, act, about FROM map_events
        WHERE project_id = $project_id AND owner_id = $owner_id
        GROUP BY act_id, act, about ORDER BY min(seq)
        """,
        project_id=project_id,
        owner_id=owner_id,
    )
    return [MapAct(row["act_id"], row["act"], row["about"]) for row in found]


def elements_after(
    db: Reader, project_id: str, owner_id: str, act_id: str
) -> tuple[MapElement, ...]:
    """What an act wrote, in its order."""
    found = db.rows(
        """
        SELECT element, element_id, kind, name, x, y, term_ids, source, target, codebook_version,
            is_removed
        FROM map_events
        WHERE project_id = $project_id AND owner_id = $owner_id AND act_id = $act_id
        ORDER BY seq
        """,
        project_id=project_id,
        owner_id=owner_id,
        act_id=act_id,
    )
    return tuple(_element(row) for row in found)


def elements_before(
    db: Reader, project_id: str, owner_id: str, act_id: str
) -> tuple[MapElement, ...]:
    """Each element that an act wrote, as it stood before; what it brought in is removed."""
    found = db.rows(
        """
        WITH act AS (
            SELECT seq, element_id FROM map_events
            WHERE project_id = $project_id AND owner_id = $owner_id AND act_id = $act_id
        )
        SELECT element, element_id, kind, name, x, y, term_ids, source, target, codebook_version,
            is_removed
        FROM map_events JOIN act USING (element_id)
        WHERE project_id = $project_id AND owner_id = $owner_id AND map_events.seq < act.seq
        QUALIFY row_number() OVER (PARTITION BY element_id ORDER BY map_events.seq DESC) = 1
        ORDER BY map_events.seq
        """,
        project_id=project_id,
        owner_id=owner_id,
        act_id=act_id,
    )
    before = {row["element_id"]: _element(row) for row in found}
    return tuple(
        before.get(one.element_id) or replace(one, is_removed=True)
        for one in elements_after(db, project_id, owner_id, act_id)
    )


def count_links_drawn(db: Reader, project_id: str, owner_id: str) -> int:
    """How many links a person has ever drawn on their map, removed ones included."""
    found = db.rows(
        """
        SELECT count(DISTINCT element_id) AS n FROM map_events
        WHERE project_id = $project_id AND owner_id = $owner_id AND element = 'link'
        """,
        project_id=project_id,
        owner_id=owner_id,
    )
    return int(found[0]["n"])


def _columns(what: MapNode | MapLink) -> dict[str, Any]:
    if isinstance(what, MapNode):
        return {
            "element": _NODE,
            "kind": what.kind.value,
            "name": what.name,
            "x": what.x,
            "y": what.y,
            "term_ids": list(what.term_ids),
            "source": "",
            "target": "",
        }
    return {
        "element": _LINK,
        "kind": what.kind.value,
        "name": "",
        "x": 0.0,
        "y": 0.0,
        "term_ids": [],
        "source": what.source,
        "target": what.target,
    }


def _element(row: dict[str, Any]) -> MapElement:
    return MapElement(_what(row), row["codebook_version"], row["is_removed"])


def _what(row: dict[str, Any]) -> MapNode | MapLink:
    if row["element"] == _LINK:
        return MapLink(row["element_id"], row["source"], row["target"], LinkKind(row["kind"]))
    return MapNode(
        row["element_id"],
        NodeKind(row["kind"]),
        row["name"],
        row["x"],
        row["y"],
        tuple(row["term_ids"]),
    )


def _maps(rows: list[dict[str, Any]]) -> dict[str, ConceptMap]:
    nodes: dict[str, list[MapNode]] = {}
    links: dict[str, list[MapLink]] = {}
    for row in rows:
        what = _what(row)
        if isinstance(what, MapNode):
            nodes.setdefault(row["owner_id"], []).append(what)
        else:
            links.setdefault(row["owner_id"], []).append(what)
    return {
        owner: ConceptMap(tuple(drawn), _whole(drawn, links.get(owner, [])))
        for owner, drawn in nodes.items()
    }


def _whole(nodes: list[MapNode], links: list[MapLink]) -> tuple[MapLink, ...]:
    known = {node.node_id for node in nodes}
    return tuple(link for link in links if link.source in known and link.target in known)
