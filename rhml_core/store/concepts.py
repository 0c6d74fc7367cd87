"""Concepts that runs surfaced: each sighting with its strength, each decision of a person."""

from datetime import datetime

import polars as pl

from rhml_core.domain import Concept, ConceptKind, ConceptStatus
from rhml_core.errors import NotFoundError
from rhml_core.figures import Interval
from rhml_core.store.concept_labels import ConceptLabel, concept_labels
from rhml_core.store.database import Reader, Transaction


def add_sighting(
    transaction: Transaction, project_id: str, concept: Concept, *, run_id: str, at: datetime
) -> str:
    """
    Record that a run surfaced a concept; the same label and leading term are one concept.

    Labels are held side by side as they are called now, so that a concept keeps its history when
    the codebook changes; of several that a merger made one, the one decided on last is it. A
    cluster is another concept than a term of the same name.

    Returns:
        The concept's identifier, an older one where it was surfaced before.
    """
    known = _known_as(transaction, project_id, concept, run_id)
    concept_id = known or concept.concept_id
    if not known:
        transaction.write(
            "INSERT INTO concepts VALUES ($concept_id, $project_id, $label, $kind, $terms, $at)",
            concept_id=concept_id,
            project_id=project_id,
            label=concept.label,
            kind=concept.kind.value,
            terms=list(concept.terms),
            at=at,
        )
    transaction.write(
        """
        INSERT INTO concept_sightings (concept_id, run_id, strength, term_f1, term_f1_low,
            term_f1_high, n_judged, n_for, n_against, messages_for, messages_against, is_new,
            place, influence, stability, contradicts)
        VALUES ($concept_id, $run_id, $strength, $term_f1, $low, $high, $n_judged, $n_for,
            $n_against, $messages_for, $messages_against, $is_new, $place, $influence,
            $stability, $contradicts)
        """,
        concept_id=concept_id,
        run_id=run_id,
        strength=concept.strength,
        term_f1=concept.term_f1.value,
        low=concept.term_f1.low,
        high=concept.term_f1.high,
        n_judged=concept.term_f1.n,
        n_for=concept.n_for,
        n_against=concept.n_against,
        messages_for=list(concept.messages_for),
        messages_against=list(concept.messages_against),
        is_new=concept.is_new,
        place=concept.place,
        influence=concept.influence,
        stability=concept.stability,
        contradicts=concept.contradicts,
    )
    return concept_id


def add_decision(
    transaction: Transaction,
    project_id: str,
    concept_id: str,
    status: ConceptStatus,
    *,
    reason: str,
    person_id: str,
    at: datetime,
    label: str | None = None,
    category: str = "",
) -> None:
    """
    Record what a person made of a concept; the newest decision counts.

    An adopted concept speaks for `label`, where it is given, in the lexicon's `category`.
    """
    transaction.write(
        """
        INSERT INTO concept_decisions
            (concept_id, project_id, status, reason, person_id, label, category, made_at)
        VALUES ($concept_id, $project_id, $status, $reason, $person_id, $label,
            nullif($category, ''), $at)
        """,
        concept_id=concept_id,
        project_id=project_id,
        status=status.value,
        reason=reason,
        person_id=person_id,
        label=label,
        category=category,
        at=at,
    )


def list_concepts(db: Reader, project_id: str) -> list[Concept]:
    """
    Every concept as its newest sighting shows it, newest run first.

    Labels are called as in the newest codebook; what it has no more keeps its last name. Of a run
    the best of each label come first, then the second best; of equal place the ones with
    the stronger evidence.
    """
    return _concepts(
        db.read(
            """
            SELECT concepts.concept_id, concepts.kind, concepts.terms, strength, term_f1,
                term_f1_low, term_f1_high, n_judged, n_for, n_against, messages_for,
                messages_against, is_new, runs.number AS run_number, coalesce(place, 0) AS place,
                influence, stability, coalesce(contradicts, '') AS contradicts
            FROM concepts
            JOIN concept_sightings USING (concept_id)
            JOIN runs USING (run_id)
            WHERE concepts.project_id = $project_id
            QUALIFY row_number() OVER (
                PARTITION BY concept_id ORDER BY concept_sightings.seq DESC) = 1
            ORDER BY runs.number DESC, place, term_f1 * strength DESC, concept_id
            """,
            project_id=project_id,
        ),
        concept_labels(db, project_id),
    )


def get_concept(db: Reader, project_id: str, concept_id: str) -> Concept:
    """
    One concept as its newest sighting shows it.

    Raises:
        NotFoundError: the project has none such.
    """
    for concept in list_concepts(db, project_id):
        if concept.concept_id == concept_id:
            return concept
    raise NotFoundError(f"There is no concept '{concept_id}' in this project.")


def strengths(db: Reader, concept_id: str) -> list[tuple[int, float]]:
    """Run number and strength of each sighting of a concept, in run order."""
    frame = db.read(
        """
        SELECT number, strength FROM concept_sightings JOIN runs USING (run_id)
        WHERE concept_id = $concept_id ORDER BY number
        """,
        concept_id=concept_id,
    )
    return [(int(number), float(strength)) for number, strength in frame.iter_rows()]


def _known_as(db: Reader, project_id: str, concept: Concept, run_id: str) -> str:
    """The concept on record that a run's is, by the names of labels today; "" for a new one."""
    found = db.rows(
        """
        WITH told AS (
            SELECT '' AS concept_id, $label AS label, (
                SELECT max(codebook_version) FROM runs WHERE run_id = $run_id) AS version
            UNION ALL
            SELECT concept_id, concepts.label, min(runs.codebook_version)
            FROM concepts
            LEFT JOIN concept_sightings USING (concept_id) LEFT JOIN runs USING (run_id)
            WHERE concepts.project_id = $project_id AND terms[1] = $term
                AND (kind = 'cluster') = ($kind = 'cluster')
            GROUP BY concept_id, concepts.label
        ),
        named AS (
            SELECT told.concept_id, told.label,
                CASE WHEN moved.label IS NULL THEN told.label ELSE moved.now END AS now
            FROM told LEFT JOIN label_moves AS moved
                ON moved.project_id = $project_id AND moved.label = told.label
                AND moved.since <= coalesce(told.version, 1)
                AND coalesce(told.version, 1) < moved.version
        ),
        decided AS (
            SELECT concept_id, max(seq) AS seq FROM concept_decisions
            WHERE project_id = $project_id GROUP BY concept_id
        )
        SELECT known.concept_id FROM named AS known
        JOIN named AS wanted ON wanted.concept_id = '' AND known.concept_id <> ''
            AND (known.now = wanted.now
                OR (known.now IS NULL AND wanted.now IS NULL AND known.label = wanted.label))
        LEFT JOIN decided ON decided.concept_id = known.concept_id
        ORDER BY decided.seq DESC NULLS LAST, known.concept_id
        """,
        project_id=project_id,
        label=concept.label,
        term=concept.terms[0],
        kind=concept.kind.value,
        run_id=run_id,
    )
    return str(found[0]["concept_id"]) if found else ""


def _concepts(frame: pl.DataFrame, labels: dict[str, ConceptLabel]) -> list[Concept]:
    return [
        Concept(
            concept_id=row["concept_id"],
            label=labels[row["concept_id"]].label,
            kind=ConceptKind(row["kind"]),
            terms=tuple(row["terms"]),
            strength=row["strength"],
            term_f1=Interval(
                row["term_f1"], row["term_f1_low"], row["term_f1_high"], row["n_judged"]
            ),
            n_for=row["n_for"],
            n_against=row["n_against"],
            messages_for=tuple(row["messages_for"]),
            messages_against=tuple(row["messages_against"]),
            is_new=row["is_new"],
            status=ConceptStatus(labels[row["concept_id"]].status),
            run_number=row["run_number"],
            place=row["place"],
            influence=row["influence"],
            stability=row["stability"],
            contradicts=row["contradicts"],
            is_label_gone=labels[row["concept_id"]].is_gone,
        )
        for row in frame.iter_rows(named=True)
    ]
