"""Who may know what is said of which message: newcomers and supervisors wait, too."""

import pytest

from rhml_core.domain import Mode, Role, Split
from rhml_core.errors import NotAllowedError
from rhml_core.store import judgements
from rhml_core.workflows import people, projects
from rhml_core.workflows.codebook.pairs import pair_messages
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.dialogue.dialogue import unread_threads
from rhml_core.workflows.dialogue.invitations import is_asked_in
from rhml_core.workflows.disputes import disagreements
from rhml_core.workflows.disputes.adjudication import ErrorKind, adjudicate, undo_adjudication
from rhml_core.workflows.turn.first_round import answer_round, begin_round, first_round
from rhml_core.workflows.visibility import answered_for, machine_keeps_silent
from tests.app.store_fixtures import add_run, promote_newest

SETTLED = {f"p{n}": ("ham", "spam")[n % 2] for n in range(6)}


@pytest.fixture
def pool(add_messages, add_labels):
    """Six settled messages that two people judged apart, and an open one judged by both."""
    add_messages({name: f"text of {name}" for name in [*SETTLED, "open"]})
    add_labels([(name, who, label) for name in SETTLED for who, label in _apart(name)])
    add_labels([("open", "Ben", "ham"), ("open", "Dora", "spam")])
    add_labels([(name, "Sue", label) for name, label in SETTLED.items()], adjudicated=True)


@pytest.fixture
def newcomer(place, team, project, pool):
    """Nia, before a first round of three messages."""
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.RECIPROCAL,
        overlap=2,
        shares=project.shares,
        baseline_probes=0,
        first_round_messages=3,
        first_round_pass=0.5,
        key="round",
    )
    return people.add_person(place, team["sue"], "Nia", Role.EXPERT)


@pytest.fixture
def may_know(place, project):
    """The messages whose answers someone may know."""

    def may_know(person):
        labels = judgements.current_labels(place.db, project.project_id)
        return set(answered_for(place.db, person, project.project_id, labels)["message_id"])

    return may_know


def _apart(name):
    other = "ham" if SETTLED[name] == "spam" else "spam"
    return [("Ben", SETTLED[name]), ("Dora", other)]


def _pass_round(place, person, project, n_wrong=0):
    where = project.project_id
    standing = begin_round(place, person, where, key=f"begin-{n_wrong}")
    while standing and standing.question:
        name = standing.question.message_id
        right = SETTLED[name]
        label = right if n_wrong <= 0 else ("ham" if right == "spam" else "spam")
        n_wrong -= 1
        answer_round(place, person, where, name, label=label, key=f"{n_wrong}-{name}")
        standing = first_round(place, person, where)


def test_newcomer_cannot_look_the_first_round_up(place, team, project, newcomer, may_know):
    """Whoever knows the answers passes without having learnt anything."""
    where = project.project_id

    assert may_know(newcomer) == {"open"}
    assert may_know(team["ben"]) == {*SETTLED, "open"}
    for name in SETTLED:
        with pytest.raises(NotAllowedError, match="first round"):
            threads.message_thread(place, newcomer, where, name)
    listed = disagreements.open_disagreements(place, newcomer, where)
    pairs = pair_messages(place, newcomer, where, ("ham", "spam"))
    assert listed["message_id"].to_list() == ["open"]
    assert [one.message.message_id for one in pairs.messages] == ["open"]


def test_failed_round_keeps_them_closed_and_a_passed_one_opens_them(
    place, team, project, newcomer, may_know
):
    _pass_round(place, newcomer, project, n_wrong=3)
    assert may_know(newcomer) == {"open"}

    _pass_round(place, newcomer, project)

    assert may_know(newcomer) == {*SETTLED, "open"}
    assert threads.message_thread(place, newcomer, project.project_id, "p0").settled


def test_what_a_round_under_way_still_asks_stays_closed_when_its_decision_is_taken_back(
    place, team, project, newcomer, may_know
):
    asked = begin_round(place, newcomer, project.project_id, key="begin").question.message_id

    undo_adjudication(place, team["sue"], project.project_id, asked, key="undo")

    assert asked not in may_know(newcomer)


def test_newcomer_is_named_in_a_settled_thread_without_being_told_more(
    place, team, project, newcomer
):
    where = project.project_id
    threads.add_comment(place, team["ben"], where, "message:p0", "@Nia, clearly ham", key="c")

    [waiting] = unread_threads(place, newcomer, where)

    assert (waiting.message_id, waiting.must_judge_first) == ("p0", True)
    assert not is_asked_in(place, newcomer, where, "p0")  # no queue brings it; the round opens it


@pytest.fixture
def contradicted(place, project, add_messages, add_labels):
    """Two held-out messages and one of the pool, on which the promoted run differs from people."""
    add_messages({"h1": "one", "h2": "two", "m1": "three"}, holdout=["h1", "h2"])
    add_labels([(name, who, "ham") for name in ("h1", "m1") for who in ("Ana", "Ben")])
    add_labels([("h2", "Ana", "ham"), ("h2", "Ben", "spam")])
    run = dict.fromkeys(("h1", "h2", "m1"), ("spam", 0.97))
    add_run(place, project, 1, run)
    promote_newest(place, project, {})


def test_machine_says_nothing_of_an_unsettled_holdout_message_to_who_may_settle_it(
    place, team, project, contradicted
):
    """A reference that followed the machine would measure it against itself."""
    where = project.project_id

    listed = disagreements.open_disagreements(place, team["sue"], where)
    opinions = {
        name: threads.message_thread(place, team["sue"], where, name).opinion
        for name in ("h1", "h2", "m1")
    }
    summary = disagreements.disagreement_summary(place, team["sue"], where)

    assert listed.select("message_id", "machine_label").sort("message_id").rows() == [
        ("h2", None),
        ("m1", "spam"),
    ]
    assert (opinions["h1"], opinions["h2"], opinions["m1"].label) == (None, None, "spam")
    assert (summary.n_experts, summary.n_machine) == (1, 1)


def test_it_is_told_once_the_message_is_settled_and_not_after_it_is_taken_back(
    place, team, project, contradicted
):
    where = project.project_id
    settle = (place, team["sue"], where, "h1")

    adjudicate(*settle, label="ham", error_kind=ErrorKind.SLIP, key="a")
    after = threads.message_thread(*settle).opinion
    undo_adjudication(*settle, key="u")
    taken_back = threads.message_thread(*settle).opinion

    assert after.label == "spam"
    assert taken_back is None


@pytest.mark.parametrize(
    ("who", "split", "is_settled", "is_silent"),
    [
        ("ana", Split.HOLDOUT, True, True),
        ("ana", Split.POOL, False, False),
        ("sue", Split.HOLDOUT, False, True),
        ("sue", Split.HOLDOUT, True, False),
        ("sue", Split.POOL, False, False),
        ("vic", Split.HOLDOUT, False, True),
        ("vic", Split.HOLDOUT, True, False),
        ("vic", Split.POOL, False, False),
    ],
)
def test_machine_is_silent_on_the_holdout_to_experts_and_till_it_is_settled_to_all(
    place, team, project, who, split, is_settled, is_silent
):
    found = machine_keeps_silent(
        place.db, team[who], project.project_id, split, is_settled=is_settled
    )

    assert found is is_silent
