// Package calendar counts the time of limits: by the plain clock, or in working time with holidays and swapped weekends.
package calendar

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"
)

// Unit is what a limit is counted in (pkg/inspect/rules.md, "Clock").
type Unit string

// The units. A working day is the working time of one day, so that limits can be paused and added in parts.
const (
	Minute      Unit = "minute"       // 分钟, day and night
	UrgentHour  Unit = "urgent_hour"  // 紧急工作时, day and night
	WorkingHour Unit = "working_hour" // 工作时
	WorkingDay  Unit = "working_day"  // 工作日
	CalendarDay Unit = "calendar_day" // 自然日, 24 hours
)

// Units are all of them.
var Units = []Unit{Minute, UrgentHour, WorkingHour, WorkingDay, CalendarDay}

// UnmarshalText reads a unit and refuses all else.
func (u *Unit) UnmarshalText(text []byte) error {
	read := Unit(text)
	if !slices.Contains(Units, read) {
		return fmt.Errorf("want one of %v", Units)
	}
	*u = read
	return nil
}

// Working says whether a unit counts working time only.
func (u Unit) Working() bool { return u == WorkingHour || u == WorkingDay }

// RoundTheClock says whether the steps around a limit in this unit cannot wait for the morning (pkg/inspect/rules.md, "Clock").
func (u Unit) RoundTheClock() bool { return u == Minute || u == UrgentHour }

// Day is a date of the city's calendar, counted from 1970-01-01.
type Day int32

// DayOf is the day of a date.
func DayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

// ParseDay reads YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	return Day(t.Unix() / secondsADay), err
}

// Date is the day as a date at midnight UTC.
func (d Day) Date() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

// String is YYYY-MM-DD.
func (d Day) String() string { return d.Date().Format(time.DateOnly) }

const secondsADay = 24 * 60 * 60

// The years that a calendar knows; a moment outside is taken for the nearest one inside.
const (
	firstYear = 2000
	lastYear  = 2100
)

var (
	firstDay = DayOf(firstYear, time.January, 1)
	allDays  = int(DayOf(lastYear+1, time.January, 1) - firstDay)
)

// Shift is a part of a working day, as times since midnight.
type Shift struct{ From, To time.Duration }

// Shifts are 08:00-12:00 and 14:00-18:00.
var Shifts = []Shift{{8 * time.Hour, 12 * time.Hour}, {14 * time.Hour, 18 * time.Hour}}

// Exception is a day that is not what its weekday says.
type Exception struct {
	Day      Day
	Working  bool // a swapped working day (调休), otherwise a holiday
	Name     string
	Official bool // of the published arrangement of its year, otherwise a day of the city's own
}

// Calendar is the working time of a city. It never changes and may be used by many at once.
type Calendar struct {
	zone        *time.Location
	shifts      []Shift
	aDay        time.Duration
	exceptions  []Exception  // in order, with the holidays that the law fixes in years that are not published
	given       []Exception  // those of them that somebody declared
	published   map[int]bool // years whose arrangement is known
	before      []int32      // for each day from firstDay, the number of working days before it; one more at the end
	working     []Day        // all of them, in order
	fingerprint int64
}

// New makes the calendar of a zone. The shifts have to be in order, inside a day and not touching; a year counts as published
// when it has an official exception. In the others the holidays count whose date the law fixes.
func New(zone *time.Location, shifts []Shift, exceptions []Exception) (*Calendar, error) {
	c := &Calendar{zone: zone, shifts: slices.Clone(shifts), given: slices.Clone(exceptions), published: map[int]bool{}}
	last := time.Duration(-1)
	for _, s := range shifts {
		if s.From <= last || s.To <= s.From || s.To > 24*time.Hour || s.From%time.Minute != 0 || s.To%time.Minute != 0 {
			return nil, fmt.Errorf("calendar: working time from %v to %v is empty, overlaps another or leaves the day", s.From, s.To)
		}
		last = s.To
		c.aDay += s.To - s.From
	}
	if c.aDay == 0 {
		return nil, fmt.Errorf("calendar: a working day has no working time")
	}
	inOrder(c.given)
	for n, e := range c.given {
		if n > 0 && c.given[n-1].Day == e.Day {
			return nil, fmt.Errorf("calendar: %s stands there twice, as %s and as %s", e.Day, c.given[n-1].Name, e.Name)
		}
		if e.Official {
			c.published[e.Day.Date().Year()] = true
		}
	}
	c.exceptions = c.withFixedHolidays()
	c.before = make([]int32, allDays+1)
	for n := range allDays {
		c.before[n+1] = c.before[n]
		if d := firstDay + Day(n); c.IsWorkingDay(d) {
			c.before[n+1]++
			c.working = append(c.working, d)
		}
	}
	h := fnv.New64a()
	h.Write(fmt.Append(nil, zone, c.shifts, c.exceptions))
	c.fingerprint = int64(h.Sum64())
	return c, nil
}

// Fingerprint is a number of the calendar: what was worked out by one with the same fingerprint need not be worked out again.
func (c *Calendar) Fingerprint() int64 { return c.fingerprint }

// IsWorkingDay says whether people work on a day.
func (c *Calendar) IsWorkingDay(d Day) bool {
	if n, ok := slices.BinarySearchFunc(c.exceptions, d, byDay); ok {
		return c.exceptions[n].Working
	}
	w := d.Date().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// IsHoliday says whether a day is one on which people rest beside their weekends.
func (c *Calendar) IsHoliday(d Day) bool {
	n, ok := slices.BinarySearchFunc(c.exceptions, d, byDay)
	return ok && !c.exceptions[n].Working
}

func inOrder(all []Exception) {
	slices.SortFunc(all, func(a, b Exception) int { return cmp.Compare(a.Day, b.Day) })
}

// Published says whether the holidays of a year are known.
func (c *Calendar) Published(year int) bool { return c.published[year] }

// Provisional says whether a span of working time reaches into a year whose holidays are not known: only its weekends count, and the
// holidays that the law fixes.
func (c *Calendar) Provisional(from, to time.Time) bool {
	for year := from.In(c.zone).Year(); year <= to.In(c.zone).Year(); year++ {
		if !c.published[year] {
			return true
		}
	}
	return false
}

// Zone is where the days of the calendar begin and end.
func (c *Calendar) Zone() *time.Location { return c.zone }

// DayEnds is when the working time of a day ends, since midnight.
func (c *Calendar) DayEnds() time.Duration { return c.shifts[len(c.shifts)-1].To }

// WorkingDay is how much working time a working day has.
func (c *Calendar) WorkingDay() time.Duration { return c.aDay }

// Add goes on for some time on the clock of a unit. Working time that ends with a shift ends then, and not when the next
// begins; no time at all leaves the moment as it is.
func (c *Calendar) Add(t time.Time, d time.Duration, u Unit) time.Time {
	if !u.Working() || d <= 0 {
		return t.Add(max(d, 0))
	}
	want := c.worked(t) + d
	n := int64((want - 1) / c.aDay) // so that a full day ends on that day
	if n >= int64(len(c.working)) {
		n = int64(len(c.working)) - 1
	}
	return c.at(c.working[n], want-time.Duration(n)*c.aDay)
}

// EndOfWorkingDayAfter is the end of the n-th working day after the day of a moment, at midnight.
func (c *Calendar) EndOfWorkingDayAfter(t time.Time, n int) time.Time {
	day := DayOf(t.In(c.zone).Date())
	for n > 0 && day < firstDay+Day(allDays) {
		if day++; c.IsWorkingDay(day) {
			n--
		}
	}
	return c.midnightAfter(day)
}

// midnightAfter is the end of a day.
func (c *Calendar) midnightAfter(d Day) time.Time {
	year, month, day := d.Date().Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, c.zone)
}

// Between is the time from one moment to a later one on the clock of a unit, 0 when it is not later.
func (c *Calendar) Between(from, to time.Time, u Unit) time.Duration {
	if !u.Working() {
		return max(to.Sub(from), 0)
	}
	return max(c.worked(to)-c.worked(from), 0)
}

// worked is the working time from the first day on.
func (c *Calendar) worked(t time.Time) time.Duration {
	local := t.In(c.zone)
	clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	n := int(DayOf(local.Date()) - firstDay)
	switch {
	case n < 0:
		return 0
	case n >= allDays:
		return time.Duration(c.before[allDays]) * c.aDay
	}
	sum := time.Duration(c.before[n]) * c.aDay
	if c.before[n+1] == c.before[n] {
		return sum
	}
	for _, s := range c.shifts {
		sum += min(max(clock-s.From, 0), s.To-s.From)
	}
	return sum
}

// at is the moment of a working day at which some of its working time is over.
func (c *Calendar) at(d Day, worked time.Duration) time.Time {
	year, month, day := d.Date().Date()
	for _, s := range c.shifts {
		if length := s.To - s.From; worked > length {
			worked -= length
			continue
		}
		return time.Date(year, month, day, 0, 0, 0, int(s.From+worked), c.zone)
	}
	return time.Date(year, month, day, 24, 0, 0, 0, c.zone)
}

// Exceptions are the days that somebody declared to be not what their weekday says, in order.
func (c *Calendar) Exceptions() []Exception { return slices.Clone(c.given) }

// ExceptionsBetween are the days from one moment to another on which people would work by the weekday but do not, or the other way
// round, in order.
func (c *Calendar) ExceptionsBetween(from, to time.Time) []Exception {
	first, last := DayOf(from.In(c.zone).Date()), DayOf(to.In(c.zone).Date())
	lo, _ := slices.BinarySearchFunc(c.exceptions, first, byDay)
	hi, _ := slices.BinarySearchFunc(c.exceptions, last+1, byDay)
	return c.exceptions[lo:max(lo, hi)]
}

func byDay(e Exception, d Day) int { return cmp.Compare(e.Day, d) }
