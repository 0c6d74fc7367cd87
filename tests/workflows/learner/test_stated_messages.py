"""The messages behind one's own calibration: all are counted, and only those shown that may be."""

import pytest

from rhml_core.domain import Confidence, DrawnBecause, Mode
from rhml_core.errors import NotAllowedError
from rhml_core.store import turns as turn_store
from rhml_core.workflows.learner.learning import learning_of
from rhml_core.workflows.learner.stated_messages import stated_levels
from tests.workflows.learner.finished_turns import TurnWriter

POOL = [f"m{number}" for number in range(12)]
HELD = [f"h{number}" for number in range(4)]
GUESS, FAIRLY, SURE = Confidence


@pytest.fixture
def write(place, project):
    return TurnWriter(place, project)


@pytest.fixture
def mail(add_messages, add_labels):
    """Pool and hold-out; of every message Sue decided that it is ham."""
    add_messages({name: f"text of {name}" for name in [*POOL, *HELD]}, holdout=HELD)
    add_labels([(name, "Sue", "ham") for name in [*POOL, *HELD]], adjudicated=True)


def _levels(place, person, project):
    return stated_levels(place, person, project.project_id)


def _ids(level):
    return level.shown["message_id"].to_list()


def test_each_level_has_its_answers_newest_first(place, team, project, mail, write):
    write.turn(team["ana"], "m0", "ham", confidence=SURE)
    write.turn(team["ana"], "m1", "spam", confidence=SURE, machine="ham", final="ham")
    write.turn(team["ana"], "m2", "spam", confidence=GUESS)
    write.turn(team["ben"], "m3", "spam", confidence=FAIRLY)

    guess, sure = _levels(place, team["ana"], project)

    assert (guess.confidence, guess.n, guess.n_right, _ids(guess)) == (GUESS, 1, 0, ["m2"])
    assert (sure.confidence, sure.n, sure.n_right, _ids(sure)) == (SURE, 2, 1, ["m1", "m0"])
    assert sure.shown.rows(named=True)[0] == {
        "message_id": "m1",
        "text": "text of m1",
        "label": "spam",
        "reference": "ham",
        "is_right": False,
    }


def test_levels_are_the_bins_of_the_chart(place, team, project, mail, write):
    """The same answers, so that a count on the pill is the n over its whisker."""
    for number, name in enumerate([*POOL, *HELD]):
        because = DrawnBecause.HOLDOUT if name in HELD else DrawnBecause.RANDOM
        said = ("ham", "spam")[number % 3 == 0]
        write.turn(
            team["ana"], name, said, because=because, confidence=list(Confidence)[number % 3]
        )

    levels = _levels(place, team["ana"], project)
    bins = learning_of(
        place, team["ana"], project.project_id, team["ana"].person_id
    ).calibration.reliability

    assert [level.n for level in levels] == [one.accuracy.n for one in bins]
    assert [level.n_right / level.n for level in levels] == [one.accuracy.value for one in bins]
    assert sum(level.n_hidden for level in levels) == len(HELD)


def test_what_measures_the_expert_is_counted_and_never_shown(place, team, project, mail, write):
    """Hold-out messages, probes, and those of the baseline."""
    write.turn(team["ana"], "h0", "spam", because=DrawnBecause.HOLDOUT)
    write.turn(team["ana"], "m0", "spam", because=DrawnBecause.PROBE)
    write.turn(team["ana"], "m1", "spam", because=DrawnBecause.BASELINE)
    write.turn(team["ana"], "m2", "spam")

    (sure,) = _levels(place, team["ana"], project)

    assert (sure.n, sure.n_hidden, _ids(sure)) == (4, 3, ["m2"])


@pytest.mark.parametrize("who", ["ana", "sue"])
def test_message_in_ones_hands_stays_closed(place, team, project, mail, write, monkeypatch, who):
    """Its right label would be the answer; a supervisor who labels is asked blind as well."""
    write.turn(team[who], "m0", "spam")
    write.turn(team[who], "m1", "spam")
    monkeypatch.setattr(turn_store, "held_messages", lambda *_: ["m0"])

    (sure,) = _levels(place, team[who], project)

    assert (sure.n, _ids(sure)) == (2, ["m1"])


def test_message_that_the_first_round_may_ask_about_stays_closed(
    place, team, project, mail, write, monkeypatch
):
    write.turn(team["ana"], "m0", "spam")
    write.turn(team["ana"], "m1", "spam")
    monkeypatch.setattr("rhml_core.workflows.visibility.still_asked", lambda *_: ["m1"])

    (sure,) = _levels(place, team["ana"], project)

    assert (sure.n, _ids(sure)) == (2, ["m0"])


def test_answers_that_tell_nothing_of_ones_own_judgement_are_left_out(
    place, team, project, mail, write, add_messages
):
    """Nothing was stated, the machine was in sight, or nobody knows what is right."""
    add_messages({"unknown": "of which nobody knows"})
    write.turn(team["ana"], "m0", "spam", confidence=None)
    write.turn(team["ana"], "m1", "spam", machine="spam", mode=Mode.IMMEDIATE)
    write.turn(team["ana"], "unknown", "spam")

    assert _levels(place, team["ana"], project) == []


def test_nobody_is_told_of_a_colleague_and_viewers_of_nobody(place, team, project, mail, write):
    write.turn(team["ben"], "m0", "spam")

    assert _levels(place, team["ana"], project) == []
    assert _levels(place, team["sue"], project) == []
    with pytest.raises(NotAllowedError):
        _levels(place, team["vic"], project)
