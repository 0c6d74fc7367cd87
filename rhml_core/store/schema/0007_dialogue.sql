-- Comments become a dialogue: entries of several kinds with what belongs to each, and who read how far.
--
-- What was written before stays a comment or a flag. `detail` holds what a kind needs beside its
-- text, for example what the machine said at that moment, so that it stays said. A person has read a
-- thread up to the greatest `entry_seq` recorded.

ALTER TABLE comments ADD COLUMN detail JSON DEFAULT '{}';

CREATE TABLE thread_reads (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    entry_seq BIGINT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
