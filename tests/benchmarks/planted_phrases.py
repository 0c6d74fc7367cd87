"""Real messages with invented phrases written in: who plants them knows what they mark."""

from dataclasses import dataclass

import numpy as np

N_PLANTED = 10
N_CONTROLS = 10
N_OF_TWO_WORDS = 7
WEAKEST, STRONGEST = 0.7, 0.95
COVERAGE = 0.2
"""Share of a label's messages that carry a phrase that marks it."""

_ONSETS = ("b", "d", "f", "g", "j", "k", "l", "m", "n", "p", "r", "t", "v", "z", "br", "dr", "kl")
_VOWELS = ("a", "e", "i", "o", "u")
_ENDS = ("l", "m", "n", "p", "r", "x", "sk", "nt")


@dataclass(frozen=True)
class Planted:
    """
    A phrase that nobody ever wrote, and what it marks.

    Attributes:
        phrase: one or two invented words in lower case.
        label: "" for a control, which marks nothing.
        strength: share of its carriers that have the label.
        n_carriers: messages that carry it.
    """

    phrase: str
    label: str
    strength: float
    n_carriers: int


@dataclass(frozen=True)
class PlantedTexts:
    """Texts with their labels, aligned; phrases that mark a label, and controls that do not."""

    texts: list
    labels: np.ndarray
    planted: tuple
    controls: tuple

    @property
    def names(self):
        """The labels in use, sorted."""
        return sorted(set(self.labels.tolist()))


def as_many_of_each(labels, *, most, seed):
    """Rows drawn at random, as many of each label as the rarest has, at most `most`; shuffled."""
    rng = np.random.default_rng([seed, 11])
    names, counts = np.unique(labels, return_counts=True)
    n = min(most, int(counts.min()))
    rows = [rng.permutation(np.flatnonzero(labels == name))[:n] for name in names]
    return rng.permutation(np.concatenate(rows))


def plant_phrases(texts, labels, *, seed):
    """
    Write ten phrases that mark a label, and ten that mark nothing, into texts.

    Labels take turns. The marks' strengths lie evenly between 0.7 and 0.95; each is carried by
    a fifth of its label's messages, and by others so that the strength is what it is. A control
    is carried by as many messages, drawn whatever their label.
    """
    rng = np.random.default_rng([seed, 12])
    names = sorted(set(labels.tolist()))
    written = [text.split() for text in texts]
    words = _invented_words(rng, {word.casefold() for text in written for word in text})
    marks, controls = [], []
    for number, strength in enumerate(rng.permutation(np.linspace(WEAKEST, STRONGEST, N_PLANTED))):
        label = names[number % len(names)]
        is_label = labels == label
        n_for = round(COVERAGE * is_label.sum())
        n_against = round(n_for / strength - n_for)
        with_label = rng.choice(np.flatnonzero(is_label), n_for, replace=False)
        without = rng.choice(np.flatnonzero(~is_label), n_against, replace=False)
        carriers = np.concatenate([with_label, without])
        phrase = _write_into(written, carriers, words, number, rng)
        marks.append(Planted(phrase, label, n_for / len(carriers), len(carriers)))
    for number in range(N_CONTROLS):
        carriers = rng.choice(len(texts), marks[number].n_carriers, replace=False)
        phrase = _write_into(written, carriers, words, number, rng)
        controls.append(Planted(phrase, "", 0.0, len(carriers)))
    return PlantedTexts([" ".join(text) for text in written], labels, tuple(marks), tuple(controls))


def _write_into(written, carriers, words, number, rng):
    phrase = [next(words) for _ in range(2 if number < N_OF_TWO_WORDS else 1)]
    for row in carriers:
        place = int(rng.integers(0, len(written[row]) + 1))
        written[row][place:place] = [" ".join(phrase)]
    return " ".join(phrase)


def _invented_words(rng, known):
    """Words of two syllables, none of them given twice and none in the texts."""
    given = set(known)
    while True:
        word = "".join(
            rng.choice(_ONSETS) + rng.choice(_VOWELS) + (rng.choice(_ENDS) if last else "")
            for last in (False, True)
        )
        if word not in given:
            given.add(word)
            yield word
