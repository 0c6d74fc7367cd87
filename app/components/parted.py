"""A message on which expert and machine differed, told above the next one."""

from dataclasses import dataclass
from typing import Any

from rhml_core.domain import TurnState
from rhml_core.workflows.turn.view import TurnView


@dataclass(frozen=True)
class Parted:
    """
    A finished message on which expert and machine differed at some moment.

    Attributes:
        message_id: the message.
        own: the expert's final label.
        machine, probability: the machine's answer.
    """

    message_id: str
    own: str
    machine: str
    probability: float


def parted_at(turn: TurnView) -> Parted | None:
    """What is left of a difference once its turn is done; None where there was none."""
    if turn.state is not TurnState.DONE or turn.opinion is None or turn.current is None:
        return None
    first = turn.committed or turn.current
    said, own = turn.opinion.label, turn.current.label
    if {first.label, own} == {said}:
        return None
    return Parted(turn.message.message_id, own, said, turn.opinion.probability)


def parted_data(parted: Parted | None) -> dict[str, Any] | None:
    """The difference as the turn card draws it; None where there was none."""
    if parted is None:
        return None
    return {
        "machine": parted.machine,
        "probability": f"{parted.probability:.2f}",
        "own": parted.own,
        "cameRound": parted.own == parted.machine,
    }
