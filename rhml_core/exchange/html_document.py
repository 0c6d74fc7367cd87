"""A report as one HTML file that needs nothing else: no script, no network, ready to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rhml_core.safe_text import one_line

_SHORT = 18  # as long as a figure with its interval
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #2B2926; background: #FCFBF8;
  max-width: 56rem; margin: 2rem auto; padding: 0 1.5rem; font-variant-numeric: tabular-nums; }
h1 { font: 600 1.6rem/1.3 Georgia, serif; margin: 0 0 .3rem; }
h2 { font: 600 1.15rem/1.3 Georgia, serif; margin: 2rem 0 .4rem; }
p { margin: .3rem 0; } .lead { font-size: 1.1rem; } .quiet { color: #5F5A52; font-size: .92rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .6rem 0; }
th, td { text-align: left; padding: .28rem .8rem .28rem 0; border-bottom: 1px solid #DDD8CF;
  vertical-align: top; overflow-wrap: anywhere; }
thead th { font-weight: 400; color: #5F5A52; font-size: .85rem; }
tbody th { font-weight: 500; } .short { white-space: nowrap; }
figure { margin: .8rem 0; } svg { max-width: 100%; height: auto; }
@media print { body { margin: 0; max-width: none; background: white; font-size: 11pt; }
  h2 { break-after: avoid; } tr, figure { break-inside: avoid; }
  thead { display: table-header-group; } }
@page { margin: 18mm; }
"""


@dataclass(frozen=True)
class Table:
    """Heads, and rows of texts as long as the heads; the first text of a row names it."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """A part of the report: what it says, a chart as an SVG element, and a table."""

    title: str
    paragraphs: Sequence[str] = ()
    svg: str = ""
    table: Table | None = None


def html_document(
    title: str, lead: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section]
) -> str:
    """
    The report as HTML text; every text is escaped, hidden characters are shown by name.

    Args:
        title: of the report.
        lead: its first sentence.
        facts: what it was made of: names and values.
        sections: its parts; an SVG element goes in as it is.
    """
    made_of = Table(("", ""), [list(fact) for fact in facts])
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        (
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'\">"
        ),
        f"<title>{_shown(title)}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{_shown(title)}</h1><p class="lead">{_shown(lead)}</p>',
        _table(made_of, with_heads=False),
        *(_section(section) for section in sections),
        "</body></html>",
    ]
    return "\n".join(parts)


def _section(section: Section) -> str:
    paragraphs = "".join(f"<p>{_shown(words)}</p>" for words in section.paragraphs)
    figure = f"<figure>{section.svg}</figure>" if section.svg else ""
    table = _table(section.table) if section.table else ""
    return f"<section><h2>{_shown(section.title)}</h2>{paragraphs}{figure}{table}</section>"


def _table(table: Table, *, with_heads: bool = True) -> str:
    heads = "".join(f'<th scope="col">{_shown(words)}</th>' for words in table.heads)
    lines = "".join(
        f'<tr><th scope="row"{_kept_whole(row[0])}>{_shown(row[0])}</th>'
        + "".join(f"<td{_kept_whole(words)}>{_shown(words)}</td>" for words in row[1:])
        + "</tr>"
        for row in table.rows
    )
    head = f"<thead><tr>{heads}</tr></thead>" if with_heads else ""
    return f"<table>{head}<tbody>{lines}</tbody></table>"


def _kept_whole(words: str) -> str:
    return ' class="short"' if len(words) <= _SHORT else ""


def _shown(text: object) -> str:
    return escape(one_line(text))
