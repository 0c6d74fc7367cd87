"""Links reduced to the domains that they lead to."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.terms.links import (
    domains_above,
    is_link,
    links_of,
    reduce_link,
    rows_with_dots,
)


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("https://www.Evil.example/x?y#z", ["evil.example"]),
        ("HXXP://a[.]b(.)evil[dot]example:8080/x", ["a.b.evil.example"]),
        ("see www.evil.example, evil.example.", ["evil.example", "evil.example"]),
        ("www.example", ["www.example"]),
        ("https://good.example@evil.example/", ["evil.example"]),
        ("ftp://10.0.0.1/x and 10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
        ("https://xn--bcher-kva.example", ["b\u00fccher.example"]),
        ("https://b\u00fccher.example", ["b\u00fccher.example"]),
        ("bob@mail.example, john.doe@mail.example", []),
        ("version 1.5 costs 3.50", []),
        ("https://a.example/list.txt", ["a.example"]),
        ("e.g. a.m. U.S.", []),
        ("no link at all", []),
        ("", []),
    ],
)
def test_domains_of_links(text, domains):
    assert [link.domain for link in links_of(text)] == domains


def test_span_is_the_domain_as_it_is_written():
    text = "go to https://www.evil[.]example/x"

    (link,) = links_of(text)

    assert text[link.span.start : link.span.end] == "www.evil[.]example"


def test_a_domain_lies_below_others():
    assert domains_above("a.b.example") == ["a.b.example", "b.example"]
    assert domains_above("10.0.0.1") == ["10.0.0.1"]


def test_a_term_is_a_link_where_it_is_written_as_one():
    assert [is_link(text) for text in ("link:a.b", " HTTPS://a.b", "www.a", "a.b", "links")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert reduce_link("Link: http://user:secret@www.a.example:1/x") == "a.example"


@pytest.mark.parametrize(
    "piece",
    ["a.", "a(.)", "a", "http://", "-", "a@", "www.", "xn--a.", "[dot]", "a[.]b@", "\u00e9."],
)
def test_hostile_texts_are_read_in_no_time(piece):
    """A text of 100,000 letters made to be looked at again and again takes well below a second."""
    text = piece * (100_000 // len(piece)) + "@"
    started = time.process_time()

    links_of(text)

    assert time.process_time() - started < 2.0


@given(st.text(st.sampled_from("ab.@:/- [](dot)xn--w1"), max_size=40))
def test_every_domain_can_be_written_as_a_term(text):
    for link in links_of(text):
        assert reduce_link(f"link:{link.domain}") == link.domain


@given(st.text(st.sampled_from("ab\u00b2\u0301_.@:/- [](dotT)xn--w1"), max_size=30))
def test_no_text_with_a_link_is_passed_over(text):
    assert rows_with_dots([text, "x"]) == [0] or not links_of(text)
