"""The fewest words without which the machine would answer otherwise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from rhml_core.machine.evidence.deletion import WHOLE, Deletions, Removal

N_TRIED = 4
MOST_REMOVED = 3
N_REPEATED = 3


@dataclass(frozen=True)
class Flip:
    """
    The fewest words whose absence changes the machine's answer.

    Attributes:
        words: one to three distinct words, as they first stand in the text; each is left out
            wherever it occurs. No fewer of those that were tried suffice.
        before: label of the whole text.
        after: label without the words.
    """

    words: tuple[str, ...]
    before: str
    after: str


def possible_flips(
    deletions: Deletions, label: int, examined: Collection[int]
) -> list[tuple[Removal, ...]]:
    """
    What to leave out to see whether the answer changes: one, two or three of the strongest words.

    Args:
        deletions: knows the answer without each examined word alone.
        label: the machine's, for which the words speak.
        examined: places of words.

    Returns:
        Each a tuple of words, a word being all its places; fewest words first, then by how
        much they did alone. Empty where no word speaks for the label.
    """
    units = _units(deletions)
    seen = {deletions.words[place].casefold() for place in examined}
    drop = {word: _drop(deletions, units[word], label) for word in units if word in seen}
    strongest = sorted((word for word in drop if drop[word] > 0), key=lambda word: -drop[word])
    tried = [units[word] for word in strongest[:N_TRIED]]
    return [flip for n in range(1, MOST_REMOVED + 1) for flip in combinations(tried, n)]


def repeated_words(deletions: Deletions) -> list[Removal]:
    """
    Words that occur more than once, each as all its places; the longest few.

    Left out at one place alone such a word changes little, for it is still there.
    """
    repeated = [(word, unit) for word, unit in _units(deletions).items() if len(unit) > 1]
    repeated.sort(key=lambda one: -len(one[0]))
    return [unit for _, unit in repeated[:N_REPEATED]]


def smallest_flip(
    deletions: Deletions,
    label: int,
    candidates: Sequence[tuple[Removal, ...]],
    labels: Sequence[str],
) -> Flip | None:
    """
    The first of the fewest words that change the answer, by the most.

    Every choice of fewer of the same words is among the candidates, so that none of the
    words found is there in vain.

    Args:
        deletions: of the message.
        label: the machine's.
        candidates: from `possible_flips`.
        labels: names, in the order of the probabilities.

    Returns:
        None where nothing that was tried changes the answer, or where the machine's answer to
        the text itself is another than `label`.
    """
    if int(deletions.probabilities().argmax()) != label:
        return None
    deletions.ask(_joined(flip) for flip in candidates)
    found = [
        (len(flip), _lead(deletions, _joined(flip), label), flip)
        for flip in candidates
        if int(deletions.probabilities(_joined(flip)).argmax()) != label
    ]
    if not found:
        return None
    _, _, flip = min(found, key=lambda one: one[:2])
    return Flip(
        words=tuple(deletions.words[place] for place in sorted(min(unit) for unit in flip)),
        before=labels[label],
        after=labels[int(deletions.probabilities(_joined(flip)).argmax())],
    )


def _joined(flip: tuple[Removal, ...]) -> Removal:
    return WHOLE.union(*flip)


def _units(deletions: Deletions) -> dict[str, Removal]:
    """All places of each distinct word, in whatever letter case."""
    units: dict[str, set[int]] = {}
    for place, word in enumerate(deletions.words):
        units.setdefault(word.casefold(), set()).add(place)
    return {word: frozenset(places) for word, places in units.items()}


def _drop(deletions: Deletions, unit: Removal, label: int) -> float:
    """By how much the label's lead falls without a word, as far as that is known by now."""
    lead = _lead(deletions, WHOLE, label)
    if deletions.is_known(unit):
        return lead - _lead(deletions, unit, label)
    alone = [frozenset({place}) for place in unit]
    return sum(lead - _lead(deletions, one, label) for one in alone if deletions.is_known(one))


def _lead(deletions: Deletions, removal: Removal, label: int) -> float:
    """By how much the label is ahead of the best other one, -1 to 1."""
    shares = deletions.probabilities(removal)
    others = [share for place, share in enumerate(shares) if place != label]
    return float(shares[label] - max(others, default=0.0))
