"""Figures with their uncertainty: what every measure gives and every page shows."""

from dataclasses import dataclass

_SECONDS, _MINUTES = 60, 60
"""Of a minute, of an hour."""


@dataclass(frozen=True)
class Interval:
    """A figure with its uncertainty: `value` within `low` to `high` at 95 %, from `n` messages."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """For people, as in `0.81 [0.77, 0.85], n = 240`."""
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}], n = {self.n:,}"


def percent(share: float) -> str:
    """
    A share for people, as whole percent; the one way in which percentages are written.

    >>> percent(0.064)
    '6 %'
    """
    return f"{100 * share:.0f} %"


def counted(n: int, noun: str, nouns: str = "") -> str:
    """
    The number with the noun in its right form.

    >>> counted(1, "row"), counted(1200, "row"), counted(2, "reply", "replies")
    ('1 row', '1,200 rows', '2 replies')
    """
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def duration(seconds: float) -> str:
    """
    A length of time in its largest fitting unit.

    >>> duration(25.2), duration(59.6), duration(200), duration(7199), duration(7300)
    ('25 s', '1 min', '3 min', '2 h', '2 h 2 min')
    """
    if round(seconds) < _SECONDS:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / _SECONDS), _MINUTES)
    if not hours:
        return f"{minutes} min"
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def percent_with_bounds(share: Interval) -> str:
    """
    A share with its interval for people, without n.

    >>> percent_with_bounds(Interval(0.5, 0.15, 0.85, n=4))
    '50 % [15 %, 85 %]'
    """
    return f"{percent(share.value)} [{percent(share.low)}, {percent(share.high)}]"


@dataclass(frozen=True)
class ReliabilityBin:
    """
    Messages about which the machine was about equally sure, and how often it was right.

    Attributes:
        confidence: mean probability of the machine's answers, 0 to 1.
        accuracy: share of right answers, Wilson interval; `n` messages of the bin.
    """

    confidence: float
    accuracy: Interval


@dataclass(frozen=True)
class CoveragePoint:
    """
    How good the answers are where the machine answers only when it is sure enough.

    Attributes:
        coverage: share of all messages that are answered, above 0 to 1.
        threshold: least probability at which the machine answers.
        accuracy: share of right answers among them, Wilson interval; `n` messages answered.
    """

    coverage: float
    threshold: float
    accuracy: Interval


@dataclass(frozen=True)
class LabelThreshold:
    """
    From which probability on a message is flagged as a label, to find most that have it.

    Attributes:
        target: share of the label's messages that shall be found, such as 0.9.
        threshold: a message is flagged where the label's probability is at least this;
            chosen on training messages alone, each answered by a model that never saw it.
        n_chosen: training messages with the label that it was chosen on.
        recall: share of the label's hold-out messages that are flagged, Wilson interval;
            None where no hold-out message has the label, or there is no hold-out yet.
        precision: share of the flagged hold-out messages that have the label, Wilson
            interval; None where none is flagged, or there is no hold-out yet.
    """

    target: float
    threshold: float
    n_chosen: int
    recall: Interval | None
    precision: Interval | None


@dataclass(frozen=True)
class LabelMetrics:
    """
    How well one label is recognised.

    Attributes:
        precision: None where the label was never predicted.
        recall: None where no message truly has the label.
        f1: 0 to 1; None where precision and recall are both undefined.
        n: messages that truly have the label.
        n_predicted: messages predicted to have it.
        pr_auc: average precision, 0 to 1, its `n` the messages that truly have the label; a
            label that is ranked by chance gets about its share of the messages. None where
            no message has the label.
        threshold: None where too few training messages have the label.
    """

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    f1_low: float | None
    f1_high: float | None
    n: int
    n_predicted: int
    pr_auc: Interval | None = None
    threshold: LabelThreshold | None = None


@dataclass(frozen=True)
class Metrics:
    """
    How good a classifier is on messages with a reference label.

    Figures with a default are None, or empty, in runs that were measured before they existed.

    Attributes:
        measured_on: `hold-out`, or `cross-validation` where there is no hold-out yet.
        macro_f1: mean F1 over the labels that occur in the reference.
        accuracy: share of right answers.
        per_label: in codebook order.
        confusion: rows `(reference, predicted, n)`, only where n > 0.
        n: messages measured.
        n_adjudicated: messages of these whose reference a person adjudicated; that of the
            others is what most experts said.
        macro_pr_auc: mean `pr_auc` over the labels that occur in the reference.
        balanced_accuracy: mean recall over the labels that occur in the reference.
        brier: mean squared distance of the probabilities from the truth, 0 (sure and right)
            to 2 (sure and wrong).
        calibration_error: expected calibration error, 0 (as often right as it says) to 1.
        reliability: the least sure messages first; what `calibration_error` sums up.
        coverage: the surest messages first, up to all of them.
        unmeasured: sentences for people: which figures are missing, and why.
    """

    measured_on: str
    macro_f1: Interval
    accuracy: Interval
    per_label: tuple[LabelMetrics, ...]
    confusion: tuple[tuple[str, str, int], ...]
    n: int
    n_adjudicated: int | None = None
    macro_pr_auc: Interval | None = None
    balanced_accuracy: Interval | None = None
    brier: Interval | None = None
    calibration_error: Interval | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    coverage: tuple[CoveragePoint, ...] = ()
    unmeasured: tuple[str, ...] = ()
