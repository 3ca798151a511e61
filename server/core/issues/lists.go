package issues

import (
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Page is part of a list.
type Page struct {
	Issues  []ListRow
	Names   Names
	Next    *store.Cursor
	Total   int
	Counted bool // the total is exact; otherwise there are at least so many
	At      inspect.Time
}

// ListRow is an issue in a list.
type ListRow struct {
	store.IssueRow
	Address, Note string
	Thumb         inspect.ID // its first safe photo
}

// ListIssues gives a page of what the actor may see.
func (svc *Service) ListIssues(ctx context.Context, a *inspect.Actor, f store.IssueFilter) (p Page, err error) {
	if !a.MayAnywhere(inspect.MaySee) {
		return p, inspect.ErrForbidden
	}
	f.Viewer = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows, next, total, exact, err := tx.ListAndCount(ctx, f)
		if err != nil {
			return err
		}
		p.Total, p.Counted = max(total, len(rows)), exact
		return svc.FillPage(ctx, tx, a, rows, next, &p)
	})
	return p, err
}

// mostRepeats is how many plates, sites or contractors are named at most.
const mostRepeats = 100

// Repeats gathers what the actor may see of a list by plate, construction site or contractor, where several issues name the same; whole is false when
// there are too many issues to look at.
func (svc *Service) Repeats(ctx context.Context, a *inspect.Actor, f store.IssueFilter, by store.RepeatKey) (all []store.Repeat, whole bool, err error) {
	if !a.MayAnywhere(inspect.MaySee) {
		return nil, false, inspect.ErrForbidden
	}
	f.Viewer = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, whole, err = tx.Repeats(ctx, f, by, mostRepeats)
		return err
	})
	return all, whole, err
}

func (svc *Service) page(ctx context.Context, tx *store.Tx, f store.IssueFilter, p *Page) error {
	rows, next, err := tx.ListIssues(ctx, f)
	if err != nil {
		return err
	}
	return svc.FillPage(ctx, tx, f.Viewer, rows, next, p)
}

// FillPage makes a page of issues for an actor, with what they name.
func (svc *Service) FillPage(ctx context.Context, tx *store.Tx, a *inspect.Actor, rows []store.IssueRow, next *store.Cursor, p *Page) (err error) {
	p.Next, p.At = next, tx.Now
	if p.Names, err = NamesOf(ctx, tx, rows, func(func(inspect.ID)) {}); err != nil {
		return err
	}
	if err := hideReporters(ctx, tx, a, rows, p.Names.People); err != nil {
		return err
	}
	ids := make([]inspect.ID, len(rows))
	for n := range rows {
		ids[n] = rows[n].ID
	}
	texts, err := tx.TextsOf(ctx, ids, "address", "note")
	if err != nil {
		return err
	}
	thumbs, err := tx.FirstPhotos(ctx, ids)
	if err != nil {
		return err
	}
	p.Issues = make([]ListRow, len(rows))
	for n, r := range rows {
		p.Issues[n] = ListRow{IssueRow: r, Address: texts[r.ID]["address"], Note: texts[r.ID]["note"], Thumb: thumbs[r.ID]}
	}
	return nil
}

// ExportPage is how many issues an export reads at once.
const ExportPage = 200

// ExportIssues calls f for each page of what the actor may see; the export, with what was asked for, is in the security log before it begins.
func (svc *Service) ExportIssues(ctx context.Context, a *inspect.Actor, f store.IssueFilter, asked string, each func(Page) error) error {
	if !a.MayAnywhere(inspect.MayExport) {
		return inspect.ErrForbidden
	}
	if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Log(ctx, store.LogEntry{Kind: inspect.LogExport, Person: a.ID, Address: a.Address, Detail: asked})
	}); err != nil {
		return err
	}
	f.Viewer, f.Limit = a, ExportPage
	for {
		var p Page
		if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error { return svc.page(ctx, tx, f, &p) }); err != nil {
			return err
		}
		if err := each(p); err != nil || p.Next == nil {
			return err
		}
		f.Cursor = p.Next
	}
}
