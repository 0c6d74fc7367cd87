-- A project says whether its Team page may sort people by a figure.
--
-- Settings made before this migration ranked nobody, and still do not.

ALTER TABLE project_settings ADD COLUMN shows_ranking BOOLEAN DEFAULT false;
