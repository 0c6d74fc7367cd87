from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.evidence.phrases import MAX_WORDS, STOP_WORDS, phrases_of, words_of


def test_stop_words_stand_inside_phrases_only():
    assert phrases_of("The denial of service") == ["denial", "denial of service", "service"]


def test_digits_alone_are_no_phrase():
    assert phrases_of("call 87121 150 now") == ["call", "call 87121", "call 87121 150"]


def test_words_of_other_scripts_count():
    assert words_of("Привет, МИР") == ["привет", "мир"]


@given(st.text(max_size=80))
def test_phrases_neither_begin_nor_end_with_a_stop_word(text):
    for phrase in phrases_of(text):
        words = phrase.split(" ")

        assert 1 <= len(words) <= MAX_WORDS
        assert words[0] not in STOP_WORDS
        assert words[-1] not in STOP_WORDS
