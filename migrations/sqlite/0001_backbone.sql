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

CREATE TABLE log_entries (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
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
