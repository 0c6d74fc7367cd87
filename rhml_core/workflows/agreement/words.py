"""Agreement in sentences: the same on the page, in the report and on the command line."""

from collections.abc import Sequence

from rhml_core.figures import Interval, percent_with_bounds
from rhml_core.measures.proportions import wilson_interval
from rhml_core.workflows.agreement.figures import StageFigures
from rhml_core.workflows.agreement.trend import Fall

MEASURES = {
    "alpha": (
        "Krippendorff's alpha",
        (
            "What is left of agreement when chance is taken out; any number of people, skipped "
            "messages allowed. Read this one first."
        ),
    ),
    "fleiss": (
        "Fleiss' kappa",
        (
            "As alpha, but each message weighs the same however many people judged it; it falls "
            "where one label is very common, however well people agree."
        ),
    ),
    "ac1": (
        "Gwet's AC1",
        (
            "Takes chance to be guessing on hard messages only, so it does not fall where one "
            "label is very common."
        ),
    ),
    "percent": (
        "Percent agreement",
        (
            "How often two people gave a message the same label; chance is not taken out, so it "
            "always looks better than the others."
        ),
    ),
}
"""Measure -> its name, and how it differs from the others."""

INTERVALS_COME_FROM = (
    "messages drawn with replacement or, where nobody ever disagreed, what so few may have missed"
)
KAPPA_MEANS = (
    "Cohen's kappa: agreement of two people, or of one and the machine, on the messages both "
    "judged, chance taken out; "
    "1 is perfect, 0 is chance, below 0 is systematic disagreement."
)


def overview_sentence(figures: StageFigures | None, falls: Sequence[Fall]) -> str:
    """
    The first line: alpha with interval, n and experts, what it permits, and where it falls.

    Where it is undefined, why.
    """
    if figures is None:
        return "The figures are being worked out for the first time; they appear by themselves."
    known = figures.alpha.interval
    if known is None:
        return f"Agreement is undefined: {figures.alpha.missing}"
    people = "1 expert" if figures.n_people == 1 else f"{figures.n_people:,} experts"
    reading = figures.reading.split(":")[0]
    sentence = (
        f"alpha {bounds(known)}, n = {known.n:,} messages, {people}: "
        f"{reading[:1].lower()}{reading[1:]}"
    )
    return f"{sentence}; {fall_words(falls)}." if falls else f"{sentence}."


def fall_words(falls: Sequence[Fall]) -> str:
    """Where agreement falls, as in `falling on Tooling since cycle 3`."""
    fall = told_fall(falls)
    where = f" on {fall.label}" if fall.label is not None else ""
    return f"falling{where} since cycle {fall.since}"


def told_fall(falls: Sequence[Fall]) -> Fall:
    """The fall that is spoken of, of some: the steepest of a label, else that of all together."""
    return next((one for one in falls if one.label is not None), falls[0])


def bounds(interval: Interval) -> str:
    """A value with its interval, as in `0.72 [0.65, 0.78]`."""
    return f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


def same_words(agreement: float, n: int) -> str:
    """
    The share of `n` shared messages to which both gave the same label, with its 95 % interval.

    >>> same_words(0.75, 4)
    '75 % [30 %, 95 %]'
    """
    return percent_with_bounds(wilson_interval(round(agreement * n), n))


def row_words(
    value: float | None, low: float | None, high: float | None, undefined: str | None
) -> str:
    """A figure of a table with its interval, or why it has none."""
    if value is None:
        return f"undefined: {undefined or 'too little is shared'}"
    if low is None or high is None:
        return f"{value:.2f} ({undefined or 'no interval'})"
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
