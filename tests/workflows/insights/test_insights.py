"""New insights: machine against lexicon, claiming no more than the hold-out shows, and blind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import ConceptStatus, Mode, Role
from rhml_core.machine.terms.grammar import normal_term
from rhml_core.measures.comparison import compare_runs
from rhml_core.store import runs as run_store
from rhml_core.workflows import projects
from rhml_core.workflows.insights import insights
from rhml_core.workflows.insights import terms as insights_terms
from rhml_core.workflows.insights.machine_answers import answers_of_run
from rhml_core.workflows.insights.plot import Region, corner, insight_dots, messages_in
from rhml_core.workflows.insights.terms import Doubt, doubtful_terms, new_terms
from rhml_core.workflows.insights.words import comparing_sentence
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.turn import turns
from tests.app.store_fixtures import add_run, make_concept
from tests.workflows.concepts.decoyed_mail import HAM, SPAM, judge_decoyed

WRONG = "(winner | urgent | ringtone)"
ANSWERS = st.lists(st.sampled_from(["ham", "spam"]), min_size=1, max_size=60)


@given(st.data())
def test_nothing_is_called_better_while_the_interval_holds_zero(data):
    truth = data.draw(ANSWERS)
    of_length = st.lists(st.sampled_from(["ham", "spam"]), min_size=len(truth), max_size=len(truth))
    comparison = compare_runs(
        truth, data.draw(of_length), data.draw(of_length), ["ham", "spam"], n_replicates=100
    )

    sentence = comparing_sentence(comparison, "run 3")

    gap = comparison.difference
    may_tell = len(truth) >= 20 and (gap.low > 0 or gap.high < 0)
    assert ("better" in sentence) is may_tell
    assert sentence.startswith(f"On {len(truth)} hold-out message")


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (["ham"] * 60, ["ham", "spam"] * 30, "the machine (run 3) is better than our lexicon"),
        (["ham", "spam"] * 30, ["ham"] * 60, "our lexicon is better than the machine (run 3)"),
        (["ham"] * 60, ["ham"] * 60, "our lexicon and the machine (run 3) give the same answers"),
    ],
)
def test_the_better_one_is_named_with_its_figures(first, second, says):
    comparison = compare_runs(["ham", "spam"] * 30, first, second, ["ham", "spam"])

    sentence = comparing_sentence(comparison, "run 3")

    assert sentence.startswith(f"On 60 hold-out messages, {says}")


@pytest.fixture
def judged(add_messages, add_labels):
    """Sixty judged messages to learn from and forty-eight that measure; the texts by name."""
    return judge_decoyed(add_messages, add_labels)


@pytest.fixture
def taught(place, team, project, judged):
    """The same with a lexicon of half the telling words; the texts by name."""
    for label, words in (("spam", SPAM[:4]), ("ham", HAM[:4])):
        for word in words:
            lexicon.add_term(
                place, team["ana"], project.project_id, word, label=label, key=f"t-{word}"
            )
    return judged


def _figures(place, person, project):
    return insights.look_at_insights(place, person, project.project_id).value


def test_both_models_are_compared_on_the_same_holdout(place, team, project, taught):
    figures = _figures(place, team["vic"], project)

    assert figures.comparison is not None
    assert figures.reflection.n == figures.machine.n == figures.comparison.difference.n == 48
    assert figures.sentence.startswith("On 48 hold-out messages, ")
    assert figures.comparison.difference.value == pytest.approx(
        figures.machine.value - figures.reflection.value
    )


def test_without_terms_it_is_said_what_to_do(place, team, project, judged):
    figures = _figures(place, team["vic"], project)

    assert figures.comparison is None
    assert "The lexicon has no term yet" in figures.sentence


def test_without_a_holdout_nothing_is_compared_but_dots_are_there(
    place, team, project, add_messages, add_labels
):
    texts = {f"s{n}": f"free prize {n}" for n in range(8)} | {
        f"h{n}": f"lunch today {n}" for n in range(8)
    }
    add_messages(texts)
    add_labels([(name, "Ana", "spam" if name[0] == "s" else "ham") for name in texts])
    lexicon.add_term(place, team["ana"], project.project_id, "free", label="spam", key="t")

    figures = _figures(place, team["sue"], project)

    assert figures.comparison is None
    assert "0 have one" in figures.sentence
    dots = insight_dots(place, team["sue"], project.project_id, figures, "spam")
    assert sorted(dots.frame["message_id"]) == sorted(texts)


def test_no_dot_is_of_the_holdout(place, team, project, taught):
    for person in (team["sue"], team["ana"], team["vic"]):
        figures = _figures(place, person, project)
        dots = insight_dots(place, person, project.project_id, figures, "spam")

        assert dots.n == 60
        assert not [name for name in dots.frame["message_id"] if name[0] in "xy"]


def test_an_expert_sees_no_dot_of_what_they_have_still_to_judge(place, team, project, taught):
    figures = _figures(place, team["ben"], project)

    dots = insight_dots(place, team["ben"], project.project_id, figures, "spam")

    assert dots.n == 0
    assert "Judge some first" in dots.missing


def test_experts_see_the_dots_of_what_they_judged_and_no_other(
    place, team, project, add_messages, add_labels
):
    """Whoever judged what is drawn at random; the oracle is the list of who judged."""
    rng = np.random.default_rng(5)
    texts = {f"m{n}": f"{'prize' if n % 2 else 'lunch'} {n}" for n in range(60)}
    holdout = [name for name in texts if rng.random() < 0.2]
    add_messages(texts, holdout=holdout)
    judged = {who: [name for name in texts if rng.random() < 0.5] for who in ("Ana", "Ben")}
    for who, names in judged.items():
        add_labels([(name, who, "spam" if int(name[1:]) % 2 else "ham") for name in names])
    lexicon.add_term(place, team["ana"], project.project_id, "prize", label="spam", key="t")

    for who, names in judged.items():
        person = team[who.lower()]
        figures = _figures(place, person, project)
        dots = insight_dots(place, person, project.project_id, figures, "spam")
        assert set(dots.frame["message_id"]) == set(names) - set(holdout)


def test_a_message_in_hand_is_no_dot_for_whoever_holds_it(place, team, project, taught):
    held = turns.next_turn(place, team["sue"], project.project_id).message.message_id
    figures = _figures(place, team["sue"], project)

    dots = insight_dots(place, team["sue"], project.project_id, figures, "spam")

    assert held in taught
    assert held not in dots.frame["message_id"]
    assert dots.n == 59


def test_in_blind_mode_experts_are_told_nothing_of_the_machine(place, team, project, taught):
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.BLIND,
        overlap=2,
        shares=project.shares,
        key="blind",
    )
    figures = _figures(place, team["ana"], project)

    dots = insight_dots(place, team["ana"], project.project_id, figures, "spam")
    doubtful = doubtful_terms(place, team["ana"], project.project_id, figures)

    assert dots.frame.is_empty()
    assert "blind" in dots.missing
    assert doubtful.without_machine
    assert not [one for one in doubtful.terms if one.machine_share]


def test_a_region_lists_its_messages_those_that_differ_most_first(place, team, project, taught):
    figures = _figures(place, team["sue"], project)
    dots = insight_dots(place, team["sue"], project.project_id, figures, "spam")

    everything = messages_in(place, project.project_id, dots, Region())
    quarters = [
        messages_in(
            place,
            project.project_id,
            dots,
            corner(is_reflection_high=one, is_machine_high=other),
        )
        for one in (False, True)
        for other in (False, True)
    ]

    gaps = [abs(one.reflection - one.machine) for one in everything.messages]
    assert gaps == sorted(gaps, reverse=True)
    assert everything.messages[0].text == taught[everything.messages[0].message_id]
    assert sum(one.n for one in quarters) == everything.n == 60


def test_new_terms_are_those_that_nobody_decided_on_strongest_first(place, team, project, taught):
    found = [
        make_concept("winner", strength=0.2),
        make_concept("ringtone", strength=0.5),
        make_concept("prize", strength=0.9),
        make_concept("urgent", strength=0.4),
    ]
    add_run(place, project, 1, {}, found)
    journal.reject_concept(
        place, team["ana"], project.project_id, found[3].concept_id, reason="chance", key="r"
    )

    names = [one.terms[0] for one in new_terms(place, team["vic"], project.project_id)]

    assert names == ["ringtone", "winner"]
    assert found[3].status is ConceptStatus.NEW


def test_a_term_under_the_wrong_label_is_doubtful_for_every_reason(place, team, project, taught):
    lexicon.add_term(place, team["ana"], project.project_id, WRONG, label="ham", key="wrong")
    figures = _figures(place, team["sue"], project)

    found = doubtful_terms(place, team["sue"], project.project_id, figures)

    worst = found.terms[0]
    assert worst.term.expression == normal_term(WRONG)
    assert worst.n_for == 0
    assert worst.precision.high < worst.usual_share == 0.5
    assert Doubt.BELOW_CHANCE in worst.doubts
    assert Doubt.MOSTLY_OTHERS in worst.doubts
    assert worst.machine_label == "spam"


def test_rare_terms_that_are_right_are_left_in_peace(place, team, project, taught):
    figures = _figures(place, team["sue"], project)

    found = doubtful_terms(place, team["sue"], project.project_id, figures)

    assert found.n_terms == 8
    assert found.terms == ()


def test_everyone_may_look(place, team, project, taught):
    assert team["vic"].role is Role.VIEWER

    assert insights_terms.new_terms(place, team["vic"], project.project_id) == ()


def test_a_runs_shares_stand_under_the_codebooks_labels(place, project, add_messages):
    add_messages({"m1": "one", "m2": "two", "m3": "three"})
    add_run(place, project, 1, {"m1": ("spam", 0.9), "m2": ("ham", 0.7), "m3": ("ham", 0.6)})
    (run,) = run_store.list_runs(place.db, project.project_id)

    said = answers_of_run(place.db, run, {"m1", "m2", "never answered"})

    assert said.labels == ("ham", "spam")
    assert said.message_ids == ("m1", "m2")
    assert said.shares.ravel().tolist() == pytest.approx([0.1, 0.9, 0.7, 0.3])
