"""Where terms stand in one message, for colouring."""

from collections.abc import Iterator, Sequence

import numpy as np

from rhml_core.domain import Span
from rhml_core.machine.evidence.phrases import WORD
from rhml_core.machine.terms.grammar import Chain
from rhml_core.machine.terms.links import domains_above, links_of
from rhml_core.machine.terms.matching import PreparedTerms, follows, prepare_terms
from rhml_core.machine.terms.phrase_index import Ints, Occurrences


def term_spans(text: str, expressions: Sequence[str]) -> list[tuple[str, Span]]:
    """
    Every stretch of a text by which a term is found in it.

    A pattern has a stretch for each of its parts that takes part in a match; a link's is its
    domain. An expression has a stretch where, and only where, `find_terms` finds it.

    Args:
        text: as it is shown.
        expressions: in the notation of `rhml_core.machine.terms.grammar`.

    Returns:
        Expression and stretch, each pair once, by start, then the longer first, then as the
        expressions come. Stretches may overlap.

    Raises:
        InvalidInputError: an expression breaks the notation or is empty.

    >>> for expression, span in term_spans("I sell a 0day", ["sell; (exploit | 0day)", "buy"]):
    ...     print(expression, span.start, span.end)
    sell; (exploit | 0day) 2 6
    sell; (exploit | 0day) 9 13
    """
    terms = prepare_terms(tuple(expressions))
    found = terms.index.find([text])
    words = _words_in(text)
    spans = {
        (words[first].start, words[last - 1].end, place)
        for place, first, last in _found_words(terms, found)
    }
    spans |= {
        (link.span.start, link.span.end, place)
        for link in links_of(text)
        for place in _links_named(terms, link.domain)
    }
    in_order = sorted(spans, key=lambda span: (span[0], -span[1], span[2]))
    named: dict[int, list[str]] = {}
    for place, expression in zip(terms.columns.tolist(), expressions, strict=True):
        if expression not in named.setdefault(place, []):
            named[place].append(expression)
    return [
        (expression, Span(start, end))
        for start, end, place in in_order
        for expression in named[place]
    ]


def _found_words(terms: PreparedTerms, found: Occurrences) -> Iterator[tuple[int, int, int]]:
    """Term, first word and the word after the last of each part that takes part in a match."""
    for place, term in enumerate(terms.parsed):
        parts = [_parts_of(terms, found, chain) for chain in term.chains]
        if not all(len(part) for part in parts):
            continue
        for part in parts:
            for at in part:
                yield place, int(found.starts[at]), int(found.ends[at])


def _parts_of(terms: PreparedTerms, found: Occurrences, chain: Chain) -> Ints:
    """Where a chain's steps stand, of those that are part of a whole chain alone."""
    steps = [terms.step(found, step) for step in chain]
    for place in range(1, len(steps)):
        near = follows(found.ends[steps[place - 1]], found.starts[steps[place]])
        steps[place] = steps[place][near]
    for place in range(len(steps) - 1, 0, -1):
        # The same rule read backwards: mirrored, an end is a start.
        near = follows(-found.starts[steps[place]], -found.ends[steps[place - 1]])
        steps[place - 1] = steps[place - 1][near]
    # A phrase may be in several steps: each of its places is told once.
    return np.unique(np.concatenate(steps))


def _links_named(terms: PreparedTerms, domain: str) -> list[int]:
    return [terms.domains[name] for name in domains_above(domain) if name in terms.domains]


def _words_in(text: str) -> list[Span]:
    """Where the words of a text stand, as `words_of` takes it apart."""
    lowered = text.lower()
    spans = [found.span() for found in WORD.finditer(lowered)]
    if len(lowered) == len(text):
        return [Span(*span) for span in spans]
    # A letter that becomes two in lower case, such as the Turkish İ, moves all that follow.
    origins = [place for place, letter in enumerate(text) for _ in letter.lower()]
    return [Span(origins[start], origins[end - 1] + 1) for start, end in spans]
