CREATE TABLE issue_text (
  rowid BIGINT PRIMARY KEY,
  grams TSVECTOR NOT NULL
);
CREATE INDEX issue_text_grams ON issue_text USING GIN (grams);
