package figures

import (
	"context"
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

// rollUps remembers, until daily sums change, what stretches of them come to, and what was read of many issues beside them. Of that a reader leaves
// out the issues that changed since sums were folded, and reads those anew. It serves transactions that change nothing: what another kind sees of its own may
// never be. The zero one is ready.
type rollUps struct {
	mu       sync.Mutex
	foldings int64
	sums     map[rollUpKey]map[string]*closure.Counts // by name
	open     map[struct{}][]store.OpenCourse
	fixTimes map[closure.Span][]store.FixTime
}

// remembered gives what is remembered under a key, if the transaction sees the sums that it belongs to; otherwise it is read, and kept unless keep says no. It
// must not be changed.
func remembered[K comparable, V any](ctx context.Context, s *rollUps, tx *store.Tx, known *map[K]V, most int, k K, read func() (V, error), keep func(V) bool) (v V, err error) {
	foldings, err := tx.RollUpVersion(ctx)
	if err != nil {
		return v, err
	}
	s.mu.Lock()
	if foldings > s.foldings {
		s.foldings, s.sums, s.open, s.fixTimes = foldings, nil, nil, nil
	}
	v, ok := (*known)[k]
	ok = ok && foldings == s.foldings
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	if v, err = read(); err != nil || !keep(v) {
		return v, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if foldings == s.foldings {
		if *known == nil || len(*known) >= most {
			*known = map[K]V{}
		}
		(*known)[k] = v
	}
	return v, nil
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
	return remembered(ctx, s, tx, &s.open, 1, struct{}{}, func() ([]store.OpenCourse, error) { return tx.OpenCourses(ctx) },
		func(all []store.OpenCourse) bool { return len(all) <= issuesKept })
}

// fixTimesOf gives how long the fixes took that count in a span, as it was at some time since sums were folded.
func (s *rollUps) fixTimesOf(ctx context.Context, tx *store.Tx, span closure.Span, from, to inspect.Time) ([]store.FixTime, error) {
	return remembered(ctx, s, tx, &s.fixTimes, fixTimesKept, span, func() ([]store.FixTime, error) { return tx.FixTimes(ctx, from, to) },
		func(all []store.FixTime) bool { return len(all) <= issuesKept })
}
