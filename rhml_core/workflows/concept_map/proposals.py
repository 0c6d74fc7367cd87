"""What a map may begin with: the codebook's labels, and concepts that the team adopted."""

from collections.abc import Sequence
from dataclasses import dataclass

from rhml_core.concept_map import (
    ConceptMap,
    LinkKind,
    NodeKind,
    Proposition,
    node_key,
    proposition,
)
from rhml_core.domain import Concept, ConceptStatus, Person
from rhml_core.errors import NotFoundError
from rhml_core.lexicon import Lexicon
from rhml_core.store import codebooks
from rhml_core.store import concept_maps as map_store
from rhml_core.store import concepts as concept_store
from rhml_core.store.database import Reader
from rhml_core.workflows.concept_map.acts import draw
from rhml_core.workflows.concept_map.draft import MapDraft
from rhml_core.workflows.concept_map.layout import COLUMN, ROW, arranged
from rhml_core.workflows.workplace import Workplace

_MOST_PROPOSED = 16
_LABEL, _CONCEPT = "label:", "concept:"


@dataclass(frozen=True)
class Proposal:
    """
    One piece that a person may take onto their map.

    Attributes:
        proposal_id: as in `label:Sale` or `concept:ID`.
        name: of the node.
        label: that an adopted concept indicates; "" where the node is a label itself.
    """

    proposal_id: str
    kind: NodeKind
    name: str
    label: str = ""
    term_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The node's, as on a map."""
        return node_key(self.kind, self.name)

    @property
    def said(self) -> Proposition | None:
        """What is proposed to be said; None for a label alone."""
        if not self.label:
            return None
        return proposition(self.key, LinkKind.INDICATES, node_key(NodeKind.LABEL, self.label))


def propose(
    db: Reader, project_id: str, drawn: ConceptMap, lexicon: Lexicon
) -> tuple[Proposal, ...]:
    """
    What a map does not have yet: labels in codebook order, then adopted concepts, strongest first.

    A concept is not proposed where its node and its label are linked, whatever the link says, and
    no more than sixteen are at a time.
    """
    names = codebooks.get_codebook(db, project_id).names
    on_map = drawn.by_key
    labels = [
        Proposal(f"{_LABEL}{name}", NodeKind.LABEL, name)
        for name in names
        if node_key(NodeKind.LABEL, name) not in on_map
    ]
    linked = {said.pair for said in drawn.propositions}
    found: dict[str, Proposal] = {}
    for concept in concept_store.list_concepts(db, project_id):
        if concept.status is not ConceptStatus.ADOPTED:
            continue
        one = _proposal(concept, lexicon)
        if one.label in names and one.said is not None and one.said.pair not in linked:
            found.setdefault(one.key, one)
    return (*labels, *[*found.values()][:_MOST_PROPOSED])


def proposed_places(
    drawn: ConceptMap, proposals: Sequence[Proposal]
) -> dict[str, tuple[float, float]]:
    """
    Where what is proposed is shown, by proposal: as it would be laid out on an empty map, else
    beside what is drawn, labels at the right, concepts at the left.
    """
    if not drawn.nodes:
        said = [one.said for one in proposals if one.said]
        places = arranged({one.key: one.kind for one in proposals}, said)
        return {one.proposal_id: places[one.key] for one in proposals}
    top = min(node.y for node in drawn.nodes)
    sides = {
        NodeKind.LABEL: max(node.x for node in drawn.nodes) + COLUMN,
        NodeKind.CONCEPT: min(node.x for node in drawn.nodes) - COLUMN,
    }
    return {
        one.proposal_id: (x, top + row * ROW)
        for kind, x in sides.items()
        for row, one in enumerate(each for each in proposals if each.kind is kind)
    }


def accept_proposals(
    place: Workplace,
    person: Person,
    project_id: str,
    proposal_ids: Sequence[str] | None = None,
    *,
    key: str,
) -> ConceptMap:
    """
    Take some of what is proposed, or all (None), onto the person's own map, in one act.

    On an empty map everything is laid out; else new nodes go where there is room.

    Raises:
        NotAllowedError: viewers draw no maps.
        NotFoundError: something is not proposed any more.
    """

    def change(draft: MapDraft) -> None:
        was_empty = not draft.map.nodes
        found = propose(place.db, project_id, draft.map, draft.lexicon)
        proposed = {one.proposal_id: one for one in found}
        wanted = [*proposed] if proposal_ids is None else [*dict.fromkeys(proposal_ids)]
        if not set(wanted) <= set(proposed):
            raise NotFoundError("This is not proposed any more. Reload the page.")
        for one in wanted:
            _take(draft, proposed[one])
        if was_empty:
            spread(draft)

    return draw(place, person, project_id, "accept", key, change)


def add_concept(
    place: Workplace, person: Person, project_id: str, concept_id: str, *, key: str
) -> ConceptMap:
    """
    Put a concept of the journal onto the person's own map, as indicating its label.

    Where the two are linked already nothing is said anew.

    Raises:
        NotAllowedError: viewers draw no maps.
        NotFoundError: the project has no such concept.
        InvalidInputError: its label is none of the codebook any more.
    """
    concept = concept_store.get_concept(place.db, project_id, concept_id)

    def change(draft: MapDraft) -> None:
        one = _proposal(concept, draft.lexicon)
        linked = {said.pair for said in draft.map.propositions}
        if one.said is None or one.said.pair not in linked:
            _take(draft, one)

    return draw(place, person, project_id, "add_concept", key, change)


def is_on_map(place: Workplace, person: Person, project_id: str, concept: Concept) -> bool:
    """Whether a concept of the journal stands on the person's own map."""
    drawn = map_store.get_map(place.db, project_id, person.person_id)
    return node_key(NodeKind.CONCEPT, concept.terms[0]) in drawn.by_key


def arrange(place: Workplace, person: Person, project_id: str, *, key: str) -> ConceptMap:
    """
    Lay the person's own map out afresh: labels at the right, what speaks for each beside it.

    Raises:
        NotAllowedError: viewers draw no maps.
    """
    return draw(place, person, project_id, "arrange", key, spread)


def spread(draft: MapDraft) -> None:
    """Give each node of the draft the place that `arranged` finds for it."""
    drawn = draft.map
    places = arranged({node.key: node.kind for node in drawn.nodes}, drawn.propositions)
    draft.move({node.node_id: places[node.key] for node in drawn.nodes})


def _take(draft: MapDraft, one: Proposal) -> None:
    target = draft.node_called(one.label, NodeKind.LABEL) if one.label else None
    node = draft.node_called(one.name, one.kind, near=target, term_ids=one.term_ids)
    if target is not None:
        draft.link(node.node_id, target.node_id, LinkKind.INDICATES)


def _proposal(concept: Concept, lexicon: Lexicon) -> Proposal:
    """As the team adopted it: its terms may have come under another label."""
    tied = [term for term in lexicon.terms if term.source_id == concept.concept_id]
    return Proposal(
        f"{_CONCEPT}{concept.concept_id}",
        NodeKind.CONCEPT,
        concept.terms[0],
        next((term.label for term in tied), "") or concept.label,
        tuple(term.term_id for term in tied),
    )
