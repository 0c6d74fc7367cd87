"""Terms as people write them, with what they say, and a plain oracle of regular expressions."""

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from rhml_core.machine.evidence.phrases import words_of

WORDS = ("ab", "b", "c\u00e9", "d'e", "7", "\u043c\u0438\u0440")
MOST_BETWEEN = 5

phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple)
told = st.lists(st.sampled_from([*WORDS, "x", "y"]), max_size=18).map(" ".join)


@dataclass(frozen=True)
class WrittenPattern:
    """A pattern as text, and the chains of alternatives that it stands for."""

    written: str
    chains: frozenset


@st.composite
def patterns(draw):
    """Patterns of one to three sides, each of one to three steps, each of phrases."""
    chains, sides = [], []
    for _ in range(draw(st.integers(1, 3))):
        chain, steps = [], []
        for _ in range(draw(st.integers(1, 3))):
            alternatives = draw(st.lists(phrases, min_size=1, max_size=3))
            chain.append(tuple(sorted(set(alternatives))))
            names = [" ".join(phrase) for phrase in alternatives]
            bar = draw(st.sampled_from(["|", ",", " | "]))
            steps.append(names[0] if len(names) == 1 else f"({bar.join(names)})")
        chains.append(tuple(chain))
        sides.append("; ".join(steps))
    return WrittenPattern(" AND ".join(sides), frozenset(chains))


def oracle_has(text, pattern):
    """Whether a text has a pattern, by one regular expression for each side."""
    spoken = "".join(f" {word} " for word in words_of(text))
    return all(re.search(_expression(chain), spoken) for chain in pattern.chains)


def _expression(chain):
    between = rf"(?: \S+ ){{0,{MOST_BETWEEN}}}"
    steps = [
        "(?:" + "|".join("".join(f" {re.escape(w)} " for w in phrase) for phrase in step) + ")"
        for step in chain
    ]
    return between.join(steps)
