"""The life of a concept: everything that happened to it, as dated entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rhml_core.domain import Concept, ConceptKind, ConceptStatus, Person, Run
from rhml_core.figures import Interval
from rhml_core.lexicon import Lexicon
from rhml_core.workflows.concepts.histories import Histories, Row
from rhml_core.workflows.concepts.rejected_terms import REJECTED_CONCEPTS
from rhml_core.workflows.lexicon.adoption import usable_terms
from rhml_core.workflows.training.recipe_names import recipe_name

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


def life_of(found: Histories, concept: Concept, person: Person) -> list[LifeEntry]:
    """
    Everything that happened to one of the concepts, as this person may read it, oldest first.

    Nothing is said to an expert of reasons on messages that they may still have to judge;
    colleagues' reviews are counted, without names.
    """
    entries = [
        *_surfaced(found, concept),
        *_used(found, concept),
        *_discussed(found, concept),
        *_decided(found, concept),
        *_taught(found, concept),
        *_reviewed(found, concept, person),
        *_measured(found, concept),
    ]
    order = list(LifeKind)
    return sorted(entries, key=lambda entry: (entry.made_at, order.index(entry.kind)))


def teaching_runs(found: Histories, concept: Concept) -> list[tuple[Run, str]]:
    """
    The runs that a concept taught, with what it was to them: `adopted` or `rejected`.

    Oldest first, by what each run keeps of its training: one of the concept's terms stood in its
    lexicon, after somebody had adopted it, or it was among the rejected concepts. Of a run that
    kept no rejected concepts, a rejection that stood when its training began.
    """
    decided = found.decisions.get(concept.concept_id, ())
    taught = []
    for run in found.runs.values():
        before = [row for row in decided if row["made_at"] <= run.created_at]
        if not before:
            continue
        if _was_rejected(run, concept, before):
            taught.append((run, ConceptStatus.REJECTED.value))
        elif ConceptStatus.ADOPTED.value in {row["status"] for row in before} and _has_terms(
            found.lexicons[run.number], concept
        ):
            taught.append((run, ConceptStatus.ADOPTED.value))
    return taught


def _was_rejected(run: Run, concept: Concept, decided: Sequence[Row]) -> bool:
    kept = run.parameters.get(REJECTED_CONCEPTS)
    if kept is not None:
        return concept.concept_id in kept
    began = run.created_at - timedelta(seconds=run.seconds)
    before = [row["status"] for row in decided if row["made_at"] <= began]
    return before[-1:] == [ConceptStatus.REJECTED.value]


def _has_terms(lexicon: Lexicon, concept: Concept) -> bool:
    terms = set(usable_terms(concept))
    return any(
        one.source_id == concept.concept_id
        or (one.expression in terms and one.label == concept.label)
        for one in lexicon.terms
        if one.label
    )


def _surfaced(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    for row in found.sightings.get(concept.concept_id, ()):
        f1 = Interval(row["term_f1"], row["low"], row["high"], row["n_judged"])
        sentence = f"run {row['number']} surfaced it: strength {row['strength']:+.2f}"
        if found.open_messages is None:  # else it would tell of what the reader has to judge
            sentence += f", term F1 {f1} judged messages"
        yield LifeEntry(row["made_at"], LifeKind.SURFACED, sentence, is_machine=True)


def _used(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    given: dict[str, list[Row]] = {}
    for row in found.uses.get(concept.concept_id, ()):
        if row["is_for"]:
            given.setdefault(row["expert_id"], []).append(row)
    for person_id, rows in given.items():
        yield LifeEntry(
            rows[0]["made_at"],
            LifeKind.USED,
            f"gave it as a reason for {concept.label} on {_messages(len(rows))}",
            person_id=person_id,
            message_ids=tuple(row["message_id"] for row in rows if found.shows(row["message_id"])),
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
                if concept.kind is ConceptKind.CLUSTER
                else "rejected it as a wrong reason"
            ),
            LifeKind.REOPENED: "took the decision back",
        }[kind]
        yield LifeEntry(row["made_at"], kind, what + because, person_id=row["person_id"])


def _taught(found: Histories, concept: Concept) -> Iterator[LifeEntry]:
    for run, status in teaching_runs(found, concept):
        how = (
            "with it in the lexicon"
            if status == ConceptStatus.ADOPTED.value
            else "with it rejected as a reason"
        )
        yield LifeEntry(
            run.created_at,
            LifeKind.TAUGHT,
            f"run {run.number} ({recipe_name(run.recipe)}) was trained {how}",
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
