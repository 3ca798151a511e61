package figures

import (
	"context"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// IssueChange is what an issue counts for in a period, before and after what happened since.
type IssueChange struct {
	Number        string
	Before, After map[string]inspect.ID // unit by count
	Keys          []string              // that differ
	Why           []string              // types of events
}

// Correction compares an issue as it stood at an event with how it stands now, both at the same cut-off time; nil when nothing differs.
func (a *Reader) Correction(ctx context.Context, id inspect.ID, span closure.Span, cutAt inspect.Time, since int64) (*IssueChange, error) {
	k := &IssueChange{Before: map[string]inspect.ID{}, After: map[string]inspect.ID{}}
	var then, now closure.FactHistory
	var i inspect.Issue
	i.ID = id
	taken := false
	for last := int64(0); ; {
		events, err := a.Tx.Events(ctx, store.IssueStream(id), last, ledger.EventPage)
		if err != nil {
			return nil, err
		}
		for n := range events {
			e := &events[n]
			if e.Seq > since && !taken {
				then, taken = slices.Clone(now), true
			}
			if e.Seq > since && inspect.ChangesIssue(e.Type) && !slices.Contains(k.Why, e.Type) {
				k.Why = append(k.Why, e.Type)
			}
			if err := Replay(&i, &now, e); err != nil {
				return nil, err
			}
			last = e.N
		}
		if len(events) < ledger.EventPage {
			break
		}
	}
	if !taken {
		return nil, nil
	}
	a.countedAt(then, span, cutAt, k.Before)
	a.countedAt(now, span, cutAt, k.After)
	for _, key := range closure.CountKeys() {
		was, had := k.Before[key]
		is, has := k.After[key]
		if had != has || was != is {
			k.Keys = append(k.Keys, key)
		}
	}
	if k.Number = i.Number; len(k.Keys) == 0 {
		return nil, nil
	}
	return k, nil
}

// countedAt notes under which unit an issue counts for what.
func (a *Reader) countedAt(book closure.FactHistory, span closure.Span, at inspect.Time, into map[string]inspect.ID) {
	s := closure.NewBreakdown()
	for n := range book {
		for _, d := range book[n].DeltasIn(span, at, a.Calendar) {
			if a.InScope(&d.Cell) {
				s.Add(&d.Cell, span, d.Times)
			}
		}
	}
	for unit, f := range s.Units {
		for n, times := range f.Counts {
			if key := closure.Count(n).Key(); key != "" && times > 0 {
				into[key] = unit
			}
		}
	}
}
