"""The life of a concept: everything that happened to it, as dated entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rhml_core.domain import Concept, ConceptStatus, Person, Role, Run
from rhml_core.errors import NotFoundError
from rhml_core.figures import Interval
from rhml_core.workflows.concept_histories import Histories, Row, read_histories
from rhml_core.workflows.concept_uses import CLUSTER
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_LONGEST_QUOTE = 160


class LifeKind(StrEnum):
    """What happened to a concept."""

    SURFACED = "surfaced"
    USED = "used"
    DISCUSSED = "discussed"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    REOPENED = "reopened"
    TAUGHT = "taught"
    REVIEWED = "reviewed"
    MEASURED = "measured"


DECISION_KINDS = {
    ConceptStatus.ADOPTED.value: LifeKind.ADOPTED,
    ConceptStatus.REJECTED.value: LifeKind.REJECTED,
    ConceptStatus.NEW.value: LifeKind.REOPENED,
}


@dataclass(frozen=True)
class LifeEntry:
    """
    One thing that happened to a concept.

    Attributes:
        person_id: who; "" for the machine, and where people are counted only.
        is_machine: whether the machine did it.
        sentence: what, without the name in front.
        message_ids: messages that it is about, as far as the reader may see their answers.
    """

    made_at: datetime
    kind: LifeKind
    sentence: str
    person_id: str = ""
    is_machine: bool = False
    message_ids: tuple[str, ...] = ()


def concept_life(
    place: Workplace, person: Person, project_id: str, concept_id: str
) -> list[LifeEntry]:
    """
    Everything that happened to a concept, oldest first.

    Reasons that colleagues gave on messages that an expert may still have to judge are counted,
    without names; colleagues' reviews always are.

    Raises:
        NotFoundError: the project has none such.
    """
    require(person, Role.VIEWER, "read the journal")
    found = read_histories(place.db, person, project_id)
    for concept in found.concepts:
        if concept.concept_id == concept_id:
            return life_of(found, concept, person)
    raise NotFoundError(f"There is no concept '{concept_id}' in this project.")


def life_of(found: Histories, concept: Concept, person: Person) -> list[LifeEntry]:
    """The life of one of the concepts, as this person may read it, oldest first."""
    entries = [
        *_surfaced(found, concept),
        *_used(found, concept, person),
        *_discussed(found, concept),
        *_decided(found, concept),
        *_taught(found, concept),
        *_reviewed(found, concept, person),
        *_measured(found, concept),
    ]
    order = list(LifeKind)
    return sorted(entries, key=lambda entry: (entry.made_at, order.index(entry.kind)))


def teaching_runs(found: Histories, concept_id: str) -> list[tuple[Run, str]]:
    """
    The runs whose training began while a decision on the concept stood, with its status.

    Oldest first. A training takes what stands when it begins, so that a decision made meanwhile
    teaches the next one.
    """
    decided = found.decisions.get(concept_id, ())
    taught = []
    for run in found.runs.values():
        began = run.created_at - timedelta(seconds=run.seconds)
        before = [row for row in decided if row["made_at"] <= began]
        if before and before[-1]["status"] != ConceptStatus.NEW.value:
            taught.append((run, str(before[-1]["status"])))
    return taught


def _surfaced(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    for row in found.sightings.get(concept.concept_id, ()):
        f1 = Interval(row["term_f1"], row["low"], row["high"], row["n_judged"])
        sentence = (
            f"run {row['number']} surfaced it: strength {row['strength']:+.2f}, term F1 {f1} "
            "judged messages"
        )
        yield LifeEntry(row["made_at"], LifeKind.SURFACED, sentence, is_machine=True)


def _used(found: Histories, concept: Concept, person: Person) -> Iterator[LifeEntry]:
    uses = [row for row in found.uses.get(concept.concept_id, ()) if row["is_for"]]
    shown: dict[str, list[Row]] = {}
    hidden: list[Row] = []
    for row in uses:
        is_known = found.shows(row["message_id"]) or row["expert_id"] == person.person_id
        (shown.setdefault(row["expert_id"], []) if is_known else hidden).append(row)
    for person_id, rows in shown.items():
        yield LifeEntry(
            rows[0]["made_at"],
            LifeKind.USED,
            f"gave it as a reason for {concept.label} on {_messages(len(rows))}",
            person_id=person_id,
            message_ids=tuple(row["message_id"] for row in rows if found.shows(row["message_id"])),
        )
    if hidden:
        yield LifeEntry(
            hidden[0]["made_at"],
            LifeKind.USED,
            f"given as a reason on {_messages(len(hidden))} that you may still have to judge",
        )


def _discussed(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    for row in found.remarks.get(concept.concept_id, ()):
        yield LifeEntry(
            row["made_at"],
            LifeKind.DISCUSSED,
            f"wrote: {_quoted(row['text'])}",
            person_id=row["person_id"],
        )


def _decided(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    for row in found.decisions.get(concept.concept_id, ()):
        kind = DECISION_KINDS[row["status"]]
        where = f" for {row['label']}" if row["label"] else ""
        where += f", category {row['category']}" if row["category"] else ""
        because = f": {_quoted(row['reason'])}" if row["reason"] else ""
        what = {
            LifeKind.ADOPTED: f"adopted it{where}",
            LifeKind.REJECTED: (
                "said that no label is missing"
                if concept.kind == CLUSTER
                else "rejected it as a wrong reason"
            ),
            LifeKind.REOPENED: "took the decision back",
        }[kind]
        yield LifeEntry(row["made_at"], kind, what + because, person_id=row["person_id"])


def _taught(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    for run, status in teaching_runs(found, concept.concept_id):
        how = (
            "with it in the lexicon"
            if status == ConceptStatus.ADOPTED.value
            else "with it rejected as a reason"
        )
        yield LifeEntry(
            run.created_at,
            LifeKind.TAUGHT,
            f"run {run.number} ({run.recipe}) was trained {how}",
            is_machine=True,
        )


def _reviewed(found: Histories, concept: Concept, person: Person) -> Iterator[LifeEntry]:
    others = []
    for row in found.reviews.get(concept.concept_id, ()):
        if row["person_id"] != person.person_id:
            others.append(row)
            continue
        how = "remembered it" if row["is_right"] else "had forgotten it"
        yield LifeEntry(
            row["made_at"], LifeKind.REVIEWED, f"reviewed and {how}", person_id=person.person_id
        )
    if others:  # whether a colleague remembered is their own affair
        n_people = len({row["person_id"] for row in others})
        times = "once" if len(others) == 1 else f"{len(others):,} times"
        yield LifeEntry(
            others[-1]["made_at"],
            LifeKind.REVIEWED,
            f"reviewed {times} by {n_people:,} {'colleague' if n_people == 1 else 'colleagues'}",
        )


def _measured(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    effect = found.effects.get(concept.concept_id)
    if effect and effect.measured_at:
        yield LifeEntry(
            effect.measured_at,
            LifeKind.MEASURED,
            "measured it. " + " ".join([*effect.lines, *effect.details]),
            is_machine=True,
        )


def _messages(n: int) -> str:
    return f"{n:,} message" if n == 1 else f"{n:,} messages"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    short = line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1].rstrip() + "…"
    return f"“{short}”"
