-- What units signed (责任书) is of no place; this database changes no column, so the table is made anew.
CREATE TABLE agreement9 (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  place BIGINT REFERENCES place (id),
  kind {{text}} NOT NULL,
  signed_on {{text}} NOT NULL,
  valid_to {{text}} NOT NULL,
  signed_by {{text}} NOT NULL,
  scan {{text}} NOT NULL,
  scan_bytes BIGINT NOT NULL,
  scan_type {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  unit BIGINT REFERENCES unit (id)
);
INSERT INTO agreement9 (id, uid, place, kind, signed_on, valid_to, signed_by, scan, scan_bytes, scan_type, enabled, created_at, updated_at)
  SELECT id, uid, place, kind, signed_on, valid_to, signed_by, scan, scan_bytes, scan_type, enabled, created_at, updated_at FROM agreement;
DROP TABLE agreement;
ALTER TABLE agreement9 RENAME TO agreement;
CREATE INDEX agreement_scan ON agreement (scan) WHERE scan <> '';
CREATE INDEX agreement_place ON agreement (place, valid_to) WHERE enabled;
CREATE INDEX agreement_of ON agreement (place, id);
CREATE INDEX agreement_ends ON agreement (valid_to, id) WHERE enabled;
CREATE INDEX agreement_unit ON agreement (unit, id);
