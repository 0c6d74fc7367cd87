import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.turn_data import strongest_words, text_tokens, turn_data
from rhml_core.domain import DrawnBecause, Opinion, Phase, Span, TurnState, WordInfluence
from rhml_core.workflows.turns import Agreement


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


def test_reveal_tells_label_direction_and_neighbours(turn_in, codebook):
    data = turn_data(turn_in(TurnState.REVEALED), codebook)

    assert data["opinion"]["label"] == "Leak"
    assert [word["side"] for word in data["explanation"]["words"]] == [1, -1]
    assert data["explanation"]["neighbours"][0]["label"] == "Leak"
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

    found = strongest_words(words, signed=False)

    assert next(one["level"] for one in found if one["word"] == "b") == level


def test_words_without_influence_are_not_noticed():
    assert strongest_words((WordInfluence("a", Span(0, 1), 0.0),), signed=True) == []
