"""The Agreement page: the number, its parts, and the way from there to the messages."""

from datetime import UTC, datetime

import polars as pl
import pytest

from app.components.pair_map import pair_map_data
from app.views.agreement.page import standing_words
from app.views.agreement.parts import pair_filters
from rhml_core.domain import Person, Role
from rhml_core.workflows.agreement.figures import PAIRS_SCHEMA
from rhml_core.workflows.agreement.keeping import Standing
from tests.app.store_fixtures import add_run, data_of, look, make_project, texts_of
from tests.workflows.agreement.test_agreement import _votes

ANA, BEN = Person("ana", "Ana", Role.EXPERT), Person("ben", "Ben", Role.EXPERT)
AT = datetime(2025, 3, 3, 12, 3, tzinfo=UTC)
PAIR = ("a", "b", 0.5, 0.2, 0.7, 0.75, 40, None)


@pytest.fixture
def project(place, team):
    """A project with the labels ham and spam."""
    return make_project(place, team)


@pytest.fixture
def judged(place, project, add_messages, add_labels):
    """Sixty messages that three people judged and a run answered."""
    add_messages({f"m{n}": f"text number {n}" for n in range(60)})
    add_labels(_votes(60))
    add_run(place, project, 1, {f"m{n}": ("spam", 0.9) for n in range(60)})
    return project


def pairs_of(*rows):
    """A frame of pairs."""
    return pl.DataFrame(list(rows), schema=PAIRS_SCHEMA, orient="row")


def test_map_has_people_first_and_the_machine_as_its_last_row():
    pairs = pairs_of(("ana", "ben", *PAIR[2:]), ("ana", "model", *PAIR[2:]))

    data = pair_map_data(pairs, [ANA, BEN])

    assert [one["name"] for one in data["rows"]] == ["Ben", "machine"]
    assert [one["name"] for one in data["columns"]] == ["Ana", "Ben"]
    assert data["rows"][1]["isMachine"]
    assert data["cells"][0][1] is None
    assert data["cells"][0][0]["words"] == "0.50"
    assert "n = 40" in data["cells"][0][0]["means"]
    assert "share no message" in data["cells"][1][1]["means"]


def test_undefined_pair_is_said_in_words():
    pairs = pairs_of(("ana", "ben", None, None, None, 1.0, 12, "both gave one and the same label"))

    (cell,) = pair_map_data(pairs, [ANA, BEN])["cells"][0]

    assert (cell["words"], cell["share"]) == ("undefined", None)
    assert "undefined: both gave one and the same label" in cell["means"]


def test_pair_leads_to_where_the_two_differ():
    """The order is that of the other page's list, whichever was clicked."""
    assert pair_filters(("ben", "ana"), [ANA, BEN]) == {"kind": "experts", "expert": "ana~ben"}
    assert pair_filters(("ana", "model"), [ANA, BEN]) == {"kind": "machine", "expert": "ana"}


def test_age_of_the_figures_is_said():
    old = Standing(AT, 40, is_updating=True)

    assert standing_words(old, "12:03") == (
        "As of 12:03, 40 judgements ago. Newer ones are being worked out."
    )
    assert standing_words(Standing(AT, 0, is_updating=False), "12:03") == "As of 12:03."
    assert "now" in standing_words(Standing(None, 3, is_updating=True), "")


def test_first_line_has_alpha_with_interval_n_and_experts(place, team, judged):
    page = look("agreement", place, team["vic"], judged)

    assert not page.exception
    assert "n = 60 messages, 3 experts:" in texts_of(page)
    assert [one["name"] for one in data_of(page, "pair_map")["rows"]][-1] == "machine"


@pytest.mark.parametrize("part", ["pairs", "labels", "cycles", "machine", "kinds"])
@pytest.mark.parametrize("name", ["vic", "ana", "sue"])
def test_every_part_opens_for_everyone_who_may_see_it(place, team, judged, name, part):
    page = look("agreement", place, team[name], judged, part=part)

    assert not page.exception
    assert not page.error


def test_consensus_is_for_supervisors(place, team, judged):
    """An expert who names it in the address gets the first part instead."""
    seen = look("agreement", place, team["sue"], judged, part="consensus")
    hidden = look("agreement", place, team["ana"], judged, part="consensus")

    assert "How good each person" in texts_of(seen)
    assert "How good each person" not in texts_of(hidden)
    assert not [*seen.exception, *hidden.exception]


def test_mixed_up_labels_lead_to_their_definitions(place, team, judged):
    page = look("agreement", place, team["vic"], judged, part="labels")

    assert page.button(key="repair_ham_spam").label.startswith("ham vs spam")


def test_without_common_messages_it_says_why(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one", "m2": "two"})
    add_labels([("m1", "Ana", "ham"), ("m2", "Ben", "spam")])

    page = look("agreement", place, team["vic"], project)

    assert not page.exception
    assert "Agreement is undefined: No message has labels from two people" in texts_of(page)


def test_before_any_judgement_it_says_what_will_be_here(place, team, project):
    page = look("agreement", place, team["ana"], project)

    assert not page.exception
    assert "As soon as two people have judged" in texts_of(page)


@pytest.fixture
def opened(monkeypatch):
    """Which pages were opened from the consensus, with which filters."""
    opened = []
    monkeypatch.setattr(
        "app.views.agreement.consensus.open_view",
        lambda view, **filters: opened.append((view, filters)),
    )
    return opened


def _listed(place, person, project, opened):
    """The messages on the page that was opened."""
    (view, filters) = opened[-1]
    page = look(view, place, person, project, **filters)
    assert not page.exception
    return page, list(page.dataframe[0].value["message_id"])


@pytest.fixture
def decided(judged, add_labels):
    """Two messages are decided."""
    add_labels([("m0", "Sue", "ham"), ("m1", "Sue", "spam")], adjudicated=True)
    return judged


@pytest.mark.parametrize("basis", ["decided", "votes"])
def test_counts_of_the_consensus_open_as_many_messages(place, team, decided, opened, basis):
    page = look("agreement", place, team["sue"], decided, part="consensus")
    button = page.button(key=f"consensus_{basis}")

    button.click().run()

    assert not page.exception
    assert opened == [("messages", {"basis": basis})]
    listing, ids = _listed(place, team["sue"], decided, opened)
    assert len(ids) == int(button.label.split()[-1])
    assert f"of {len(ids)}." in texts_of(listing)


def test_tied_votes_open_their_messages_and_none_is_no_button(
    place, team, project, opened, add_messages, add_labels
):
    add_messages({"m1": "one", "m2": "two", "m3": "three"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam"), ("m2", "Ana", "ham")])
    page = look("agreement", place, team["sue"], project, part="consensus")
    keys = {button.key for button in page.button}

    page.button(key="consensus_tied").click().run()

    assert "consensus_decided" not in keys
    assert _listed(place, team["sue"], project, opened)[1] == ["m1"]


def test_persons_count_opens_the_messages_that_they_judged(place, team, judged, opened):
    page = look("agreement", place, team["sue"], judged, part="consensus", who="ben")
    button = page.button(key="consensus_judged")

    button.click().run()

    assert button.label == "Read the 60 messages that they judged"
    assert opened == [("messages", {"by": "ben"})]
    listing, ids = _listed(place, team["sue"], judged, opened)
    assert len(ids) == 60
    assert listing.button(key="messages_by").label == "judged by Ben"


def test_unknown_basis_and_person_in_the_address_narrow_nothing(place, team, judged):
    page = look("messages", place, team["sue"], judged, basis="<b>", by="nobody")

    assert not page.exception
    assert page.dataframe[0].value.shape[0] == 60
    assert not {"messages_basis", "messages_by"} & {button.key for button in page.button}


def test_narrowing_is_taken_away_with_one_click(place, team, judged):
    page = look("messages", place, team["sue"], judged, basis="tied")
    before = "No message fits these filters" in texts_of(page)

    page.button(key="messages_basis").click().run()

    assert before
    assert page.dataframe[0].value.shape[0] == 60
    assert "basis" not in page.query_params
