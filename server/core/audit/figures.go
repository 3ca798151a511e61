package audit

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"runtime"
	"slices"
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

// cellSums are all sums of figures by their names, each as one number that other counts would make another number.
type cellSums struct {
	seed maphash.Seed
	sums map[uint64]uint64
}

func (s *cellSums) key(k store.RollUpKey) uint64 { return maphash.Comparable(s.seed, k) }

// count adds the counts of a cell to every sum that it belongs to.
func (s *cellSums) count(c *closure.Cell, of []closure.Count, times int64) {
	all := uint64(0)
	for _, n := range of {
		all += s.worth(n, times)
	}
	store.RollUpKeys(c, func(k store.RollUpKey) { s.sums[s.key(k)] += all })
}

// worth is what so many of a count are worth in a sum.
func (s *cellSums) worth(of closure.Count, times int64) uint64 {
	return uint64(times) * (maphash.Comparable(s.seed, of) | 1)
}

// figuresAuditor holds the facts and sums of figures against what the record tells.
type figuresAuditor struct {
	core  *Service
	cells cellSums

	mu   sync.Mutex // of all below
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
	a := &figuresAuditor{core: svc, tell: tell, cells: cellSums{maphash.MakeSeed(), map[uint64]uint64{}}}
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if a.sum.LastEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if counted, err := tx.FiguresCounted(ctx); err != nil || !counted {
			a.tell(Finding{Subject: "figures", Detail: "issues from before there were figures are still being counted"})
			return err
		}
		if err := a.courses(ctx, tx); err != nil {
			return err
		}
		return a.sums(ctx, tx)
	})
	return a.sum, err
}

// auditPage is of how many issues the events and facts are read at once.
const auditPage = 500

// auditedPage is what the record and the figures say of some issues, both in the order of ids.
type auditedPage struct {
	events  []store.RecordedEvent
	courses []store.StoredCourse
}

// courses recounts every issue from its events and holds what is kept against that. One goroutine reads, all cores count.
func (a *figuresAuditor) courses(ctx context.Context, tx *store.Tx) error {
	cal, err := a.core.city.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	counting, ctx := errgroup.WithContext(ctx)
	pages := make(chan auditedPage, 2)
	for range runtime.GOMAXPROCS(0) {
		counting.Go(func() error { return a.recount(pages, cal) })
	}
	counting.Go(func() error {
		defer close(pages)
		for after := (inspect.ID{}); ; {
			upTo, more, err := tx.IssueAfter(ctx, after, auditPage)
			if err != nil {
				return err
			}
			var p auditedPage
			if p.events, err = tx.IssueEventsBetween(ctx, after, upTo, a.sum.LastEvent); err != nil {
				return err
			}
			if p.courses, err = tx.CoursesBetween(ctx, after, upTo); err != nil {
				return err
			}
			select {
			case pages <- p:
			case <-ctx.Done():
				return ctx.Err()
			}
			if after = upTo; !more {
				return nil
			}
		}
	})
	return counting.Wait()
}

// recount counts pages until there are no more.
func (a *figuresAuditor) recount(pages <-chan auditedPage, cal *calendar.Calendar) error {
	mine := cellSums{a.cells.seed, map[uint64]uint64{}}
	var issues int64
	for p := range pages {
		for len(p.events) > 0 {
			i, moments, err := momentsOfFirst(&p.events)
			if err != nil {
				return err
			}
			issues++
			course, told := closure.CourseOf(moments, closure.Forever)
			if told {
				for _, d := range course.Cells(a.core.zone) {
					mine.count(&d.Cell, d.Counts, d.Times)
				}
			}
			n := 0
			for n < len(p.courses) && bytes.Compare(p.courses[n].Issue[:], i[:]) < 0 {
				n++
			}
			a.unknown(p.courses[:n])
			if p.courses = p.courses[n:]; len(p.courses) == 0 || p.courses[0].Issue != i {
				if told {
					a.wrong("issue "+i.String(), "figures do not know it")
				}
				continue
			}
			a.compare(&p.courses[0], moments, &course, cal)
			p.courses = p.courses[1:]
		}
		a.unknown(p.courses)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum.Issues += issues
	for k, n := range mine.sums {
		a.cells.sums[k] += n
	}
	return nil
}

// compare holds what is kept of an issue against what the record tells. What time alone brings is kept by the calendar that was known then.
func (a *figuresAuditor) compare(kept *store.StoredCourse, moments []closure.Moment, course *closure.Course, cal *calendar.Calendar) {
	if !slices.Equal(kept.Moments, moments) {
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
			a.cells.count(&d.Cell, d.Counts, -d.Times)
		}
	}); err != nil {
		return err
	}
	if err := tx.EachRollUpOfAll(ctx, func(k store.RollUpKey, c *closure.Counts) error {
		a.sum.Sums++
		for of, n := range c {
			if n != 0 {
				a.cells.sums[a.cells.key(k)] += a.cells.worth(closure.Count(of), -n)
			}
		}
		if a.cells.sums[a.cells.key(k)] != 0 {
			a.wrong(fmt.Sprintf("sum of %s %q, %s of %s %s", k.Part, k.Name, k.Kind, k.Grain, k.Day), "it is not what the record tells")
		}
		delete(a.cells.sums, a.cells.key(k))
		return nil
	}); err != nil {
		return err
	}
	left := 0
	for _, n := range a.cells.sums {
		if n != 0 {
			left++
		}
	}
	if left > 0 {
		a.wrong("sums", fmt.Sprintf("%d that the record tells of are missing", left))
	}
	return nil
}

// momentsOfFirst reads the moments of the first issue of a list of events, and takes its events off the list.
func momentsOfFirst(events *[]store.RecordedEvent) (id inspect.ID, moments []closure.Moment, err error) {
	all := *events
	if err := id.UnmarshalText([]byte(all[0].Stream.ID)); err != nil {
		return id, nil, err
	}
	n := 0
	for ; n < len(all) && all[n].Stream.ID == all[0].Stream.ID; n++ {
		if moments, err = figures.AppendMoment(moments, &all[n]); err != nil {
			return id, nil, err
		}
	}
	*events = all[n:]
	return id, moments, nil
}
