DROP INDEX issue_due;
DROP INDEX issue_reported;
DROP INDEX issue_closed;
DROP INDEX issue_cell;
CREATE INDEX issue_reported ON issue (reported_at, id);
CREATE INDEX issue_closed ON issue (closed_at, id);
CREATE INDEX issue_cell ON issue (cell, id);
CREATE INDEX issue_status_due ON issue (status, (CASE WHEN due_at = 0 THEN 9223372036854775807 ELSE due_at END), id);
CREATE INDEX issue_open_unit ON issue (unit, status, id) WHERE status IN ('reported', 'assigned', 'fixed');
CREATE INDEX issue_open_area ON issue (area, status, id) WHERE status IN ('reported', 'assigned', 'fixed');

CREATE TABLE map_cell (
  id {{pk}},
  level BIGINT NOT NULL,
  cell BIGINT NOT NULL,
  area BIGINT NOT NULL,
  reported BIGINT NOT NULL,
  assigned BIGINT NOT NULL,
  fixed BIGINT NOT NULL,
  verified BIGINT NOT NULL,
  lat BIGINT NOT NULL,
  lon BIGINT NOT NULL,
  UNIQUE (level, cell, area)
);
INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
SELECT l.level, i.cell >> (52 - 2 * l.level), COALESCE(i.area, 0), sum(CASE i.status WHEN 'reported' THEN 1 ELSE 0 END),
  sum(CASE i.status WHEN 'assigned' THEN 1 ELSE 0 END), sum(CASE i.status WHEN 'fixed' THEN 1 ELSE 0 END),
  sum(CASE i.status WHEN 'verified' THEN 1 ELSE 0 END), sum(CAST(floor(i.lat * 10000000) AS BIGINT)), sum(CAST(floor(i.lon * 10000000) AS BIGINT))
FROM issue i CROSS JOIN (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l
WHERE i.cell IS NOT NULL AND i.status NOT IN ('dismissed', 'merged')
GROUP BY l.level, i.cell >> (52 - 2 * l.level), COALESCE(i.area, 0);
