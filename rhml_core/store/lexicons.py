"""Lexicons: every change is a new version, older ones stay readable; labels follow the codebook."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.errors import NotFoundError
from rhml_core.lexicon import Lexicon, Term, TermKind, TermSource
from rhml_core.store.concept_labels import concept_labels
from rhml_core.store.database import Reader

_STATES = """
WITH last AS (
    SELECT * FROM lexicon_changes
    WHERE project_id = $project_id AND version <= $version
    QUALIFY row_number() OVER (PARTITION BY term_id ORDER BY version DESC, seq DESC) = 1
),
named AS (
    SELECT last.*, CASE WHEN moved.label IS NULL THEN last.label ELSE moved.now END AS now
    FROM last LEFT JOIN label_moves AS moved
        ON moved.project_id = last.project_id AND moved.label = last.label
        AND moved.since <= last.codebook_version AND last.codebook_version < moved.version
)
SELECT term_id, is_present, expression, kind, coalesce(present.name, '') AS label,
    named.label AS written_label, codebook_version, category, sub_category, author_id, reason,
    source, source_id, named.version, added_at
FROM named LEFT JOIN codebook_labels AS present
    ON present.project_id = $project_id AND present.name = named.now
    AND present.version = (
        SELECT max(version) FROM codebook_versions WHERE project_id = $project_id)
ORDER BY present.position NULLS LAST, category, sub_category, expression, term_id
"""


@dataclass(frozen=True)
class TermState:
    """
    How a term is to stand from a new version on.

    Attributes:
        term: its `version` is not looked at.
        is_present: False where the version removes it.
        further: columns of an imported file that the program does not know; None to keep what is
            on record.
    """

    term: Term
    is_present: bool = True
    further: Mapping[str, str] | None = None


@dataclass(frozen=True)
class VersionHead:
    """A version without its terms: who made it, when, why, and by which act."""

    version: int
    changed_by: str
    changed_at: datetime
    note: str
    act: str


def newest_version(db: Reader, project_id: str) -> int:
    """Number of the project's current lexicon version; 0 where there never was a term."""
    rows = db.rows(
        """
        SELECT coalesce(max(version), 0) AS version FROM lexicon_versions
        WHERE project_id = $project_id ORDER BY version
        """,
        project_id=project_id,
    )
    return int(rows[0]["version"])


def get_lexicon(db: Reader, project_id: str, version: int | None = None) -> Lexicon:
    """
    One version of the project's lexicon, the newest where `version` is None.

    Version 0 is the empty one that every project begins with.

    Raises:
        NotFoundError: there is no such version.
    """
    wanted = newest_version(db, project_id) if version is None else version
    if wanted == 0:
        return Lexicon(version=0)
    head = get_version(db, project_id, wanted)
    found = db.read(_STATES, project_id=project_id, version=wanted).filter("is_present")
    return Lexicon(
        version=wanted,
        terms=tuple(_term(row) for row in found.iter_rows(named=True)),
        changed_by=head.changed_by,
        changed_at=head.changed_at,
        note=head.note,
    )


def get_version(db: Reader, project_id: str, version: int) -> VersionHead:
    """
    Who made a version, when and why.

    Raises:
        NotFoundError: there is none such.
    """
    rows = db.rows(
        """
        SELECT version, changed_by, changed_at, note, act FROM lexicon_versions
        WHERE project_id = $project_id AND version = $version ORDER BY version
        """,
        project_id=project_id,
        version=version,
    )
    if not rows:
        raise NotFoundError(f"The lexicon of this project has no version {version}.")
    return VersionHead(**rows[0])


def version_of_act(db: Reader, project_id: str, act: str) -> int | None:
    """The version that an act made; None where it made none."""
    rows = db.rows(
        """
        SELECT version FROM lexicon_versions
        WHERE project_id = $project_id AND act = $act ORDER BY version
        """,
        project_id=project_id,
        act=act,
    )
    return int(rows[0]["version"]) if rows else None


def version_at(db: Reader, project_id: str, at: datetime) -> int:
    """The version that stood at a moment; 0 where there was no term yet."""
    rows = db.rows(
        """
        SELECT coalesce(max(version), 0) AS version FROM lexicon_versions
        WHERE project_id = $project_id AND changed_at <= $at ORDER BY version
        """,
        project_id=project_id,
        at=at,
    )
    return int(rows[0]["version"])


def label_of_concept(db: Reader, project_id: str, concept_id: str) -> str:
    """
    The label that the newest decision on a concept was about, as it is called now.

    After a decision was taken back, that one's; without any, the label that the concept was
    surfaced for. "" where the codebook has it no more, and for an unknown concept.
    """
    found = concept_labels(db, project_id).get(concept_id)
    return found.decided if found else ""


def list_versions(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every version with what it did to how many terms, and how many it left.

    Returns:
        `version` (Int32), `changed_by` (String), `changed_at` (Datetime), `note` (String),
        `n_added, n_removed, n_moved, n_terms` (Int64), newest first; no rows where there never
        was a term. Moved is also what was put into another category or got another reason.
    """
    return db.read(
        """
        WITH steps AS (
            SELECT version, is_present, coalesce(lag(is_present) OVER (
                PARTITION BY term_id ORDER BY version, seq), false) AS was_present
            FROM lexicon_changes WHERE project_id = $project_id
        ),
        counted AS (
            SELECT version, count(*) FILTER (is_present AND NOT was_present) AS n_added,
                count(*) FILTER (NOT is_present AND was_present) AS n_removed,
                count(*) FILTER (is_present AND was_present) AS n_moved
            FROM steps GROUP BY version
        )
        SELECT version, changed_by, changed_at, note, coalesce(n_added, 0) AS n_added,
            coalesce(n_removed, 0) AS n_removed, coalesce(n_moved, 0) AS n_moved,
            (sum(coalesce(n_added, 0) - coalesce(n_removed, 0)) OVER (ORDER BY version))::BIGINT
                AS n_terms
        FROM lexicon_versions LEFT JOIN counted USING (version)
        WHERE project_id = $project_id
        ORDER BY version DESC
        """,
        project_id=project_id,
    )


def term_states(db: Reader, project_id: str, term_ids: Collection[str]) -> dict[str, TermState]:
    """How some terms stand now, removed ones included; unknown ones are absent."""
    version = newest_version(db, project_id)
    states = stored_states(db, project_id, version)
    further = stored_further(db, project_id, version, term_ids)
    return {
        term_id: TermState(
            _term(states[term_id]), states[term_id]["is_present"], json.loads(further[term_id])
        )
        for term_id in further
    }


def changed_terms(db: Reader, project_id: str, version: int) -> list[TermState]:
    """What one version wrote: each term that it touched, as it stood from then on; no `further`."""
    return [
        TermState(_term(row), row["is_present"])
        for row in stored_states(db, project_id, version).values()
        if row["version"] == version
    ]


def stored_states(db: Reader, project_id: str, version: int) -> dict[str, dict[str, Any]]:
    """
    Every term that there ever was by a version, removed ones included, as it is stored.

    Returns:
        Term -> its columns, without `further`, which may be long; `label` is what it is called
        now, `written_label` what it was called in `codebook_version`.
    """
    frame = db.read(_STATES, project_id=project_id, version=version)
    return {row["term_id"]: row for row in frame.iter_rows(named=True)}


def stored_further(
    db: Reader, project_id: str, version: int, term_ids: Collection[str] | None = None
) -> dict[str, str]:
    """
    What imported files said of terms in columns that the program does not know, as it is stored.

    Args:
        db: the store.
        project_id: whose lexicon.
        version: by which they were there.
        term_ids: which; None for all.

    Returns:
        Term -> JSON object; unknown terms are absent.
    """
    rows = db.rows(
        """
        SELECT term_id, further::VARCHAR AS further FROM lexicon_changes
        WHERE project_id = $project_id AND version <= $version
            AND ($term_ids IS NULL OR list_contains($term_ids, term_id))
        QUALIFY row_number() OVER (PARTITION BY term_id ORDER BY version DESC, seq DESC) = 1
        ORDER BY term_id
        """,
        project_id=project_id,
        version=version,
        term_ids=None if term_ids is None else sorted(term_ids),
    )
    return {row["term_id"]: row["further"] for row in rows}


def further_columns(db: Reader, project_id: str, version: int) -> dict[str, dict[str, str]]:
    """What imported files said of each term in columns that the program does not know."""
    found = stored_further(db, project_id, version)
    further = {term_id: json.loads(cells) for term_id, cells in found.items()}
    return {term_id: cells for term_id, cells in further.items() if cells}


def _term(row: dict[str, Any]) -> Term:
    return Term(
        term_id=row["term_id"],
        expression=row["expression"],
        kind=TermKind(row["kind"]),
        label=row["label"],
        category=row["category"],
        sub_category=row["sub_category"],
        author_id=row["author_id"],
        reason=row["reason"],
        source=TermSource(row["source"]),
        source_id=row["source_id"],
        version=row["version"],
        added_at=row["added_at"],
    )
