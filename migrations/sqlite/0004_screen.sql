-- Which page of the result the head of the board shows in the hall; 0 for none. It is nobody's decision about the vote, so no
-- log tells of it: whoever looks at the hall's screen sees it.
ALTER TABLE polls ADD COLUMN screen_page INTEGER NOT NULL DEFAULT 0;
