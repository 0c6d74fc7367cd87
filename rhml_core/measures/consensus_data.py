"""What people said, as a consensus needs it, and whether it is enough for one."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import MACHINE_RATER
from rhml_core.measures.ratings import Ratings, encode

FEWEST_RATERS = 3
FEWEST_LABELS_A_MESSAGE = 2.0
SHARED_MESSAGES_A_LABEL = 10
"""Messages that a rater shares with others, for each label in use, to have a matrix of errors."""
MOST_OF_THIN_RATERS = 0.2
"""Share of the labels that may come from raters who share fewer."""
_HUNDREDTH = 0.005


def people_ratings(
    labels: pl.DataFrame, adjudicated: pl.DataFrame
) -> tuple[Ratings, NDArray[np.int32]]:
    """
    People's labels as codes, and what is known of their messages.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.
            The machine's are left out: it has no vote.
        adjudicated: `message_id`, `label` (String); one row per adjudicated message.

    Returns:
        The codes, whose labels are those in use or adjudicated, sorted; and, shape (messages,),
        the adjudicated label of each message, -1 where there is none.
    """
    votes = labels.filter(pl.col("expert_id") != MACHINE_RATER)
    decided = adjudicated.join(votes, on="message_id", how="semi")
    names = sorted({*votes["label"].unique(), *decided["label"].unique()})
    ratings = encode(votes, names)
    places = {name: place for place, name in enumerate(names)}
    found = (
        pl.DataFrame({"message_id": ratings.messages})
        .join(decided, on="message_id", how="left", maintain_order="left")["label"]
        .replace_strict(places, default=-1, return_dtype=pl.Int32)
    )
    return ratings, found.to_numpy()


def without_rater(
    ratings: Ratings, known: NDArray[np.int32], rater: int
) -> tuple[Ratings, NDArray[np.int32], NDArray[np.int64]]:
    """
    What `people_ratings` finds where one rater has said nothing.

    Args:
        ratings: as from `people_ratings`.
        known: as from there.
        rater: the code of who is left out.

    Returns:
        The others' ratings, what is known of their messages, and, shape (messages of theirs,),
        which of the messages these are.
    """
    is_kept = ratings.rater != rater
    message, label = ratings.message[is_kept], ratings.label[is_kept]
    messages = np.flatnonzero(np.bincount(message, minlength=len(ratings.messages)))
    raters = np.delete(np.arange(len(ratings.raters)), rater)
    told = known[messages]
    labels = np.flatnonzero(np.bincount(np.concatenate([label, told[told >= 0]])))
    # The last place is for what is not known, which has the code -1.
    new_label = _new_codes(labels, n=len(ratings.labels) + 1)
    others = Ratings(
        message=_new_codes(messages, n=len(ratings.messages))[message],
        rater=_new_codes(raters, n=len(ratings.raters))[ratings.rater[is_kept]],
        label=new_label[label],
        messages=ratings.messages.gather(messages),
        raters=tuple(ratings.raters[code] for code in raters),
        labels=tuple(ratings.labels[code] for code in labels),
    )
    return others, new_label[told], messages


def _new_codes(kept: NDArray[np.int64], *, n: int) -> NDArray[np.int32]:
    """Shape (n,): each old code's place among those kept, -1 of the others."""
    places = np.full(n, -1, dtype=np.int32)
    places[kept] = np.arange(kept.size)
    return places


def why_too_thin(ratings: Ratings) -> str | None:
    """
    Why raters' errors cannot be told from these labels, in a sentence; None where they can.

    A matrix of errors has a figure for every two labels. From a handful of messages they would
    be chance, and weighing votes by them would be worse than counting votes.
    """
    n_in_use = int(np.count_nonzero(ratings.counts.sum(axis=0)))
    if n_in_use <= 1:
        return "Fewer than two labels are in use, so there is nothing to weigh."
    if len(ratings.raters) < FEWEST_RATERS:
        return (
            f"Only {len(ratings.raters)} {_plural('person has', 'people have', ratings)} labelled; "
            f"who errs how can be told from {FEWEST_RATERS} on."
        )
    mean = ratings.n_judgements / len(ratings.messages)
    if mean < FEWEST_LABELS_A_MESSAGE:
        return (
            f"Messages have {_shown(mean)} labels on average; who errs how can be told "
            f"from {FEWEST_LABELS_A_MESSAGE:g} on."
        )
    is_shared = ratings.counts.sum(axis=1) > 1
    n_shared = np.bincount(
        ratings.rater, weights=is_shared[ratings.message], minlength=len(ratings.raters)
    )
    needed = SHARED_MESSAGES_A_LABEL * n_in_use
    is_thin = n_shared < needed
    n_able = len(ratings.raters) - int(is_thin.sum())
    n_given = np.bincount(ratings.rater, minlength=len(ratings.raters))
    if n_able < FEWEST_RATERS or n_given[is_thin].sum() > MOST_OF_THIN_RATERS * n_given.sum():
        return (
            f"Only {n_able} of {len(ratings.raters)} people share {needed} messages or more with "
            f"others ({SHARED_MESSAGES_A_LABEL} for each of {n_in_use} labels), too few to tell "
            "who errs how."
        )
    return None


def _plural(one: str, many: str, ratings: Ratings) -> str:
    return one if len(ratings.raters) == 1 else many


def _shown(mean: float) -> str:
    """To two places, never rounded up to the bound that it misses."""
    return f"{min(mean, FEWEST_LABELS_A_MESSAGE - 2 * _HUNDREDTH):.2f}"
