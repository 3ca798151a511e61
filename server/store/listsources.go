package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
	narrow  bool        // by two conditions at once
	covers  []int       // conditions that need not be looked at again
}

// walked is how good it is to walk along a source, the more the better; 0 when no index has it in the order of the list.
func (s *source) walked() int {
	switch {
	case len(s.streams) == 0:
		return 0
	case s.broad:
		return 1
	case s.narrow:
		return 3
	}
	return 2
}

// stream gives the first issues after a place in an order as id and key.
type stream func(after *Cursor, n int) (string, []any)

// maxStreams is how many streams are merged; what lies in more places is looked for in the whole.
const maxStreams = 8

// open are the statuses of what is still to be worked on.
var open = []inspect.Status{inspect.Reported, inspect.Assigned, inspect.Fixed}

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
