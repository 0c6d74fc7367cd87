-- Concept maps: what each act did to the nodes and links of a person's map.
--
-- Append-only. An act is one or more rows with the same `act_id`; each holds one element as it
-- stands from then on, or `is_removed`. The map at a moment is the newest row of each element up to
-- that moment. Taking an act back is an act of its own (`act` is `undo` or `redo`, `about` names
-- the act) that writes the elements as they stood before it, or after it.
--
-- A node has `kind` (concept, label, trait), `name`, `x`, `y`, `term_ids`; a link has `kind`
-- (is a, indicates, excludes, part of), `source`, `target`. A label's name is that of
-- `codebook_version`; `label_moves` says what it is called now.

CREATE TABLE map_events (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    owner_id VARCHAR NOT NULL,
    act_id VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    about VARCHAR,
    element VARCHAR NOT NULL,
    element_id VARCHAR NOT NULL,
    is_removed BOOLEAN NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    x DOUBLE NOT NULL,
    y DOUBLE NOT NULL,
    term_ids VARCHAR[] NOT NULL,
    source VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    codebook_version INTEGER NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
