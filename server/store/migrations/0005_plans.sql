CREATE TABLE plan_task (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  year BIGINT NOT NULL,
  unit BIGINT NOT NULL REFERENCES unit (id),
  title {{text}} NOT NULL,
  note {{text}} NOT NULL,
  planned_from {{text}} NOT NULL,
  planned_to {{text}} NOT NULL,
  real_from {{text}} NOT NULL,
  real_to {{text}} NOT NULL,
  budget_fen BIGINT NOT NULL,
  milestones {{text}} NOT NULL,
  hold {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX plan_task_year ON plan_task (year, id);
CREATE INDEX plan_task_unit ON plan_task (unit, year, id);
