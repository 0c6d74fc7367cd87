"""What the labels of concepts are called now: the codebook may have changed since."""

from dataclasses import dataclass

from rhml_core.store.database import Reader


@dataclass(frozen=True)
class ConceptLabel:
    """
    A concept's newest decision, and the label that it speaks for.

    Attributes:
        status: `new`, `adopted` or `rejected`.
        label: as the newest codebook calls it; its last name where `is_gone`.
        decided: the label that the newest decision was about: after one was taken back, that
            one's; as it is called now, "" where it is none any more.
    """

    status: str
    label: str
    is_gone: bool
    decided: str


def concept_labels(db: Reader, project_id: str) -> dict[str, ConceptLabel]:
    """
    The labels of a project's concepts, by the concept's identifier.

    A concept speaks for the label that its standing decision names, where a rejection that names
    none is of what was adopted; else for the one that it was surfaced for.
    """
    found = db.rows(
        """
        WITH surfaced AS (
            SELECT concept_id, concepts.label, coalesce(min(runs.codebook_version), 1) AS version
            FROM concepts
            LEFT JOIN concept_sightings USING (concept_id) LEFT JOIN runs USING (run_id)
            WHERE concepts.project_id = $project_id GROUP BY concept_id, concepts.label
        ),
        steps AS (
            SELECT concept_id, status, label, made_at, lag(status) OVER made AS was,
                lag(label) OVER made AS was_label, lag(made_at) OVER made AS was_made_at
            FROM concept_decisions WHERE project_id = $project_id
            WINDOW made AS (PARTITION BY concept_id ORDER BY seq)
            QUALIFY row_number() OVER (PARTITION BY concept_id ORDER BY seq DESC) = 1
        ),
        decided AS (
            SELECT concept_id, status,
                CASE WHEN label IS NOT NULL THEN label
                    WHEN status = 'new' OR (status = 'rejected' AND was = 'adopted') THEN was_label
                END AS label,
                CASE WHEN label IS NULL THEN was_made_at ELSE made_at END AS made_at
            FROM steps
        ),
        said AS (
            SELECT surfaced.concept_id, coalesce(decided.status, 'new') AS status,
                is_decided, surfaced.label AS first, surfaced.version AS first_version,
                decided.made_at,
                CASE WHEN is_decided OR decided.status <> 'new' THEN decided.label END AS told
            FROM surfaced LEFT JOIN decided USING (concept_id)
            CROSS JOIN (VALUES (true), (false)) AS aims (is_decided)
        ),
        dated AS (
            SELECT concept_id, status, is_decided, coalesce(told, first) AS label,
                CASE WHEN told IS NULL THEN first_version ELSE coalesce((
                    SELECT max(version) FROM codebook_versions
                    WHERE project_id = $project_id AND changed_at <= said.made_at), 1)
                END AS version
            FROM said
        ),
        moved AS (
            SELECT concept_id, status, is_decided, dated.label,
                CASE WHEN moves.label IS NULL THEN dated.label ELSE moves.now END AS now
            FROM dated LEFT JOIN label_moves AS moves
                ON moves.project_id = $project_id AND moves.label = dated.label
                AND moves.since <= dated.version AND dated.version < moves.version
        )
        SELECT concept_id, status, is_decided, coalesce(now, moved.label) AS label,
            coalesce(present.name, '') AS present
        FROM moved LEFT JOIN codebook_labels AS present
            ON present.project_id = $project_id AND present.name = moved.now
            AND present.version = (
                SELECT max(version) FROM codebook_versions WHERE project_id = $project_id)
        ORDER BY concept_id
        """,
        project_id=project_id,
    )
    decided = {row["concept_id"]: row["present"] for row in found if row["is_decided"]}
    return {
        row["concept_id"]: ConceptLabel(
            row["status"], row["label"], not row["present"], decided[row["concept_id"]]
        )
        for row in found
        if not row["is_decided"]
    }
