-- What only who has the installation's key can write beside the head of a log: HMAC-SHA-256 over council, log, origin, key, size
-- and root, in hex. Empty in logs of an older program until its successor starts for the first time.

ALTER TABLE logs ADD COLUMN tag TEXT;
