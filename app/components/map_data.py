"""What the browser is told of a concept map: names as harmless text, labels in their colours."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.components.counted import counted
from app.components.marks import NO_COLOUR, initials, person_tone
from rhml_core.concept_map import LinkKind, MapNode, NodeKind, Proposition
from rhml_core.domain import Person
from rhml_core.lexicon import Term
from rhml_core.safe_text import one_line
from rhml_core.workflows.concept_map.concept_map import NodeTerms, OwnMap
from rhml_core.workflows.concept_map.proposals import Proposal
from rhml_core.workflows.concept_map.team import TeamMap, TeamProposition

_THINNEST, _THICKER = 1.5, 2.5


def link_words(subject: str, kind: LinkKind, other: str) -> str:
    """
    A proposition as one reads it.

    >>> link_words("escrow", LinkKind.INDICATES, "Sale")
    'escrow — indicates — Sale'
    """
    return f"{one_line(subject)} — {kind.value} — {one_line(other)}"


def own_map_data(own: OwnMap, colours: Mapping[str, str]) -> dict[str, Any]:
    """The person's own map, which may be changed; `colours` are the labels', by name."""
    nodes = own.map.by_id
    links = [
        {
            "id": link.link_id,
            "source": link.source,
            "target": link.target,
            "kind": link.kind.value,
            "words": link_words(nodes[link.source].name, link.kind, nodes[link.target].name),
            "colour": _colour(nodes[link.target], colours),
        }
        for link in own.map.links
    ]
    return {
        "canEdit": True,
        "canTake": False,
        "canUndo": own.can_undo,
        "canRedo": own.can_redo,
        "listTitle": "Your map says",
        "emptyWords": "Press N, or double-click here, for a first node.",
        "labels": [{"name": one_line(name), "colour": tone} for name, tone in colours.items()],
        "lexicon": [_term(term) for term in own.lexicon],
        "nodes": [_own_node(node, own, colours) for node in own.map.nodes],
        "links": sorted(links, key=lambda link: (nodes[link["target"]].name, link["words"])),
        "proposals": [_proposal(one, own, colours) for one in own.proposals],
    }


def team_map_data(
    team: TeamMap,
    colours: Mapping[str, str],
    *,
    own: frozenset[Proposition],
    can_take: bool,
) -> dict[str, Any]:
    """The merged map, to look at; `own` is what the reader's map says."""
    people = {one.person_id: one for one in team.people}
    ids = {node.key: f"t{place}" for place, node in enumerate(team.nodes)}
    tones = {
        node.key: colours.get(node.name, NO_COLOUR)
        for node in team.nodes
        if node.kind is NodeKind.LABEL
    }
    return {
        "canEdit": False,
        "canTake": can_take,
        "canUndo": False,
        "canRedo": False,
        "listTitle": "Together you say",
        "emptyWords": "",
        "labels": [],
        "lexicon": [],
        "proposals": [],
        "nodes": [
            {
                "id": ids[node.key],
                "kind": node.kind.value,
                "name": one_line(node.name),
                "x": node.x,
                "y": node.y,
                "colour": tones.get(node.key),
                "terms": [],
                "holders": _holders(node.holders, people),
                "share": _share(node.holders, team),
            }
            for node in team.nodes
        ],
        "links": [_team_link(one, team, ids, tones, people, own) for one in team.propositions],
    }


def _own_node(node: MapNode, own: OwnMap, colours: Mapping[str, str]) -> dict[str, Any]:
    tied = own.terms.get(node.node_id, NodeTerms((), None))
    n = tied.n_matching
    return {
        "id": node.node_id,
        "kind": node.kind.value,
        "name": one_line(node.name),
        "x": node.x,
        "y": node.y,
        "colour": _colour(node, colours),
        "isGone": node.node_id in own.gone,
        "note": "" if n is None else counted(n, "message"),
        "found": ""
        if n is None
        else f"Found in {n:,} of {counted(own.n_messages, 'message')}, hold-out left out.",
        "terms": [_term(term) for term in tied.terms],
    }


def _proposal(one: Proposal, own: OwnMap, colours: Mapping[str, str]) -> dict[str, Any]:
    targets = {node.name: node.node_id for node in own.map.nodes if node.kind is NodeKind.LABEL}
    targets |= {
        each.name: each.proposal_id
        for each in own.proposals
        if each.kind is NodeKind.LABEL and each.name not in targets
    }
    x, y = own.proposed_places[one.proposal_id]
    return {
        "id": one.proposal_id,
        "kind": one.kind.value,
        "name": one_line(one.name),
        "x": x,
        "y": y,
        "colour": colours.get(one.label or one.name, NO_COLOUR),
        "label": one_line(one.label),
        "target": targets.get(one.label),
        "words": link_words(one.name, LinkKind.INDICATES, one.label)
        if one.label
        else one_line(one.name),
        "terms": [],
    }


def _team_link(
    one: TeamProposition,
    team: TeamMap,
    ids: Mapping[str, str],
    tones: Mapping[str, str],
    people: Mapping[str, Person],
    own: frozenset[Proposition],
) -> dict[str, Any]:
    said, names = one.said, team.names
    return {
        "id": one.proposition_id,
        "source": ids[said.subject],
        "target": ids[said.object],
        "kind": said.kind.value,
        "words": link_words(names[said.subject], said.kind, names[said.object]),
        "colour": tones.get(said.object),
        "holders": _holders(one.holders, people),
        "share": _share(one.holders, team),
        "isDisputed": one.is_disputed,
        "isMine": said in own,
        "width": _THINNEST + _THICKER * len(one.holders) / len(team.people),
    }


def _share(holders: Sequence[str], team: TeamMap) -> str:
    return f"{len(holders)} of {len(team.people)}"


def _holders(holders: Sequence[str], people: Mapping[str, Person]) -> list[dict[str, Any]]:
    return [
        {
            "name": one_line(people[one].name),
            "initials": initials(people[one].name),
            "tone": person_tone(one),
            "isSimulated": people[one].is_simulated,
        }
        for one in holders
    ]


def _term(term: Term) -> dict[str, str]:
    return {"id": term.term_id, "words": one_line(term.expression)}


def _colour(node: MapNode, colours: Mapping[str, str]) -> str | None:
    return colours.get(node.name, NO_COLOUR) if node.kind is NodeKind.LABEL else None
