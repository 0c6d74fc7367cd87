-- Probes, a baseline before the machine is heard, and a first round for newcomers.
--
-- Settings made before this migration drew no probes, asked for no baseline and held no first
-- round, and still do not.
--
-- A step of a turn names what the expert did (`act`: leased, committed, revised, finished,
-- corrected, skipped) and the key it was sent under; steps made before this migration have neither.
--
-- First rounds are practice: their answers are never judgements. A round is the list of messages
-- drawn for it; its answers are events, with the reference as it stood when the answer came.

ALTER TABLE project_settings ADD COLUMN probe_share DOUBLE DEFAULT 0.0;
ALTER TABLE project_settings ADD COLUMN baseline_probes INTEGER DEFAULT 0;
ALTER TABLE project_settings ADD COLUMN first_round_messages INTEGER DEFAULT 0;
ALTER TABLE project_settings ADD COLUMN first_round_pass DOUBLE DEFAULT 0.8;

ALTER TABLE turn_steps ADD COLUMN act VARCHAR;
ALTER TABLE turn_steps ADD COLUMN act_key VARCHAR;

CREATE TABLE first_rounds (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    expert_id VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    message_ids VARCHAR[] NOT NULL,
    pass_share DOUBLE NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE first_round_answers (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    expert_id VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    message_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    act_key VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
