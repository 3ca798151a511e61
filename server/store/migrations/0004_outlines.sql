CREATE TABLE outline (
  id {{pk}},
  sha256 {{text}} NOT NULL UNIQUE,
  geometry {{text}} NOT NULL
);

ALTER TABLE area ADD COLUMN outline BIGINT REFERENCES outline (id);
ALTER TABLE area ADD COLUMN width_m DOUBLE PRECISION NOT NULL DEFAULT 0;

CREATE TABLE area_import (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  state {{text}} NOT NULL,
  format {{text}} NOT NULL,
  datum {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  areas BIGINT NOT NULL,
  fresh BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  warnings BIGINT NOT NULL,
  findings {{text}} NOT NULL,
  against BIGINT NOT NULL,
  sent_by {{bytes}},
  sent_at BIGINT NOT NULL,
  applied_at BIGINT NOT NULL
);
CREATE INDEX area_import_sha256 ON area_import (sha256);

CREATE TABLE area_import_part (
  id {{pk}},
  import BIGINT NOT NULL REFERENCES area_import (id),
  n BIGINT NOT NULL,
  body {{bytes}} NOT NULL,
  UNIQUE (import, n)
);

CREATE TABLE area_import_row (
  id {{pk}},
  import BIGINT NOT NULL REFERENCES area_import (id),
  area {{bytes}} NOT NULL,
  name {{text}} NOT NULL,
  code {{text}} NOT NULL,
  level {{text}} NOT NULL,
  class {{text}} NOT NULL,
  parent {{bytes}},
  outline BIGINT REFERENCES outline (id),
  width_m DOUBLE PRECISION NOT NULL,
  enabled BOOLEAN NOT NULL,
  told BOOLEAN NOT NULL,
  UNIQUE (import, area)
);
