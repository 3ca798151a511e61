ALTER TABLE issue ADD COLUMN clock {{text}} NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN matters {{text}} NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN clock_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE issue ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE issue ADD COLUMN alert_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX issue_alert ON issue (alert_at, id) WHERE alert_at > 0;
UPDATE issue SET clock_at = assigned_at WHERE own_due_at <> 0;

CREATE TABLE rule (
  id {{pk}},
  uid {{bytes}} NOT NULL,
  version BIGINT NOT NULL,
  number BIGINT NOT NULL,
  category BIGINT NOT NULL REFERENCES category (id),
  area_class {{text}} NOT NULL,
  file_zh {{text}} NOT NULL,
  file_en {{text}} NOT NULL,
  close_zh {{text}} NOT NULL,
  close_en {{text}} NOT NULL,
  time_limit BIGINT NOT NULL,
  limit_unit {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (uid, version)
);
CREATE INDEX rule_category ON rule (category, number, version);

CREATE TABLE suspension (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  area BIGINT REFERENCES area (id),
  categories {{text}} NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  reason {{text}} NOT NULL,
  person BIGINT NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX suspension_to ON suspension (to_at);

ALTER TABLE session ADD COLUMN issue BIGINT REFERENCES issue (id);
ALTER TABLE session ADD COLUMN uses BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_issue ON session (issue);
