DROP INDEX issue_due;
CREATE INDEX issue_status_due ON issue (status, (CASE WHEN due_at = 0 THEN 9223372036854775807 ELSE due_at END), id);
CREATE INDEX issue_open_unit ON issue (unit, status, id) WHERE status IN ('reported', 'assigned', 'fixed');
CREATE INDEX issue_open_area ON issue (area, status, id) WHERE status IN ('reported', 'assigned', 'fixed');
