DROP INDEX issue_text_grams;
UPDATE issue_text SET grams = grams || to_tsvector('simple', 'w' || (rowid >> 14));
CREATE INDEX issue_text_grams ON issue_text USING GIN (grams) WITH (fastupdate = off);
CREATE FUNCTION issue_text_window() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.grams := NEW.grams || to_tsvector('simple', 'w' || (NEW.rowid >> 14)); RETURN NEW; END $$;
CREATE TRIGGER issue_text_window BEFORE INSERT ON issue_text FOR EACH ROW EXECUTE FUNCTION issue_text_window();
ALTER TABLE issue_text ENABLE ALWAYS TRIGGER issue_text_window;
CREATE FUNCTION issue_on_map() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP <> 'INSERT' THEN INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, OLD.cell >> (52 - 2 * l.level), COALESCE(OLD.area, 0), -(OLD.status = 'reported')::int, -(OLD.status = 'assigned')::int,
    -(OLD.status = 'fixed')::int, -(OLD.status = 'verified')::int, (-1) * CAST(floor(OLD.lat * 10000000) AS BIGINT), (-1) * CAST(floor(OLD.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE OLD.cell IS NOT NULL AND OLD.status NOT IN ('dismissed', 'merged')
  ORDER BY 1 ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END IF; IF TG_OP <> 'DELETE' THEN INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, NEW.cell >> (52 - 2 * l.level), COALESCE(NEW.area, 0), (NEW.status = 'reported')::int, (NEW.status = 'assigned')::int,
    (NEW.status = 'fixed')::int, (NEW.status = 'verified')::int, (1) * CAST(floor(NEW.lat * 10000000) AS BIGINT), (1) * CAST(floor(NEW.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE NEW.cell IS NOT NULL AND NEW.status NOT IN ('dismissed', 'merged')
  ORDER BY 1 ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER issue_on_map AFTER INSERT OR DELETE ON issue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION issue_on_map();
CREATE CONSTRAINT TRIGGER issue_moved_on_map AFTER UPDATE OF status, area, cell, lat, lon ON issue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status <> NEW.status OR OLD.area IS DISTINCT FROM NEW.area OR OLD.cell IS DISTINCT FROM NEW.cell
    OR OLD.lat IS DISTINCT FROM NEW.lat OR OLD.lon IS DISTINCT FROM NEW.lon) EXECUTE FUNCTION issue_on_map();
