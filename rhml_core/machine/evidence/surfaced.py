"""A surfaced concept as a value, and as a line of a run's file."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rhml_core.domain import ConceptKind
from rhml_core.errors import MachineError
from rhml_core.figures import Interval
from rhml_core.machine.encoding.model_files import write_json


@dataclass(frozen=True)
class SurfacedConcept:
    """
    What is evidence for a label in what people judged and in the model, or a group of messages.

    A `cluster` is a group of messages that lie together, apart from all judged ones, and of
    which the model is unsure: maybe a label is missing.

    Attributes:
        label: of a cluster, the label that the model now gives most of its messages.
        terms: the expression in the notation of lexicon terms; of a cluster, the words that
            mark its messages off most. The first names it.
        strength: mean probability of the label in messages with the term minus elsewhere, -1
            to 1, above 0 but where the lexicon is contradicted. Of a cluster, by how much less
            sure the model is of its messages than of those judged, 0 to 1.
        term_f1: F1 of "the message contains the term" as a prediction of the label. Of a
            cluster, F1 of "it contains one of the terms" as a prediction of "it belongs".
        n_for, n_against: judged messages that contain it and have, or do not have, the label.
            Of a cluster, its messages without and with a judgement.
        messages_for, messages_against: identifiers of up to five of them.
        is_new: not in the team's lexicon.
        place: 1 for the best of its label in its run; 0 where that was not kept.
        influence: mean fall of the label's probability when the term is taken out of messages
            that have it, -1 to 1; None where the model was not asked.
        stability: share of resamples of the judged messages in which it comes up as well, 0 to
            1; None for what is not chosen by rank.
        contradicts: label under which the lexicon has the term, though most of its judged
            messages are of this one; "" where there is none.
    """

    label: str
    kind: ConceptKind
    terms: tuple[str, ...]
    strength: float
    term_f1: Interval
    n_for: int
    n_against: int
    messages_for: tuple[str, ...]
    messages_against: tuple[str, ...]
    is_new: bool
    place: int = 0
    influence: float | None = None
    stability: float | None = None
    contradicts: str = ""


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
                    "kind": ConceptKind(entry["kind"]),
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
