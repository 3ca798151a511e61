package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// Levels of cells that the table map_cell counts in, whose triggers hold the same numbers: every second one, since four cells of
// a level make one of the level above.
const (
	coarsest = 8
	finest   = 18 // 0.0014° by 0.0007°
)

// mapCells is how many cells a map shows at most; mapExamined is how many issues are looked at for people whose sight no table
// counts.
const (
	mapCells    = 1024
	mapExamined = 10_000
)

// Cluster is what lies in one cell of a map: how many issues in each of the public states, and where their middle is.
type Cluster struct {
	Cell                                int64
	Middle                              geo.Point
	Reported, Assigned, Fixed, Verified int64
	lat, lon                            int64 // sums in 10⁻⁷ degrees
}

// N is how many issues lie in the cluster.
func (c *Cluster) N() int64 { return c.Reported + c.Assigned + c.Fixed + c.Verified }

// add takes what another cluster counts.
func (c *Cluster) add(o Cluster) {
	c.Reported, c.Assigned, c.Fixed, c.Verified = c.Reported+o.Reported, c.Assigned+o.Assigned, c.Fixed+o.Fixed, c.Verified+o.Verified
	c.lat, c.lon = c.lat+o.lat, c.lon+o.lon
}

// MapGrid is what a map of a box shows at a zoom of web maps: cells of about 64 pixels, coarser ones where there would be too
// many.
func MapGrid(box geo.Box, zoom int) geo.CellGrid {
	level := max(0, min(zoom+2, finest))
	for level > 0 && geo.CellGridOf(box, level).Size() > mapCells {
		level--
	}
	return geo.CellGridOf(box, level)
}

// MapClusters gives the clusters of a field as one person sees them, in the order of their cells. Who sees the city or areas gets them
// from counts that every change keeps up; for who sees units, and for what one reported oneself elsewhere, some thousand issues
// are looked at, the newest ones: whole is false when there may be more.
func (tx *Tx) MapClusters(ctx context.Context, a *inspect.Actor, f geo.CellGrid) (clusters []Cluster, whole bool, err error) {
	parts, everything, err := tx.visibleTo(ctx, a)
	if err != nil {
		return nil, false, err
	}
	m := &onMap{tx: tx, field: f, clusters: map[int64]*Cluster{}, areas: map[int64]bool{}}
	var others []*values
	for _, p := range parts {
		if p.column != "i.area" {
			others = append(others, p)
			continue
		}
		for _, id := range p.all {
			m.areas[id.(int64)] = true
		}
	}
	if everything || len(m.areas) > 0 {
		if err := m.counted(ctx); err != nil {
			return nil, false, err
		}
	}
	whole = true
	if !everything && len(others) > 0 {
		if whole, err = m.others(ctx, others); err != nil {
			return nil, false, err
		}
	}
	for _, at := range slices.Sorted(maps.Keys(m.clusters)) {
		if c := m.clusters[at]; c.N() > 0 {
			c.Middle = geo.Point{Lat: float64(c.lat) / float64(c.N()) / degree, Lon: float64(c.lon) / float64(c.N()) / degree}
			clusters = append(clusters, *c)
		}
	}
	return clusters, whole, nil
}

// onMap gathers the clusters of a field.
type onMap struct {
	tx       *Tx
	field    geo.CellGrid
	clusters map[int64]*Cluster
	areas    map[int64]bool // whose counts were taken; empty for all
}

func (m *onMap) add(c Cluster) {
	if !m.field.Contains(c.Cell) {
		return
	}
	if m.clusters[c.Cell] == nil {
		m.clusters[c.Cell] = &Cluster{Cell: c.Cell}
	}
	m.clusters[c.Cell].add(c)
}

// counted reads the counts, of the level itself or the next finer one.
func (m *onMap) counted(ctx context.Context) error {
	level := max(coarsest, m.field.Level+m.field.Level%2)
	up := 2 * (level - m.field.Level)
	within := values{column: "area"}
	for _, id := range slices.Sorted(maps.Keys(m.areas)) {
		within.all = append(within.all, id)
	}
	var parts []string // a query for each range: with OR, SQLite reads the whole level
	args := []any{up}
	last := int64(-1)
	for _, r := range geo.CellRanges(m.field.Box(), 2*geo.DefaultRanges) {
		from, to := max(geo.CellAt(r.Lo, level), last+1), geo.CellAt(r.Hi, level) // two ranges may end and begin in one coarse cell
		if last = max(last, to); from > to {
			continue
		}
		part := "SELECT cell, reported, assigned, fixed, verified, lat, lon FROM map_cell WHERE level = ? AND cell BETWEEN ? AND ?"
		args = append(args, level, from, to)
		if len(within.all) > 0 {
			part, args = part+" AND "+within.sql(), append(args, within.all...)
		}
		parts = append(parts, part)
	}
	q := "SELECT cell >> ?, sum(reported), sum(assigned), sum(fixed), sum(verified), sum(lat), sum(lon) FROM (" + strings.Join(parts, " UNION ALL ") + ") here"
	return m.tx.each(ctx, func(r scanner) error {
		var c Cluster
		err := r.Scan(&c.Cell, &c.Reported, &c.Assigned, &c.Fixed, &c.Verified, &c.lat, &c.lon)
		m.add(c)
		return err
	}, q+" GROUP BY 1", args...)
}

// degree is one in the unit of the sums.
const degree = 10_000_000

// others looks at issues that lie in units, or that somebody reported, and in none of the areas.
func (m *onMap) others(ctx context.Context, parts []*values) (whole bool, err error) {
	box := m.field.Box()
	l, err := m.tx.listing(ctx, &IssueFilter{Box: &box, within: parts})
	if err != nil {
		return false, err
	}
	ids, args := l.chosen.ids(l.size)
	each := mapExamined / max(len(l.chosen.streams), 1)
	if !l.few {
		ids, args = l.newest(each)
	}
	passes := "1"
	if rest, more := l.rest(); rest != "" {
		passes, args = "CASE WHEN "+rest+" THEN 1 ELSE 0 END", append(more, args...)
	}
	seen := 0
	err = m.tx.each(ctx, func(r scanner) error {
		var c Cluster
		var status inspect.Status
		var area int64
		var passes int
		err := r.Scan(&c.Cell, &c.lat, &c.lon, &status, &area, &passes)
		seen++
		if counter := c.of(status); passes == 1 && c.Cell >= 0 && counter != nil && !m.areas[area] {
			*counter, c.Cell = 1, geo.CellAt(c.Cell, m.field.Level)
			m.add(c)
		}
		return err
	}, `SELECT COALESCE(i.cell, -1), COALESCE(CAST(floor(i.lat * 10000000) AS BIGINT), 0), COALESCE(CAST(floor(i.lon * 10000000) AS BIGINT), 0), i.status,
		COALESCE(i.area, 0), `+passes+" FROM ("+ids+") k CROSS JOIN issue i WHERE i.id = k.id", args...)
	return l.few || seen < each, err
}

// newest is a query of the ids of the first issues of each stream.
func (l *listing) newest(each int) (string, []any) {
	var parts []string
	var args []any
	for _, s := range l.chosen.streams {
		q, its := s(nil, each)
		parts, args = append(parts, "SELECT id FROM ("+q+") part"), append(args, its...)
	}
	return strings.Join(parts, " UNION "), args
}

// of is the counter of a status; the map does not show what was dismissed or merged.
func (c *Cluster) of(s inspect.Status) *int64 {
	switch s {
	case inspect.Reported:
		return &c.Reported
	case inspect.Assigned:
		return &c.Assigned
	case inspect.Fixed:
		return &c.Fixed
	case inspect.Verified:
		return &c.Verified
	}
	return nil
}

// mapCounts is what the table map_cell should hold, from the issues themselves.
const mapCounts = `SELECT l.level, i.cell >> (52 - 2 * l.level) AS cell, COALESCE(i.area, 0) AS area,
	CAST(sum(CASE i.status WHEN 'reported' THEN 1 ELSE 0 END) AS BIGINT) AS reported,
	CAST(sum(CASE i.status WHEN 'assigned' THEN 1 ELSE 0 END) AS BIGINT) AS assigned, CAST(sum(CASE i.status WHEN 'fixed' THEN 1 ELSE 0 END) AS BIGINT) AS fixed,
	CAST(sum(CASE i.status WHEN 'verified' THEN 1 ELSE 0 END) AS BIGINT) AS verified, CAST(sum(CAST(floor(i.lat * 10000000) AS BIGINT)) AS BIGINT) AS lat,
	CAST(sum(CAST(floor(i.lon * 10000000) AS BIGINT)) AS BIGINT) AS lon
	FROM issue i CROSS JOIN (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l
	WHERE i.cell IS NOT NULL AND i.status NOT IN ('dismissed', 'merged') GROUP BY 1, 2, 3`

// RebuildMap counts the map anew.
func (tx *Tx) RebuildMap(ctx context.Context) error {
	if err := tx.exec(ctx, "DELETE FROM map_cell"); err != nil {
		return err
	}
	return tx.exec(ctx, "INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon) "+mapCounts)
}

// Miscount is a cell of the map whose counts are not those of the issues in it.
type Miscount struct {
	Level, Cell, Area int64
	Stored, Counted   int64 // issues
}

// MapMiscounts gives the first of them.
func (tx *Tx) MapMiscounts(ctx context.Context, limit int) ([]Miscount, error) {
	const columns = "level, cell, area, reported, assigned, fixed, verified, lat, lon"
	const some = "(reported <> 0 OR assigned <> 0 OR fixed <> 0 OR verified <> 0 OR lat <> 0 OR lon <> 0)"
	told, counted := "SELECT "+columns+" FROM map_cell WHERE "+some, "SELECT "+columns+" FROM ("+mapCounts+") counted"
	all := map[Miscount]*Miscount{}
	for n, q := range []string{told + " EXCEPT " + counted, counted + " EXCEPT " + told} {
		if err := tx.each(ctx, func(r scanner) error {
			var key Miscount
			var c Cluster
			if err := r.Scan(&key.Level, &key.Cell, &key.Area, &c.Reported, &c.Assigned, &c.Fixed, &c.Verified, &c.lat, &c.lon); err != nil {
				return err
			}
			if all[key] == nil {
				all[key] = &Miscount{Level: key.Level, Cell: key.Cell, Area: key.Area}
			}
			if n == 0 {
				all[key].Stored = c.N()
			} else {
				all[key].Counted = c.N()
			}
			return nil
		}, q); err != nil {
			return nil, err
		}
	}
	found := []Miscount{}
	for _, m := range all {
		found = append(found, *m)
	}
	slices.SortFunc(found, func(a, b Miscount) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Cell, b.Cell), cmp.Compare(a.Area, b.Area))
	})
	return found[:min(limit, len(found))], nil
}
