package store

import (
	"context"
	"math"
	"slices"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// resolve finds the rows of the registers that a filter names, and from them the conditions and sources.
func (l *listing) resolve(ctx context.Context) error {
	f := l.f
	if f.IDs != nil {
		marks, args := in(f.IDs)
		at := l.and("i.uid IN ("+marks+")", args...)
		l.sources = append(l.sources, source{set: []condition{l.ids("", "i.uid IN ("+marks+")", args...)}, covers: []int{at}})
	}
	if f.Text != "" {
		if err := l.text(ctx); err != nil {
			return err
		}
	}
	if err := l.repeated(ctx); err != nil {
		return err
	}
	l.partial(f.Flagged, "issue_flagged", "i.flags_open > 0")
	l.partial(f.SignedFront, "issue_signed_front", "i.signed_front")
	l.partial(f.Incomplete, "issue_incomplete", "i.photos_safe < i.photos_declared")
	l.pending()
	var status *values
	if f.Overdue {
		status = l.oneOf("i.status", texts(overdueOf(f.Status)))
	} else if len(f.Status) > 0 {
		status = l.oneOf("i.status", texts(f.Status))
	}
	if err := l.registers(ctx, status); err != nil {
		return err
	}
	if !f.Assisting.IsZero() {
		if err := l.assisting(ctx); err != nil {
			return err
		}
	}
	if f.Viewer != nil {
		parts, everything, err := l.tx.visibleTo(ctx, f.Viewer)
		if err != nil {
			return err
		}
		if !everything {
			l.visible(parts, status)
		}
	}
	if f.within != nil {
		l.visible(f.within, status)
	}
	l.span("i.reported_at", f.ReportedFrom, f.ReportedTo)
	l.span("i.closed_at", f.ClosedFrom, f.ClosedTo)
	l.due(f.DueFrom, f.DueTo, status)
	if f.Source != "" {
		l.and("i.source = ?", string(f.Source))
	}
	l.overdue()
	l.around()
	return nil
}

// assisting wants an open part of a unit, or of one below it.
func (l *listing) assisting(ctx context.Context) error {
	units, err := l.tx.idsIn(ctx, subtree(UnitTree)+" SELECT id FROM line", bytesOf(l.f.Assisting))
	if err != nil {
		return err
	}
	v := values{column: "i.id", by: "replied_at = 0 AND ended_at = 0 AND unit", all: units}
	s := source{set: []condition{l.ids("", v.sql(), units...)}, covers: []int{l.and(v.sql(), units...)}}
	if l.f.Sort != ByDue {
		s.streams = []stream{l.rows("", v.sql(), units...)}
	}
	l.sources = append(l.sources, s)
	return nil
}

// pending wants one of some things to wait for somebody. Few issues have any: their index is small, and each is looked at.
func (l *listing) pending() {
	if len(l.f.Pending) == 0 {
		return
	}
	var bits int64
	for _, p := range l.f.Pending {
		bits |= p.Bit()
	}
	const these = "i.pending > 0 AND (i.pending & ?) <> 0"
	s := source{set: []condition{l.ids("issue_pending", these, bits)}, covers: []int{l.and(these, bits)}}
	if l.f.Sort != ByDue {
		s.streams = []stream{l.rows("issue_pending", these, bits)}
	}
	l.sources = append(l.sources, s)
}

// partial is a condition that an index of its own answers.
func (l *listing) partial(wanted bool, index, where string) {
	if !wanted {
		return
	}
	s := source{set: []condition{l.ids(index, where)}, covers: []int{l.and(where)}}
	if l.f.Sort != ByDue {
		s.streams = []stream{l.rows(index, where)}
	}
	l.sources = append(l.sources, s)
}

func texts[T ~string](all []T) []any {
	args := make([]any, len(all))
	for n, v := range all {
		args[n] = string(v)
	}
	return args
}

// text looks for a number, which is digits and dashes, and for words; what holds neither finds nothing. Nothing else of the
// text reaches the database, which may refuse its bytes.
func (l *listing) text(ctx context.Context) error {
	d, text := &l.tx.store.dialect, l.f.Text
	whole, err := l.numbered(ctx)
	if err != nil {
		return err
	}
	if whole != "" {
		l.oneOf("i.number", []any{whole})
		return nil
	}
	s := source{dear: true}
	var either []string
	var args []any
	add := func(set condition, where string, arg any, in stream) {
		s.set, either, args = append(s.set, set), append(either, where), append(args, arg)
		if l.f.Sort != ByDue {
			s.streams = append(s.streams, in)
		}
	}
	if strings.Trim(text, "0123456789-") == "" {
		where := "i.number = ?"
		add(l.ids("", where, text), where, text, l.rows("", where, text))
	}
	match, err := l.tx.match(ctx, text)
	if err != nil {
		return err
	}
	if match != "" {
		q, its := d.searched(match, nil, false)
		add(condition{q, its}, d.findText, match, func(after *Cursor, n int) (string, []any) {
			q, its := d.searched(match, after, l.f.Sort == OldestFirst)
			return "SELECT id, 0 AS due FROM (" + q + " LIMIT ?) hits", append(its, n)
		})
	}
	if len(either) == 0 {
		l.and("1 = 0")
		return nil
	}
	s.covers = []int{l.and("("+strings.Join(either, " OR ")+")", args...)}
	l.sources = append(l.sources, s)
	return nil
}

// registers are the conditions on what an issue names.
func (l *listing) registers(ctx context.Context, status *values) error {
	f := l.f
	for _, c := range []struct {
		column, query string
		wanted        bool
		args          []any
	}{
		{"i.reporter", "SELECT id FROM person WHERE uid = ?", !f.Reporter.IsZero(), []any{bytesOf(f.Reporter)}},
		{"i.spot", "SELECT id FROM place WHERE uid = ?", !f.Spot.IsZero(), []any{bytesOf(f.Spot)}},
		{"i.unit", subtree(UnitTree) + " SELECT id FROM line", !f.Unit.IsZero(), []any{bytesOf(f.Unit)}},
		{"i.category", "SELECT id FROM category WHERE code IN (%s)", len(f.Categories) > 0, texts(f.Categories)},
		{"i.category", "SELECT id FROM category WHERE grp IN (%s)", len(f.Groups) > 0, texts(f.Groups)},
		{"i.area", subtree(AreaTree) + " SELECT id FROM line", !f.Area.IsZero(), []any{bytesOf(f.Area)}},
	} {
		if !c.wanted {
			continue
		}
		ids, err := l.tx.idsIn(ctx, strings.Replace(c.query, "%s", marks(len(c.args)), 1), c.args...)
		if err != nil {
			return err
		}
		l.inStatus(status, l.oneOf(c.column, ids))
	}
	return nil
}

// statusIndexes are the indexes that begin with a column, go on with the status and end with the id.
var statusIndexes = map[string]string{"i.unit": "issue_unit_status", "i.area": "issue_area_status", "i.category": "issue_category_status",
	"i.reporter": "issue_reporter_status"}

// inStatus is the source of the issues of some units, areas, categories or people that stand in some statuses, by the indexes that hold both. What has no such
// index comes whatever its status is.
func (l *listing) inStatus(status *values, parts ...*values) {
	if status == nil {
		return
	}
	s := source{narrow: true}
	covered, streams := true, 0
	for _, p := range parts {
		s.covers = append(s.covers, p.at)
		index := statusIndexes[p.column]
		if index == "" {
			covered = false
			s.set = append(s.set, l.ids(indexed[p.column], p.sql(), p.all...))
			continue
		}
		streams += len(p.all) * len(status.all)
		s.set = append(s.set, l.ids(index, p.sql()+" AND "+status.sql(), slices.Concat(p.all, status.all)...))
	}
	if covered {
		s.covers = append(s.covers, status.at)
	}
	for _, p := range parts {
		for n := 0; n < len(p.all) && covered && streams <= maxStreams && l.f.Sort != ByDue; n++ {
			for _, one := range status.all {
				s.streams = append(s.streams, l.rows(statusIndexes[p.column], p.column+" = ? AND i.status = ?", p.all[n], one))
			}
		}
	}
	l.sources = append(l.sources, s)
}

// overdueOf are those of some statuses in which something can be overdue; none means all.
func overdueOf(some []inspect.Status) (all []inspect.Status) {
	for _, s := range []inspect.Status{inspect.Assigned, inspect.Fixed} {
		if len(some) == 0 || slices.Contains(some, s) {
			all = append(all, s)
		}
	}
	return all
}

// overdue wants open issues that are late, or were fixed too late: what was closed late is history. By the indexes come a few too many.
func (l *listing) overdue() {
	if !l.f.Overdue {
		return
	}
	const fixedLate = "i.status IN ('assigned', 'fixed') AND i.fixed_at > i.due_at"
	now := int64(l.tx.Now)
	l.and("i.due_at > 0 AND (i.status = 'assigned' AND i.fixed_at = 0 AND i.due_at < ? OR "+fixedLate+")", now)
	l.sources = append(l.sources, source{sorts: l.f.Sort != ByDue, set: []condition{
		l.ids("issue_status_due", "i.status = 'assigned' AND "+byDue+" < ?", now), l.ids("issue_fixed_late", fixedLate+" AND i.due_at > 0")}})
}

// span wants a time from one moment on, before another.
func (l *listing) span(column string, from, to inspect.Time) {
	if from == 0 && to == 0 {
		return
	}
	if to == 0 {
		to = math.MaxInt64
	}
	where, args := column+" >= ? AND "+column+" < ?", []any{max(int64(from), 1), int64(to)}
	l.sources = append(l.sources, source{set: []condition{l.ids(indexed[column], where, args...)}, covers: []int{l.and(where, args...)}, sorts: l.f.Sort != ByDue})
}

// due is span for deadlines, whose index holds a number for those without; in some statuses by the index that holds both.
func (l *listing) due(from, to inspect.Time, status *values) {
	before := len(l.sources)
	l.span(byDue, from, to)
	if len(l.sources) == before {
		return
	}
	s := &l.sources[before]
	c := l.where[s.covers[0]]
	if status == nil {
		if l.f.Sort == ByDue {
			s.streams = []stream{l.rows("issue_by_due", c.sql, c.args...)}
		}
		return
	}
	s.narrow = true
	s.set = []condition{l.ids("issue_status_due", status.sql()+" AND "+c.sql, slices.Concat(status.all, c.args)...)}
	s.covers = append(s.covers, status.at)
	for n := 0; n < len(status.all) && len(status.all) <= maxStreams && l.f.Sort == ByDue; n++ {
		s.streams = append(s.streams, l.rows("issue_status_due", "i.status = ? AND "+c.sql, append([]any{status.all[n]}, c.args...)...))
	}
}

// around narrows by the cell index first, then by the exact columns.
func (l *listing) around() {
	f := l.f
	boxes := []geo.Box{}
	if f.Box != nil {
		boxes = append(boxes, *f.Box)
	}
	if f.Near != nil {
		boxes = append(boxes, geo.BoxAround(*f.Near, f.RadiusM))
	}
	index, within := "issue_cell", "i.cell BETWEEN ? AND ?"
	if f.Lines {
		l.and("i.line <> ''")
		index, within = "issue_line", within+" AND i.line <> ''"
	}
	for _, b := range boxes {
		s := source{apart: true, sorts: f.Sort != ByDue}
		for _, r := range geo.CellRanges(b, geo.DefaultRanges) {
			s.set = append(s.set, l.ids(index, within, r.Lo, r.Hi))
		}
		l.and("i.lat BETWEEN ? AND ? AND i.lon BETWEEN ? AND ?", b.South, b.North, b.West, b.East)
		if len(s.set) > 0 {
			l.sources = append(l.sources, s)
		}
	}
	if p := f.Near; p != nil { // the haversine formula with sin x = x: under 0.001 % off within 50 km, but for 180° E
		shrink, r := math.Cos(p.Lat*math.Pi/180), f.RadiusM/geo.EarthRadius*180/math.Pi
		l.and("(i.lat - ?) * (i.lat - ?) + (i.lon - ?) * (i.lon - ?) * ? * cos(radians(i.lat)) <= ?", p.Lat, p.Lat, p.Lon, p.Lon, shrink, r*r)
	}
}
