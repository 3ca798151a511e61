package core

import (
	"context"
	"sync"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/server/store"
)

// sumsKept is how many stretches of sums are remembered: some ten a report.
const sumsKept = 256

// sumsKey is a stretch of days of a part and kind; from day 0 it is all before.
type sumsKey struct {
	part     string
	kind     closure.DateBasis
	from, to calendar.Day
}

// sums remembers what stretches of daily sums come to, by name, until the sums change. The zero one is ready.
type sums struct {
	mu       sync.Mutex
	foldings int64
	known    map[sumsKey]map[string]*closure.Counts
}

// over gives the sums of a stretch as the transaction sees them. They must not be changed.
func (s *sums) over(ctx context.Context, tx *store.Tx, k sumsKey) (map[string]*closure.Counts, error) {
	foldings, err := tx.RollUpVersion(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if foldings > s.foldings || len(s.known) >= sumsKept {
		s.foldings, s.known = foldings, map[sumsKey]map[string]*closure.Counts{}
	}
	all, known := s.known[k]
	known = known && foldings == s.foldings
	s.mu.Unlock()
	if known {
		return all, nil
	}
	all = map[string]*closure.Counts{}
	if err := tx.EachRollUp(ctx, k.part, k.kind, k.from, k.to, func(name string, c *closure.Counts) error {
		if sum := all[name]; sum != nil {
			sum.Add(c, 1)
		} else {
			kept := *c
			all[name] = &kept
		}
		return nil
	}); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if foldings == s.foldings && s.known != nil {
		s.known[k] = all
	}
	return all, nil
}
