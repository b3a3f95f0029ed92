-- What other installations said of the heads of a log: that they saw it grow and never change (C2SP tlog-cosignature). A line
-- is the signature line of a note; the key is the witness's, as whoever took it in held it.

CREATE TABLE cosignatures (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    size BIGINT NOT NULL,
    witness TEXT NOT NULL,
    line TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    PRIMARY KEY (council_id, log_id, size, witness),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
);

CREATE TRIGGER cosignatures_stand BEFORE UPDATE ON cosignatures FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER cosignatures_stay BEFORE DELETE ON cosignatures FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER cosignatures_whole BEFORE TRUNCATE ON cosignatures FOR EACH STATEMENT EXECUTE FUNCTION refuse();

ALTER TABLE cosignatures ENABLE ROW LEVEL SECURITY;
ALTER TABLE cosignatures FORCE ROW LEVEL SECURITY;
CREATE POLICY own_council ON cosignatures USING (council_id = current_council());
