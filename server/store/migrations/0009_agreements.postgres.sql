-- What units signed (责任书) is of no place.
ALTER TABLE agreement ALTER COLUMN place DROP NOT NULL;
ALTER TABLE agreement ADD COLUMN unit BIGINT REFERENCES unit (id);
CREATE INDEX agreement_unit ON agreement (unit, id);
