-- What lies open in the counting room: which pile, its papers, how and by whom it is counted; never a mark. A program that
-- starts again finds it here, and a second program on the same database opens no pile twice. A row is deleted in the
-- transaction that commits its batch, or by which the pile is taken off the table.

CREATE TABLE open_batches (
    council_id TEXT NOT NULL,
    poll_id TEXT NOT NULL,
    pile TEXT NOT NULL CHECK (pile IN ('deck', 'ballots', 'recount')),
    form_id TEXT NOT NULL,
    -- Number within the form, from 1; of a recount the number of the line.
    number INTEGER NOT NULL,
    papers INTEGER NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('marks', 'hand', 'recount')),
    first_account TEXT NOT NULL,
    second_account TEXT NOT NULL,
    head_account TEXT NOT NULL,
    -- Id of the request that opened it: the same number opened again is another pile.
    opened TEXT NOT NULL,
    PRIMARY KEY (council_id, poll_id, pile, form_id, number),
    FOREIGN KEY (council_id, poll_id, form_id) REFERENCES poll_forms (council_id, poll_id, form_id)
) STRICT;

-- Whose reading of a batch another teller took over, as a JSON list of accounts and names.
ALTER TABLE batches ADD COLUMN earlier_readers TEXT NOT NULL DEFAULT '[]';
