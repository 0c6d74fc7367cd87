"""What a map may begin with, piece by piece or at once; and the terms that nodes are tied to."""

import pytest

from rhml_core.concept_map import LinkKind, NodeKind, Proposition
from rhml_core.errors import NotAllowedError, NotFoundError
from rhml_core.store import concepts
from rhml_core.store.lexicons import get_lexicon
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.concept_map.concept_map import own_map
from rhml_core.workflows.concept_map.layout import arranged
from rhml_core.workflows.concept_map.proposals import (
    accept_proposals,
    add_concept,
    arrange,
    is_on_map,
)
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon.lexicon import add_term
from tests.app.store_fixtures import add_run, make_concept
from tests.workflows.concept_map.map_drawing import new_key, node_called, say, statements_of

TEXTS = {"m1": "free money", "m2": "money at noon", "m3": "lunch", "m4": "money too"}


@pytest.fixture
def surfaced(place, team, project, add_messages):
    """`money` for spam is adopted, `noon` for ham is not; m4 is held out."""
    add_messages(TEXTS, holdout=["m4"])
    add_run(place, project, 1, {}, [make_concept("money"), make_concept("noon", "ham")])
    journal.adopt_concept(place, team["ana"], project.project_id, "concept-money-spam", key="adopt")
    return project


def names_of(own):
    return [one.proposal_id for one in own.proposals]


def test_empty_map_is_offered_labels_and_adopted_concepts(place, team, surfaced):
    own = own_map(place, team["ben"], surfaced.project_id)

    assert own.map.nodes == ()
    assert names_of(own) == ["label:ham", "label:spam", "concept:concept-money-spam"]
    assert len(set(own.proposed_places.values())) == 3


def test_piece_that_is_taken_is_no_longer_offered(place, team, surfaced):
    ben, where = team["ben"], surfaced.project_id

    drawn = accept_proposals(place, ben, where, ["concept:concept-money-spam"], key="a")

    assert statements_of(drawn) == ["money indicates spam"]
    assert names_of(own_map(place, ben, where)) == ["label:ham"]


def test_all_is_taken_in_one_act_and_one_undo_gives_it_back(place, team, surfaced):
    ben, where = team["ben"], surfaced.project_id

    drawn = accept_proposals(place, ben, where, key="a")

    assert statements_of(drawn) == ["money indicates spam"]
    assert len({(node.x, node.y) for node in drawn.nodes}) == 3
    assert own_map(place, ben, where).proposals == ()
    assert acts.undo(place, ben, where, key="b").nodes == ()
    assert len(own_map(place, ben, where).proposals) == 3


def test_what_one_says_otherwise_is_not_offered_again(place, team, surfaced):
    say(place, team["ben"], surfaced, "money excludes spam")

    assert names_of(own_map(place, team["ben"], surfaced.project_id)) == ["label:ham"]


def test_what_is_not_offered_cannot_be_taken(place, team, surfaced):
    with pytest.raises(NotFoundError, match="not proposed"):
        accept_proposals(place, team["ben"], surfaced.project_id, ["label:x"], key="a")
    with pytest.raises(NotAllowedError):
        accept_proposals(place, team["vic"], surfaced.project_id, key="a")


def test_concept_of_the_journal_comes_onto_the_map_with_its_term(place, team, surfaced):
    ben, where = team["ben"], surfaced.project_id

    for key in ("a", "b"):
        drawn = add_concept(place, ben, where, "concept-money-spam", key=key)

    assert statements_of(drawn) == ["money indicates spam"]
    own = own_map(place, ben, where)
    money = node_called(drawn, "money").node_id
    assert [term.expression for term in own.terms[money].terms] == ["money"]
    assert own.terms[money].n_matching == 2
    assert own.n_messages == 3
    concept = concepts.get_concept(place.db, where, "concept-money-spam")
    assert is_on_map(place, ben, where, concept)
    assert not is_on_map(place, team["ana"], where, concept)


def test_concept_that_nobody_adopted_comes_onto_the_map_without_a_term(place, team, surfaced):
    drawn = add_concept(place, team["ben"], surfaced.project_id, "concept-noon-ham", key="a")

    assert statements_of(drawn) == ["noon indicates ham"]
    assert node_called(drawn, "noon").term_ids == ()


def test_concept_that_was_adopted_elsewhere_is_offered_there(place, team, surfaced):
    """The machine took `noon` for a sign of ham; the team adopted it as one of spam."""
    where = surfaced.project_id
    journal.adopt_concept(
        place, team["ana"], where, "concept-noon-ham", label="spam", key="elsewhere"
    )

    own = own_map(place, team["ben"], where)

    offered = {one.name: one.label for one in own.proposals if one.label}
    assert offered == {"money": "spam", "noon": "spam"}


def test_unknown_concept_is_said_to_be(place, team, surfaced):
    with pytest.raises(NotFoundError):
        add_concept(place, team["ben"], surfaced.project_id, "nothing", key="a")


def test_node_is_tied_to_terms_by_hand_and_by_name(place, team, surfaced):
    ben, where = team["ben"], surfaced.project_id
    add_term(place, ben, where, "lunch", label="ham", key="t")
    terms = {term.expression: term.term_id for term in get_lexicon(place.db, where).terms}
    drawn = say(place, ben, surfaced, "Lunch indicates ham")
    lunch = node_called(drawn, "Lunch")

    acts.tie_terms(place, ben, where, lunch.node_id, [*lunch.term_ids, terms["money"]], key="a")

    assert lunch.term_ids == (terms["lunch"],)
    assert own_map(place, ben, where).terms[lunch.node_id].n_matching == 3
    with pytest.raises(NotFoundError, match="lexicon"):
        acts.tie_terms(place, ben, where, lunch.node_id, ["nothing"], key="b")


def test_term_that_left_the_lexicon_leaves_the_node(place, team, surfaced):
    ben, where = team["ben"], surfaced.project_id
    drawn = add_concept(place, ben, where, "concept-money-spam", key="a")
    journal.reopen_concept(place, ben, where, "concept-money-spam", key="r")

    found = own_map(place, ben, where).terms[node_called(drawn, "money").node_id]

    assert found.terms == ()
    assert found.n_matching is None


def test_tidy_map_has_no_two_nodes_in_one_place_and_can_be_undone(place, team, surfaced):
    ben, where = team["ben"], surfaced.project_id
    say(place, ben, surfaced, *(f"word {n} indicates spam" for n in range(9)), "a is a b")
    drawn = own_map(place, ben, where).map
    before = acts.move_nodes(
        place, ben, where, {node.node_id: (0.0, 0.0) for node in drawn.nodes}, key=new_key()
    )

    tidy = arrange(place, ben, where, key=new_key())

    assert len({(node.x, node.y) for node in tidy.nodes}) == len(tidy.nodes)
    assert acts.undo(place, ben, where, key=new_key()) == before


def test_concepts_stand_on_the_outer_side_of_their_label():
    kinds = {"l1": NodeKind.LABEL, "l2": NodeKind.LABEL, "c1": NodeKind.CONCEPT}
    kinds |= {"c2": NodeKind.CONCEPT, "alone": NodeKind.TRAIT}
    said = [Proposition(f"c{n}", LinkKind.INDICATES, f"l{n}") for n in (1, 2)]

    places = arranged(kinds, said)

    assert places["c1"][0] < places["l1"][0] < places["l2"][0] < places["c2"][0]
    assert len(set(places.values())) == 5
    assert list(places) == list(kinds)
