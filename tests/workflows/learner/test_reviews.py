"""Spaced reviews: what becomes a card, when it is due, what an answer leads to, who sees it."""

from datetime import timedelta

import pytest

from rhml_core.domain import DrawnBecause, Mode, Turn, TurnState
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.store import reviews as review_store
from rhml_core.store import turns as turn_store
from rhml_core.workflows.journal import journal
from rhml_core.workflows.learner import reviews
from rhml_core.workflows.learner.review_schedule import Effort
from rhml_core.workflows.workplace import Workplace
from tests.app.store_fixtures import add_run, make_concept

DAY = timedelta(days=1)


@pytest.fixture
def clock(place, monkeypatch):
    """Moves the workplace's time on: `clock(timedelta(days=1))`."""
    begun, gone = place.now(), [timedelta()]
    monkeypatch.setattr(Workplace, "now", lambda _: begun + gone[0])

    def move(by):
        gone[0] += by

    return move


@pytest.fixture
def mail(add_messages, add_labels):
    """Ana is wrong on m1 by what was decided, on m2 by what Ben says, on h1 of the hold-out."""
    add_messages({"m1": "a", "m2": "b", "m3": "c", "h1": "d"}, holdout=["h1"])
    add_labels([(name, "Ana", "ham") for name in ("m1", "m2", "m3", "h1")])
    add_labels([("m2", "Ben", "spam"), ("m3", "Ben", "ham"), ("h1", "Ben", "spam")])
    add_labels([("m1", "Sue", "spam")], adjudicated=True)


def _due(place, who, project):
    return [card.subject for card in reviews.due_reviews(place, who, project.project_id)]


def _answer(place, who, project, subject, label, key="r1"):
    return reviews.answer_review(place, who, project.project_id, subject, label=label, key=key)


def _unaided(place, project, who, message_id, because):
    now = place.now()
    turn = Turn(
        f"turn-{message_id}",
        project.project_id,
        message_id,
        who.person_id,
        TurnState.DONE,
        because,
        now,
        now + DAY,
    )
    with place.db.atomic() as transaction:
        turn_store.add_turn(transaction, turn, mode=Mode.RECIPROCAL)


def test_mistakes_are_due_and_hold_out_messages_never(place, team, project, mail):
    assert _due(place, team["ana"], project) == ["message:m1", "message:m2"]


def test_card_holds_no_answer(place, team, project, mail):
    """What the browser is told before the answer: the question alone."""
    [card, _] = reviews.due_reviews(place, team["ana"], project.project_id)

    assert (card.question, card.message.text, card.terms) == ("What is this message?", "a", ())
    assert card.message.metadata == {}
    assert not {"reference", "label", "source"} & set(vars(card))


@pytest.mark.parametrize("because", [DrawnBecause.PROBE, DrawnBecause.BASELINE])
def test_what_measures_the_expert_is_never_reviewed(place, team, project, mail, because):
    _unaided(place, project, team["ana"], "m2", because)

    assert _due(place, team["ana"], project) == ["message:m1"]


def test_colleagues_mistakes_are_their_own(place, team, project, mail):
    assert _due(place, team["ben"], project) == ["message:m2"]
    assert _due(place, team["sue"], project) == []


def test_mistake_that_turns_out_right_is_no_card(place, team, project, mail, add_labels):
    add_labels([("m1", "Sue", "ham")], adjudicated=True)

    assert _due(place, team["ana"], project) == ["message:m2"]


def test_adopted_concept_asks_what_it_speaks_for(place, team, project, mail):
    add_run(place, project, 1, {}, [make_concept("escrow"), make_concept("lunch", "ham")])
    journal.adopt_concept(
        place, team["ben"], project.project_id, "concept-escrow-spam", reason="of course", key="k"
    )

    card = reviews.due_reviews(place, team["sue"], project.project_id)[0]
    told = _answer(place, team["sue"], project, card.subject, "ham")

    assert card.question == "What does “escrow” speak for?"
    assert (told.is_right, told.reference, told.source) == (False, "spam", "adopted")
    assert [(one.person.name, one.act, one.reason) for one in told.said] == [
        ("Ben", "adopted", "of course")
    ]


def test_answer_tells_the_reference_its_definition_and_who_said_what(place, team, project, mail):
    told = _answer(place, team["ana"], project, "message:m1", "spam")

    assert told.is_right
    assert (told.earlier, told.reference, told.source) == ("ham", "spam", "adjudicated")
    assert told.definition == "unwanted"
    assert [(one.person.name, one.act, one.label) for one in told.said] == [
        ("Sue", "decided", "spam")
    ]


def test_wrong_card_comes_again_soon_and_a_right_one_later(place, team, project, mail, clock):
    _answer(place, team["ana"], project, "message:m1", "ham")
    _answer(place, team["ana"], project, "message:m2", "spam")

    now = _due(place, team["ana"], project)
    clock(timedelta(minutes=11))
    soon = _due(place, team["ana"], project)
    clock(4 * DAY)
    later = _due(place, team["ana"], project)

    assert now == []
    assert soon == ["message:m1"]
    assert later == ["message:m1", "message:m2"]


def test_harder_comes_sooner(place, team, project, mail):
    told = _answer(place, team["ana"], project, "message:m1", "spam")

    due = [
        reviews.rate_review(
            place, team["ana"], project.project_id, "message:m1", effort=effort, key=effort.value
        )
        for effort in (Effort.HARD, Effort.GOOD, Effort.EASY)
    ]

    assert due == sorted(due)
    assert len(set(due)) == 3
    assert due == [told.due_by_effort[effort] for effort in (Effort.HARD, Effort.GOOD, Effort.EASY)]


def test_rating_replaces_and_does_not_add(place, team, project, mail):
    """Three rows of one review are one review, and count as begun once."""
    who = team["ana"].person_id
    _answer(place, team["ana"], project, "message:m1", "spam")
    for effort in (Effort.HARD, Effort.EASY):
        reviews.rate_review(
            place, team["ana"], project.project_id, "message:m1", effort=effort, key=effort.value
        )

    standing = reviews.review_standing(place, team["ana"], project.project_id)

    assert (standing.n_due, standing.n_cards, standing.n_done_today) == (1, 2, 1)
    made = review_store.list_reviews(place.db, project.project_id, who)
    assert made.select("subject", "effort", "is_first").rows() == [("message:m1", "easy", True)]


def test_wrong_answer_cannot_be_called_easy(place, team, project, mail):
    _answer(place, team["ana"], project, "message:m1", "ham")

    with pytest.raises(ConflictError, match="answered rightly"):
        reviews.rate_review(
            place, team["ana"], project.project_id, "message:m1", effort=Effort.EASY, key="k"
        )


def test_repeated_answer_is_written_once(place, team, project, mail):
    first = _answer(place, team["ana"], project, "message:m1", "ham")
    again = _answer(place, team["ana"], project, "message:m1", "ham")

    assert again == first
    made = review_store.list_reviews(place.db, project.project_id, team["ana"].person_id)
    assert made.height == 1


def test_second_tab_learns_that_the_card_is_done(place, team, project, mail):
    _answer(place, team["ana"], project, "message:m1", "spam")

    with pytest.raises(ConflictError, match="not due any more"):
        _answer(place, team["ana"], project, "message:m1", "spam", key="other tab")


def test_unknown_label_leaves_nothing(place, team, project, mail):
    with pytest.raises(InvalidInputError, match="not in the codebook"):
        _answer(place, team["ana"], project, "message:m1", "eggs")

    assert _due(place, team["ana"], project) == ["message:m1", "message:m2"]


def test_viewer_has_nothing_to_review(place, team, project, mail):
    with pytest.raises(NotAllowedError):
        reviews.due_reviews(place, team["vic"], project.project_id)


def test_new_cards_are_dealt_in_daily_shares(place, team, project, add_messages, add_labels, clock):
    names = [f"m{n}" for n in range(reviews.NEW_A_DAY + 3)]
    add_messages({name: name for name in names})
    add_labels([(name, "Ana", "ham") for name in names])
    add_labels([(name, "Ben", "spam") for name in names])
    for n, subject in enumerate(_due(place, team["ana"], project)):
        _answer(place, team["ana"], project, subject, "spam", key=f"r{n}")

    done = reviews.review_standing(place, team["ana"], project.project_id)
    clock(DAY)
    tomorrow = reviews.review_standing(place, team["ana"], project.project_id)

    assert (done.n_done_today, done.n_due) == (reviews.NEW_A_DAY, 0)
    assert done.next_due_at.date() == (place.now()).date()
    assert tomorrow.n_due == 3


def test_retention_tells_young_from_old(place, team, project, mail, clock):
    """A first review tells nothing of memory; then once within a day, once after four."""
    _answer(place, team["ana"], project, "message:m1", "spam")
    _answer(place, team["ana"], project, "message:m2", "ham")
    clock(timedelta(hours=1))
    _answer(place, team["ana"], project, "message:m2", "ham", key="r2")
    clock(4 * DAY)
    _answer(place, team["ana"], project, "message:m1", "spam", key="r2")

    found = reviews.review_standing(place, team["ana"], project.project_id).retention

    assert [(words, share.value, share.n) for words, share in found.by_age] == [
        ("within a day", 0.0, 1),
        ("after 1 to 6 days", 1.0, 1),
    ]
