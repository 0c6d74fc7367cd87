-- Entries that people write into the journal; a concept may be adopted under another label.
--
-- Rows are added, never changed. An entry is `written` once and may be `withdrawn` by who wrote it,
-- under the same `entry_id`. `about` is empty, or as in `concept:ID`, `label:NAME`, `cycle:NUMBER`;
-- a label is called as in the codebook's version at that time. In a decision, `label` and
-- `category` say where the adopted concept stands in the lexicon; NULL: under its own label.

CREATE TABLE journal_entries (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    entry_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    about VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    message_ids VARCHAR[] NOT NULL,
    codebook_version INTEGER NOT NULL,
    person_id VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE concept_decisions ADD COLUMN label VARCHAR;
ALTER TABLE concept_decisions ADD COLUMN category VARCHAR;
