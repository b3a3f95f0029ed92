-- Who is in the hall: `present` stays the number at the opening of the vote; these are everybody who was ever there, and
-- those who are there now. A poll that was opened before has neither, and nobody came or went then.

ALTER TABLE polls ADD COLUMN attended INTEGER;
ALTER TABLE polls ADD COLUMN present_now INTEGER;
