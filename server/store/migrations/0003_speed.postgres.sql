DROP INDEX issue_text_grams;
UPDATE issue_text SET grams = grams || to_tsvector('simple', 'w' || (rowid >> 14));
CREATE INDEX issue_text_grams ON issue_text USING GIN (grams) WITH (fastupdate = off);
