ALTER TABLE rule ADD COLUMN counting {{text}} NOT NULL DEFAULT '';
