"""
Links in messages, reduced to the domains that they lead to.

A link is an address with a scheme (`https://`, also disarmed as `hxxps://`) or a bare domain such
as `www.example.com/shop`; dots may be disarmed as `[.]`, `(.)` or `[dot]`. An e-mail address is
none. The name of a file (`list.txt`) looks like a bare domain and is taken for one, which nobody
notices who does not look for it. Nothing is ever fetched or resolved.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Span
from rhml_core.errors import InvalidInputError

_DOT = r"(?:\.|\[\.\]|\(\.\)|\[dot\])"
# Possessive and bounded, as the names of domains are: no text makes them look for long.
_HOST = rf"[\w-]{{1,63}}+(?:{_DOT}[\w-]{{1,63}}+){{1,60}}+(?![\w-])"
_SCHEME = r"(?:h(?:tt|xx)ps?|ftp)(?::|\[:\])//"
_LINK = re.compile(
    rf"(?:(?<!\w){_SCHEME}(?:[^\s/?#@<>\"']{{1,256}}@)?+|(?<![\w@./-]))(?P<host>{_HOST})(?!@)",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?::\d{1,5})?(?:[/?#][^\s<>\"']*)?")
_ENDS_SENTENCE = ".,;:!?)]}"
_DOT_INSIDE = rf"(?i)\S{_DOT}\S"
_AS_LINK = re.compile(rf"\s*+(?:link\s*+:|{_SCHEME}|www{_DOT}\w)", re.IGNORECASE)
_PREFIX = re.compile(r"\s*+link\s*+:\s*+", re.IGNORECASE)
_DISARMED = re.compile(r"\[\.\]|\(\.\)|\[dot\]", re.IGNORECASE)
_MOST_HOST = 253
_PARTS_OF_ADDRESS = 4


@dataclass(frozen=True)
class Link:
    """
    A link's domain, and where it stands.

    Attributes:
        domain: in lower case, without a leading `www.`; international names in their letters.
        span: of the domain as it is written.
        address: of the whole link, from its scheme to the end of its path.
    """

    domain: str
    span: Span
    address: Span


def links_of(text: str) -> list[Link]:
    """
    The links of a text, in order.

    >>> [link.domain for link in links_of("see https://www.Evil.example/x, not bob@mail.example")]
    ['evil.example']
    """
    links = []
    for found in _LINK.finditer(text):
        domain = _domain(found.group("host"))
        if domain:
            host = Span(*found.span("host"))
            links.append(Link(domain, host, Span(found.start(), _end_of_address(text, host.end))))
    return links


def rows_with_dots(texts: Sequence[str]) -> list[int]:
    """The texts that may have a link, told without taking them apart; sorted."""
    return pl.Series(texts, dtype=pl.String).str.contains(_DOT_INSIDE).arg_true().to_list()


def is_link(text: str) -> bool:
    """Whether a term is written as a link: with `link:`, a scheme, or `www.` in front."""
    return _AS_LINK.match(text) is not None


def reduce_link(text: str) -> str:
    """
    The domain of a link that someone wrote as a term.

    Raises:
        InvalidInputError: it names no domain, or more than one.

    >>> reduce_link("link: https://www.Shop.example.com/a?b")
    'shop.example.com'
    """
    address = _PREFIX.sub("", text, count=1).strip()
    found = links_of(address.split(maxsplit=1)[0]) if len(address.split()) == 1 else []
    if not found:
        raise InvalidInputError(
            "The link names no domain. Write one domain after link:, as in link:example.com, "
            "and every other link as a term of its own."
        )
    return found[0].domain


def domains_above(domain: str) -> list[str]:
    """
    The domain itself and those it lies below, longest first.

    >>> domains_above("a.shop.example")
    ['a.shop.example', 'shop.example']
    """
    parts = domain.split(".")
    if _is_address(parts):
        return [domain]
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def _end_of_address(text: str, start: int) -> int:
    """Where the port and path after a domain end; what closes a sentence is none of them."""
    found = _PATH.match(text, start)
    return start + len(found.group().rstrip(_ENDS_SENTENCE)) if found else start


def _domain(host: str) -> str:
    """As it is compared; "" where it cannot be one, such as a number or an abbreviation."""
    parts = _DISARMED.sub(".", host).lower().split(".")
    if len(parts) > 2 and parts[0] == "www":  # noqa: PLR2004 - `www.example` is itself a domain
        parts = parts[1:]
    parts = [_in_letters(part) for part in parts]
    is_name = any(letter.isalpha() for letter in parts[-1]) and len(parts[-1]) > 1
    domain = ".".join(parts)
    return domain if (is_name or _is_address(parts)) and len(domain) <= _MOST_HOST else ""


def _is_address(parts: list[str]) -> bool:
    return len(parts) == _PARTS_OF_ADDRESS and all(
        part.isascii() and part.isdigit() and len(part) <= 3  # noqa: PLR2004 - 0 to 255
        for part in parts
    )


def _in_letters(part: str) -> str:
    """A part of an international domain name in its own letters."""
    if not part.startswith("xn--") or not part.isascii():
        return part
    try:
        return part.removeprefix("xn--").encode().decode("punycode")
    except UnicodeError:
        return part
