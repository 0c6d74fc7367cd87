"""Whether labelling on is likely to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from rhml_core.errors import NotEnoughDataError
from rhml_core.figures import Interval
from rhml_core.measures.learning_curve import (
    POINTS_TO_FIT,
    CurvePoint,
    expected_gain,
    standard_error,
)

WORTHWHILE = 0.02
"""Macro-F1 that the next labels must be able to bring, or labelling may stop."""

LEAST_OUTLOOK = 20
"""Labels that an outlook is for at least: one sitting of one expert."""

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class StoppingAdvice:
    """
    Whether labelling on is likely to pay.

    Attributes:
        n_points: different numbers of labels that were measured.
        n_last: labels between the last two of them; None where there is one or none.
        last_gain: macro-F1 that they added; None likewise.
        n_next: labels that the outlook is for.
        next_gain: macro-F1 that they would likely add; None where it cannot be told yet.
        should_stop: None where it cannot be told.
        sentence: all of it in plain words.
    """

    n_points: int
    n_last: int | None
    last_gain: Interval | None
    n_next: int
    next_gain: Interval | None
    should_stop: bool | None
    sentence: str


def advise_stopping(
    points: Sequence[CurvePoint],
    *,
    n_next: int | None = None,
    worthwhile: float = WORTHWHILE,
    last_change: Interval | None = None,
) -> StoppingAdvice:
    """
    Whether labelling on is likely to pay, by `expected_gain`.

    Args:
        points: in any order, measured alike; several at the same number of labels count as
            one another's repetition.
        n_next: labels to come, above 0; a quarter of those so far, but at least
            `LEAST_OUTLOOK`, where none are given: a fixed few of many would never pay.
        worthwhile: macro-F1 that they must be able to add: below it the advice is to stop, if
            the whole interval is below it.
        last_change: what the last labels changed, if it was measured on the same messages; else
            it is taken from the points as if each had its own messages, which is too cautious.

    Raises:
        InvalidInputError: `n_next` or a number of labels is not above 0.
    """
    sizes = sorted({point.n_labels for point in points})
    n_last = sizes[-1] - sizes[-2] if len(sizes) > 1 else None
    last_gain = (last_change or _last_change(points, sizes)) if n_last else None
    ahead = max(sizes[-1] // 40 * 10 if sizes else 0, LEAST_OUTLOOK) if n_next is None else n_next
    try:
        gain = expected_gain(points, ahead)
    except NotEnoughDataError:
        gain = None
    should_stop = None
    if gain and round(gain.high, 2) <= worthwhile:
        should_stop = True
    elif gain and gain.value >= worthwhile / 2:
        should_stop = False
    return StoppingAdvice(
        n_points=len(sizes),
        n_last=n_last,
        last_gain=last_gain,
        n_next=ahead,
        next_gain=gain,
        should_stop=should_stop,
        sentence=_sentence(len(sizes), n_last, last_gain, ahead, gain, should_stop),
    )


def _sentence(
    n_points: int,
    n_last: int | None,
    last_gain: Interval | None,
    n_next: int,
    gain: Interval | None,
    should_stop: bool | None,  # noqa: FBT001 - one of three answers, not a switch
) -> str:
    """The advice in plain words."""
    last = ""
    if n_last and last_gain:
        labels = "label" if n_last == 1 else f"{n_last:,} labels"
        last = (
            f"The last {labels} changed macro-F1 by {last_gain.value:+z.2f} "
            f"[{last_gain.low:+z.2f}, {last_gain.high:+z.2f}]"
        )
    if gain is None:
        known = f"{n_points} {'is' if n_points == 1 else 'are'} known"
        why = (
            "what more would add cannot be told yet: it takes figures at "
            f"{POINTS_TO_FIT} different numbers of labels, and {known}."
        )
        return f"{last}; {why}" if last else why[0].upper() + why[1:]
    outlook = f"{n_next:,} more would likely add {gain.low:.2f} to {gain.high:.2f}"
    advice = {
        True: "consider stopping",
        False: "keep on",
        None: "too uncertain to stop, so keep on",
    }[should_stop]
    return f"{last}; {outlook}: {advice}."


def _last_change(points: Sequence[CurvePoint], sizes: Sequence[int]) -> Interval:
    """Mean figure at the largest number of labels less that at the one before."""
    after, before = (
        [point.macro_f1 for point in points if point.n_labels == size]
        for size in (sizes[-1], sizes[-2])
    )
    change = np.mean([one.value for one in after]) - np.mean([one.value for one in before])
    half = _Z * np.sqrt(
        sum(standard_error(one) ** 2 for one in after) / len(after) ** 2
        + sum(standard_error(one) ** 2 for one in before) / len(before) ** 2
    )
    return Interval(float(change), float(change - half), float(change + half), after[-1].n)
