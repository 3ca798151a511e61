-- What lists narrow by together: whose an issue is, where and what it is or who reported it, and how it stands. Those of open issues only go.
DROP INDEX issue_open_unit;
DROP INDEX issue_open_area;
CREATE INDEX issue_unit_status ON issue (unit, status, id);
CREATE INDEX issue_area_status ON issue (area, status, id);
CREATE INDEX issue_category_status ON issue (category, status, id);
CREATE INDEX issue_reporter_status ON issue (reporter, status, id);
-- What was fixed too late and nobody has verified.
CREATE INDEX issue_fixed_late ON issue (id) WHERE status IN ('assigned', 'fixed') AND fixed_at > due_at AND due_at > 0;
