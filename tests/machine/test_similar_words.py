"""Words near in meaning: each under the label of the term that it is nearest to."""

import pytest

from rhml_core.machine.similar_words import similar_words
from tests.machine.fakes import HashingEncoder


def test_similar_words_are_near_a_term_and_not_in_the_lexicon():
    class Nearly(HashingEncoder):
        """Takes `cheap` for `free`."""

        def encode(self, texts, on_progress=None):
            return super().encode([text.replace("cheap", "free") for text in texts], on_progress)

    texts = ["free entry", "cheap entry", "cheap lunch", "lunch entry", "rarely"]

    found = similar_words(texts, {"spam": ("free",), "ham": ("lunch",)}, Nearly())

    assert [(one.word, one.label, one.term) for one in found] == [("cheap", "spam", "free")]
    assert found[0].cosine == pytest.approx(1.0)


@pytest.mark.parametrize("lexicon", [{}, {"spam": ("link:example.com", "free; entry")}])
def test_links_and_patterns_are_near_to_nothing(lexicon):
    assert similar_words(["free entry"] * 3, lexicon, HashingEncoder()) == ()
