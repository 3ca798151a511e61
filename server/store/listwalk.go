package store

import (
	"context"
	"slices"
	"strings"
)

// candidate is an issue on the way of a walk.
type candidate struct {
	Cursor
	stream int
	passes bool
}

// walk merges the streams of the chosen source in the order of the list and gives the first that pass the rest of the
// conditions. It looks at no more than so many issues: unseen is where it stopped when there may be more behind, nil when
// nothing is left. It may give one more than it was asked for.
func (l *listing) walk(ctx context.Context, from *Cursor, want, budget int) (found []Cursor, unseen *Cursor, err error) {
	heads := make([]*Cursor, len(l.chosen.streams)) // how far each stream was read
	active := make([]int, len(heads))
	for n := range heads {
		heads[n], active[n] = from, n
	}
	var waiting []Cursor // pass, but lie behind where some stream was read to
	each, passed, seen := want, 0, 0
	for len(active) > 0 && budget > 0 {
		each = min(each, max(budget/len(active), 1))
		all, err := l.step(ctx, heads, active, each)
		if err != nil {
			return nil, nil, err
		}
		budget, seen = budget-len(all), seen+len(all)
		read := make([]int, len(heads))
		for _, c := range all {
			if read[c.stream]++; c.passes {
				passed++
				waiting = append(waiting, c.Cursor)
			}
			if h := heads[c.stream]; h == from || h == nil || l.order.before(*h, c.Cursor) < 0 {
				heads[c.stream] = &c.Cursor
			}
		}
		active = slices.DeleteFunc(active, func(n int) bool { return read[n] < each })
		found, waiting = l.sure(found, waiting, heads, active)
		if len(found) >= want {
			return found[:want], &found[want-1], nil
		}
		each = min(max((want-len(found))*seen/max(passed, 1)*5/4, each), 8*each) // as many as probably hold what is missing
	}
	if len(active) == 0 {
		return found, nil, nil
	}
	return found, l.nearest(heads, active), nil
}

// step reads the next issues of each stream, and whether they pass.
func (l *listing) step(ctx context.Context, heads []*Cursor, active []int, each int) ([]candidate, error) {
	rest, more := l.rest()
	passes := "1"
	if rest != "" {
		passes = "COALESCE((SELECT CASE WHEN " + rest + " THEN 1 ELSE 0 END FROM issue i WHERE i.id = next.id), 0)"
	}
	var parts []string
	var args []any
	for _, n := range active {
		q, its := l.chosen.streams[n](heads[n], each)
		parts = append(parts, "SELECT id, due, CAST(? AS BIGINT) AS stream FROM ("+q+") part")
		args = append(append(args, n), its...)
	}
	q := "SELECT id, due, stream, " + passes + " FROM (" + strings.Join(parts, " UNION ALL ") + ") next"
	return list(ctx, l.tx, func(r scanner) (c candidate, err error) {
		var passes int
		err = r.Scan(&c.ID, &c.Key, &c.stream, &passes)
		c.passes = passes == 1
		return c, err
	}, q, append(more, args...)...)
}

// nearest is how far all streams that go on were read.
func (l *listing) nearest(heads []*Cursor, active []int) *Cursor {
	near := heads[active[0]]
	for _, n := range active[1:] {
		if l.order.before(*heads[n], *near) < 0 {
			near = heads[n]
		}
	}
	return near
}

// sure moves those that nothing can come before any more from waiting to found, each once.
func (l *listing) sure(found, waiting []Cursor, heads []*Cursor, active []int) (_, _ []Cursor) {
	slices.SortFunc(waiting, l.order.before)
	waiting = slices.Compact(waiting)
	n := len(waiting)
	if len(active) > 0 {
		near := l.nearest(heads, active)
		n = 0
		for n < len(waiting) && l.order.before(waiting[n], *near) <= 0 {
			n++
		}
	}
	for _, c := range waiting[:n] {
		if len(found) == 0 || found[len(found)-1] != c {
			found = append(found, c)
		}
	}
	return found, waiting[n:]
}

// try looks at the next few issues in the order of the list before what is chosen is sorted: what was closed this week came lately. It gives a full page or none.
func (l *listing) try(ctx context.Context) ([]Cursor, error) {
	if !l.chosen.sorts || l.bounds.Tried == 0 {
		return nil, nil
	}
	chosen := l.chosen
	defer func() { l.chosen = chosen }()
	l.chosen = l.along
	keys, _, err := l.walk(ctx, l.f.Cursor, l.f.Limit+2, l.bounds.Tried)
	if len(keys) < l.f.Limit+2 {
		keys = nil
	}
	return keys, err
}
