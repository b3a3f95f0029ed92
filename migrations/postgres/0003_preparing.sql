-- Preparing a vote: the roster and the facts, which stay for the whole term, and what belongs to one poll. The row of a
-- record holds its canonical text as it was revised last; its other columns are copies out of it, to look for.

-- The board of tellers as it was appointed, head first.
CREATE TABLE poll_tellers (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('head', 'secretary', 'member')),
    PRIMARY KEY (council_id, poll_id, position),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- Every version of every record, by the entry of the council's log (seq) that tells of it.
CREATE TABLE revisions (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    subject TEXT NOT NULL,
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    action TEXT NOT NULL,
    content TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at TEXT NOT NULL,
    account_id TEXT,
    by_name TEXT NOT NULL,
    PRIMARY KEY (council_id, subject, record_id, version)
);

CREATE INDEX revisions_of_entry ON revisions (council_id, seq);

CREATE TABLE officials (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    official_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    account_id TEXT,
    withdrawn BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, official_id),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
);

CREATE TABLE delegates (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    delegate_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    group_name TEXT,
    is_secretary BOOLEAN NOT NULL,
    content TEXT NOT NULL,
    account_id TEXT,
    withdrawn BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, delegate_id),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
);

-- Papers by their content: the same bytes are stored once.
CREATE TABLE attachments (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    PRIMARY KEY (council_id, sha256)
);

CREATE TABLE attachment_chunks (
    council_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    number BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (council_id, sha256, number),
    FOREIGN KEY (council_id, sha256) REFERENCES attachments (council_id, sha256)
);

CREATE TABLE facts (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    fact_id TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    year BIGINT NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('entered', 'verified', 'withdrawn')),
    content TEXT NOT NULL,
    folded TEXT NOT NULL,
    file TEXT,
    entered_account TEXT,
    entered_by TEXT NOT NULL,
    verified_account TEXT,
    verified_by TEXT,
    verified_at TEXT,
    sent_on TEXT,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, fact_id),
    FOREIGN KEY (council_id, file) REFERENCES attachments (council_id, sha256)
);

CREATE INDEX facts_by_kind ON facts (council_id, kind, year);
CREATE INDEX facts_by_field ON facts (council_id, field, year);
CREATE INDEX facts_by_file ON facts (council_id, file);
CREATE INDEX facts_by_state ON facts (council_id, state, fact_id);

CREATE TABLE fact_officials (
    council_id TEXT NOT NULL,
    fact_id TEXT NOT NULL,
    official_id TEXT NOT NULL,
    PRIMARY KEY (council_id, official_id, fact_id),
    FOREIGN KEY (council_id, fact_id) REFERENCES facts (council_id, fact_id),
    FOREIGN KEY (council_id, official_id) REFERENCES officials (council_id, official_id)
);

CREATE INDEX fact_officials_of_fact ON fact_officials (council_id, fact_id);

-- One record for each part of a poll's preparation: what its sitting is ('plan'), who is to count ('board'), what was
-- done of each deadline ('deadline:<id>'), on whom alone it is held ('named'); and of what follows from its result: what
-- was done of each duty ('follow_up:<official>:<id>'), whether everybody may see it ('exposure').
CREATE TABLE poll_records (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    part TEXT NOT NULL,
    content TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, part),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- What one person proposes and another confirms: the text that both saw, and what became of it.
CREATE TABLE proposals (
    council_id TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'refused', 'withdrawn')),
    proposed_at TEXT NOT NULL,
    proposed_account TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_role TEXT NOT NULL,
    decided_at TEXT,
    decided_account TEXT,
    decided_by TEXT,
    decided_role TEXT,
    note TEXT,
    PRIMARY KEY (council_id, proposal_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

CREATE INDEX proposals_of_poll ON proposals (council_id, poll_id, kind, state);
-- Of two who propose the same at once, one is told.
CREATE UNIQUE INDEX proposals_open ON proposals (council_id, poll_id, kind, about) WHERE state = 'open';

-- Frozen dossiers: nothing in these two tables ever changes.
CREATE TABLE releases (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    released_at TEXT NOT NULL,
    released_by TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, number),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- `name` is that of the file in the poll's log; `facts` is a JSON list of id, version and digest of each fact in it, by
-- which two releases are compared.
CREATE TABLE dossiers (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    release BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('official', 'field')),
    about TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL,
    canonical TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    document TEXT NOT NULL,
    facts TEXT NOT NULL,
    pages BIGINT NOT NULL,
    pdf BYTEA NOT NULL,
    pdf_sha256 TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, release, position),
    FOREIGN KEY (council_id, poll_id, release) REFERENCES releases (council_id, poll_id, number)
);

-- Papers behind the facts of released dossiers: delegates may open these. Written with the release.
CREATE TABLE released_files (
    council_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    release BIGINT NOT NULL,
    PRIMARY KEY (council_id, sha256, poll_id, release),
    FOREIGN KEY (council_id, sha256) REFERENCES attachments (council_id, sha256),
    FOREIGN KEY (council_id, poll_id, release) REFERENCES releases (council_id, poll_id, number)
);

-- Lines of released dossiers for full-text search; `folded` has neither accents nor capitals. `words` is kept and not made
-- on the way: row-level security looks at a line's council before it lets an index of words be asked.
CREATE TABLE search_lines (
    line_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    release BIGINT NOT NULL,
    position BIGINT NOT NULL,
    anchor TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    words TSVECTOR NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', folded)) STORED,
    FOREIGN KEY (council_id, poll_id, release, position) REFERENCES dossiers (council_id, poll_id, release, position)
);

CREATE INDEX search_lines_of_dossier ON search_lines (council_id, poll_id, release, position);

-- Which version of a dossier a delegate has read.
CREATE TABLE read_marks (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    release BIGINT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, account_id, kind, about),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- Private notes: sealed with a key that the database holds only wrapped by a passphrase that nobody here knows.
CREATE TABLE note_keys (
    council_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    salt BYTEA NOT NULL,
    wrapped BYTEA NOT NULL,
    key_check BYTEA NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (council_id, account_id),
    FOREIGN KEY (council_id, account_id) REFERENCES accounts (council_id, account_id)
);

CREATE TABLE notes (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, account_id, kind, about),
    FOREIGN KEY (council_id, account_id) REFERENCES note_keys (council_id, account_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

CREATE TABLE questions (
    council_id TEXT NOT NULL,
    question_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    official_id TEXT NOT NULL,
    asked_account TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'forwarded', 'returned', 'answered', 'withdrawn')),
    content TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, question_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id),
    FOREIGN KEY (council_id, official_id) REFERENCES officials (council_id, official_id)
);

CREATE INDEX questions_of_poll ON questions (council_id, poll_id, official_id);

CREATE TABLE group_summaries (
    council_id TEXT NOT NULL,
    summary_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'filed')),
    content TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (council_id, summary_id),
    UNIQUE (council_id, poll_id, group_name),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- Long work: how far it has come, and what it gave. `input` is what it was given, kept until it is used or thrown away.
CREATE TABLE jobs (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    job_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    poll_id TEXT,
    account_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'ready', 'done', 'failed', 'discarded')),
    step TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    input BYTEA,
    result TEXT,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (council_id, job_id)
);

CREATE INDEX jobs_by_time ON jobs (council_id, started_at);

CREATE INDEX search_words ON search_lines USING gin (words);

-- What was, stays.
CREATE FUNCTION refuse_unless_next_revision() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM revisions WHERE council_id = NEW.council_id AND subject = NEW.subject
        AND record_id = NEW.record_id AND version = NEW.version
    ) OR (NEW.version <> 1 AND NOT EXISTS (
        SELECT 1 FROM revisions WHERE council_id = NEW.council_id AND subject = NEW.subject
        AND record_id = NEW.record_id AND version = NEW.version - 1
    )) THEN
        RAISE EXCEPTION 'a revision continues its record' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER revisions_once BEFORE INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION refuse_unless_next_revision();

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['revisions', 'releases', 'dossiers'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse()', one || '_stand', one);
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse()', one || '_stay', one);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse()', one || '_whole', one);
    END LOOP;
END $$;

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY[
        'poll_tellers', 'revisions', 'officials', 'delegates', 'attachments', 'attachment_chunks',
        'facts', 'fact_officials', 'poll_records', 'proposals', 'releases', 'dossiers',
        'released_files', 'search_lines', 'read_marks', 'note_keys', 'notes', 'questions', 'group_summaries',
        'jobs'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_council ON %I USING (council_id = current_council())', one);
    END LOOP;
END $$;
