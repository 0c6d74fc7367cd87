"""What is said where no turn tells yet how people rely on the machine, and the way on."""

from dataclasses import dataclass

from app.components.counted import counted
from rhml_core.domain import Mode
from rhml_core.workflows.learner.reliance_missing import RelianceMissing

_LABEL = ("Label messages", "label")
_SPEAKS = {
    Mode.BLIND: "the machine says nothing",
    Mode.IMMEDIATE: "the machine's answer is there before the expert's own",
    Mode.RECIPROCAL: "the machine answers after the expert",
}


@dataclass(frozen=True)
class NextStep:
    """What is missing and what brings it, and the button and the page of the one next step."""

    sentence: str
    action: str
    view: str


def next_step(missing: RelianceMissing) -> NextStep:
    """What is missing before a turn can be counted, and what to do next."""
    if missing.want == "reference":
        return _want_reference(missing)
    if missing.want == "messages":
        return NextStep(
            "No turn can be counted yet: there are no messages. Once experts label some, the "
            "machine learns beside them and begins to answer.",
            "Import messages",
            "messages",
        )
    if missing.want == "mode":
        return NextStep(
            f"No turn can be counted: in the mode {missing.mode.capitalize()}, "
            f"{_SPEAKS[missing.mode]}. Counted is what becomes of a first answer when the machine "
            "speaks after it; it does so in the mode Reciprocal.",
            "Open Settings",
            "settings",
        )
    if missing.want == "labels":
        return NextStep(
            f"No turn can be counted yet: the machine speaks from {missing.speaks_from} judged "
            "messages of at least two labels on, and has "
            f"{counted(missing.n_judged, 'message')} to learn from.",
            *_LABEL,
        )
    so_far = (
        f"in {_all_of(missing.n_turns)} so far it had no part"
        if missing.n_turns
        else "nobody has labelled a message with it"
    )
    return NextStep(
        f"No turn can be counted yet: the machine knows enough to speak, but {so_far}. It answers "
        "on most messages that are labelled from now on.",
        *_LABEL,
    )


def _want_reference(missing: RelianceMissing) -> NextStep:
    sentence = (
        f"The machine spoke after the first answer in {counted(missing.n_spoken, 'turn')}, but no "
        "right label is known there yet. It takes a colleague's label of the same message, or a "
        "decision."
    )
    if missing.n_open:
        return NextStep(sentence, "Settle messages", "adjudicate")
    if missing.overlap == 1:
        return NextStep(
            f"{sentence} Here each message is given to one expert alone.",
            "Open Settings",
            "settings",
        )
    return NextStep(sentence, *_LABEL)


def _all_of(n_turns: int) -> str:
    return "the one turn" if n_turns == 1 else f"all {n_turns:,} turns"
