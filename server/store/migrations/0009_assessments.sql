-- How units of a peer group are assessed, and the sheets of periods that were counted so.
CREATE TABLE assessment_scheme (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  title {{text}} NOT NULL,
  peer_group {{text}} NOT NULL,
  weights {{text}} NOT NULL,
  grades {{text}} NOT NULL,
  least_due BIGINT NOT NULL,
  enabled BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE assessment_sheet (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  scheme BIGINT NOT NULL REFERENCES assessment_scheme (id),
  period {{text}} NOT NULL,
  revision BIGINT NOT NULL,
  content {{text}} NOT NULL,
  drafted_by {{bytes}} NOT NULL,
  drafted_at BIGINT NOT NULL,
  checked_by {{bytes}},
  checked_at BIGINT NOT NULL,
  issued_by {{bytes}},
  issued_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (scheme, period)
);
-- What visits of a time count for units, told by the index alone; and whatever else looks for visits by their time.
CREATE INDEX visit_done ON visit (done_at, unit, score, scored, rechecks, contested_at, decided_at);
