"""Codebooks: every change is a new version, older ones stay readable."""

from datetime import datetime

from rhml_core.domain import Codebook, Label
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction


def newest_version(db: Reader, project_id: str) -> int:
    """Number of the project's current codebook version; 0 where there is none."""
    frame = db.read(
        """
        SELECT coalesce(max(version), 0) AS version FROM codebook_versions
        WHERE project_id = $project_id
        """,
        project_id=project_id,
    )
    return int(frame["version"][0])


def get_codebook(db: Reader, project_id: str, version: int | None = None) -> Codebook:
    """
    One version of the project's codebook, the newest where `version` is None.

    Raises:
        NotFoundError: there is no such version.
    """
    found = db.rows(
        """
        SELECT version, changed_by, changed_at, note, name, definition, examples, colour, key
        FROM codebook_versions JOIN codebook_labels USING (project_id, version)
        WHERE project_id = $project_id AND version = coalesce($version,
            (SELECT max(version) FROM codebook_versions WHERE project_id = $project_id))
        ORDER BY position
        """,
        project_id=project_id,
        version=version,
    )
    if not found:
        raise NotFoundError("There is no such project, or no such version of its codebook.")
    head = found[0]
    return Codebook(
        version=head["version"],
        labels=tuple(
            Label(row["name"], row["definition"], tuple(row["examples"]), row["colour"], row["key"])
            for row in found
        ),
        changed_by=head["changed_by"],
        changed_at=head["changed_at"],
        note=head["note"],
    )


def add_codebook(
    transaction: Transaction, project_id: str, codebook: Codebook, *, at: datetime
) -> None:
    """Add a version; it is the current one from now on."""
    transaction.write(
        "INSERT INTO codebook_versions VALUES ($project_id, $version, $changed_by, $at, $note)",
        project_id=project_id,
        version=codebook.version,
        changed_by=codebook.changed_by,
        at=at,
        note=codebook.note,
    )
    for position, label in enumerate(codebook.labels):
        transaction.write(
            """
            INSERT INTO codebook_labels
            VALUES ($project_id, $version, $position, $name, $definition, $examples, $colour, $key)
            """,
            project_id=project_id,
            version=codebook.version,
            position=position,
            name=label.name,
            definition=label.definition,
            examples=list(label.examples),
            colour=label.colour,
            key=label.key,
        )
