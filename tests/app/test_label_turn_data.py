import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.parted import Parted, parted_at
from app.components.turn_data import (
    faithfulness_line,
    marked_words,
    text_tokens,
    turn_data,
)
from rhml_core.domain import Codebook, ConceptStatus, DrawnBecause, Label, Phase, Span, TurnState
from rhml_core.evidence import (
    Explanation,
    Faithfulness,
    Neighbour,
    NoticedConcept,
    Opinion,
    Said,
    WordInfluence,
)
from rhml_core.workflows.turn.turns import Agreement
from tests.app.conftest import Turns


@given(st.text(max_size=80))
def test_tokens_cover_the_text_in_code_points(text):
    """Offsets go back to the server as they are, so they must be Python's own."""
    tokens = text_tokens(text)

    assert [token[1] for token in tokens[1:]] == [token[2] for token in tokens[:-1]]
    assert (tokens[0][1], tokens[-1][2]) == (0, len(text)) if text else not tokens
    assert all(text[a:b] == shown for shown, a, b, kind in tokens if kind != "h")


def test_word_after_an_emoji_keeps_pythons_offset():
    """In JavaScript the emoji would count two and move every later word."""
    tokens = text_tokens("\U0001f600 sale")

    assert ["sale", 2, 6, "w"] in tokens


def test_bidi_override_is_a_mark_of_its_own():
    tokens = text_tokens("a\u202eb")

    assert tokens == [["a", 0, 1, "w"], ["RLO", 1, 2, "h"], ["b", 2, 3, "w"]]


def test_before_the_commit_nothing_of_the_machine_is_sent(turn_in, codebook):
    """The promise of the reciprocal turn: what is not sent cannot be seen."""
    data = turn_data(turn_in(TurnState.OPEN), codebook)

    assert (data["explanation"], data["opinion"], data["contrast"]) == (None, None, "")
    assert (data["committed"], data["chosen"], data["agreement"]) == (None, "", None)


def test_explanation_tells_neither_label_nor_direction(turn_in, codebook):
    """Signs are relative to the machine's label, so they would tell it."""
    data = turn_data(turn_in(TurnState.EXPLAINED), codebook)

    assert data["opinion"] is None
    assert [word["side"] for word in data["explanation"]["words"]] == [0, 0]
    assert {one["label"] for one in data["explanation"]["neighbours"]} == {""}
    assert "0.7" not in json.dumps(data)


def test_labels_of_neighbours_are_held_back_even_if_given(turn_in, codebook):
    """A second lock: the page does not rely on the workflow to hide them."""
    explanation = turn_in(TurnState.REVEALED).explanation

    data = turn_data(turn_in(TurnState.EXPLAINED, explanation=explanation), codebook)

    assert data["explanation"]["neighbours"][0]["label"] == ""


@given(
    influences=st.lists(st.floats(-1, 1).filter(lambda x: abs(x) > 0.01), min_size=2, max_size=5),
    label=st.sampled_from(["zebraq", "walrusq", "narwhalq"]),
    fall=st.floats(-1, 1),
    status=st.sampled_from(ConceptStatus),
)
def test_card_at_the_explanation_is_the_same_whatever_the_answer(influences, label, fall, status):
    """Neither a label's name nor any sign of direction may tell what the machine answers."""

    def sent(turned, label, n_words):
        words = tuple(
            WordInfluence("ab", Span(3 * place, 3 * place + 2), turned * influence)
            for place, influence in enumerate(influences)
        )
        explanation = Explanation(
            words,
            (Neighbour("m2", "a b", label, 0.8, (Said("p2", "Quagga", label),)),),
            "fast",
            phrases=words[:1],
            shown=words,
            concepts=(NoticedConcept("ab", label, status),),
            faithfulness=Faithfulness(n_words, turned * fall, 0.1, 10, is_convincing=True),
        )
        turn = dataclasses.replace(
            Turns()(TurnState.EXPLAINED, explanation=explanation), because=DrawnBecause.RANDOM
        )
        names = (Label("zebraq", key="1"), Label("walrusq"), Label("narwhalq"), Label("Sale"))
        return turn_data(turn, Codebook(5, names))

    one, other = sent(1, label, 1), sent(-1, "impalaq", 2)

    assert one == other
    one.pop("codebook")
    told = json.dumps(one)
    assert not any(name in told for name in ("zebraq", "walrusq", "narwhalq", "Quagga"))
    for sign in ("less sure", "surer", " for it", "against"):
        assert sign not in told


def test_words_no_better_than_others_come_with_a_warning(turn_in, codebook):
    explanation = turn_in(TurnState.EXPLAINED).explanation
    weak = Faithfulness(1, 0.04, 0.05, 10, is_convincing=False)
    explanation = dataclasses.replace(explanation, faithfulness=weak)

    data = turn_data(turn_in(TurnState.EXPLAINED, explanation=explanation), codebook)

    assert data["explanation"]["weak"]
    assert data["explanation"]["tested"] == (
        "These words do not explain its answer well. Without words marked here its answer moves "
        "by 4 points; without as many others, by 5."
    )


def test_words_that_could_not_be_tested_say_so(turn_in, codebook):
    explanation = dataclasses.replace(turn_in(TurnState.EXPLAINED).explanation, faithfulness=None)

    data = turn_data(turn_in(TurnState.EXPLAINED, explanation=explanation), codebook)

    assert data["explanation"]["tested"] == "These words could not be tested against others."
    assert not data["explanation"]["weak"]


def test_reveal_says_where_the_machine_is_surer_without_the_words():
    tested = Faithfulness(2, -0.03, 0.01, 10, is_convincing=False)

    line = faithfulness_line(tested, is_revealed=True)

    assert line.endswith(
        "Without the 2 words for it, 3 points surer; without 2 others, 1 point less."
    )


def test_reveal_tells_label_direction_and_neighbours(turn_in, codebook):
    data = turn_data(turn_in(TurnState.REVEALED), codebook)

    assert data["opinion"]["label"] == "Leak"
    assert [word["side"] for word in data["explanation"]["words"]] == [1, -1]
    assert data["explanation"]["neighbours"][0]["label"] == "Leak"
    assert [
        (one["name"], one["initials"], one["label"])
        for one in data["explanation"]["neighbours"][0]["who"]
    ] == [("Bo Li", "BL", ""), ("Cy", "C", "Sale")]
    assert data["explanation"]["concepts"] == [{"term": "rdp", "label": "Leak", "state": "adopted"}]
    assert data["explanation"]["tested"].startswith("Without the word for it, 30 points less sure;")
    assert data["contrast"] == "would say Sale without “rdp”"


def test_immediate_mode_shows_the_opinion_at_once(turn_in, codebook):
    opinion = Opinion("Leak", {"Sale": 0.3, "Leak": 0.7}, "fast")

    data = turn_data(turn_in(TurnState.OPEN, opinion=opinion), codebook)

    assert data["opinion"]["bars"][1] == {"label": "Leak", "probability": 0.7}


def test_agreement_is_one_line_with_two_digits(turn_in, codebook):
    agreement = Agreement("Sale", 0.9149, ("selling",), DrawnBecause.RANDOM)

    data = turn_data(turn_in(TurnState.OPEN), codebook, agreement=agreement)

    assert data["agreement"] == {
        "label": "Sale",
        "probability": "0.91",
        "words": ["selling"],
        "drawn": "drawn at random",
    }


def test_label_without_a_key_gets_the_first_free_digit(turn_in, codebook):
    data = turn_data(turn_in(TurnState.OPEN), codebook)

    assert [label["key"] for label in data["codebook"]["labels"]] == ["1", "2"]


def test_codebook_says_by_whom_and_when_it_was_changed(turn_in, codebook):
    data = turn_data(turn_in(TurnState.OPEN), codebook, changed_by="Bo")

    assert data["codebook"]["changed"] == "last changed by Bo 3 Mar 2025"


@pytest.mark.parametrize("state", [TurnState.REVEALED, TurnState.DONE])
def test_step_starts_from_the_newest_answer(turn_in, codebook, state):
    """Who changed at the explanation is not pushed back to the first label."""
    revised = dataclasses.replace(turn_in(state).committed, phase=Phase.REVISED, label="Leak")

    data = turn_data(turn_in(state, current=revised), codebook)

    assert data["chosen"] == "Leak"
    assert data["committed"]["label"] == "Sale"


def test_failure_that_only_a_reload_mends_is_marked(turn_in, codebook):
    data = turn_data(turn_in(TurnState.OPEN), codebook, problem="No.", is_fault=True)

    assert (data["problem"], data["fault"]) == ("No.", True)


@pytest.mark.parametrize(("influence", "level"), [(0.3, 3), (-0.19, 2), (0.05, 1)])
def test_level_follows_strength_whatever_the_sign(influence, level):
    words = (WordInfluence("a", Span(0, 1), 0.3), WordInfluence("b", Span(2, 3), influence))

    found = marked_words(words, signed=False)

    assert next(one["level"] for one in found if one["word"] == "b") == level


def test_words_without_influence_are_not_noticed():
    assert marked_words((WordInfluence("a", Span(0, 1), 0.0),), signed=True) == []


def test_what_parted_them_is_told_once_the_turn_is_done(turn_in, codebook):
    """Above the next message, so that its thread is a key away."""
    done = turn_in(TurnState.DONE)
    done = dataclasses.replace(done, current=done.committed)
    own, said = done.current.label, done.opinion.label

    parted = parted_at(done)
    data = turn_data(turn_in(TurnState.OPEN), codebook, parted=parted)

    assert parted == Parted(done.message.message_id, own, said, done.opinion.probability)
    assert data["parted"]["cameRound"] == (own == said)
    assert (data["parted"]["own"], data["parted"]["machine"]) == (own, said)


@pytest.mark.parametrize("state", [TurnState.OPEN, TurnState.EXPLAINED, TurnState.REVEALED])
def test_nothing_has_parted_them_before_the_turn_is_done(turn_in, codebook, state):
    assert parted_at(turn_in(state)) is None
    assert turn_data(turn_in(state), codebook)["parted"] is None
