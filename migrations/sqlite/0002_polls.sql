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
    delegates INTEGER NOT NULL,
    officials INTEGER NOT NULL,
    ruleset TEXT NOT NULL,
    ruleset_sha256 TEXT NOT NULL,
    ruleset_text TEXT NOT NULL,
    rehearsal INTEGER NOT NULL CHECK (rehearsal IN (0, 1)),
    simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    -- Delegates in the hall when the vote was opened.
    present INTEGER,
    version INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id),
    UNIQUE (council_id, log_id),
    FOREIGN KEY (council_id, log_id) REFERENCES logs (council_id, log_id)
) STRICT;

-- The list as it was decided, in ballot order.
CREATE TABLE poll_officials (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    block TEXT NOT NULL,
    name TEXT NOT NULL,
    posts TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, position),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
) STRICT;

-- Sealed forms; issued and returned are known once the ballots are back.
CREATE TABLE poll_forms (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    block TEXT NOT NULL,
    lines INTEGER NOT NULL,
    sheets INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    issued INTEGER,
    returned INTEGER,
    PRIMARY KEY (council_id, poll_id, form_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
) STRICT;

-- Who read a batch is kept so that the papers of a line go to two others when they are counted again.
CREATE TABLE batches (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    papers INTEGER NOT NULL,
    commitment TEXT NOT NULL,
    first_reader TEXT NOT NULL,
    first_account TEXT,
    second_reader TEXT NOT NULL,
    second_account TEXT,
    PRIMARY KEY (council_id, poll_id, form_id, number),
    FOREIGN KEY (council_id, poll_id, form_id) REFERENCES poll_forms (council_id, poll_id, form_id)
) STRICT;

-- What the commitments hide. Only store/sealed.rs names this table, and what it gives out needs a value that the domain
-- makes when every returned paper is in a batch.
CREATE TABLE sealed_batches (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    opening TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, form_id, number),
    FOREIGN KEY (council_id, poll_id, form_id, number) REFERENCES batches (council_id, poll_id, form_id, number)
) STRICT;

-- By the number of the entry in the poll's log that issues it; a later one of the same name corrects it.
CREATE TABLE poll_papers (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    pages INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, seq),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
) STRICT;

-- results.json as it was declared, to the letter.
CREATE TABLE poll_results (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    results TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id),
    FOREIGN KEY (council_id, poll_id) REFERENCES polls (council_id, poll_id)
) STRICT;
