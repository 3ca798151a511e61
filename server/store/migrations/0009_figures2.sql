-- Figures of version 2 are counted anew from the record by a job. What was kept of version 1 goes; issued reports stay as they were.
DROP TABLE figure_fact;
DROP TABLE figure_delta;
DELETE FROM figure_sum;
DELETE FROM counter WHERE name = 'figures_counted';

CREATE TABLE figure_course (
  issue {{pk}} REFERENCES issue (id),
  moments {{bytes}} NOT NULL,
  category {{text}} NOT NULL,
  area {{bytes}},
  unit {{bytes}},
  holder {{bytes}},
  status {{text}} NOT NULL,
  own BOOLEAN NOT NULL,
  counted BOOLEAN NOT NULL,
  summable BOOLEAN NOT NULL,
  received_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  steps_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  overdue_at BIGINT NOT NULL,
  long_at BIGINT NOT NULL,
  calendar BIGINT NOT NULL,
  held_until BIGINT NOT NULL,
  fixed_at BIGINT NOT NULL,
  failed_at BIGINT NOT NULL,
  gone_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  standing BIGINT NOT NULL,
  to_fix BIGINT NOT NULL,
  found BIGINT NOT NULL
);
-- What changed and is not in the sums yet. Whose course is another since they were summed has a row here, also where no sum changes by it.
CREATE TABLE figure_delta (
  id {{pk}},
  issue BIGINT NOT NULL REFERENCES issue (id),
  cells {{bytes}} NOT NULL
);

-- What figures ask of many issues at once stands in the index itself, also what says that an issue is in it: no row is looked at.
CREATE INDEX figure_course_life ON figure_course (until_at, received_at);
CREATE INDEX figure_course_single ON figure_course (until_at, received_at) WHERE NOT summable;
CREATE INDEX figure_course_last ON figure_course (last_at, received_at);
CREATE INDEX figure_course_open ON figure_course (due_at, holder, unit, category, due_day, overdue_at, long_at, calendar, held_until, failed_at, summable, last_at,
  status, own, issue) WHERE status = 'assigned' AND NOT own;
CREATE INDEX figure_course_held ON figure_course (held_until) WHERE status = 'assigned' AND held_until > 0;
CREATE INDEX figure_course_failed ON figure_course (failed_at) WHERE status = 'assigned' AND NOT own AND failed_at > 0;
CREATE INDEX figure_course_calendar ON figure_course (calendar) WHERE status = 'assigned' AND NOT own;
CREATE INDEX figure_course_due ON figure_course (due_at, unit, category, standing, held_until, last_at, counted, summable) WHERE counted AND summable;
CREATE INDEX figure_course_steps ON figure_course (steps_at);
CREATE INDEX figure_course_times ON figure_course (due_at, unit, category, to_fix, found, last_at, counted, summable, issue)
  WHERE counted AND summable AND to_fix >= 0;
CREATE INDEX figure_course_late ON figure_course (fixed_at, due_at) WHERE counted AND summable AND to_fix >= 0;
CREATE INDEX figure_course_undone ON figure_course (until_at, due_at) WHERE counted AND NOT own AND status <> 'assigned' AND to_fix < 0;
CREATE INDEX figure_course_gone ON figure_course (gone_at) WHERE gone_at > 0;
