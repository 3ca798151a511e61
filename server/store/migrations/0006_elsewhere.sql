CREATE TABLE import_mapping (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL UNIQUE,
  mapping {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE issue_import (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  state {{text}} NOT NULL,
  person BIGINT NOT NULL REFERENCES person (id),
  mapping {{text}} NOT NULL,
  heads {{text}} NOT NULL,
  source {{text}} NOT NULL,
  format {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  fresh BIGINT NOT NULL,
  known BIGINT NOT NULL,
  wrong BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX issue_import_sent ON issue_import (state, sent_at);
CREATE INDEX issue_import_file ON issue_import (sha256);

CREATE TABLE issue_import_row (
  id {{pk}},
  import BIGINT NOT NULL REFERENCES issue_import (id),
  n BIGINT NOT NULL,
  state {{text}} NOT NULL,
  cells {{bytes}} NOT NULL,
  findings {{text}} NOT NULL,
  UNIQUE (import, n)
);
CREATE INDEX issue_import_row_state ON issue_import_row (import, state, n);

ALTER TABLE issue ADD COLUMN outside {{text}} NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN reply_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE issue ADD COLUMN import BIGINT REFERENCES issue_import (id);
CREATE UNIQUE INDEX issue_outside ON issue (source, outside) WHERE outside <> '';
CREATE INDEX issue_import_of ON issue (import, id) WHERE import IS NOT NULL;
