// Package duty is planned looking (值守、巡查): when the rounds of a duty are due, whose turn it is, and how far a duty was kept.
package duty

import (
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
)

// Every is the period in which a number of rounds is due.
type Every string

// The periods.
const (
	Day      Every = "day"
	Week     Every = "week"
	Month    Every = "month"
	Quarter  Every = "quarter"
	HalfYear Every = "half_year"
	Year     Every = "year"
)

// Periods are all of them.
var Periods = []Every{Day, Week, Month, Quarter, HalfYear, Year}

// UnmarshalText reads a period and refuses all else.
func (e *Every) UnmarshalText(text []byte) error { return oneOf(e, text, Periods) }

// RestDays is what becomes of rounds on days on which people rest.
type RestDays string

// What becomes of rounds on rest days.
const (
	AllDays     RestDays = "all"          // whatever day it is
	NoHolidays  RestDays = "not_holidays" // nothing is due on holidays; weekends are as any other day
	WorkingDays RestDays = "working"      // only on working days, swapped weekends among them
)

// AllRestDays are all of them.
var AllRestDays = []RestDays{AllDays, NoHolidays, WorkingDays}

// UnmarshalText reads what becomes of rest days and refuses all else.
func (r *RestDays) UnmarshalText(text []byte) error { return oneOf(r, text, AllRestDays) }

func oneOf[S ~string](into *S, text []byte, all []S) error {
	if !slices.Contains(all, S(text)) {
		return fmt.Errorf("want one of %v", all)
	}
	*into = S(text)
	return nil
}

// Bounds of a schedule.
const (
	MostRounds = 20      // in a period
	fullDay    = 24 * 60 // minutes
)

// Schedule says when rounds are due: so many in each period, on which days, at which time of the day.
type Schedule struct {
	Every    Every    `json:"every"`
	Least    int      `json:"least"`    // rounds that are planned in each period: the quota
	Most     int      `json:"most"`     // more than this are of no use
	Weekdays []int    `json:"weekdays"` // 1 is Monday, 7 is Sunday; none where the day is free within the period
	RestDays RestDays `json:"rest_days"`
	From     int      `json:"from"` // minute of the day
	To       int      `json:"to"`   // on the next day where it is not after From; both 0 for the whole day
}

// Check names what is wrong with a schedule, by its field.
func (s *Schedule) Check() (field, detail string) {
	for n, day := range s.Weekdays {
		if day < 1 || day > 7 || n > 0 && day <= s.Weekdays[n-1] {
			return "weekdays", "want days from 1 for Monday to 7 for Sunday in order, each once"
		}
	}
	switch {
	case s.Least < 1 || s.Least > MostRounds:
		return "least", fmt.Sprintf("want 1 to %d rounds in a period", MostRounds)
	case s.Most < s.Least || s.Most > MostRounds:
		return "most", fmt.Sprintf("want at least as many as are planned, at most %d", MostRounds)
	case s.Every == Week && s.Least > s.daysOfWeek():
		return "least", "there are more rounds in a week than days for them; a duty of every day has several a day"
	case s.From < 0 || s.From >= fullDay:
		return "from", "want a time of the day"
	case s.To < 0 || s.To >= fullDay || s.To == s.From && s.From != 0:
		return "to", "want another time of the day"
	}
	return "", ""
}

func (s *Schedule) daysOfWeek() int {
	if len(s.Weekdays) == 0 {
		return 7
	}
	return len(s.Weekdays)
}

// Fixed says whether each round has a day of its own; otherwise it may be made on any day until its period is over.
func (s *Schedule) Fixed() bool { return s.Every == Day || len(s.Weekdays) > 0 }

// Night says whether rounds go over midnight.
func (s *Schedule) Night() bool { return s.To <= s.From && s.From > 0 }

// Slot is a round that is due of each target.
type Slot struct {
	Day      calendar.Day // on which it is planned
	N        int          // which of that day, from 1 on
	Period   calendar.Day // the first day of the period in which it counts
	OpensAt  time.Time
	ClosesAt time.Time
}

// Span are the days in which a duty holds, both included.
type Span struct{ From, To calendar.Day }

func (s Span) holds(d calendar.Day) bool { return s.From <= d && d <= s.To }

// City is what a schedule has to know of the city: its days, and with which day its week begins.
type City struct {
	Calendar  *calendar.Calendar
	WeekStart time.Weekday
}

// Period is the first and the last day of the period in which a day lies.
func (c City) Period(e Every, d calendar.Day) Span {
	date := d.Date()
	months := func(n int) Span {
		first := time.Date(date.Year(), date.Month()-(date.Month()-1)%time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		next := first.AddDate(0, n, 0)
		return Span{calendar.DayOf(first.Date()), calendar.DayOf(next.Date()) - 1}
	}
	switch e {
	case Week:
		first := d - calendar.Day((date.Weekday()-c.WeekStart+7)%7)
		return Span{first, first + 6}
	case Month:
		return months(1)
	case Quarter:
		return months(3)
	case HalfYear:
		return months(6)
	case Year:
		return months(12)
	}
	return Span{d, d}
}

// fits says whether a round may be planned on a day.
func (s *Schedule) fits(c City, d calendar.Day) bool {
	if len(s.Weekdays) > 0 && !slices.Contains(s.Weekdays, int(d.Date().Weekday()+6)%7+1) {
		return false
	}
	switch s.RestDays {
	case NoHolidays:
		return !c.Calendar.IsHoliday(d)
	case WorkingDays:
		return c.Calendar.IsWorkingDay(d)
	}
	return true
}

// OpenedOn gives the rounds that are opened on a day: those of that day, or all of the period that begins with it where the day is free. Where a period has
// fewer days that fit than rounds, each of them has one.
func (s *Schedule) OpenedOn(c City, within Span, d calendar.Day) (all []Slot) {
	period := c.Period(s.Every, d)
	first, last := max(period.From, within.From), min(period.To, within.To)
	if !within.holds(d) || !s.Fixed() && d != first {
		return nil
	}
	if s.Every == Day {
		for n := 1; n <= s.Least && s.fits(c, d); n++ {
			all = append(all, s.slot(c, d, d, d, n, d))
		}
		return all
	}
	var days []calendar.Day
	for day := first; day <= last; day++ {
		if s.fits(c, day) {
			days = append(days, day)
		}
	}
	for _, day := range spread(days, s.Least) {
		switch {
		case !s.Fixed():
			all = append(all, s.slot(c, day, first, last, 1, period.From))
		case day == d:
			all = append(all, s.slot(c, day, day, day, 1, period.From))
		}
	}
	return all
}

// slot is the n-th round of a day, which may be made from the first day on until the last one ends.
func (s *Schedule) slot(c City, day, first, last calendar.Day, n int, period calendar.Day) Slot {
	if s.To <= s.From { // over midnight, or the whole day
		last++
	}
	at := func(d calendar.Day, minute int) time.Time {
		year, month, date := d.Date().Date()
		return time.Date(year, month, date, 0, minute, 0, 0, c.Calendar.Zone())
	}
	return Slot{Day: day, N: n, Period: period, OpensAt: at(first, s.From), ClosesAt: at(last, s.To)}
}

// spread picks so many of some days, as far from each other as they go.
func spread(days []calendar.Day, n int) (some []calendar.Day) {
	n = min(n, len(days))
	for k := range n {
		some = append(some, days[k*len(days)/n])
	}
	return some
}
