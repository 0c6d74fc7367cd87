"""Which messages contain which terms."""

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.terms import matching
from rhml_core.machine.terms.grammar import normal_terms
from rhml_core.machine.terms.links import domains_above, links_of
from rhml_core.machine.terms.matching import find_terms
from tests.machine.terms.written_terms import oracle_has, patterns, told

RAW_TEXT = st.text(st.sampled_from("ab'\u2019 -_\u00e9\u03a3\n."), max_size=12)
BETWEEN = "one two three four five six"


def found(texts, expressions):
    """What is found as lists of 0 and 1."""
    return find_terms(texts, expressions).toarray().astype(int).tolist()


def test_terms_are_found_word_by_word():
    """Part of a word is not the word, and the words of a phrase stand side by side."""
    texts = ["Free  ENTRY now", "freedom entry", "entry, free", "it's free-entry", ""]

    cells = found(texts, ["entry", "free entry", "it's"])

    assert cells == [[1, 1, 0], [1, 0, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]


def test_words_of_every_script_are_words():
    texts = [
        "\u041f\u0440\u043e\u0434\u0430\u043c \u0411\u0410\u0417\u0423",
        "\u0628\u0639 \u062d\u0633\u0627\u0628\u060c",
        "l\u2019\u00c9t\u00e9",
        "0DAY!",
        "\u51fa\u552e \u6570\u636e\u5e93",
        "\u51fa\u552e\u6570\u636e\u5e93",
    ]

    cells = found(
        texts,
        [
            "\u0431\u0430\u0437\u0443",
            "\u062d\u0633\u0627\u0628",
            "l'\u00e9t\u00e9",
            "0day",
            "\u6570\u636e\u5e93",
        ],
    )

    assert cells == [[int(row == column) for column in range(5)] for row in range(5)] + [[0] * 5]


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("sell exploit", True),
        ("sell one two three four five exploit", True),
        (f"sell {BETWEEN} exploit", False),
        (f"sell {BETWEEN} sell exploit", True),
        ("exploit sell", False),
        ("sell", False),
        ("sell; ZERO-day.", True),
        ("sell zero x day", False),
    ],
)
def test_followed_by_means_at_most_five_words_between(text, has):
    assert found([text], ["sell; (zero day | exploit)"]) == [[int(has)]]


def test_each_step_is_counted_from_the_one_before():
    """Three words cannot lend their place to two steps, and steps do not overlap."""
    texts = ["a b a", "a b", f"a {BETWEEN} b a", "a b b a", "b a b"]

    cells = found(texts, ["a; b; a", "a b; b"])

    assert cells == [[1, 0], [0, 0], [0, 0], [1, 1], [0, 0]]


def test_both_sides_of_and_occur_anywhere():
    texts = ["price then sell 0day", "sell 0day", "price", f"sell 0day {BETWEEN} {BETWEEN} price"]

    assert found(texts, ["sell; 0day AND price"]) == [[1], [0], [0], [1]]


def test_no_term_reaches_from_one_message_into_the_next():
    texts = ["free", "entry", "sell", "exploit"]

    assert found(texts, ["free entry", "sell; exploit"]) == [[0, 0]] * 4


def test_links_are_found_by_their_domain_and_those_below():
    texts = [
        "see https://www.Shop.Example.com/x?y",
        "notexample.com and example.com.evil.org",
        "bob@example.com",
        "example[.]com!",
        "example com",
    ]

    cells = found(texts, ["link:example.com", "link:shop.example.com", "example"])

    assert cells == [[1, 1, 1], [0, 0, 1], [0, 0, 1], [1, 0, 1], [0, 0, 1]]


def test_the_same_term_given_twice_has_two_columns():
    """Also where it is written differently; the shape follows what was asked."""
    texts = ["a b", "b", "c http://x.example"]
    terms = ["b AND a", "b", "a AND b", "b", "link:x.example", "link:www.x.example"]

    assert found(texts, terms) == [[1, 1, 1, 1, 0, 0], [0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 1, 1]]


def test_answer_is_sparse_and_boolean():
    cells = find_terms(["a a b", ""], ["a", "b", "z"])

    assert (cells.dtype, cells.shape, cells.nnz) == (np.bool_, (2, 3), 2)
    assert cells.has_sorted_indices


@pytest.mark.parametrize(("texts", "terms"), [([], ["a"]), (["a"], []), ([], []), ([""], ["a"])])
def test_nothing_to_look_in_or_for_is_an_empty_answer(texts, terms):
    cells = find_terms(texts, terms)

    assert (cells.shape, cells.nnz) == ((len(texts), len(terms)), 0)


def test_a_faulty_expression_is_refused():
    with pytest.raises(InvalidInputError, match="no word to look for"):
        find_terms(["a"], ["a", ""])


def test_many_texts_are_read_in_parts(monkeypatch):
    """Parts change nothing in what is found."""
    texts = ["a b", "b; c", "", "a c", "c www.x.example"] * 3
    terms = ["a", "a b", "b; c", "link:x.example"]
    whole = found(texts, terms)
    monkeypatch.setattr(matching, "_CHUNK", 2)

    assert found(texts, terms) == whole


@given(st.lists(RAW_TEXT, max_size=6), st.lists(RAW_TEXT.map(lambda text: text[:5]), max_size=4))
def test_short_cut_finds_what_looking_at_every_word_finds(texts, raw_terms):
    """Most texts are passed over by their letters; none may be passed over wrongly."""
    terms = normal_terms(raw_terms)

    cells = found(texts, terms)

    padded = [f" {' '.join(words_of(text))} " for text in texts]
    assert cells == [[int(f" {term} " in text) for term in terms] for text in padded]


@given(st.lists(told, max_size=5), st.lists(patterns(), min_size=1, max_size=4))
def test_patterns_are_found_where_regular_expressions_find_them(texts, written):
    cells = found(texts, [pattern.written for pattern in written])

    assert cells == [[int(oracle_has(text, pattern)) for pattern in written] for text in texts]


@given(st.lists(told, max_size=6), st.lists(patterns(), min_size=1, max_size=5), st.randoms())
def test_order_of_texts_and_terms_does_not_matter(texts, written, chance):
    terms = [pattern.written for pattern in written]
    rows, columns = list(range(len(texts))), list(range(len(terms)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    whole = find_terms(texts, terms).toarray()

    mixed = find_terms([texts[row] for row in rows], [terms[column] for column in columns])

    assert mixed.toarray().tolist() == whole[rows][:, columns].tolist()


@given(st.lists(told, max_size=5), st.lists(patterns(), min_size=1, max_size=4))
def test_letter_case_does_not_matter(texts, written):
    """`AND` alone is written in capitals; all words may be in any case."""
    terms = [pattern.written for pattern in written]

    loud = found([text.upper() for text in texts], [_upper(term) for term in terms])

    assert loud == found([text.title() for text in texts], terms) == found(texts, terms)


def test_domains_are_found_where_links_are():
    """Oracle: every domain of every link, one by one."""
    chance = random.Random(3)
    domains = ["a.example", "b.a.example", "c.test", "1.2.3.4"]
    hosts = [*domains, "x.a.example", "aa.example", "www.c.test"]
    texts = [
        " ".join(chance.choice(["http://", "", "x "]) + chance.choice(hosts) for _ in range(3))
        for _ in range(40)
    ]

    cells = found(texts, [f"link:{domain}" for domain in domains])

    named = [{d for link in links_of(text) for d in domains_above(link.domain)} for text in texts]
    assert cells == [[int(domain in own) for domain in domains] for own in named]


def _upper(term):
    return re.sub(r"[^|,;()]+", lambda part: part.group().upper(), term)
