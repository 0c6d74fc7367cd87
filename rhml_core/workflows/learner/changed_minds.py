"""Who changed whose mind: an expert's by the machine, the machine's by an expert."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class MindChanges:
    """
    Messages on which an expert took over the machine's label.

    Attributes:
        rightly, wrongly: by the reference; identifiers, newest first.
        undecided: taken over where no reference is known; identifiers, newest first.
    """

    rightly: tuple[str, ...]
    wrongly: tuple[str, ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True)
class Taught:
    """
    A message on which the machine came round to what an expert said first.

    Attributes:
        label: the expert's, right by the reference, and the machine's now.
        machine_before: the machine's when the expert judged.
    """

    message_id: str
    label: str
    machine_before: str


def mind_changes(spoken: pl.DataFrame) -> MindChanges:
    """
    Where an expert gave up the first answer for the machine's.

    Args:
        spoken: `message_id, first, final, machine, reference` (String; reference null where it
            is not known), newest first; turns in which the machine spoke after the first answer.
    """
    adopted = spoken.filter(
        (pl.col("first") != pl.col("machine")) & (pl.col("final") == pl.col("machine"))
    )
    is_right = pl.col("machine") == pl.col("reference")
    return MindChanges(
        rightly=tuple(adopted.filter(is_right)["message_id"]),
        wrongly=tuple(adopted.filter(~is_right)["message_id"]),
        undecided=tuple(adopted.filter(pl.col("reference").is_null())["message_id"]),
    )


def taught_messages(spoken: pl.DataFrame, machine: pl.DataFrame) -> tuple[Taught, ...]:
    """
    Where an expert was first right against the machine, which now says the same.

    Args:
        spoken: as for `mind_changes`.
        machine: `message_id, label` (String): what the machine says now.
    """
    now = machine.select("message_id", machine_now="label")
    came_round = spoken.join(now, on="message_id", maintain_order="left").filter(
        (pl.col("first") != pl.col("machine"))
        & (pl.col("first") == pl.col("reference"))
        & (pl.col("first") == pl.col("machine_now"))
    )
    return tuple(
        Taught(message_id, label, before)
        for message_id, label, before in came_round.select(
            "message_id", "first", "machine"
        ).iter_rows()
    )
