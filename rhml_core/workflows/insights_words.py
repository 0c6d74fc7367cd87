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
    on = f"n = {gap.n:,} hold-out messages"
    if comparison.n_changed == 0:
        return f"Our lexicon and the machine ({machine}) give the same answers; {on}."
    if gap.n >= MESSAGES_TO_COMPARE and (gap.low > 0 or gap.high < 0):
        sides = ("The machine ({})", "our lexicon") if gap.low > 0 else ("Our lexicon", None)
        who = sides[0].format(machine)
        than = sides[1] or f"the machine ({machine})"
        low, high = sorted((abs(gap.low), abs(gap.high)))
        return (
            f"{who} is better than {than}: macro-F1 is {abs(gap.value):.3f} higher "
            f"[{low:.3f}, {high:.3f}]; {on}."
        )
    return (
        f"No difference between our lexicon and the machine ({machine}) can be shown: macro-F1 "
        f"differs by {gap.value:+z.3f} [{gap.low:+z.3f}, {gap.high:+z.3f}]; {on}."
    )
