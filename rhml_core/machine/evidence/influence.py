"""How much less of a label the model gives messages from which a term is taken out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.evidence.phrases import WORD
from rhml_core.machine.protocol import Floats

N_MESSAGES = 4
"""Messages from which a term is taken out, evenly spread over those that have it."""
MOST_QUESTIONS = 480
"""Changed messages that the model is asked about, over all terms and labels."""
_LEAST = 1e-6


@dataclass(frozen=True)
class Influence:
    """
    What the model loses without a term, on average over some messages that have it.

    Attributes:
        fall: of the label's probability, -1 to 1; above 0 where the term speaks for it.
        log_odds_fall: of the label's log odds, which tells more where the model is very sure.
        error: standard error of `fall` over the messages; 0.0 of a single one.
    """

    fall: float
    log_odds_fall: float
    error: float = 0.0


def n_terms_to_ask(n_labels: int, *, least: int) -> int:
    """How many terms of each label the model can be asked about within its bound."""
    return max(least, MOST_QUESTIONS // (N_MESSAGES * max(n_labels, 1)))


def measure_influence(
    asked: Sequence[tuple[str, int, NDArray[np.int64]]],
    texts: Sequence[str],
    predict: Callable[[list[str]], Floats],
) -> list[Influence]:
    """
    What the model loses without each term; it is asked twice, of many messages at once.

    Args:
        asked: term, column of its label, and the rows of the texts that have it, at least one.
        texts: all of them.
        predict: gives texts' probabilities, shape (n, n_labels).

    Returns:
        One for each term asked about, in their order.

    Source:
        Zeiler, Fergus: Visualizing and understanding convolutional networks (occlusion).
    """
    if not asked:
        return []
    chosen = [_spread(rows) for _, _, rows in asked]
    changed = [
        without_term(texts[row], term)
        for (term, _, _), rows in zip(asked, chosen, strict=True)
        for row in rows
    ]
    of_changed = predict(changed)
    read = np.unique(np.concatenate(chosen))
    of_whole = predict([texts[row] for row in read])
    found, start = [], 0
    for (_, column, _), rows in zip(asked, chosen, strict=True):
        before = of_whole[np.searchsorted(read, rows), column]
        after = of_changed[start : start + len(rows), column]
        start += len(rows)
        found.append(
            Influence(
                float(np.mean(before - after)),
                float(np.mean(_log_odds(before) - _log_odds(after))),
                float(np.std(before - after) / np.sqrt(len(rows))),
            )
        )
    return found


def without_term(text: str, term: str) -> str:
    """
    A text without a word or phrase, wherever it stands and in any letter case.

    >>> without_term("Buy ESCROW now, escrowed", "escrow")
    'Buy  now, escrowed'
    """
    wanted = term.split()
    found = list(WORD.finditer(text))
    words = [word.group().lower().replace("\u2019", "'") for word in found]
    kept, start, place = [], 0, 0
    while place < len(words):
        if words[place : place + len(wanted)] == wanted:
            kept.append(text[start : found[place].start()])
            start = found[place + len(wanted) - 1].end()
            place += len(wanted)
        else:
            place += 1
    return "".join([*kept, text[start:]])


def _spread(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    places = np.linspace(0, len(rows) - 1, min(N_MESSAGES, len(rows))).astype(np.int64)
    return rows[places]


def _log_odds(shares: Floats) -> Floats:
    bounded = np.clip(shares, _LEAST, 1.0 - _LEAST)
    odds: Floats = np.log(bounded / (1.0 - bounded))
    return odds
