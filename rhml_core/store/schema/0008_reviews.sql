-- Spaced reviews: what a person answered of a card, how hard it was, and when it is due again.
--
-- Rows are added, never changed. A review is written when it is answered and once more, under the
-- same `review_id`, when the person says how hard it was; the newest row counts. `subject` is the
-- card, as in `message:ID` or `concept:ID`; `state_before` and `state` are the card's memory as
-- the scheduler keeps it, NULL before where the card had never been reviewed.

CREATE TABLE reviews (
    seq BIGINT NOT NULL DEFAULT nextval('event_order'),
    review_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    person_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    effort VARCHAR NOT NULL,
    days_since DOUBLE NOT NULL,
    state_before JSON,
    state JSON NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
