-- The lexicon gets versions: each says which terms came, went or moved, who did it and why.
--
-- Both tables are events. A row of `lexicon_changes` is how a term stands from a version on, until
-- its next row; `is_present` is false from the version that removed it. A label is kept as it was
-- called in `codebook_version`; `label_moves` says what it is called now. `act` names the act that
-- made a version, so that a repeated one can be told. `further` is a JSON object of what an
-- imported file said of the term in columns that the program does not know.
--
-- Concepts that were adopted by now are carried over: each adoption, and each that was taken back,
-- is a version of its own, by whom and when it was. A term that two adopted concepts share came
-- with the first adoption and goes when no adopted concept has it any more.

CREATE TABLE lexicon_versions (
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    changed_by VARCHAR NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    note VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE lexicon_changes (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    term_id VARCHAR NOT NULL,
    is_present BOOLEAN NOT NULL,
    expression VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    codebook_version INTEGER NOT NULL,
    category VARCHAR NOT NULL,
    sub_category VARCHAR NOT NULL,
    author_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    further JSON NOT NULL
);

CREATE TEMPORARY TABLE carried_over AS
WITH decided AS (
    SELECT decision.seq, decision.project_id, decision.concept_id, decision.person_id,
        decision.made_at, decision.reason, status = 'adopted' AS is_adopted,
        coalesce(lag(status = 'adopted') OVER (
            PARTITION BY decision.concept_id ORDER BY decision.seq), false) AS was_adopted
    FROM concept_decisions AS decision
),
counted AS (
    SELECT decided.*, concepts.label, lower(trim(term.expression)) AS expression,
        CASE WHEN is_adopted THEN 1 ELSE -1 END AS step,
        sum(CASE WHEN is_adopted THEN 1 ELSE -1 END) OVER (
            PARTITION BY decided.project_id, concepts.label, lower(trim(term.expression))
            ORDER BY decided.seq) AS n_adopted
    FROM decided JOIN concepts USING (concept_id),
        unnest(list_distinct(concepts.terms)) AS term (expression)
    WHERE is_adopted <> was_adopted AND trim(term.expression) <> ''
)
SELECT counted.* EXCLUDE (step, n_adopted, was_adopted),
    dense_rank() OVER (PARTITION BY counted.project_id ORDER BY counted.seq) AS version,
    coalesce(surfaced.codebook_version, 1) AS codebook_version
FROM counted LEFT JOIN (
    SELECT concept_id, min(runs.codebook_version) AS codebook_version
    FROM concept_sightings JOIN runs USING (run_id) GROUP BY concept_id
) AS surfaced USING (concept_id)
WHERE n_adopted = greatest(step, 0);

INSERT INTO lexicon_versions
SELECT DISTINCT ON (project_id, version) project_id, version, person_id, made_at,
    CASE WHEN reason <> '' THEN reason
        WHEN is_adopted THEN 'A concept of the journal was adopted.'
        ELSE 'The adoption of a concept was taken back.' END,
    'carried over ' || seq
FROM carried_over ORDER BY project_id, version;

INSERT INTO lexicon_changes (project_id, version, term_id, is_present, expression, kind, label,
    codebook_version, category, sub_category, author_id, reason, source, source_id, added_at,
    further)
SELECT project_id, version, 'term-' || md5(project_id || ' ' || label || ' ' || expression)[:12],
    is_adopted, expression, CASE WHEN contains(expression, ' ') THEN 'phrase' ELSE 'word' END,
    label, codebook_version, '', '', person_id, reason, 'concept', concept_id, made_at, '{}'
FROM carried_over ORDER BY project_id, version, expression;

DROP TABLE carried_over;
