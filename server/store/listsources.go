package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// condition is a part of a WHERE clause over an issue i.
type condition struct {
	sql  string
	args []any
}

// source is somewhere that a list can take its issues from: one index, and which conditions it answers.
type source struct {
	set     []condition // queries of ids; together they give all of them, some perhaps twice
	apart   bool        // none twice
	streams []stream    // the same in the order of the list; none when no index has that order
	sorts   bool        // a set of some size is sorted by the index alone
	dear    bool        // to count: it is not counted far
	broad   bool        // most of all issues
	covers  []int       // conditions that need not be looked at again
}

// stream gives the first issues after a place in an order as id and key.
type stream func(after *Cursor, n int) (string, []any)

// maxStreams is how many streams are merged; what lies in more places is looked for in the whole.
const maxStreams = 8

// open are the statuses of the partial indexes, and how a query says that it asks for no other.
var open = []inspect.Status{inspect.Reported, inspect.Assigned, inspect.Fixed}

const isOpen = "i.status IN ('reported', 'assigned', 'fixed')"

// values are what a column may hold, and where they stand in the conditions.
type values struct {
	column string
	by     string // the column of issue_part that holds them, where the issue itself does not
	all    []any
	at     int
}

func (v *values) sql() string {
	if len(v.all) == 0 {
		return "1 = 0"
	}
	in := " IN (" + marks(len(v.all)) + ")"
	if v.by != "" {
		return v.column + " IN (SELECT issue FROM issue_part WHERE " + v.by + in + ")"
	}
	return v.column + in
}

// marks are the marks of so many values.
func marks(n int) string { return cmp.Or(strings.TrimSuffix(strings.Repeat("?, ", n), ", "), "NULL") }

// any says whether a query finds something.
func (tx *Tx) any(ctx context.Context, q string, args ...any) (bool, error) {
	return ignoreNoRows(tx.row(ctx, q, args...).Scan(new(int)))
}

// idsIn reads the numbers of rows.
func (tx *Tx) idsIn(ctx context.Context, q string, args ...any) ([]any, error) {
	return list(ctx, tx, func(r scanner) (any, error) {
		var id int64
		err := r.Scan(&id)
		return id, err
	}, q, args...)
}

func (l *listing) and(sql string, args ...any) int {
	l.where = append(l.where, condition{sql, args})
	return len(l.where) - 1
}

// from is the table with the index to go by, for a database that can be told.
func (l *listing) from(index string) string {
	if hint := l.tx.store.dialect.hint; hint != "" && index != "" {
		return "issue i" + hint + index
	}
	return "issue i"
}

// ids is a query of ids by an index.
func (l *listing) ids(index, where string, args ...any) condition {
	return condition{"SELECT i.id AS id FROM " + l.from(index) + " WHERE " + where, args}
}

// indexed are the indexes that begin with a column and end with the id.
var indexed = map[string]string{"i.status": "issue_status", "i.unit": "issue_unit", "i.area": "issue_area", "i.category": "issue_category",
	"i.reporter": "issue_reporter", "i.spot": "issue_spot", "i.keeper": "issue_keeper", "i.reported_at": "issue_reported", "i.closed_at": "issue_closed", byDue: "issue_by_due"}

// oneOf wants a column to hold one of some values, by an index of that column and id.
func (l *listing) oneOf(column string, all []any) *values {
	v := &values{column: column, all: all}
	v.at = l.and(v.sql(), all...)
	s := source{set: []condition{l.ids(indexed[column], v.sql(), all...)}, covers: []int{v.at}}
	if l.f.Sort != ByDue || column == "i.status" {
		s.streams = l.each(column, all)
	}
	s.broad = column == "i.status" && slices.Contains(l.f.Status, inspect.Verified)
	l.sources = append(l.sources, s)
	return v
}

// each is a stream for each value of a column.
func (l *listing) each(column string, all []any) (streams []stream) {
	if len(all) > maxStreams {
		return nil
	}
	index := indexed[column]
	if l.f.Sort == ByDue {
		index = "issue_status_due"
	}
	for _, v := range all {
		streams = append(streams, l.rows(index, column+" = ?", v))
	}
	return streams
}

// rows is the stream of the issues that one condition finds, which an index has in the order of the list.
func (l *listing) rows(index, where string, args ...any) stream {
	return func(after *Cursor, n int) (string, []any) {
		q, all := "SELECT i.id AS id, "+l.order.key+" AS due FROM "+l.from(index)+" WHERE "+where, append([]any(nil), args...)
		if after != nil {
			q += " AND " + l.order.after
			all = append(all, l.place(after)...)
		}
		return q + " ORDER BY " + l.order.by + " LIMIT ?", append(all, n)
	}
}

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
	if len(f.Status) > 0 {
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
	l.due(f.DueFrom, f.DueTo)
	if f.Source != "" {
		l.and("i.source = ?", string(f.Source))
	}
	if f.Overdue { // open: what was closed late is history
		l.and(`i.due_at > 0 AND (i.status = 'assigned' AND i.fixed_at = 0 AND i.due_at < ? OR i.status IN ('assigned', 'fixed') AND i.fixed_at > i.due_at)`,
			int64(l.tx.Now))
	}
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
		v := l.oneOf(c.column, ids)
		if c.column == "i.unit" || c.column == "i.area" {
			l.openOnes(status, v)
		}
	}
	return nil
}

// openIndexes are the partial indexes of open issues.
var openIndexes = map[string]string{"i.unit": "issue_open_unit", "i.area": "issue_open_area"}

// openOnes is the source of open issues of some units or areas, by the partial indexes. What one reported oneself has no such
// index and comes whatever its status is.
func (l *listing) openOnes(status *values, parts ...*values) {
	if status == nil || !subset(l.f.Status, open) {
		return
	}
	var s source
	covered := true
	for _, p := range parts {
		s.covers = append(s.covers, p.at)
		covered = covered && openIndexes[p.column] != ""
		if index := openIndexes[p.column]; index == "" {
			s.set = append(s.set, l.ids(indexed[p.column], p.sql(), p.all...))
		} else {
			s.set = append(s.set, l.ids(index, p.sql()+" AND "+status.sql()+" AND "+isOpen, slices.Concat(p.all, status.all)...))
		}
	}
	if covered {
		s.covers = append(s.covers, status.at)
	}
	l.sources = append(l.sources, s)
}

func subset(some, of []inspect.Status) bool {
	for _, s := range some {
		in := false
		for _, o := range of {
			in = in || s == o
		}
		if !in {
			return false
		}
	}
	return true
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

// due is span for deadlines, whose index holds a number for those without.
func (l *listing) due(from, to inspect.Time) {
	before := len(l.sources)
	l.span(byDue, from, to)
	if len(l.sources) > before && l.f.Sort == ByDue {
		s := &l.sources[before]
		c := l.where[s.covers[0]]
		s.streams = []stream{l.rows("issue_by_due", c.sql, c.args...)}
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
