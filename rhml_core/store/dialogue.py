"""The dialogue on a message: entries of every kind, append-only, and how far each person read."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import polars as pl

from rhml_core.store.database import Reader, Transaction


class EntryKind(StrEnum):
    """
    What an entry of a dialogue does.

    `REASON` and `SETTLED` are drawn from judgements and adjudications and never stored here.
    """

    REASON = "reason"
    COMMENT = "comment"
    CHALLENGE = "challenge"
    REPLY = "reply"
    OPENING = "opening"
    INVITATION = "invitation"
    OUTCOME = "outcome"
    SETTLED = "settled"


SAID = tuple(kind.value for kind in EntryKind if kind not in {EntryKind.REASON, EntryKind.SETTLED})
"""Kinds that are stored as entries; flags are none of them."""


@dataclass(frozen=True)
class Entry:
    """
    One thing said in a dialogue.

    Attributes:
        person_id: who; `domain.MACHINE_RATER` where the machine speaks.
        text: in the person's own words; "" where the kind says it all.
        detail: what the kind needs beside its text, as JSON-able values; `named` lists the
            identifiers of people mentioned or invited.
        seq: its place in the order of all events; 0 for one that is not stored.
    """

    entry_id: str
    subject: str
    kind: EntryKind
    person_id: str
    text: str
    made_at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    seq: int = 0


def add_entry(transaction: Transaction, project_id: str, entry: Entry) -> None:
    """Append one entry; it gets its place in the order here."""
    transaction.write(
        """
        INSERT INTO comments
            (comment_id, project_id, subject, kind, person_id, text, detail, made_at)
        VALUES ($entry_id, $project_id, $subject, $kind, $person_id, $text, $detail, $at)
        """,
        entry_id=entry.entry_id,
        project_id=project_id,
        subject=entry.subject,
        kind=entry.kind.value,
        person_id=entry.person_id,
        text=entry.text,
        detail=json.dumps(entry.detail),
        at=entry.made_at,
    )


def list_entries(db: Reader, project_id: str, subject: str) -> list[Entry]:
    """What was said on one subject (`message:ID` or `concept:ID`), oldest first."""
    return _entries(
        db.rows(
            """
            SELECT seq, comment_id, subject, kind, person_id, text, detail, made_at FROM comments
            WHERE project_id = $project_id AND subject = $subject AND list_contains($said, kind)
            ORDER BY seq
            """,
            project_id=project_id,
            subject=subject,
            said=list(SAID),
        )
    )


def entries_of_kind(db: Reader, project_id: str, kind: EntryKind) -> list[Entry]:
    """Every entry of one kind in a project, oldest first."""
    return _entries(
        db.rows(
            """
            SELECT seq, comment_id, subject, kind, person_id, text, detail, made_at FROM comments
            WHERE project_id = $project_id AND kind = $kind
            ORDER BY seq
            """,
            project_id=project_id,
            kind=kind.value,
        )
    )


def count_entries(db: Reader, project_id: str) -> pl.DataFrame:
    """`subject` (String), `n_entries` (Int64) of every subject spoken of, by subject."""
    return db.read(
        """
        SELECT subject, count(*) AS n_entries FROM comments
        WHERE project_id = $project_id AND list_contains($said, kind)
        GROUP BY subject ORDER BY subject
        """,
        project_id=project_id,
        said=list(SAID),
    )


def add_read(
    transaction: Transaction,
    project_id: str,
    subject: str,
    person_id: str,
    *,
    entry_seq: int,
    at: datetime,
) -> None:
    """Append that a person has read a thread up to an entry."""
    transaction.write(
        """
        INSERT INTO thread_reads (project_id, subject, person_id, entry_seq, made_at)
        VALUES ($project_id, $subject, $person_id, $entry_seq, $at)
        """,
        project_id=project_id,
        subject=subject,
        person_id=person_id,
        entry_seq=entry_seq,
        at=at,
    )


def read_up_to(db: Reader, project_id: str, subject: str, person_id: str) -> int:
    """Place of the last entry that a person has read in a thread; -1 where none."""
    found = db.rows(
        """
        SELECT coalesce(max(entry_seq), -1) AS entry_seq FROM thread_reads
        WHERE project_id = $project_id AND subject = $subject AND person_id = $person_id
        ORDER BY entry_seq
        """,
        project_id=project_id,
        subject=subject,
        person_id=person_id,
    )
    return int(found[0]["entry_seq"])


def unread_entries(db: Reader, project_id: str, person_id: str) -> pl.DataFrame:
    """
    The messages' threads in which others said something new to a person whom they concern.

    A thread concerns who judged its message, spoke in it, was named in it, or read it before. A
    decision on the message is news to those who judged it otherwise.

    Returns:
        `message_id` (String), `n_unread` (Int64), `is_named` (Boolean: mentioned or invited in
        something unread), `is_invited` (Boolean), `newest_at` (Datetime, UTC), named ones
        first, then the newest.
    """
    return db.read(
        """
        WITH otherwise AS (
            SELECT judgement_id FROM (
                SELECT made.judgement_id, own.label = made.label AS is_so
                FROM judgements AS made JOIN judgements AS own
                    ON own.project_id = made.project_id AND own.message_id = made.message_id
                WHERE made.project_id = $project_id AND made.phase = 'adjudicated'
                    AND own.expert_id = $person_id AND own.phase <> 'adjudicated'
                    AND own.seq < made.seq
                QUALIFY row_number() OVER (PARTITION BY made.judgement_id ORDER BY own.seq DESC) = 1
            ) WHERE NOT is_so
        ),
        said AS (
            SELECT seq, subject, kind, person_id, made_at,
                list_contains(coalesce(detail ->> '$.named[*]', []), $person_id) AS is_named
            FROM comments
            WHERE project_id = $project_id AND subject LIKE 'message:%'
                AND list_contains($said, kind)
            UNION ALL
            SELECT seq, 'message:' || message_id, 'settled', person_id, made_at, false
            FROM adjudications SEMI JOIN otherwise USING (judgement_id)
            WHERE kind = 'decided'
        ),
        read AS (
            SELECT subject, max(entry_seq) AS entry_seq FROM thread_reads
            WHERE project_id = $project_id AND person_id = $person_id GROUP BY subject
        ),
        concerning AS (
            SELECT subject FROM said WHERE is_named OR person_id = $person_id
            UNION SELECT subject FROM read
            UNION SELECT 'message:' || message_id FROM judgements
            WHERE project_id = $project_id AND expert_id = $person_id
        )
        SELECT substr(said.subject, 9) AS message_id, count(*) AS n_unread,
            bool_or(said.is_named) AS is_named,
            bool_or(said.is_named AND said.kind = 'invitation') AS is_invited,
            max(said.made_at) AS newest_at
        FROM said LEFT JOIN read USING (subject)
        WHERE said.person_id <> $person_id AND said.seq > coalesce(read.entry_seq, -1)
            AND said.subject IN (SELECT subject FROM concerning)
        GROUP BY said.subject
        ORDER BY is_named DESC, newest_at DESC, message_id
        """,
        project_id=project_id,
        person_id=person_id,
        said=list(SAID),
    )


def _entries(rows: list[dict[str, Any]]) -> list[Entry]:
    return [
        Entry(
            entry_id=row["comment_id"],
            subject=row["subject"],
            kind=EntryKind(row["kind"]),
            person_id=row["person_id"],
            text=row["text"],
            made_at=row["made_at"],
            detail=json.loads(row["detail"] or "{}"),
            seq=row["seq"],
        )
        for row in rows
    ]
