"""Words and phrases of texts, as candidates for concepts."""

import re

WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
MAX_WORDS = 3

STOP_WORDS = frozenset(
    """
    a about above after again against all am an and any are as at be because been before being
    below between both but by can could did do does doing don down during each else few for from
    further had has have having he her here hers herself him himself his how i if in into is it
    its itself just ll may me might more most must my myself no nor not now of off on once only
    or other our ours ourselves out over own re s same shall she should so some such t than that
    the their theirs them themselves then there these they this those through to too u under
    until up ve very was we were what when where which while who whom whose why will with would
    you your yours yourself yourselves d m o y im ive id youre dont cant didnt doesnt isnt wasnt
    wont it's i'm i've i'll i'd don't can't you're that's he's she's we're they're didn't doesn't
    isn't wasn't won't one two three four five six seven eight nine ten first second also even
    still much many lot every part got get
    """.split()  # noqa: SIM905 - a list of 180 quoted words is harder to read
)
"""English words that carry no topic: allowed inside a phrase, never at its ends."""


def words_of(text: str) -> list[str]:
    """
    A text's words in lower case, in order.

    >>> words_of("Don't click: EVIL.example")
    ["don't", 'click', 'evil', 'example']
    """
    return [word.replace("\u2019", "'") for word in WORD.findall(text.lower())]


def phrases_of(text: str) -> list[str]:
    """
    Every word and every run of two or three words of a text, in lower case.

    None begins or ends with a stop word or a lone character of a Latin script or digit, and
    none consists of digits alone.

    >>> phrases_of("Denial of service now")
    ['denial', 'denial of service', 'service']
    """
    words = words_of(text)
    is_edge = [_may_end(word) for word in words]
    phrases = []
    for start in range(len(words)):
        if not is_edge[start]:
            continue
        phrases += [
            " ".join(words[start : end + 1])
            for end in range(start, min(start + MAX_WORDS, len(words)))
            if is_edge[end]
        ]
    return [phrase for phrase in phrases if not phrase.replace(" ", "").isdigit()]


def single_words_of(text: str) -> list[str]:
    """
    The words of a text that stand for a topic, in lower case; those of `phrases_of` alone.

    >>> single_words_of("Denial of service now")
    ['denial', 'service']
    """
    return [phrase for phrase in phrases_of(text) if " " not in phrase]


def _may_end(word: str) -> bool:
    return word not in STOP_WORDS and not (len(word) == 1 and word.isascii())
