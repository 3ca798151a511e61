package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Counting is how the days of a limit are counted (pkg/inspect/rules.md, "Clock").
type Counting string

// The ways of counting. Minutes, urgent hours and working hours run to the minute in both.
const (
	Elapsed   Counting = "elapsed"    // to the minute: a working day is the working time of a day, a calendar day 24 hours
	CivilCode Counting = "civil_code" // 民法典 201, 203: the first day is not counted, the last ends at the close of business or at midnight
)

// Countings are both.
var Countings = []Counting{Elapsed, CivilCode}

// UnmarshalText reads a way of counting and refuses all else.
func (k *Counting) UnmarshalText(text []byte) error {
	read := Counting(text)
	if !slices.Contains(Countings, read) {
		return fmt.Errorf("want one of %v", Countings)
	}
	*k = read
	return nil
}

// Limit is how long something may take.
type Limit struct {
	N        float64 // whole or with a half
	Unit     Unit
	Counting Counting // of days; empty for to the minute
}

// longestLimit bounds the number of a limit.
const longestLimit = 10_000

// Valid says whether the number of a limit makes sense: halves, from one half on.
func (l Limit) Valid() bool {
	halves := l.N * 2
	return halves >= 1 && l.N <= longestLimit && halves == float64(int64(halves))
}

// Amount writes the number of a limit: 3, or 0.5.
func (l Limit) Amount() string { return strconv.FormatFloat(l.N, 'f', -1, 64) }

// CivilDays says whether the limit is counted in days by the civil code.
func (l Limit) CivilDays() bool { return l.Counting == CivilCode && l.InDays() }

// InDays says whether the limit is one of days, which can be counted in two ways.
func (l Limit) InDays() bool { return l.Unit == WorkingDay || l.Unit == CalendarDay }

// DependsOnDays says whether other holidays move the end of the limit: it is one of working time, or ends at the end of a working day.
func (l Limit) DependsOnDays() bool { return l.Unit.Working() || l.CivilDays() }

// Duration is a limit as time on the clock of its unit.
func (c *Calendar) Duration(l Limit) time.Duration {
	unit := time.Hour
	switch l.Unit {
	case Minute:
		unit = time.Minute
	case CalendarDay:
		unit = 24 * time.Hour
	case WorkingDay:
		unit = c.aDay
	}
	return time.Duration(l.N*2) * (unit / 2)
}

// CountedFrom is the moment from which time counts on a clock that starts at another: by the civil code the first day is not counted.
func (c *Calendar) CountedFrom(start time.Time, l Limit) time.Time {
	if l.CivilDays() {
		return c.midnightAfter(DayOf(start.In(c.zone).Date()))
	}
	return start
}

// Deadline is when a limit is over that starts at a moment.
func (c *Calendar) Deadline(start time.Time, l Limit) time.Time {
	return c.End(c.CountedFrom(start, l), c.Duration(l), l)
}

// End is when some time of a limit is over that is counted from a moment on. By the civil code calendar days that end on a rest day end with the
// next working day.
func (c *Calendar) End(from time.Time, d time.Duration, l Limit) time.Time {
	end := c.Add(from, d, l.Unit)
	if !l.CivilDays() || l.Unit != CalendarDay {
		return end
	}
	last := DayOf(end.Add(-1).In(c.zone).Date())
	if c.IsWorkingDay(last) {
		return end
	}
	return c.EndOfWorkingDayAfter(end.Add(-1), 1)
}
