ALTER TABLE responsibility ADD COLUMN at_once BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX paper_issued ON paper (issued_at, id);
