-- Councils, who may sign in, sessions, slips, logs. Times are UTC text of 20 letters, ids are UUID text.

CREATE TABLE councils (
    council_id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT,
    second_factor_required BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    founded_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
);

CREATE TABLE accounts (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    account_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'disabled')),
    password TEXT,
    must_change_password BOOLEAN NOT NULL,
    second_factor TEXT,
    second_factor_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failed_at TEXT,
    last_sign_in_at TEXT,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, account_id),
    UNIQUE (council_id, login)
);

CREATE TABLE sessions (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    session_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    token_sha256 BYTEA NOT NULL,
    signed_in_by TEXT NOT NULL,
    device TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    -- What its holder is told: the sign-in before, and wrong passwords since.
    previous_at TEXT,
    failures_before BIGINT NOT NULL,
    PRIMARY KEY (council_id, session_id),
    UNIQUE (council_id, token_sha256),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
);

CREATE INDEX sessions_of_account ON sessions (council_id, account_id);

CREATE TABLE slips (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    slip_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    code_sha256 BYTEA NOT NULL,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    revoked_at TEXT,
    PRIMARY KEY (council_id, slip_id),
    UNIQUE (council_id, code_sha256),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
);

-- Wrong passwords by where they came from, and by names that no account has; both only as keyed hashes.
CREATE TABLE sign_in_failures (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    address_hash BYTEA NOT NULL,
    failures BIGINT NOT NULL,
    failed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, address_hash)
);

-- A form that was sent: the same form sent again does nothing.
CREATE TABLE requests (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    request_id TEXT NOT NULL,
    account_id TEXT,
    done_at TEXT NOT NULL,
    PRIMARY KEY (council_id, request_id)
);

-- One log for each council (poll_id is null) and one for each poll.
CREATE TABLE logs (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    log_id TEXT NOT NULL,
    poll_id TEXT,
    origin TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    peaks BYTEA NOT NULL,
    last_at TEXT,
    PRIMARY KEY (council_id, log_id)
);

CREATE TABLE log_entries (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (council_id, log_id, seq),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
);

CREATE TABLE checkpoints (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    size BIGINT NOT NULL,
    moment TEXT NOT NULL,
    note TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, log_id, size, moment),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
);

-- The second wall between councils: a transaction sees the rows of the council that it says it works for, and no others.
-- The programs that ask already name the council in every statement; this holds when one of them forgets.
CREATE FUNCTION current_council() RETURNS TEXT LANGUAGE sql STABLE
    AS $$ SELECT current_setting('tinnhiem.council', true) $$;

ALTER TABLE councils ENABLE ROW LEVEL SECURITY;
ALTER TABLE councils FORCE ROW LEVEL SECURITY;
CREATE POLICY own_council ON councils
    USING (council_id = current_council() OR current_council() = '00000000-0000-0000-0000-000000000000');

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['accounts', 'sessions', 'slips', 'sign_in_failures', 'requests', 'logs', 'log_entries', 'checkpoints'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_council ON %I USING (council_id = current_council())', one);
    END LOOP;
END $$;
