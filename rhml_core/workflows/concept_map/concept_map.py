"""A person's concept map as the page shows it, and who may see the maps of others."""

from dataclasses import dataclass

from rhml_core.concept_map import ConceptMap, NodeKind
from rhml_core.domain import Person, Role, Split
from rhml_core.errors import NotAllowedError
from rhml_core.lexicon import Term
from rhml_core.store import codebooks, messages, projects
from rhml_core.store import concept_maps as map_store
from rhml_core.workflows.concept_map.acts import standing_acts
from rhml_core.workflows.concept_map.proposals import Proposal, propose, proposed_places
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_MOST_TERMS = 300

LINKS_BEFORE_OTHERS = 3
"""Links that an expert draws before they are shown the maps of others."""


@dataclass(frozen=True)
class NodeTerms:
    """
    The lexicon terms that a node is tied to.

    Attributes:
        terms: those of them that the lexicon still has.
        n_matching: messages of the pool that contain any of them; None where there is no term.
    """

    terms: tuple[Term, ...]
    n_matching: int | None


@dataclass(frozen=True)
class OwnMap:
    """
    A person's own map with what belongs to it.

    Attributes:
        terms: of the nodes that are tied to any, by identifier.
        n_messages: of the pool.
        gone: nodes, by identifier, whose label the codebook no longer has.
        lexicon: some of the team's terms, to tie nodes to.
        proposals: what could be put on the map.
        proposed_places: where it is shown, by proposal.
        can_undo, can_redo: whether there is an act to take back, or to do again.
        n_links_missing: links still to draw before the maps of others may be seen.
    """

    map: ConceptMap
    terms: dict[str, NodeTerms]
    n_messages: int
    gone: frozenset[str]
    lexicon: tuple[Term, ...]
    proposals: tuple[Proposal, ...]
    proposed_places: dict[str, tuple[float, float]]
    can_undo: bool
    can_redo: bool
    n_links_missing: int


def own_map(place: Workplace, person: Person, project_id: str) -> OwnMap:
    """
    The person's own map of a project, empty where nothing is drawn yet.

    Raises:
        NotAllowedError: viewers have none.
        NotFoundError: there is no such project.
    """
    require(person, Role.EXPERT, "draw a concept map")
    projects.get_project(place.db, project_id)
    drawn = map_store.get_map(place.db, project_id, person.person_id)
    done, undone = standing_acts(map_store.list_acts(place.db, project_id, person.person_id))
    lexicon = current_lexicon(place.db, project_id)
    proposals = propose(place.db, project_id, drawn, lexicon)
    names = codebooks.get_codebook(place.db, project_id).names
    return OwnMap(
        map=drawn,
        terms=_terms_of_nodes(place, project_id, drawn, lexicon.terms),
        n_messages=messages.count_messages(place.db, project_id)[Split.POOL.value],
        gone=frozenset(
            node.node_id
            for node in drawn.nodes
            if node.kind is NodeKind.LABEL and node.name not in names
        ),
        lexicon=lexicon.terms[:_MOST_TERMS],
        proposals=proposals,
        proposed_places=proposed_places(drawn, proposals),
        can_undo=bool(done),
        can_redo=bool(undone),
        n_links_missing=links_missing(place, person, project_id),
    )


def links_missing(place: Workplace, person: Person, project_id: str) -> int:
    """
    How many links a person must still draw before they are shown the maps of others.

    Experts first say what they think themselves; links that they removed again count too, so
    that what was open stays open. Nobody else waits.
    """
    if person.role is not Role.EXPERT:
        return 0
    return max(
        0, LINKS_BEFORE_OTHERS - map_store.count_links_drawn(place.db, project_id, person.person_id)
    )


def require_comparable(place: Workplace, person: Person, project_id: str) -> None:
    """
    Let a person pass who may see the maps of others.

    Raises:
        NotAllowedError: an expert has not drawn enough of their own.
    """
    require(person, Role.VIEWER, "see concept maps")
    missing = links_missing(place, person, project_id)
    if missing:
        raise NotAllowedError(
            f"Draw {missing} more {'link' if missing == 1 else 'links'} on your own map first. "
            "The maps of others open then, so that yours begins as your own."
        )


def _terms_of_nodes(
    place: Workplace, project_id: str, drawn: ConceptMap, terms: tuple[Term, ...]
) -> dict[str, NodeTerms]:
    known = {term.term_id: term for term in terms}
    tied = {
        node.node_id: tuple(known[one] for one in node.term_ids if one in known)
        for node in drawn.nodes
        if node.term_ids
    }
    if not any(tied.values()):
        return {name: NodeTerms(found, None) for name, found in tied.items()}
    matches = pool_matches(place.db, project_id)
    return {
        name: NodeTerms(found, matches.count_any(term.expression for term in found))
        if found
        else NodeTerms(found, None)
        for name, found in tied.items()
    }
