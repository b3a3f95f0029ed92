-- Members of a board count with their accounts. Boards that were appointed before this have none.

ALTER TABLE poll_tellers ADD COLUMN account_id TEXT;

-- When somebody else had the password or the second factor of an account in hand last, and who; empty again once a second
-- person vouched for the account. See domain::reset.
ALTER TABLE accounts ADD COLUMN reset_at TEXT;
ALTER TABLE accounts ADD COLUMN reset_by TEXT;
ALTER TABLE accounts ADD COLUMN reset_account TEXT;
ALTER TABLE accounts ADD COLUMN keeps_factor BOOLEAN NOT NULL DEFAULT FALSE;
