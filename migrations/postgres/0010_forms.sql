-- What a form carried, as a keyed digest: the same id with another content is another form. NULL for forms from before, and for
-- those of which nothing may be kept.
ALTER TABLE requests ADD COLUMN content BYTEA;

-- Failures of addresses and of names that nobody has are counted in the memory of the process: whoever makes them up costs the
-- writer nothing. Those of accounts stay in their rows.
DROP TABLE sign_in_failures;
