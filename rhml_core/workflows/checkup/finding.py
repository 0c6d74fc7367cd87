"""What one check says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How grave it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """
    What one check says.

    Attributes:
        name: what was looked at.
        text: what was found, in a sentence.
        remedy: what to do about it; "" where all is well.
    """

    name: str
    state: State
    text: str
    remedy: str = ""


def fine(name: str, text: str) -> Finding:
    """All is well."""
    return Finding(name, State.OK, text)


def warning(name: str, text: str, remedy: str) -> Finding:
    """It works, but not as it should, or not for long."""
    return Finding(name, State.WARNING, text, remedy)


def fault(name: str, text: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(name, State.FAULT, text, remedy)
