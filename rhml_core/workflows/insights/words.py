"""One sentence that compares the lexicon with the machine, and claims no more than it may."""

from rhml_core.measures.comparison import MESSAGES_TO_COMPARE, RunComparison


def comparing_sentence(comparison: RunComparison, machine: str) -> str:
    """
    Which of the two models does better on the hold-out, if that can be told.

    Args:
        comparison: of Reflection, the first, with the machine, the second.
        machine: its name, such as `run 3`.

    Returns:
        One is called better only where the interval of the difference lies wholly on one side
        of zero and there are at least `MESSAGES_TO_COMPARE` messages.
    """
    gap = comparison.difference
    on = f"On {gap.n:,} hold-out {'message' if gap.n == 1 else 'messages'}"
    if comparison.n_changed == 0:
        return f"{on}, our lexicon and the machine ({machine}) give the same answers."
    if gap.n < MESSAGES_TO_COMPARE or gap.low <= 0 <= gap.high:
        return (
            f"{on}, no difference between our lexicon and the machine ({machine}) can be shown: "
            f"macro-F1 differs by {gap.value:+z.3f} [{gap.low:+z.3f}, {gap.high:+z.3f}]."
        )
    ours, other = "our lexicon", f"the machine ({machine})"
    who, than = (other, ours) if gap.low > 0 else (ours, other)
    low, high = sorted((abs(gap.low), abs(gap.high)))
    return (
        f"{on}, {who} is better than {than}: macro-F1 is {abs(gap.value):.3f} higher "
        f"[{low:.3f}, {high:.3f}]."
    )
