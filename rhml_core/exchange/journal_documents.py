"""The journal as a document: Markdown and HTML made of the same parts, harmless to open."""

from collections.abc import Sequence

from rhml_core.exchange.html_document import Section, Table, html_document
from rhml_core.safe_text import plain


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
    lines = [f"# {plain(title)}", "", plain(lead), ""]
    lines += _table(Table(("", ""), [list(fact) for fact in facts]))
    for section in sections:
        lines += ["", f"## {plain(section.title)}", ""]
        lines += [f"- {plain(words)}" for words in section.paragraphs]
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
    return "|" + "".join(f" {plain(cell)} |" for cell in cells)
