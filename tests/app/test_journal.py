import pytest

from app.components.strength_mark import strength_mark, strength_points
from rhml_core.domain import ConceptStatus
from rhml_core.workflows.journal import journal
from tests.app.store_fixtures import add_run, data_of, look, make_concept, make_project, texts_of


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def surfaced(place, project, add_messages):
    """Two runs found `money`, the second also `noon`; m1 speaks for `money`."""
    add_messages({"m1": "free money", "m2": "noon is money"})
    money = make_concept("money", messages_for=["m1"], messages_against=["m2"])
    add_run(place, project, 1, {}, [money])
    add_run(place, project, 2, {}, [money, make_concept("noon", "ham", strength=0.05)])
    return project


def statuses(place, person, project):
    found = journal.list_concepts(place, person, project.project_id)
    return {concept.terms[0]: concept.status for concept in found}


def test_line_rises_with_strength_and_includes_zero():
    points = strength_points([(1, 0.0), (2, 0.1), (3, 0.2)], width=100, height=20)

    assert points == [(5.0, 15.0), (50.0, 10.0), (95.0, 5.0)]


def test_negative_strength_stands_below_zero():
    (_, of_zero), (_, of_minus) = strength_points([(1, 0.0), (2, -0.1)])

    assert of_minus > of_zero


def test_no_strength_draws_nothing():
    assert strength_points([]) == []
    assert strength_mark([]) == ""


def test_lone_strength_has_no_line_but_its_figure():
    html = strength_mark([(4, 0.12)])

    assert "<img" not in html
    assert "+0.12" in html
    assert "run 4" in html


def test_line_is_told_to_people_who_hear_the_page():
    assert 'alt="strength run 4: +0.12, run 7: +0.20"' in strength_mark([(4, 0.12), (7, 0.2)])


def test_empty_journal_leads_to_training(place, team, project):
    page = look("journal", place, team["ana"], project)

    assert not page.exception
    assert page.button(key="nothing_surfaced").label == "Go to training"


def test_cards_show_what_the_machine_surfaced(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)

    assert not page.exception
    said = texts_of(page)
    assert "“money”" in said
    assert "“noon”" in said
    assert "runs 1\u20132" in said
    accents = [button.label for button in page.button if button.proto.type == "primary"]
    assert accents == ["Details"]


def test_filters_in_the_address_choose_the_cards(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced, label="ham")

    assert not page.exception
    assert "“money”" not in texts_of(page)
    assert "“noon”" in texts_of(page)


def test_filters_that_fit_nothing_say_so(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced, status="rejected")

    assert not page.exception
    assert "No concept fits" in texts_of(page)


def test_adopted_concept_can_be_reopened(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)

    page.button(key="adopt_concept-money-spam").click().run()

    assert not page.exception
    assert statuses(place, team["ana"], surfaced)["money"] is ConceptStatus.ADOPTED

    page.button(key="reopen_concept-money-spam").click().run()

    assert statuses(place, team["ana"], surfaced)["money"] is ConceptStatus.NEW


def test_wrong_reason_is_rejected_with_its_line(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)
    page.text_input(key="reject_reason_concept-noon-ham").set_value("a time of day")

    page.button(key="reject_concept-noon-ham").click().run()

    assert not page.exception
    assert statuses(place, team["ana"], surfaced)["noon"] is ConceptStatus.REJECTED
    newest = journal.timeline(place, team["ana"], surfaced.project_id)[0]
    assert newest.sentence.startswith("rejected “noon” for ham")


def test_open_card_shows_messages_of_both_sides_and_takes_comments(place, team, surfaced):
    concept_id = "concept-money-spam"
    page = look("journal", place, team["sue"], surfaced, concept=concept_id)

    assert not page.exception
    assert data_of(page, f"for_{concept_id}")["items"][0]["text"] == "free money"
    assert data_of(page, f"against_{concept_id}")["items"][0]["text"] == "noon is money"

    page.text_area[0].set_value("Only with “free”.")
    [send] = [button for button in page.button if button.label == "Comment"]
    send.click().run()

    card = journal.get_concept(place, team["sue"], surfaced.project_id, concept_id)
    assert [comment.text for comment in card.comments] == ["Only with “free”."]
    assert "Only with “free”." in texts_of(page)


def test_viewer_reads_but_does_not_decide(place, team, surfaced):
    page = look("journal", place, team["vic"], surfaced)

    assert not page.exception
    assert {
        button.label for button in page.button if button.key.startswith(("open_", "adopt", "rej"))
    } == {"Details"}
    assert "Write an entry" not in {button.label for button in page.button}


def test_more_than_a_page_of_concepts_is_paged(place, team, project, add_messages):
    add_messages({"m1": "free money"})
    add_run(place, project, 1, {}, [make_concept(f"t{number:02}") for number in range(13)])

    first = look("journal", place, team["vic"], project)
    second = look("journal", place, team["vic"], project, page="2")

    assert not first.exception
    assert not second.exception
    assert [
        sum(one.key.startswith("open_") for one in page.button) for page in (first, second)
    ] == [
        10,
        3,
    ]
