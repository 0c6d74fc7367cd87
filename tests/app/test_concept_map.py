"""The page Concept map: what the browser is told, what it may send, and what stands in words."""

import pytest
from streamlit.testing.v1 import AppTest

from app.components.map_canvas import read_map_act
from app.components.map_charts import agreement_frame, size_frame
from app.components.map_data import own_map_data, team_map_data
from app.views.concept_map.mine import do_act
from rhml_core.concept_map import LinkKind, NodeKind
from rhml_core.errors import InvalidInputError
from rhml_core.figures import Interval
from rhml_core.measures.propositions import MapSize
from rhml_core.store import concept_maps
from rhml_core.workflows.concept_map.concept_map import own_map
from rhml_core.workflows.concept_map.team import team_map
from tests.app.store_fixtures import (
    add_run,
    data_of,
    look,
    make_concept,
    make_project,
    texts_of,
)
from tests.workflows.concept_map.map_drawing import say, statements_of

ANA = ("money indicates spam", "noon indicates ham", "offer is a money")
BEN = ("money indicates spam", "noon excludes ham", "spam excludes ham")
COLOURS = {"ham": "#E69F00", "spam": "#56B4E9"}


@pytest.fixture
def project(place, team):
    return make_project(place, team)


def act(kind, **more):
    return read_map_act({"kind": kind, "key": f"{kind}-{sorted(more)}", **more})


def test_empty_map_says_so_and_offers_the_labels(place, team, project):
    page = look("concept_map", place, team["ana"], project)

    assert not page.exception
    assert "Your map is empty" in texts_of(page)
    data = data_of(page, "own_map_mail")
    assert [one["words"] for one in data["proposals"]] == ["ham", "spam"]
    assert data["nodes"] == []


def test_first_line_counts_what_the_map_says(place, team, project):
    say(place, team["ana"], project, *ANA[:2])

    page = look("concept_map", place, team["ana"], project)

    assert "Your map makes 2 statements about 4 nodes." in texts_of(page)
    assert "1 more link, and the maps of your colleagues open." in texts_of(page)
    words = [link["words"] for link in data_of(page, "own_map_mail")["links"]]
    assert words == ["noon — indicates — ham", "money — indicates — spam"]


def test_expert_without_a_map_is_shown_nothing_of_others(place, team, project):
    """Neither on the team's part nor over time; no component is told anything."""
    say(place, team["ana"], project, *ANA)

    for part in ("team", "time"):
        page = look("concept_map", place, team["ben"], project, part=part)

        assert not page.exception
        assert "First your own map" in texts_of(page)
        assert not page.get("bidi_component")
        assert "money" not in texts_of(page)


def test_merged_map_tells_who_says_what(place, team, project):
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, *BEN)

    page = look("concept_map", place, team["ben"], project, part="team")

    assert not page.exception
    assert "2 people make 5 statements" in texts_of(page)
    assert "contradict each other on 1 pair of nodes" in texts_of(page)
    links = {link["words"]: link for link in data_of(page, "team_map_mail")["links"]}
    shared = links["money — indicates — spam"]
    assert (shared["share"], shared["isMine"], shared["isDisputed"]) == ("2 of 2", True, False)
    assert [one["name"] for one in shared["holders"]] == ["Ana", "Ben"]
    assert links["noon — indicates — ham"]["isDisputed"]
    assert not links["noon — indicates — ham"]["isMine"]


def test_viewer_sees_the_merged_map_and_may_not_draw(place, team, project):
    say(place, team["ana"], project, *ANA)

    page = look("concept_map", place, team["vic"], project)

    assert not page.exception
    data = data_of(page, "team_map_mail")
    assert (data["canEdit"], data["canTake"]) == (False, False)


def test_team_without_maps_says_what_brings_one(place, team, project):
    page = look("concept_map", place, team["sue"], project, part="team")

    assert "Nobody has linked anything" in texts_of(page)


def test_agreement_stands_with_interval_and_n(place, team, project):
    """One of five shared, of three and three: F1 = 2 / 6."""
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, *BEN)

    page = look("concept_map", place, team["sue"], project, part="time")

    assert not page.exception
    assert "1 of 5 statements shared, map agreement 0.33 [" in texts_of(page)
    assert "n = 5" in texts_of(page)


def test_agreement_of_one_map_is_undefined_in_words(place, team, project):
    say(place, team["ana"], project, *ANA)

    page = look("concept_map", place, team["sue"], project, part="time")

    assert not page.exception
    assert "undefined until two people say something" in texts_of(page)


def test_what_changed_since_a_cycle_ended_stands_in_words(place, team, project, monkeypatch):
    """Two states: counts are drawn over both, and the newer one is held against the older."""
    say(place, team["ana"], project, *ANA)
    monkeypatch.setattr("tests.app.store_fixtures.AT", place.now())
    add_run(place, project, 1, {})
    say(place, team["ana"], project, "noon excludes ham", "dan is a offer")

    page = look("concept_map", place, team["sue"], project, part="time")

    assert not page.exception
    said = texts_of(page)
    assert "noon — indicates — ham, now: noon — excludes — ham" in said
    assert "dan — is a — offer" in said
    assert "New nodes: dan" in said
    assert "Removed" not in said
    assert page.selectbox(key="map_from").options == ["end of cycle 1", "now"]


def test_names_are_told_as_harmless_text(place, team, project):
    """Hidden characters that were kept come as marks; markup stays text."""
    say(place, team["ana"], project, "<img src=x>\u200dy indicates spam")

    data = own_map_data(own_map(place, team["ana"], project.project_id), COLOURS)

    names = [node["name"] for node in data["nodes"]]
    assert "<img src=x>⟦ZWJ⟧y" in names


def test_labels_have_their_colours_and_concepts_none(place, team, project):
    say(place, team["ana"], project, *ANA)

    own = own_map_data(own_map(place, team["ana"], project.project_id), COLOURS)
    found = team_map(place, team["ana"], project.project_id)
    merged = team_map_data(found, COLOURS, own=frozenset(), can_take=True)

    for data in (own, merged):
        tones = {node["name"]: node["colour"] for node in data["nodes"]}
        assert tones == {"money": None, "noon": None, "offer": None, **COLOURS}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "add",
        {"kind": "add"},
        {"kind": "erase", "key": "k"},
        {"kind": "add", "key": "k", "node": "animal"},
        {"kind": "add", "key": "k", "at": ["x", 1]},
        {"kind": "add", "key": "k", "at": [float("inf"), 1]},
        {"kind": "move", "key": "k", "places": {"n": 4}},
        {"kind": "move", "key": "k", "places": [1]},
        {"kind": "remove", "key": "k", "ids": "all"},
        {"kind": "link", "key": "k", "type": "loves"},
    ],
)
def test_what_the_map_does_not_send_is_refused(raw):
    with pytest.raises(InvalidInputError, match="Reload the page"):
        read_map_act(raw)


def test_act_is_read_as_it_was_sent():
    found = act("add", name="money", node="trait", at=[1, 2.5])

    assert (found.name, found.node_kind, found.place) == ("money", NodeKind.TRAIT, (1.0, 2.5))
    assert act("link", source="a", target="b", type="part of").link_kind is LinkKind.PART_OF
    assert act("accept").ids is None
    assert act("accept", ids=[]).ids == ()


def test_every_act_of_the_browser_reaches_the_store(place, team, project):
    ana, where = team["ana"], project.project_id

    def drawn():
        return concept_maps.get_map(place.db, where, ana.person_id)

    def do(kind, **more):
        do_act(place, ana, project, act(kind, **more))
        return drawn()

    money = do("add", name="money").nodes[0].node_id
    spam = do("accept", ids=["label:spam"]).nodes[1].node_id
    assert do("rename", id=money, name="cash").by_id[money].name == "cash"
    assert do("kind", id=money, node="trait").by_id[money].kind is NodeKind.TRAIT
    assert do("move", places={money: [7, 8]}).by_id[money].x == 7
    [link] = do("link", source=money, target=spam, type="is a").links
    assert link.kind is LinkKind.IS_A
    assert len(do("state", subject="noon", type="excludes", other="spam").links) == 2
    assert do("tie", id=money, terms=[]).by_id[money].term_ids == ()
    assert len(do("remove", ids=[spam]).nodes) == 2
    assert len(do("undo").nodes) == 3
    assert len(do("redo").nodes) == 2
    assert len(do("arrange").nodes) == 2


def test_session_of_another_stores_nothing(place, team, project, monkeypatch):
    """The act comes from a browser that nobody is signed in at: it is answered, not done."""
    monkeypatch.setattr("app.session.person_behind", lambda _: None)
    page = AppTest.from_function(_send_act, args=(place, team["ana"], project)).run()

    assert not page.exception
    assert "session has ended" in page.text[0].value
    assert concept_maps.list_maps(place.db, project.project_id) == {}


def _send_act(place, person, project):
    import streamlit as st  # noqa: PLC0415 -- this function becomes a script of its own

    from app.views.concept_map.mine import answered, take_acts  # noqa: PLC0415

    st.session_state["canvas"] = {"acts": [{"kind": "add", "key": "k", "name": "money"}]}
    take_acts(place, person, project, "canvas")
    st.text(answered("canvas").problem)


def test_card_of_the_journal_leads_onto_the_map(place, team, project):
    """The concept comes as indicating its label; the button then says where it is."""
    add_run(place, project, 1, {}, [make_concept("money")])
    name = "concept-money-spam"
    page = look("journal", place, team["ana"], project, concept=name)

    page.button(key=f"map_{name}").click().run()

    assert not page.exception
    drawn = concept_maps.get_map(place.db, project.project_id, team["ana"].person_id)
    assert statements_of(drawn) == ["money indicates spam"]
    assert page.button(key=f"map_{name}").label == "On your concept map"


def test_frames_of_the_charts_have_a_row_for_each_point():
    sizes = size_frame([("1", MapSize(4, 3, 1, 0)), ("now", MapSize(5, 5, 1, 1))])
    points = agreement_frame([("now", "Ana and Ben", Interval(0.4, 0.1, 0.8, 4))])

    assert sizes.filter(cycle="now")["n"].to_list() == [5, 5, 1]
    assert points.row(0) == ("now", "Ana and Ben", 0.4, 0.1, 0.8, 4)
    assert size_frame([]).is_empty()
    assert agreement_frame([]).columns == ["cycle", "pair", "value", "low", "high", "n"]
