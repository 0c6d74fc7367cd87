"""The reciprocal turn: blind until committed, forward only, nothing lost or doubled."""

import dataclasses
import json

import pytest

from rhml_core.domain import Confidence, Label, Mode, Phase, QueueShares, Span, TurnState
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.store import judgements
from rhml_core.workflows import projects
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.files import importing
from rhml_core.workflows.turn import turns
from tests.store.rows_on_record import count_judgements

SPAM = [f"cheap pills offer number {word}" for word in ("one", "two", "three", "four", "five")]
HAM = [f"meeting notes for monday {word}" for word in ("red", "blue", "green", "grey", "pink")]


@pytest.fixture
def taught(add_messages, add_labels):
    """Ten judged messages, enough for the machine to speak, and two that nobody has judged."""
    texts = {f"s{n}": text for n, text in enumerate(SPAM)}
    texts |= {f"h{n}": text for n, text in enumerate(HAM)}
    add_messages(texts | {"new-spam": "cheap pills offer", "new-ham": "meeting notes for monday"})
    rows = [
        (name, expert, "spam" if name[0] == "s" else "ham")
        for name in texts
        for expert in ("Ana", "Ben")
    ]
    add_labels(rows)


@pytest.fixture
def draw(place, team, project):
    """Draw turns for an expert until a certain message comes."""

    def until(message_id, who="ana"):
        for attempt in range(20):
            view = turns.next_turn(place, team[who], project.project_id)
            assert view is not None
            if view.message.message_id == message_id:
                return view
            turns.skip(place, team[who], view.turn_id, key=f"skip-{who}-{attempt}-{message_id}")
        raise AssertionError(message_id)

    return until


@pytest.fixture
def reopen(place, team, project):
    """Give ham another meaning, so that every message with it is asked about again."""

    def act():
        codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            [Label("ham", "a new meaning"), Label("spam", "unwanted")],
            based_on=1,
            changes=[LabelChange(ChangeKind.MEANING, "ham", reach=Reach.EVERY)],
            key="reopen",
        )

    return act


@pytest.mark.parametrize("is_revealed", [False, True])
def test_turn_on_a_reopened_message_ends_and_its_message_comes_again_blind(
    place, team, project, taught, draw, reopen, is_revealed
):
    """What was half finished is about the old meaning, and would keep the expert for ever."""
    old = draw("new-spam")
    turns.commit(place, team["ana"], old.turn_id, label="ham", key="commit-1")
    if is_revealed:
        turns.answer_explanation(place, team["ana"], old.turn_id, label="ham", key="answer-1")
    reopen()

    fresh = draw("new-spam")

    assert turns.get_turn(place, team["ana"], old.turn_id).state is TurnState.DONE
    assert fresh.turn_id != old.turn_id
    assert fresh.state is TurnState.OPEN
    assert (fresh.committed, fresh.opinion, fresh.explanation) == (None, None, None)
    assert turns.last_turn(place, team["ana"], project.project_id) is None
    turns.commit(place, team["ana"], fresh.turn_id, label="spam", key="commit-2")
    first = judgements.first_labels(place.db, project.project_id).rows()
    assert ("new-spam", "ana", "spam") in first


@pytest.mark.parametrize("act", [turns.answer_explanation, turns.finish, turns.correct])
def test_later_answers_of_a_turn_do_not_stand_for_a_reopened_message(
    place, team, project, taught, draw, reopen, act
):
    """A second thought about the old meaning is no first answer to the new one."""
    view = draw("new-spam")
    given = (place, team["ana"], view.turn_id)
    turns.commit(*given, label="ham", key="commit-1")
    if act is not turns.answer_explanation:
        turns.answer_explanation(*given, label="ham", key="answer-1")
    if act is turns.correct:
        turns.finish(*given, label="ham", key="finish-1")
    n = count_judgements(place.db, project.project_id)
    reopen()

    with pytest.raises(ConflictError, match="codebook changed meanwhile"):
        act(*given, label="spam", key="late-1")

    assert count_judgements(place.db, project.project_id) == n
    assert judgements.labels_of_message(place.db, project.project_id, "new-spam").is_empty()


def test_nothing_of_the_machine_is_in_an_open_turn(place, team, project, taught, draw):
    """What is not handed out cannot leak."""
    view = draw("new-spam")

    assert view.state is TurnState.OPEN
    assert (view.explanation, view.opinion, view.contrast) == (None, None, "")
    sent = json.dumps(dataclasses.asdict(view), default=str)
    assert "probabilit" not in sent
    assert "influence" not in sent
    assert place.machines.live(project.project_id) is not None


def test_answers_imported_beside_the_text_are_not_handed_out(place, team, project):
    """A gold column in the file is metadata, but an expert who labels must not see it."""
    source = b"id,text,gold,board\nm1,hello there,spam,market\n"
    prepared = importing.check_messages(place, team["sue"], project.project_id, source, "m.csv")
    importing.import_messages(
        place, team["sue"], project.project_id, prepared, file_name="m.csv", key="import-1"
    )

    view = turns.next_turn(place, team["ana"], project.project_id)

    assert view.message.metadata == {}


def test_agreement_ends_the_turn_with_one_line(place, team, taught, draw):
    view = draw("new-spam")

    outcome = turns.commit(place, team["ana"], view.turn_id, label="spam", key="commit-1")

    assert outcome.turn.state is TurnState.DONE
    assert outcome.agreement.label == "spam"
    assert 0.5 < outcome.agreement.probability <= 1


def test_disagreement_is_explained_before_it_is_revealed(place, team, taught, draw):
    view = draw("new-spam")

    explained = turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1").turn
    revealed = turns.answer_explanation(
        place, team["ana"], view.turn_id, label="ham", key="answer-1"
    ).turn
    done = turns.finish(
        place, team["ana"], view.turn_id, label="spam", reason="pills", key="finish-1"
    ).turn

    assert explained.state is TurnState.EXPLAINED
    assert explained.opinion is None
    assert explained.explanation.words
    assert {neighbour.label for neighbour in explained.explanation.neighbours} == {""}
    assert revealed.state is TurnState.REVEALED
    assert revealed.opinion.label == "spam"
    assert sum(revealed.opinion.probabilities.values()) == pytest.approx(1)
    assert "" not in {neighbour.label for neighbour in revealed.explanation.neighbours}
    assert done.state is TurnState.DONE
    made = judgements.turn_judgements(place.db, view.turn_id)
    assert [(each.phase, each.label) for each in made] == [
        (Phase.COMMIT, "ham"),
        (Phase.REVISED, "ham"),
        (Phase.FINAL, "spam"),
    ]


def test_commit_keeps_confidence_and_rationale(place, team, taught, draw):
    view = draw("new-spam")

    turns.commit(
        place,
        team["ana"],
        view.turn_id,
        label="spam",
        confidence=Confidence.SURE,
        rationale=[Span(0, 5)],
        seconds=3.5,
        key="commit-1",
    )

    kept = judgements.turn_judgements(place.db, view.turn_id)[0]
    assert kept.confidence is Confidence.SURE
    assert kept.rationale == (Span(0, 5),)


def test_repeated_click_is_one_judgement(place, team, taught, draw):
    """A double click, or a resend after a lost answer, must not count twice."""
    view = draw("new-spam")

    first = turns.commit(place, team["ana"], view.turn_id, label="spam", key="same-key")
    again = turns.commit(place, team["ana"], view.turn_id, label="spam", key="same-key")

    assert again == first
    assert len(judgements.turn_judgements(place.db, view.turn_id)) == 1


def test_second_tab_with_its_own_key_is_told_that_the_turn_went_on(place, team, taught, draw):
    view = draw("new-spam")
    turns.commit(place, team["ana"], view.turn_id, label="spam", key="tab-1")

    with pytest.raises(ConflictError, match="second tab"):
        turns.commit(place, team["ana"], view.turn_id, label="ham", key="tab-2")

    assert len(judgements.turn_judgements(place.db, view.turn_id)) == 1


def test_steps_cannot_be_taken_out_of_order(place, team, taught, draw):
    view = draw("new-spam")

    with pytest.raises(ConflictError):
        turns.finish(place, team["ana"], view.turn_id, label="spam", key="early")
    with pytest.raises(ConflictError):
        turns.answer_explanation(place, team["ana"], view.turn_id, label="spam", key="early-2")

    assert judgements.turn_judgements(place.db, view.turn_id) == []


def test_reload_resumes_the_turn_where_it_was(place, team, project, taught, draw):
    view = draw("new-spam")
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")

    resumed = turns.next_turn(place, team["ana"], project.project_id)

    assert resumed.turn_id == view.turn_id
    assert resumed.state is TurnState.EXPLAINED
    assert resumed.opinion is None


def test_colleagues_turn_is_not_mine(place, team, taught, draw):
    view = draw("new-spam", who="ana")

    with pytest.raises(NotAllowedError):
        turns.commit(place, team["ben"], view.turn_id, label="ham", key="k-ben")


def test_viewer_does_not_label(place, team, project, taught):
    with pytest.raises(NotAllowedError, match="viewer"):
        turns.next_turn(place, team["vic"], project.project_id)


def test_label_outside_the_codebook_is_refused(place, team, taught, draw):
    view = draw("new-spam")

    with pytest.raises(InvalidInputError, match="not in the codebook"):
        turns.commit(place, team["ana"], view.turn_id, label="eggs", key="commit-1")

    assert turns.get_turn(place, team["ana"], view.turn_id).state is TurnState.OPEN


def test_rationale_outside_the_text_is_refused(place, team, taught, draw):
    view = draw("new-spam")

    with pytest.raises(InvalidInputError, match="outside"):
        turns.commit(
            place, team["ana"], view.turn_id, label="ham", rationale=[Span(0, 999)], key="c-1"
        )


def test_holdout_messages_are_judged_without_the_machine(
    place, team, project, taught, add_messages
):
    add_messages({"probe": "cheap pills offer again"}, holdout=["probe"])
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.RECIPROCAL,
        overlap=2,
        shares=QueueShares(uncertain=0, contested=0, conflict=0, rare=0, holdout=1, probe=0),
        key="settings-1",
    )

    view = turns.next_turn(place, team["ana"], project.project_id)
    outcome = turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")

    assert view.message.message_id == "probe"
    assert view.is_unaided
    assert outcome.turn.state is TurnState.DONE
    assert (outcome.agreement, outcome.turn.opinion) == (None, None)


def test_blind_mode_has_no_machine_at_all(place, team, project, taught, draw):
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.BLIND,
        overlap=2,
        shares=QueueShares(holdout=0),
        key="settings-1",
    )
    view = draw("new-spam")

    outcome = turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")

    assert outcome.turn.state is TurnState.DONE
    assert outcome.turn.opinion is None


def test_immediate_mode_shows_the_answer_at_once(place, team, project, taught, draw):
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.IMMEDIATE,
        overlap=2,
        shares=QueueShares(holdout=0),
        key="settings-1",
    )

    view = draw("new-spam")

    assert view.opinion.label == "spam"


def test_finished_turn_can_be_corrected_and_keeps_its_history(place, team, project, taught, draw):
    view = draw("new-spam")
    turns.commit(place, team["ana"], view.turn_id, label="spam", key="commit-1")

    back = turns.last_turn(place, team["ana"], project.project_id)
    turns.correct(place, team["ana"], back.turn_id, label="ham", key="correct-1")

    made = judgements.turn_judgements(place.db, view.turn_id)
    assert [each.label for each in made] == ["spam", "ham"]
    current = judgements.current_labels(place.db, project.project_id)
    mine = current.filter(
        (current["message_id"] == "new-spam") & (current["expert_id"] == team["ana"].person_id)
    )
    assert mine["label"].to_list() == ["ham"]


def test_machine_does_not_repeat_what_it_was_told_of_the_message(
    place, team, project, add_messages, add_labels
):
    """Of a message that it learnt from, the machine speaks out of fold."""
    texts = {f"s{n}": text for n, text in enumerate(SPAM)}
    texts |= {f"h{n}": text for n, text in enumerate(HAM)}
    add_messages(texts | {"odd": "cheap pills offer number six"})
    add_labels([(name, "Ben", "spam" if name[0] == "s" else "ham") for name in texts])
    add_labels([("odd", "Ben", "ham")])

    opinion = place.machines.refresh(project.project_id).opinion("odd")

    assert opinion.label == "spam"


def test_equal_keys_of_two_people_are_two_acts(place, team, taught, draw):
    """Programs choose their own keys; one's must not swallow another's judgement."""
    ana, ben = draw("new-spam", who="ana"), draw("new-ham", who="ben")

    turns.commit(place, team["ana"], ana.turn_id, label="spam", key="00000001")
    turns.commit(place, team["ben"], ben.turn_id, label="ham", key="00000001")

    assert len(judgements.turn_judgements(place.db, ben.turn_id)) == 1


def test_neighbours_keep_labels_that_the_expert_still_has_to_find(
    place, team, project, taught, draw, add_messages, add_labels
):
    """A colleague's label shown as a neighbour's would spoil that message's own turn."""
    add_messages({"twin": "cheap pills offer now"})
    add_labels([("twin", "Ben", "spam")])
    view = draw("new-spam")
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")

    revealed = turns.answer_explanation(
        place, team["ana"], view.turn_id, label="ham", key="answer-1"
    ).turn

    labels = {each.message_id: each.label for each in revealed.explanation.neighbours}
    assert labels["twin"] == ""
    assert "spam" in labels.values()
