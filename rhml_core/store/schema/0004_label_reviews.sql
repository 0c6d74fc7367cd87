-- Labels that someone looked at again and let stand, so that the list of doubtful ones forgets them.
--
-- An event belongs to the labels as they were: a message that is judged differently later may be
-- doubted anew. `twin_id` and `twin_label` are NULL where the doubt was about one message alone; a
-- label is NULL where the votes tied. What an expert lets stand (`for_all` false) only leaves the
-- expert's own list.

CREATE TABLE label_reviews (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    project_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    label VARCHAR,
    twin_id VARCHAR,
    twin_label VARCHAR,
    person_id VARCHAR NOT NULL,
    for_all BOOLEAN NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
