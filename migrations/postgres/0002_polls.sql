-- Polls: how far each has come, and what its log says of it as rows. A ballot, a mark or a single paper has no row and no
-- column here: the finest figure is a batch's.

CREATE TABLE polls (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    poll_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rating', 'confidence')),
    council_name TEXT NOT NULL,
    sitting TEXT NOT NULL,
    delegates BIGINT NOT NULL,
    officials BIGINT NOT NULL,
    ruleset TEXT NOT NULL,
    ruleset_sha256 TEXT NOT NULL,
    ruleset_text TEXT NOT NULL,
    rehearsal BOOLEAN NOT NULL,
    simulated BOOLEAN NOT NULL,
    -- Delegates in the hall when the vote was opened.
    present BIGINT,
    version BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id),
    UNIQUE (council_id, log_id),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
);

-- The list as it was decided, in ballot order.
CREATE TABLE poll_officials (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    block TEXT NOT NULL,
    name TEXT NOT NULL,
    posts TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, position),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- Sealed forms; issued and returned are known once the ballots are back.
CREATE TABLE poll_forms (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    block TEXT NOT NULL,
    lines BIGINT NOT NULL,
    sheets BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    issued BIGINT,
    returned BIGINT,
    PRIMARY KEY (council_id, poll_id, form_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- Who read a batch is kept so that the papers of a line go to two others when they are counted again.
CREATE TABLE batches (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    papers BIGINT NOT NULL,
    commitment TEXT NOT NULL,
    first_reader TEXT NOT NULL,
    first_account TEXT,
    second_reader TEXT NOT NULL,
    second_account TEXT,
    PRIMARY KEY (council_id, poll_id, form_id, number),
    FOREIGN KEY (council_id, poll_id, form_id) REFERENCES poll_forms (council_id, poll_id, form_id)
);

-- What the commitments hide. Only store/sealed.rs names this table, and what it gives out needs a value that the domain
-- makes when every returned paper is in a batch.
CREATE TABLE sealed_batches (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    opening TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, form_id, number),
    FOREIGN KEY (council_id, poll_id, form_id, number) REFERENCES batches (council_id, poll_id, form_id, number)
);

-- By the number of the entry in the poll's log that issues it; a later one of the same name corrects it.
CREATE TABLE poll_papers (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    pages BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, seq),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

-- results.json as it was declared, to the letter.
CREATE TABLE poll_results (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    results TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
);

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['polls', 'poll_officials', 'poll_forms', 'batches', 'sealed_batches', 'poll_papers', 'poll_results'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_council ON %I USING (council_id = current_council())', one);
    END LOOP;
END $$;
