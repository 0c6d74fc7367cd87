"""One act on one's own map: checked, stored once, taken back as a whole."""

import math
import threading

import pytest

from rhml_core.concept_map import ConceptMap, LinkKind, NodeKind
from rhml_core.errors import InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import concept_maps, events
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.concept_map.concept_map import own_map
from tests.workflows.concept_map.map_drawing import new_key, node_called, say, statements_of


def stored(place, person, project):
    return concept_maps.get_map(place.db, project.project_id, person.person_id)


def test_statement_brings_its_nodes_and_takes_labels_from_the_codebook(place, team, project):
    drawn = say(place, team["ana"], project, "Free Money indicates SPAM")

    assert statements_of(drawn) == ["Free Money indicates spam"]
    assert node_called(drawn, "spam").kind is NodeKind.LABEL
    assert stored(place, team["ana"], project) == drawn


def test_viewer_draws_nothing(place, team, project):
    with pytest.raises(NotAllowedError, match="may not draw"):
        say(place, team["vic"], project, "money indicates spam")
    with pytest.raises(NotAllowedError):
        own_map(place, team["vic"], project.project_id)

    assert concept_maps.list_maps(place.db, project.project_id) == {}


def test_same_key_is_one_act(place, team, project):
    where = project.project_id
    for _ in range(2):
        acts.add_node(place, team["ana"], where, "money", key="once")

    assert [node.name for node in stored(place, team["ana"], project).nodes] == ["money"]
    assert len(concept_maps.list_acts(place.db, where, team["ana"].person_id)) == 1


def test_equal_keys_of_two_people_are_two_acts(place, team, project):
    for name in ("ana", "ben"):
        acts.add_node(place, team[name], project.project_id, "money", key="once")

    assert len(concept_maps.list_maps(place.db, project.project_id)) == 2


def test_act_is_audited_with_its_change(place, team, project):
    say(place, team["ana"], project, "money indicates spam")

    found = events.list_events(place.db, project.project_id, kinds=["map_changed"])

    assert found["person_id"].to_list() == [team["ana"].person_id]
    assert '"n_elements": 3' in found["detail"][0]


def test_refused_act_leaves_nothing_and_its_key_free(place, team, project):
    where = project.project_id
    with pytest.raises(InvalidInputError, match="needs a name"):
        acts.add_node(place, team["ana"], where, " \u200b ", key="k")

    acts.add_node(place, team["ana"], where, "money", key="k")

    assert len(stored(place, team["ana"], project).nodes) == 1


@pytest.mark.parametrize("name", ["Money", "MONEY ", "mon\u200bey"])
def test_name_is_given_once(place, team, project, name):
    acts.add_node(place, team["ana"], project.project_id, "money", key="a")

    with pytest.raises(InvalidInputError, match="already"):
        acts.add_node(place, team["ana"], project.project_id, name, key="b")


def test_hostile_name_is_kept_without_what_cannot_be_seen(place, team, project):
    drawn = acts.add_node(place, team["ana"], project.project_id, "<b>\u202egnp\n\x00</b>", key="a")

    assert [node.name for node in drawn.nodes] == ["<b>gnp </b>"]


def test_labels_are_the_codebooks_alone(place, team, project):
    where, ana = project.project_id, team["ana"]
    drawn = acts.add_node(place, ana, where, "spam", key="a")
    spam = drawn.nodes[0].node_id

    with pytest.raises(InvalidInputError, match="renamed in the codebook"):
        acts.rename_node(place, ana, where, spam, "junk", key="b")
    with pytest.raises(InvalidInputError, match="in the codebook"):
        acts.change_node_kind(place, ana, where, spam, NodeKind.TRAIT, key="c")
    with pytest.raises(InvalidInputError, match="no label"):
        acts.add_node(place, ana, where, "junk", kind=NodeKind.LABEL, key="d")

    assert stored(place, ana, project) == drawn


def test_node_is_renamed_moved_and_becomes_a_trait(place, team, project):
    where, ana = project.project_id, team["ana"]
    money = acts.add_node(place, ana, where, "money", key="a").nodes[0].node_id

    acts.rename_node(place, ana, where, money, "Seller", key="b")
    acts.change_node_kind(place, ana, where, money, NodeKind.TRAIT, key="c")
    drawn = acts.move_nodes(place, ana, where, {money: (12.34, -5)}, key="d")

    [node] = drawn.nodes
    assert (node.name, node.kind, node.x, node.y) == ("Seller", NodeKind.TRAIT, 12.3, -5.0)


def test_place_must_be_numbers(place, team, project):
    where, ana = project.project_id, team["ana"]
    money = acts.add_node(place, ana, where, "money", key="a").nodes[0].node_id

    with pytest.raises(InvalidInputError, match="two numbers"):
        acts.move_nodes(place, ana, where, {money: (math.nan, 0)}, key="b")


def test_new_link_between_linked_nodes_replaces_what_was_said(place, team, project):
    drawn = say(place, team["ana"], project, "money indicates spam", "spam excludes money")

    assert statements_of(drawn) == ["spam excludes money"]


def test_nothing_is_linked_to_itself(place, team, project):
    with pytest.raises(InvalidInputError, match="two nodes"):
        say(place, team["ana"], project, "money is a Money")

    assert stored(place, team["ana"], project) == ConceptMap()


def test_node_takes_its_links_along_and_undo_brings_them_back(place, team, project):
    where, ana = project.project_id, team["ana"]
    before = say(place, ana, project, "money indicates spam", "money excludes ham")
    money = node_called(before, "money").node_id

    after = acts.remove_elements(place, ana, where, [money], key=new_key())
    restored = acts.undo(place, ana, where, key=new_key())

    assert statements_of(after) == []
    assert len(after.nodes) == 2
    assert restored == before


def test_unknown_node_is_said_to_be_gone(place, team, project):
    with pytest.raises(NotFoundError, match="no longer on your map"):
        acts.remove_elements(place, team["ana"], project.project_id, ["nobody"], key="a")
    with pytest.raises(NotFoundError):
        acts.link_nodes(place, team["ana"], project.project_id, "x", "y", LinkKind.IS_A, key="b")


def test_nobody_reaches_the_map_of_another(place, team, project):
    """A node's identifier is of no use to whoever does not own the map."""
    drawn = say(place, team["ana"], project, "money indicates spam")

    with pytest.raises(NotFoundError):
        acts.remove_elements(
            place, team["ben"], project.project_id, [drawn.nodes[0].node_id], key="a"
        )

    assert stored(place, team["ana"], project) == drawn


def test_two_experts_draw_at_once(place, team, project):
    """Forty acts from two threads: each person's map has all of theirs and none of the other's."""
    faults = []

    def draw(name):
        try:
            for number in range(20):
                say(place, team[name], project, f"{name} {number} indicates spam")
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=draw, args=(name,)) for name in ("ana", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    for name in ("ana", "ben"):
        found = statements_of(stored(place, team[name], project))
        assert found == sorted(f"{name} {number} indicates spam" for number in range(20))


def test_two_tabs_of_one_person_lose_nothing(place, team, project):
    """What one tab removed cannot be linked in the other; what it added stays."""
    where, ana = project.project_id, team["ana"]
    drawn = say(place, ana, project, "money indicates spam")
    money, spam = node_called(drawn, "money").node_id, node_called(drawn, "spam").node_id
    acts.remove_elements(place, ana, where, [money], key=new_key())
    acts.add_node(place, ana, where, "noon", key=new_key())

    with pytest.raises(NotFoundError):
        acts.link_nodes(place, ana, where, money, spam, LinkKind.IS_A, key=new_key())

    assert [node.name for node in stored(place, ana, project).nodes] == ["spam", "noon"]
