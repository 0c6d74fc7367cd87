"""
Which message an expert is given: drawn from what is begun, ranked, random, skipped or settled.

One expert never gets a message twice, and but for probes an adjudicated message is settled;
judgements made plus leases held never exceed the overlap: `taken` counts both. What the codebook
reopened is drawn in `reopenings`; here only a decision made since then settles a message, while
those who judged it before keep their place.
"""

from typing import Any

from rhml_core.store.database import Reader, Transaction


def draw_begun(
    transaction: Transaction, project_id: str, expert_id: str, overlap: int
) -> str | None:
    """
    A message that colleagues have begun and that still needs judgements, oldest first.

    Those that the expert was asked to talk about come before the others.
    """
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
                UNION SELECT message_id FROM standing_judgements
                WHERE project_id = $project_id AND phase = 'adjudicated'
            ),
            asked_in AS (
                SELECT DISTINCT substr(subject, 9) AS message_id FROM comments
                WHERE project_id = $project_id AND subject LIKE 'message:%'
                    AND list_contains(coalesce(detail ->> '$.named[*]', []), $expert_id)
            )
            SELECT message_id FROM taken
            WHERE message_id NOT IN (SELECT message_id FROM mine)
            GROUP BY message_id
            HAVING count(DISTINCT expert_id) < $overlap AND min(seq) IS NOT NULL
            ORDER BY message_id NOT IN (SELECT message_id FROM asked_in), min(seq), message_id
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
                SELECT message_id FROM judgements
                WHERE project_id = $project_id AND phase <> 'adjudicated'
                UNION SELECT message_id FROM standing_judgements
                WHERE project_id = $project_id AND phase = 'adjudicated'
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
                SELECT message_id FROM judgements
                WHERE project_id = $project_id AND phase <> 'adjudicated'
                UNION SELECT message_id FROM standing_judgements
                WHERE project_id = $project_id AND phase = 'adjudicated'
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
                    SELECT message_id FROM standing_judgements
                    WHERE project_id = $project_id
                        AND (expert_id = $expert_id OR phase = 'adjudicated'))
                AND (
                    SELECT count(DISTINCT expert_id) FROM (
                        SELECT expert_id FROM standing_judgements AS made
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


_TESTABLE = """
    WITH mine AS (
        SELECT message_id FROM judgements
        WHERE project_id = $project_id AND expert_id = $expert_id AND phase <> 'adjudicated'
        UNION SELECT message_id FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id
            AND state IN ('open', 'explained', 'revealed', 'skipped')
    ),
    known_texts AS (
        SELECT text_hash FROM messages
        WHERE project_id = $project_id AND message_id IN (SELECT message_id FROM mine)
    ),
    said AS (
        SELECT message_id, label FROM standing_judgements
        WHERE project_id = $project_id AND phase <> 'adjudicated' AND expert_id <> $expert_id
            AND label IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq DESC) = 1
    ),
    votes AS (
        SELECT message_id, label, count(*) AS n,
            sum(count(*)) OVER (PARTITION BY message_id) AS n_all,
            rank() OVER (PARTITION BY message_id ORDER BY count(*) DESC) AS place
        FROM said GROUP BY message_id, label
    ),
    known AS (
        SELECT message_id FROM votes WHERE place = 1 AND n_all >= 2
        GROUP BY message_id HAVING count(*) = 1
        UNION SELECT message_id FROM standing_judgements
        WHERE project_id = $project_id AND phase = 'adjudicated'
    )
    SELECT message_id FROM messages
    WHERE project_id = $project_id AND split = 'holdout'
        AND message_id IN (SELECT message_id FROM known)
        AND message_id NOT IN (SELECT message_id FROM mine)
        AND text_hash NOT IN (SELECT text_hash FROM known_texts)
"""
# Known: adjudicated, or two others or more gave a label, and one label comes first.


def draw_probe(
    transaction: Transaction, project_id: str, expert_id: str, *, seed: str
) -> str | None:
    """
    A hold-out message whose answer is known and whose text this expert has not judged.

    `seed` decides which. That others have judged it, or that it is adjudicated, is no hindrance.
    """
    return _first_id(
        transaction.rows(
            _TESTABLE + "ORDER BY hash(message_id || $seed), message_id LIMIT 1",
            project_id=project_id,
            expert_id=expert_id,
            seed=seed,
        )
    )


def count_probes_left(db: Reader, project_id: str, expert_id: str) -> int:
    """How many messages this expert could still be given as a probe."""
    return len(
        db.rows(_TESTABLE + "ORDER BY message_id", project_id=project_id, expert_id=expert_id)
    )


def count_baseline(db: Reader, project_id: str, expert_id: str) -> int:
    """How many baseline turns an expert has judged or holds."""
    found = db.rows(
        """
        SELECT count(*) AS n FROM turns
        WHERE project_id = $project_id AND expert_id = $expert_id AND because = 'baseline'
            AND state IN ('open', 'done')
        """,
        project_id=project_id,
        expert_id=expert_id,
    )
    return int(found[0]["n"])


def has_heard_machine(db: Reader, project_id: str, expert_id: str) -> bool:
    """Whether the machine has said anything to an expert in a turn of theirs."""
    found = db.rows(
        """
        SELECT count(*) AS n FROM turns JOIN turn_steps USING (turn_id)
        WHERE project_id = $project_id AND expert_id = $expert_id AND shown::VARCHAR <> '{}'
        """,
        project_id=project_id,
        expert_id=expert_id,
    )
    return bool(found[0]["n"])


def _first_id(rows: list[dict[str, Any]]) -> str | None:
    return str(rows[0]["message_id"]) if rows else None
