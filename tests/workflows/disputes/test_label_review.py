"""Labels in doubt: which, for whom, and how a doubt is settled."""

import pytest

from rhml_core.domain import Phase
from rhml_core.errors import ConflictError, NotAllowedError
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes import label_review as reviews
from rhml_core.workflows.turn import turns
from tests.app.store_fixtures import add_run, promote_newest

TWO = {"a": "Free money, now!", "b": "free  money, NOW!"}


def _mail():
    texts = {f"h{n}": f"see you at the station on day {n}" for n in range(8)}
    return texts | {f"s{n}": f"win a prize of {n} pounds" for n in range(8)}


@pytest.fixture
def mail(place, team, project, add_messages, add_labels):
    """Eight of each label by both experts, and h0 and s0 swapped; the promoted run sees through."""
    add_messages(_mail())
    truth = {name: "ham" if name.startswith("h") else "spam" for name in _mail()}
    given = truth | {"h0": "spam", "s0": "ham"}
    add_labels([(name, who, label) for name, label in given.items() for who in ("Ana", "Ben")])
    add_run(place, project, 1, {name: (label, 0.9) for name, label in truth.items()})
    promote_newest(place, project, given)
    return given


def _review(place, who, project):
    return reviews.label_review(place, who, project.project_id)


def _suspects(place, who, project):
    return _review(place, who, project).suspects["message_id"].to_list()


def _twins(place, who, project):
    return _review(place, who, project).twins.select("message_id", "twin_id").rows()


def _stand(place, who, project, message_id, key="stand-1", **rest):
    reviews.let_label_stand(place, who, project.project_id, message_id, key=key, **rest)


def test_swapped_labels_are_found_and_nothing_else(place, team, project, mail):
    review = _review(place, team["sue"], project)

    assert review.machine == "run 1"
    assert (review.n_compared, review.n_agreeing) == (16, 14)
    assert review.suspects.select(
        "message_id", "label", "labels", "expert_ids", "machine_label", "machine_probability"
    ).rows() == [
        ("h0", "spam", ["spam", "spam"], ["ana", "ben"], "ham", 0.9),
        ("s0", "ham", ["ham", "ham"], ["ana", "ben"], "spam", 0.9),
    ]
    assert review.suspects["label_probability"].to_list() == pytest.approx([0.1, 0.1])


def test_without_a_run_the_live_machine_is_asked(place, team, project, add_messages, add_labels):
    """What it says of what it learnt from, it says out of fold."""
    add_messages(_mail())
    labels = {name: "ham" if name.startswith("h") else "spam" for name in _mail()}
    add_labels([(name, "Ana", label) for name, label in (labels | {"h0": "spam"}).items()])

    review = _review(place, team["sue"], project)

    assert review.machine.startswith("live machine")
    assert review.n_compared == 16
    assert "h0" in review.suspects["message_id"].to_list()


def test_run_is_not_asked_about_a_label_that_it_hardly_knows(place, team, project, mail):
    """It was promoted when spam was new; that it never says so contradicts nobody."""
    add_run(place, project, 2, dict.fromkeys(mail, ("ham", 1.0)))
    hams = {name: "ham" for name in mail if name.startswith("h")}
    promote_newest(place, project, hams | {"s1": "spam", "s2": "spam"})

    review = _review(place, team["sue"], project)

    assert review.suspects.is_empty()
    assert (review.n_compared, review.n_agreeing) == (8, 8)


def test_silent_machine_says_what_is_missing(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham")])

    review = _review(place, team["sue"], project)

    assert (review.machine, review.n_compared) == ("", 0)
    assert "from 10 judged messages on; so far there is 1" in review.missing
    assert review.suspects.is_empty()


def test_nothing_judged_keeps_the_columns(place, team, project):
    review = _review(place, team["sue"], project)

    assert review.suspects.is_empty()
    assert review.twins.is_empty()
    assert {"message_id", "label", "machine_label", "stood_by"} <= set(review.suspects.columns)
    assert {"message_id", "twin_id", "contradicts_self"} <= set(review.twins.columns)


def test_supervisors_word_settles_it_for_everyone(place, team, project, mail):
    _stand(place, team["sue"], project, "h0")

    assert _suspects(place, team["sue"], project) == ["s0"]
    assert _suspects(place, team["ana"], project) == ["s0"]
    assert _events(place) == [("message:h0", "sue")]


def test_experts_word_settles_it_for_themselves_and_is_told_to_the_supervisor(
    place, team, project, mail
):
    _stand(place, team["ana"], project, "h0")

    assert _suspects(place, team["ana"], project) == ["s0"]
    assert _suspects(place, team["ben"], project) == ["h0", "s0"]
    assert _review(place, team["sue"], project).suspects["stood_by"].to_list() == [["ana"], []]


def test_repeated_click_is_one_decision(place, team, project, mail):
    for _ in range(2):
        _stand(place, team["sue"], project, "h0", key="same")

    assert len(_events(place)) == 1


def test_settled_doubt_returns_when_the_label_changes(place, team, project, mail, add_labels):
    """The decision was about the label as it was; another one may be doubted anew."""
    _stand(place, team["sue"], project, "h0")
    add_labels([("h0", "Ana", "ham"), ("h0", "Ben", "ham")])
    said = {name: ("ham" if name.startswith("h") else "spam", 0.9) for name in mail}
    add_run(place, project, 2, said | {"h0": ("spam", 0.9)})
    promote_newest(place, project, mail)

    found = _review(place, team["sue"], project)

    assert found.machine == "run 2"
    assert found.suspects.select("message_id", "label").rows() == [("h0", "ham"), ("s0", "ham")]


def test_what_is_not_in_doubt_cannot_be_let_stand(place, team, project, mail):
    with pytest.raises(ConflictError, match="no longer in doubt"):
        _stand(place, team["sue"], project, "h1")

    assert _events(place) == []


def test_viewer_looks_but_does_not_decide(place, team, project, mail):
    assert _suspects(place, team["vic"], project) == ["h0", "s0"]
    with pytest.raises(NotAllowedError):
        _stand(place, team["vic"], project, "h0")
    assert not reviews.may_judge_again(place, team["vic"], project.project_id, "h0")


def test_adjudicated_label_is_not_doubted_but_a_nameless_reference_is(
    place, team, project, mail, add_labels
):
    add_labels([("h0", "Sue", "spam")], adjudicated=True)
    add_labels([("s0", "reference", "ham")], adjudicated=True)

    assert _suspects(place, team["sue"], project) == ["s0"]


def test_expert_sees_only_what_they_judged(place, team, project, add_messages, add_labels):
    """A colleague's label, and the machine's answer to it, would bias a judgement to come."""
    add_messages(_mail())
    truth = {name: "ham" if name.startswith("h") else "spam" for name in _mail()}
    add_labels([(name, "Ben", label) for name, label in (truth | {"h0": "spam"}).items()])
    add_run(place, project, 1, {name: (label, 0.9) for name, label in truth.items()})
    promote_newest(place, project, truth)

    assert _suspects(place, team["ben"], project) == ["h0"]
    assert _suspects(place, team["ana"], project) == []
    with pytest.raises(ConflictError):
        _stand(place, team["ana"], project, "h0")


def test_message_in_the_middle_of_a_turn_is_hidden_from_who_judges_it(
    place, team, project, mail, add_messages
):
    """Committed is not final: the machine's answer is only revealed at the turn's own pace."""
    add_messages({"new": "see you at the station on day 99"})
    view = turns.next_turn(place, team["ana"], project.project_id)
    assert view.message.message_id == "new"
    answers = {name: ("ham" if name[0] in "hn" else "spam", 0.9) for name in [*mail, "new"]}
    add_run(place, project, 2, answers)
    promote_newest(place, project, mail)
    place.machines.refresh(project.project_id)
    outcome = turns.commit(place, team["ana"], view.turn_id, label="spam", key="c")
    assert outcome.turn.state == "explained"

    during = _suspects(place, team["ana"], project)
    others = _suspects(place, team["sue"], project)
    turns.answer_explanation(place, team["ana"], view.turn_id, label="spam", key="e")
    turns.finish(place, team["ana"], view.turn_id, label="spam", key="f")

    assert "new" not in during
    assert "new" in others
    assert "new" in _suspects(place, team["ana"], project)


def test_own_turn_can_be_judged_again_and_the_doubt_ends(place, team, project, mail, add_messages):
    add_messages({"new": "see you at the station on day 99"})
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="c")
    where = project.project_id
    assert reviews.may_judge_again(place, team["ana"], where, "new")

    for _ in range(2):
        reviews.judge_again(
            place, team["ana"], where, "new", label="spam", reason="looked again", key="again"
        )

    made = threads.message_thread(place, team["ana"], where, "new").judgements
    assert [(one.phase, one.label, one.reason) for one in made] == [
        (Phase.COMMIT, "ham", ""),
        (Phase.FINAL, "spam", "looked again"),
    ]


def test_imported_label_has_no_turn_to_correct(place, team, project, mail):
    assert not reviews.may_judge_again(place, team["ana"], project.project_id, "h0")
    with pytest.raises(ConflictError, match="did not judge"):
        reviews.judge_again(place, team["ana"], project.project_id, "h0", label="ham", key="k")


def test_same_text_with_two_labels_is_a_pair(place, team, project, add_messages, add_labels):
    add_messages({**TWO, "c": "something else"})
    add_labels([("a", "Ana", "spam"), ("b", "Ben", "ham"), ("c", "Ben", "ham")])

    [pair] = _review(place, team["sue"], project).twins.rows(named=True)

    assert (pair["message_id"], pair["twin_id"]) == ("a", "b")
    assert (pair["label"], pair["twin_label"]) == ("spam", "ham")
    assert (pair["similarity"], pair["is_same_text"]) == (1.0, True)
    assert pair["contradicts_self"] == []


def test_one_experts_own_contradiction_is_named(place, team, project, add_messages, add_labels):
    add_messages(TWO)
    add_labels([("a", "Ana", "spam"), ("b", "Ana", "ham")])

    [pair] = _review(place, team["ana"], project).twins.rows(named=True)

    assert pair["contradicts_self"] == ["ana"]


def test_own_contradiction_shows_where_the_majority_agrees(
    place, team, project, add_messages, add_labels
):
    """Ben was outvoted on one of the two, so the references agree; Ben does not, with himself."""
    add_messages(TWO)
    add_labels(
        [(name, who, "spam") for name in TWO for who in ("Ana", "Sue")]
        + [("a", "Ben", "ham"), ("b", "Ben", "spam")]
    )

    [pair] = _review(place, team["sue"], project).twins.rows(named=True)

    assert (pair["label"], pair["twin_label"]) == ("spam", "spam")
    assert pair["contradicts_self"] == ["ben"]


def test_pair_is_hidden_from_an_expert_who_judged_one_of_it(
    place, team, project, add_messages, add_labels
):
    add_messages(TWO)
    add_labels([("a", "Ana", "spam"), ("b", "Ben", "ham")])

    assert _twins(place, team["ana"], project) == []
    assert _twins(place, team["vic"], project) == [("a", "b")]


def test_holdout_messages_stay_out(place, team, project, add_messages, add_labels):
    add_messages(TWO, holdout=["b"])
    add_labels([("a", "Ana", "spam"), ("b", "Ana", "ham")])

    assert _twins(place, team["sue"], project) == []


def test_settled_pair_leaves_and_returns_with_another_label(
    place, team, project, add_messages, add_labels
):
    add_messages(TWO)
    add_labels([("a", "Ana", "spam"), ("b", "Ana", "ham")])
    _stand(place, team["sue"], project, "a", twin_id="b")
    settled = _twins(place, team["sue"], project)
    add_labels([("a", "Ana", "ham"), ("b", "Ana", "spam")])

    assert settled == []
    assert _twins(place, team["sue"], project) == [("a", "b")]


def test_pair_of_two_adjudicated_messages_is_settled(
    place, team, project, add_messages, add_labels
):
    add_messages(TWO)
    add_labels([("a", "Ana", "spam"), ("b", "Ana", "ham")])
    add_labels([("a", "Sue", "spam")], adjudicated=True)
    half = _twins(place, team["sue"], project)
    add_labels([("b", "Sue", "ham")], adjudicated=True)

    assert half == [("a", "b")]
    assert _twins(place, team["sue"], project) == []


def _events(place):
    found = place.db.read(
        "SELECT subject, person_id FROM audit WHERE kind = 'label_stands' ORDER BY seq"
    )
    return found.rows()


def test_reviews_are_only_added(place, team, project, mail):
    _stand(place, team["ana"], project, "h0", key="one")
    _stand(place, team["sue"], project, "h0", key="two")

    found = place.db.read("SELECT person_id, for_all, label FROM label_reviews ORDER BY seq")

    assert found.rows() == [("ana", False, "spam"), ("sue", True, "spam")]
