CREATE TRIGGER issue_on_map AFTER INSERT ON issue BEGIN
  INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, NEW.cell >> (52 - 2 * l.level), COALESCE(NEW.area, 0), (1) * (NEW.status = 'reported'), (1) * (NEW.status = 'assigned'),
    (1) * (NEW.status = 'fixed'), (1) * (NEW.status = 'verified'), (1) * CAST(floor(NEW.lat * 10000000) AS BIGINT), (1) * CAST(floor(NEW.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE NEW.cell IS NOT NULL AND NEW.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END;
CREATE TRIGGER issue_moved_on_map AFTER UPDATE OF status, area, cell, lat, lon ON issue
WHEN OLD.status <> NEW.status OR OLD.area IS NOT NEW.area OR OLD.cell IS NOT NEW.cell OR OLD.lat IS NOT NEW.lat OR OLD.lon IS NOT NEW.lon BEGIN
  INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, OLD.cell >> (52 - 2 * l.level), COALESCE(OLD.area, 0), (-1) * (OLD.status = 'reported'), (-1) * (OLD.status = 'assigned'),
    (-1) * (OLD.status = 'fixed'), (-1) * (OLD.status = 'verified'), (-1) * CAST(floor(OLD.lat * 10000000) AS BIGINT), (-1) * CAST(floor(OLD.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE OLD.cell IS NOT NULL AND OLD.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, NEW.cell >> (52 - 2 * l.level), COALESCE(NEW.area, 0), (1) * (NEW.status = 'reported'), (1) * (NEW.status = 'assigned'),
    (1) * (NEW.status = 'fixed'), (1) * (NEW.status = 'verified'), (1) * CAST(floor(NEW.lat * 10000000) AS BIGINT), (1) * CAST(floor(NEW.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE NEW.cell IS NOT NULL AND NEW.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END;
CREATE TRIGGER issue_off_map AFTER DELETE ON issue BEGIN
  INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, OLD.cell >> (52 - 2 * l.level), COALESCE(OLD.area, 0), (-1) * (OLD.status = 'reported'), (-1) * (OLD.status = 'assigned'),
    (-1) * (OLD.status = 'fixed'), (-1) * (OLD.status = 'verified'), (-1) * CAST(floor(OLD.lat * 10000000) AS BIGINT), (-1) * CAST(floor(OLD.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE OLD.cell IS NOT NULL AND OLD.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END;
