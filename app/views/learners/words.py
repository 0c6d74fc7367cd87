"""How both learners' figures are put into words."""

from app.components.counted import counted
from app.views.my_learning.words import change_words
from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate
from rhml_core.measures.reliance import RelianceCell
from rhml_core.workflows.learner.learning import LearnersByCycle
from rhml_core.workflows.reflection.lexicon_alone import LexiconAlone

OUTCOMES = ("kept", "adopted", "other")
"""Columns of the table of reliance."""

OUTCOME_WORDS = {
    "kept": ("kept the first answer", "The final answer is the first one"),
    "adopted": ("took the machine's", "The final answer is the machine's"),
    "other": ("took a third", "The final answer is neither"),
}
ROWS = ((True, True), (True, False), (False, True), (False, False))
"""Rows of the table of reliance: first answer right, machine right."""


def lifts_sentence(found: LearnersByCycle) -> str:
    """The first line: what each learner gained, or why that cannot be said."""
    if not found.cycles or (
        found.machine_lift.interval is None and found.experts_lift.interval is None
    ):
        return "What each learner gains shows from the second measured cycle on."
    return (
        f"{lift_words('The machine', found.machine_lift, 'macro-F1')}; "
        f"{lift_words('the experts', found.experts_lift, 'right without the machine')}."
    )


def lift_words(who: str, lift: Estimate, what: str) -> str:
    """
    What one learner gained, in honest words.

    >>> lift_words("The machine", Estimate(Interval(0.1, 0.02, 0.18, 90)), "macro-F1")
    'The machine gained: +0.10 [+0.02, +0.18], n = 90 (macro-F1)'
    >>> lift_words("The machine", Estimate(Interval(0.1, -0.02, 0.2, 90)), "macro-F1")
    'The machine shows no sure change: +0.10 [-0.02, +0.20], n = 90 (macro-F1)'
    """
    is_many = who.endswith("s")
    if lift.interval is None:
        return f"{who} {'have' if is_many else 'has'} no comparison yet"
    if lift.interval.low > 0:
        verb = "gained"
    elif lift.interval.high < 0:
        verb = "lost"
    else:
        verb = f"{'show' if is_many else 'shows'} no sure change"
    return f"{who} {verb}: {change_words(lift)} ({what})"


def lifts_note(found: LearnersByCycle) -> str:
    """The quieter line below: over how many cycles, how compared, and what is missing."""
    missing = [one.missing for one in (found.machine_lift, found.experts_lift) if one.missing]
    over = f"{counted(len(found.cycles), 'cycle')} so far; a training run ends one."
    how = [found.machine_lift_note] if found.machine_lift_note else []
    return " ".join([over, *how, *dict.fromkeys(missing)])


def lexicon_points(found: LearnersByCycle) -> list[tuple[int, Interval]]:
    """Cycle and figure of the lexicon alone, where it was measured."""
    return [
        (one.cycle, one.lexicon.macro_f1)
        for one in found.cycles
        if one.lexicon and one.lexicon.macro_f1
    ]


def lexicon_figure(lexicon: LexiconAlone | None) -> tuple[str, str]:
    """The lexicon's figure for a table's cell, and how many terms and messages it rests on."""
    if lexicon is None:
        return figure_or_none(None, "under way")
    words, why = figure_or_none(lexicon.macro_f1, lexicon.missing)
    if lexicon.macro_f1 is None:
        return words, why
    return words, (
        f"{counted(lexicon.n_terms, 'term')}; {lexicon.n_hit:,} of {lexicon.macro_f1.n:,} "
        "hold-out messages contain one"
    )


def figure_or_none(interval: Interval | None, missing: str) -> tuple[str, str]:
    """A figure for a table's cell with its meaning; a dash that says why where there is none."""
    return (str(interval), "") if interval is not None else ("\N{EN DASH}", missing)


def row_words(*, first_is_right: bool, machine_is_right: bool) -> str:
    """
    Who was right at first.

    >>> row_words(first_is_right=True, machine_is_right=False)
    'expert right, machine wrong'
    """
    expert = "right" if first_is_right else "wrong"
    machine = "right" if machine_is_right else "wrong"
    return f"expert {expert}, machine {machine}"


def cell_name(cell: RelianceCell) -> str:
    """The cell's name in the address, as in `right~wrong~kept`."""
    sides = ("right" if is_right else "wrong" for is_right in _sides(cell))
    return "~".join([*sides, cell.outcome])


def _sides(cell: RelianceCell) -> tuple[bool, bool]:
    return cell.first_is_right, cell.machine_is_right


def cell_words(cell: RelianceCell) -> str:
    """What happened in a cell, for the heading of its messages."""
    sides = row_words(first_is_right=cell.first_is_right, machine_is_right=cell.machine_is_right)
    return f"{sides}; {OUTCOME_WORDS[cell.outcome][0]}"
