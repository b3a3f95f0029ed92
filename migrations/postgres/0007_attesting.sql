-- What an office says of the parameters of a rule set: proposed by one person, confirmed by another. The log of the
-- council tells of each row: `rule.proposed` by the hash of its content, what followed by the content itself.

CREATE TABLE rule_statements (
    council_id TEXT NOT NULL REFERENCES councils (council_id),
    attestation_id TEXT NOT NULL,
    ruleset TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'refused', 'withdrawn')),
    -- The file that proves it; kept among the attachments.
    file TEXT,
    proposed_at TEXT NOT NULL,
    proposed_account TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_role TEXT NOT NULL,
    decided_at TEXT,
    decided_account TEXT,
    decided_by TEXT,
    decided_role TEXT,
    note TEXT,
    -- 1 for what was decided first in the council, and so on: of two statements about one parameter the later one holds.
    decided_place BIGINT,
    PRIMARY KEY (council_id, attestation_id),
    UNIQUE (council_id, decided_place),
    FOREIGN KEY (council_id, file) REFERENCES attachments (council_id, sha256)
);

CREATE INDEX rule_statements_by_state ON rule_statements (council_id, state, ruleset);

ALTER TABLE rule_statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_statements FORCE ROW LEVEL SECURITY;
CREATE POLICY own_council ON rule_statements USING (council_id = current_council());
