package duty_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/duty"
)

func city(t *testing.T, weekStart time.Weekday) duty.City {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.New(zone, calendar.Shifts, calendar.China())
	if err != nil {
		t.Fatal(err)
	}
	return duty.City{Calendar: c, WeekStart: weekStart}
}

func day(t *testing.T, text string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// opened are the rounds of some days as "day n opens-closes", in the order in which they are opened.
func opened(c duty.City, s duty.Schedule, within duty.Span, from, to calendar.Day) (all []string) {
	for d := from; d <= to; d++ {
		for _, slot := range s.OpenedOn(c, within, d) {
			all = append(all, fmt.Sprintf("%s %d %s-%s", slot.Day.String()[5:], slot.N, slot.OpensAt.Format("02.15:04"), slot.ClosesAt.Format("02.15:04")))
		}
	}
	return all
}

// In October 2026 the holidays are 1 to 7, and Saturday the 10th is worked.
func TestWhichRoundsAreDue(t *testing.T) {
	c := city(t, time.Monday)
	always := duty.Span{From: day(t, "2026-01-01"), To: day(t, "2026-12-31")}
	for name, x := range map[string]struct {
		s        duty.Schedule
		within   duty.Span
		from, to string
		want     string
	}{
		"twice a week, on any day": {duty.Schedule{Every: duty.Week, Least: 2}, always, "2026-11-23", "2026-11-29",
			"11-23 1 23.00:00-30.00:00, 11-26 1 23.00:00-30.00:00"},
		"three a week on five days": {duty.Schedule{Every: duty.Week, Least: 3, Weekdays: []int{1, 2, 3, 4, 5}}, always, "2026-11-23", "2026-11-29",
			"11-23 1 23.00:00-24.00:00, 11-24 1 24.00:00-25.00:00, 11-26 1 26.00:00-27.00:00"},
		"by night": {duty.Schedule{Every: duty.Week, Least: 1, Weekdays: []int{5}, From: 22 * 60, To: 5 * 60}, always, "2026-11-23", "2026-11-29",
			"11-27 1 27.22:00-28.05:00"},
		"twice a day until noon": {duty.Schedule{Every: duty.Day, Least: 2, From: 6 * 60, To: 12 * 60}, always, "2026-11-28", "2026-11-28",
			"11-28 1 28.06:00-28.12:00, 11-28 2 28.06:00-28.12:00"},
		"holidays as any day": {duty.Schedule{Every: duty.Day, Least: 1, RestDays: duty.AllDays}, always, "2026-10-07", "2026-10-08",
			"10-07 1 07.00:00-08.00:00, 10-08 1 08.00:00-09.00:00"},
		"no holidays, weekends stay": {duty.Schedule{Every: duty.Day, Least: 1, RestDays: duty.NoHolidays}, always, "2026-10-05", "2026-10-11",
			"10-08 1 08.00:00-09.00:00, 10-09 1 09.00:00-10.00:00, 10-10 1 10.00:00-11.00:00, 10-11 1 11.00:00-12.00:00"},
		"working days, with the swapped Saturday": {duty.Schedule{Every: duty.Day, Least: 1, RestDays: duty.WorkingDays}, always, "2026-10-05", "2026-10-11",
			"10-08 1 08.00:00-09.00:00, 10-09 1 09.00:00-10.00:00, 10-10 1 10.00:00-11.00:00"},
		"fewer days than rounds": {duty.Schedule{Every: duty.Week, Least: 3, Weekdays: []int{2, 3, 4}, RestDays: duty.NoHolidays}, always, "2026-10-05", "2026-10-11",
			"10-08 1 08.00:00-09.00:00"},
		"the duty begins on a Friday": {duty.Schedule{Every: duty.Week, Least: 2}, duty.Span{From: day(t, "2026-11-27"), To: day(t, "2026-12-31")}, "2026-11-23", "2026-11-29",
			"11-27 1 27.00:00-30.00:00, 11-28 1 27.00:00-30.00:00"},
		"twice a quarter": {duty.Schedule{Every: duty.Quarter, Least: 2}, always, "2026-10-01", "2026-12-31",
			"10-01 1 01.00:00-01.00:00, 11-16 1 01.00:00-01.00:00"},
		"once a month on a Monday": {duty.Schedule{Every: duty.Month, Least: 1, Weekdays: []int{1}}, always, "2026-11-01", "2026-12-31",
			"11-02 1 02.00:00-03.00:00, 12-07 1 07.00:00-08.00:00"},
		"half a year": {duty.Schedule{Every: duty.HalfYear, Least: 1, Weekdays: []int{1}}, always, "2026-06-01", "2026-12-31", "07-06 1 06.00:00-07.00:00"},
		"a year":      {duty.Schedule{Every: duty.Year, Least: 1}, always, "2026-01-01", "2026-02-01", "01-01 1 01.00:00-01.00:00"},
	} {
		if got := strings.Join(opened(c, x.s, x.within, day(t, x.from), day(t, x.to)), ", "); got != x.want {
			t.Errorf("%s: got\n%s, want\n%s", name, got, x.want)
		}
	}
}

func TestTheWeekBeginsWhereTheCitySays(t *testing.T) {
	for start, want := range map[time.Weekday]string{time.Monday: "2026-11-23 2026-11-29", time.Sunday: "2026-11-22 2026-11-28", time.Saturday: "2026-11-28 2026-12-04"} {
		p := city(t, start).Period(duty.Week, day(t, "2026-11-28"))
		if got := p.From.String() + " " + p.To.String(); got != want {
			t.Errorf("from %s: got %s, want %s", start, got, want)
		}
	}
}

func TestASchedulesFaultsAreNamed(t *testing.T) {
	good := duty.Schedule{Every: duty.Week, Least: 2, Most: 3}
	if field, _ := good.Check(); field != "" {
		t.Errorf("two to three a week: %s is wrong", field)
	}
	for want, s := range map[string]duty.Schedule{
		"least":    {Every: duty.Week, Least: 0, Most: 1},
		"most":     {Every: duty.Week, Least: 3, Most: 2},
		"weekdays": {Every: duty.Week, Least: 1, Most: 1, Weekdays: []int{5, 1}},
		"from":     {Every: duty.Day, Least: 1, Most: 1, From: 24 * 60},
		"to":       {Every: duty.Day, Least: 1, Most: 1, From: 60, To: 60},
	} {
		if got, _ := s.Check(); got != want {
			t.Errorf("%+v: got %q, want %q", s, got, want)
		}
	}
	few := duty.Schedule{Every: duty.Week, Least: 3, Most: 3, Weekdays: []int{1, 2}}
	if got, _ := few.Check(); got != "least" {
		t.Errorf("three rounds on two days: got %q", got)
	}
}

func TestCompliance(t *testing.T) {
	for name, x := range map[string]struct {
		windows []duty.Window
		want    string
	}{
		"nothing was due":                {nil, "no data"},
		"all excused":                    {[]duty.Window{{Planned: 2, Excused: 2}}, "no data"},
		"kept":                           {[]duty.Window{{Planned: 2, Done: 2}}, "2/2"},
		"one missed":                     {[]duty.Window{{Planned: 2, Done: 1}}, "1/2"},
		"one excused, one done":          {[]duty.Window{{Planned: 2, Excused: 1, Done: 1}}, "1/1"},
		"more never makes up for others": {[]duty.Window{{Planned: 2, Done: 5}, {Planned: 2, Done: 0}}, "2/4"},
		"done beyond what was excused":   {[]duty.Window{{Planned: 2, Excused: 2, Done: 1}}, "no data"},
		"four weeks of a section":        {[]duty.Window{{Planned: 2, Done: 3}, {Planned: 2, Done: 2}, {Planned: 2, Done: 1}, {Planned: 2, Excused: 1, Done: 1}}, "6/7"},
	} {
		var c duty.Compliance
		for _, w := range x.windows {
			c.Add(w, 1)
		}
		got := "no data"
		if _, ok := c.Share(); ok {
			got = fmt.Sprintf("%d/%d", c.Kept, c.Due)
		}
		if got != x.want {
			t.Errorf("%s: got %s, want %s", name, got, x.want)
		}
	}
}

func TestACrewTakesTurns(t *testing.T) {
	people := []string{"甲", "乙", "丙", "丁", "戊", "己"}
	nobody := func(string) bool { return false }
	for n, want := range []string{"甲乙丙丁", "戊己甲乙", "丙丁戊己", "甲乙丙丁"} {
		if got := strings.Join(duty.Crew(people, 4, n, nobody), ""); got != want {
			t.Errorf("day %d: got %s, want %s", n, got, want)
		}
	}
	if got := strings.Join(duty.Crew(people, 4, 0, func(p string) bool { return p == "乙" }), ""); got != "甲丙丁戊" {
		t.Errorf("somebody is away: got %s", got)
	}
	if got := duty.Crew(people, 4, 0, func(p string) bool { return p != "乙" }); len(got) != 1 {
		t.Errorf("all but one are away: got %v", got)
	}
	if got := duty.Crew([]string{}, 4, 3, nobody); len(got) != 0 {
		t.Errorf("nobody takes turns: got %v", got)
	}
	for _, x := range [][4]int{{0, 10, 4, 0}, {2, 10, 4, 0}, {3, 10, 4, 1}, {9, 10, 4, 3}, {0, 1, 4, 0}, {0, 5, 0, -1}} {
		if got := duty.Turn(x[0], x[1], x[2]); got != x[3] {
			t.Errorf("round %d of %d with %d people: got %d, want %d", x[0], x[1], x[2], got, x[3])
		}
	}
}

// randomSchedule is any schedule that passes its check.
func randomSchedule(r *rand.Rand) duty.Schedule {
	for {
		s := duty.Schedule{Every: duty.Periods[r.IntN(len(duty.Periods))], Least: 1 + r.IntN(4), RestDays: duty.AllRestDays[r.IntN(3)], From: r.IntN(24 * 60), To: r.IntN(24 * 60)}
		s.Most = s.Least + r.IntN(3)
		for d := 1; d <= 7; d++ {
			if r.IntN(2) == 0 {
				s.Weekdays = append(s.Weekdays, d)
			}
		}
		if field, _ := s.Check(); field == "" {
			return s
		}
	}
}

// TestWhatHoldsForEverySchedule: each round is opened once, on a day that fits, inside the days of the duty, not before it is opened; no period has more than
// its quota; the window is longer than nothing; and one more that is done in a window changes no other.
func TestWhatHoldsForEverySchedule(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 26))
	for range 300 {
		c := city(t, time.Weekday(r.IntN(7)))
		s := randomSchedule(r)
		first := day(t, "2026-01-01") + calendar.Day(r.IntN(300))
		within := duty.Span{From: first, To: first + calendar.Day(r.IntN(120))}
		type key struct {
			day calendar.Day
			n   int
		}
		seen, periods := map[key]bool{}, map[calendar.Day]int{}
		for d := within.From - 3; d <= within.To+3; d++ {
			for _, slot := range s.OpenedOn(c, within, d) {
				k := key{slot.Day, slot.N}
				if seen[k] {
					t.Fatalf("%+v: round %+v is opened twice", s, slot)
				}
				seen[k] = true
				periods[slot.Period]++
				if p := c.Period(s.Every, slot.Day); p.From != slot.Period || slot.Day < within.From || slot.Day > within.To || slot.Day < d {
					t.Fatalf("%+v: %+v, opened on %s, lies outside", s, slot, d)
				}
				if !slot.OpensAt.Before(slot.ClosesAt) || s.Fixed() && slot.Day != d {
					t.Fatalf("%+v: %+v is no round of %s", s, slot, d)
				}
				if s.RestDays == duty.WorkingDays && !c.Calendar.IsWorkingDay(slot.Day) || s.RestDays == duty.NoHolidays && c.Calendar.IsHoliday(slot.Day) {
					t.Fatalf("%+v: %s is a day of rest", s, slot.Day)
				}
				if len(s.Weekdays) > 0 && !slices.Contains(s.Weekdays, int(slot.Day.Date().Weekday()+6)%7+1) {
					t.Fatalf("%+v: %s is on another day of the week", s, slot.Day)
				}
			}
		}
		for p, n := range periods {
			if n > s.Least {
				t.Fatalf("%+v: %d rounds in the period of %s", s, n, p)
			}
		}
		var with, without duty.Compliance
		for range 1 + r.IntN(20) {
			w := duty.Window{Planned: r.IntN(4), Done: r.IntN(6)}
			w.Excused = r.IntN(w.Planned + 1)
			without.Add(w, 1)
			if w.Done += 1; w.Done > w.Due() {
				with.Add(w, 1)
			} else {
				with.Add(duty.Window{Planned: w.Planned, Excused: w.Excused, Done: w.Done - 1}, 1)
			}
		}
		if with.Kept != without.Kept || with.Due != without.Due || with.Kept > with.Due {
			t.Fatalf("more than the quota changes %+v to %+v", without, with)
		}
	}
}
