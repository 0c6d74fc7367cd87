import numpy as np
import pytest

from rhml_core.machine.evidence.influence import (
    MOST_QUESTIONS,
    N_MESSAGES,
    measure_influence,
    n_terms_to_ask,
    without_term,
)


class Model:
    """Gives 0.9 to texts with "escrow", 0.3 to others; counts what it is asked."""

    def __init__(self):
        """Begin with no question."""
        self.asked = []

    def __call__(self, texts):
        """Shape (n, 2)."""
        self.asked += texts
        shares = np.array([0.9 if "escrow" in text.lower() else 0.3 for text in texts])
        return np.column_stack([1 - shares, shares])


def test_falls_are_those_computed_by_hand():
    """0.9 with the word, 0.3 without; a word that the model does not look at moves nothing."""
    texts = ["use escrow now", "Escrow please now"]

    found = measure_influence(
        [("escrow", 1, np.array([0, 1])), ("now", 1, np.array([0, 1]))], texts, Model()
    )

    assert found[0].fall == pytest.approx(0.6)
    assert found[0].log_odds_fall == pytest.approx(np.log(9) - np.log(3 / 7))
    assert found[1].fall == 0.0


def test_of_many_messages_a_few_are_asked_about():
    model = Model()

    measure_influence([("escrow", 1, np.arange(500))], ["escrow now"] * 500, model)

    assert len(model.asked) == 2 * N_MESSAGES


def test_nothing_to_ask_asks_nothing():
    assert measure_influence([], [], Model()) == []


@pytest.mark.parametrize(
    ("text", "term", "left"),
    [
        ("The MIDDLE  man, middle man!", "middle man", "The , !"),
        ("a middle managed", "middle man", "a middle managed"),
        ("don\u2019t don't", "don't", " "),
        ("Straße \u0130 x", "straße", " \u0130 x"),
    ],
)
def test_term_is_taken_out_word_by_word(text, term, left):
    assert without_term(text, term) == left


def test_many_labels_keep_the_questions_few():
    """Each label still has as many terms tested as are shown."""
    assert n_terms_to_ask(2, least=6) * 2 * N_MESSAGES <= MOST_QUESTIONS
    assert n_terms_to_ask(100, least=6) == 6
