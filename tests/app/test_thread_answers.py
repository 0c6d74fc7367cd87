"""Answers in a thread: under today's names, and the machine's where it may be told."""

import pytest

from app.components.answer_table import Answer, answer_table_html
from app.views.thread.answers import answers_of, notes_on_answers
from rhml_core.domain import Label, Person, Role
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.dialogue.threads import message_thread
from tests.app.store_fixtures import add_run, look, make_project, promote_newest, texts_of

ANA = Person("ana", "Ana", Role.EXPERT)
BEN = Person("ben", "<b>Ben</b>", Role.EXPERT)


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def judged(add_messages, add_labels):
    add_messages({"m1": "win a prize"})
    add_labels([("m1", "Ana", "spam"), ("m1", "Ben", "ham")])


@pytest.fixture
def change(place, team, project):
    """Change the first codebook: `change(["ham", "junk"], LabelChange(...))`."""

    def save(names, made):
        codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            [Label(name) for name in names],
            based_on=1,
            changes=[made],
            key="change",
        )

    return save


@pytest.fixture
def answers(place, team, project):
    """The answers to m1 as the supervisor sees them."""

    def answers():
        thread = message_thread(place, team["sue"], project.project_id, "m1")
        return answers_of(thread.judgements, thread.people, thread.labels_now)

    return answers


def test_renamed_label_bears_its_name_of_today_and_it_is_told(
    place, team, project, judged, change, answers
):
    change(["ham", "junk"], LabelChange(ChangeKind.RENAMED, "spam", ("junk",)))

    said = {one.person.name: (one.first, one.current) for one in answers()}
    page = look("disagreements", place, team["sue"], project, message="m1")

    assert said == {"Ana": ("junk", "junk"), "Ben": ("ham", "ham")}
    assert not page.exception
    assert "junk was called spam when Ana answered." in texts_of(page)


def test_merged_label_is_told_as_the_one_it_went_into(judged, change, answers):
    change(["ham", "other"], LabelChange(ChangeKind.MERGED, "spam", ("ham",)))

    assert {one.current for one in answers()} == {"ham"}
    assert notes_on_answers(answers()) == ["ham was called spam when Ana answered."]


def test_answer_from_before_a_reopening_does_not_stand_as_todays(judged, change, answers):
    change(["ham", "spam"], LabelChange(ChangeKind.MEANING, "spam", reach=Reach.EVERY))

    table = answer_table_html(["ham", "spam"], {}, answers(), opinion=None, reference=None)

    assert [one.stands for one in answers()] == [False, False]
    assert table.count('role="img"') == 2  # first answers alone, none of now
    assert notes_on_answers(answers()) == ["Ana and Ben answered before the codebook changed."]


def test_nothing_is_noted_where_all_names_are_todays():
    assert notes_on_answers([Answer(ANA, "ham", "spam"), Answer(BEN, "ham", "ham")]) == []


def test_people_who_said_the_same_are_named_together():
    then = (("junk", "spam"),)
    cleo = Person("cleo", "Cleo", Role.EXPERT)

    notes = notes_on_answers([Answer(who, "junk", "ham", called_then=then) for who in (ANA, cleo)])

    assert notes == ["junk was called spam when Ana and Cleo answered."]


def test_supervisor_reads_why_the_machine_is_silent_on_the_holdout(
    place, team, project, add_messages, add_labels
):
    """And hears it once the message is settled."""
    add_messages({"held": "one"}, holdout=["held"])
    add_labels([("held", "Ana", "ham"), ("held", "Ben", "spam")])
    add_run(place, project, 1, {"held": ("spam", 0.97)})
    promote_newest(place, project, {})

    before = texts_of(look("disagreements", place, team["sue"], project, message="held"))
    add_labels([("held", "Sue", "ham")], adjudicated=True)
    after = texts_of(look("disagreements", place, team["sue"], project, message="held"))

    assert "so that the decision stays independent" in before
    assert "0.97" not in before
    assert "so that the decision" not in after
    assert "0.97" in after
