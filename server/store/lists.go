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

// CountBound is how far totals are counted, where an index alone can tell.
const CountBound = 10_000

// ListBounds are how many issues a list looks at, whatever is asked for.
type ListBounds struct {
	Examined int // for one page
	Small    int // what is narrowed down to so few is looked at whole
	Sorted   int // what is narrowed down to so few is sorted before it is looked at
	Sampled  int // for a total where no index can tell
	Tried    int // in the order of the list, before what is found is sorted
}

// DefaultListBounds are the bounds of a server.
var DefaultListBounds = ListBounds{Examined: 50_000, Small: 2_000, Sorted: 20_000, Sampled: 1_000, Tried: 1_000}

// IssueFilter says which issues a list holds. What is empty does not filter.
type IssueFilter struct {
	Status                   []inspect.Status
	Categories, Groups       []string
	Unit, Area, Reporter     inspect.ID // with all below
	Spot                     inspect.ID // a place of the register
	Plate, Site, Contractor  string     // as they are written, however their width, blanks and marks are
	Assisting                inspect.ID // a unit with an open part, with all below
	Source                   inspect.Source
	ReportedFrom, ReportedTo inspect.Time // from inclusive, to exclusive
	DueFrom, DueTo           inspect.Time
	ClosedFrom, ClosedTo     inspect.Time
	Overdue, Incomplete      bool
	Flagged                  bool              // somebody has to decide on a flag
	SignedFront              bool              // at a place that had signed
	Pending                  []inspect.Pending // one of these waits for somebody
	Box                      *geo.Box
	Lines                    bool // no mere points
	Near                     *geo.Point
	RadiusM                  float64
	Text                     string
	IDs                      []inspect.ID

	Viewer *inspect.Actor // sees only what is theirs to see
	within []*values      // only what lies there

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

// noDue stands for no deadline in the order by deadline; byDue is as the indexes by deadline have it.
const (
	noDue = math.MaxInt64
	byDue = "CASE WHEN i.due_at = 0 THEN 9223372036854775807 ELSE i.due_at END"
)

// order is how a list is sorted, and how it goes on after a cursor.
type order struct {
	key, after, by string
	before         func(a, b Cursor) int // as cmp.Compare
}

func byID(a, b Cursor) int { return cmp.Compare(a.ID, b.ID) }

var orders = map[Sort]order{
	NewestFirst: {"0", "i.id < ?", "i.id DESC", func(a, b Cursor) int { return byID(b, a) }},
	OldestFirst: {"0", "i.id > ?", "i.id", byID},
	ByDue: {byDue, byDue + " >= ? AND (" + byDue + ", i.id) > (?, ?)", byDue + ", i.id", // the first half finds the place in the index
		func(a, b Cursor) int { return cmp.Or(cmp.Compare(a.Key, b.Key), byID(a, b)) }},
}

// listing is a filter on its way through the database.
type listing struct {
	tx      *Tx
	f       *IssueFilter
	order   order
	bounds  ListBounds
	where   []condition
	sources []source
	chosen  source
	along   source   // in the order of the list, where the chosen source is sorted
	few     bool     // the chosen source is small: it is looked at whole
	size    int      // of it, when it is: no part of it holds more
	found   []Cursor // in it, once it was looked at
	meant   *values  // the numbers that the text may mean
}

// listing finds out where the issues of a filter are best looked for. What is not narrow enough to be looked at whole is
// walked in the order of the list, and only so far.
func (tx *Tx) listing(ctx context.Context, f *IssueFilter) (*listing, error) {
	if f.Sort == "" {
		f.Sort = NewestFirst
	}
	l := &listing{tx: tx, f: f, order: orders[f.Sort], bounds: tx.store.bounds}
	if tune := tx.store.dialect.lists; tune != "" {
		if err := tx.each(ctx, func(scanner) error { return nil }, tune); err != nil {
			return nil, err
		}
	}
	if err := l.resolve(ctx); err != nil {
		return nil, err
	}
	index := ""
	if f.Sort == ByDue {
		index = "issue_by_due"
	}
	l.chosen = source{streams: []stream{l.rows(index, "1 = 1")}, set: []condition{l.ids("", "1 = 1")}}
	l.along = l.chosen
	return l, l.choose(ctx)
}

// choose takes the smallest source that is small; else one that is small enough to be sorted, else the first with
// streams, preferably one that answers two conditions, and not one that is broad.
func (l *listing) choose(ctx context.Context) error {
	if l.f.IDs != nil { // the feed of changes asks so, and often
		l.chosen, l.few, l.size = l.sources[0], true, len(l.f.IDs)
		return nil
	}
	along := 0
	for _, s := range l.sources {
		bound := l.bounds.Small
		if s.sorts {
			bound = max(bound, l.bounds.Sorted)
		} else if s.dear {
			bound = min(bound, l.bounds.Sampled)
		}
		n, err := l.probe(ctx, &s, bound)
		if err != nil {
			return err
		}
		switch {
		case n <= min(bound, l.bounds.Small) && (!l.few || n < l.size):
			l.chosen, l.few, l.size = s, true, n
		case n <= bound && s.sorts && !l.few && !l.chosen.sorts:
			s.streams = []stream{l.sorted(s)}
			l.chosen = s
		case s.walked() > along:
			l.along, along = s, s.walked()
		}
	}
	if !l.few && !l.chosen.sorts {
		l.chosen = l.along
	}
	return nil
}

// probe counts a source up to one more than a bound. What is dear and not more than that is found once: the source then holds
// what was found.
func (l *listing) probe(ctx context.Context, s *source, bound int) (int, error) {
	if !s.dear {
		return l.count(ctx, *s, bound)
	}
	q, args := s.ids(bound + 1)
	found, err := l.tx.idsIn(ctx, q, args...)
	if n := len(found); n > bound || err != nil {
		return n, err
	}
	v := values{column: "i.id", all: padded(found)}
	s.set = []condition{l.ids("", v.sql(), v.all...)}
	return len(found), nil
}

// padded repeats the last of some values until there is a power of two of them: a connection keeps few texts prepared, and
// should not keep one for each number of values.
func padded(all []any) []any {
	for n := len(all); n > 0 && n&(n-1) != 0; n++ {
		all = append(all, all[len(all)-1])
	}
	return all
}

// sorted is the stream of a source that no index has in order, but that is sorted by its ids alone.
func (l *listing) sorted(s source) stream {
	return func(after *Cursor, n int) (string, []any) {
		q, args := s.ids(l.bounds.Sorted + 1)
		q = "SELECT i.id AS id, 0 AS due FROM (" + q + ") i"
		if after != nil {
			q, args = q+" WHERE "+l.order.after, append(args, l.place(after)...)
		}
		return q + " ORDER BY " + l.order.by + " LIMIT ?", append(args, n)
	}
}

// ids is a query of the ids of a source, each once and at most so many of each part.
func (s *source) ids(most int) (string, []any) {
	union := " UNION "
	if s.apart || len(s.set) == 1 {
		union = " UNION ALL "
	}
	var parts []string
	var args []any
	for _, c := range s.set {
		parts = append(parts, "SELECT id FROM ("+c.sql+" LIMIT ?) part")
		args = append(append(args, c.args...), most)
	}
	return strings.Join(parts, union), args
}

// count counts a source, up to one more than a bound.
func (l *listing) count(ctx context.Context, s source, bound int) (n int, err error) {
	q, args := s.ids(bound + 1)
	err = l.tx.row(ctx, "SELECT count(*) FROM (SELECT 1 FROM ("+q+") every LIMIT ?) counted", append(args, bound+1)...).Scan(&n)
	return n, err
}

// rest is what the chosen source does not answer, joined by AND; empty when it answers everything.
func (l *listing) rest() (string, []any) {
	var parts []string
	var args []any
	for n, c := range l.where {
		if !slices.Contains(l.chosen.covers, n) {
			parts, args = append(parts, "("+c.sql+")"), append(args, c.args...)
		}
	}
	return strings.Join(parts, " AND "), args
}

// place is a cursor as the order wants it.
func (l *listing) place(c *Cursor) []any {
	if l.f.Sort == ByDue {
		return []any{c.Key, c.Key, c.ID}
	}
	return []any{c.ID}
}

// fewOnes finds the ids and keys of all that a small source holds, in order.
func (l *listing) fewOnes(ctx context.Context) ([]Cursor, error) {
	if l.found != nil {
		return l.found, nil
	}
	ids, args := l.chosen.ids(l.size)
	q := "SELECT i.id, " + l.order.key + " FROM (" + ids + ") few CROSS JOIN issue i WHERE i.id = few.id"
	if rest, more := l.rest(); rest != "" {
		q, args = q+" AND "+rest, append(args, more...)
	}
	var err error
	l.found, err = list(ctx, l.tx, scanCursor, q, args...)
	slices.SortFunc(l.found, l.order.before)
	return l.found, err
}

// behind are those of some keys that come after a place.
func (l *listing) behind(keys []Cursor, after *Cursor) []Cursor {
	if after == nil {
		return keys
	}
	at, _ := slices.BinarySearchFunc(keys, *after, l.order.before)
	for at < len(keys) && l.order.before(keys[at], *after) <= 0 {
		at++
	}
	return keys[at:]
}

func scanCursor(r scanner) (c Cursor, err error) {
	err = r.Scan(&c.ID, &c.Key)
	return c, err
}

// page gives a page of issues, and where the next begins; none when there is no more.
func (l *listing) page(ctx context.Context) (page []IssueRow, next *Cursor, err error) {
	first, err := l.first(ctx)
	if err != nil {
		return nil, nil, err
	}
	var keys []Cursor
	if l.few {
		keys, err = l.fewOnes(ctx)
		keys = l.behind(keys, l.f.Cursor)
	} else if keys, err = l.try(ctx); err == nil && keys == nil {
		keys, next, err = l.walk(ctx, l.f.Cursor, l.f.Limit+2, l.bounds.Examined)
	}
	if err != nil {
		return nil, nil, err
	}
	if first != nil {
		keys = l.putFirst(*first, keys)
	}
	if len(keys) > l.f.Limit {
		keys = keys[:l.f.Limit]
		if next = &keys[l.f.Limit-1]; first != nil && *next == *first {
			next = &beforeAll
		}
	}
	page, err = l.tx.rowsOf(ctx, keys)
	return page, next, err
}

// total counts what a list holds; when it is not exact, there are at least so many.
func (l *listing) total(ctx context.Context) (n int, exact bool, err error) {
	rest, _ := l.rest()
	switch {
	case l.few:
		all, err := l.fewOnes(ctx)
		return len(all), true, err
	case rest == "":
		bound := CountBound
		if l.chosen.dear {
			bound = l.bounds.Sampled
		}
		n, err = l.count(ctx, l.chosen, bound)
		return min(n, bound), n <= bound, err
	}
	if l.chosen.sorts { // it would be sorted once more
		return 0, false, nil
	}
	keys, unseen, err := l.walk(ctx, nil, l.bounds.Sampled+1, l.bounds.Sampled)
	return len(keys), unseen == nil, err
}

// rowsOf gives the issues with these ids, in their order.
func (tx *Tx) rowsOf(ctx context.Context, keys []Cursor) ([]IssueRow, error) {
	rows := make([]IssueRow, len(keys))
	at := make(map[int64]int, len(keys))
	args := make([]any, len(keys))
	for n, k := range keys {
		at[k.ID], args[n] = n, k.ID
	}
	if len(keys) == 0 {
		return rows, nil
	}
	v := values{column: "i.id", all: padded(args)}
	return rows, tx.each(ctx, func(r scanner) error {
		i, err := scanIssue(r)
		if err != nil {
			return err
		}
		rows[at[i.id]] = i
		return nil
	}, issueColumns+"WHERE "+v.sql(), v.all...)
}

// ListIssues gives a page of issues, and where the next begins; none when there is no more. A page that is not full has a
// next all the same when Bounds.Examined issues were looked at for it.
func (tx *Tx) ListIssues(ctx context.Context, f IssueFilter) (page []IssueRow, next *Cursor, err error) {
	l, err := tx.listing(ctx, &f)
	if err != nil {
		return nil, nil, err
	}
	return l.page(ctx)
}

// CountIssues counts what a filter finds; when it is not exact, there are at least so many.
func (tx *Tx) CountIssues(ctx context.Context, f IssueFilter) (n int, exact bool, err error) {
	l, err := tx.listing(ctx, &f)
	if err != nil {
		return 0, false, err
	}
	return l.total(ctx)
}

// ListAndCount is ListIssues with CountIssues.
func (tx *Tx) ListAndCount(ctx context.Context, f IssueFilter) (page []IssueRow, next *Cursor, n int, exact bool, err error) {
	l, err := tx.listing(ctx, &f)
	if err != nil {
		return nil, nil, 0, false, err
	}
	if page, next, err = l.page(ctx); err != nil {
		return nil, nil, 0, false, err
	}
	n, exact, err = l.total(ctx)
	return page, next, n, exact, err
}
