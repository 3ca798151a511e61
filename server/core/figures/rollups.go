package figures

import (
	"context"
	"sync"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/server/store"
)

// rollUpsKept is how many stretches of sums are remembered: some ten a report.
const rollUpsKept = 256

// rollUpKey is a stretch of days of a part and kind; from day 0 it is all before.
type rollUpKey struct {
	part     string
	kind     closure.DateBasis
	from, to calendar.Day
}

// rollUps remembers what stretches of daily sums come to, by name, until the sums change. The zero one is ready.
type rollUps struct {
	mu       sync.Mutex
	foldings int64
	known    map[rollUpKey]map[string]*closure.Counts
}

// between gives the sums of a stretch as the transaction sees them. They must not be changed.
func (s *rollUps) between(ctx context.Context, tx *store.Tx, k rollUpKey) (map[string]*closure.Counts, error) {
	foldings, err := tx.RollUpVersion(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if foldings > s.foldings || len(s.known) >= rollUpsKept {
		s.foldings, s.known = foldings, map[rollUpKey]map[string]*closure.Counts{}
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
