"""
How fast thousands of lexicon terms are found in many messages, beside one regular expression each.

The peer is what one writes first: a compiled regular expression for each term (one more for each
side of an `AND`), tried on every message in turn. Its time grows with terms times messages, both
alike, so it is measured on every n-th term and the first messages and scaled by how many there
are; what both find on this sample has to be equal, cell by cell. Ours is measured whole, with
nothing kept from an earlier call. Both work on one core; targets are held against processor time,
which is what a core to itself would take, and the wall's time is given beside.
Run it: `python -m tests.benchmarks.term_matching [--json] [--quick]`.
"""

import csv
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.terms.grammar import parse_term
from rhml_core.machine.terms.matching import find_terms, prepare_terms
from tests.benchmarks.outcome import finish, machine_facts, options_of, target

SPEED_BOUND = 20.0
SECONDS_BOUND = 10.0
N_WHOLE = 100_000
"""Messages that the bound in seconds is for."""
_CORPUS = Path(__file__).parents[2] / "data" / "demo" / "messages.csv"
_N_WORDS = 12
_RARE_SHARE = 0.25
_N_RARE = 20_000
_BREAKS = (" ", " ", " ", " ", " ", ", ", " - ", ". ")
_WORD_START = r"(?<!\w)(?<!\w['\u2019])"
_WORD_END = r"(?!\w)(?!['\u2019]\w)"


@dataclass(frozen=True)
class Size:
    """How much is looked for, in how much; `sample` says how many terms and texts the peer gets."""

    n_texts: int
    n_terms: int
    sample: tuple
    rounds: int


@dataclass(frozen=True)
class Turn:
    """What one side took once, in seconds."""

    wall: float
    processor: float


WHOLE = Size(N_WHOLE, 5000, (250, 4000), rounds=3)
QUICK = Size(20_000, 1000, (100, 2000), rounds=2)


def invented_messages(n, *, seed):
    """
    Messages of about twelve words: those of the demo corpus as often as there, and rare ones.

    Some have a link, a capital or an apostrophe.
    """
    chance = random.Random(seed)
    with _CORPUS.open(encoding="utf-8") as file:
        counts = Counter(word for row in csv.DictReader(file) for word in words_of(row["text"]))
    words, often = list(counts), list(counts.values())
    messages = []
    for _ in range(n):
        said = chance.choices(words, often, k=chance.randint(_N_WORDS - 6, _N_WORDS + 6))
        said = [
            f"rare{chance.randrange(_N_RARE)}" if chance.random() < _RARE_SHARE else word
            for word in said
        ]
        text = "".join(f"{word}{chance.choice(_BREAKS)}" for word in said)
        if chance.random() < 0.1:
            text += f"https://www.shop{chance.randrange(300)}.example/x"
        messages.append(text.capitalize())
    return messages


def mixed_terms(messages, n, *, seed):
    """Words, phrases, patterns and links (8, 6, 5 and 1 of 20) made of what the messages say."""
    chance = random.Random(seed)
    terms = {}
    while len(terms) < n:
        words = words_of(chance.choice(messages))
        start = chance.randrange(len(words) - 4)
        one, two, three, four = words[start : start + 4]
        kind = chance.randrange(20)
        if kind < 8:
            term = one
        elif kind < 14:
            term = chance.choice([f"{one} {two}", f"{one} {two} {three}"])
        elif kind < 19:
            other = chance.choice(words_of(chance.choice(messages)))
            term = chance.choice(
                [
                    f"{one}; ({three} | {other})",
                    f"({one} {two} | {other}) AND {four}",
                    f"{one}; {two}; ({four} | {other}) AND {three}",
                ]
            )
        else:
            term = f"link:shop{chance.randrange(300)}.example"
        terms[term] = None
    return list(terms)


def naive_expressions(term):
    """The regular expressions of a term; all of them have to be found in a message."""
    parsed = parse_term(term)
    if parsed.domain:
        return [
            re.compile(rf"(?<![\w@./-])(?:https?://)?(?:[\w-]+\.)*{re.escape(parsed.domain)}\b")
        ]
    found = []
    for chain in parsed.chains:
        steps = [
            "(?:" + "|".join(r"\W+".join(map(_word, phrase)) for phrase in step) + ")"
            for step in chain
        ]
        found.append(re.compile(r"\W+(?:\w+(?:['\u2019]\w+)*\W+){0,5}?".join(steps)))
    return found


def naive_loop(texts, terms):
    """Shape (len(texts), len(terms)), by every expression on every text."""
    lowered = [text.lower() for text in texts]
    cells = np.zeros((len(texts), len(terms)), dtype=bool)
    for column, term in enumerate(terms):
        expressions = naive_expressions(term)
        for row, text in enumerate(lowered):
            cells[row, column] = all(expression.search(text) for expression in expressions)
    return cells


def measure(size, *, seed=0):
    """The document: seconds of both, their ratio, what was found, and targets."""
    texts = invented_messages(size.n_texts, seed=seed)
    terms = mixed_terms(texts, size.n_terms, seed=seed + 1)
    some_terms = terms[:: max(1, len(terms) // size.sample[0])][: size.sample[0]]
    some_texts = texts[: size.sample[1]]
    scale = (len(texts) / len(some_texts)) * (len(terms) / len(some_terms))
    ours, peer = [], []
    for _ in range(size.rounds):
        _forget()
        ours.append(_timed(find_terms, texts, terms))
        peer.append(_timed(naive_loop, some_texts, some_terms))
    found, expected = ours[0][1], peer[0][1]
    same = find_terms(some_texts, some_terms).toarray()
    spent = _median(turn.processor for turn, _ in ours)
    document = {
        "n_texts": len(texts),
        "n_terms": len(terms),
        "words_a_text": round(float(np.mean([len(words_of(text)) for text in texts])), 1),
        "n_found": int(found.nnz),
        "processor_seconds": round(spent, 2),
        "wall_seconds": round(_median(turn.wall for turn, _ in ours), 2),
        "seconds_per_100000": round(spent * N_WHOLE / len(texts), 2),
        "naive": {
            "n_texts": len(some_texts),
            "n_terms": len(some_terms),
            "n_found": int(expected.sum()),
            "processor_seconds": round(_median(turn.processor for turn, _ in peer), 2),
            "wall_seconds": round(_median(turn.wall for turn, _ in peer), 2),
            "scaled_by": round(scale, 1),
        },
        "ratio": round(scale * _ratio(peer, ours, "processor"), 1),
        "ratio_of_wall_time": round(scale * _ratio(peer, ours, "wall"), 1),
        "n_different_cells": int((same != expected).sum()),
        "machine": machine_facts(),
    }
    return document | {"targets": targets(document)}


def targets(document):
    """Each target with what was measured and whether it holds."""
    return [
        target(
            "times as fast as one regular expression a term (at least)",
            document["ratio"],
            SPEED_BOUND,
            is_least=True,
        ),
        target(
            "seconds of one core for 100,000 messages",
            document["seconds_per_100000"],
            SECONDS_BOUND,
        ),
        target("cells of the sample that differ", document["n_different_cells"], 0),
    ]


def _word(word):
    return _WORD_START + re.escape(word).replace("'", "['\u2019]") + _WORD_END


def _forget():
    """What is kept from one call to the next; a lexicon that was just edited has nothing kept."""
    parse_term.cache_clear()
    prepare_terms.cache_clear()


def _timed(find, texts, terms):
    """How long it took, and what was found."""
    started, spent = time.perf_counter(), time.process_time()
    found = find(texts, terms)
    return Turn(time.perf_counter() - started, time.process_time() - spent), found


def _ratio(those, these, clock):
    """How many times as long those took as these, round by round."""
    return _median(
        getattr(that, clock) / getattr(this, clock)
        for (that, _), (this, _) in zip(those, these, strict=True)
    )


def _median(values):
    return float(np.median(list(values)))


def main():
    """Measure, and print."""
    options = options_of(__doc__, quick="20,000 messages, 1,000 terms").parse_args()
    document = measure(QUICK if options.quick else WHOLE)
    finish(document, as_json=options.json)


if __name__ == "__main__":
    main()
