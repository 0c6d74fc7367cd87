-- Codebook repair: what each version did to each label, and which messages it asked about again.
--
-- Both tables are events. `becomes` holds the names that a label has after a change; a merged or
-- renamed label has one, a split one several, a retired one none. Judgements keep the label that
-- was given: `label_moves` says what a label of an older version is called now (`now`, NULL where
-- it is no label any more) if it was given in a version from `since` to before `version`.
-- Versions made before this migration changed no label that was in use, and have no rows.
--
-- `standing_judgements` are the judgements made since their message was last reopened, with their
-- labels as they are called now; `label` is NULL where it is no label any more.

CREATE TABLE label_changes (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    becomes VARCHAR[] NOT NULL,
    reach VARCHAR NOT NULL,
    meets VARCHAR NOT NULL
);

CREATE TABLE reopenings (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    codebook_version INTEGER NOT NULL,
    person_id VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE VIEW label_moves AS
WITH RECURSIVE moves AS (
    SELECT project_id, label, version,
        coalesce(lag(version) OVER (PARTITION BY project_id, label ORDER BY version), 0) AS since,
        CASE WHEN kind IN ('renamed', 'merged') THEN becomes[1] END AS now
    FROM label_changes WHERE kind IN ('renamed', 'merged', 'split', 'retired')
),
walk AS (
    SELECT project_id, label, since, version, now, version AS reached FROM moves
    UNION ALL
    SELECT walk.project_id, walk.label, walk.since, walk.version, moves.now, moves.version
    FROM walk JOIN moves ON moves.project_id = walk.project_id AND moves.label = walk.now
        AND moves.since <= walk.reached AND walk.reached < moves.version
)
SELECT project_id, label, since, version, now FROM walk
QUALIFY row_number() OVER (PARTITION BY project_id, label, version ORDER BY reached DESC) = 1;

CREATE VIEW standing_judgements AS
WITH reopened AS (
    SELECT project_id, message_id, max(seq) AS seq FROM reopenings GROUP BY project_id, message_id
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
WHERE made.seq > coalesce(reopened.seq, -1);
