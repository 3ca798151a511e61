CREATE TABLE setting (
  id {{pk}},
  key {{text}} NOT NULL UNIQUE,
  value {{text}} NOT NULL
);

CREATE TABLE counter (
  id {{pk}},
  name {{text}} NOT NULL UNIQUE,
  value BIGINT NOT NULL
);

CREATE TABLE unit (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  peer_group {{text}} NOT NULL,
  parent BIGINT REFERENCES unit (id),
  contact {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX unit_parent ON unit (parent);

CREATE TABLE area (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL,
  code {{text}} NOT NULL,
  level {{text}} NOT NULL,
  class {{text}} NOT NULL,
  parent BIGINT REFERENCES area (id),
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX area_parent ON area (parent);

CREATE TABLE category (
  id {{pk}},
  code {{text}} NOT NULL UNIQUE,
  old_code {{text}} NOT NULL,
  name_zh {{text}} NOT NULL,
  name_en {{text}} NOT NULL,
  grp {{text}} NOT NULL,
  time_limit BIGINT NOT NULL,
  limit_unit {{text}} NOT NULL,
  class_zh {{text}} NOT NULL,
  local BOOLEAN NOT NULL,
  enabled BOOLEAN NOT NULL,
  by_photo BOOLEAN NOT NULL,
  reopen_days BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE person (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL UNIQUE,
  display_name {{text}} NOT NULL,
  staff_number {{text}} NOT NULL,
  phone {{text}} NOT NULL,
  password {{text}} NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE role_grant (
  id {{pk}},
  person BIGINT NOT NULL REFERENCES person (id),
  role {{text}} NOT NULL,
  scope_kind {{text}} NOT NULL,
  scope_uid {{bytes}},
  since BIGINT NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX role_grant_person ON role_grant (person);

CREATE TABLE session (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  token_hash {{bytes}} NOT NULL UNIQUE,
  device {{text}} NOT NULL,
  cookie BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE login_limit (
  id {{pk}},
  bucket {{text}} NOT NULL UNIQUE,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
CREATE INDEX login_limit_last ON login_limit (last_at);

CREATE TABLE security_log (
  id {{pk}},
  at BIGINT NOT NULL,
  kind {{text}} NOT NULL,
  person BIGINT REFERENCES person (id),
  address {{text}} NOT NULL,
  detail {{text}} NOT NULL
);
CREATE INDEX security_log_kind ON security_log (kind, id);
CREATE INDEX security_log_at ON security_log (at);

CREATE TABLE issue (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  number {{text}} NOT NULL UNIQUE,
  status {{text}} NOT NULL,
  version BIGINT NOT NULL,
  category BIGINT NOT NULL REFERENCES category (id),
  severity {{text}} NOT NULL,
  source {{text}} NOT NULL,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  cell BIGINT,
  place {{text}} NOT NULL,
  line {{text}} NOT NULL,
  area BIGINT REFERENCES area (id),
  reporter BIGINT NOT NULL REFERENCES person (id),
  unit BIGINT REFERENCES unit (id),
  fixer BIGINT REFERENCES person (id),
  on_the_spot BOOLEAN NOT NULL,
  reported_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  filed_at BIGINT NOT NULL,
  assigned_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  fixed_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_by BIGINT REFERENCES person (id),
  asked {{bytes}},
  returns BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  returned_by BIGINT REFERENCES unit (id),
  used_ms BIGINT NOT NULL,
  rework BIGINT NOT NULL,
  false_fixes BIGINT NOT NULL,
  late BOOLEAN NOT NULL,
  merged_into BIGINT REFERENCES issue (id),
  before {{text}} NOT NULL,
  own_due_at BIGINT NOT NULL,
  photos_declared BIGINT NOT NULL,
  photos_safe BIGINT NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL
);
CREATE INDEX issue_status ON issue (status, id);
CREATE INDEX issue_unit ON issue (unit, id);
CREATE INDEX issue_area ON issue (area, id);
CREATE INDEX issue_category ON issue (category, id);
CREATE INDEX issue_reporter ON issue (reporter, id);
CREATE INDEX issue_cell ON issue (cell);
CREATE INDEX issue_due ON issue (due_at, id);
CREATE INDEX issue_by_due ON issue ((CASE WHEN due_at = 0 THEN 9223372036854775807 ELSE due_at END), id);
CREATE INDEX issue_reported ON issue (reported_at);
CREATE INDEX issue_closed ON issue (closed_at);
CREATE INDEX issue_merged ON issue (merged_into);
CREATE INDEX issue_incomplete ON issue (id) WHERE photos_safe < photos_declared;

CREATE TABLE photo (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  issue BIGINT NOT NULL REFERENCES issue (id),
  state {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  kind {{text}} NOT NULL,
  captured_at BIGINT NOT NULL,
  taken {{text}} NOT NULL,
  declarer BIGINT NOT NULL REFERENCES person (id),
  declared_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  skew_ms BIGINT,
  used_by {{bytes}},
  reason {{bytes}},
  facts {{text}} NOT NULL,
  renditions {{text}} NOT NULL,
  rendition_error {{text}} NOT NULL
);
CREATE INDEX photo_issue ON photo (issue, id);
CREATE INDEX photo_sha256 ON photo (sha256);

CREATE TABLE rendition (
  id {{pk}},
  photo BIGINT NOT NULL REFERENCES photo (id),
  size {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  UNIQUE (photo, size)
);
CREATE INDEX rendition_sha256 ON rendition (sha256);

CREATE TABLE sweep_mark (
  id {{pk}},
  sha256 {{text}} NOT NULL UNIQUE,
  at BIGINT NOT NULL
);

CREATE TABLE flag (
  id {{pk}},
  issue BIGINT NOT NULL REFERENCES issue (id),
  kind {{text}} NOT NULL,
  photo {{bytes}},
  detail {{text}} NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX flag_issue ON flag (issue);

CREATE TABLE action (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  issue BIGINT NOT NULL REFERENCES issue (id),
  kind {{text}} NOT NULL,
  person BIGINT NOT NULL REFERENCES person (id),
  received_at BIGINT NOT NULL,
  credited_at BIGINT NOT NULL,
  late BOOLEAN NOT NULL,
  skew_ms BIGINT NOT NULL,
  photo {{bytes}},
  settled BOOLEAN NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL
);
CREATE INDEX action_issue ON action (issue, kind);

CREATE TABLE personal_text (
  id {{pk}},
  owner {{bytes}} NOT NULL,
  field {{text}} NOT NULL,
  salt {{bytes}} NOT NULL,
  body {{text}} NOT NULL,
  erased_at BIGINT NOT NULL,
  UNIQUE (owner, field)
);

CREATE TABLE stream (
  id {{pk}},
  kind {{text}} NOT NULL,
  name {{text}} NOT NULL,
  n BIGINT NOT NULL,
  hash {{bytes}} NOT NULL,
  UNIQUE (kind, name)
);

CREATE TABLE event (
  id {{pk}},
  seq BIGINT NOT NULL UNIQUE,
  stream BIGINT NOT NULL REFERENCES stream (id),
  n BIGINT NOT NULL,
  type {{text}} NOT NULL,
  schema_version BIGINT NOT NULL,
  prev {{bytes}} NOT NULL,
  hash {{bytes}} NOT NULL,
  body {{text}} NOT NULL,
  at BIGINT NOT NULL,
  person {{bytes}},
  unit {{bytes}},
  due_at BIGINT NOT NULL,
  status {{text}} NOT NULL,
  UNIQUE (stream, n)
);
CREATE INDEX event_at ON event (at);

CREATE TABLE checkpoint (
  id {{pk}},
  date {{text}} NOT NULL UNIQUE,
  body {{text}} NOT NULL
);
