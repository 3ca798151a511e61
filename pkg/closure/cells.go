package closure

import (
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// DateBasis is the way in which what a fact counts for stands under a day.
type DateBasis string

// The kinds of cell.
const (
	ByDay     DateBasis = "day"  // what happened that day
	ByDue     DateBasis = "due"  // deadlines of that day, with how the issues stand now
	ByClosing DateBasis = "gone" // the same counts under the later of deadline and closing, so that sums tell what was open on a day
)

// Cell is one day's share of a fact: it counts once for each of Counts.
type Cell struct {
	Basis    DateBasis
	Day      calendar.Day
	Unit     inspect.ID
	Category string
	Area     inspect.ID
	Counts   []Count
}

// Cells are all that a fact counts for, whatever the time is: what changes by time alone is left to Unfinished facts.
func (f *Fact) Cells(zone *time.Location) (all []Cell) {
	add := func(kind DateBasis, at inspect.Time, unit inspect.ID, of ...Count) {
		all = append(all, Cell{Basis: kind, Day: DayOf(at, zone), Unit: unit, Category: f.Category, Area: f.Area, Counts: of})
	}
	if f.Spell == 0 && f.Run == 0 && !f.ExcludedFromRates {
		of := []Count{Received}
		if f.Filed {
			of = append(of, Filed)
			if f.Assigned {
				of = append(of, Assigned)
			}
		}
		add(ByDay, f.ReceivedAt, inspect.ID{}, of...)
	}
	unit := f.Unit()
	if f.NewlyAssigned {
		add(ByDay, f.AssignedAt, f.Holders[0].Unit, AssignedToUnit)
	}
	if step, done, ok := f.assigning(); ok {
		add(ByDay, step, inspect.ID{}, onTime(AssignDue, AssignOnTime, step, done)...)
	}
	if step, done, ok := f.verifying(); ok {
		add(ByDay, step, inspect.ID{}, onTime(VerifyDue, VerifyOnTime, step, done)...)
	}
	if f.ReturnedAt != 0 {
		of := []Count{Returned}
		if f.Shirked {
			of = append(of, Shirked)
		}
		add(ByDay, f.ReturnedAt, unit, of...)
	}
	if f.Last && f.OnTheSpot && (f.Status == inspect.Fixed || f.Status == inspect.Verified) {
		add(ByDay, f.FixedAt, inspect.ID{}, OnTheSpot)
	}
	if f.Last && f.Status == inspect.Dismissed && f.AssignedAt != 0 {
		add(ByDay, f.ClosedAt, unit, DismissedLate)
	}
	if !f.CanBeDue() {
		return all
	}
	of := f.standing()
	add(ByDue, f.DueAt, unit, of...)
	if gone := f.VerifiedAt(); gone != 0 {
		add(ByClosing, max(f.DueAt, gone), unit, of...)
	}
	return all
}

func onTime(due, timely Count, by, done inspect.Time) []Count {
	if done != 0 && done <= by {
		return []Count{due, timely}
	}
	return []Count{due}
}

// assigning is the office's own step: what was dismissed, merged or fixed on the spot before is not asked for.
func (f *Fact) assigning() (by, done inspect.Time, ok bool) {
	return f.AssignDueAt, f.AssignedAt, f.AssignDueAt != 0 && (f.AssignedAt != 0 || f.Last && f.Status == inspect.Reported)
}

// verifying is the inspectors' own step.
func (f *Fact) verifying() (by, done inspect.Time, ok bool) {
	return f.VerifyDueAt, f.VerdictAt, f.VerifyDueAt != 0 && (f.VerdictAt != 0 || f.Last && f.Status == inspect.Fixed)
}

// standing is what a counted fact counts for once it is due.
func (f *Fact) standing() []Count {
	if f.OwnReport {
		return []Count{OwnDue}
	}
	of := append(make([]Count, 0, 9), Due)
	if f.Reworks > 0 || f.FalseFixes > 0 {
		of = append(of, Reworked)
	}
	if f.FalseFixes > 0 {
		of = append(of, FalseFix)
	}
	if f.Extended {
		of = append(of, Extended)
	}
	timely := f.FixedAt != 0 && (f.FixedAt <= f.DueAt || f.OverdueOverturned)
	if f.FixedAt != 0 && f.FalseFixes == 0 {
		of = append(of, Disposed, firstToFix+class(f.FixedAt.Sub(f.AssignedAt)), firstFound+class(f.FixedAt.Sub(f.ReportedAt)))
		if timely {
			of = append(of, OnTime)
		}
	}
	switch f.Status {
	case inspect.Fixed:
		of = append(of, AwaitingVerification)
	case inspect.Verified:
		of = append(of, Closed)
		if timely {
			of = append(of, ClosedOnTime)
		}
	}
	return of
}

// asOf is the fact as it stood at a moment, as far as fixing and closing go: what came later is not there yet.
func (f Fact) asOf(at inspect.Time) Fact {
	if f.ClosedAt > at {
		f.ClosedAt = 0
		if f.Status == inspect.Verified {
			f.Status = inspect.Fixed
		}
	}
	if f.FixedAt > at {
		f.FixedAt, f.OnTheSpot = 0, false
		if f.Status == inspect.Fixed {
			f.Status = inspect.Assigned
		}
	}
	return f
}
