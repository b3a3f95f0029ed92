-- What only who has the installation's key can write into a row that says who somebody is or lets somebody in: HMAC-SHA-256
-- over table, council and every column that decides, in hex. Empty in rows of an older program until its successor starts for
-- the first time.

ALTER TABLE accounts ADD COLUMN tag TEXT;
ALTER TABLE sessions ADD COLUMN tag TEXT;
ALTER TABLE slips ADD COLUMN tag TEXT;
