-- The queue's mix gets shares for contested, conflicting and rare messages.
--
-- Settings made before this migration drew none of them, and still do.

ALTER TABLE project_settings ADD COLUMN contested_share DOUBLE DEFAULT 0.0;
ALTER TABLE project_settings ADD COLUMN conflict_share DOUBLE DEFAULT 0.0;
ALTER TABLE project_settings ADD COLUMN rare_share DOUBLE DEFAULT 0.0;
