"""Entries that people write into the journal: written once, withdrawn by who wrote them."""

from dataclasses import dataclass
from datetime import datetime

from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction


@dataclass(frozen=True)
class JournalEntry:
    """
    What a person wrote into the journal.

    Attributes:
        about: "", or as in `concept:ID`, `label:NAME`, `cycle:NUMBER`; a label is called as it is
            now, and `label:` alone where it is none any more.
        message_ids: messages that it points to, in the order given.
        codebook_version: in force when it was written.
    """

    entry_id: str
    about: str
    text: str
    message_ids: tuple[str, ...]
    codebook_version: int
    person_id: str
    made_at: datetime


def add_entry(transaction: Transaction, project_id: str, entry: JournalEntry) -> None:
    """Append an entry."""
    _append(transaction, project_id, entry, "written", at=entry.made_at)


def add_withdrawal(
    transaction: Transaction, project_id: str, entry: JournalEntry, *, at: datetime
) -> None:
    """Append that an entry was taken back by who wrote it; its text stays on record."""
    _append(transaction, project_id, entry, "withdrawn", at=at)


def list_entries(db: Reader, project_id: str) -> list[JournalEntry]:
    """The entries that were not taken back, newest first."""
    rows = db.rows(
        """
        WITH newest AS (
            SELECT * FROM journal_entries WHERE project_id = $project_id
            QUALIFY row_number() OVER (PARTITION BY entry_id ORDER BY seq DESC) = 1
        )
        SELECT entry_id, text, message_ids, codebook_version, person_id, made_at,
            CASE WHEN moved.label IS NULL THEN about ELSE 'label:' || coalesce(moved.now, '') END
                AS about
        FROM newest LEFT JOIN label_moves AS moved ON moved.project_id = newest.project_id
            AND newest.about = 'label:' || moved.label
            AND moved.since <= codebook_version AND codebook_version < moved.version
        WHERE kind = 'written' ORDER BY seq DESC
        """,
        project_id=project_id,
    )
    return [JournalEntry(**row | {"message_ids": tuple(row["message_ids"])}) for row in rows]


def get_entry(db: Reader, project_id: str, entry_id: str) -> JournalEntry:
    """
    One entry that was not taken back.

    Raises:
        NotFoundError: there is none such.
    """
    for entry in list_entries(db, project_id):
        if entry.entry_id == entry_id:
            return entry
    raise NotFoundError("There is no such entry in the journal, or it was taken back. Reload it.")


def _append(
    transaction: Transaction, project_id: str, entry: JournalEntry, kind: str, *, at: datetime
) -> None:
    transaction.write(
        """
        INSERT INTO journal_entries (entry_id, project_id, kind, about, text, message_ids,
            codebook_version, person_id, made_at)
        VALUES ($entry_id, $project_id, $kind, $about, $text, $message_ids, $version, $person_id,
            $at)
        """,
        entry_id=entry.entry_id,
        project_id=project_id,
        kind=kind,
        about=entry.about,
        text=entry.text,
        message_ids=list(entry.message_ids),
        version=entry.codebook_version,
        person_id=entry.person_id,
        at=at,
    )
