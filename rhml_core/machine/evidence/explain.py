"""What the machine noticed in a message: its words, its phrases, the nearest judged messages."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rhml_core.domain import Span
from rhml_core.errors import InvalidInputError
from rhml_core.evidence import Faithfulness, Neighbour, WordInfluence
from rhml_core.machine.evidence.contrast import (
    Flip,
    possible_flips,
    repeated_words,
    smallest_flip,
)
from rhml_core.machine.evidence.deletion import WHOLE, WORD, Deletions, Removal
from rhml_core.machine.evidence.faithfulness import faithfulness_of, other_removals
from rhml_core.machine.protocol import Floats, Vectors

MOST_WORDS = 32
"""Words left out one by one; a longer message is first searched for its strongest stretches."""
N_STRETCHES = 16
N_IN_STRETCHES = 16
LONGEST_PHRASE = 3
MOST_RUNS = 9
LEAST_TOGETHER = 0.02
"""By how much a phrase must do more than its words do one by one."""
N_SHOWN = 6
N_ASSURED = 2
LEAST_SHOWN = 0.01
"""Influence below which a word is noise to a reader."""


@dataclass(frozen=True)
class WordEvidence:
    """
    What speaks for and against the machine's label inside a message.

    Attributes:
        words: each word that was examined, in text order.
        phrases: two or three adjacent words that do more together, strongest first; none
            overlap.
        shown: the strongest of both, strongest first.
        faithfulness: of the shown words; None where they cannot be held against others.
        flip: the fewest words without which the answer changes; None where none were found.
    """

    words: tuple[WordInfluence, ...] = ()
    phrases: tuple[WordInfluence, ...] = ()
    shown: tuple[WordInfluence, ...] = ()
    faithfulness: Faithfulness | None = None
    flip: Flip | None = None


def explain_words(
    text: str,
    predict: Callable[[list[str]], Floats],
    *,
    labels: Sequence[str],
    label_index: int | None = None,
    seed: int = 0,
) -> WordEvidence:
    """
    What speaks for and against the machine's label inside a message, found by leaving it out.

    A word's influence is the label's probability with it minus without it.

    Args:
        text: the message; its first 256 words, since encoders read no more.
        predict: gives texts' probabilities, shape (n, n_labels); called at most three times,
            with no more than 80 texts in all however long the message is.
        labels: names, in the order of the probabilities.
        label_index: the label to speak of; None takes the one that the machine prefers.
        seed: fixes the random words that the shown ones are held against.

    Returns:
        Empty where the text has no word.

    Source:
        Zeiler, Fergus: Visualizing and understanding convolutional networks (occlusion).
    """
    deletions = Deletions(text, predict, most_words=N_STRETCHES * N_IN_STRETCHES)
    if not deletions.words:
        return WordEvidence()
    stretches = _stretches(len(deletions.words))
    deletions.ask([WHOLE, *stretches])
    label = int(deletions.probabilities().argmax()) if label_index is None else label_index
    stretches.sort(key=lambda stretch: -abs(deletions.fall(stretch, label)))
    examined = _places_to_examine(stretches)
    runs = _runs_around(deletions, stretches, examined)
    repeated = repeated_words(deletions)
    deletions.ask([*(frozenset({place}) for place in examined), *runs, *repeated])

    words = tuple(_influence(deletions, frozenset({place}), label) for place in examined)
    phrases = _choose_phrases(deletions, runs, label)
    # Where everything is marked, nothing is, and nothing is left to hold it against.
    shown = strongest(words, phrases, most_words=max(1, len(deletions.words) // 2))
    removal, others = _words_to_test(deletions, words, shown)
    draws = other_removals(others, len(removal), seed=seed)
    flips = possible_flips(deletions, label, examined)
    deletions.ask([removal, *draws, *(WHOLE.union(*flip) for flip in flips)])
    return WordEvidence(
        words=words,
        phrases=phrases,
        shown=shown,
        faithfulness=faithfulness_of(deletions, removal, draws, label),
        flip=smallest_flip(deletions, label, flips, labels),
    )


def strongest(
    words: Iterable[WordInfluence],
    phrases: Sequence[WordInfluence],
    *,
    n: int = N_SHOWN,
    most_words: int | None = None,
) -> tuple[WordInfluence, ...]:
    """
    The words and phrases to show: those that moved the machine most, whichever way.

    Args:
        words: any.
        phrases: each stands for its words.
        n: how many at most.
        most_words: how many words these may be in all; None does not count them.

    Returns:
        Strongest first. The two that speak most for the label are always among them: where
        many words say the same, none does much alone. Nothing else is there that moved the
        machine by less than one point in a hundred.
    """
    alone = [word for word in words if not any(_is_inside(word, phrase) for phrase in phrases)]
    ranked = sorted([*phrases, *alone], key=lambda one: -abs(one.influence))
    assured = [one for one in ranked if one.influence > 0][:N_ASSURED]
    moved = [one for one in ranked if abs(one.influence) >= LEAST_SHOWN and one not in assured]
    shown: list[WordInfluence] = []
    n_left = most_words if most_words is not None else n * LONGEST_PHRASE
    for one in [*assured, *moved]:
        n_words = len(WORD.findall(one.word))
        if len(shown) < n and n_words <= n_left:
            shown.append(one)
            n_left -= n_words
    return tuple(sorted(shown, key=lambda one: -abs(one.influence)))


def _stretches(n_words: int) -> list[Removal]:
    """The words of a text in equal stretches, each a word alone where they are few enough."""
    size = 1 if n_words <= MOST_WORDS else -(-n_words // N_STRETCHES)
    return [
        frozenset(range(start, min(start + size, n_words))) for start in range(0, n_words, size)
    ]


def _places_to_examine(stretches: Sequence[Removal]) -> list[int]:
    """The first words of the stretches, strongest stretch first, put into text order."""
    is_apart = all(len(stretch) == 1 for stretch in stretches)
    places = [place for stretch in stretches for place in sorted(stretch)]
    return sorted(places[: MOST_WORDS if is_apart else N_IN_STRETCHES])


def _runs_around(
    deletions: Deletions, stretches: Sequence[Removal], examined: Collection[int]
) -> list[Removal]:
    """Examined words of the strongest stretches, and beside, with nothing but space between."""
    known = set(examined)
    runs: dict[Removal, None] = {}
    for stretch in stretches:
        around = range(min(stretch) - 1, max(stretch) + 2)
        for length in range(2, LONGEST_PHRASE + 1):
            for start in around[: len(around) - length + 1]:
                run = range(start, start + length)
                if known.issuperset(run) and all(map(deletions.is_joined, run[:-1])):
                    runs[frozenset(run)] = None
        if len(runs) >= MOST_RUNS:
            break
    return list(runs)[:MOST_RUNS]


def _choose_phrases(
    deletions: Deletions, runs: Sequence[Removal], label: int
) -> tuple[WordInfluence, ...]:
    """Those that do more together than their words one by one; of two that overlap the stronger."""
    chosen: dict[Removal, None] = {}
    for run in sorted(runs, key=lambda run: -abs(deletions.fall(run, label))):
        apart = sum(abs(deletions.fall(frozenset({place}), label)) for place in run)
        is_more = abs(deletions.fall(run, label)) - apart >= LEAST_TOGETHER
        if is_more and not any(run & other for other in chosen):
            chosen[run] = None
    return tuple(_influence(deletions, run, label) for run in chosen)


def _influence(deletions: Deletions, run: Removal, label: int) -> WordInfluence:
    span = Span(deletions.spans[min(run)].start, deletions.spans[max(run)].end)
    return WordInfluence(deletions.text[span.start : span.end], span, deletions.fall(run, label))


def _words_to_test(
    deletions: Deletions, words: Iterable[WordInfluence], shown: Iterable[WordInfluence]
) -> tuple[Removal, list[int]]:
    """
    Shown words that speak for the label, and the words that are not shown.

    Where the others are fewer, only the strongest of the shown words are tested.
    """
    alone = {word.span: word.influence for word in words}
    inside = {
        place: one
        for one in shown
        for place, span in enumerate(deletions.spans)
        if one.span.start <= span.start and span.end <= one.span.end
    }
    others = [place for place in range(len(deletions.words)) if place not in inside]
    speaking = [place for place, one in inside.items() if one.influence > 0]
    speaking.sort(key=lambda place: -alone.get(deletions.spans[place], 0.0))
    return frozenset(speaking[: len(others)]), others


def _is_inside(word: WordInfluence, phrase: WordInfluence) -> bool:
    return phrase.span.start <= word.span.start and word.span.end <= phrase.span.end


def nearest_judged(
    vector: Vectors,
    judged_vectors: Vectors,
    ids: Sequence[str],
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    k: int = 3,
    exclude: str | None = None,
) -> tuple[Neighbour, ...]:
    """
    The judged messages nearest in meaning, nearest first.

    Args:
        vector: shape (d,), of the message asked about.
        judged_vectors: shape (n, d), L2-normalised; `ids`, `texts`, `labels` are aligned.
        ids: of the judged messages.
        texts: theirs.
        labels: theirs.
        k: how many at most.
        exclude: identifier of the message asked about, which is not its own neighbour.

    Returns:
        Up to `k`, ties in the order given; empty where nothing else is judged.

    Raises:
        InvalidInputError: the parts are not aligned.
    """
    if not len(judged_vectors) == len(ids) == len(texts) == len(labels):
        raise InvalidInputError("Judged vectors, ids, texts and labels must be of one length.")
    if not ids:
        return ()
    similarities = judged_vectors @ vector
    nearest = [
        row for row in np.argsort(-similarities, kind="stable")[: k + 1] if ids[row] != exclude
    ]
    return tuple(
        Neighbour(ids[row], texts[row], labels[row], float(np.clip(similarities[row], -1.0, 1.0)))
        for row in nearest[:k]
    )
