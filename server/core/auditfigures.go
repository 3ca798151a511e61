package core

import (
	"context"
	"fmt"
	"hash/maphash"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// FiguresSummary counts what an audit of the figures looked at.
type FiguresSummary struct {
	Issues, Facts, Sums int64
	LastEvent           int64
	Wrong               int
}

// cellSums are all sums of figures by their names, each as one number that other counts would make another number.
type cellSums struct {
	seed maphash.Seed
	sums map[uint64]uint64
}

func (s *cellSums) key(k store.SumKey) uint64 { return maphash.Comparable(s.seed, k) }

// count adds a count of a cell to every sum that it belongs to.
func (s *cellSums) count(c *closure.Cell, of closure.Count, times int64) {
	store.SumKeys(c, func(k store.SumKey) { s.add(k, of, times) })
}

func (s *cellSums) add(k store.SumKey, of closure.Count, times int64) {
	s.sums[s.key(k)] += uint64(times) * (maphash.Comparable(s.seed, of) | 1)
}

// figuresAuditor holds the facts and sums of figures against what the record tells.
type figuresAuditor struct {
	core  *Core
	tell  func(Finding)
	sum   FiguresSummary
	cells cellSums
}

func (a *figuresAuditor) wrong(subject, detail string) {
	a.sum.Wrong++
	a.tell(Finding{Wrong: true, Subject: subject, Detail: detail})
}

// AuditFigures recounts all figures from the events, on one snapshot of the database, and compares every fact and every sum.
func (c *Core) AuditFigures(ctx context.Context, tell func(Finding)) (FiguresSummary, error) {
	a := &figuresAuditor{core: c, tell: tell, cells: cellSums{maphash.MakeSeed(), map[uint64]uint64{}}}
	err := c.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if a.sum.LastEvent, err = tx.LastSeq(ctx); err != nil {
			return err
		}
		if counted, err := tx.FiguresCounted(ctx); err != nil || !counted {
			a.tell(Finding{Subject: "figures", Detail: "issues from before there were figures are still being counted"})
			return err
		}
		if err := a.facts(ctx, tx); err != nil {
			return err
		}
		return a.sums(ctx, tx)
	})
	return a.sum, err
}

// facts recounts every issue from its events, then holds what is kept against that.
func (a *figuresAuditor) facts(ctx context.Context, tx *store.Tx) error {
	told := map[inspect.ID]uint64{} // facts of an issue, as one number
	err := eachBook(ctx, tx, a.sum.LastEvent, func(id inspect.ID, book closure.Book) {
		a.sum.Issues++
		a.sum.Facts += int64(len(book))
		for n := range book {
			told[id] += a.factSum(n, &book[n])
			for _, cell := range book[n].Cells(a.core.Zone) {
				for _, of := range cell.Of {
					a.cells.count(&cell, of, 1)
				}
			}
		}
	})
	if err != nil {
		return err
	}
	cal, err := a.core.calendar(ctx, tx)
	if err != nil {
		return err
	}
	kept := map[inspect.ID]uint64{}
	numbers := map[inspect.ID]string{}
	if err := tx.EachFact(ctx, func(n int, f *store.Counted, o store.Overdue) error {
		if want := overdue(&f.Fact, cal); o != want && o.Calendar == want.Calendar {
			a.wrong("issue "+f.Number, "when it becomes long overdue is not what the calendar says")
		}
		kept[f.Issue] += a.factSum(n, &f.Fact)
		if _, ok := told[f.Issue]; !ok && numbers[f.Issue] == "" {
			numbers[f.Issue] = f.Number
			a.wrong("issue "+f.Number, "its figures are of an issue that the record does not know")
		}
		return nil
	}); err != nil {
		return err
	}
	for id, sum := range told {
		if kept[id] != sum {
			a.wrong("issue "+id.String(), "its figures are not what the record tells")
		}
	}
	return nil
}

// factSum is the n-th fact of an issue as a number.
func (a *figuresAuditor) factSum(n int, f *closure.Fact) uint64 {
	return maphash.String(a.cells.seed, fmt.Sprintf("%d %+v", n, *f))
}

// sums takes what is kept from what was recounted; nothing may be left.
func (a *figuresAuditor) sums(ctx context.Context, tx *store.Tx) error {
	if err := tx.Deltas(ctx, func(d *closure.Delta) {
		for _, of := range d.Of {
			a.cells.count(&d.Cell, of, -d.Times)
		}
	}); err != nil {
		return err
	}
	if err := tx.AllSums(ctx, func(k store.SumKey, c *closure.Counts) error {
		a.sum.Sums++
		for of, n := range c {
			if n != 0 {
				a.cells.add(k, closure.Count(of), -n)
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

// eachBook makes the facts of every issue from the events up to a number, in the order of ids.
func eachBook(ctx context.Context, tx *store.Tx, upTo int64, f func(inspect.ID, closure.Book)) error {
	var i inspect.Issue
	var book closure.Book
	flush := func() {
		if len(book) > 0 {
			f(i.ID, book)
		}
		book = nil
	}
	err := tx.EachIssueEvent(ctx, upTo, func(e *store.RecordedEvent) error {
		if e.Stream.ID != i.ID.String() {
			flush()
			i = inspect.Issue{}
			if err := i.ID.UnmarshalText([]byte(e.Stream.ID)); err != nil {
				return err
			}
		}
		return refold(&i, &book, e)
	})
	flush()
	return err
}
