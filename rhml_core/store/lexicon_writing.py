"""Lexicons: one more version, written with all its terms or not at all."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.store.codebooks import newest_version as newest_codebook
from rhml_core.store.database import Transaction
from rhml_core.store.lexicons import (
    TermState,
    newest_version,
    stored_further,
    stored_states,
)

_CONTENT = ("is_present", "expression", "label", "category", "sub_category", "reason")
"""What makes two states of a term differ for people."""

_ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "term_id": pl.String,
    "is_present": pl.Boolean,
    "expression": pl.String,
    "kind": pl.String,
    "written_label": pl.String,
    "codebook_version": pl.Int32,
    "category": pl.String,
    "sub_category": pl.String,
    "author_id": pl.String,
    "reason": pl.String,
    "source": pl.String,
    "source_id": pl.String,
    "added_at": pl.Datetime("us", "UTC"),
    "further": pl.String,
}
"""Columns of a term's state, with their dtypes."""


def add_version(
    transaction: Transaction,
    project_id: str,
    states: Sequence[TermState],
    *,
    person_id: str,
    at: datetime,
    note: str,
    act: str,
) -> int:
    """
    Add a version in which some terms stand otherwise; it is the current one from now on.

    A label is meant as the codebook calls it now; "" leaves what is on record.

    Returns:
        The version's number.
    """
    version = _add_head(transaction, project_id, person_id=person_id, at=at, note=note, act=act)
    known = stored_states(transaction, project_id, version)
    codebook_version = newest_codebook(transaction, project_id)
    kept = [one.term.term_id for one in states if one.further is None]
    further = stored_further(transaction, project_id, version, kept)
    rows = []
    for state in states:
        term = state.term
        before = known.get(term.term_id)
        keeps_label = before is not None and not term.label
        rows.append(
            {
                "term_id": term.term_id,
                "is_present": state.is_present,
                "expression": term.expression,
                "kind": term.kind.value,
                "written_label": before["written_label"] if before and keeps_label else term.label,
                "codebook_version": (
                    before["codebook_version"] if before and keeps_label else codebook_version
                ),
                "category": term.category,
                "sub_category": term.sub_category,
                "author_id": term.author_id,
                "reason": term.reason,
                "source": term.source.value,
                "source_id": term.source_id,
                "added_at": term.added_at or at,
                "further": (
                    further.get(term.term_id, "{}")
                    if state.further is None
                    else json.dumps(dict(state.further))
                ),
            }
        )
    _write_rows(transaction, project_id, version, rows)
    return version


def restore_version(
    transaction: Transaction,
    project_id: str,
    version: int,
    *,
    person_id: str,
    at: datetime,
    note: str,
    act: str,
    without: Collection[str] = (),
) -> int | None:
    """
    Add a version in which all terms stand as in an older one, but for those of `without`.

    Returns:
        Its number; None, and nothing is written, where they stand so already.
    """
    now = stored_states(transaction, project_id, newest_version(transaction, project_id))
    then = stored_states(transaction, project_id, version)
    rows = []
    for term_id, present in now.items():
        past = then.get(term_id, {**present, "is_present": False})
        is_gone = not past["is_present"] and not present["is_present"]
        is_other = not is_gone and any(past[name] != present[name] for name in _CONTENT)
        if is_other and term_id not in without:
            rows.append(past)
    if not rows:
        return None
    touched = [row["term_id"] for row in rows]
    newest = stored_further(
        transaction, project_id, newest_version(transaction, project_id), touched
    )
    further = newest | stored_further(transaction, project_id, version, touched)
    rows = [{**row, "further": further[row["term_id"]]} for row in rows]
    made = _add_head(transaction, project_id, person_id=person_id, at=at, note=note, act=act)
    _write_rows(transaction, project_id, made, rows)
    return made


def _add_head(
    transaction: Transaction, project_id: str, *, person_id: str, at: datetime, note: str, act: str
) -> int:
    version = newest_version(transaction, project_id) + 1
    transaction.write(
        """
        INSERT INTO lexicon_versions (project_id, version, changed_by, changed_at, note, act)
        VALUES ($project_id, $version, $person_id, $at, $note, $act)
        """,
        project_id=project_id,
        version=version,
        person_id=person_id,
        at=at,
        note=note,
        act=act,
    )
    return version


def _write_rows(
    transaction: Transaction, project_id: str, version: int, rows: list[dict[str, Any]]
) -> None:
    frame = pl.DataFrame([{name: row[name] for name in _ROW} for row in rows], schema=_ROW)
    transaction.write_frame(
        """
        INSERT INTO lexicon_changes (project_id, version, term_id, is_present, expression, kind,
            label, codebook_version, category, sub_category, author_id, reason, source,
            source_id, added_at, further)
        SELECT project_id, version, term_id, is_present, expression, kind, written_label,
            codebook_version, category, sub_category, author_id, reason, source, source_id,
            added_at, further
        FROM frame
        """,
        frame.with_columns(project_id=pl.lit(project_id), version=pl.lit(version, pl.Int32)),
    )
