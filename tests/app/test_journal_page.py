import pytest

from rhml_core.workflows.journal.entries import list_entries, write_entry
from rhml_core.workflows.journal.reporting import gather_journal, write_journal
from tests.app.store_fixtures import (
    add_run,
    data_of,
    look,
    make_concept,
    make_project,
    promote_newest,
    texts_of,
)


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def surfaced(place, project, add_messages, add_labels):
    """Run 1 answers three judged messages and found the new word money."""
    add_messages({"m1": "free money", "m2": "noon is money", "m3": "lunch"})
    add_labels([(name, who, "spam") for name in ("m1", "m2", "m3") for who in ("Ana", "Ben")])
    answers = dict.fromkeys(("m1", "m2", "m3"), ("spam", 0.9))
    add_run(place, project, 1, answers, [make_concept("money", messages_for=["m1"])])
    promote_newest(place, project, {"m1": "spam"})
    return project


def entries(place, person, project):
    return [one.entry for one in list_entries(place, person, project.project_id)]


def test_digest_stands_on_top_with_its_three_parts(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)

    assert not page.exception
    said = texts_of(page)
    for words in ("What it learnt from you", "What you might learn from it"):
        assert words in said
    assert "On none of 3 judged messages were both wrong: 0 % [0 %, 56 %]." in said
    assert "None of you has named “money” as a reason for spam yet" in said


def test_line_of_the_digest_opens_its_messages_and_its_card(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)
    [messages] = [one for one in page.button if one.key.startswith("digest_messages_")]

    messages.click().run()

    assert not page.exception
    assert [one["text"] for one in data_of(page, "digest_messages")["items"]] == ["free money"]

    [card] = [one for one in page.button if one.key.startswith("digest_concept_")]
    card.click().run()

    assert page.query_params["concept"] == "concept-money-spam"
    assert data_of(page, "for_concept-money-spam")["items"][0]["text"] == "free money"


def test_person_writes_an_entry_and_takes_it_back(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)
    page.text_area(key="entry_text").set_value("Noon says <nothing>.")
    page.selectbox(key="entry_about").set_value("label:spam")
    page.text_input(key="entry_links").set_value("m1, m2")

    page.button(key="entry_send").click().run()

    assert not page.exception
    [entry] = entries(place, team["ana"], surfaced)
    assert (entry.text, entry.about) == ("Noon says <nothing>.", "label:spam")
    assert entry.message_ids == ("m1", "m2")
    assert "Noon says &lt;nothing&gt;." in texts_of(page)
    assert page.text_area(key="entry_text").value == ""

    page.button(key=f"withdraw_{entry.entry_id}").click().run()

    assert entries(place, team["ana"], surfaced) == []


def test_way_from_a_thread_begins_an_entry_about_its_message(place, team, surfaced):
    """Nobody sees or has to type how a message is named inside."""
    page = look("journal", place, team["ana"], surfaced, note="m2")

    page.text_area(key="entry_text").set_value("Noon is no money.")
    page.button(key="entry_send").click().run()

    assert not page.exception
    [entry] = entries(place, team["ana"], surfaced)
    assert entry.message_ids == ("m2",)
    assert "note" not in page.query_params


def test_entries_are_written_before_anything_is_surfaced(place, team, project, add_messages):
    add_messages({"m1": "free money"})

    page = look("journal", place, team["ana"], project, note="m1")

    assert not page.exception
    assert page.text_input(key="entry_links").value == "m1"


def test_entry_that_cannot_be_kept_says_why_and_keeps_the_words(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)
    page.text_area(key="entry_text").set_value("See this one.")
    page.text_input(key="entry_links").set_value("m99")

    page.button(key="entry_send").click().run()

    assert not page.exception
    assert "m99" in page.error[0].value
    assert page.text_area(key="entry_text").value == "See this one."
    assert entries(place, team["ana"], surfaced) == []


def test_colleagues_entry_cannot_be_taken_back_and_viewers_do_not_write(place, team, surfaced):
    write_entry(place, team["ana"], surfaced.project_id, "Mine.", key="k")

    for name in ("ben", "vic"):
        page = look("journal", place, team[name], surfaced)
        assert "Mine." in texts_of(page)
        assert not [one for one in page.button if one.key.startswith("withdraw_")]
    assert not page.text_area


def test_filters_of_whose_and_cycle_come_from_the_address(place, team, surfaced):
    mine = look("journal", place, team["ana"], surfaced, who="mine")
    first = look("journal", place, team["ana"], surfaced, cycle="1")
    nonsense = look("journal", place, team["ana"], surfaced, cycle="x", status="y", page="z")

    assert not mine.exception
    assert "No concept fits" in texts_of(mine)
    assert "“money”" in texts_of(first)
    assert not nonsense.exception
    assert "“money”" in texts_of(nonsense)


def test_filters_that_fit_nothing_are_taken_out_at_a_click(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced, who="mine")

    page.button(key="none_fits").click().run()

    assert "who" not in page.query_params
    assert "“money”" in texts_of(page)


def test_what_adopting_would_bring_is_worked_out_when_asked(place, team, surfaced, monkeypatch):
    """Nothing is trained until somebody asks."""
    from app.views.journal import concept_card_outlook  # noqa: PLC0415
    from rhml_core.measures.estimates import Estimate  # noqa: PLC0415
    from rhml_core.workflows.concepts import effects as concept_effects  # noqa: PLC0415

    asked = []

    def expected(_place, _person, _project_id, concept_id):
        asked.append(concept_id)
        return concept_effects.ExpectedEffect(Estimate(None, "x"), "too little is judged.")

    monkeypatch.setattr(concept_card_outlook, "expected_effect", expected)
    page = look("journal", place, team["ana"], surfaced, concept="concept-money-spam")
    assert asked == []

    page.button(key="outlook_concept-money-spam").click().run()

    assert asked == ["concept-money-spam"]
    assert "If adopted: too little is judged." in texts_of(page)


def test_downloads_hold_the_journal(place, team, surfaced):
    """The page offers both kinds of file; what they hold is the report's affair."""
    page = look("journal", place, team["vic"], surfaced)
    text = write_journal(gather_journal(place, team["vic"], surfaced.project_id), ".md")

    assert not page.exception
    assert [one.label for one in page.get("download_button")] == ["Markdown", "HTML"]
    assert "money" in text
