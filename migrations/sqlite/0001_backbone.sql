-- Councils, who may sign in, sessions, slips, logs. Times are UTC text of 20 letters, ids are UUID text.

CREATE TABLE councils (
    council_id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT,
    second_factor_required INTEGER NOT NULL CHECK (second_factor_required IN (0, 1)),
    version INTEGER NOT NULL,
    founded_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    account_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'disabled')),
    password TEXT,
    must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
    second_factor TEXT,
    second_factor_step INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    failed_at TEXT,
    last_sign_in_at TEXT,
    version INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, account_id),
    UNIQUE (council_id, login)
) STRICT;

CREATE TABLE sessions (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    session_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    token_sha256 BLOB NOT NULL,
    signed_in_by TEXT NOT NULL,
    device TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    -- What its holder is told: the sign-in before, and wrong passwords since.
    previous_at TEXT,
    failures_before INTEGER NOT NULL,
    PRIMARY KEY (council_id, session_id),
    UNIQUE (council_id, token_sha256),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
) STRICT;

CREATE INDEX sessions_of_account ON sessions (council_id, account_id);

CREATE TABLE slips (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    slip_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    code_sha256 BLOB NOT NULL,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    revoked_at TEXT,
    PRIMARY KEY (council_id, slip_id),
    UNIQUE (council_id, code_sha256),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
) STRICT;

-- Wrong passwords by where they came from, and by names that no account has; both only as keyed hashes.
CREATE TABLE sign_in_failures (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    address_hash BLOB NOT NULL,
    failures INTEGER NOT NULL,
    failed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, address_hash)
) STRICT;

-- A form that was sent: the same form sent again does nothing.
CREATE TABLE requests (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    request_id TEXT NOT NULL,
    account_id TEXT,
    done_at TEXT NOT NULL,
    PRIMARY KEY (council_id, request_id)
) STRICT;

-- One log for each council (poll_id is null) and one for each poll.
CREATE TABLE logs (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    log_id TEXT NOT NULL,
    poll_id TEXT,
    origin TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    size INTEGER NOT NULL,
    peaks BLOB NOT NULL,
    last_at TEXT,
    PRIMARY KEY (council_id, log_id)
) STRICT;

-- The entry is the text that is hashed; at, kind and actor are copies out of it, to look for.
CREATE TABLE log_entries (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (council_id, log_id, seq),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
) STRICT;

CREATE TABLE checkpoints (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    moment TEXT NOT NULL,
    note TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, log_id, size, moment),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
) STRICT;

-- Logs are only ever added to, whoever writes. Triggers that start before the row is there refuse also what would replace
-- it; that seq 5 is there and seq 6 is not makes 6 the next one, so the check costs two look-ups by key.

CREATE TRIGGER logs_begin_empty BEFORE INSERT ON logs
WHEN NEW.size <> 0 OR EXISTS (
    SELECT 1 FROM logs WHERE origin = NEW.origin OR (council_id = NEW.council_id AND log_id = NEW.log_id)
)
BEGIN
    SELECT RAISE(ABORT, 'a log begins empty and once');
END;

CREATE TRIGGER logs_only_grow BEFORE UPDATE ON logs
WHEN NEW.council_id <> OLD.council_id OR NEW.log_id <> OLD.log_id OR NEW.poll_id IS NOT OLD.poll_id
    OR NEW.origin <> OLD.origin OR NEW.public_key <> OLD.public_key
    OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.peaks <> OLD.peaks)
BEGIN
    SELECT RAISE(ABORT, 'a log only grows');
END;

CREATE TRIGGER logs_stay BEFORE DELETE ON logs
BEGIN
    SELECT RAISE(ABORT, 'a log is never deleted');
END;

CREATE TRIGGER log_entries_continue BEFORE INSERT ON log_entries
WHEN EXISTS (
    SELECT 1 FROM log_entries WHERE council_id = NEW.council_id AND log_id = NEW.log_id AND seq = NEW.seq
) OR (NEW.seq <> 0 AND NOT EXISTS (
    SELECT 1 FROM log_entries WHERE council_id = NEW.council_id AND log_id = NEW.log_id AND seq = NEW.seq - 1
))
BEGIN
    SELECT RAISE(ABORT, 'an entry continues its log');
END;

CREATE TRIGGER log_entries_stand BEFORE UPDATE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'an entry never changes');
END;

CREATE TRIGGER log_entries_stay BEFORE DELETE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'an entry is never deleted');
END;

CREATE TRIGGER checkpoints_once BEFORE INSERT ON checkpoints
WHEN NEW.size > (
    SELECT size FROM logs WHERE council_id = NEW.council_id AND log_id = NEW.log_id
) OR EXISTS (
    SELECT 1 FROM checkpoints
    WHERE council_id = NEW.council_id AND log_id = NEW.log_id AND size = NEW.size AND moment = NEW.moment
)
BEGIN
    SELECT RAISE(ABORT, 'a checkpoint is made once, of entries that are there');
END;

CREATE TRIGGER checkpoints_stand BEFORE UPDATE ON checkpoints
BEGIN
    SELECT RAISE(ABORT, 'a checkpoint never changes');
END;

CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints
BEGIN
    SELECT RAISE(ABORT, 'a checkpoint is never deleted');
END;
