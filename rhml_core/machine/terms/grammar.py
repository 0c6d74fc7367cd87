"""
The one notation of lexicon terms: words, phrases, patterns and links as one string.

| written | found in a message that has |
|---|---|
| `escrow` | the word, in any letter case |
| `middle man` | these words side by side, in this order |
| `(zero day | exploit) kit` | one of the alternatives in the brackets, here before `kit` |
| `sell; exploit` | the second after the first, at most 5 words between them |
| `sell; (zero day | exploit) AND price` | both sides of `AND`, anywhere and in any order |
| `link:example.com` | a link to this domain or to one below it |

`AND` (in capitals; `and` is a word) binds loosest, then `;`, then side by side. A comma between
alternatives says the same as `|`; brackets hold words alone. Words are those of
`rhml_core.machine.evidence.phrases.words_of`: letters, digits and `_` of any script, with
apostrophes inside; all other characters only part words. A run of Chinese, Japanese or Thai
letters without a space is one word and is found as a whole only.

Terms of earlier versions, words with single spaces between them, mean what they meant.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import NoReturn

from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import TermKind
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.terms.links import is_link, reduce_link

MOST_CHARACTERS = 200
"""Of an expression; a link may be longer until it is reduced."""
MOST_TYPED = 2_000
"""Of what somebody enters as a term, links included, before anyone looks what it says."""
MOST_ALTERNATIVES = 64
"""Phrases that an expression may stand for; brackets side by side multiply theirs."""
MOST_WORDS_BETWEEN = 5
"""Between what stands before `;` and what stands after it."""

LINK_PREFIX = "link:"

_OPERATOR = re.compile(r"[();|]|(?<!\w)AND(?!\w)")
_INSIDE_BRACKETS = re.compile(r"\([^()]*(?:;|(?<!\w)AND(?!\w))")
_AND = re.compile(r"(?<!\w)AND(?!\w)")
_SEPARATOR = re.compile(r"[|,]")
_BRACKET = re.compile(r"[()]")
_KEPT_PARSES = 16384

Phrase = tuple[str, ...]
"""Words that stand side by side."""
Step = tuple[Phrase, ...]
"""Alternatives, sorted; one of them occurs."""
Chain = tuple[Step, ...]
"""Steps that follow each other with few words between."""


@dataclass(frozen=True)
class ParsedTerm:
    """
    What an expression says. Two that say the same are equal, in whatever order it is written.

    Attributes:
        chains: all of them occur; empty for a link.
        domain: of a link, such as `example.com`; "" for all else.
        expression: the canonical writing, alternatives and sides as they were written.
    """

    chains: frozenset[Chain]
    domain: str = ""
    expression: str = field(default="", compare=False)

    @property
    def phrases(self) -> list[Phrase]:
        """All that are looked for; none for a link."""
        return [phrase for chain in self.chains for step in chain for phrase in step]

    @property
    def phrase(self) -> Phrase | None:
        """The words of a word or phrase; None for patterns and links."""
        return self.phrases[0] if len(self.phrases) == 1 else None

    @property
    def kind(self) -> TermKind:
        """How the term is looked for."""
        if self.domain:
            return TermKind.LINK
        if self.phrase is None:
            return TermKind.PATTERN
        return TermKind.PHRASE if len(self.phrase) > 1 else TermKind.WORD


def normal_term(text: str) -> str:
    """
    The canonical expression of a term as someone wrote it; "" where it holds no word.

    Raises:
        InvalidInputError: it breaks the notation; the message names the fault and the remedy.

    >>> normal_term("  Middle   MAN ")
    'middle man'
    >>> normal_term("Sell;(zero-day,exploit)AND price")
    'sell; (zero day | exploit) AND price'
    >>> normal_term("https://www.Example.com/shop?id=1")
    'link:example.com'
    """
    is_empty = not is_link(text) and not _OPERATOR.search(text) and not words_of(text)
    return "" if is_empty else parse_term(text).expression


def normal_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """
    Canonical expressions: sorted, each once, none empty.

    Raises:
        InvalidInputError: one of them breaks the notation.

    >>> normal_terms(["Free  entry", "free entry", "--"])
    ('free entry',)
    """
    return tuple(sorted({normal_term(term) for term in terms} - {""}))


def kind_of(expression: str) -> TermKind:
    """
    How a term is looked for.

    Raises:
        InvalidInputError: the expression breaks the notation or is empty.

    >>> kind_of("middle man").value, kind_of("sell; exploit").value
    ('phrase', 'pattern')
    """
    return parse_term(expression).kind


def require_short(expression: str, most: int = MOST_CHARACTERS) -> None:
    """
    Check that a term that someone enters is short enough to be kept.

    Raises:
        InvalidInputError: it has more than `most` characters.
    """
    if len(expression) > most:
        raise InvalidInputError(
            f"The term has {len(expression):,} characters; at most {most:,} can be "
            "looked for. Split it into shorter terms."
        )


def read_term(expression: str) -> ParsedTerm | None:
    """What a term of the lexicon says; None for one from elsewhere that breaks the notation."""
    try:
        return parse_term(expression)
    except InvalidInputError:
        return None


@lru_cache(maxsize=_KEPT_PARSES)
def parse_term(text: str) -> ParsedTerm:
    """
    What a term says, in whatever way it is written.

    >>> parse_term("a AND (b | c)") == parse_term("(C, B) AND a")
    True

    Raises:
        InvalidInputError: it breaks the notation or has no word; the message names the fault
            and the remedy.
    """
    if is_link(text):
        domain = reduce_link(text)
        return ParsedTerm(frozenset(), domain, LINK_PREFIX + domain)
    # Words that are saved or surfaced already stay readable, however long a message's word was.
    if len(text) > MOST_CHARACTERS and " ".join(words_of(text)) != text:
        require_short(text)
    if _INSIDE_BRACKETS.search(text):
        raise InvalidInputError(
            "There is a ; or an AND inside brackets. Brackets hold alternatives of words alone, "
            "as in sell; (exploit | zero day)."
        )
    sides = [_parse_side(side, text) for side in _AND.split(text)]
    if sum(len(step) for chain, _ in sides for step in chain) > MOST_ALTERNATIVES:
        _refuse_breadth()
    written = dict.fromkeys(expression for _, expression in sides)
    return ParsedTerm(frozenset(chain for chain, _ in sides), expression=" AND ".join(written))


def _parse_side(side: str, text: str) -> tuple[Chain, str]:
    """The chain between two `AND`s, and how it is written."""
    steps = [_parse_step(step, text) for step in side.split(";")]
    return tuple(step for step, _ in steps), "; ".join(written for _, written in steps)


def _parse_step(step: str, text: str) -> tuple[Step, str]:
    """The alternatives of what stands between two semicolons, and how it is written."""
    pieces: list[list[Phrase]] = []
    written: list[str] = []
    for place, piece in enumerate(_pieces(step)):
        if place % 2 == 0:
            words = _words_outside(piece)
            if words:
                pieces.append([words])
                written.append(" ".join(words))
            continue
        alternatives = _alternatives(piece)
        pieces.append(alternatives)
        names = [" ".join(words) for words in alternatives]
        written.append(names[0] if len(names) == 1 else f"({' | '.join(names)})")
    if not pieces:
        _refuse_emptiness(text)
    n_phrases = 1
    for alternatives in pieces:
        n_phrases *= len(alternatives)
    if n_phrases > MOST_ALTERNATIVES:
        _refuse_breadth()
    phrases = {tuple(word for part in chosen for word in part) for chosen in product(*pieces)}
    return tuple(sorted(phrases)), " ".join(written)


def _pieces(step: str) -> list[str]:
    """What stands outside and inside of brackets, in turn, beginning outside."""
    pieces, start, is_inside = [], 0, False
    for found in _BRACKET.finditer(step):
        is_opening = found.group() == "("
        if is_opening and is_inside:
            raise InvalidInputError(
                "There are brackets inside brackets. Write all alternatives in one pair, as in "
                "(exploit | zero day | 0day)."
            )
        if is_opening == is_inside:
            raise InvalidInputError("A bracket is closed that was never opened. Add the ( or cut.")
        pieces.append(step[start : found.start()])
        start, is_inside = found.end(), is_opening
    if is_inside:
        raise InvalidInputError("A bracket is opened and never closed. Add the missing ).")
    return [*pieces, step[start:]]


def _words_outside(piece: str) -> Phrase:
    if "|" in piece:
        raise InvalidInputError(
            "There is a | outside of brackets. Write alternatives in brackets, as in "
            "(sell | trade)."
        )
    return tuple(words_of(piece))


def _alternatives(piece: str) -> list[Phrase]:
    """Each once, in the order in which they are written."""
    phrases = [tuple(words_of(part)) for part in _SEPARATOR.split(piece)]
    if not all(phrases):
        raise InvalidInputError(
            "An alternative in brackets has no word. Write words on both sides of each | or "
            "comma, as in (sell | trade)."
        )
    return list(dict.fromkeys(phrases))


def _refuse_emptiness(text: str) -> NoReturn:
    if not words_of(text):
        raise InvalidInputError("The term has no word to look for. Write a word or a phrase.")
    raise InvalidInputError(
        "There is no word on one side of a ; or an AND. Write words on both sides, or cut it."
    )


def _refuse_breadth() -> NoReturn:
    raise InvalidInputError(
        f"The term stands for more than {MOST_ALTERNATIVES} phrases; brackets side by side "
        "multiply their alternatives. Split it into several terms."
    )
