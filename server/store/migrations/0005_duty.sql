ALTER TABLE responsibility ADD COLUMN at_once BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX paper_issued ON paper (issued_at, id);
ALTER TABLE outline ADD COLUMN told BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX outline_untold ON outline (id) WHERE NOT told;
CREATE INDEX area_outline ON area (outline) WHERE outline IS NOT NULL;
