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

// Correction compares an issue as it stood at an event with how it stands now, both seen from the cut-off of a view; nil when nothing differs.
func (a *Reader) Correction(ctx context.Context, id inspect.ID, view *closure.View, since int64) (*IssueChange, error) {
	k := &IssueChange{Before: map[string]inspect.ID{}, After: map[string]inspect.ID{}}
	var then, now []closure.Moment
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
			if now, err = AppendMoment(now, e); err != nil {
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
	a.countedIn(closure.Corrected(then, view.CutOff), view, k.Before)
	a.countedIn(closure.Corrected(now, view.CutOff), view, k.After)
	for _, key := range closure.CountKeys() {
		was, had := k.Before[key]
		is, has := k.After[key]
		if had != has || was != is {
			k.Keys = append(k.Keys, key)
		}
	}
	if len(k.Keys) == 0 {
		return nil, nil
	}
	row, _, err := a.Tx.Issue(ctx, id)
	k.Number = row.Number
	return k, err
}

// countedIn notes under which unit an issue counts for what. What stands at the cut-off is no figure of the period.
func (a *Reader) countedIn(all []closure.Moment, view *closure.View, into map[string]inspect.ID) {
	c, ok := closure.CourseOf(all, view.CutOff)
	if !ok {
		return
	}
	for _, share := range c.Shares(view) {
		if !a.shareInScope(&share) {
			continue
		}
		for _, n := range share.Counts {
			if !n.AtCutOff() {
				into[n.Key()] = share.Unit
			}
		}
	}
}
