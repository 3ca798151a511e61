package figures

import (
	"context"
	"fmt"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
	"spotcheck/server/core/ledger"
	"spotcheck/server/store"
)

// FollowFigures keeps the moments of an issue as they are after an event, with what that changes in figures.
func (svc *Service) FollowFigures(ctx context.Context, tx *store.Tx, row *store.IssueRow, e *inspect.Event) error {
	m, ok := closure.MomentOf(e)
	if !ok {
		return nil
	}
	before, err := tx.Moments(ctx, row)
	if err != nil {
		return err
	}
	if len(before) == 0 && e.Type != "issue.reported" { // from before figures were counted so
		if before, err = momentsOf(ctx, tx, row.ID); err != nil {
			return err
		}
		return svc.saveCourse(ctx, tx, row, nil, append(before, m))
	}
	return svc.saveCourse(ctx, tx, row, before, append(before[:len(before):len(before)], m))
}

// saveCourse keeps the moments of an issue, and what daily sums change by.
func (svc *Service) saveCourse(ctx context.Context, tx *store.Tx, row *store.IssueRow, before, after []closure.Moment) error {
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	was, _ := closure.CourseOf(before, closure.Forever)
	is, ok := closure.CourseOf(after, closure.Forever)
	if !ok {
		return nil
	}
	if err := tx.SaveCourse(ctx, row, &store.Course{Moments: after, Index: IndexOf(&is, cal)}); err != nil {
		return err
	}
	var old []closure.Delta
	if len(was.Turns) > 0 {
		old = was.Cells(svc.zone)
	}
	return tx.InsertDelta(ctx, row, closure.Changes(old, is.Cells(svc.zone)))
}

// IndexOf is what is looked up of a course, by a calendar.
func IndexOf(c *closure.Course, cal *calendar.Calendar) store.CourseIndex {
	t := c.Turn()
	x := store.CourseIndex{Category: c.Category, Area: c.Area, Status: c.Status, Own: c.Own, Counted: c.CanBeDue(), Summable: c.Summable(),
		ReceivedAt: c.ReceivedAt, UntilAt: c.Lasts(), StepsAt: c.StepsUntil(), DueAt: t.DueAt, HeldUntil: t.HeldUntil, FailedAt: c.FailedAt(),
		GoneAt: c.ClosedAt(), LastAt: c.LastAt, ToFix: -1, Found: -1}
	if t.DueAt != 0 {
		x.Unit, x.DueDay, x.OverdueAt = t.Holder(t.DueAt), closure.DayOf(t.DueAt, cal.Zone()), t.DueAt
	}
	if t.Overturned {
		x.OverdueAt = closure.Forever
	}
	for _, n := range c.Standing() {
		x.Standing |= 1 << n
	}
	if f := c.StandingFix(); f != nil {
		x.FixedAt = f.From
		if x.Standing&(1<<closure.Disposed) != 0 {
			x.ToFix, x.Found = f.From.Sub(t.AssignedAt).Milliseconds(), f.From.Sub(c.FoundAt).Milliseconds()
		}
	}
	if c.Unfixed() {
		x.Holder, x.Calendar, x.LongAt = t.Holder(closure.Forever), cal.Fingerprint(), t.LongOverdueAt(cal)
		if x.LongAt == 0 {
			x.LongAt = closure.Forever
		}
	}
	return x
}

// momentsOf reads the moments of an issue from its events.
func momentsOf(ctx context.Context, tx *store.Tx, id inspect.ID) (all []closure.Moment, err error) {
	for last := int64(0); ; {
		events, err := tx.Events(ctx, store.IssueStream(id), last, ledger.EventPage)
		if err != nil {
			return nil, err
		}
		for n := range events {
			if all, err = AppendMoment(all, &events[n]); err != nil {
				return nil, err
			}
			last = events[n].N
		}
		if len(events) < ledger.EventPage {
			return all, nil
		}
	}
}

// AppendMoment adds what figures keep of an event of the record.
func AppendMoment(all []closure.Moment, r *store.RecordedEvent) ([]closure.Moment, error) {
	m, ok, err := closure.MomentIn(r.Type, string(r.Body))
	if err != nil {
		return all, fmt.Errorf("figures: event %d of %s: %w", r.N, r.Stream, err)
	}
	if ok {
		all = append(all, m)
	}
	return all, nil
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
		var folded store.Folding
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			folded, err = tx.FoldDeltas(ctx, foldMost)
			return err
		}); err != nil {
			return fmt.Errorf("figures: fold figures: %w", err)
		}
		svc.rollUps.committed(&folded)
		if len(folded.Issues) < foldMost {
			return nil
		}
	}
}

// recalendar works out by the calendar of now when issues without a fix become long overdue. Until it is done, they are read one by one.
func (svc *Service) recalendar(ctx context.Context) error {
	for n := foldMost; n == foldMost; {
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			cal, err := svc.city.Calendar(ctx, tx)
			if err != nil {
				return err
			}
			ids, err := tx.CoursesOfOtherCalendar(ctx, cal.Fingerprint(), foldMost)
			if err != nil {
				return err
			}
			n = len(ids)
			if err := tx.LockIssues(ctx, ids...); err != nil {
				return err
			}
			for _, id := range ids {
				if err := svc.recalendarIssue(ctx, tx, id); err != nil {
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

func (svc *Service) recalendarIssue(ctx context.Context, tx *store.Tx, id inspect.ID) error {
	row, ok, err := tx.Issue(ctx, id)
	if err != nil || !ok {
		return err
	}
	all, err := tx.Moments(ctx, &row)
	if err != nil {
		return err
	}
	return svc.saveCourse(ctx, tx, &row, all, all)
}

// CountFigures asks for the moments of issues from before figures were counted so.
type CountFigures struct{}

// Kind names the job.
func (CountFigures) Kind() string { return "figures.count" }

// Queue keeps it apart: it looks at every issue of a city.
func (CountFigures) Queue() string { return city.UpkeepQueue }

// Unique is that one is enough.
func (CountFigures) Unique() bool { return true }

// countedAtOnce is how many issues one transaction counts that figures do not know; a job counts so many times as many.
const (
	countedAtOnce = 20
	countedInJob  = 500
)

// CountFigures reads the moments of issues from before figures were counted so, once. It gives ErrNotYet when it goes on later.
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
			ids, next, err := tx.IssuesWithoutCourse(ctx, after, countedAtOnce)
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

// countAnew reads the moments of an issue if figures do not know it still.
func (svc *Service) countAnew(ctx context.Context, tx *store.Tx, id inspect.ID) error {
	row, ok, err := tx.Issue(ctx, id)
	if err != nil || !ok {
		return err
	}
	if all, err := tx.Moments(ctx, &row); err != nil || len(all) > 0 {
		return err
	}
	all, err := momentsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	return svc.saveCourse(ctx, tx, &row, nil, all)
}
