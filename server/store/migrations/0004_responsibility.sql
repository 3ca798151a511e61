CREATE TABLE responsibility (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  number BIGINT NOT NULL UNIQUE,
  unit BIGINT NOT NULL REFERENCES unit (id),
  area BIGINT NOT NULL REFERENCES area (id),
  category {{text}} NOT NULL,
  grp {{text}} NOT NULL,
  leader {{text}} NOT NULL,
  contact {{text}} NOT NULL,
  assisting {{text}} NOT NULL,
  note {{text}} NOT NULL,
  valid_from {{text}} NOT NULL,
  valid_to {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX responsibility_for ON responsibility (area, category, grp, valid_to) WHERE enabled;
CREATE INDEX responsibility_unit ON responsibility (unit, id);
CREATE INDEX responsibility_area ON responsibility (area, id);

CREATE TABLE place (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  kind {{text}} NOT NULL,
  name {{text}} NOT NULL,
  number {{text}} NOT NULL,
  lat DOUBLE PRECISION NOT NULL,
  lon DOUBLE PRECISION NOT NULL,
  cell BIGINT NOT NULL,
  datum {{text}} NOT NULL,
  given_lat DOUBLE PRECISION NOT NULL,
  given_lon DOUBLE PRECISION NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  contact {{text}} NOT NULL,
  contractor {{text}} NOT NULL,
  permit {{text}} NOT NULL,
  vehicles {{text}} NOT NULL,
  valid_from {{text}} NOT NULL,
  valid_to {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX place_number ON place (kind, number) WHERE number <> '';
CREATE INDEX place_cell ON place (cell, id);
CREATE INDEX place_kind_cell ON place (kind, cell, id);

CREATE TABLE agreement (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  place BIGINT NOT NULL REFERENCES place (id),
  kind {{text}} NOT NULL,
  signed_on {{text}} NOT NULL,
  valid_to {{text}} NOT NULL,
  signed_by {{text}} NOT NULL,
  scan {{text}} NOT NULL,
  scan_bytes BIGINT NOT NULL,
  scan_type {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX agreement_scan ON agreement (scan) WHERE scan <> '';
CREATE INDEX agreement_place ON agreement (place, valid_to) WHERE enabled;
CREATE INDEX agreement_of ON agreement (place, id);
CREATE INDEX agreement_ends ON agreement (valid_to, id) WHERE enabled;

ALTER TABLE issue ADD COLUMN spot BIGINT REFERENCES place (id);
ALTER TABLE issue ADD COLUMN signed_front BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX issue_signed_front ON issue (id) WHERE signed_front;
