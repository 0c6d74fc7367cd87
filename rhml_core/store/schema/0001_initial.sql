-- People, projects, messages, codebooks, turns, judgements, runs, concepts, jobs and the audit.
--
-- Judgements, comments, decisions, run states and the audit are events: rows are added, never
-- changed. "Current" is always a query for the newest row, by the sequence number `seq`.

CREATE SEQUENCE event_order;

CREATE TABLE acts (
    key VARCHAR PRIMARY KEY,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE audit (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    event_id VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    person_id VARCHAR,
    project_id VARCHAR,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail JSON NOT NULL
);

CREATE TABLE people (
    person_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL UNIQUE,
    role VARCHAR NOT NULL,
    is_simulated BOOLEAN NOT NULL,
    added_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sessions (
    token_hash VARCHAR PRIMARY KEY,
    person_id VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE projects (
    project_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL UNIQUE,
    description VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE project_settings (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    overlap INTEGER NOT NULL,
    uncertain_share DOUBLE NOT NULL,
    holdout_share DOUBLE NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE codebook_versions (
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    note VARCHAR NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE codebook_labels (
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    examples VARCHAR[] NOT NULL,
    colour VARCHAR NOT NULL,
    key VARCHAR NOT NULL
);

CREATE TABLE imports (
    import_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    n_rows BIGINT NOT NULL,
    imported_by VARCHAR NOT NULL,
    imported_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE messages (
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    position BIGINT NOT NULL,
    text VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL,
    author VARCHAR,
    sent_at TIMESTAMPTZ,
    thread VARCHAR,
    reply_to VARCHAR,
    language VARCHAR,
    metadata JSON NOT NULL,
    split VARCHAR NOT NULL,
    import_id VARCHAR NOT NULL,
    PRIMARY KEY (project_id, message_id)
);

CREATE TABLE embeddings (
    encoder_id VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL,
    vector FLOAT[] NOT NULL
);

CREATE TABLE turns (
    turn_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    expert_id VARCHAR NOT NULL,
    because VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    leased_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);

CREATE TABLE turn_steps (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    turn_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    shown JSON NOT NULL,
    seconds DOUBLE,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE judgements (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    judgement_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    expert_id VARCHAR NOT NULL,
    turn_id VARCHAR,
    phase VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    confidence VARCHAR,
    rationale JSON NOT NULL,
    reason VARCHAR NOT NULL,
    seconds DOUBLE,
    codebook_version INTEGER NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE machine_opinions (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    turn_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    probability DOUBLE NOT NULL,
    machine VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE comments (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    comment_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE jobs (
    job_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    recipe VARCHAR NOT NULL,
    parameters JSON NOT NULL,
    seed INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    step BIGINT NOT NULL,
    n_steps BIGINT NOT NULL,
    seconds_left DOUBLE,
    detail VARCHAR NOT NULL,
    result VARCHAR,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);

CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    recipe VARCHAR NOT NULL,
    encoder_id VARCHAR NOT NULL,
    labels VARCHAR[] NOT NULL,
    parameters JSON NOT NULL,
    versions JSON NOT NULL,
    seed INTEGER NOT NULL,
    n_training INTEGER NOT NULL,
    n_experts INTEGER NOT NULL,
    codebook_version INTEGER NOT NULL,
    seconds DOUBLE NOT NULL,
    loss_curve DOUBLE[] NOT NULL,
    metrics JSON,
    metrics_missing VARCHAR NOT NULL,
    folder VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE run_states (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    run_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE run_training (
    run_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    weight DOUBLE NOT NULL
);

CREATE TABLE predictions (
    run_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    probability DOUBLE NOT NULL,
    probabilities DOUBLE[] NOT NULL,
    is_out_of_fold BOOLEAN NOT NULL
);

CREATE TABLE concepts (
    concept_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    terms VARCHAR[] NOT NULL,
    surfaced_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE concept_sightings (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    concept_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    strength DOUBLE NOT NULL,
    term_f1 DOUBLE NOT NULL,
    term_f1_low DOUBLE NOT NULL,
    term_f1_high DOUBLE NOT NULL,
    n_judged INTEGER NOT NULL,
    n_for INTEGER NOT NULL,
    n_against INTEGER NOT NULL,
    messages_for VARCHAR[] NOT NULL,
    messages_against VARCHAR[] NOT NULL,
    is_new BOOLEAN NOT NULL
);

CREATE TABLE concept_decisions (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    concept_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
