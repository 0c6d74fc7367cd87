"""
What each figure says and where it comes from, a plain sentence each.

Pages, tables and tooltips read it here, so that a figure means the same wherever it is drawn.
"""

import re
from dataclasses import dataclass

from rhml_core.workflows.agreement.words import KAPPA_MEANS, MEASURES

_ANSWERS = "From answers to messages that two or more people judged; page Agreement."
_RUN = (
    "From a run's answers to hold-out messages, or cross-validated where it says so; page Training."
)
_TERM = "From judged messages, none of them held out; page Reflection."
_ALONE = "From messages with a known answer, judged without the machine; page Both learners."
_TURNS = "From turns in which the machine spoke after the first answer; page My learning."
_STATED = "From how sure experts said to be, where the right label is known; page My learning."


PROBABILITY = "Probability, 0 to 1"
"""Of the machine's answers, beside which it stands without a word."""
REFERENCE = "The best label known: settled, else what people's votes come to"
WORD_EFFECT = "How much the word raises (+) or lowers (-) the probability of its answer"
SIMILARITY = "How alike two messages are to the machine; 1: says the same"


@dataclass(frozen=True)
class Meaning:
    """
    What a figure says.

    Attributes:
        name: as pages write it.
        says: one plain sentence.
        comes_from: what it is worked out from, and the page that shows it whole.
        also: other forms of the name within a sentence.
    """

    name: str
    says: str
    comes_from: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        """For a tooltip: what it says and where it comes from."""
        return f"{self.says} {self.comes_from}"


def _agreement(measure: str, *also: str) -> Meaning:
    name, says = MEASURES[measure]
    return Meaning(name, f"{says} 1 is perfect, 0 is chance.", _ANSWERS, also)


MEANINGS = (
    _agreement("alpha", "alpha"),
    _agreement("fleiss"),
    _agreement("ac1", "AC1"),
    Meaning(MEASURES["percent"][0], MEASURES["percent"][1], _ANSWERS, ("same label",)),
    Meaning("Cohen's kappa", KAPPA_MEANS, _ANSWERS, ("kappa",)),
    Meaning(
        "Competence",
        "The chance that a person gives the right label to a message drawn from all, 0 to 1.",
        "From the votes of all on the same messages (Dawid and Skene); page Agreement.",
    ),
    Meaning(
        "Macro-F1",
        "How well each label is found and nothing else, all labels counting alike: 1 is never "
        "wrong, 0 never right.",
        _RUN,
    ),
    Meaning(
        "F1",
        "How well one label is found and nothing else: 1 is never wrong, 0 never right; the "
        "harmonic mean of precision and recall.",
        _RUN,
    ),
    Meaning("Precision", "Of the messages called so, the share that are.", _RUN),
    Meaning("Recall", "Of the messages that are, the share that was found.", _RUN),
    Meaning("Accuracy", "Share of the messages with the right answer; frequent labels lead.", _RUN),
    Meaning("Balanced accuracy", "Mean recall over the labels, rare ones counting alike.", _RUN),
    Meaning(
        "Macro PR-AUC",
        "How well the messages of a label are ranked before the others, mean over the labels: 1 "
        "is perfect, a label's own share is chance.",
        _RUN,
        ("PR-AUC",),
    ),
    Meaning(
        "Calibration error",
        "Mean gap between how sure an answer is and how often such answers are right; 0 is best.",
        "From answers whose right label is known.",
    ),
    Meaning(
        "Brier score",
        "Squared error of the probabilities; 0 is best: sure and right.",
        "From answers whose right label is known.",
    ),
    Meaning(
        "Surer than right",
        "Mean stated probability less the share right: above 0 too sure, below 0 too unsure.",
        _STATED,
    ),
    Meaning(
        "Right without the machine",
        "Share of right answers where the machine kept silent: a person's own skill.",
        _ALONE,
    ),
    Meaning(
        "Change per cycle",
        "How much that share rises or falls from one cycle to the next; 0 is no change.",
        _ALONE,
    ),
    Meaning(
        "Took good advice",
        "Where the first answer was wrong and the machine right, how often the machine's was "
        "taken over; 1 is best (RAIR).",
        _TURNS,
    ),
    Meaning(
        "Stood firm rightly",
        "Where the first answer was right and the machine wrong, how often it was kept; 1 is best "
        "(RSR).",
        _TURNS,
    ),
    Meaning(
        "Believed it too easily",
        "Where the machine was wrong and differed, how often its answer was taken over; 0 is best "
        "(over-reliance).",
        _TURNS,
    ),
    Meaning(
        "Believed it too little",
        "Where the first answer was wrong and the machine right, how often the machine was not "
        "followed; 0 is best (under-reliance).",
        _TURNS,
    ),
    Meaning(
        "Remembered",
        "Share of the cards that came back and were answered rightly; each comes back after a "
        "growing time (FSRS), so that about nine in ten are.",
        "From reviews of one's own cards; page My learning.",
    ),
    Meaning(
        "Lexicon alone",
        "Macro-F1 of the lexicon without any learning: a message gets the label with most of its "
        "terms there.",
        "From hold-out messages, against their reference of today; page Reflection.",
        ("unweighed",),
    ),
    Meaning(
        "Lexicon, weighed",
        "Macro-F1 of the same terms once each has a weight learnt from judged messages (elastic "
        "net).",
        "From hold-out messages, against their reference of today; page Reflection.",
        ("once weighed",),
    ),
    Meaning(
        "Term F1",
        "How well “contains the term” alone tells a label: 1 where exactly its messages contain "
        "it.",
        _TERM,
    ),
    Meaning(
        "Weight",
        "How far a term speaks for its label once all terms are weighed together (log-odds); "
        "above 0 it speaks for it.",
        _TERM,
    ),
    Meaning(
        "Strength",
        "How much a term raises the machine's probability of its label, on average, where it "
        "occurs.",
        "From judged messages, answered by a machine that had not learnt from them; page Journal.",
    ),
    Meaning(
        "Stability",
        "Share of random draws of the judged messages in which the machine finds the term again: "
        "where it is low, the find may be chance.",
        "From the run that surfaced it; page Journal.",
    ),
    Meaning(
        "Map agreement",
        "How far two concept maps say the same: 1 where each says all that the other says, same "
        "two nodes, same type, same direction, and 0 where they share nothing.",
        "From the statements of both maps; page Concept map.",
    ),
    Meaning(
        "Interval",
        "In square brackets, the range in which the figure lies with 95 % certainty, as far as "
        "chance goes; n counts what it was measured on. Where two overlap widely, neither "
        "is shown to be better.",
        "Worked out with each figure.",
    ),
)
"""Every figure that pages draw, those of agreement first; the interval last."""

INTERVAL = MEANINGS[-1]
_BOUNDS = re.compile(r"\[[-+]?\d\.\d+, [-+]?\d\.\d+\]")
_BY_FORM = {form.casefold(): one for one in MEANINGS[:-1] for form in (one.name, *one.also)}
_NAMED = re.compile(
    r"(?<![\w-])(" + "|".join(re.escape(form) for form in sorted(_BY_FORM, key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)  # fmt: skip


def meaning_of(name: str) -> str:
    """
    What the figure of this name says and where it comes from.

    Raises:
        KeyError: no such figure; a page that draws one has to be given its meaning here.
    """
    return str(_BY_FORM[name.casefold()])


def meanings_in(text: str) -> tuple[Meaning, ...]:
    """
    The figures that a sentence names, as they come, and the interval where it has bounds.

    >>> [one.name for one in meanings_in("alpha 0.72 [0.65, 0.78], n = 240; macro-F1 is higher")]
    ["Krippendorff's alpha", 'Macro-F1', 'Interval']
    """
    found = dict.fromkeys(_BY_FORM[match[0].casefold()] for match in _NAMED.finditer(text))
    return (*found, INTERVAL) if _BOUNDS.search(text) else tuple(found)
