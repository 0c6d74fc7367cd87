"""Where terms stand in one message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.terms.matching import find_terms, prepare_terms
from rhml_core.machine.terms.places import _found_words, term_spans
from tests.machine.terms.written_terms import patterns, told

ANY_TEXT = st.text(st.sampled_from("aAbB \u0130\u00e9'\u2019.-\u03a3\u00df\U0001f600"), max_size=16)


def parts(text, terms):
    """Expression and letters of each stretch."""
    return [(term, text[span.start : span.end]) for term, span in term_spans(text, terms)]


def test_every_occurrence_of_words_and_phrases_is_marked():
    text = "Free ENTRY, free  entry; don\u2019t"

    assert parts(text, ["free entry", "entry", "don't"]) == [
        ("free entry", "Free ENTRY"),
        ("entry", "ENTRY"),
        ("free entry", "free  entry"),
        ("entry", "entry"),
        ("don't", "don\u2019t"),
    ]


def test_parts_of_a_pattern_are_marked_where_they_take_part():
    """A lone `exploit`, too far from any `sell`, is not by what the pattern was found."""
    pattern = "sell; (exploit | 0day) AND price"
    text = "exploit? I sell a 0day. one two three four five six exploit, PRICE"

    assert [part for _, part in parts(text, [pattern])] == ["sell", "0day", "PRICE"]


def test_a_place_that_several_steps_share_is_told_once():
    """Else a pattern of sixty equal steps would mark each word of a message sixty times."""
    terms = prepare_terms(("; ".join(["a"] * 60),))

    found = list(_found_words(terms, terms.index.find(["a " * 100])))

    assert sorted(found) == [(0, place, place + 1) for place in range(100)]


def test_nothing_of_a_pattern_is_marked_where_one_side_is_missing():
    assert parts("I sell an exploit", ["sell; exploit AND price"]) == []


def test_a_link_is_marked_by_its_domain():
    text = "at https://shop.evil[.]example/x"

    assert parts(text, ["link:evil.example", "link:other.example"]) == [
        ("link:evil.example", "shop.evil[.]example")
    ]


def test_letters_that_grow_in_lower_case_move_no_mark():
    """The Turkish capital I with a dot is two characters in lower case."""
    text = "\u0130\u0130 sell \u0130x now"

    assert parts(text, ["sell", "now"]) == [("sell", "sell"), ("now", "now")]


def test_two_writings_of_one_term_are_both_marked():
    assert parts("b a", ["a AND b", "b AND a", "a AND b"]) == [
        ("a AND b", "b"),
        ("b AND a", "b"),
        ("a AND b", "a"),
        ("b AND a", "a"),
    ]


@pytest.mark.parametrize(("text", "terms"), [("", ["a"]), ("a", [])])
def test_nothing_to_look_in_or_for_marks_nothing(text, terms):
    assert term_spans(text, terms) == []


@given(told, st.lists(patterns(), min_size=1, max_size=4))
def test_marks_agree_with_what_is_found(text, written):
    terms = [pattern.written for pattern in written]

    marked = {term for term, _ in term_spans(text, terms)}

    has = find_terms([text], terms).toarray()[0]
    assert marked == {term for term, is_there in zip(terms, has, strict=True) if is_there}


@given(told, patterns())
def test_what_is_marked_is_enough_to_be_found(text, pattern):
    """Words that take no part may be swapped for others."""
    spans = [span for _, span in term_spans(text, [pattern.written])]
    inside = {place for span in spans for place in range(span.start, span.end)}
    bare = "".join(
        letter if place in inside or letter == " " else "z" for place, letter in enumerate(text)
    )

    assert find_terms([bare], [pattern.written]).nnz == find_terms([text], [pattern.written]).nnz


@given(ANY_TEXT)
def test_marks_lie_inside_the_text_in_order(text):
    spans = [span for _, span in term_spans(text, ["a", "b", "ab", "a b", "a; b", "\u00e9"])]

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)
