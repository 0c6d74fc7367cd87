"""Whether one run is better than another on the same messages, and how many would tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals
from rhml_core.measures.paired import mcnemar_p, messages_to_tell, smallest_difference
from rhml_core.measures.tallies import contributions, kinds_of_answers, tally

MESSAGES_TO_COMPARE = 20
"""Below this many messages no run is called better: a few lucky ones would decide."""

LEVEL = 0.05
"""Equal runs are told apart at most this often."""


@dataclass(frozen=True)
class RunComparison:
    """
    What changes when one run replaces another, on the same messages.

    Attributes:
        difference: macro-F1 of the second run minus that of the first, -1 to 1; holds 0
            wherever equal runs would differ as much by chance.
        n_changed: messages that the two runs answer differently.
        n_fixed: messages that only the second run answers rightly.
        n_broken: messages that only the first run answers rightly.
        p_macro_f1: chance that equal runs differ at least as much in macro-F1.
        mcnemar_p: chance that equally accurate runs differ at least as much in right answers;
            None where both are right on the very same messages.
        n_needed: messages that would tell a difference in accuracy as large as the one seen,
            four times in five; None where these tell it, or none is seen.
        sentence: whether the second run is better, in plain words.
        advice: whether the messages are enough to tell by right answers, and how many would
            be; empty where both runs answer the same.
    """

    difference: Interval
    n_changed: int
    n_fixed: int
    n_broken: int
    p_macro_f1: float
    mcnemar_p: float | None
    n_needed: int | None
    sentence: str
    advice: str


def compare_runs(
    truth: Sequence[str],
    first: Sequence[str],
    second: Sequence[str],
    labels: Sequence[str],
    *,
    n_replicates: int = 1000,
    seed: int = 0,
) -> RunComparison:
    """
    Whether a second run does better than a first, both resampled on the same messages.

    The percentile interval of the difference alone calls equal runs different in 6 to 7 of
    100 comparisons of 40 to 120 messages. So it is stretched to hold zero wherever the
    randomisation test does not tell the runs apart, which errs in at most 5 of 100.

    Args:
        truth: each message's reference label.
        first: the first run's answers, in the same order.
        second: the second run's answers, in the same order.
        labels: every label that may occur, in codebook order, without repetition.
        n_replicates: resamples to draw for the 95 % interval, and exchanges for the test.
        seed: the same seed gives the same interval and test.

    Returns:
        The comparison; its sentence calls a run better or worse only where the interval of
        the difference lies wholly on one side of zero and there are at least
        `MESSAGES_TO_COMPARE` messages.

    Raises:
        MeasureUndefinedError: there is no message.
        InvalidInputError: the sequences differ in length, or hold a label not in `labels`.
    """
    answers, n_alike = kinds_of_answers(labels, truth, first, second)
    true, one, two = answers.T
    of_first = contributions(true, one, len(labels))
    of_second = contributions(true, two, len(labels))
    n = len(truth)
    p_macro_f1 = _randomisation_p(
        of_first, of_second, n_alike, n_replicates=n_replicates, seed=seed
    )
    of_both = np.hstack([of_first, of_second])
    resampled = _difference(
        resampled_totals(of_both, n_alike, n_replicates=n_replicates, seed=seed)
    )
    difference = percentile_interval(float(_difference(n_alike @ of_both)), resampled, n=n)
    if p_macro_f1 > LEVEL:
        difference = replace(difference, low=min(difference.low, 0), high=max(difference.high, 0))
    n_changed = int(n_alike[one != two].sum())
    n_fixed = int(n_alike[(one != true) & (two == true)].sum())
    n_broken = int(n_alike[(one == true) & (two != true)].sum())
    p_right = mcnemar_p(n_fixed, n_broken) if n_fixed + n_broken else None
    n_needed = _n_needed(n, n_fixed, n_broken, p_right)
    return RunComparison(
        difference=difference,
        n_changed=n_changed,
        n_fixed=n_fixed,
        n_broken=n_broken,
        p_macro_f1=p_macro_f1,
        mcnemar_p=p_right,
        n_needed=n_needed,
        sentence=_sentence(difference, n_changed, n_fixed, n_broken),
        advice=_advice(n, n_changed, n_fixed, n_broken, p_right, n_needed),
    )


def _randomisation_p(
    of_first: NDArray[np.float64],
    of_second: NDArray[np.float64],
    n_alike: NDArray[np.int64],
    *,
    n_replicates: int,
    seed: int,
) -> float:
    """
    How often chance exchanges of the two runs' answers differ as much as the runs do.

    If the runs were equally good, it would not matter which of them gave which of the two
    answers to a message. The data as they are count as one of the exchanges, so that the
    p-value is never 0 and never too small.

    Source:
        Yeh, More accurate tests for the statistical significance of result differences, 2000,
        after Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989.
    """
    random = np.random.default_rng(seed)
    n_exchanged = random.binomial(n_alike, 0.5, size=(n_replicates, len(n_alike)))
    moved = n_exchanged @ (of_second - of_first)
    first, second = n_alike @ of_first, n_alike @ of_second
    by_chance = tally(second - moved).macro_f1 - tally(first + moved).macro_f1
    seen = abs(float(tally(second).macro_f1 - tally(first).macro_f1))
    rounding = 1e-12  # the same exchange summed in another order is as large
    return float((1 + (np.abs(by_chance) >= seen - rounding).sum()) / (1 + n_replicates))


def _sentence(difference: Interval, n_changed: int, n_fixed: int, n_broken: int) -> str:
    """What a comparison shows, in one sentence for people."""
    n = difference.n
    on = f"on {n:,} {'message' if n == 1 else 'messages'}"
    if n_changed == 0:
        return f"Both runs give the same answers {on}."
    figures = (
        f"macro-F1 changes by {difference.value:+z.3f} "
        f"[{difference.low:+z.3f}, {difference.high:+z.3f}] {on}, "
        f"{n_fixed:,} fixed and {n_broken:,} broken"
    )
    if n < MESSAGES_TO_COMPARE:
        return f"Too few messages to compare the two runs: {figures}."
    if difference.low > 0:
        return f"The second run is better: {figures}."
    if difference.high < 0:
        return f"The second run is worse: {figures}."
    return f"No difference between the two runs can be shown: {figures}."


def _n_needed(n: int, n_fixed: int, n_broken: int, p_right: float | None) -> int | None:
    """Messages that would tell the difference seen in right answers; None: these, or none."""
    if n_fixed == n_broken or _is_told(n, p_right):
        return None
    needed = messages_to_tell(abs(n_fixed - n_broken) / n, (n_fixed + n_broken) / n)
    return max(needed, MESSAGES_TO_COMPARE, n + 1)


def _is_told(n: int, p_right: float | None) -> bool:
    return p_right is not None and p_right <= LEVEL and n >= MESSAGES_TO_COMPARE


def _advice(
    n: int,
    n_changed: int,
    n_fixed: int,
    n_broken: int,
    p_right: float | None,
    n_needed: int | None,
) -> str:
    """Whether the messages tell the runs apart by right answers, in sentences for people."""
    if n_changed == 0:
        return ""
    if p_right is None:
        return "Both runs are right on the very same messages, so only others can tell them apart."
    if n_fixed == n_broken:
        return f"Both runs are right equally often. {_smallest(n, (n_fixed + n_broken) / n)}"
    p = "p < 0.001" if p_right < 0.001 else f"p = {p_right:.3f}"  # noqa: PLR2004 - as printed
    if n_needed is None:
        standing = "more" if n_fixed > n_broken else "less"
        return f"The second run is right {standing} often (McNemar's test, {p})."
    rounded = _rounded_up(n_needed)
    return (
        f"{_messages(n)} too few to tell which run is right more often (McNemar's test, "
        f"{p}). If their accuracy truly differs by {abs(n_fixed - n_broken) / n:.3f}, as it does "
        f"on these, about {rounded:,} would tell it four times in five: {rounded - n:,} more "
        "to judge."
    )


def _messages(n: int) -> str:
    return f"{n:,} judged hold-out {'message is' if n == 1 else 'messages are'}"


def _smallest(n: int, discordant: float) -> str:
    """Which difference so many messages tell."""
    smallest = smallest_difference(n, discordant)
    if smallest is None:
        return f"{_messages(n)} too few to tell any difference between runs that differ so little."
    return (
        f"{_messages(n)} enough to tell a difference in accuracy of {smallest:.3f} or more, "
        "four times in five; a smaller one needs more of them."
    )


def _rounded_up(n: int) -> int:
    """Two leading figures, since more of them would promise too much."""
    step = int(10 ** max(len(str(n)) - 2, 0))
    return -(-n // step) * step


def _difference(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Second macro-F1 minus first, from both runs' sums side by side: shape (...)."""
    first, second = np.split(totals, 2, axis=-1)
    return tally(second).macro_f1 - tally(first).macro_f1
