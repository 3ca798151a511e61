package reports

import (
	"bytes"
	"context"
	"slices"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
)

// inspectorWork is what each person reported and verified in the period, by the same counts as the weekly report: received at the receipt, filed of
// those, verified in time of what had its limit in the period. What nobody verified is nobody's.
func (m *builder) inspectorWork(ctx context.Context) (map[inspect.ID]*InspectorRow, error) {
	received, filed := []inspect.ID{}, map[inspect.ID]bool{}
	var steps []figures.IssueShare
	if err := m.EachShare(ctx, m.period.Span, func(s figures.IssueShare) {
		if slices.Contains(s.Counts, closure.Received) {
			received, filed[s.Issue] = append(received, s.Issue), slices.Contains(s.Counts, closure.Filed)
		}
		if slices.Contains(s.Counts, closure.VerifyDue) && s.DoneAt != 0 {
			steps = append(steps, s)
		}
	}); err != nil {
		return nil, err
	}
	all := map[inspect.ID]*InspectorRow{}
	row := func(person inspect.ID) *InspectorRow {
		if all[person] == nil {
			all[person] = &InspectorRow{}
		}
		return all[person]
	}
	reporters, statuses, err := m.Tx.Reporters(ctx, received)
	if err != nil {
		return nil, err
	}
	for _, issue := range received {
		r := row(reporters[issue])
		r.Submitted++
		if filed[issue] {
			r.Filed++
		}
		switch statuses[issue] {
		case inspect.Merged:
			r.Merged++
		case inspect.Dismissed:
			r.Refused++
		}
	}
	var verified []inspect.ID
	for _, s := range steps {
		verified = append(verified, s.Issue)
	}
	slices.SortFunc(verified, func(a, b inspect.ID) int { return bytes.Compare(a[:], b[:]) })
	by, err := m.Tx.Verifications(ctx, slices.Compact(verified))
	if err != nil {
		return nil, err
	}
	type verification struct {
		issue inspect.ID
		at    inspect.Time
	}
	who := map[verification]inspect.ID{}
	for _, v := range by {
		who[verification{v.Issue, v.At}] = v.Person
	}
	for _, s := range steps {
		if person, ok := who[verification{s.Issue, s.DoneAt}]; ok {
			r := row(person)
			r.Due++
			if slices.Contains(s.Counts, closure.VerifyOnTime) {
				r.OnTime++
			}
		}
	}
	done, err := m.Tx.VerificationsIn(ctx, m.from, min(m.to, m.CutOff+1))
	if err != nil {
		return nil, err
	}
	for _, v := range done {
		if m.InScope(inspect.ID{}, v.Area, 0) {
			row(v.Person).Verified++
		}
	}
	return all, nil
}
