package figures

import (
	"context"
	"maps"
	"slices"
	"sync"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// rollUpsKept is how many stretches of sums are remembered: some ten a report. fixTimesKept is of how many spans the times to fix are. Of more than
// issuesKept issues nothing is remembered.
const (
	rollUpsKept  = 256
	fixTimesKept = 8
	issuesKept   = 50_000
)

// rollUpKey is a stretch of days of a part and kind; from day 0 it is all before.
type rollUpKey struct {
	part     string
	kind     closure.DateBasis
	from, to calendar.Day
}

// rollUps remembers what stretches of daily sums come to, and what was read of many issues beside them. It follows what this process folds into the sums; after what
// another copy folds it begins anew. Of issues a reader leaves out those that changed since sums were folded, and reads them anew. It serves transactions that
// change nothing: what another kind sees of its own may never be. The zero one is ready.
type rollUps struct {
	mu       sync.Mutex
	foldings int64
	sums     map[rollUpKey]map[string]*closure.Counts // by name
	open     map[struct{}]ofIssues[store.OpenCourse]
	fixTimes map[closure.Span]ofIssues[store.FixTime]
	done     map[int64]*store.Folding // not followed yet, by the version of the sums that they made
}

// ofIssues are rows of issues, some of which changed and were folded since.
type ofIssues[V any] struct {
	rows  []V
	stale map[int64]bool // by issue
}

// staleMost is of how many issues the rows may be stale before all are read again.
const staleMost = 5_000

// committed notes what this process folded. A reader that sees it sooner begins anew.
func (s *rollUps) committed(f *store.Folding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.done, func(version int64, _ *store.Folding) bool { return version <= s.foldings })
	if s.done == nil || len(s.done) > rollUpsKept { // nobody reads
		s.done = map[int64]*store.Folding{}
	}
	if f.Version > s.foldings {
		s.done[f.Version] = f
	}
}

// follow brings what is remembered up to a version of the sums that a transaction sees; s.mu is held.
func (s *rollUps) follow(foldings int64) {
	for s.foldings < foldings {
		f := s.done[s.foldings+1]
		if f == nil {
			s.foldings, s.sums, s.open, s.fixTimes = foldings, nil, nil, nil
			return
		}
		delete(s.done, f.Version)
		s.fold(f)
		s.foldings = f.Version
	}
}

// fold changes what is remembered as the sums changed. Others may be reading it: what changes is another one.
func (s *rollUps) fold(f *store.Folding) {
	copied := map[rollUpKey]bool{}
	for n := range f.Cells {
		d := &f.Cells[n]
		store.DailyKeys(&d.Cell, func(day store.DailyKey) {
			for k, sums := range s.sums {
				if k.part != day.Part || k.kind != day.Basis || day.Day < k.from || day.Day >= k.to {
					continue
				}
				if !copied[k] {
					sums, copied[k] = maps.Clone(sums), true
					s.sums[k] = sums
				}
				sum := closure.Counts{}
				if was := sums[day.Name()]; was != nil {
					sum = *was
				}
				for _, of := range d.Counts {
					sum[of] += d.Times
				}
				sums[day.Name()] = &sum
			}
		})
	}
	s.open, s.fixTimes = aged(s.open, f.Issues), aged(s.fixTimes, f.Issues)
}

// aged are the same rows, those of some issues stale; what has too many of them is forgotten.
func aged[K comparable, V any](known map[K]ofIssues[V], issues []int64) map[K]ofIssues[V] {
	all := map[K]ofIssues[V]{}
	for k, of := range known {
		stale := maps.Clone(of.stale)
		if stale == nil {
			stale = map[int64]bool{}
		}
		for _, i := range issues {
			stale[i] = true
		}
		if len(stale) <= staleMost {
			all[k] = ofIssues[V]{of.rows, stale}
		}
	}
	return all
}

// remembered gives what is remembered under a key, if the transaction sees the sums that it belongs to; otherwise it is read, and kept unless keep says no. It
// must not be changed.
func remembered[K comparable, V any](ctx context.Context, s *rollUps, tx *store.Tx, known *map[K]V, most int, k K, read func() (V, error), keep func(V) bool) (v V, err error) {
	foldings, err := tx.RollUpVersion(ctx)
	if err != nil {
		return v, err
	}
	s.mu.Lock()
	s.follow(foldings)
	v, ok := (*known)[k]
	ok = ok && foldings == s.foldings
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	if v, err = read(); err != nil || !keep(v) {
		return v, err
	}
	remember(s, foldings, known, most, k, v)
	return v, nil
}

// remember keeps what was read of a version of the sums.
func remember[K comparable, V any](s *rollUps, foldings int64, known *map[K]V, most int, k K, v V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if foldings != s.foldings {
		return
	}
	if _, again := (*known)[k]; *known == nil || len(*known) >= most && !again {
		*known = map[K]V{}
	}
	(*known)[k] = v
}

// rowsOf gives rows of issues as they were at some time since sums were folded: those remembered, with the stale ones read anew.
func rowsOf[K comparable, V any](ctx context.Context, s *rollUps, tx *store.Tx, known *map[K]ofIssues[V], most int, k K, all func() ([]V, error),
	some func([]int64) ([]V, error), issue func(*V) int64) ([]V, error) {
	of, err := remembered(ctx, s, tx, known, most, k, func() (ofIssues[V], error) {
		rows, err := all()
		return ofIssues[V]{rows: rows}, err
	}, func(of ofIssues[V]) bool { return len(of.rows) <= issuesKept })
	if err != nil || len(of.stale) == 0 {
		return of.rows, err
	}
	foldings, err := tx.RollUpVersion(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := some(slices.Collect(maps.Keys(of.stale)))
	if err != nil {
		return nil, err
	}
	rows := make([]V, 0, len(of.rows)+len(fresh))
	for n := range of.rows {
		if !of.stale[issue(&of.rows[n])] {
			rows = append(rows, of.rows[n])
		}
	}
	rows = append(rows, fresh...)
	remember(s, foldings, known, most, k, ofIssues[V]{rows: rows})
	return rows, nil
}

func always[V any](V) bool { return true }

// between gives the sums of a stretch as the transaction sees them.
func (s *rollUps) between(ctx context.Context, tx *store.Tx, k rollUpKey) (map[string]*closure.Counts, error) {
	return remembered(ctx, s, tx, &s.sums, rollUpsKept, k, func() (map[string]*closure.Counts, error) {
		all := map[string]*closure.Counts{}
		return all, tx.EachRollUp(ctx, k.part, k.kind, k.from, k.to, func(name string, c *closure.Counts) error {
			if sum := all[name]; sum != nil {
				sum.Add(c, 1)
			} else {
				kept := *c
				all[name] = &kept
			}
			return nil
		})
	}, always)
}

// openCourses gives what units have to fix, as it was at some time since sums were folded.
func (s *rollUps) openCourses(ctx context.Context, tx *store.Tx) ([]store.OpenCourse, error) {
	return rowsOf(ctx, s, tx, &s.open, 1, struct{}{}, func() ([]store.OpenCourse, error) { return tx.OpenCourses(ctx) },
		func(issues []int64) ([]store.OpenCourse, error) { return tx.OpenCoursesOf(ctx, issues) }, func(o *store.OpenCourse) int64 { return o.Issue })
}

// fixTimesOf gives how long the fixes took that count in a span, as it was at some time since sums were folded.
func (s *rollUps) fixTimesOf(ctx context.Context, tx *store.Tx, span closure.Span, from, to inspect.Time) ([]store.FixTime, error) {
	return rowsOf(ctx, s, tx, &s.fixTimes, fixTimesKept, span, func() ([]store.FixTime, error) { return tx.FixTimes(ctx, from, to) },
		func(issues []int64) ([]store.FixTime, error) { return tx.FixTimesOf(ctx, from, to, issues) }, func(t *store.FixTime) int64 { return t.Issue })
}
