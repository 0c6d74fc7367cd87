-- Figures of agreement as last worked out, so that no page waits for them.
--
-- A row for each part of a project's figures. `made_from` names what it was computed from: where
-- the events, the codebook and the run stood. A row is replaced by the next one of its part; it can
-- always be made again from the judgements.

CREATE TABLE kept_agreement (
    project_id VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    made_from VARCHAR NOT NULL,
    figures JSON NOT NULL,
    n_judgements BIGINT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (project_id, part)
);
