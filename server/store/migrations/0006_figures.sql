CREATE TABLE figure_fact (
  id {{pk}},
  issue BIGINT NOT NULL REFERENCES issue (id),
  n BIGINT NOT NULL,
  spell BIGINT NOT NULL,
  run BIGINT NOT NULL,
  last BOOLEAN NOT NULL,
  category {{text}} NOT NULL,
  area {{bytes}},
  status {{text}} NOT NULL,
  own BOOLEAN NOT NULL,
  reported_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  filed BOOLEAN NOT NULL,
  assigned BOOLEAN NOT NULL,
  aside BOOLEAN NOT NULL,
  assign_by BIGINT NOT NULL,
  assigned_at BIGINT NOT NULL,
  taken BOOLEAN NOT NULL,
  holders {{text}} NOT NULL,
  due_at BIGINT NOT NULL,
  time_limit BIGINT NOT NULL,
  limit_unit {{text}} NOT NULL,
  held_until BIGINT NOT NULL,
  extended BOOLEAN NOT NULL,
  reworks BIGINT NOT NULL,
  false_fixes BIGINT NOT NULL,
  upheld BOOLEAN NOT NULL,
  wrong BOOLEAN NOT NULL,
  given_at BIGINT NOT NULL,
  shirked BOOLEAN NOT NULL,
  fixed_at BIGINT NOT NULL,
  on_the_spot BOOLEAN NOT NULL,
  verify_by BIGINT NOT NULL,
  checked_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  unit {{bytes}},
  counted BOOLEAN NOT NULL,
  gone_at BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  long_at BIGINT NOT NULL,
  calendar BIGINT NOT NULL,
  UNIQUE (issue, n)
);
CREATE INDEX figure_fact_due ON figure_fact (due_at) WHERE counted;
CREATE INDEX figure_fact_gone ON figure_fact (gone_at, due_at) WHERE counted;
CREATE INDEX figure_fact_open ON figure_fact (calendar, unit, category, due_day, long_at, held_until) WHERE counted AND fixed_at = 0 AND NOT own;
CREATE INDEX figure_fact_overdue ON figure_fact (due_at) WHERE counted AND fixed_at = 0 AND NOT own;
CREATE INDEX figure_fact_held ON figure_fact (held_until) WHERE counted AND fixed_at = 0 AND NOT own AND held_until > 0;
CREATE INDEX figure_fact_received ON figure_fact (received_at) WHERE n = 0;
CREATE INDEX figure_fact_assigned ON figure_fact (assigned_at) WHERE taken;
CREATE INDEX figure_fact_assign_by ON figure_fact (assign_by) WHERE assign_by > 0;
CREATE INDEX figure_fact_verify_by ON figure_fact (verify_by) WHERE verify_by > 0;
CREATE INDEX figure_fact_given ON figure_fact (given_at) WHERE given_at > 0;
CREATE INDEX figure_fact_spot ON figure_fact (fixed_at) WHERE on_the_spot;
CREATE INDEX figure_fact_dismissed ON figure_fact (closed_at) WHERE status = 'dismissed';

CREATE TABLE figure_delta (
  id {{pk}},
  cells {{text}} NOT NULL
);

CREATE TABLE figure_sum (
  id {{pk}},
  part {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  grain {{text}} NOT NULL,
  day BIGINT NOT NULL,
  name {{text}} NOT NULL,
  counts {{text}} NOT NULL,
  UNIQUE (part, kind, grain, day, name)
);

CREATE INDEX issue_came_back ON issue (received_at) WHERE recurs IS NOT NULL;
CREATE INDEX happening_issue ON happening (issue) WHERE issue IS NOT NULL;
CREATE INDEX action_late ON action (received_at) WHERE late;

CREATE TABLE publication (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  kind {{text}} NOT NULL,
  period {{text}} NOT NULL,
  scope {{text}} NOT NULL,
  language {{text}} NOT NULL,
  state {{text}} NOT NULL,
  revision BIGINT NOT NULL,
  number {{text}} NOT NULL,
  year BIGINT NOT NULL,
  n BIGINT NOT NULL,
  cut_event BIGINT NOT NULL,
  cut_at BIGINT NOT NULL,
  made_by {{bytes}},
  made_at BIGINT NOT NULL,
  checked_by {{bytes}},
  checked_at BIGINT NOT NULL,
  issued_by {{bytes}},
  issued_at BIGINT NOT NULL,
  recalled_by {{bytes}},
  recalled_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX publication_series ON publication (kind, scope, issued_at);
CREATE UNIQUE INDEX publication_number ON publication (kind, scope, year, n) WHERE n > 0;

CREATE TABLE publication_file (
  id {{pk}},
  publication BIGINT NOT NULL REFERENCES publication (id),
  form {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  UNIQUE (publication, form)
);
CREATE INDEX publication_file_sha256 ON publication_file (sha256);
