"""Turns and the queue: who works on which message, leased for a while."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rhml_core.domain import DrawnBecause, Mode, Turn, TurnState
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction

_UNFINISHED = ["open", "explained", "revealed"]


@dataclass(frozen=True)
class TurnRow:
    """A turn with the mode it was begun in and what the machine said in it."""

    turn: Turn
    mode: Mode
    shown: dict[str, Any]


def get_turn(db: Reader, turn_id: str) -> TurnRow:
    """
    One turn.

    Raises:
        NotFoundError: there is no such turn.
    """
    found = db.rows(
        """
        SELECT turn_id, project_id, message_id, expert_id, state, because, mode, leased_at,
            expires_at
        FROM turns WHERE turn_id = $turn_id ORDER BY turn_id
        """,
        turn_id=turn_id,
    )
    if not found:
        raise NotFoundError("This turn is not known. Reload the page for your next message.")
    return _turn_row(db, found[0])


def turn_state(db: Reader, turn_id: str) -> TurnState:
    """In which state an existing turn is."""
    found = db.rows(
        "SELECT state FROM turns WHERE turn_id = $turn_id ORDER BY turn_id", turn_id=turn_id
    )
    return TurnState(found[0]["state"])


def unfinished_turn(db: Reader, project_id: str, expert_id: str, *, at: datetime) -> TurnRow | None:
    """The expert's turn that waits for its next step, if its lease still holds."""
    found = db.rows(
        """
        SELECT turn_id, project_id, message_id, expert_id, state, because, mode, leased_at,
            expires_at
        FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id
            AND list_contains($unfinished, state) AND (expires_at > $at OR state <> 'open')
        ORDER BY leased_at DESC LIMIT 1
        """,
        project_id=project_id,
        expert_id=expert_id,
        unfinished=_UNFINISHED,
        at=at,
    )
    return _turn_row(db, found[0]) if found else None


def held_messages(db: Reader, project_id: str, expert_id: str) -> list[str]:
    """Identifiers of the messages in an expert's hands, those of expired leases among them."""
    return db.read(
        """
        SELECT message_id FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id
            AND list_contains($in_hands, state)
        ORDER BY message_id
        """,
        project_id=project_id,
        expert_id=expert_id,
        in_hands=[*_UNFINISHED, "expired"],
    )["message_id"].to_list()


def newest_finished_turn(db: Reader, project_id: str, expert_id: str) -> TurnRow | None:
    """The expert's turn that was finished last."""
    found = db.rows(
        """
        SELECT turn_id, project_id, message_id, expert_id, state, because, mode, leased_at,
            expires_at
        FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id AND state = 'done'
        ORDER BY ended_at DESC LIMIT 1
        """,
        project_id=project_id,
        expert_id=expert_id,
    )
    return _turn_row(db, found[0]) if found else None


def add_turn(transaction: Transaction, turn: Turn, *, mode: Mode) -> None:
    """Lease a message to an expert."""
    transaction.write(
        """
        INSERT INTO turns (turn_id, project_id, message_id, expert_id, because, mode, state,
            leased_at, expires_at)
        VALUES ($turn_id, $project_id, $message_id, $expert_id, $because, $mode, $state,
            $leased_at, $expires_at)
        """,
        turn_id=turn.turn_id,
        project_id=turn.project_id,
        message_id=turn.message_id,
        expert_id=turn.expert_id,
        because=turn.because.value,
        mode=mode.value,
        state=turn.state.value,
        leased_at=turn.leased_at,
        expires_at=turn.expires_at,
    )


def reopen_expired(
    transaction: Transaction,
    project_id: str,
    message_id: str,
    expert_id: str,
    *,
    at: datetime,
    expires_at: datetime,
) -> str | None:
    """Lease an expert's own expired turn on a message again; its identifier, None without one."""
    found = transaction.rows(
        """
        SELECT turn_id FROM turns
        WHERE project_id = $project_id AND message_id = $message_id
            AND expert_id = $expert_id AND state = 'expired'
        ORDER BY leased_at DESC, turn_id LIMIT 1
        """,
        project_id=project_id,
        message_id=message_id,
        expert_id=expert_id,
    )
    if not found:
        return None
    turn_id = str(found[0]["turn_id"])
    transaction.write(
        """
        UPDATE turns SET state = 'open', leased_at = $at, expires_at = $expires_at, ended_at = NULL
        WHERE turn_id = $turn_id
        """,
        turn_id=turn_id,
        at=at,
        expires_at=expires_at,
    )
    return turn_id


def advance_turn(
    transaction: Transaction,
    turn_id: str,
    state: TurnState,
    *,
    at: datetime,
    expires_at: datetime,
    shown: dict[str, Any] | None = None,
    seconds: float | None = None,
) -> None:
    """Put a turn into its next state, with what the expert was shown on entering it."""
    ended_at = at if state in {TurnState.DONE, TurnState.SKIPPED, TurnState.EXPIRED} else None
    transaction.write(
        """
        UPDATE turns SET state = $state, expires_at = $expires_at, ended_at = $ended_at
        WHERE turn_id = $turn_id
        """,
        turn_id=turn_id,
        state=state.value,
        expires_at=expires_at,
        ended_at=ended_at,
    )
    transaction.write(
        """
        INSERT INTO turn_steps (turn_id, state, shown, seconds, made_at)
        VALUES ($turn_id, $state, $shown, $seconds, $at)
        """,
        turn_id=turn_id,
        state=state.value,
        shown=json.dumps(shown or {}),
        seconds=seconds,
        at=at,
    )


def expire_leases(transaction: Transaction, project_id: str, *, at: datetime) -> None:
    """Give back what was leased, not begun, and has run out."""
    transaction.write(
        """
        UPDATE turns SET state = 'expired', ended_at = $at
        WHERE project_id = $project_id AND state = 'open' AND expires_at <= $at
        """,
        project_id=project_id,
        at=at,
    )


# One expert never gets a message twice, an adjudicated message is settled, and judgements made
# plus leases held never exceed the overlap: `taken` counts both.
def draw_begun(
    transaction: Transaction, project_id: str, expert_id: str, overlap: int
) -> str | None:
    """A message that colleagues have begun and that still needs judgements, oldest first."""
    return _first_id(
        transaction.rows(
            """
            WITH taken AS (
                SELECT message_id, expert_id, min(seq) AS seq FROM judgements
                WHERE project_id = $project_id AND phase <> 'adjudicated'
                GROUP BY message_id, expert_id
                UNION
                SELECT message_id, expert_id, NULL FROM turns
                WHERE project_id = $project_id
                    AND state IN ('open', 'explained', 'revealed')
            ),
            mine AS (
                SELECT message_id FROM taken WHERE expert_id = $expert_id
                UNION SELECT message_id FROM turns
                WHERE project_id = $project_id AND expert_id = $expert_id AND state = 'skipped'
                UNION SELECT message_id FROM judgements
                WHERE project_id = $project_id AND phase = 'adjudicated'
            )
            SELECT message_id FROM taken
            WHERE message_id NOT IN (SELECT message_id FROM mine)
            GROUP BY message_id
            HAVING count(DISTINCT expert_id) < $overlap AND min(seq) IS NOT NULL
            ORDER BY min(seq), message_id
            LIMIT 1
            """,
            project_id=project_id,
            expert_id=expert_id,
            overlap=overlap,
        )
    )


def draw_ranked(
    transaction: Transaction, project_id: str, expert_id: str, ranked: list[str]
) -> str | None:
    """The first of the ranked messages that nobody has judged, leased or settled."""
    return _first_id(
        transaction.rows(
            """
            WITH ranked AS (
                SELECT unnest($ranked::VARCHAR[]) AS message_id,
                    generate_subscripts($ranked::VARCHAR[], 1) AS rank
            )
            SELECT message_id FROM ranked
            WHERE message_id NOT IN (
                SELECT message_id FROM judgements WHERE project_id = $project_id
                UNION SELECT message_id FROM turns
                WHERE project_id = $project_id AND (
                    state IN ('open', 'explained', 'revealed')
                    OR state = 'skipped' AND expert_id = $expert_id)
            )
            ORDER BY rank
            LIMIT 1
            """,
            project_id=project_id,
            expert_id=expert_id,
            ranked=ranked,
        )
    )


def draw_random(
    transaction: Transaction, project_id: str, expert_id: str, *, split: str, seed: str
) -> str | None:
    """A message of a split that nobody has judged, leased or settled; `seed` decides which."""
    return _first_id(
        transaction.rows(
            """
            SELECT message_id FROM messages
            WHERE project_id = $project_id AND split = $split AND message_id NOT IN (
                SELECT message_id FROM judgements WHERE project_id = $project_id
                UNION SELECT message_id FROM turns
                WHERE project_id = $project_id AND (
                    state IN ('open', 'explained', 'revealed')
                    OR state = 'skipped' AND expert_id = $expert_id)
            )
            ORDER BY hash(message_id || $seed), message_id
            LIMIT 1
            """,
            project_id=project_id,
            expert_id=expert_id,
            split=split,
            seed=seed,
        )
    )


def draw_skipped(
    transaction: Transaction, project_id: str, expert_id: str, overlap: int
) -> str | None:
    """A message that this expert skipped and that still needs judgements, oldest skip first."""
    return _first_id(
        transaction.rows(
            """
            SELECT message_id FROM turns
            WHERE project_id = $project_id AND expert_id = $expert_id AND state = 'skipped'
                AND message_id NOT IN (
                    SELECT message_id FROM judgements
                    WHERE project_id = $project_id
                        AND (expert_id = $expert_id OR phase = 'adjudicated'))
                AND (
                    SELECT count(DISTINCT expert_id) FROM (
                        SELECT expert_id FROM judgements AS made
                        WHERE made.project_id = $project_id
                            AND made.message_id = turns.message_id
                        UNION
                        SELECT expert_id FROM turns AS held
                        WHERE held.project_id = $project_id
                            AND held.message_id = turns.message_id
                            AND held.state IN ('open', 'explained', 'revealed'))
                ) < $overlap
            GROUP BY message_id
            ORDER BY max(ended_at), message_id
            LIMIT 1
            """,
            project_id=project_id,
            expert_id=expert_id,
            overlap=overlap,
        )
    )


def count_progress(
    db: Reader, project_id: str, expert_id: str, *, overlap: int, day_start: datetime
) -> dict[str, int]:
    """
    How far the expert and the project are.

    Returns:
        `n_done_today`, `n_done`: messages that the expert has judged; `n_open`: messages that
        still need this expert's judgement; `n_messages`; `n_fully_judged`: messages with
        `overlap` judgements or a settled label.
    """
    frame = db.read(
        """
        WITH per_message AS (
            SELECT message_id,
                count(DISTINCT expert_id) FILTER (phase <> 'adjudicated') AS n_experts,
                bool_or(phase = 'adjudicated') AS is_settled,
                bool_or(expert_id = $expert_id AND phase <> 'adjudicated') AS is_mine,
                min(made_at) FILTER (expert_id = $expert_id AND phase <> 'adjudicated')
                    >= $day_start AS is_today
            FROM judgements WHERE project_id = $project_id GROUP BY message_id
        )
        SELECT
            count(*) AS n_messages,
            count(*) FILTER (is_mine) AS n_done,
            count(*) FILTER (is_mine AND is_today) AS n_done_today,
            count(*) FILTER (coalesce(is_settled, false) OR n_experts >= $overlap)
                AS n_fully_judged,
            count(*) FILTER (NOT coalesce(is_mine, false) AND NOT coalesce(is_settled, false)
                AND coalesce(n_experts, 0) < $overlap) AS n_open
        FROM messages LEFT JOIN per_message USING (message_id)
        WHERE project_id = $project_id
        """,
        project_id=project_id,
        expert_id=expert_id,
        overlap=overlap,
        day_start=day_start,
    )
    return {name: int(value) for name, value in frame.row(0, named=True).items()}


def _first_id(rows: list[dict[str, Any]]) -> str | None:
    return str(rows[0]["message_id"]) if rows else None


def _turn_row(db: Reader, row: dict[str, Any]) -> TurnRow:
    turn = Turn(
        turn_id=row["turn_id"],
        project_id=row["project_id"],
        message_id=row["message_id"],
        expert_id=row["expert_id"],
        state=TurnState(row["state"]),
        because=DrawnBecause(row["because"]),
        leased_at=row["leased_at"],
        expires_at=row["expires_at"],
    )
    shown = {} if turn.state is TurnState.OPEN else _newest_shown(db, turn.turn_id)
    return TurnRow(turn, Mode(row["mode"]), shown)


def _newest_shown(db: Reader, turn_id: str) -> dict[str, Any]:
    steps = db.rows(
        """
        SELECT shown FROM turn_steps
        WHERE turn_id = $turn_id AND shown <> '{}'
        ORDER BY seq DESC LIMIT 1
        """,
        turn_id=turn_id,
    )
    return json.loads(steps[0]["shown"]) if steps else {}
