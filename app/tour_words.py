"""The five steps of the demo's tour: which page, what one sees there, and what is still to come."""

from dataclasses import dataclass

from app.components.counted import counted
from rhml_core.workflows.demo.touring import DemoProgress


@dataclass(frozen=True)
class TourStep:
    """
    One step of the tour.

    Attributes:
        view: the page.
        title: what the step is about.
        sees: one sentence: what one sees.
        look: one sentence: what to look at.
        is_live: whether figures in the bar change while one looks.
    """

    view: str
    title: str
    sees: str
    look: str
    is_live: bool = False


STEPS = (
    TourStep(
        "overview",
        "What the team does",
        "Experts and a machine sort the messages of an invented forum, and learn from each other.",
        "Look at the bars: how far people agree, and how good the machine is.",
    ),
    TourStep(
        "disagreements",
        "A disagreement",
        "Not everyone reads the opened message alike: circles are people, the diamond is the "
        "machine.",
        "Look at who gave which label; here a team argues until it is settled.",
    ),
    TourStep(
        "training",
        "The machine learns, live",
        "While simulated experts label, the machine learns anew after every few answers.",
        "Look at the figures below change, and at the curve: does it rise with more labels?",
        is_live=True,
    ),
    TourStep(
        "journal",
        "The journal",
        "Words that the machine goes by: people adopt them, or call them a wrong reason.",
        "Look at what each side learnt in a cycle, and further down at the card of one word.",
    ),
    TourStep(
        "learners",
        "Both learners",
        "Machine and experts cycle by cycle, each measured alone: what does each gain?",
        "Look at the whiskers: while they are wide, a rise may be chance, and the page says so.",
    ),
)
"""In order."""

_SIMULATED = "How these experts learn is an assumption of the program, no finding about people."


def step_number(value: str) -> int | None:
    """
    The step that an address names, from 1; None where it names none.

    >>> step_number("3"), step_number("6"), step_number("x"), step_number("")
    (3, None, None, None)
    """
    number = int(value) if value.isascii() and value.isdecimal() else 0
    return number if 1 <= number <= len(STEPS) else None


def still_to_come(number: int, progress: DemoProgress, *, has_disagreement: bool) -> str:
    """
    What the page of a step does not show yet, and what will bring it; "" where nothing is missing.

    Args:
        number: of the step, from 1.
        progress: how far the demo is.
        has_disagreement: whether there is one to open.
    """
    view = STEPS[number - 1].view
    if view == "disagreements":
        if has_disagreement:
            return ""
        return (
            "There is none yet. The first opens here by itself, as soon as two simulated experts, "
            "or one and the machine, answer the same message differently."
        )
    if view == "training":
        return live_line(progress)
    missing = {
        "overview": "" if progress.has_speaker else "The machine's bar comes with the second run.",
        "journal": "" if progress.n_runs else "The first cards come with the first run.",
        "learners": ""
        if progress.n_runs
        else "The machine's first point comes with the first run.",
    }[view]
    if missing:
        return f"{missing} {next_run(progress)}"
    return _SIMULATED if view == "learners" else ""


def live_line(progress: DemoProgress) -> str:
    """The figures that change while one looks."""
    answers = counted(progress.n_judged, "answer")
    experts = counted(progress.n_experts, "simulated expert")
    messages = counted(progress.n_teaching, "message")
    return (
        f"Now: {answers} of {experts}; {messages} to learn from; "
        f"{counted(progress.n_runs, 'training run')}. {next_run(progress)}"
    )


def next_run(progress: DemoProgress) -> str:
    """When the next training run comes."""
    if progress.is_training:
        return "A training run is under way."
    if progress.n_until_run is None:
        return "The simulated experts have done their part; figures change when somebody labels."
    if progress.waits_for:
        return f"A training run is due and begins as soon as it can. {progress.waits_for}"
    after = counted(progress.n_until_run, "more answer")
    return f"The next training run begins by itself after {after}."
