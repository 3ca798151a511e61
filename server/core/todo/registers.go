package todo

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// returnDays is how far back a return that was not sent still waits, and how far ahead one that is asked for does.
const returnDays = 14

// papers waits for receipts: of the office's papers at the unit.
func (svc *Service) papers(ctx context.Context, a *inspect.Actor, _ inspect.Time) ([]Item, error) {
	if !a.MayAnywhere(inspect.MaySignPapers) {
		return nil, nil
	}
	unsigned := false
	page, err := svc.notices.Papers(ctx, a, store.PaperFilter{Signed: &unsigned, Limit: register})
	if err != nil {
		return nil, err
	}
	item := Item{Kind: "papers", Count: len(page.Papers), Exact: page.Next == 0}
	if n := len(page.Papers); n > 0 && item.Exact {
		item.OldestAt = page.Papers[n-1].IssuedAt
	}
	return []Item{item}, nil
}

// drafts waits for somebody who checks a report, and for a leader who issues it.
func (svc *Service) drafts(ctx context.Context, a *inspect.Actor, _ inspect.Time) (items []Item, err error) {
	for _, k := range []struct {
		kind  Kind
		need  inspect.Permission
		state store.PublicationState
	}{{"drafts", inspect.MayDraftReports, store.Draft}, {"to_issue", inspect.MayIssueReports, store.Checked}} {
		if !a.MayAnywhere(k.need) {
			continue
		}
		all, _, next, err := svc.reports.Publications(ctx, a, store.PublicationFilter{State: k.state, Limit: register})
		if err != nil {
			return nil, err
		}
		item := Item{Kind: k.kind, Count: len(all), Exact: next == 0}
		for _, p := range all {
			item.OldestAt = sooner(item.OldestAt, p.MadeAt)
		}
		items = append(items, item)
	}
	return items, nil
}

// imports waits for whoever read a table and has made no issues of it.
func (svc *Service) imports(ctx context.Context, a *inspect.Actor, _ inspect.Time) ([]Item, error) {
	if !a.MayAnywhere(inspect.MayImport) {
		return nil, nil
	}
	all, _, next, err := svc.intake.IssueImports(ctx, a, 0, register)
	if err != nil {
		return nil, err
	}
	item := Item{Kind: "imports", Exact: next == 0}
	for _, i := range all {
		if i.State == store.IssueImportChecked {
			item.Count++
			item.OldestAt = sooner(item.OldestAt, i.SentAt)
		}
	}
	return []Item{item}, nil
}

// contests waits for an office that decides what a unit has against a visit.
func (svc *Service) contests(ctx context.Context, a *inspect.Actor, _ inspect.Time) ([]Item, error) {
	if !a.MayAnywhere(inspect.MayDecideContest) {
		return nil, nil
	}
	all, _, next, err := svc.inspections.Visits(ctx, a, store.VisitFilter{Contested: true, Limit: register})
	if err != nil {
		return nil, err
	}
	item := Item{Kind: "contests", Count: len(all), Exact: next == 0}
	for n := range all {
		item.OldestAt = sooner(item.OldestAt, all[n].Contest.At)
	}
	return []Item{item}, nil
}

// returns waits for the unit that owes them, and shows the office who does.
func (svc *Service) returns(ctx context.Context, a *inspect.Actor, now inspect.Time) ([]Item, error) {
	if !a.MayAnywhere(inspect.MaySeeReports) {
		return nil, nil
	}
	today := svc.todayOf(now)
	all, _, err := svc.reports.Returns(ctx, a, today-returnDays, today+returnDays)
	if err != nil {
		return nil, err
	}
	item := Item{Kind: "returns", Exact: true}
	for _, r := range all { // nothing can be told of a period that is running
		if r.State == inspect.ReturnMissing || r.State == inspect.ReturnAwaited && r.Ends <= inspect.Date(today.String()) {
			item.Count++
			item.DueAt = sooner(item.DueAt, r.DueAt)
		}
	}
	return []Item{item}, nil
}
