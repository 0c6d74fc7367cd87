"""Hostile text: what cannot be seen is shown, what Markdown would read is escaped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core import safe_text
from rhml_core.safe_text import excerpt, hidden_name, mark_hidden, one_line, plain, visible

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    "https://evil.example/login",
    "www.evil.example",
    "mail ana@evil.example",
    "# heading\n- list\n| a | b |\n```\ncode",
    "&lt;b&gt; &#60;",
    "pay\u202epal\u200b",
    "~~gone~~ **bold** _it_ $x$ :smile:",
    "1. one\n===\n---",
    "\\*not escaped\\*",
]
MEANINGFUL = "\\`*_{}[]()#+-.!|~$:&<>^=@'\"/"


@given(st.text())
def test_visible_text_has_nothing_hidden_left(text):
    assert not any(hidden_name(character) for character in visible(text))


@given(st.text())
def test_pieces_without_marks_are_the_text_that_can_be_seen(text):
    pieces = mark_hidden(text)

    kept = "".join(piece for piece, is_mark in pieces if not is_mark)
    assert kept == "".join(character for character in text if not hidden_name(character))


@pytest.mark.parametrize(
    ("character", "name"),
    [("\u202e", "RLO"), ("\u200b", "ZWSP"), ("\x00", "U+0000"), ("\n", ""), ("a", "")],
)
def test_hidden_characters_have_names(character, name):
    assert hidden_name(character) == name


@pytest.mark.parametrize("mark", list("\\`*_[]()#!|~$:<>"))
def test_markdowns_marks_are_escaped(mark):
    assert f"\\{mark}" in plain(f"a{mark}b")


@pytest.mark.parametrize("text", ["http://x.example", "www.x.example", "a@x.example"])
def test_addresses_are_broken_so_that_no_link_is_made(text):
    """Links are made from the words after the escapes are gone; only a joiner stops that."""
    assert "\u2060" in plain(text)


def test_plain_text_is_one_line():
    assert plain("a\n\n# b") == "a \\# b"


def test_excerpt_says_that_it_was_cut():
    assert excerpt("one two three", 8) == "one two…"
    assert excerpt("one two", 8) == "one two"


def test_module_knows_every_bidi_control():
    """The list that Unicode calls Bidi_Control."""
    controls = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

    assert all(len(safe_text.hidden_name(control)) == 3 for control in controls)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_one_harmless_line(text):
    """Nothing of it begins a link, an image, a tag, a table or a heading."""
    shown = plain(text)

    assert "\n" not in shown
    bare = re.sub(r"\\.", "", shown)
    assert not set(bare) & set(MEANINGFUL)
    assert not re.search(r"https?:\\?/", shown)
    assert "\u202e" not in shown
    assert "\u200b" not in shown


@given(st.text(max_size=60))
def test_every_sign_that_markdown_reads_is_escaped_and_no_word_is_lost(text):
    """Taken out of its escapes and joiners, the line is the text with single spaces."""
    shown = plain(text)

    assert not set(re.sub(r"\\.", "", shown)) & set(MEANINGFUL)
    unescaped = re.sub(r"\\(.)", r"\1", shown).replace("\u2060", "")
    assert unescaped == one_line(text).replace("\u2060", "")
