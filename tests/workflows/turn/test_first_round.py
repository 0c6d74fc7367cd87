"""A newcomer's first round: practice with feedback, passed before the queue opens."""

import pytest

from rhml_core.domain import Mode, QueueShares, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import judgements
from rhml_core.workflows import people, projects
from rhml_core.workflows.turn import turns
from rhml_core.workflows.turn.first_round import answer_round, begin_round, first_round
from tests.store.rows_on_record import count_judgements

SETTLED = {f"p{n}": ("ham", "spam")[n % 2] for n in range(6)}


@pytest.fixture
def pool(add_messages, add_labels):
    """Six settled messages of the pool, one held out and settled, two that nobody has judged."""
    texts = {name: f"text of {name}" for name in [*SETTLED, "held", "new1", "new2"]}
    add_messages(texts, holdout=["held"])
    add_labels([(name, "Sue", label) for name, label in SETTLED.items()], adjudicated=True)
    add_labels([("held", "Sue", "spam")], adjudicated=True)


@pytest.fixture
def ask_for(place, team, project):
    def change(n, *, share=0.5):
        projects.change_project(
            place,
            team["sue"],
            project.project_id,
            mode=Mode.RECIPROCAL,
            overlap=1,
            shares=QueueShares(),
            baseline_probes=0,
            first_round_messages=n,
            first_round_pass=share,
            key=f"{n}-{share}",
        )

    return change


@pytest.fixture
def take_round(place, team, project):
    """Answer a whole round; `n_wrong` of its messages wrongly, first of all."""

    def take(n_wrong=0, who="ana", key="round"):
        where, asked, told = project.project_id, [], []
        standing = begin_round(place, team[who], where, key=key)
        while standing and standing.question:
            name = standing.question.message_id
            right = SETTLED[name]
            wrong = "ham" if right == "spam" else "spam"
            label = wrong if len(asked) < n_wrong else right
            told.append(
                answer_round(place, team[who], where, name, label=label, key=f"{key}-{name}")
            )
            asked.append(name)
            standing = first_round(place, team[who], where)
        return asked, told

    return take


def test_queue_opens_when_enough_was_right(place, team, project, pool, ask_for, take_round):
    ask_for(4, share=0.5)
    with pytest.raises(ConflictError, match="first round"):
        turns.next_turn(place, team["ana"], project.project_id)

    asked, told = take_round(n_wrong=2)

    assert len(set(asked)) == 4
    assert set(asked) <= set(SETTLED)
    assert told[-1].is_passed
    assert first_round(place, team["ana"], project.project_id) is None
    assert turns.next_turn(place, team["ana"], project.project_id) is not None


def test_below_the_mark_it_begins_again_with_other_messages(
    place, team, project, pool, ask_for, take_round
):
    ask_for(3, share=0.8)

    first, told = take_round(n_wrong=1, key="one")
    standing = first_round(place, team["ana"], project.project_id)
    second, _ = take_round(key="two")

    assert (told[-1].is_last, told[-1].is_passed, told[-1].n_needed) == (True, False, 3)
    assert (standing.question, standing.n_right, standing.n_answered) == (None, 2, 3)
    assert not standing.is_repeat
    assert not set(first) & set(second)


def test_where_no_others_are_left_the_same_come_again_and_it_is_said(
    place, team, project, pool, ask_for, take_round
):
    ask_for(6, share=1.0)

    first, _ = take_round(n_wrong=1, key="one")
    standing = first_round(place, team["ana"], project.project_id)
    second, _ = take_round(key="two")

    assert standing.is_repeat
    assert sorted(first) == sorted(second)


def test_every_label_of_the_codebook_is_practised(place, team, project, pool, ask_for, take_round):
    ask_for(4)

    asked, _ = take_round()

    assert [SETTLED[name] for name in asked].count("ham") == 2


def test_feedback_tells_the_settled_label_and_the_codebooks_word(
    place, team, project, pool, ask_for
):
    ask_for(4)
    where = project.project_id
    asked = begin_round(place, team["ana"], where, key="begin").question
    wrong = "ham" if SETTLED[asked.message_id] == "spam" else "spam"

    told = answer_round(place, team["ana"], where, asked.message_id, label=wrong, key="answer-1")

    assert (told.is_right, told.n_answered, told.n_right, told.n) == (False, 1, 0, 4)
    assert told.reference.name == SETTLED[asked.message_id]
    assert told.reference.definition in {"wanted", "unwanted"}
    assert told.said.name == wrong


def test_practice_is_no_judgement(place, team, project, pool, ask_for, take_round):
    ask_for(4)
    before = count_judgements(place.db, project.project_id)

    take_round()

    assert count_judgements(place.db, project.project_id) == before
    assert judgements.experts_of(place.db, project.project_id) == []


def test_repeated_click_is_one_answer_and_a_stale_tab_is_told(place, team, project, pool, ask_for):
    ask_for(4)
    where, ana = project.project_id, team["ana"]
    asked = begin_round(place, ana, where, key="begin").question.message_id

    first = answer_round(place, ana, where, asked, label="ham", key="same")
    again = answer_round(place, ana, where, asked, label="spam", key="same")

    assert again == first
    with pytest.raises(ConflictError, match="second tab"):
        answer_round(place, ana, where, asked, label="spam", key="other")
    assert first_round(place, ana, where).n_answered == 1


def test_round_under_way_is_not_begun_anew(place, team, project, pool, ask_for):
    ask_for(4)
    begun = begin_round(place, team["ana"], project.project_id, key="begin")

    again = begin_round(place, team["ana"], project.project_id, key="begin")

    assert again == begun
    with pytest.raises(ConflictError, match="begun already"):
        begin_round(place, team["ana"], project.project_id, key="other")


def test_label_outside_the_codebook_is_refused(place, team, project, pool, ask_for):
    ask_for(4)
    asked = begin_round(place, team["ana"], project.project_id, key="begin").question.message_id

    with pytest.raises(InvalidInputError, match="codebook"):
        answer_round(place, team["ana"], project.project_id, asked, label="eggs", key="a")


def test_who_has_judged_here_before_needs_none(place, team, project, pool, ask_for, add_labels):
    add_labels([("new1", "Ben", "ham")])
    ask_for(4)

    assert first_round(place, team["ben"], project.project_id) is None
    assert first_round(place, team["ana"], project.project_id) is not None


def test_supervisors_need_none(place, team, project, pool, ask_for):
    ask_for(4)
    cleo = people.add_person(place, team["sue"], "Cleo", Role.SUPERVISOR)

    assert first_round(place, cleo, project.project_id) is None
    assert turns.next_turn(place, cleo, project.project_id) is not None


def test_too_few_settled_messages_make_no_round(
    place, team, project, add_messages, add_labels, ask_for
):
    add_messages({"p0": "one", "p1": "two", "new": "three", "held": "four"}, holdout=["held"])
    add_labels([("p0", "Sue", "ham"), ("p1", "Sue", "spam")], adjudicated=True)
    add_labels([("held", "Sue", "spam")], adjudicated=True)
    ask_for(4)

    assert first_round(place, team["ana"], project.project_id) is None
    assert turns.next_turn(place, team["ana"], project.project_id) is not None


def test_fewer_settled_messages_make_a_shorter_round(place, team, project, pool, ask_for):
    ask_for(20, share=0.75)

    standing = first_round(place, team["ana"], project.project_id)

    assert (standing.n, standing.n_needed) == (6, 5)


@pytest.mark.parametrize(("n", "share"), [(-1, 0.5), (51, 0.5), (4, 0.0), (4, 1.1)])
def test_settings_out_of_range_are_refused(ask_for, n, share):
    with pytest.raises(InvalidInputError):
        ask_for(n, share=share)
