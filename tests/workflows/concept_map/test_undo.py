"""Undo and redo over any sequence of acts: each state comes back as it was, nothing is lost."""

from contextlib import suppress
from itertools import count

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rhml_core.concept_map import ConceptMap, LinkKind, NodeKind
from rhml_core.domain import Person, Role
from rhml_core.errors import RhmlError
from rhml_core.store import concept_maps
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.concept_map.acts import standing_acts
from tests.workflows.concept_map.map_drawing import new_key

NAMES = ("money", "noon", "spam", "ham")
COMMANDS = ("add", "link", "rename", "kind", "move", "remove", "undo", "redo")
commands = st.tuples(
    st.sampled_from(COMMANDS), st.integers(0, 5), st.integers(0, 5), st.sampled_from(LinkKind)
)
_people = count()


def do(place, person, where, command, drawn):
    """Carry out one command on the nodes that there are; the map as it then is."""
    kind, one, other, link = command
    key, ids = new_key(), [node.node_id for node in drawn.nodes]
    if kind == "add":
        return acts.add_node(place, person, where, NAMES[one % 4], key=key)
    if kind == "undo":
        return acts.undo(place, person, where, key=key)
    if kind == "redo":
        return acts.redo(place, person, where, key=key)
    if not ids:
        return drawn
    first, second = ids[one % len(ids)], ids[other % len(ids)]
    asked = (place, person, where)
    return {
        "link": lambda: acts.link_nodes(*asked, first, second, link, key=key),
        "rename": lambda: acts.rename_node(*asked, first, f"n{other}", key=key),
        "kind": lambda: acts.change_node_kind(
            *asked, first, [NodeKind.TRAIT, NodeKind.CONCEPT][other % 2], key=key
        ),
        "move": lambda: acts.move_nodes(*asked, {first: (other * 7.0, one * 3.0)}, key=key),
        "remove": lambda: acts.remove_elements(*asked, [first], key=key),
    }[kind]()


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(commands, max_size=14))
def test_any_sequence_can_be_undone_to_the_start_and_done_again(place, project, sequence):
    """A model keeps each state in two stacks; the store must agree after every act."""
    where = project.project_id
    person = Person(f"drawer-{next(_people)}", "Dee", Role.EXPERT)
    done, undone = [ConceptMap()], []
    for command in sequence:
        before = done[-1]
        after = before
        with suppress(RhmlError):  # what is refused must leave the map as it is
            after = do(place, person, where, command, before)
        if command[0] == "undo" and len(done) > 1:
            undone.append(done.pop())
        elif command[0] == "redo" and undone:
            done.append(undone.pop())
        elif after != before:
            done.append(after)
            undone.clear()
        assert concept_maps.get_map(place.db, where, person.person_id) == done[-1]

    newest = done[-1]
    n_acts = len(concept_maps.list_acts(place.db, where, person.person_id))
    for expected in reversed(done[:-1]):
        assert acts.undo(place, person, where, key=new_key()) == expected
    for expected in done[1:]:
        assert acts.redo(place, person, where, key=new_key()) == expected
    assert concept_maps.get_map(place.db, where, person.person_id) == newest
    n_now = len(concept_maps.list_acts(place.db, where, person.person_id))
    assert n_now == n_acts + 2 * (len(done) - 1)


def test_nothing_to_undo_is_no_act(place, team, project):
    ana, where = team["ana"], project.project_id

    assert acts.undo(place, ana, where, key="a") == ConceptMap()
    assert acts.redo(place, ana, where, key="b") == ConceptMap()
    assert concept_maps.list_acts(place.db, where, ana.person_id) == []


def test_new_act_ends_what_could_be_done_again():
    found = [
        concept_maps.MapAct("a", "add"),
        concept_maps.MapAct("b", "undo", "a"),
        concept_maps.MapAct("c", "add"),
    ]

    assert standing_acts(found) == (["c"], [])


def test_repeated_undo_under_one_key_is_one(place, team, project):
    ana, where = team["ana"], project.project_id
    for name in NAMES[:2]:
        acts.add_node(place, ana, where, name, key=name)

    for _ in range(2):
        drawn = acts.undo(place, ana, where, key="undo")

    assert [node.name for node in drawn.nodes] == ["money"]
