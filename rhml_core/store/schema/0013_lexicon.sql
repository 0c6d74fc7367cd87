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
-- with the first adoption, is handed to the other where that is taken back, and goes when no adopted
-- concept has it any more.

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

-- Each adoption of a concept with a term: from the decision that adopted it to the next that did not.
-- Signs of today's notation did not belong to terms: a term that has one could not be looked for.
CREATE TEMPORARY TABLE adoptions AS
WITH decided AS (
    SELECT decision.*, status = 'adopted' AS is_adopted,
        coalesce(lag(status = 'adopted') OVER (
            PARTITION BY decision.concept_id ORDER BY decision.seq), false) AS was_adopted
    FROM concept_decisions AS decision
),
turns AS (
    SELECT decided.*, lead(seq) OVER (PARTITION BY concept_id ORDER BY seq) AS until
    FROM decided WHERE is_adopted <> was_adopted
),
worded AS (
    SELECT turns.seq, until, turns.project_id, turns.concept_id, person_id, made_at, reason,
        is_adopted, concepts.label,
        lower(trim(regexp_replace(term.expression, '\s+', ' ', 'g'))) AS expression
    FROM turns JOIN concepts USING (concept_id), unnest(concepts.terms) AS term (expression)
)
SELECT DISTINCT * FROM worded
WHERE regexp_matches(expression, '[\p{L}\p{N}_]') AND length(expression) <= 200
    AND NOT regexp_matches(expression, '[();|]|^link\s*:|://|^www\W');

-- Of several adopted concepts with a term, it belongs to the one that was adopted first.
CREATE TEMPORARY TABLE carried_over AS
WITH owned AS (
    SELECT moment.project_id, moment.label, moment.expression, moment.seq,
        any_value(moment.person_id) AS changed_by, any_value(moment.made_at) AS changed_at,
        any_value(moment.reason) AS note, any_value(moment.is_adopted) AS is_adoption,
        arg_min(adoption.seq, adoption.seq) AS owner
    FROM adoptions AS moment LEFT JOIN adoptions AS adoption
        ON adoption.project_id = moment.project_id AND adoption.label = moment.label
        AND adoption.expression = moment.expression AND adoption.is_adopted
        AND adoption.seq <= moment.seq AND coalesce(moment.seq < adoption.until, true)
    GROUP BY moment.project_id, moment.label, moment.expression, moment.seq
),
stepped AS (
    SELECT owned.*, lag(owner) OVER (
        PARTITION BY project_id, label, expression ORDER BY seq) AS was_owner
    FROM owned
)
SELECT stepped.*, dense_rank() OVER (PARTITION BY project_id ORDER BY seq) AS version
FROM stepped WHERE owner IS DISTINCT FROM was_owner;

INSERT INTO lexicon_versions
SELECT DISTINCT ON (project_id, version) project_id, version, changed_by, changed_at,
    CASE WHEN note <> '' THEN note
        WHEN is_adoption THEN 'A concept of the journal was adopted.'
        ELSE 'The adoption of a concept was taken back.' END,
    'carried over ' || seq
FROM carried_over ORDER BY project_id, version;

INSERT INTO lexicon_changes (project_id, version, term_id, is_present, expression, kind, label,
    codebook_version, category, sub_category, author_id, reason, source, source_id, added_at,
    further)
SELECT step.project_id, version,
    'term-' || md5(step.project_id || ' ' || step.label || ' ' || step.expression)[:12],
    owner IS NOT NULL, step.expression,
    CASE WHEN contains(step.expression, ' ') THEN 'phrase' ELSE 'word' END,
    step.label, coalesce(surfaced.codebook_version, 1), '', '', adoption.person_id,
    adoption.reason, 'concept', adoption.concept_id, adoption.made_at, '{}'
FROM carried_over AS step JOIN adoptions AS adoption
    ON adoption.seq = coalesce(owner, was_owner) AND adoption.project_id = step.project_id
    AND adoption.label = step.label AND adoption.expression = step.expression
LEFT JOIN (
    SELECT concept_id, min(runs.codebook_version) AS codebook_version
    FROM concept_sightings JOIN runs USING (run_id) GROUP BY concept_id
) AS surfaced USING (concept_id)
ORDER BY step.project_id, version, step.expression;

DROP TABLE carried_over;
DROP TABLE adoptions;
