package table

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
)

// looked is how many rows are looked at for the heads.
const looked = 50

// Fold is the name of a column as names are compared: without blanks, marks of what must be filled in, width and case.
func Fold(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || r == '*' || r == ':' || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, name))
}

// Find gives the column of a row of heads that has one of these names, -1 for none; twice says that another has it too. A name as it is
// written comes before one that only folds to it.
func Find(heads []string, names ...string) (at int, twice bool) {
	for _, as := range []func(string) string{func(s string) string { return s }, Fold} {
		for _, name := range names {
			is := func(head string) bool { return head != "" && as(head) == as(name) }
			if at = slices.IndexFunc(heads, is); at >= 0 {
				return at, slices.ContainsFunc(heads[at+1:], is)
			}
		}
	}
	return -1, false
}

// guess finds the row of the heads: the one that is said, or the first of those that name the most columns. Score is how many.
func guess(ctx context.Context, t source, o *Options) (row, score int, err error) {
	first, seen := 0, 0
	err = t.each(func(r Row) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if first == 0 {
			first = r.N
		}
		if o.Heads > 0 && r.N < o.Heads {
			return nil
		}
		if o.Heads == 0 || r.N == o.Heads {
			if n := named(r.Cells, o.Names); n > score {
				row, score = r.N, n
			}
		}
		if seen++; seen == looked || o.Heads > 0 || len(o.Names) > 0 && score == len(o.Names) {
			return errStop
		}
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return 0, 0, err
	}
	switch {
	case o.Heads > 0:
		row = o.Heads
	case score == 0 && o.Hint > 0:
		row = o.Hint
	case score == 0:
		row = max(first, 1)
	}
	return row, score, nil
}

// named is how many of the columns that are looked for a row names.
func named(cells []string, names [][]string) (n int) {
	for _, all := range names {
		if at, _ := Find(cells, all...); at >= 0 {
			n++
		}
	}
	return n
}
