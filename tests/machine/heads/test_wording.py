import numpy as np
import pytest

from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import (
    LETTER_SCALE,
    NO_WORDING,
    TERM_SCALE,
    Wording,
    commonest_terms,
)


def test_a_head_reads_the_terms_that_most_texts_contain():
    """Beyond a bound, and then as many as the bound; ties go to the alphabet."""
    texts = ["sale", "sale leak", "leak sale", "x; y"]
    terms = ["zebra", "x; y", "sale", "leak", "apple"]

    assert commonest_terms(texts, terms, most=5) == tuple(sorted(terms))
    assert commonest_terms(texts, terms, most=4) == ("apple", "leak", "sale", "x; y")
    assert commonest_terms(texts, terms, most=2) == ("leak", "sale")
    assert commonest_terms([], [*terms, "sale"], most=1) == ("apple",)


def test_terms_of_every_kind_are_read():
    wording = Wording(("leak", "link:a.example", "sell; (data | dump) AND price"))

    readings = wording.read(["LEAK", "sell my data, price 5", "www.a.example"])

    assert (readings > 0).tolist() == [
        [True, False, False],
        [False, False, True],
        [False, True, False],
    ]


def test_nothing_is_read_where_nothing_is_looked_for():
    assert NO_WORDING.n_features == 0
    assert NO_WORDING.read(["a text"]).shape == (1, 0)


def test_readings_are_spelling_first_then_terms():
    texts = [f"{word} number {n}" for word in ("sale", "leak") for n in range(20)]
    wording = Wording(("leak",), fit_letters(texts, seed=0))

    readings = wording.read(texts)

    assert readings.dtype == np.float16
    assert readings.shape == (40, wording.n_features)
    assert readings[:, -1] == pytest.approx([0.0] * 20 + [TERM_SCALE] * 20, abs=1e-3)
    assert readings[:, :-1] == pytest.approx(LETTER_SCALE * wording.letters.read(texts), abs=1e-3)
