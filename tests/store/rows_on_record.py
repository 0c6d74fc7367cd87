"""What is on record, as no page asks for it: counts and rows that tests compare."""

import json

from rhml_core.domain import TurnState
from rhml_core.store.turns import TurnStep


def count_judgements(db, project_id):
    """Number of judgements of any phase."""
    [row] = db.rows(
        "SELECT count(*) AS n FROM judgements WHERE project_id = $project_id",
        project_id=project_id,
    )
    return row["n"]


def reopened_by(db, project_id, codebook_version):
    """Identifiers of the messages that one codebook version asked about again, sorted."""
    found = db.rows(
        """
        SELECT message_id FROM reopenings
        WHERE project_id = $project_id AND codebook_version = $codebook_version
        ORDER BY message_id
        """,
        project_id=project_id,
        codebook_version=codebook_version,
    )
    return [row["message_id"] for row in found]


def turn_steps(db, turn_id):
    """Every step of a turn, oldest first."""
    found = db.rows(
        """
        SELECT turn_id, state, act, act_key, shown, seconds FROM turn_steps
        WHERE turn_id = $turn_id ORDER BY seq
        """,
        turn_id=turn_id,
    )
    return [
        TurnStep(
            row["turn_id"],
            TurnState(row["state"]),
            row["act"],
            key=row["act_key"],
            shown=json.loads(row["shown"]),
            seconds=row["seconds"],
        )
        for row in found
    ]
