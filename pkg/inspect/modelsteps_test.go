package inspect_test

import (
	"slices"

	"spotcheck/pkg/inspect"
)

// happens is what an action that nothing forbids does to an issue of the model, by domain.md §1.
func (f *file) happens(a *ask) {
	at, late := f.counts(a)
	f.late = f.late || late
	step := func(to inspect.Status) { f.status, f.changed, f.askedBy = to, at, inspect.ID{} }
	file := func() {
		if f.filed == 0 {
			f.filed = at
		}
		if a.area != "" {
			f.area = id(a.area)
		}
	}
	back := func() {
		f.fixed, f.closed, f.fixer, f.spot = 0, 0, inspect.ID{}, false
		if step(inspect.Assigned); f.unit == (inspect.ID{}) {
			f.status = inspect.Reported
		}
	}
	switch a.action {
	case inspect.File:
		file()
	case inspect.Assign:
		step(inspect.Assigned)
		file()
		f.again(id(a.unit))
		f.unit, f.due, f.own, f.assigned = id(a.unit), a.due, a.due, at
	case inspect.Return:
		f.used += at.Sub(f.assigned)
		f.returns, f.backFrom, f.unit, f.due, f.own = f.returns+1, f.unit, inspect.ID{}, 0, 0
		step(inspect.Reported)
	case inspect.Fix:
		step(inspect.Fixed)
		f.fixed, f.fixer = at, a.by.id
	case inspect.OnTheSpotFix:
		file()
		step(inspect.Fixed)
		f.fixed, f.fixer, f.spot = at, a.by.id, true
	case inspect.Verify:
		if a.verdict == inspect.Pass {
			step(inspect.Verified)
			f.closed = at
			break
		}
		if back(); a.verdict == inspect.FalseFix {
			f.falseFixes++
		}
		f.rework++
	case inspect.Reopen:
		back()
	case inspect.Dismiss:
		if !f.alone() && f.askedBy == (inspect.ID{}) {
			f.askedBy = a.by.id
			break
		}
		step(inspect.Dismissed)
		f.closed = at
	case inspect.Merge, inspect.Unmerge:
		f.joins(a, step, at)
	case inspect.WithdrawPhoto:
		a.pic.state = inspect.PhotoWithdrawn
	case inspect.Erase:
		f.erases(a)
	}
	if a.action == inspect.Fix || a.action == inspect.OnTheSpotFix || a.action == inspect.Verify && a.verdict != inspect.Pass {
		for _, p := range a.pics {
			p.spent = true
		}
	}
}

// again keeps the time that a unit used before it gave the issue back, and that the office did not believe it.
func (f *file) again(unit inspect.ID) {
	if f.returns > 0 && f.backFrom == unit {
		f.rejected++
		return
	}
	f.used = 0
}

// joins merges the issue into another one, or undoes that: the earlier deadline stays for as long as it lasts.
func (f *file) joins(a *ask, step func(inspect.Status), at inspect.Time) {
	if a.action == inspect.Merge {
		f.before = f.status
		step(inspect.Merged)
		f.into, f.closed = a.into.id, at
		a.into.merged = append(a.into.merged, f)
	} else {
		step(f.before)
		f.into, f.before, f.closed = inspect.ID{}, "", 0
		a.into.merged = slices.DeleteFunc(a.into.merged, func(o *file) bool { return o == f })
	}
	a.into.due = a.into.own
	for _, o := range a.into.merged {
		if a.into.own != 0 && o.due != 0 && o.closed >= a.into.assigned {
			a.into.due = min(a.into.due, o.due)
		}
	}
}

func (f *file) erases(a *ask) {
	asked := &f.erasing
	if a.pic != nil {
		asked = &a.pic.erasing
	}
	if *asked == nil {
		*asked = a.by
		return
	}
	if *asked = nil; a.pic != nil {
		a.pic.state = inspect.PhotoErased
	}
}

// factsOf is the product's issue in the words of the model.
func factsOf(i *inspect.Issue, photos map[inspect.ID]*inspect.Photo) facts {
	f := facts{
		status: i.Status, before: i.Before, unit: i.Unit, area: i.Area, fixer: i.Fixer, askedBy: i.AskedBy, backFrom: i.ReturnedBy,
		into: i.MergedInto, due: i.DueAt, own: i.OwnDueAt, filed: i.FiledAt, assigned: i.AssignedAt, fixed: i.FixedAt, closed: i.ClosedAt,
		changed: i.ChangedAt, returns: i.Returns, rejected: i.Rejected, rework: i.Rework, falseFixes: i.FalseFixes, used: i.Used,
		late: i.Late, spot: i.OnTheSpot,
	}
	for _, p := range photos {
		f.photo += photoFigure(p.State, !p.UsedBy.IsZero())
	}
	return f
}

var photoFigures = map[inspect.PhotoState]int{inspect.PhotoDeclared: 1, inspect.PhotoSafe: 100, inspect.PhotoWithdrawn: 10_000, inspect.PhotoErased: 1_000_000}

// photoFigure makes one number of what became of a photo, so that a sum tells two sets apart.
func photoFigure(s inspect.PhotoState, spent bool) int {
	n := photoFigures[s]
	if spent {
		n *= 3
	}
	return n
}

func (f *file) figures() facts {
	now := f.facts
	for _, p := range f.pics {
		now.photo += photoFigure(p.state, p.spent)
	}
	return now
}
