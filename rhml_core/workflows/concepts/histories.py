"""All that is on record of a project's concepts, read at once for every card and entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from rhml_core.domain import Concept, Person, Role, Run
from rhml_core.lexicon import Lexicon
from rhml_core.store import codebooks, concept_life, judgements, lexicons, people, runs
from rhml_core.store import concepts as concept_store
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.evidence import ConceptEvidence, concept_evidence
from rhml_core.workflows.concepts.uses import reason_uses
from rhml_core.workflows.journal.effects import EffectWords, read_effects
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.lexicon.figures import LEXICON_VERSION
from rhml_core.workflows.visibility import answered_for

_MOST_LEXICONS = 200
_kept: "KeptInMemory[Histories]" = KeptInMemory(most_places=64)
_kept_lexicons: KeptInMemory[Lexicon] = KeptInMemory(most_places=_MOST_LEXICONS)

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Histories:
    """
    What happened to every concept of a project; each mapping is by the concept's identifier.

    Attributes:
        concepts: as `list_concepts` has them.
        runs: by number.
        people: by identifier.
        sightings, decisions, remarks, reviews: rows as from `store.concept_life`.
        uses: rows as from `reason_uses`, on messages whose answers the reader may see: a number of
            the others would tell an expert how a colleague answered what they still have to judge.
        evidence: how well each tells its label, as far as the reader may know.
        lexicons: the lexicon that each run was trained with, by the run's number.
        effects: what its newest decision brought, in words; absent where nothing is on record.
        open_messages: messages whose answers the reader may see; None: all.
    """

    concepts: Sequence[Concept]
    runs: Mapping[int, Run]
    people: Mapping[str, Person]
    sightings: Rows
    decisions: Rows
    remarks: Rows
    reviews: Rows
    uses: Rows
    evidence: Mapping[str, ConceptEvidence]
    lexicons: Mapping[int, Lexicon]
    effects: Mapping[str, EffectWords]
    open_messages: frozenset[str] | None

    def strengths(self, concept_id: str) -> list[tuple[int, float]]:
        """Run number and strength of each sighting, in run order."""
        seen = self.sightings.get(concept_id, ())
        return [(int(row["number"]), float(row["strength"])) for row in seen]

    def shows(self, message_id: str) -> bool:
        """Whether the reader may see how a message was answered."""
        return self.open_messages is None or message_id in self.open_messages

    @property
    def newest_run(self) -> int:
        """Number of the newest run; 0 where there is none."""
        return max(self.runs, default=0)


def read_histories(db: Database, person: Person, project_id: str) -> Histories:
    """
    What is on record of a project's concepts, as far as this person may see it.

    Kept until anything is written, since the parts of a page ask for it one after the other.
    """
    place = (str(db.path), project_id, person)
    return _kept.get(place, db.revision, lambda: _read(db, person, project_id))


def _read(db: Database, person: Person, project_id: str) -> Histories:
    concepts = concept_store.list_concepts(db, project_id)
    seen = open_messages(db, person, project_id)
    uses = reason_uses(db, project_id, concepts)
    if seen is not None:
        is_own = pl.col("expert_id") == person.person_id
        uses = uses.filter(is_own | pl.col("message_id").is_in(sorted(seen)))
    found = runs.list_runs(db, project_id)
    return Histories(
        concepts=concepts,
        runs={run.number: run for run in reversed(found)},
        people={one.person_id: one for one in people.list_people(db)},
        sightings=_by_concept(concept_life.sightings(db, project_id)),
        decisions=_by_concept(concept_life.decisions(db, project_id)),
        remarks=_by_concept(concept_life.remarks(db, project_id)),
        reviews=_by_concept(concept_life.concept_reviews(db, project_id)),
        uses=_by_concept(uses),
        evidence=concept_evidence(db, person, project_id, concepts),
        lexicons=_lexicons(db, project_id, found),
        effects=read_effects(db, project_id),
        open_messages=seen,
    )


def _lexicons(db: Database, project_id: str, found: Sequence[Run]) -> dict[int, Lexicon]:
    """What runs were trained with; of one that kept no version, what stood when it began."""
    heads = lexicons.list_versions(db, project_id).select("version", "changed_at").rows()
    state = codebooks.newest_version(db, project_id)

    def version_of(run: Run) -> int:
        kept = run.parameters.get(LEXICON_VERSION)
        began = run.created_at - timedelta(seconds=run.seconds)
        stood = (version for version, at in heads if at <= began)  # newest first
        return next(stood, 0) if kept is None else int(kept)

    def read(version: int) -> Lexicon:
        return _kept_lexicons.get(
            (str(db.path), project_id, version),
            state,
            lambda: lexicons.get_lexicon(db, project_id, version),
        )

    return {run.number: read(version_of(run)) for run in found}


def open_messages(db: Database, person: Person, project_id: str) -> frozenset[str] | None:
    """Messages whose answers a person may see; None: all."""
    if person.role is not Role.EXPERT:
        return None
    made = judgements.current_labels(db, project_id)
    return frozenset(answered_for(db, person, project_id, made)["message_id"])


def _by_concept(frame: pl.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["concept_id"], []).append(row)
    return found
