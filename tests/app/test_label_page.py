import pytest
from streamlit.testing.v1 import AppTest

from app.components.turn_card import Act, read_act
from app.views.label import page
from rhml_core.domain import Confidence, Span, TurnState
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.workflows.turn.turns import Agreement, TurnOutcome

COMMIT = {
    "kind": "commit",
    "turn": "t1",
    "key": "k1",
    "label": "Sale",
    "confidence": "sure",
    "rationale": [[0, 7]],
    "seconds": 4.2,
}
TEXT = "selling rdp access"


def test_act_carries_what_the_browser_sent():
    act = read_act(COMMIT)

    assert act == Act("commit", "t1", "k1", "Sale", Confidence.SURE, (Span(0, 7),), "", 4.2)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "commit",
        {},
        COMMIT | {"kind": "adjudicate"},
        COMMIT | {"key": ""},
        COMMIT | {"confidence": "certain"},
        COMMIT | {"rationale": [["a", "b"]]},
        COMMIT | {"rationale": [[1, 2, 3]]},
        COMMIT | {"seconds": "soon"},
    ],
)
def test_act_that_the_card_never_sends_is_refused(sent):
    """The browser is not trusted: anything else is told to reload."""
    with pytest.raises(InvalidInputError, match="Reload"):
        read_act(sent)


def test_seconds_stay_within_a_day():
    assert read_act(COMMIT | {"seconds": 1e9}).seconds == 24 * 3600


def test_commit_passes_key_spans_and_confidence_on(monkeypatch, turn_in, person, project):
    seen = {}

    def commit(_place, _person, turn_id, **facts):
        seen.update(facts, turn_id=turn_id)
        return TurnOutcome(turn_in(TurnState.DONE), Agreement("Sale", 0.9, ()))

    monkeypatch.setattr(page, "commit", commit)

    answer = page._do(None, person, project, read_act(COMMIT))

    assert seen == {
        "turn_id": "t1",
        "label": "Sale",
        "confidence": Confidence.SURE,
        "rationale": (Span(0, 7),),
        "seconds": 4.2,
        "key": "k1",
    }
    assert (answer.key, answer.turn) == ("k1", None)
    assert answer.agreement.label == "Sale"


def test_turn_that_goes_on_stays_on_the_page(monkeypatch, turn_in, person, project):
    explained = turn_in(TurnState.EXPLAINED)
    monkeypatch.setattr(page, "commit", lambda *_, **__: TurnOutcome(explained))

    answer = page._do(None, person, project, read_act(COMMIT))

    assert answer.turn is explained


def test_nothing_to_go_back_to_is_said(monkeypatch, person, project):
    monkeypatch.setattr(page, "last_turn", lambda *_: None)

    answer = page._do(None, person, project, Act("back", "t1", "k3"))

    assert answer.turn is None
    assert "no earlier message" in answer.notice


def test_failed_act_answers_its_key_with_the_reason(monkeypatch, person, project):
    """Else the browser would wait for the answer and send the act again."""
    session = {}

    def fail(*_, **__):
        raise ConflictError("This message went on elsewhere.")

    monkeypatch.setattr(page, "commit", fail)
    monkeypatch.setattr("app.session.person_behind", lambda _token: person)
    monkeypatch.setattr(page, "sent_act", lambda _key: COMMIT)
    monkeypatch.setattr(page.st, "session_state", session)

    page._take_act(None, person, project, "card")

    answer = session[page._OUTCOME]
    assert (answer.key, answer.problem) == ("k1", "This message went on elsewhere.")
    assert not answer.is_fault


def test_unforeseen_failure_answers_its_key_and_tells_nothing_of_the_message(
    monkeypatch, person, project, caplog
):
    """Unanswered, the browser would send it four times; the error's words may quote a message."""
    session = {}

    def fail(*_, **__):
        raise ValueError(TEXT)

    monkeypatch.setattr(page, "commit", fail)
    monkeypatch.setattr("app.session.person_behind", lambda _token: person)
    monkeypatch.setattr(page, "sent_act", lambda _key: COMMIT)
    monkeypatch.setattr(page.st, "session_state", session)

    page._take_act(None, person, project, "card")

    answer = session[page._OUTCOME]
    assert (answer.key, answer.is_fault) == ("k1", True)
    assert "ValueError" in caplog.text
    assert TEXT not in answer.problem + caplog.text


def test_act_that_cannot_be_read_is_answered_by_its_key(monkeypatch, person, project):
    session = {}
    monkeypatch.setattr(page, "sent_act", lambda _key: COMMIT | {"kind": "adjudicate"})
    monkeypatch.setattr(page.st, "session_state", session)

    page._take_act(None, person, project, "card")

    answer = session[page._OUTCOME]
    assert answer.key == "k1"
    assert "Reload" in answer.problem


@pytest.mark.parametrize("order", [["card", "count", "told"], ["count", "card"]])
def test_after_an_act_the_card_does_not_wait_for_the_count(
    monkeypatch, turn_in, codebook, person, project, progress, order
):
    """Counting takes longer than drawing; when the page opens, all comes at once."""
    done = []
    monkeypatch.setattr(page, "get_codebook", lambda *_: codebook)
    monkeypatch.setattr(page, "get_person", lambda *_: person)
    monkeypatch.setattr(page, "next_turn", lambda *_: turn_in(TurnState.OPEN))
    monkeypatch.setattr(page, "turn_card", lambda *_, **__: done.append("card"))
    monkeypatch.setattr(page, "queue_progress", lambda *_, **__: done.append("count") or progress)
    monkeypatch.setattr(page, "turn_progress", lambda *_, **__: done.append("told"))
    opened = AppTest.from_function(_page, args=(person, project))
    opened.session_state[page._OUTCOME] = page._Answer("k1" if "told" in order else "")

    shown = opened.run()

    assert not shown.exception
    assert done == order


def test_act_after_signing_out_does_nothing(monkeypatch, person, project):
    """A tab left open must not go on for someone who has left."""
    session = {}
    monkeypatch.setattr(page, "sent_act", lambda _key: COMMIT)
    monkeypatch.setattr("app.session.person_behind", lambda _token: None)
    monkeypatch.setattr(page, "commit", lambda *_, **__: pytest.fail("it was stored"))
    monkeypatch.setattr(page.st, "session_state", session)

    page._take_act(None, person, project, "card")

    assert "session has ended" in session[page._OUTCOME].problem


def test_page_without_a_turn_shows_the_next_step(monkeypatch, codebook, person, project, progress):
    monkeypatch.setattr(page, "get_codebook", lambda *_: codebook)
    monkeypatch.setattr(page, "get_person", lambda *_: person)
    monkeypatch.setattr(page, "next_turn", lambda *_: None)
    monkeypatch.setattr(page, "queue_progress", lambda *_, **__: progress)

    shown = AppTest.from_function(_page, args=(person, project)).run()

    assert not shown.exception
    assert shown.button(key="label_nothing_left").label == "Open Disagreements"


def test_page_that_cannot_draw_says_why(monkeypatch, person, project):
    def fail(*_):
        raise ConflictError("The queue is being rebuilt. Try again in a minute.")

    monkeypatch.setattr(page, "get_codebook", fail)

    shown = AppTest.from_function(_page, args=(person, project)).run()

    assert not shown.exception
    assert "Try again in a minute" in shown.error[0].value


def _page(person, project):
    from app.views.label import page as label  # noqa: PLC0415 -- runs as a script

    label.render(None, person, project)
