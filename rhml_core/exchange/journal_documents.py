"""The journal as a document: Markdown and HTML made of the same parts, harmless to open."""

import re
from collections.abc import Sequence

from rhml_core.exchange.html_document import Section, Table, html_document, shown_text

_MEANINGFUL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:&<>^=@'\"/])")
_ZERO_WIDTH_JOINER = "\u2060"
_REMADE = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)


def markdown_text(text: object) -> str:
    r"""
    The text on one line so that Markdown shows it as it was written, without links or HTML.

    Every sign that could mean something is escaped; addresses are parted by a joiner that is not
    seen, because programs make links of them after the escapes are gone. Hidden characters are
    shown by their number.

    >>> markdown_text("<b>**free**</b>")
    '\\<b\\>\\*\\*free\\*\\*\\<\\/b\\>'
    >>> markdown_text("1. a # title")
    '1\\. a \\# title'
    """
    line = shown_text(text)
    return _ZERO_WIDTH_JOINER.join(_MEANINGFUL.sub(r"\\\1", part) for part in _REMADE.split(line))


def journal_markdown(
    title: str, lead: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section]
) -> str:
    """
    The journal as Markdown; every text is escaped.

    Args:
        title: of the document.
        lead: its first sentence.
        facts: what it was made of: names and values.
        sections: its parts; drawings are left out.
    """
    lines = [f"# {markdown_text(title)}", "", markdown_text(lead), ""]
    lines += _table(Table(("", ""), [list(fact) for fact in facts]))
    for section in sections:
        lines += ["", f"## {markdown_text(section.title)}", ""]
        lines += [f"- {markdown_text(words)}" for words in section.paragraphs]
        if section.table:
            lines += ["", *_table(section.table)]
    return "\n".join(lines).rstrip() + "\n"


def journal_html(
    title: str, lead: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section]
) -> str:
    """The same as one HTML file that needs nothing else; arguments as of `journal_markdown`."""
    return html_document(title, lead, facts, sections)


def _table(table: Table) -> list[str]:
    heads = _row(table.heads)
    rule = "|" + " --- |" * len(table.heads)
    return [heads, rule, *(_row(row) for row in table.rows)]


def _row(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {markdown_text(cell)} |" for cell in cells)
