"""Whether the words shown are those that the machine goes by: a test by leaving them out."""

from collections.abc import Sequence
from math import comb

import numpy as np

from rhml_core.evidence import Faithfulness
from rhml_core.machine.evidence.deletion import Deletions, Removal

N_DRAWS = 10
LEAST_FALL = 0.05
"""Words without which the machine is hardly less sure explain little, chance or not."""
LEAST_BEATEN = 0.8
"""Share of the random draws that the words must beat."""


def other_removals(
    others: Sequence[int], n_words: int, *, seed: int, n_draws: int = N_DRAWS
) -> list[Removal]:
    """
    Random choices of as many other words.

    Args:
        others: places of words that are not shown.
        n_words: how many to leave out together.
        seed: fixes the draws.
        n_draws: how many at most; all there are where these are fewer.

    Returns:
        Distinct; empty where there are fewer others than `n_words`, or none is to be left out.
    """
    if not 0 < n_words <= len(others):
        return []
    rng = np.random.default_rng([seed, n_words, len(others)])
    wanted = min(n_draws, comb(len(others), n_words))
    drawn: dict[Removal, None] = {}
    while len(drawn) < wanted:
        chosen = rng.choice(len(others), size=n_words, replace=False)
        drawn[frozenset(others[place] for place in chosen)] = None
    return list(drawn)


def faithfulness_of(
    deletions: Deletions, shown: Removal, draws: Sequence[Removal], label: int
) -> Faithfulness | None:
    """
    How far the machine's certainty falls without the words shown, and without others.

    Args:
        deletions: of the message.
        shown: words that are shown and speak for the label.
        draws: from `other_removals`, as many words each.
        label: the machine's.

    Returns:
        None where no word is to be left out or no other words are there to compare.

    Source:
        DeYoung et al.: ERASER, a benchmark to evaluate rationalized NLP models
        (comprehensiveness, against random words).
    """
    if not shown or not draws:
        return None
    deletions.ask([shown, *draws])
    fall = deletions.fall(shown, label)
    others = np.array([deletions.fall(draw, label) for draw in draws])
    return Faithfulness(
        n_words=len(shown),
        fall=fall,
        random_fall=float(others.mean()),
        n_draws=len(draws),
        is_convincing=fall >= LEAST_FALL
        and fall > float(others.mean())
        and float((others < fall).mean()) >= LEAST_BEATEN,
    )
