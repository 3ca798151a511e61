package calendar_test

import (
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
)

// TestDaysByTheCivilCode are worked out by hand: the first day is not counted, the last ends at the close of business, or at midnight.
func TestDaysByTheCivilCode(t *testing.T) {
	c := china(t)
	for _, l := range []struct {
		start string
		n     float64
		unit  calendar.Unit
		want  string
	}{
		{"Mon 2026-03-02 10:00", 1, calendar.WorkingDay, "Tue 2026-03-03 18:00"},
		{"Mon 2026-03-02 00:00", 1, calendar.WorkingDay, "Tue 2026-03-03 18:00"},
		{"Mon 2026-03-02 23:59", 1, calendar.WorkingDay, "Tue 2026-03-03 18:00"},
		{"Mon 2026-03-02 10:00", 5, calendar.WorkingDay, "Mon 2026-03-09 18:00"},
		{"Fri 2026-03-06 10:00", 1, calendar.WorkingDay, "Mon 2026-03-09 18:00"},
		{"Sat 2026-03-07 10:00", 1, calendar.WorkingDay, "Mon 2026-03-09 18:00"},
		{"Sun 2026-03-08 10:00", 2, calendar.WorkingDay, "Tue 2026-03-10 18:00"},
		{"Fri 2026-05-08 10:00", 1, calendar.WorkingDay, "Sat 2026-05-09 18:00"}, // swapped for 劳动节
		{"Wed 2026-09-30 10:00", 1, calendar.WorkingDay, "Thu 2026-10-08 18:00"}, // 国庆节
		{"Mon 2026-03-02 10:00", 0.5, calendar.WorkingDay, "Tue 2026-03-03 12:00"},
		{"Mon 2026-03-02 10:00", 1.5, calendar.WorkingDay, "Wed 2026-03-04 12:00"},
		{"Fri 2026-03-06 10:00", 2.5, calendar.WorkingDay, "Wed 2026-03-11 12:00"},
		{"Mon 2026-03-02 10:00", 3, calendar.CalendarDay, "Fri 2026-03-06 00:00"},
		{"Wed 2026-03-04 10:00", 3, calendar.CalendarDay, "Tue 2026-03-10 00:00"}, // ends on a Saturday
		{"Thu 2026-03-05 10:00", 3, calendar.CalendarDay, "Tue 2026-03-10 00:00"}, // on a Sunday
		{"Fri 2026-03-06 10:00", 3, calendar.CalendarDay, "Tue 2026-03-10 00:00"}, // on the Monday
		{"Tue 2026-09-29 10:00", 3, calendar.CalendarDay, "Fri 2026-10-09 00:00"}, // in the holidays of October
		{"Wed 2026-05-06 10:00", 3, calendar.CalendarDay, "Sun 2026-05-10 00:00"}, // on a Saturday that is worked
		{"Mon 2026-03-02 10:00", 0.5, calendar.CalendarDay, "Tue 2026-03-03 12:00"},
		{"Fri 2026-03-06 10:00", 0.5, calendar.CalendarDay, "Tue 2026-03-10 00:00"},
		{"Mon 2026-03-02 10:00", 4, calendar.WorkingHour, "Mon 2026-03-02 16:00"}, // to the minute, as ever
		{"Mon 2026-03-02 10:00", 0.5, calendar.WorkingHour, "Mon 2026-03-02 10:30"},
		{"Sat 2026-03-07 10:00", 2, calendar.UrgentHour, "Sat 2026-03-07 12:00"},
		{"Sat 2026-03-07 10:00", 15, calendar.Minute, "Sat 2026-03-07 10:15"},
	} {
		limit := calendar.Limit{N: l.n, Unit: l.unit, Counting: calendar.CivilCode}
		if got := c.Deadline(at(t, l.start), limit); !got.Equal(at(t, l.want)) {
			t.Errorf("%s + %s %s: got %s, want %s", l.start, limit.Amount(), l.unit, got.In(shanghai).Format("Mon 2006-01-02 15:04"), l.want)
		}
	}
	for n, want := range map[float64]string{0.5: "Mon 2026-03-02 16:00", 1.5: "Tue 2026-03-03 16:00"} { // to the minute: half of eight hours
		if got := c.Deadline(at(t, "Mon 2026-03-02 10:00"), calendar.Limit{N: n, Unit: calendar.WorkingDay, Counting: calendar.Elapsed}); !got.Equal(at(t, want)) {
			t.Errorf("%v working days: got %s, want %s", n, got, want)
		}
	}
}

// TestTheCivilCodeNeverGivesLess than the count to the minute, and never ends outside the working time, or in the middle of a day.
func TestTheCivilCodeNeverGivesLess(t *testing.T) {
	c := china(t)
	for start := at(t, "Thu 2026-01-01 00:30"); start.Year() == 2026 && start.Month() < 12; start = start.Add(7*time.Hour + 13*time.Minute) {
		for _, u := range []calendar.Unit{calendar.WorkingDay, calendar.CalendarDay} {
			for _, n := range []float64{1, 2, 5} {
				civil := c.Deadline(start, calendar.Limit{N: n, Unit: u, Counting: calendar.CivilCode})
				if civil.Before(c.Deadline(start, calendar.Limit{N: n, Unit: u})) {
					t.Fatalf("%s + %v %s ends %s, before the count to the minute", start, n, u, civil)
				}
				last := civil.Add(-1).In(shanghai)
				hour := map[calendar.Unit]int{calendar.WorkingDay: 18, calendar.CalendarDay: 0}[u]
				if !c.IsWorkingDay(calendar.DayOf(last.Date())) || civil.In(shanghai).Hour() != hour {
					t.Fatalf("%s + %v %s ends %s", start, n, u, civil)
				}
			}
		}
	}
}

func TestLimitsAreWholeOrHalf(t *testing.T) {
	for n, want := range map[float64]bool{0: false, 0.25: false, 0.5: true, 1: true, 1.5: true, 1.75: false, -1: false, 10_000: true, 10_000.5: false} {
		if got := (calendar.Limit{N: n, Unit: calendar.WorkingDay}).Valid(); got != want {
			t.Errorf("%v: valid %t", n, got)
		}
	}
	for _, k := range calendar.Countings {
		var read calendar.Counting
		if err := read.UnmarshalText([]byte(k)); err != nil || read != k {
			t.Errorf("%s: %v", k, err)
		}
	}
	k := calendar.Elapsed
	if err := k.UnmarshalText([]byte("civil")); err == nil || k != calendar.Elapsed {
		t.Errorf("read as %q, %v", k, err)
	}
}

// TestFixedHolidaysOfAYearThatIsNotPublished: the law fixes them, and nothing else is free but weekends; a day of the city's own is added.
func TestFixedHolidaysOfAYearThatIsNotPublished(t *testing.T) {
	own := calendar.Exception{Day: calendar.DayOf(2027, 6, 2), Name: "停电"}
	c, err := calendar.New(shanghai, calendar.Shifts, append(calendar.China(), own))
	if err != nil {
		t.Fatal(err)
	}
	var free []string
	for d := calendar.DayOf(2027, 1, 1); d < calendar.DayOf(2028, 1, 1); d++ {
		if w := d.Date().Weekday(); !c.IsWorkingDay(d) && w != time.Saturday && w != time.Sunday {
			free = append(free, d.String())
		}
	}
	if want := []string{"2027-01-01", "2027-06-02", "2027-10-01"}; !slices.Equal(free, want) { // 1 and 2 May, 2 and 3 October are a weekend
		t.Errorf("free in 2027: %v, want %v", free, want)
	}
	if c.Published(2027) || !c.Published(2026) || !c.Provisional(at(t, "Fri 2027-01-01 08:00"), at(t, "Fri 2027-01-01 09:00")) {
		t.Error("2027 is not published")
	}
	if n := len(c.Exceptions()); n != len(calendar.China())+1 {
		t.Errorf("%d days are said to be declared", n)
	}
	if got := c.ExceptionsBetween(at(t, "Thu 2026-12-31 08:00"), at(t, "Mon 2027-01-04 08:00")); len(got) != 1 || got[0].Name != "元旦" {
		t.Errorf("over New Year: %v", got)
	}
	swapped, err := calendar.New(shanghai, calendar.Shifts, []calendar.Exception{{Day: calendar.DayOf(2027, 1, 1), Working: true}})
	if err != nil || !swapped.IsWorkingDay(calendar.DayOf(2027, 1, 1)) {
		t.Errorf("what was declared goes before: %v", err)
	}
}

func TestTheSevenStatutoryHolidays(t *testing.T) {
	for year := 2025; year <= 2026; year++ {
		if missing := calendar.MissingStatutory(calendar.China(), year); len(missing) > 0 {
			t.Errorf("%d lacks %v", year, missing)
		}
	}
	days, err := holidaysIn(t, ("date,kind,name\n2027-01-01,holiday,New Year\n2027-02-06,holiday,Spring Festival\n2027-05-01,holiday,Labour Day\n" +
		"2027-09-15,holiday,国庆节、中秋节\n2027-06-09,swapped_working_day,端午\n2028-04-04,holiday,清明\n"))
	if got, want := calendar.MissingStatutory(days, 2027), []string{"清明", "端午"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("missing %v, want %v; %v", got, want, err)
	}
}
