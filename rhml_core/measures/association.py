"""How surely a term and a label go together, for many terms at once."""

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError

Counts = NDArray[np.float64]


def association(n_both: Counts, n_with: Counts, n_label: Counts | float, n: int) -> Counts:
    """
    Log odds of a label with a term against those without it, in standard errors.

    A term in few messages has a large standard error and so a small value, however pure it is.
    The prior is one message on either side that is of the label as often as all messages are.

    Args:
        n_both: messages with the term and the label, in any shape.
        n_with: messages with the term; it and `n_label` are broadcast to the shape.
        n_label: messages with the label.
        n: messages in all, at least 1.

    Returns:
        The shape of `n_both`; 0 where the term says nothing, above where it speaks for the
        label, below against. Beyond 1.96 to either side is rare by chance for a single term.
        0 also for a label that no message has, or all have.

    Raises:
        InvalidInputError: there is no message.

    Source:
        Monroe, Colaresi, Quinn: Fightin' words (2008), log odds ratio with informative prior.
    """
    if n < 1:
        raise InvalidInputError("No messages were given, so no term goes with a label.")
    share = np.asarray(n_label, dtype=np.float64) / n
    for_with, against_with = n_both + share, n_with - n_both + (1.0 - share)
    for_without = n_label - n_both + share
    against_without = n - n_label - (n_with - n_both) + (1.0 - share)
    cells = np.broadcast_arrays(for_with, against_with, for_without, against_without)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_odds = np.log(cells[0] * cells[3]) - np.log(cells[1] * cells[2])
        error = np.sqrt(sum(1.0 / cell for cell in cells))
        scored = log_odds / error
    is_told_apart = (share > 0) & (share < 1)
    found: Counts = np.where(is_told_apart, scored, 0.0)
    return found
