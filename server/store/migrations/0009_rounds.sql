-- Duties, the rounds that were opened of them or made beyond the plan, who takes turns, and how much work was done.
CREATE TABLE duty (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  subject {{text}} NOT NULL,
  area BIGINT REFERENCES area (id),
  class {{text}} NOT NULL,
  place {{text}} NOT NULL,
  targets {{text}} NOT NULL,
  unit BIGINT REFERENCES unit (id),
  people {{text}} NOT NULL,
  each BIGINT NOT NULL,
  schedule {{text}} NOT NULL,
  valid_from {{text}} NOT NULL,
  valid_to {{text}} NOT NULL,
  opened_to {{text}} NOT NULL,
  ended_at BIGINT NOT NULL,
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE round (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  duty BIGINT NOT NULL REFERENCES duty (id),
  subject {{text}} NOT NULL,
  target {{bytes}} NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  opened_on {{text}} NOT NULL,
  n BIGINT NOT NULL,
  opens_at BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  day {{text}} NOT NULL,
  period {{text}} NOT NULL,
  person {{bytes}},
  company {{text}} NOT NULL,
  started_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  note {{text}} NOT NULL,
  excuse {{text}} NOT NULL,
  excused_by {{bytes}},
  excused_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL
);
CREATE UNIQUE INDEX round_due ON round (duty, target, day, n) WHERE opened_on <> '';
CREATE INDEX round_day ON round (day, target);
CREATE INDEX round_period ON round (period, duty, target, opened_on, closes_at, done_at, excused_at, area, unit);
CREATE INDEX round_target ON round (target, done_at);
CREATE INDEX round_closes ON round (duty, closes_at) WHERE opened_on <> '';
CREATE INDEX round_person ON round (person, done_at);
CREATE TABLE leave_of (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  valid_from {{text}} NOT NULL,
  valid_to {{text}} NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX leave_of_days ON leave_of (valid_to);
CREATE TABLE roster_change (
  id {{pk}},
  duty BIGINT NOT NULL REFERENCES duty (id),
  day {{text}} NOT NULL,
  people {{text}} NOT NULL,
  reason {{text}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (duty, day)
);
CREATE TABLE work_done (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  source {{text}} NOT NULL,
  issue BIGINT REFERENCES issue (id),
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  category {{text}} NOT NULL,
  day {{text}} NOT NULL,
  person {{bytes}} NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE INDEX work_done_day ON work_done (day);
CREATE INDEX work_done_issue ON work_done (issue);
CREATE TABLE quantity (
  id {{pk}},
  work BIGINT NOT NULL REFERENCES work_done (id),
  kind {{text}} NOT NULL,
  amount BIGINT NOT NULL,
  counted BOOLEAN NOT NULL
);
CREATE INDEX quantity_work ON quantity (work);
-- When somebody was last at a place or an area, by a visit or a round; 0 for never.
ALTER TABLE place ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE area ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX place_looked ON place (kind, area, looked_at, valid_from, valid_to, enabled);
