package store

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"spotcheck/pkg/inspect"
)

// numbersMeant are the numbers of issues that a text may mean, of the latest year first: its whole number, or its last digits with or without zeros.
func (tx *Tx) numbersMeant(ctx context.Context, text string) (numbers []any, err error) {
	words := askedWords(text)
	if len(words) != 1 {
		return nil, nil
	}
	digits := string(words[0])
	if _, err := strconv.ParseUint(digits, 10, 63); err != nil {
		return nil, nil // letters as well, or too many
	}
	return list(ctx, tx, func(r scanner) (number any, err error) {
		var counter string
		if err := r.Scan(&counter); err != nil {
			return nil, err
		}
		year, err := strconv.Atoi(strings.TrimPrefix(counter, issuesOf))
		if err != nil {
			return nil, err
		}
		n, _ := strconv.ParseInt(digits, 10, 64)
		if whole, cut := strings.CutPrefix(digits, strconv.Itoa(year)); cut && len(whole) >= 6 {
			n, _ = strconv.ParseInt(whole, 10, 64)
		}
		return inspect.IssueNumber(year, n), nil
	}, "SELECT name FROM counter WHERE name LIKE '"+issuesOf+"%' ORDER BY name DESC")
}

// numbered puts the newest issue first whose number a text means; where it says the whole number the list is that issue alone.
func (l *listing) numbered(ctx context.Context) (whole string, err error) {
	meant, err := l.tx.numbersMeant(ctx, l.f.Text)
	if err != nil || len(meant) == 0 {
		return "", err
	}
	l.meant = &values{column: "i.number", all: meant}
	for _, number := range meant {
		if number := number.(string); Fold(number) == Fold(l.f.Text) {
			found, err := l.tx.any(ctx, "SELECT 1 FROM issue WHERE number = ?", number)
			if err != nil || found {
				return number, err
			}
		}
	}
	return "", nil
}

// beforeAll is a place that every issue comes behind, in the order by receipt, newest first.
var beforeAll = Cursor{ID: math.MaxInt64}

// first is the issue whose number the text means, of several the newest; none where the list has another order than the usual one.
func (l *listing) first(ctx context.Context) (*Cursor, error) {
	if l.meant == nil || l.f.Sort != NewestFirst {
		return nil, nil
	}
	q, args := "SELECT i.id, 0 FROM issue i WHERE "+l.meant.sql(), slices.Clone(l.meant.all)
	for _, c := range l.where {
		q, args = q+" AND ("+c.sql+")", append(args, c.args...)
	}
	found, err := list(ctx, l.tx, scanCursor, q+" ORDER BY i.id DESC LIMIT 1", args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// putFirst gives a page one issue at its head, and nowhere else.
func (l *listing) putFirst(first Cursor, keys []Cursor) []Cursor {
	keys = slices.DeleteFunc(slices.Clone(keys), func(c Cursor) bool { return c == first })
	if l.f.Cursor == nil {
		keys = slices.Insert(keys, 0, first)
	}
	return keys
}
