"""What each mode of control gives and costs, as it is kept and read again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from rhml_core.figures import Interval
from rhml_core.machine.control_modes import TriedMode
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.comparison import MESSAGES_TO_COMPARE, compare_runs

MOST_LISTED = 100
"""Added terms that are kept to be read."""


@dataclass(frozen=True)
class ModeFigure:
    """
    One mode, measured.

    Attributes:
        name: of the `ControlMode`.
        crossed: macro-F1 on judged messages that it had not seen.
        held_out: macro-F1 on the hold-out; None where too little of it is judged.
        behind: macro-F1 of the best mode minus this one's, on the judged messages; holds zero
            where no difference can be shown.
        seconds_to_fit, seconds_a_thousand: as in `TriedMode`.
        n_own, n_added, n_hidden: features that are the team's terms, that one can read and strike
            out, and that nobody can read.
        own_share: as in `TriedMode`.
        added: term, label and origin of the added ones, at most `MOST_LISTED`.
    """

    name: str
    crossed: Interval
    held_out: Interval | None
    behind: Interval
    seconds_to_fit: float
    seconds_a_thousand: float
    n_own: int
    n_added: int
    n_hidden: int
    own_share: float | None
    added: tuple[tuple[str, str, str], ...]

    @property
    def is_as_good(self) -> bool:
        """Whether it is not shown to be worse than the best."""
        return self.behind.low <= 0


def measured_modes(
    tried: Sequence[TriedMode], truth: Sequence[str], held_truth: Sequence[str]
) -> tuple[ModeFigure, ...]:
    """
    The figures of modes that were all tried on the same messages.

    Args:
        tried: most control first.
        truth: of the judged messages.
        held_truth: of the hold-out; empty where too little of it is judged.

    Raises:
        MeasureUndefinedError: no message is judged.
    """
    crossed = [_macro_f1(truth, one.cross_validated, "cross-validation") for one in tried]
    best = max(range(len(tried)), key=lambda at: (crossed[at].value, -at))
    figures = []
    for one, figure in zip(tried, crossed, strict=True):
        labels = sorted({*truth, *one.cross_validated, *tried[best].cross_validated})
        compared = compare_runs(truth, one.cross_validated, tried[best].cross_validated, labels)
        behind = compared.difference
        if behind.n < MESSAGES_TO_COMPARE:  # a few lucky ones would decide
            behind = replace(behind, low=min(behind.low, 0.0))
        figures.append(
            ModeFigure(
                name=one.mode.value,
                crossed=figure,
                held_out=_macro_f1(held_truth, one.held_out, "hold-out") if held_truth else None,
                behind=behind,
                seconds_to_fit=one.seconds_to_fit,
                seconds_a_thousand=one.seconds_a_thousand,
                n_own=one.n_own,
                n_added=len(one.added),
                n_hidden=one.n_hidden,
                own_share=one.own_share,
                added=tuple((a.term, a.label, a.origin) for a in one.added[:MOST_LISTED]),
            )
        )
    return tuple(figures)


def advised_mode(modes: Sequence[ModeFigure]) -> str:
    """
    The mode with the most control that is not shown to be worse than the best; "" without any.

    It goes by the answers to judged messages alone; the hold-out has no part in it.
    """
    return next((one.name for one in modes if one.is_as_good), "")


def figures_to_json(modes: Sequence[ModeFigure]) -> dict[str, Any]:
    """What is kept of the figures."""
    return {"modes": [asdict(one) for one in modes]}


def figures_from_json(kept: Mapping[str, Any]) -> tuple[ModeFigure, ...]:
    """The figures as they were kept."""
    return tuple(
        ModeFigure(
            **{
                **row,
                "crossed": Interval(**row["crossed"]),
                "held_out": Interval(**row["held_out"]) if row["held_out"] else None,
                "behind": Interval(**row["behind"]),
                "added": tuple((term, label, origin) for term, label, origin in row["added"]),
            }
        )
        for row in kept["modes"]
    )


def _macro_f1(truth: Sequence[str], said: Sequence[str], measured_on: str) -> Interval:
    labels = sorted({*truth, *said})
    return measure_classification(truth, said, labels, measured_on=measured_on).macro_f1
