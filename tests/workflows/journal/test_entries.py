import pytest

from rhml_core.domain import Codebook, Label
from rhml_core.errors import InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import codebooks, events
from rhml_core.store.label_changes import ChangeKind, LabelChange, add_label_changes
from rhml_core.workflows.journal import journal
from rhml_core.workflows.journal.entries import (
    LONGEST_ENTRY,
    MOST_LINKS,
    list_entries,
    withdraw_entry,
    write_entry,
)
from tests.workflows.journal.journal_desk import JournalDesk, make_concept


@pytest.fixture
def desk(place, project, add_messages):
    add_messages({"m1": "free money", "m2": "noon", "h1": "held out"}, holdout=["h1"])
    return JournalDesk(place, project)


def texts(place, person, project, **wanted):
    return [one.entry.text for one in list_entries(place, person, project.project_id, **wanted)]


def test_entry_is_written_once_under_its_key_and_read_by_all(place, team, project, desk):
    act = (place, team["ana"], project.project_id, " Noon is no reason. ")

    first = write_entry(*act, key="k")
    again = write_entry(*act, key="k")

    assert first
    assert again == ""
    assert texts(place, team["vic"], project) == ["Noon is no reason."]
    kinds = events.list_events(place.db, project.project_id, kinds=["journal_written"])
    assert kinds.height == 1


def test_same_key_of_another_person_is_another_entry(place, team, project, desk):
    for name in ("ana", "ben"):
        write_entry(place, team[name], project.project_id, f"by {name}", key="k")

    assert texts(place, team["sue"], project) == ["by ben", "by ana"]


def test_own_entry_is_taken_back_and_stays_on_record(place, team, project, desk):
    """A withdrawal is a new event: nothing that was written is changed or deleted."""
    entry_id = write_entry(place, team["ana"], project.project_id, "Wrong.", key="k")

    withdraw_entry(place, team["ana"], project.project_id, entry_id, key="w")
    withdraw_entry(place, team["ana"], project.project_id, entry_id, key="w")

    assert texts(place, team["ana"], project) == []
    kept = place.db.rows("SELECT kind, text FROM journal_entries ORDER BY seq")
    assert kept == [
        {"kind": "written", "text": "Wrong."},
        {"kind": "withdrawn", "text": "Wrong."},
    ]
    with pytest.raises(NotFoundError, match="taken back"):
        withdraw_entry(place, team["ana"], project.project_id, entry_id, key="again")


def test_nobody_takes_a_colleagues_entry_back(place, team, project, desk):
    entry_id = write_entry(place, team["ana"], project.project_id, "Mine.", key="k")

    with pytest.raises(NotAllowedError, match="who wrote"):
        withdraw_entry(place, team["sue"], project.project_id, entry_id, key="w")

    assert texts(place, team["ana"], project) == ["Mine."]


def test_viewers_only_read(place, team, project, desk):
    with pytest.raises(NotAllowedError):
        write_entry(place, team["vic"], project.project_id, "Hm.", key="k")


@pytest.mark.parametrize(
    ("text", "more", "error"),
    [
        ("  ", {}, InvalidInputError),
        ("x" * (LONGEST_ENTRY + 1), {}, InvalidInputError),
        ("x", {"message_ids": [str(n) for n in range(MOST_LINKS + 1)]}, InvalidInputError),
        ("x", {"message_ids": ["nowhere"]}, NotFoundError),
        ("x", {"about": "message:m1"}, InvalidInputError),
        ("x", {"about": "label:eggs"}, NotFoundError),
        ("x", {"about": "cycle:2"}, NotFoundError),
        ("x", {"about": "concept:nothing"}, NotFoundError),
    ],
)
@pytest.mark.usefixtures("desk")
def test_entry_that_cannot_be_kept_says_why(place, team, project, text, more, error):
    with pytest.raises(error):
        write_entry(place, team["ana"], project.project_id, text, **more, key="k")

    assert texts(place, team["ana"], project) == []


def test_entries_are_chosen_by_subject_and_author(place, team, project, desk):
    desk.surface(1, [make_concept("money")])
    subjects = ("label:spam", "cycle:1", "concept:concept-money-spam")
    for number, about in enumerate(subjects):
        write_entry(place, team["ana"], project.project_id, about, about=about, key=str(number))
    write_entry(place, team["ben"], project.project_id, "free", key="free")

    said = {
        one.entry.text: one.about for one in list_entries(place, team["ben"], project.project_id)
    }

    assert said == {
        "label:spam": "label spam",
        "cycle:1": "cycle 1",
        "concept:concept-money-spam": "“money”",
        "free": "",
    }
    assert texts(place, team["ben"], project, about="label:spam") == ["label:spam"]
    assert texts(place, team["ben"], project, is_mine=True) == ["free"]


def test_label_of_an_entry_follows_the_codebook(place, team, project, desk):
    write_entry(place, team["ana"], project.project_id, "x", about="label:spam", key="k")
    with place.db.atomic() as transaction:
        labels = (Label("ham"), Label("junk"))
        codebooks.add_codebook(
            transaction, project.project_id, Codebook(2, labels, "sue"), at=place.now()
        )
        change = LabelChange(ChangeKind.RENAMED, "spam", ("junk",))
        add_label_changes(transaction, project.project_id, 2, (change,))

    [entry] = list_entries(place, team["ana"], project.project_id)

    assert entry.about == "label junk"


def test_entry_on_messages_still_to_judge_is_closed_until_they_are_judged(
    place, team, project, desk
):
    """A colleague's note may tell the answer: Ben is told that there is one, and no more."""
    write_entry(place, team["ana"], project.project_id, "m1 is spam", message_ids=["m1"], key="k")

    [closed] = list_entries(place, team["ben"], project.project_id)
    desk.judge(team["ben"], "m1", "ham")
    [opened] = list_entries(place, team["ben"], project.project_id)

    assert (closed.is_closed, closed.entry.text, closed.entry.message_ids) == (True, "", ())
    assert (opened.is_closed, opened.entry.text) == (False, "m1 is spam")
    [own] = list_entries(place, team["ana"], project.project_id)
    assert own.is_own
    assert own.entry.text == "m1 is spam"


def test_entry_on_a_held_out_message_stays_closed_to_experts(place, team, project, desk):
    """Even to one who judged it: it is never listed to experts. Nor is what it is about."""
    where = {"message_ids": ["h1"], "about": "label:spam"}
    write_entry(place, team["sue"], project.project_id, "h1 is spam", **where, key="k")
    desk.judge(team["ana"], "h1", "ham")

    [entry] = list_entries(place, team["ana"], project.project_id)
    [open_entry] = list_entries(place, team["vic"], project.project_id)

    assert (entry.is_closed, entry.about, entry.entry.about) == (True, "", "")
    assert (entry.entry.text, entry.entry.message_ids) == ("", ())
    assert texts(place, team["ana"], project, about="label:spam") == []
    assert open_entry.about == "label spam"


def test_time_line_tells_of_entries_without_their_words(place, team, project, desk):
    entry_id = write_entry(place, team["ana"], project.project_id, "secret", key="k")
    withdraw_entry(place, team["ana"], project.project_id, entry_id, key="w")

    told = [one.sentence for one in journal.timeline(place, team["vic"], project.project_id)]

    assert told == ["took an entry of the journal back", "wrote into the journal"]
