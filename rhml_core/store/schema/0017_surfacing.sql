-- What a run says of a concept beside its figures: its place among its label's, how much the machine
-- relies on it, how steadily it comes up, and the label under which the lexicon has it instead.
--
-- Sightings of before keep no place (0), influence or stability (NULL), and contradict nothing.

ALTER TABLE concept_sightings ADD COLUMN place INTEGER DEFAULT 0;
ALTER TABLE concept_sightings ADD COLUMN influence DOUBLE;
ALTER TABLE concept_sightings ADD COLUMN stability DOUBLE;
ALTER TABLE concept_sightings ADD COLUMN contradicts VARCHAR DEFAULT '';
