package figures

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// FollowFacts keeps the facts of an issue as they are after an event, with what that changes in figures.
func (svc *Service) FollowFacts(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	if !inspect.ChangesIssue(e.Type) {
		return nil
	}
	before, err := tx.FactHistory(ctx, row)
	if err != nil {
		return err
	}
	if len(before) == 0 && e.Type != "issue.reported" { // from before there were figures
		if err := svc.recountIssue(ctx, tx, row); err != nil {
			return err
		}
		if before, err = tx.FactHistory(ctx, row); err != nil {
			return err
		}
	}
	after := slices.Clone(before)
	after.Apply(&row.Issue, e)
	return svc.saveFacts(ctx, tx, row, before, after)
}

func (svc *Service) saveFacts(ctx context.Context, tx *store.Tx, row *store.IssueRow, before, after closure.FactHistory) error {
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	for n := range after {
		if n < len(before) && reflect.DeepEqual(before[n], after[n]) {
			continue
		}
		if err := tx.SaveFact(ctx, row, n, &after[n], OverdueOf(&after[n], cal)); err != nil {
			return err
		}
	}
	changes := closure.Changes(before, after, svc.zone)
	if len(changes) == 0 {
		return nil
	}
	return tx.InsertDelta(ctx, changes)
}

// OverdueOf is when a fact becomes long overdue, by a calendar.
func OverdueOf(f *closure.Fact, cal *calendar.Calendar) store.Overdue {
	if !f.CanBeDue() {
		return store.Overdue{}
	}
	return store.Overdue{Day: closure.DayOf(f.DueAt, cal.Zone()), LongOverdueAt: f.LongOverdueAt(cal), Calendar: cal.Fingerprint()}
}

// recountIssue makes the facts of an issue that has none from its events.
func (svc *Service) recountIssue(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
	book, err := factsOf(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	return svc.saveFacts(ctx, tx, row, nil, book)
}

// factsOf makes the facts of an issue from its events.
func factsOf(ctx context.Context, tx *store.Tx, id inspect.ID) (book closure.FactHistory, err error) {
	i := inspect.Issue{ID: id}
	for last := int64(0); ; {
		events, err := tx.Events(ctx, store.IssueStream(id), last, ledger.EventPage)
		if err != nil {
			return nil, err
		}
		for n := range events {
			if err := Replay(&i, &book, &events[n]); err != nil {
				return nil, err
			}
			last = events[n].N
		}
		if len(events) < ledger.EventPage {
			return book, nil
		}
	}
}

// Replay applies an event of the record to an issue and its facts.
func Replay(i *inspect.Issue, book *closure.FactHistory, r *store.RecordedEvent) error {
	if !inspect.ChangesIssue(r.Type) {
		return nil
	}
	e := inspect.Event{Type: r.Type}
	if err := json.Unmarshal(r.Body, &e); err != nil {
		return fmt.Errorf("figures: event %d of %s: %w", r.N, r.Stream, err)
	}
	if err := i.Apply(&e); err != nil {
		return err
	}
	book.Apply(i, &e)
	return nil
}

// FoldFigures asks for what changed in figures to be added to the daily sums.
type FoldFigures struct{}

// Kind names the job.
func (FoldFigures) Kind() string { return "figures.fold" }

// foldMost is how many changes one transaction folds: few enough for the writer to be free again soon.
const foldMost = 100

// Fold adds what changed to the daily sums, and works out anew what another calendar said. It may run any number of times and by several copies
// at once.
func (svc *Service) Fold(ctx context.Context) error {
	if err := svc.recalendar(ctx); err != nil {
		return fmt.Errorf("figures: fold figures: %w", err)
	}
	for {
		n := 0
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = tx.FoldDeltas(ctx, foldMost)
			return err
		}); err != nil {
			return fmt.Errorf("figures: fold figures: %w", err)
		}
		if n < foldMost {
			return nil
		}
	}
}

// recalendar works out by the calendar of now when facts without a fix become long overdue. Until it is done, they are read one by one.
func (svc *Service) recalendar(ctx context.Context) error {
	for n := foldMost; n == foldMost; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			cal, err := svc.city.Calendar(ctx, tx)
			if err != nil {
				return err
			}
			all, err := tx.FactsOfOtherCalendar(ctx, cal.Fingerprint(), foldMost)
			if err != nil {
				return err
			}
			n = len(all)
			for k := range all {
				f := closure.Fact{Last: true, Status: inspect.Assigned, DueAt: all[k].DueAt, Limit: all[k].Limit}
				if err := tx.SetOverdue(ctx, &all[k], OverdueOf(&f, cal)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// CountFigures asks for the facts of issues from before there were figures.
type CountFigures struct{}

// Kind names the job.
func (CountFigures) Kind() string { return "figures.count" }

// countedAtOnce is how many issues one transaction counts that have no facts yet; a job counts so many times as many.
const (
	countedAtOnce = 20
	countedInJob  = 500
)

// CountFigures makes the facts of issues from before there were figures, once. It gives ErrNotYet when it goes on later.
func (svc *Service) CountFigures(ctx context.Context) error {
	done := false
	for after, n := int64(0), 0; !done; n++ {
		if n >= countedInJob {
			return city.ErrNotYet
		}
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if counted, err := tx.FiguresCounted(ctx); err != nil || counted {
				done = counted
				return err
			}
			ids, next, err := tx.IssuesWithoutFacts(ctx, after, countedAtOnce)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				done = true
				return tx.SetFiguresCounted(ctx)
			}
			if err := tx.LockIssues(ctx, ids...); err != nil {
				return err
			}
			for _, id := range ids {
				if err := svc.countAnew(ctx, tx, id); err != nil {
					return err
				}
			}
			after = next
			return nil
		}); err != nil {
			return fmt.Errorf("figures: count figures: %w", err)
		}
	}
	return nil
}

// countAnew makes the facts of an issue if it has none still.
func (svc *Service) countAnew(ctx context.Context, tx *store.Tx, id inspect.ID) error {
	row, ok, err := tx.Issue(ctx, id)
	if err != nil || !ok {
		return err
	}
	if book, err := tx.FactHistory(ctx, &row); err != nil || len(book) > 0 {
		return err
	}
	return svc.recountIssue(ctx, tx, &row)
}
