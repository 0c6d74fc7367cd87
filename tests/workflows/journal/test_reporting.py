import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.workflows.journal import journal
from rhml_core.workflows.journal.entries import write_entry
from rhml_core.workflows.journal.reporting import gather_journal, write_journal
from tests.workflows.journal.journal_desk import JournalDesk, make_concept

MONEY = "concept-money-spam"
HOSTILE = "<script>alert(1)</script> ![x](https://evil.example/p.png)"


@pytest.fixture
def desk(place, team, project, add_messages, add_labels):
    """One concept that was adopted, with a message that everyone judged behind it."""
    add_messages({"m1": HOSTILE, "m2": "free money", "m3": "noon"})
    add_labels([("m1", who, "spam") for who in ("Ana", "Ben")])
    desk = JournalDesk(place, project)
    desk.now = place.now()  # whatever day of the week it is
    desk.surface(1, [make_concept("money", messages_for=["m1"])], answers={"m1": "spam"})
    journal.adopt_concept(place, team["ana"], project.project_id, MONEY, reason="**sure**", key="a")
    return desk


def written(place, person, project, suffix, **wanted):
    return write_journal(gather_journal(place, person, project.project_id, **wanted), suffix)


@pytest.mark.parametrize("suffix", [".md", ".html", ".MD"])
@pytest.mark.usefixtures("desk")
def test_file_holds_summary_digest_cards_lives_and_entries(place, team, project, suffix):
    write_entry(place, team["ben"], project.project_id, "Noted.", about="label:spam", key="k")

    text = written(place, team["vic"], project, suffix).replace("\\", "")

    for part in (
        "Learning journal of Mail",
        "the machine surfaced 1 concept, the team adopted 1",
        "Cycle 1: what the machine learnt from you",
        "Settled concepts",
        "In run 1 I rely on “money” for spam (strength 0.20); one of you adopted it.",
        "Life of “money”",
        "Ana adopted it: “",
        "Ben on label spam: Noted.",
    ):
        assert part in text


@pytest.mark.usefixtures("desk")
def test_texts_of_messages_stand_in_it_only_on_request(place, team, project):
    """Files leave the team: identifiers are enough unless somebody wants more."""
    write_entry(place, team["ana"], project.project_id, "See.", message_ids=["m1"], key="k")

    without = written(place, team["sue"], project, ".md")
    with_texts = written(place, team["sue"], project, ".md", with_texts=True)

    assert "alert" not in without
    assert "m1" in without
    assert "alert" in with_texts
    assert "<script>" not in with_texts
    assert "](" not in with_texts
    assert "**sure**" not in with_texts


@pytest.mark.usefixtures("desk")
def test_html_of_hostile_texts_stays_inert(place, team, project):
    write_entry(place, team["ana"], project.project_id, HOSTILE, message_ids=["m1"], key="k")

    page = written(place, team["sue"], project, ".html", with_texts=True)

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.usefixtures("desk")
def test_expert_gets_no_text_of_a_message_still_to_judge(place, team, project, add_labels):
    """m2 waits for Ben: neither Ana's entry on it nor its text is in his file."""
    write_entry(place, team["ana"], project.project_id, "m2 is spam", message_ids=["m2"], key="k")

    of_ben = written(place, team["ben"], project, ".md", with_texts=True)

    assert "free money" not in of_ben
    assert "m2" not in of_ben
    assert "points to messages that are not open to you" in of_ben


@pytest.mark.usefixtures("desk")
def test_other_kinds_of_file_are_refused(place, team, project):
    with pytest.raises(InvalidInputError, match=r"\.md or \.html"):
        written(place, team["sue"], project, ".pdf")


def test_empty_journal_can_be_written(place, team, project):
    text = written(place, team["sue"], project, ".md")

    assert "The first digest comes when a run has closed a cycle" in text.replace("\\", "")
