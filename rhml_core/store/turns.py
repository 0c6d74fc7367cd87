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


@dataclass(frozen=True)
class TurnStep:
    """
    One step of a turn.

    Attributes:
        state: where the turn stands after it.
        act: what was done, such as `committed`.
        key: the key under which the act was sent; None where nobody sent it.
        shown: what the machine says in this turn from now on, whole; what of it is told, and
            when, is the turn's protocol.
        seconds: time that the expert took for it; None where unknown.
    """

    turn_id: str
    state: TurnState
    act: str
    key: str | None = None
    shown: dict[str, Any] | None = None
    seconds: float | None = None


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
    """
    The expert's turn that waits for its next step, if its lease still holds.

    One that is past its commit comes before one that was only leased: late answers leave both.
    """
    found = db.rows(
        """
        SELECT turn_id, project_id, message_id, expert_id, state, because, mode, leased_at,
            expires_at
        FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id
            AND list_contains($unfinished, state) AND (expires_at > $at OR state <> 'open')
        ORDER BY state = 'open', leased_at DESC, turn_id LIMIT 1
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
    """The expert's turn that was finished last, its message not reopened since its answer."""
    found = db.rows(
        """
        SELECT turn_id, project_id, message_id, expert_id, state, because, mode, leased_at,
            expires_at
        FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id AND state = 'done'
            AND turn_id NOT IN (
                SELECT turn_id FROM judgements JOIN reopenings USING (project_id, message_id)
                WHERE project_id = $project_id AND expert_id = $expert_id
                    AND turn_id IS NOT NULL AND phase = 'commit'
                    AND reopenings.seq > judgements.seq)
        ORDER BY ended_at DESC LIMIT 1
        """,
        project_id=project_id,
        expert_id=expert_id,
    )
    return _turn_row(db, found[0]) if found else None


def add_turn(
    transaction: Transaction, turn: Turn, *, mode: Mode, shown: dict[str, Any] | None = None
) -> None:
    """Lease a message to an expert; `shown` is what stands beside it from the start."""
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
    add_step(
        transaction, TurnStep(turn.turn_id, turn.state, "leased", shown=shown), at=turn.leased_at
    )


def expired_turn(
    transaction: Transaction, project_id: str, message_id: str, expert_id: str
) -> TurnRow | None:
    """An expert's own expired turn on a message, the newest; None without one."""
    found = transaction.rows(
        """
        SELECT turn_id, project_id, message_id, expert_id, state, because, mode, leased_at,
            expires_at
        FROM turns
        WHERE project_id = $project_id AND message_id = $message_id
            AND expert_id = $expert_id AND state = 'expired'
        ORDER BY leased_at DESC, turn_id LIMIT 1
        """,
        project_id=project_id,
        message_id=message_id,
        expert_id=expert_id,
    )
    return _turn_row(transaction, found[0]) if found else None


def lease_again(
    transaction: Transaction,
    turn_id: str,
    because: DrawnBecause,
    *,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Open an expired turn once more, for the reason for which it was drawn now."""
    transaction.write(
        """
        UPDATE turns SET state = 'open', because = $because, leased_at = $at,
            expires_at = $expires_at, ended_at = NULL
        WHERE turn_id = $turn_id
        """,
        turn_id=turn_id,
        because=because.value,
        at=at,
        expires_at=expires_at,
    )
    add_step(transaction, TurnStep(turn_id, TurnState.OPEN, "leased"), at=at)


def advance_turn(
    transaction: Transaction, step: TurnStep, *, at: datetime, expires_at: datetime
) -> None:
    """Put a turn into its next state, and keep the step."""
    ends = {TurnState.DONE, TurnState.SKIPPED, TurnState.EXPIRED}
    transaction.write(
        """
        UPDATE turns SET state = $state, expires_at = $expires_at, ended_at = $ended_at
        WHERE turn_id = $turn_id
        """,
        turn_id=step.turn_id,
        state=step.state.value,
        expires_at=expires_at,
        ended_at=at if step.state in ends else None,
    )
    add_step(transaction, step, at=at)


def add_step(transaction: Transaction, step: TurnStep, *, at: datetime) -> None:
    """Append one step of a turn."""
    transaction.write(
        """
        INSERT INTO turn_steps (turn_id, state, act, act_key, shown, seconds, made_at)
        VALUES ($turn_id, $state, $act, $key, $shown, $seconds, $at)
        """,
        turn_id=step.turn_id,
        state=step.state.value,
        act=step.act,
        key=step.key,
        shown=json.dumps(step.shown or {}),
        seconds=step.seconds,
        at=at,
    )


def expire_leases(transaction: Transaction, project_id: str, *, at: datetime) -> None:
    """Give back what was leased, not begun, and has run out."""
    transaction.write(
        """
        INSERT INTO turn_steps (turn_id, state, act, shown, made_at)
        SELECT turn_id, 'expired', 'expired', '{}', $at FROM turns
        WHERE project_id = $project_id AND state = 'open' AND expires_at <= $at
        ORDER BY leased_at, turn_id
        """,
        project_id=project_id,
        at=at,
    )
    transaction.write(
        """
        UPDATE turns SET state = 'expired', ended_at = $at
        WHERE project_id = $project_id AND state = 'open' AND expires_at <= $at
        """,
        project_id=project_id,
        at=at,
    )


def count_progress(
    db: Reader, project_id: str, expert_id: str, *, overlap: int, day_start: datetime
) -> dict[str, int]:
    """
    How far the expert and the project are.

    Returns:
        `n_done_today`, `n_done`: messages that the expert has ever judged; `n_open`: messages
        that still need this expert's judgement, reopened ones among them; `n_messages`;
        `n_fully_judged`: messages with `overlap` judgements or a settled label.
    """
    frame = db.read(
        """
        WITH per_message AS (
            SELECT message_id,
                count(DISTINCT expert_id) FILTER (phase <> 'adjudicated') AS n_experts,
                bool_or(phase = 'adjudicated') AS is_settled,
                bool_or(expert_id = $expert_id AND phase <> 'adjudicated') AS is_mine
            FROM standing_judgements WHERE project_id = $project_id GROUP BY message_id
        ),
        done AS (
            SELECT message_id, min(made_at) >= $day_start AS is_today FROM judgements
            WHERE project_id = $project_id AND expert_id = $expert_id AND phase <> 'adjudicated'
            GROUP BY message_id
        )
        SELECT
            count(*) AS n_messages,
            count(is_today) AS n_done,
            count(*) FILTER (is_today) AS n_done_today,
            count(*) FILTER (coalesce(is_settled, false) OR n_experts >= $overlap)
                AS n_fully_judged,
            count(*) FILTER (NOT coalesce(is_mine, false) AND NOT coalesce(is_settled, false)
                AND coalesce(n_experts, 0) < $overlap) AS n_open
        FROM messages LEFT JOIN per_message USING (message_id) LEFT JOIN done USING (message_id)
        WHERE project_id = $project_id
        """,
        project_id=project_id,
        expert_id=expert_id,
        overlap=overlap,
        day_start=day_start,
    )
    return {name: int(value) for name, value in frame.row(0, named=True).items()}


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
    mode = Mode(row["mode"])
    is_untold = turn.state is TurnState.OPEN and mode is not Mode.IMMEDIATE
    return TurnRow(turn, mode, {} if is_untold else _newest_shown(db, turn.turn_id))


def _newest_shown(db: Reader, turn_id: str) -> dict[str, Any]:
    steps = db.rows(
        """
        SELECT shown FROM turn_steps
        WHERE turn_id = $turn_id AND shown::VARCHAR <> '{}'
        ORDER BY seq DESC LIMIT 1
        """,
        turn_id=turn_id,
    )
    return json.loads(steps[0]["shown"]) if steps else {}
