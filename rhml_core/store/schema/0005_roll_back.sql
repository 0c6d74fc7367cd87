-- A promotion says whether it went back to a run that spoke before.
--
-- Roll-back walks back through the promotions one by one; without this mark the way back would
-- look like a new step forward, and two roll-backs would end where they began. Promotions made
-- before this migration count as steps forward.

ALTER TABLE run_states ADD COLUMN is_return BOOLEAN DEFAULT false;
