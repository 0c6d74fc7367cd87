import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.exchange.html_document import Section, Table
from rhml_core.exchange.journal_documents import journal_html, journal_markdown, markdown_text

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


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_one_harmless_line(text):
    """Nothing of it begins a link, an image, a tag, a table or a heading."""
    shown = markdown_text(text)

    assert "\n" not in shown
    bare = re.sub(r"\\.", "", shown)
    assert not set(bare) & set(MEANINGFUL)
    assert not re.search(r"https?:\\?/", shown)
    assert "\u202e" not in shown
    assert "\u200b" not in shown


@given(st.text(max_size=60))
def test_every_sign_that_markdown_reads_is_escaped_and_no_word_is_lost(text):
    """Taken out of its escapes and joiners, the line is the text with single spaces."""
    from rhml_core.exchange.html_document import shown_text  # noqa: PLC0415

    shown = markdown_text(text)

    assert not set(re.sub(r"\\.", "", shown)) & set(MEANINGFUL)
    unescaped = re.sub(r"\\(.)", r"\1", shown).replace("\u2060", "")
    assert unescaped == shown_text(text).replace("\u2060", "")


def test_document_holds_title_facts_lines_and_tables():
    table = Table(("concept", "label"), [["a|b", "spam"]])
    sections = [Section("Part *1*", ["first", "second"], svg="<svg/>", table=table)]

    text = journal_markdown("Journal", "Since Monday: 1.", [("Project", "Mail")], sections)

    assert text == (
        "# Journal\n\nSince Monday\\: 1\\.\n\n|  |  |\n| --- | --- |\n| Project | Mail |\n\n"
        "## Part \\*1\\*\n\n- first\n- second\n\n| concept | label |\n| --- | --- |\n"
        "| a\\|b | spam |\n"
    )


def test_html_has_no_script_and_asks_no_other_host():
    sections = [Section("Part", HOSTILE, table=Table(("h",), [[one] for one in HOSTILE]))]

    page = journal_html("<i>", "<b>", [("<u>", "<s>")], sections)

    assert "<script" not in page
    assert "<img" not in page
    assert "href" not in page
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page
