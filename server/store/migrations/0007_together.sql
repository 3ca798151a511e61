ALTER TABLE issue ADD COLUMN keeper BIGINT REFERENCES person (id);
CREATE INDEX issue_keeper ON issue (keeper, id) WHERE keeper IS NOT NULL;

CREATE TABLE issue_part (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  issue BIGINT NOT NULL REFERENCES issue (id),
  unit BIGINT NOT NULL REFERENCES unit (id),
  due_at BIGINT NOT NULL,
  replied_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  assists BOOLEAN NOT NULL
);
CREATE INDEX issue_part_unit ON issue_part (unit, issue) WHERE assists;
CREATE INDEX issue_part_open ON issue_part (unit, issue) WHERE replied_at = 0 AND ended_at = 0;
CREATE INDEX issue_part_due ON issue_part (due_at, unit);

ALTER TABLE event ADD COLUMN left_person {{bytes}};

ALTER TABLE publication ADD COLUMN genre {{text}} NOT NULL DEFAULT '';
DROP INDEX publication_series;
CREATE INDEX publication_series ON publication (genre, kind, scope, issued_at);
DROP INDEX publication_number;
CREATE UNIQUE INDEX publication_number ON publication (genre, kind, scope, year, n) WHERE n > 0;
CREATE INDEX action_verified ON action (credited_at) WHERE kind = 'verify';

CREATE TABLE assessment_point (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  unit BIGINT NOT NULL REFERENCES unit (id),
  day {{text}} NOT NULL,
  hundredths BIGINT NOT NULL,
  reason {{text}} NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX assessment_point_day ON assessment_point (day, id);

CREATE TABLE enrolment (
  id {{pk}},
  person BIGINT NOT NULL UNIQUE REFERENCES person (id),
  token_hash {{bytes}} NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL
);
