-- Adjudications: decisions with the kind of error behind the dispute, and decisions taken back.
--
-- Both are events. A decision is also a judgement in the phase `adjudicated`; `judgement_id` names
-- it. One that is taken back (`kind` is `undone`) stays on record and counts no more: what counted
-- before it counts again. `error_kind` is NULL in what is undone; decisions that were imported, or
-- made before this migration, have no row. `dissent` is what somebody (`dissent_by`, where a person
-- is named) holds against the decision.
--
-- `standing_judgements` leaves out decisions that were taken back.

CREATE TABLE adjudications (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    judgement_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    error_kind VARCHAR,
    reason VARCHAR NOT NULL,
    dissent VARCHAR NOT NULL,
    dissent_by VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE OR REPLACE VIEW standing_judgements AS
WITH reopened AS (
    SELECT project_id, message_id, max(seq) AS seq FROM reopenings GROUP BY project_id, message_id
),
undone AS (
    SELECT DISTINCT judgement_id FROM adjudications WHERE kind = 'undone'
)
SELECT made.seq, made.judgement_id, made.project_id, made.message_id, made.expert_id,
    made.turn_id, made.phase,
    CASE WHEN moved.label IS NULL THEN made.label ELSE moved.now END AS label,
    made.confidence, made.rationale, made.reason, made.seconds, made.codebook_version, made.made_at
FROM judgements AS made
LEFT JOIN reopened
    ON reopened.project_id = made.project_id AND reopened.message_id = made.message_id
LEFT JOIN label_moves AS moved
    ON moved.project_id = made.project_id AND moved.label = made.label
    AND moved.since <= made.codebook_version AND made.codebook_version < moved.version
LEFT JOIN undone ON undone.judgement_id = made.judgement_id
WHERE made.seq > coalesce(reopened.seq, -1) AND undone.judgement_id IS NULL;
