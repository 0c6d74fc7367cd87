"""What the page Reflection says in words."""

from app.components.counted import counted
from app.components.empty import TRIED_AGAIN
from rhml_core.figures import Interval
from rhml_core.workflows.kept.beside import Looked
from rhml_core.workflows.reflection.messages import Outcome, Side
from rhml_core.workflows.reflection.reflection import ReflectionFigures

OUTCOME_WORDS = {
    Outcome.TRUE_POSITIVE: "found rightly",
    Outcome.FALSE_POSITIVE: "found wrongly",
    Outcome.FALSE_NEGATIVE: "missed",
    Outcome.TRUE_NEGATIVE: "rightly left alone",
}
SIDE_WORDS = {Side.FOR: "has the label", Side.AGAINST: "has another label"}


def summary_sentence(look: Looked[ReflectionFigures]) -> str:
    """
    The page's answer.

    >>> summary_sentence(Looked(None, is_current=False, is_working=True))
    'How far our lexicon goes is being worked out.'
    """
    figures = look.value
    if figures is None:
        how = "could not be" if look.has_failed else "is being"
        return f"How far our lexicon goes {how} worked out."
    if not figures.n_terms:
        return "Our lexicon has no term yet, so it answers nothing."
    if figures.taught is not None:
        plain = f"; unweighed {figures.plain}" if figures.plain else ""
        return f"Our lexicon reaches a macro-F1 of {figures.taught} once weighed{plain}."
    if figures.plain is not None:
        return f"Our lexicon alone reaches a macro-F1 of {figures.plain}."
    return "How far our lexicon goes cannot be measured yet."


def summary_note(look: Looked[ReflectionFigures]) -> str:
    """What the answer rests on, and whether a newer one is coming."""
    figures = look.value
    newer = "Newer figures are being worked out." if look.is_working else ""
    if look.has_failed:
        newer = f"Newer figures could not be worked out. {TRIED_AGAIN}"
    if figures is None:
        coming = "The figures come by themselves; you may leave the page meanwhile."
        return TRIED_AGAIN if look.has_failed else coming
    if figures.missing:
        return f"{figures.missing} {newer}".strip()
    rests = (
        f"On the hold-out, of which {counted(figures.n_hit, 'message')} "
        f"{'contains' if figures.n_hit == 1 else 'contain'} one of our "
        f"{counted(figures.n_terms, 'term')}; weighed by "
        f"{counted(figures.n_judged, 'judged message')}, without the machine."
    )
    why = f" {figures.taught_missing}" if figures.taught_missing else ""
    return f"{rests}{why} {newer}".strip()


def figure_words(interval: Interval | None, missing: str) -> tuple[str, str]:
    """A figure for a cell, or a dash with the reason on hover."""
    if interval is None:
        return "\N{EN DASH}", missing
    return str(interval), ""


def share_words(interval: Interval | None) -> str:
    """
    A share without its n, which stands in a cell of its own.

    >>> share_words(Interval(0.5, 0.31, 0.69, 25))
    '0.50 [0.31, 0.69]'
    """
    if interval is None:
        return "\N{EN DASH}"
    return f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"
