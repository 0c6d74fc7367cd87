"""Maps as events: the newest of each element counts, at each moment, and nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from rhml_core.concept_map import ConceptMap, LinkKind, MapLink, MapNode, NodeKind
from rhml_core.domain import Codebook, Label
from rhml_core.store import codebooks, concept_maps
from rhml_core.store.concept_maps import MapAct, MapElement
from rhml_core.store.database import Database
from rhml_core.store.label_changes import ChangeKind, LabelChange, add_label_changes

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
ESCROW = MapNode("n1", NodeKind.CONCEPT, "escrow", 10.0, 20.5, ("t1", "t2"))
SALE = MapNode("n2", NodeKind.LABEL, "Sale")
LINK = MapLink("l1", "n1", "n2", LinkKind.INDICATES)


@pytest.fixture
def db(tmp_path):
    db = Database.open(tmp_path / "rhml.duckdb")
    yield db
    db.close()


@pytest.fixture
def draw(db):
    """Append one act: `draw("a1", ESCROW, removed=[LINK])`, a minute after the act before."""
    clock = iter(AT + timedelta(minutes=n) for n in range(100))

    def append(act_id, *what, removed=(), owner="ana", act="add", about=None, version=1):
        elements = [MapElement(one, version) for one in what]
        elements += [MapElement(one, version, is_removed=True) for one in removed]
        with db.atomic() as transaction:
            concept_maps.add_map_events(
                transaction, "p", owner, MapAct(act_id, act, about), elements, at=next(clock)
            )

    return append


def test_map_comes_back_as_it_was_drawn(db, draw):
    draw("a1", ESCROW, SALE, LINK)

    assert concept_maps.get_map(db, "p", "ana") == ConceptMap((ESCROW, SALE), (LINK,))


def test_newest_event_of_each_element_counts(db, draw):
    moved = replace(ESCROW, x=99.0)
    draw("a1", ESCROW, SALE, LINK)
    draw("a2", moved)
    draw("a3", removed=[LINK])

    assert concept_maps.get_map(db, "p", "ana") == ConceptMap((moved, SALE), ())


def test_map_can_be_read_as_it_was_at_any_moment(db, draw):
    draw("a1", ESCROW)
    draw("a2", SALE, LINK)
    draw("a3", removed=[LINK])

    first = concept_maps.get_map(db, "p", "ana", until=AT)
    second = concept_maps.get_map(db, "p", "ana", until=AT + timedelta(minutes=1, seconds=30))

    assert first == ConceptMap((ESCROW,), ())
    assert second.links == (LINK,)
    assert concept_maps.get_map(db, "p", "ana", until=AT - timedelta(days=1)) == ConceptMap()


def test_maps_of_two_people_are_two(db, draw):
    draw("a1", ESCROW)
    draw("b1", replace(ESCROW, name="price"), owner="ben")
    draw("c1", removed=[SALE], owner="cy")

    found = concept_maps.list_maps(db, "p")

    assert {owner: one.nodes[0].name for owner, one in found.items()} == {
        "ana": "escrow",
        "ben": "price",
    }
    assert concept_maps.list_maps(db, "elsewhere") == {}


def test_what_an_act_did_can_be_read_from_both_sides(db, draw):
    draw("a1", ESCROW, SALE)
    draw("a2", replace(ESCROW, name="Escrow"), LINK)

    before = concept_maps.elements_before(db, "p", "ana", "a2")
    after = concept_maps.elements_after(db, "p", "ana", "a2")

    assert before == (MapElement(ESCROW, 1), MapElement(LINK, 1, is_removed=True))
    assert [one.what for one in after] == [replace(ESCROW, name="Escrow"), LINK]


def test_acts_are_listed_in_the_order_in_which_they_were_done(db, draw):
    draw("a2", ESCROW, SALE)
    draw("a1", removed=[ESCROW, SALE], act="undo", about="a2")

    assert concept_maps.list_acts(db, "p", "ana") == [
        MapAct("a2", "add"),
        MapAct("a1", "undo", "a2"),
    ]


def test_links_that_were_removed_were_drawn_all_the_same(db, draw):
    draw("a1", ESCROW, SALE, LINK)
    draw("a2", removed=[LINK])

    assert concept_maps.count_links_drawn(db, "p", "ana") == 1
    assert concept_maps.count_links_drawn(db, "p", "ben") == 0


def test_link_without_an_end_is_left_out(db, draw):
    """The workflows remove it with its node; a map must be readable even if they did not."""
    draw("a1", ESCROW, SALE, LINK)
    draw("a2", removed=[SALE])

    assert concept_maps.get_map(db, "p", "ana") == ConceptMap((ESCROW,), ())


def test_act_that_fails_leaves_nothing(db, draw):
    draw("a1", ESCROW)

    with pytest.raises(duckdb.ConstraintException):
        draw("a2", SALE, replace(ESCROW, name=None))

    assert concept_maps.get_map(db, "p", "ana").nodes == (ESCROW,)
    assert len(concept_maps.list_acts(db, "p", "ana")) == 1


def test_labels_are_called_as_they_are_called_now(db, draw):
    """A renamed label is the same node; one drawn under the new name is not touched by it."""
    draw("a1", ESCROW, SALE)
    with db.atomic() as transaction:
        for version, name in ((1, "Sale"), (2, "Offer")):
            book = Codebook(version, (Label(name), Label("Leak")), "sue")
            codebooks.add_codebook(transaction, "p", book, at=AT)
        change = LabelChange(ChangeKind.RENAMED, "Sale", ("Offer",))
        add_label_changes(transaction, "p", 2, (change,))
    draw("a2", MapNode("n3", NodeKind.CONCEPT, "Sale"), version=1)

    found = concept_maps.get_map(db, "p", "ana")

    assert [(node.kind.value, node.name) for node in found.nodes] == [
        ("concept", "escrow"),
        ("label", "Offer"),
        ("concept", "Sale"),
    ]
