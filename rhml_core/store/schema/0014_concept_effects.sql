-- What deciding on a concept brought, as measured after the decision and after each run.
--
-- A row for each measuring, append-only; the newest of a concept's newest decision counts. It
-- belongs to the state that it names: the decision, the newest event that judgements depend on, the
-- codebook's version and the newest run ('' before the first one).

CREATE TABLE concept_effects (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    concept_id VARCHAR NOT NULL,
    decision BIGINT NOT NULL,
    newest_event BIGINT NOT NULL,
    codebook_version INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    figures JSON NOT NULL,
    measured_at TIMESTAMPTZ NOT NULL
);
