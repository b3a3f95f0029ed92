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

-- The entry is the text that is hashed; at, kind and actor are copies out of it, to look for.
CREATE TABLE log_entries (
    council_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
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

-- Logs are only ever added to, whoever writes. Triggers that start before the row is there refuse also what would replace
-- it; that seq 5 is there and seq 6 is not makes 6 the next one, so the check costs two look-ups by key.

CREATE FUNCTION refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: logs are only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_unless_begun_empty() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size <> 0 OR EXISTS (
        SELECT 1 FROM logs WHERE origin = NEW.origin OR (council_id = NEW.council_id AND log_id = NEW.log_id)
    ) THEN
        RAISE EXCEPTION 'a log begins empty and once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_unless_growing() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.council_id <> OLD.council_id OR NEW.log_id <> OLD.log_id OR NEW.poll_id IS DISTINCT FROM OLD.poll_id
        OR NEW.origin <> OLD.origin OR NEW.public_key <> OLD.public_key
        OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.peaks <> OLD.peaks) THEN
        RAISE EXCEPTION 'a log only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_unless_next() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM log_entries WHERE council_id = NEW.council_id AND log_id = NEW.log_id AND seq = NEW.seq
    ) OR (NEW.seq <> 0 AND NOT EXISTS (
        SELECT 1 FROM log_entries WHERE council_id = NEW.council_id AND log_id = NEW.log_id AND seq = NEW.seq - 1
    )) THEN
        RAISE EXCEPTION 'an entry continues its log' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_unless_covered() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size > (SELECT size FROM logs WHERE council_id = NEW.council_id AND log_id = NEW.log_id) OR EXISTS (
        SELECT 1 FROM checkpoints
        WHERE council_id = NEW.council_id AND log_id = NEW.log_id AND size = NEW.size AND moment = NEW.moment
    ) THEN
        RAISE EXCEPTION 'a checkpoint is made once, of entries that are there' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER logs_begin_empty BEFORE INSERT ON logs FOR EACH ROW EXECUTE FUNCTION refuse_unless_begun_empty();
CREATE TRIGGER logs_only_grow BEFORE UPDATE ON logs FOR EACH ROW EXECUTE FUNCTION refuse_unless_growing();
CREATE TRIGGER logs_stay BEFORE DELETE ON logs FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER logs_whole BEFORE TRUNCATE ON logs FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER log_entries_continue BEFORE INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION refuse_unless_next();
CREATE TRIGGER log_entries_stand BEFORE UPDATE ON log_entries FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER log_entries_stay BEFORE DELETE ON log_entries FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER log_entries_whole BEFORE TRUNCATE ON log_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER checkpoints_once BEFORE INSERT ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_unless_covered();
CREATE TRIGGER checkpoints_stand BEFORE UPDATE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER checkpoints_whole BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse();

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
