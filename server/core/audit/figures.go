package audit

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/store"
)

// FiguresSummary counts what an audit of the figures looked at.
type FiguresSummary struct {
	Issues, Sums int64
	LastEvent    int64
	Wrong        int
}

// figuresAuditor holds the facts and sums of figures against what the record tells.
type figuresAuditor struct {
	core *Service
	days dailySums

	mu   sync.Mutex // of all below, and of days
	tell func(Finding)
	sum  FiguresSummary
}

func (a *figuresAuditor) wrong(subject, detail string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum.Wrong++
	a.tell(Finding{Wrong: true, Subject: subject, Detail: detail})
}

// AuditFigures recounts all figures from the events, on one snapshot of the database, and compares every course and every sum.
func (svc *Service) AuditFigures(ctx context.Context, tell func(Finding)) (FiguresSummary, error) {
	a := &figuresAuditor{core: svc, tell: tell, days: newDailySums()}
	err := svc.store.ReadTogether(ctx, func(ctx context.Context, all []*store.Tx) (err error) {
		tx := all[0]
		if a.sum.LastEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if counted, err := tx.FiguresCounted(ctx); err != nil || !counted {
			a.tell(Finding{Subject: "figures", Detail: "issues from before there were figures are still being counted"})
			return err
		}
		if err := a.courses(ctx, all); err != nil {
			return err
		}
		return a.sums(ctx, tx)
	})
	return a.sum, err
}

// auditPage is of how many issues the events and courses are read at once.
const auditPage = 500

// auditPages are the ranges of issues that are still to be looked at.
type auditPages struct {
	mu    sync.Mutex
	after inspect.ID
	done  bool
}

// next takes the next range: the issues after one id up to another, which is zero for the rest; ok is false when there are no more.
func (p *auditPages) next(ctx context.Context, tx *store.Tx) (after, upTo inspect.ID, ok bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return after, upTo, false, nil
	}
	after = p.after
	upTo, more, err := tx.IssueAfter(ctx, after, auditPage)
	p.after, p.done = upTo, !more
	return after, upTo, err == nil, err
}

// courses recounts every issue from its events and holds what is kept against that, with all transactions side by side.
func (a *figuresAuditor) courses(ctx context.Context, all []*store.Tx) error {
	cal, err := a.core.city.Calendar(ctx, all[0])
	if err != nil {
		return err
	}
	counting, ctx := errgroup.WithContext(ctx)
	pages := &auditPages{}
	for _, tx := range all {
		counting.Go(func() error { return a.recount(ctx, tx, pages, cal) })
	}
	return counting.Wait()
}

// recount counts pages until there are no more.
func (a *figuresAuditor) recount(ctx context.Context, tx *store.Tx, pages *auditPages, cal *calendar.Calendar) error {
	mine, issues := a.days.empty(), int64(0)
	for {
		after, upTo, ok, err := pages.next(ctx, tx)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		n, err := a.page(ctx, tx, after, upTo, cal, &mine)
		if err != nil {
			return err
		}
		issues += n
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum.Issues += issues
	a.days.add(&mine)
	return nil
}

// page recounts the issues of a range and says how many there are on record.
func (a *figuresAuditor) page(ctx context.Context, tx *store.Tx, after, upTo inspect.ID, cal *calendar.Calendar, days *dailySums) (issues int64, err error) {
	kept, err := tx.CoursesBetween(ctx, after, upTo)
	if err != nil {
		return 0, err
	}
	var id inspect.ID
	var moments []closure.Moment
	judge := func() {
		course, told := closure.CourseOf(moments, closure.Forever)
		if told {
			cells := course.Cells(a.core.zone)
			for n := range cells {
				days.count(&cells[n])
			}
		}
		n := 0
		for n < len(kept) && bytes.Compare(kept[n].Issue[:], id[:]) < 0 {
			n++
		}
		a.unknown(kept[:n])
		switch kept = kept[n:]; {
		case len(kept) > 0 && kept[0].Issue == id:
			a.compare(&kept[0], moments, &course, cal)
			kept = kept[1:]
		case told:
			a.wrong("issue "+id.String(), "figures do not know it")
		}
	}
	current := ""
	err = tx.EachIssueEvent(ctx, after, upTo, a.sum.LastEvent, func(issue, eventType, body string) error {
		if issue != current {
			if current != "" {
				judge()
			}
			current, moments, issues = issue, moments[:0], issues+1
			if err := id.UnmarshalText([]byte(issue)); err != nil {
				return err
			}
		}
		m, ok, err := closure.MomentIn(eventType, body)
		if ok {
			moments = append(moments, m)
		}
		return err
	})
	if err == nil && current != "" {
		judge()
	}
	a.unknown(kept)
	return issues, err
}

// compare holds what is kept of an issue against what the record tells. What time alone brings is kept by the calendar that was known then.
func (a *figuresAuditor) compare(kept *store.StoredCourse, moments []closure.Moment, course *closure.Course, cal *calendar.Calendar) {
	if !bytes.Equal(kept.Kept, closure.AppendMoments(nil, moments)) {
		a.wrong("issue "+kept.Number, "its figures are not what the record tells")
		return
	}
	want := figures.IndexOf(course, cal)
	if kept.Index.Calendar != want.Calendar {
		want.Calendar, want.LongAt = kept.Index.Calendar, kept.Index.LongAt
	}
	if kept.Index != want {
		a.wrong("issue "+kept.Number, "what is looked up of its figures is not what its moments tell")
	}
}

func (a *figuresAuditor) unknown(kept []store.StoredCourse) {
	for n := range kept {
		a.wrong("issue "+kept[n].Number, "its figures are of an issue that the record does not know")
	}
}

// sums takes what is kept from what was recounted; nothing may be left.
func (a *figuresAuditor) sums(ctx context.Context, tx *store.Tx) error {
	if err := tx.Deltas(ctx, func(_ int64, d *closure.Delta) {
		if d != nil {
			d.Times = -d.Times
			a.days.count(d)
		}
	}); err != nil {
		return err
	}
	left := a.days.rollUps()
	if err := tx.EachRollUpOfAll(ctx, func(k store.RollUpKey, c *closure.Counts) error {
		a.sum.Sums++
		key := a.days.keyOf(&k)
		if left[key] != a.days.worthOf(c) {
			a.wrong(fmt.Sprintf("sum of %s %q, %s of %s %s", k.Part, k.Name, k.Kind, k.Grain, k.Day), "it is not what the record tells")
		}
		delete(left, key)
		return nil
	}); err != nil {
		return err
	}
	missing := 0
	for _, n := range left {
		if n != 0 {
			missing++
		}
	}
	if missing > 0 {
		a.wrong("sums", fmt.Sprintf("%d that the record tells of are missing", missing))
	}
	return nil
}
