"""First rounds: settled messages on which a newcomer practises; never judgements."""

from dataclasses import dataclass
from datetime import datetime

from rhml_core.store.database import Reader, Transaction


@dataclass(frozen=True)
class RoundRow:
    """
    One round as it was begun.

    Attributes:
        number: 1, 2, ... of this expert in this project.
        message_ids: in the order in which they are asked.
        pass_share: share of them to be right, as it was when the round began.
    """

    number: int
    message_ids: tuple[str, ...]
    pass_share: float


@dataclass(frozen=True)
class RoundAnswer:
    """What a newcomer said of one message of a round, and what it was when they said it."""

    number: int
    message_id: str
    label: str
    reference: str


def newest_round(db: Reader, project_id: str, expert_id: str) -> RoundRow | None:
    """The round that an expert began last; None before the first."""
    found = db.rows(
        """
        SELECT round, message_ids, pass_share FROM first_rounds
        WHERE project_id = $project_id AND expert_id = $expert_id
        ORDER BY seq DESC LIMIT 1
        """,
        project_id=project_id,
        expert_id=expert_id,
    )
    if not found:
        return None
    row = found[0]
    return RoundRow(row["round"], tuple(row["message_ids"]), row["pass_share"])


def round_answers(db: Reader, project_id: str, expert_id: str, number: int) -> list[RoundAnswer]:
    """What an expert answered in one round, in order; one for each message."""
    found = db.rows(
        """
        SELECT message_id, label, reference FROM first_round_answers
        WHERE project_id = $project_id AND expert_id = $expert_id AND round = $number
        ORDER BY seq
        """,
        project_id=project_id,
        expert_id=expert_id,
        number=number,
    )
    return [RoundAnswer(number, row["message_id"], row["label"], row["reference"]) for row in found]


def add_round(
    transaction: Transaction, project_id: str, expert_id: str, row: RoundRow, *, at: datetime
) -> None:
    """Begin a round."""
    transaction.write(
        """
        INSERT INTO first_rounds (project_id, expert_id, round, message_ids, pass_share, made_at)
        VALUES ($project_id, $expert_id, $number, $message_ids, $pass_share, $at)
        """,
        project_id=project_id,
        expert_id=expert_id,
        number=row.number,
        message_ids=list(row.message_ids),
        pass_share=row.pass_share,
        at=at,
    )


def add_answer(
    transaction: Transaction,
    project_id: str,
    expert_id: str,
    answer: RoundAnswer,
    *,
    key: str,
    at: datetime,
) -> None:
    """Append one answer of a round."""
    transaction.write(
        """
        INSERT INTO first_round_answers
            (project_id, expert_id, round, message_id, label, reference, act_key, made_at)
        VALUES ($project_id, $expert_id, $number, $message_id, $label, $reference, $key, $at)
        """,
        project_id=project_id,
        expert_id=expert_id,
        number=answer.number,
        message_id=answer.message_id,
        label=answer.label,
        reference=answer.reference,
        key=key,
        at=at,
    )


def settled_pool(db: Reader, project_id: str, labels: list[str]) -> list[str]:
    """Identifiers of the messages of the pool adjudicated with one of these labels, sorted."""
    return db.read(
        """
        WITH settled AS (
            SELECT message_id, label FROM standing_judgements
            WHERE project_id = $project_id AND phase = 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY seq DESC) = 1
        )
        SELECT message_id FROM messages JOIN settled USING (message_id)
        WHERE project_id = $project_id AND split = 'pool' AND list_contains($labels, label)
        ORDER BY message_id
        """,
        project_id=project_id,
        labels=labels,
    )["message_id"].to_list()


def count_settled_pool(db: Reader, project_id: str, labels: list[str]) -> int:
    """How many messages of the pool are adjudicated with one of these labels."""
    return len(settled_pool(db, project_id, labels))


def count_met(db: Reader, project_id: str, expert_id: str) -> int:
    """How many different messages an expert's rounds have had."""
    found = db.rows(
        """
        WITH met AS (
            SELECT unnest(message_ids) AS message_id FROM first_rounds
            WHERE project_id = $project_id AND expert_id = $expert_id
        )
        SELECT count(DISTINCT message_id) AS n FROM met
        """,
        project_id=project_id,
        expert_id=expert_id,
    )
    return int(found[0]["n"])


def draw_round(
    transaction: Transaction,
    project_id: str,
    expert_id: str,
    labels: list[str],
    *,
    n: int,
    seed: str,
) -> list[str]:
    """
    Messages of the pool, adjudicated with one of `labels`, for an expert's next round.

    Those that were in fewest of the expert's rounds come first, and the labels take turns; `seed`
    decides the rest.
    """
    found = transaction.rows(
        """
        WITH settled AS (
            SELECT message_id, label FROM standing_judgements
            WHERE project_id = $project_id AND phase = 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY seq DESC) = 1
        ),
        met AS (
            SELECT unnest(message_ids) AS message_id FROM first_rounds
            WHERE project_id = $project_id AND expert_id = $expert_id
        ),
        askable AS (
            SELECT settled.message_id, settled.label, (
                SELECT count(*) FROM met WHERE met.message_id = settled.message_id) AS n_met
            FROM settled JOIN messages ON messages.message_id = settled.message_id
            WHERE messages.project_id = $project_id AND split = 'pool'
                AND list_contains($labels, label)
        )
        SELECT message_id FROM askable
        ORDER BY n_met,
            row_number() OVER (
                PARTITION BY n_met, label ORDER BY hash(message_id || $seed), message_id),
            hash(label || $seed), message_id
        LIMIT $n
        """,
        project_id=project_id,
        expert_id=expert_id,
        labels=labels,
        n=n,
        seed=seed,
    )
    return [row["message_id"] for row in found]
