package store

import (
	"cmp"
	"context"
	"math"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// CountBound is how far totals are counted exactly.
const CountBound = 10_000

// Filter says which issues a list holds. What is empty does not filter.
type Filter struct {
	Status                   []inspect.Status
	Categories, Groups       []string
	Unit, Area, Reporter     inspect.ID // with all below
	Source                   inspect.Source
	ReportedFrom, ReportedTo inspect.Time // from inclusive, to exclusive
	DueFrom, DueTo           inspect.Time
	ClosedFrom, ClosedTo     inspect.Time
	Overdue, Incomplete      bool
	Flagged                  bool // somebody has to decide on a flag
	Box                      *geo.Box
	Near                     *geo.Point
	RadiusM                  float64
	Text                     string
	IDs                      []inspect.ID

	For *inspect.Actor // sees only what is theirs to see

	Sort   Sort
	Cursor *Cursor
	Limit  int
}

// Sort is the order of a list.
type Sort string

// The orders: by receipt, newest or oldest first, or by deadline, where what has none comes last.
const (
	NewestFirst Sort = "-received"
	OldestFirst Sort = "received"
	ByDue       Sort = "due"
)

// Cursor is where a page ended.
type Cursor struct {
	Key int64 // the deadline in the order by deadline, noDue without one
	ID  int64
}

// query builds a WHERE clause with its arguments.
type query struct {
	where []string
	args  []any
}

func (q *query) and(condition string, args ...any) {
	q.where = append(q.where, condition)
	q.args = append(q.args, args...)
}

func (q *query) span(column string, from, to inspect.Time) {
	if from != 0 {
		q.and(column+" >= ?", int64(from))
	}
	if to != 0 {
		q.and(column+" < ? AND "+column+" > 0", int64(to))
	}
}

// oneOf wants one of some values; %s in the condition stands for them.
func oneOf[T ~string](q *query, condition string, values []T) {
	if len(values) == 0 {
		return
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	args := make([]any, len(values))
	for n, v := range values {
		args[n] = string(v)
	}
	q.and(strings.Replace(condition, "%s", marks, 1), args...)
}

func (tx *Tx) query(f *Filter) *query {
	q := &query{}
	oneOf(q, "i.status IN (%s)", f.Status)
	oneOf(q, "i.category IN (SELECT id FROM category WHERE code IN (%s))", f.Categories)
	oneOf(q, "i.category IN (SELECT id FROM category WHERE grp IN (%s))", f.Groups)
	if !f.Unit.IsZero() {
		q.and("i.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)", bytesOf(f.Unit))
	}
	if !f.Area.IsZero() {
		q.and("i.area IN ("+subtree(AreaTree)+" SELECT id FROM line)", bytesOf(f.Area))
	}
	if !f.Reporter.IsZero() {
		q.and("i.reporter = (SELECT id FROM person WHERE uid = ?)", bytesOf(f.Reporter))
	}
	if f.Source != "" {
		q.and("i.source = ?", string(f.Source))
	}
	q.span("i.reported_at", f.ReportedFrom, f.ReportedTo)
	q.span("i.due_at", f.DueFrom, f.DueTo)
	q.span("i.closed_at", f.ClosedFrom, f.ClosedTo)
	if f.Overdue {
		q.and(`i.due_at > 0 AND i.status NOT IN ('dismissed', 'merged')
			AND (i.fixed_at > i.due_at OR (i.fixed_at = 0 AND i.status = 'assigned' AND i.due_at < ?))`, int64(tx.Now))
	}
	if f.Incomplete {
		q.and("i.photos_safe < i.photos_declared")
	}
	if f.Flagged {
		q.and("i.flags_open > 0")
	}
	if f.Text != "" {
		q.text(tx.store.dialect, f.Text)
	}
	if f.IDs != nil {
		marks, args := in(f.IDs)
		q.and("i.uid IN ("+marks+")", args...)
	}
	q.place(f)
	if f.For != nil {
		q.visible(f.For)
	}
	return q
}

// text looks for a number, which is digits and dashes, and for words; what holds neither finds nothing. Nothing else of the
// text reaches the database, which may refuse its bytes.
func (q *query) text(d dialect, text string) {
	either, args := []string{"1 = 0"}, []any{}
	if strings.Trim(text, "0123456789-") == "" {
		either, args = append(either, "i.number = ?"), append(args, text)
	}
	if match := d.match(text); match != "" {
		either, args = append(either, d.findText), append(args, match)
	}
	q.and("("+strings.Join(either, " OR ")+")", args...)
}

// place narrows by the cell index first, then by the exact columns.
func (q *query) place(f *Filter) {
	boxes := []geo.Box{}
	if f.Box != nil {
		boxes = append(boxes, *f.Box)
	}
	if f.Near != nil {
		boxes = append(boxes, geo.Near(*f.Near, f.RadiusM))
	}
	for _, b := range boxes {
		var ranges []string
		var args []any
		for _, r := range geo.CellRanges(b, geo.DefaultRanges) {
			ranges = append(ranges, "i.cell BETWEEN ? AND ?")
			args = append(args, r.Lo, r.Hi)
		}
		if len(ranges) == 0 {
			ranges = append(ranges, "1 = 0")
		}
		q.and("("+strings.Join(ranges, " OR ")+")", args...)
		q.and("i.lat BETWEEN ? AND ? AND i.lon BETWEEN ? AND ?", b.South, b.North, b.West, b.East)
	}
	if p := f.Near; p != nil { // the haversine formula with sin x = x: under 0.001 % off within 50 km, but for 180° E
		shrink, r := math.Cos(p.Lat*math.Pi/180), f.RadiusM/geo.EarthRadius*180/math.Pi
		q.and("(i.lat - ?) * (i.lat - ?) + (i.lon - ?) * (i.lon - ?) * ? * cos(radians(i.lat)) <= ?", p.Lat, p.Lat, p.Lon, p.Lon, shrink, r*r)
	}
}

// visible is inspect's rule of who sees an issue, as SQL: what lies in a scope, and what one reported oneself.
func (q *query) visible(a *inspect.Actor) {
	parts, args := []string{}, []any{}
	for _, g := range a.SeeingGrants() {
		switch g.Scope.Kind {
		case inspect.City:
			return
		case inspect.AreaSubtree:
			parts = append(parts, "i.area IN ("+subtree(AreaTree)+" SELECT id FROM line)")
		case inspect.UnitSubtree:
			parts = append(parts, "i.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)")
		}
		args = append(args, bytesOf(g.Scope.ID))
	}
	if a.SeesOwn() {
		parts, args = append(parts, "i.reporter = (SELECT id FROM person WHERE uid = ?)"), append(args, bytesOf(a.ID))
	}
	if len(parts) == 0 {
		parts = append(parts, "1 = 0")
	}
	q.and("("+strings.Join(parts, " OR ")+")", args...)
}

func (q *query) sql() string {
	if len(q.where) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(q.where, " AND ") + " "
}

// noDue stands for no deadline in the order by deadline; byDue is as the index issue_by_due has it.
const (
	noDue = math.MaxInt64
	byDue = "CASE WHEN i.due_at = 0 THEN 9223372036854775807 ELSE i.due_at END"
)

// orders say how each order goes on after a cursor.
var orders = map[Sort]struct{ after, by string }{
	NewestFirst: {"i.id < ?", "i.id DESC"},
	OldestFirst: {"i.id > ?", "i.id"},
	ByDue:       {byDue + " >= ? AND (" + byDue + ", i.id) > (?, ?)", byDue + ", i.id"}, // the first half finds the place in the index
}

// ListIssues gives a page of issues, and where the next begins; none when there is no more.
func (tx *Tx) ListIssues(ctx context.Context, f Filter) (page []Row, next *Cursor, err error) {
	q := tx.query(&f)
	o := orders[f.Sort]
	if c := f.Cursor; c != nil {
		args := []any{c.ID}
		if f.Sort == ByDue {
			args = []any{c.Key, c.Key, c.ID}
		}
		q.and(o.after, args...)
	}
	page, err = list(ctx, tx, scanIssue, issueColumns+q.sql()+"ORDER BY "+o.by+" LIMIT ?", append(q.args, f.Limit+1)...)
	if err != nil {
		return nil, nil, err
	}
	if len(page) > f.Limit {
		page = page[:f.Limit]
		last := page[f.Limit-1]
		next = &Cursor{Key: int64(cmp.Or(last.DueAt, noDue)), ID: last.id}
	}
	return page, next, nil
}

// CountIssues counts up to CountBound+1.
func (tx *Tx) CountIssues(ctx context.Context, f Filter) (n int, err error) {
	q := tx.query(&f)
	err = tx.row(ctx, "SELECT count(*) FROM (SELECT 1 FROM issue i "+q.sql()+"LIMIT ?) AS counted",
		append(q.args, CountBound+1)...).Scan(&n)
	return n, err
}
