"""Messages and names are hostile text: here they become harmless to look at."""

import re
import unicodedata

_NAMES = {
    "\u00ad": "SHY",
    "\u061c": "ALM",
    "\u180e": "MVS",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\ufeff": "BOM",
}
_KEPT = "\n\t"
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_JOINER = "\u2060"
_REMADE = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)|(?<=-)(?=>)|(?<=<)(?=-)", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:&<>^=@'\"/])")


def hidden_name(character: str) -> str:
    r"""
    The short name of a character that a reader cannot see, or "" for one that can be seen.

    >>> hidden_name("\u202e"), hidden_name("a")
    ('RLO', '')
    """
    if character in _KEPT:
        return ""
    if character in _NAMES:
        return _NAMES[character]
    if unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return f"U+{ord(character):04X}"
    return ""


def mark_hidden(text: str) -> list[tuple[str, bool]]:
    r"""
    The text in pieces `(piece, is_mark)`; a mark stands for one hidden character.

    Joined, the pieces that are no marks are the text without its hidden characters. An empty
    text has no pieces.

    >>> mark_hidden("a\u202eb")
    [('a', False), ('RLO', True), ('b', False)]
    """
    pieces: list[tuple[str, bool]] = []
    seen = ""
    for character in text:
        name = hidden_name(character)
        if not name:
            seen += character
            continue
        if seen:
            pieces.append((seen, False))
            seen = ""
        pieces.append((name, True))
    if seen:
        pieces.append((seen, False))
    return pieces


def visible(text: object) -> str:
    r"""
    The text with hidden characters as marks such as ⟦RLO⟧; line breaks are kept.

    >>> visible("pay\u200bpal")
    'pay⟦ZWSP⟧pal'
    """
    return "".join(f"⟦{piece}⟧" if is_mark else piece for piece, is_mark in mark_hidden(str(text)))


def one_line(text: object) -> str:
    """The visible text on one line, runs of white space as one space."""
    return " ".join(visible(text).split())


def excerpt(text: object, n_characters: int = 120) -> str:
    """The visible text on one line, at most `n_characters` long, with … where it was cut."""
    line = one_line(text)
    return line if len(line) <= n_characters else line[: n_characters - 1].rstrip() + "…"


def plain(text: object) -> str:
    r"""
    The text on one line for a place that reads Markdown, where it shows as it was written.

    An address does not become a link.

    >>> plain("**free** [here](x)")
    '\\*\\*free\\*\\* \\[here\\]\\(x\\)'
    """
    # Links and arrows are made after Markdown's escapes are gone; a joiner keeps them apart.
    return _JOINER.join(_MARKDOWN.sub(r"\\\1", part) for part in _REMADE.split(one_line(text)))
