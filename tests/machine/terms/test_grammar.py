"""One notation: what is written, what it says, and what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import TermKind
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.terms.grammar import (
    MOST_ALTERNATIVES,
    MOST_CHARACTERS,
    kind_of,
    normal_term,
    normal_terms,
    parse_term,
    require_short,
)
from tests.machine.terms.written_terms import patterns

ANY_TEXT = st.text(st.sampled_from("aB é7'\u2019_();|,&.:-ΣяANDandlik"), max_size=24)


@pytest.mark.parametrize(
    ("written", "normal", "kind"),
    [
        ("Escrow", "escrow", TermKind.WORD),
        ("0day", "0day", TermKind.WORD),
        ("Don\u2019t", "don't", TermKind.WORD),
        ("\u0438\u0437-\u043f\u043e\u0434", "\u0438\u0437 \u043f\u043e\u0434", TermKind.PHRASE),
        ("\u062d\u0633\u0627\u0628", "\u062d\u0633\u0627\u0628", TermKind.WORD),
        ("\u62db\u8058", "\u62db\u8058", TermKind.WORD),
        ("  middle \n MAN!", "middle man", TermKind.PHRASE),
        ("black and white", "black and white", TermKind.PHRASE),
        ("(zero day)", "zero day", TermKind.PHRASE),
        ("(a|A) AND a", "a", TermKind.WORD),
        ("( zero-day|exploit,0day )KIT", "(zero day | exploit | 0day) kit", TermKind.PATTERN),
        ("sell;exploit", "sell; exploit", TermKind.PATTERN),
        (
            "Sell; (zero day | exploit) AND price",
            "sell; (zero day | exploit) AND price",
            TermKind.PATTERN,
        ),
        ("link:Example.COM", "link:example.com", TermKind.LINK),
        ("hxxps://www[.]evil[.]example/x?y=1", "link:evil.example", TermKind.LINK),
        ("www.evil.example", "link:evil.example", TermKind.LINK),
    ],
)
def test_written_terms_have_one_canonical_form(written, normal, kind):
    """The form is its own canonical form, so that a term is one string everywhere."""
    found = normal_term(written)

    assert (found, kind_of(found), normal_term(found)) == (normal, kind, normal)


@pytest.mark.parametrize("nothing", ["", "  ", "--", "\u2026", "\U0001f600"])
def test_what_holds_no_word_is_no_term(nothing):
    assert not normal_term(nothing)
    with pytest.raises(InvalidInputError, match="no word to look for"):
        parse_term(nothing)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("(sell | trade", "never closed"),
        ("sell) trade", "never opened"),
        ("((sell | trade) | buy)", "brackets inside brackets"),
        ("(sell; trade)", "; or an AND inside brackets"),
        ("(sell AND trade)", "; or an AND inside brackets"),
        ("(sell | )", "alternative in brackets has no word"),
        ("()", "alternative in brackets has no word"),
        ("sell | trade", "outside of brackets"),
        ("sell;", "one side of a ; or an AND"),
        ("; sell", "one side of a ; or an AND"),
        ("sell AND", "one side of a ; or an AND"),
        ("AND", "one side of a ; or an AND"),
        ("sell;; trade", "one side of a ; or an AND"),
        ("W" * (MOST_CHARACTERS + 1), "201 characters; at most 200"),
        ("(a|b|c|d|e)" * 3, f"more than {MOST_ALTERNATIVES} phrases"),
        (" AND ".join(["(a|b|c|d|e)(a|b|c|d|e)"] * 3), f"more than {MOST_ALTERNATIVES} phrases"),
        ("link:", "names no domain"),
        ("link:example", "names no domain"),
        ("link:a.example b.example", "names no domain"),
    ],
)
def test_faults_are_named_with_their_remedy(written, fault):
    with pytest.raises(InvalidInputError, match=fault) as told:
        normal_term(written)

    assert str(told.value).count(".") >= 2  # what happened, and what to do


def test_a_long_word_of_a_message_stays_readable_but_is_not_entered():
    """A surfaced term can be as long as a hostile message's word; pages must not break on it."""
    word = "w" * (MOST_CHARACTERS + 1)

    assert normal_term(word) == word
    assert normal_term(f"https://long.example/{word}") == "link:long.example"
    with pytest.raises(InvalidInputError, match="201 characters"):
        require_short(word)


def test_order_and_repetition_do_not_change_what_a_term_says():
    """Duplicates in a lexicon are found by this equality, whatever their writing."""
    one = parse_term("sell; (exploit | 0day) AND price AND price")
    other = parse_term("PRICE AND sell; (0day, exploit, 0day)")

    assert one == other
    assert one != parse_term("(exploit | 0day); sell AND price")
    assert one.expression != other.expression


def test_terms_are_normal_once():
    assert normal_terms(["B  c", "b C", "a", "\u2026", "C;(b)"]) == ("a", "b c", "c; b")


@given(ANY_TEXT)
def test_every_text_is_a_term_or_is_refused_in_words(text):
    """What is accepted says the same when it is read again."""
    try:
        normal = normal_term(text)
    except InvalidInputError:
        return

    if normal:
        assert parse_term(normal) == parse_term(text)
        assert normal_term(normal) == normal
    else:
        assert words_of(text) == []


@given(patterns())
def test_patterns_are_read_as_they_were_built(pattern):
    """Oracle: the strategy knows what it wrote."""
    parsed = parse_term(pattern.written)

    assert parsed.chains == pattern.chains
    assert parse_term(parsed.expression) == parsed


@given(st.text(st.sampled_from("abc \u00e9'"), max_size=12))
def test_words_and_phrases_mean_what_they_meant_before_there_were_patterns(text):
    words = words_of(text)

    assert normal_term(text) == " ".join(words)
    if words:
        assert parse_term(text).phrase == tuple(words)
