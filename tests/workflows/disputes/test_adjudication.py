"""Settling messages: who may, what counts afterwards, and that nothing said is ever lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rhml_core.domain import Phase, Role
from rhml_core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from rhml_core.store import adjudications, events, judgements
from rhml_core.workflows import people, projects
from rhml_core.workflows.dialogue import dialogue, threads
from rhml_core.workflows.dialogue import outcomes as dialogue_outcomes
from rhml_core.workflows.disputes.adjudication import (
    ErrorKind,
    adjudicate,
    error_kinds,
    guideline_gaps,
    to_adjudicate,
)
from rhml_core.workflows.disputes.adjudication_case import adjudication_case
from rhml_core.workflows.learner import reviews
from rhml_core.workflows.overview.timeline import ALL_KINDS, read_timeline
from rhml_core.workflows.training.data import training_set
from rhml_core.workflows.turn import first_round
from tests.workflows.learner.finished_turns import say


def reference_of(place, project, message_id):
    known = training_set(place.db, project.project_id).training
    rows = known.filter(known["message_id"] == message_id).select("label", "source").rows()
    return rows[0] if rows else None


def kinds_of(place, team, project):
    counted = error_kinds(place, team["vic"], project.project_id)
    return {kind: n for kind, n in counted.iter_rows() if n}


def test_decision_is_the_reference_and_judgements_stay(place, project, divided, settle):
    settle("m1", "ham", reason="one asks, so it is wanted")

    made = judgements.message_judgements(place.db, project.project_id, "m1")
    assert reference_of(place, project, "m1") == ("ham", "adjudicated")
    assert [(one.expert_id, one.label, one.phase) for one in made] == [
        ("ana", "ham", Phase.FINAL),
        ("ben", "spam", Phase.FINAL),
        ("sue", "ham", Phase.ADJUDICATED),
    ]


def test_undo_counts_as_if_nothing_was_decided_but_stays_on_record(
    place, team, project, divided, settle, undo
):
    settle("m1", "ham")
    undo("m1")

    kinds = [one.kind for one in adjudications.adjudications_of(place.db, "mail", "m1")]
    assert reference_of(place, project, "m1") is None
    assert kinds_of(place, team, project) == {}
    assert kinds == ["decided", "undone"]
    assert "m1" in to_adjudicate(place, team["sue"], project.project_id)["message_id"].to_list()


def test_undone_import_gives_way_to_a_new_decision(
    place, project, divided, add_labels, settle, undo
):
    add_labels([("m1", "Sue", "spam")], adjudicated=True)

    with pytest.raises(ConflictError, match="settled as spam by Sue"):
        settle("m1", "ham")
    undo("m1")
    settle("m1", "ham")

    assert reference_of(place, project, "m1") == ("ham", "adjudicated")


def test_what_counted_before_counts_again(place, project, divided, add_labels, undo):
    add_labels([("m1", "Sue", "spam")], adjudicated=True)
    add_labels([("m1", "Sue", "ham")], adjudicated=True)

    undo("m1")

    assert reference_of(place, project, "m1") == ("spam", "adjudicated")


def test_repeated_click_is_one_decision_and_one_undo(place, team, project, divided, settle, undo):
    for _ in range(2):
        settle("m1", "ham", key="same")
    for _ in range(2):
        undo("m1", key="same")

    told = events.list_events(
        place.db, project.project_id, kinds=["adjudicated", "adjudication_undone"]
    )
    assert len(adjudications.adjudications_of(place.db, project.project_id, "m1")) == 2
    assert told["kind"].to_list() == ["adjudication_undone", "adjudicated"]


@pytest.mark.parametrize("name", ["ana", "vic"])
def test_only_supervisors_settle(place, team, project, divided, settle, undo, name):
    with pytest.raises(NotAllowedError):
        settle("m1", "ham", by=name)
    settle("m1", "ham")
    with pytest.raises(NotAllowedError):
        undo("m1", by=name)
    with pytest.raises(NotAllowedError):
        to_adjudicate(place, team[name], project.project_id)
    with pytest.raises(NotAllowedError):
        adjudication_case(place, team[name], project.project_id, "m1")
    assert kinds_of(place, team, project) == {"slip": 1}


def test_supervisor_who_is_no_admin_settles(place, team, project, divided):
    max_ = people.add_person(place, team["sue"], "Max", Role.SUPERVISOR)

    adjudicate(
        place,
        max_,
        project.project_id,
        "m1",
        label="ham",
        error_kind=ErrorKind.AMBIGUOUS,
        key="k",
    )

    assert reference_of(place, project, "m1") == ("ham", "adjudicated")


def test_impossible_decisions_leave_nothing_behind(place, project, divided, settle, undo):
    with pytest.raises(InvalidInputError, match="not in the codebook"):
        settle("m1", "leak")
    with pytest.raises(NotFoundError):
        settle("nothing", "ham")
    with pytest.raises(NotFoundError):
        settle("m1", "ham", dissent_by="nobody")
    with pytest.raises(InvalidInputError, match="reason"):
        settle("m1", "ham", reason="x" * 4_001)
    with pytest.raises(ConflictError, match="not settled"):
        undo("m1")

    assert adjudications.adjudications_of(place.db, project.project_id, "m1") == []
    assert reference_of(place, project, "m1") is None


def test_kinds_are_counted_with_none_left_out(place, team, project, divided, settle):
    settle("m1", "ham", ErrorKind.GUIDELINE_GAP)
    settle("m2", "ham", ErrorKind.GUIDELINE_GAP)
    settle("m3", "spam", ErrorKind.LABEL_MISSING)

    counted = error_kinds(place, team["vic"], project.project_id)

    assert counted.rows() == [
        ("ambiguous", 0),
        ("guideline gap", 2),
        ("slip", 0),
        ("knowledge gap", 0),
        ("label missing", 1),
    ]


def test_gaps_name_the_two_labels_in_codebook_order(place, team, project, divided, settle):
    """Of m3 nobody gave another label than the decision, so it names no pair."""
    settle("m1", "spam", ErrorKind.GUIDELINE_GAP)
    settle("m2", "ham", ErrorKind.GUIDELINE_GAP)
    settle("m3", "ham", ErrorKind.GUIDELINE_GAP)

    assert guideline_gaps(place, team["vic"], project.project_id).rows() == [("ham", "spam", 2)]


def test_no_gaps_keep_the_columns(place, team, project, divided):
    found = guideline_gaps(place, team["vic"], project.project_id)

    assert found.is_empty()
    assert found.columns == ["label", "other", "n"]


def test_those_who_judged_otherwise_see_it_in_their_thread_and_as_a_card(
    place, team, project, divided, settle
):
    settle("m1", "ham", ErrorKind.KNOWLEDGE_GAP, reason="one is a name")

    news = {
        name: [one.message_id for one in dialogue.unread_threads(place, team[name], "mail")]
        for name in ("ana", "ben")
    }
    told = threads.message_thread(place, team["ben"], "mail", "m1").entries[-1]
    cards = [card.subject for card in reviews.due_reviews(place, team["ben"], "mail")]
    assert news == {"ana": [], "ben": ["m1"]}
    assert (told.text, told.detail["error_kind"]) == ("one is a name", "knowledge gap")
    assert told.seq > 0
    assert "message:m1" in cards


def test_read_decision_is_no_news(place, team, project, divided, settle):
    settle("m1", "ham")
    thread = threads.message_thread(place, team["ben"], "mail", "m1")

    dialogue.mark_read(place, team["ben"], "mail", "m1", up_to=thread.newest_seq)

    assert dialogue.unread_threads(place, team["ben"], "mail") == []


def test_dissent_and_undo_are_told_in_the_thread(place, team, project, divided, settle, undo):
    settle("m1", "ham", dissent="it sells", dissent_by="ben")
    undo("m1")

    thread = threads.message_thread(place, team["ana"], "mail", "m1")

    decided, undone = thread.entries[-2:]
    assert (decided.detail["dissent"], decided.detail["dissent_by"]) == ("it sells", "ben")
    assert undone.detail["is_undone"]
    assert thread.settled is None
    assert "ben" in thread.people


def test_labels_may_be_revised_again_after_undo(place, team, project, divided, settle, undo):
    settle("m1", "ham")
    with pytest.raises(ConflictError, match="settled"):
        dialogue_outcomes.revise(
            place, team["ben"], "mail", "m1", "ham", "I see", shown="spam", key="r"
        )
    undo("m1")

    dialogue_outcomes.revise(
        place, team["ben"], "mail", "m1", "ham", "I see", shown="spam", key="r"
    )

    assert threads.message_thread(place, team["ben"], "mail", "m1").own_label == "ham"


def test_undone_decision_is_no_voice_in_a_review(place, team, project, divided, settle, undo):
    settle("m1", "ham", reason="first thought")
    undo("m1")
    settle("m1", "ham", key="again", reason="second thought")

    told = reviews.answer_review(place, team["ben"], "mail", "message:m1", label="spam", key="a")

    decided = [voice.reason for voice in told.said if voice.act == "decided"]
    assert decided == ["second thought"]


def test_home_tells_what_was_done_without_the_label(place, team, project, divided, settle, undo):
    """Who reads it may have to judge the message yet."""
    settle("m1", "ham", ErrorKind.SLIP)
    undo("m1")

    told = read_timeline(place.db, project.project_id, kinds=ALL_KINDS, limit=2)

    assert [entry.sentence for entry in told] == [
        "took a decision on a message back",
        "settled a message (slip)",
    ]


def test_holdout_is_settled_without_the_machine(
    place, team, project, add_messages, add_labels, settle
):
    """A decision that follows the machine would measure it against itself."""
    add_messages({"h1": "one", "h2": "two"}, holdout=["h1", "h2"])
    add_labels(
        [
            ("h1", "Ana", "ham"),
            ("h1", "Ben", "spam"),
            ("h2", "Ana", "ham"),
            ("h2", "Ben", "ham"),
        ]
    )
    for name in ("h1", "h2"):
        say(place, project, name, "spam", 0.9)

    listed = to_adjudicate(place, team["sue"], project.project_id)
    case = adjudication_case(place, team["sue"], project.project_id, "h1")
    settle("h1", "ham")

    assert listed.select("message_id", "machine_label", "conflict").rows() == [("h1", None, 0.0)]
    assert case.statement is None
    assert case.thread.opinion is None
    assert "hold-out" in case.silence
    holdout = training_set(place.db, project.project_id).holdout
    assert ("h1", "ham", "adjudicated") in holdout.rows()


def test_thread_has_the_reference_that_training_has(place, team, project, add_messages, add_labels):
    """Votes are weighed by how people err elsewhere; one message alone would only count them."""
    names = [f"t{n}" for n in range(40)]
    add_messages({name: f"text {name}" for name in [*names, "m1"]})
    rows = [(name, who, "ham") for name in names[:20] for who in ("Ana", "Ben")]
    rows += [(name, who, "spam") for name in names[20:] for who in ("Ana", "Ben")]
    rows += [(name, "Cy", "spam" if name in names[:20] else "ham") for name in names]
    add_labels([*rows, ("m1", "Ana", "ham"), ("m1", "Cy", "ham"), ("m1", "Ben", "spam")])
    known = training_set(place.db, project.project_id).training

    shown = {
        name: threads.message_thread(place, team["sue"], "mail", name).reference
        for name in ("m1", "t0", "t30")
    }

    trained = dict(known.select("message_id", "label").iter_rows())
    assert shown == {name: trained.get(name) for name in shown}


@pytest.mark.parametrize("_", [0])
@given(acts=st.lists(st.sampled_from(["ham", "spam", "undo"]), max_size=8))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_any_sequence_counts_as_its_last_decision_not_taken_back(_, acts, tmp_path_factory):
    """Against a stack: a decision is refused where one stands, an undo where none does."""
    from tests.workflows.disputes.adjudication_desk import fresh_desk  # noqa: PLC0415

    with fresh_desk(tmp_path_factory.mktemp("desk")) as desk:
        standing, n_events = None, 0
        for number, act in enumerate(acts):
            allowed = (standing is not None) if act == "undo" else (standing is None)
            done = desk.try_act(act, key=f"act-{number}")

            assert done is allowed
            if done:
                standing, n_events = (None if act == "undo" else act), n_events + 1
            assert desk.standing() == standing
            assert desk.n_events() == n_events
            assert desk.n_judged() == 2


def test_newcomers_are_told_the_kind_of_error_and_the_reason(
    place, team, project, add_messages, settle, undo
):
    """And a decision that was taken back is practised on no more."""
    add_messages({f"m{n}": f"text {n}" for n in range(4)})
    for n in range(4):
        settle(f"m{n}", "ham", ErrorKind.GUIDELINE_GAP, reason="a friend asks")
    undo("m3")
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=project.mode,
        overlap=2,
        shares=project.shares,
        baseline_probes=0,
        first_round_messages=3,
        first_round_pass=0.5,
        key="p",
    )

    asked = first_round.begin_round(place, team["ana"], project.project_id, key="b").question
    told = first_round.answer_round(
        place, team["ana"], project.project_id, asked.message_id, label="ham", key="a"
    )

    assert (told.error_kind, told.reason) == ("guideline gap", "a friend asks")
    assert first_round.settled_messages(place, team["vic"], project.project_id) == 3
