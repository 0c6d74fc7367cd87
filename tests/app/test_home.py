import pytest

from app.components.facts import facts_html
from app.components.timeline import page_of_subject, timeline_data
from app.views.home.page import queue_facts
from rhml_core.domain import JobState, Person, Role
from rhml_core.store import jobs
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.overview.home import next_step
from rhml_core.workflows.overview.timeline import TimelineEntry
from rhml_core.workflows.turn.queue import QueueProgress
from tests.app.learning_fixtures import make_cycles
from tests.app.store_fixtures import (
    AT,
    add_run,
    data_of,
    look,
    make_concept,
    make_job,
    make_project,
    texts_of,
)


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.mark.parametrize(
    ("subject", "page"),
    [
        ("message:m:1", ("disagreements", {"message": "m:1"})),
        ("run:r1", ("training", {"part": "all-runs", "run": "r1"})),
        ("codebook:3", ("codebook", {})),
        ("person:ana", None),
        ("", None),
    ],
)
def test_subject_leads_to_its_page(subject, page):
    assert page_of_subject(subject) == page


def test_machine_is_a_diamond_and_simulated_people_are_marked():
    entries = [
        TimelineEntry(
            AT, "the machine", is_machine=True, sentence="finished run 1", subject="run:r1"
        ),
        TimelineEntry(AT, "Sim 1", is_machine=False, sentence="commented", subject="person:sim-1"),
        TimelineEntry(AT, "someone", is_machine=False, sentence="left", subject="message:m1"),
    ]
    people = [Person("sim-1", "Sim 1", Role.EXPERT, is_simulated=True)]

    drawn = timeline_data(entries, people, ["a", "b", "c"], "What changed")["entries"]

    assert [one["kind"] for one in drawn] == ["machine", "person", "person"]
    assert [one["simulated"] for one in drawn] == [False, True, False]
    assert [one["subject"] for one in drawn] == ["run:r1", "", "message:m1"]


def test_facts_are_escaped():
    html = facts_html([("<b>", "1 & 2")])

    assert "&lt;b&gt;" in html
    assert "1 &amp; 2" in html


def test_fact_says_on_hover_what_it_means():
    html = facts_html([("Done", "3"), ("Open", "1")], {"Done": 'Nobody has to judge "them"'})

    assert html.count("title=") == 1
    assert '<tr title="Nobody has to judge &quot;them&quot;"><th' in html


def test_figures_of_the_queue_are_grouped_by_thousands():
    rows = queue_facts(QueueProgress(1, 1234, 5, 9999, 0))

    assert ("Judged in all", "1,234") in rows


def test_supervisor_of_an_empty_project_is_sent_to_import(place, team, project):
    page = look("home", place, team["sue"], project)

    assert not page.exception
    assert "no messages yet" in texts_of(page)
    assert page.button(key="next_step").label == "Import messages"


def test_page_has_one_accent_and_the_experts_queue(place, team, project, add_messages):
    add_messages({"m1": "free money", "m2": "see you at noon"})

    page = look("home", place, team["ana"], project)

    assert not page.exception
    accents = [button.key for button in page.button if button.proto.type == "primary"]
    assert accents == ["next_step"]
    said = texts_of(page)
    assert "2 messages wait for you" in said
    assert "0 of 2 messages" in said


def test_newcomer_is_led_from_home_over_the_codebook_to_label(
    place, team, project, add_messages, add_labels
):
    """Each page has one accent, and it is the next step; whoever has judged needs no leading."""
    add_messages({"m1": "free money", "m2": "see you at noon"})
    greeted = look("home", place, team["ana"], project)
    codebook = look("codebook", place, team["ana"], project)
    home = look("home", place, team["ana"], project)
    add_labels([("m1", "Ana", "ham")])
    later = look("codebook", place, team["ana"], project)

    assert greeted.button(key="next_step").label == "Read the codebook"
    assert "Your first steps" in texts_of(greeted)
    accents = [one.label for one in codebook.button if one.proto.type == "primary"]
    assert accents == ["Label the first message"]
    assert home.button(key="next_step").label == "Label the first one"
    assert "codebook_next_step" not in [one.key for one in later.button]


def test_digest_is_offered_until_it_is_read(place, team, project, add_messages, add_labels):
    add_messages({"m1": "free money", "m2": "see you at noon"})
    add_labels([("m1", "Ana", "ham")])
    add_run(place, project, 1, {"m1": ("ham", 0.9)}, [make_concept("money")])

    before = look("home", place, team["ana"], project)
    journal = look("journal", place, team["ana"], project)
    after = look("home", place, team["ana"], project)

    assert not journal.exception
    assert "Digest of cycle 1, unread" in texts_of(before)
    assert "Digest of cycle" not in texts_of(after)


def test_viewer_has_no_queue(place, team, project):
    page = look("home", place, team["vic"], project)

    assert not page.exception
    assert "Waiting for you" not in texts_of(page)


def test_what_others_did_is_told_with_a_way_to_it(place, team, project, add_messages, add_labels):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
    threads.add_comment(
        place, team["ben"], project.project_id, "message:m1", "Look again.", key="c1"
    )

    page = look("home", place, team["ana"], project)

    assert not page.exception
    newest = data_of(page, "changes")["entries"][0]
    assert (newest["who"], newest["sentence"]) == ("Ben", "wrote a comment")
    assert newest["subject"] == "message:m1"


def test_visit_is_recorded_once_a_session(place, team, project, monkeypatch):
    visits = []
    monkeypatch.setattr(
        "app.views.home.page.record_visit", lambda _place, person, _id: visits.append(person.name)
    )

    page = look("home", place, team["ana"], project)
    page.run()

    assert not page.exception
    assert visits == ["Ana"]


def test_running_job_is_shown_and_ended_ones_are_not(place, team, project):
    with place.db.atomic() as transaction:
        for name, state in (("job-1", JobState.RUNNING), ("job-2", JobState.DONE)):
            job = make_job(project, name)
            jobs.add_job(transaction, job, parameters={}, seed=0)
            jobs.set_state(transaction, name, state, detail="Reading", at=AT)

    page = look("home", place, team["sue"], project)

    assert not page.exception
    keys = [button.key for button in page.button]
    assert "job_job-1" in keys
    assert "job_job-2" not in keys


def test_expert_cannot_cancel_a_job(place, team, project):
    with place.db.atomic() as transaction:
        jobs.add_job(transaction, make_job(project, "job-1"), parameters={}, seed=0)

    page = look("home", place, team["ana"], project)

    assert not page.exception
    assert "job_job-1" not in [button.key for button in page.button]


def test_due_reviews_and_threads_with_news_are_told(place, team, project, add_messages, add_labels):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
    threads.add_comment(
        place, team["ben"], project.project_id, "message:m1", "Look again.", key="c1"
    )

    page = look("home", place, team["ana"], project)

    assert not page.exception
    assert "1 card due for review" in texts_of(page)
    assert "New in threads" in texts_of(page)
    [row] = data_of(page, "unread_threads")["items"]
    assert (row["id"], row["note"]) == ("m1", "1 new")


def test_what_waits_for_nobody_is_not_spoken_of(place, team, project, add_messages):
    add_messages({"m1": "free money"})

    page = look("home", place, team["ana"], project)

    assert "due for review" not in texts_of(page)
    assert "New in threads" not in texts_of(page)


def test_review_is_the_next_step_once_nothing_is_left_to_label(
    place, team, project, add_messages, add_labels
):
    """Labelling goes first, then who asks, then what is due."""
    add_messages({"m1": "free money", "m2": "see you"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
    before = next_step(place, team["ana"], project.project_id)
    add_labels([("m2", "Ana", "ham"), ("m2", "Ben", "ham")])

    after = next_step(place, team["ana"], project.project_id)

    assert before.view == "label"
    assert (after.view, after.filters) == ("my_learning", {"review": "1"})
    assert after.sentence == "1 card is due for review."


def test_who_asks_goes_before_what_is_due(place, team, project, add_messages, add_labels):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
    threads.add_comment(place, team["ben"], project.project_id, "message:m1", "@Ana why?", key="c1")

    step = next_step(place, team["ana"], project.project_id)

    assert (step.view, step.filters) == ("disagreements", {"message": "m1"})


def test_both_learners_are_for_those_who_oversee(place, team, project, monkeypatch):
    monkeypatch.setattr(
        "rhml_core.workflows.learner.cycles_beside.learners_by_cycle", lambda *_: make_cycles()
    )

    seen = {name: texts_of(look("home", place, team[name], project)) for name in team}

    assert {name for name, said in seen.items() if "Both learners" in said} == {"sue", "vic"}
    assert "The machine gained: +0.12" in seen["vic"]
