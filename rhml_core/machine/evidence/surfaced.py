"""A surfaced concept as a value, and as a line of a run's file."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rhml_core.errors import MachineError
from rhml_core.figures import Interval
from rhml_core.machine.encoding.model_files import write_json


@dataclass(frozen=True)
class SurfacedConcept:
    """
    A word or phrase that is evidence for a label in what people judged and in the model.

    Attributes:
        kind: `term` (one word) or `phrase` (two or three).
        terms: the words and phrases that stand for it; the first names it.
        strength: mean probability of the label in messages with the term minus elsewhere,
            above 0, at most 1.
        term_f1: F1 of "the message contains the term" as a prediction of the label.
        n_for, n_against: judged messages that contain it and have, or do not have, the label.
        messages_for, messages_against: identifiers of up to five of them.
        is_new: not in the team's lexicon.
    """

    label: str
    kind: str
    terms: tuple[str, ...]
    strength: float
    term_f1: Interval
    n_for: int
    n_against: int
    messages_for: tuple[str, ...]
    messages_against: tuple[str, ...]
    is_new: bool


def write_concepts(concepts: Iterable[SurfacedConcept], file: Path) -> None:
    """Write concepts as a JSON list."""
    write_json([asdict(concept) for concept in concepts], file)


def read_concepts(file: Path) -> tuple[SurfacedConcept, ...]:
    """
    Concepts as they were written.

    Raises:
        MachineError: the file is missing or damaged.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return tuple(
            SurfacedConcept(
                **{
                    **entry,
                    "terms": tuple(entry["terms"]),
                    "term_f1": Interval(**entry["term_f1"]),
                    "messages_for": tuple(entry["messages_for"]),
                    "messages_against": tuple(entry["messages_against"]),
                }
            )
            for entry in entries
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MachineError(
            f"{file.name} cannot be read as surfaced concepts. Train again."
        ) from error
