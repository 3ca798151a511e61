-- Checklists by which places and areas are visited, one row for each version, and the visits that were made by them.
CREATE TABLE standard (
  id {{pk}},
  uid {{bytes}} NOT NULL,
  version BIGINT NOT NULL,
  name {{text}} NOT NULL,
  subject {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  class {{text}} NOT NULL,
  items {{text}} NOT NULL,
  pass_mark BIGINT NOT NULL,
  recheck_mark BIGINT NOT NULL,
  grades {{text}} NOT NULL,
  in_force_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (uid, version)
);
CREATE TABLE visit (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  standard BIGINT NOT NULL REFERENCES standard (id),
  subject {{text}} NOT NULL,
  target {{bytes}} NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  rechecks BIGINT UNIQUE REFERENCES visit (id),
  draw BIGINT REFERENCES draw (id),
  person {{bytes}} NOT NULL,
  company {{text}} NOT NULL,
  started_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  answers {{text}} NOT NULL,
  note {{text}} NOT NULL,
  signature {{text}} NOT NULL,
  signed_by {{text}} NOT NULL,
  sign_reason {{text}} NOT NULL,
  score BIGINT NOT NULL,
  scored BOOLEAN NOT NULL,
  vetoed BOOLEAN NOT NULL,
  passed BOOLEAN NOT NULL,
  grade {{text}} NOT NULL,
  contest_by BIGINT NOT NULL,
  contest {{text}} NOT NULL,
  contested_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL,
  UNIQUE (draw, target)
);
CREATE INDEX visit_target ON visit (target, done_at, id);
CREATE INDEX visit_unit ON visit (unit, id);
CREATE INDEX visit_area ON visit (area, id);
CREATE INDEX visit_person ON visit (person, id);
CREATE INDEX visit_contest ON visit (contested_at) WHERE contested_at > 0 AND decided_at = 0;
CREATE TABLE visit_finding (
  id {{pk}},
  visit BIGINT NOT NULL REFERENCES visit (id),
  item {{text}} NOT NULL,
  issue BIGINT NOT NULL UNIQUE REFERENCES issue (id)
);
CREATE INDEX visit_finding_visit ON visit_finding (visit);
