package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/table"
)

// TestTheSameInstantIsTheSameInEveryZone: what the zone of an argument is changes nothing, only the city's zone counts.
func TestTheSameInstantIsTheSameInEveryZone(t *testing.T) {
	losAngeles, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	zones := []*time.Location{time.UTC, losAngeles, time.FixedZone("", 14*60*60)}
	c := china(t)
	for _, start := range []string{
		"Fri 2026-03-06 07:59", "Fri 2026-03-06 12:30", "Fri 2026-03-06 18:00", "Fri 2026-03-06 23:30", "Sat 2026-03-07 00:30", "Sun 2026-03-08 20:00",
		"Wed 2025-12-31 23:59", "Thu 2026-01-01 00:00", "Thu 2026-10-01 02:40", "Sat 2026-05-09 00:10",
	} {
		local := at(t, start)
		for _, u := range calendar.Units {
			for _, n := range []float64{0, 1, 3, 11} {
				limit := calendar.Limit{N: n, Unit: u}
				want := c.Deadline(local, limit)
				for _, zone := range zones {
					got := c.Deadline(local.In(zone), limit)
					if !got.Equal(want) {
						t.Errorf("%s + %v %s in %s: got %s, want %s", start, n, u, zone, got, want)
					}
					if a, b := c.Between(local.In(zone), want.In(zone), u), c.Between(local, want, u); a != b {
						t.Errorf("%s + %v %s in %s: %v between, want %v", start, n, u, zone, a, b)
					}
					if a, b := c.ExceptionsBetween(local.In(zone), want.In(zone)), c.ExceptionsBetween(local, want); !slices.Equal(a, b) {
						t.Errorf("%s + %v %s in %s skips %v, want %v", start, n, u, zone, a, b)
					}
					if a, b := c.Provisional(local.In(zone), want.In(zone)), c.Provisional(local, want); a != b {
						t.Errorf("%s + %v %s in %s: provisional %t, want %t", start, n, u, zone, a, b)
					}
				}
			}
		}
	}
	last := at(t, "Thu 2026-12-31 23:59")
	for _, zone := range append(zones, shanghai) {
		if c.Provisional(last.In(zone), last.In(zone)) {
			t.Errorf("the last minute of 2026 lies in a year that is not published, told in %s", zone)
		}
		if first := last.Add(time.Minute); !c.Provisional(first.In(zone), first.In(zone)) {
			t.Errorf("the first minute of 2027 lies in a published year, told in %s", zone)
		}
	}
}

func TestUnits(t *testing.T) {
	for text, want := range map[string]struct{ working, roundTheClock bool }{
		"minute": {false, true}, "urgent_hour": {false, true}, "working_hour": {true, false}, "working_day": {true, false}, "calendar_day": {false, false},
	} {
		var u calendar.Unit
		if err := u.UnmarshalText([]byte(text)); err != nil || string(u) != text {
			t.Errorf("%s: read as %q, %v", text, u, err)
		}
		if u.Working() != want.working || u.RoundTheClock() != want.roundTheClock {
			t.Errorf("%s: working %t, round the clock %t", text, u.Working(), u.RoundTheClock())
		}
		if !slices.Contains(calendar.Units, u) {
			t.Errorf("%s is not in the list", text)
		}
	}
	u := calendar.Minute
	for _, text := range []string{"", "hour", "Minute"} {
		if err := u.UnmarshalText([]byte(text)); err == nil || u != calendar.Minute {
			t.Errorf("%q is taken: %q, %v", text, u, err)
		}
	}
	if len(calendar.Units) != 5 {
		t.Errorf("units %v", calendar.Units)
	}
}

func TestSpans(t *testing.T) {
	c := china(t)
	for unit, want := range map[calendar.Unit]time.Duration{
		calendar.Minute: 3 * time.Minute, calendar.UrgentHour: 3 * time.Hour, calendar.WorkingHour: 3 * time.Hour,
		calendar.WorkingDay: 24 * time.Hour, calendar.CalendarDay: 72 * time.Hour,
	} {
		if got := c.Duration(calendar.Limit{N: 3, Unit: unit}); got != want {
			t.Errorf("3 %s: %v, want %v", unit, got, want)
		}
	}
	if c.WorkingDay() != 8*time.Hour || c.Zone() != shanghai {
		t.Errorf("a day of %v in %s", c.WorkingDay(), c.Zone())
	}
}

func TestDays(t *testing.T) {
	for text, want := range map[string]calendar.Day{"1970-01-01": 0, "1970-01-02": 1, "1969-12-31": -1, "2026-01-01": 20454, "2000-02-29": 11016} {
		d, err := calendar.ParseDay(text)
		if err != nil || d != want || d.String() != text {
			t.Errorf("%s: got %d (%s), %v, want %d", text, d, d, err, want)
		}
		if date := d.Date(); date.Location() != time.UTC || date.Sub(date.Truncate(24*time.Hour)) != 0 || calendar.DayOf(date.Date()) != want {
			t.Errorf("%s is the date %s", text, date)
		}
	}
	for _, text := range []string{"", "2026-02-29", "2026-1-1", "1970-01-01T00:00:00Z"} {
		if _, err := calendar.ParseDay(text); err == nil {
			t.Errorf("%q is taken for a day", text)
		}
	}
}

// plain is a calendar in UTC without holidays.
func plain(t *testing.T, shifts ...calendar.Shift) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(time.UTC, shifts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOutsideTheKnownYears: a moment is taken for the nearest one inside, and nothing breaks.
func TestOutsideTheKnownYears(t *testing.T) {
	c := plain(t, calendar.Shifts...)
	moment := func(year int, month time.Month, day, hour int) time.Time {
		return time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	}
	first := moment(2000, 1, 3, 9) // a Monday
	for name, b := range map[string]struct {
		from, to time.Time
		want     time.Duration
	}{
		"to the first working day":           {moment(1999, 1, 1, 9), first, time.Hour},
		"all of it before":                   {moment(1998, 1, 1, 9), moment(1999, 12, 31, 17), 0},
		"into the first day":                 {moment(1999, 12, 31, 17), moment(2000, 1, 1, 12), 0},
		"from the last day on":               {moment(2100, 12, 31, 17), moment(2101, 1, 3, 17), time.Hour}, // a Friday
		"to the day after the last":          {moment(2100, 12, 31, 17), moment(2101, 1, 1, 9), time.Hour},
		"all of it after":                    {moment(2101, 1, 3, 9), moment(2102, 1, 3, 9), 0},
		"the last day":                       {moment(2100, 12, 31, 0), moment(2100, 12, 31, 23), 8 * time.Hour},
		"a later moment before an early one": {first, moment(1999, 1, 1, 9), 0},
	} {
		if got := c.Between(b.from, b.to, calendar.WorkingHour); got != b.want {
			t.Errorf("%s: %v, want %v", name, got, b.want)
		}
	}
	if got, want := c.Add(moment(1990, 1, 1, 9), time.Hour, calendar.WorkingHour), first; !got.Equal(want) {
		t.Errorf("an hour after a moment long ago is %s, want %s", got, want)
	}
	if got, want := c.Add(moment(2100, 12, 31, 16), 2*time.Hour, calendar.WorkingHour), moment(2100, 12, 31, 18); !got.Equal(want) {
		t.Errorf("the last hours end %s, want %s", got, want)
	}
	for _, start := range []time.Time{moment(2100, 12, 31, 17), moment(2101, 6, 1, 9), moment(2150, 6, 1, 9)} {
		if got, want := c.Add(start, 2*time.Hour, calendar.WorkingHour), moment(2101, 1, 1, 0); !got.Equal(want) {
			t.Errorf("time that is not there any more ends %s, want %s", got, want)
		}
	}
	swapped, err := calendar.New(time.UTC, calendar.Shifts, []calendar.Exception{{Day: calendar.DayOf(2000, 1, 1), Working: true}})
	if err != nil {
		t.Fatal(err)
	}
	if got := swapped.Between(moment(2000, 1, 1, 9), moment(2000, 1, 1, 12), calendar.WorkingHour); got != 3*time.Hour {
		t.Errorf("on the first day, which is a swapped working day, %v are worked", got)
	}
	for day, works := range map[calendar.Day]bool{calendar.DayOf(2000, 1, 1): false, calendar.DayOf(2000, 1, 3): true,
		calendar.DayOf(2100, 12, 31): true, calendar.DayOf(2101, 1, 1): false} {
		if c.IsWorkingDay(day) != works {
			t.Errorf("%s: works %t", day, c.IsWorkingDay(day))
		}
	}
}

func TestShiftsAtTheirBounds(t *testing.T) {
	const h, m = time.Hour, time.Minute
	for name, c := range map[string]struct {
		shifts []calendar.Shift
		taken  bool
	}{
		"from midnight":              {[]calendar.Shift{{0, h}}, true},
		"to midnight":                {[]calendar.Shift{{23 * h, 24 * h}}, true},
		"all day":                    {[]calendar.Shift{{0, 24 * h}}, true},
		"over midnight by a minute":  {[]calendar.Shift{{23 * h, 24*h + m}}, false},
		"a minute":                   {[]calendar.Shift{{h, h + m}}, true},
		"no time":                    {[]calendar.Shift{{h, h}}, false},
		"no time beside another":     {[]calendar.Shift{{h, 2 * h}, {3 * h, 3 * h}}, false},
		"touching":                   {[]calendar.Shift{{h, 2 * h}, {2 * h, 3 * h}}, false},
		"a minute apart":             {[]calendar.Shift{{h, 2 * h}, {2*h + m, 3 * h}}, true},
		"before midnight":            {[]calendar.Shift{{-m, h}}, false},
		"begins within a minute":     {[]calendar.Shift{{h + time.Second, 2 * h}}, false},
		"ends within a minute":       {[]calendar.Shift{{h, 2*h + time.Second}}, false},
		"out of order":               {[]calendar.Shift{{14 * h, 18 * h}, {8 * h, 12 * h}}, false},
		"at odd minutes":             {[]calendar.Shift{{8*h + 17*m, 12*h + 3*m}}, true},
		"second one ends in between": {[]calendar.Shift{{8 * h, 12 * h}, {13 * h, 13*h + 30*time.Second}}, false},
	} {
		if _, err := calendar.New(time.UTC, c.shifts, nil); (err == nil) != c.taken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAShiftToMidnightEndsAtMidnight(t *testing.T) {
	c := plain(t, calendar.Shift{From: 22 * time.Hour, To: 24 * time.Hour})
	monday := time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)
	if got, want := c.Add(monday, time.Hour, calendar.WorkingHour), time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := c.Add(monday, time.Hour+1, calendar.WorkingHour), time.Date(2026, 3, 3, 22, 0, 0, 1, time.UTC); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestNothingIsRounded: seconds and less count.
func TestNothingIsRounded(t *testing.T) {
	c := plain(t, calendar.Shifts...)
	start := time.Date(2026, 3, 2, 9, 10, 11, 12, time.UTC)
	for d, want := range map[time.Duration]time.Time{
		1:                            time.Date(2026, 3, 2, 9, 10, 11, 13, time.UTC),
		time.Hour:                    time.Date(2026, 3, 2, 10, 10, 11, 12, time.UTC),
		3 * time.Hour:                time.Date(2026, 3, 2, 14, 10, 11, 12, time.UTC),
		8 * time.Hour:                time.Date(2026, 3, 3, 9, 10, 11, 12, time.UTC),
		2*time.Hour + 49*time.Minute: time.Date(2026, 3, 2, 11, 59, 11, 12, time.UTC),
	} {
		got := c.Add(start, d, calendar.WorkingHour)
		if !got.Equal(want) {
			t.Errorf("%v on: got %s, want %s", d, got, want)
		}
		if between := c.Between(start, got, calendar.WorkingHour); between != d {
			t.Errorf("%v on: %v between", d, between)
		}
		if back := c.Between(got, start, calendar.WorkingHour); back != 0 {
			t.Errorf("%v back", back)
		}
	}
	if noon, want := time.Date(2026, 3, 2, 12, 30, 0, 0, time.UTC), time.Date(2026, 3, 2, 14, 0, 0, 1, time.UTC); !c.Add(noon, 1, calendar.WorkingHour).Equal(want) {
		t.Errorf("the shortest time from the break on ends %s", c.Add(noon, 1, calendar.WorkingHour))
	}
	for _, u := range calendar.Units {
		for _, d := range []time.Duration{0, -1, -time.Hour} {
			if got := c.Add(start, d, u); !got.Equal(start) {
				t.Errorf("%v %s on: got %s, want %s", d, u, got, start)
			}
		}
		if got := c.Between(start, start, u); got != 0 {
			t.Errorf("%v %s between a moment and itself", got, u)
		}
		if got := c.Between(start.Add(1), start, u); got != 0 {
			t.Errorf("%v %s back", got, u)
		}
		if got := c.Add(start, 1, u); !got.Equal(start.Add(1)) {
			t.Errorf("the shortest time %s on: got %s", u, got)
		}
	}
}

func TestExceptionsInAnyOrder(t *testing.T) {
	day := func(d int) calendar.Day { return calendar.DayOf(2026, 3, d) }
	holiday, swapped, other := calendar.Exception{Day: day(2), Name: "a", Official: true}, calendar.Exception{Day: day(7), Working: true, Name: "b"},
		calendar.Exception{Day: calendar.DayOf(2027, 1, 1), Name: "c"}
	given := []calendar.Exception{other, swapped, holiday}
	c, err := calendar.New(time.UTC, calendar.Shifts, given)
	if err != nil {
		t.Fatal(err)
	}
	sorted := []calendar.Exception{holiday, swapped, other}
	if got := c.Exceptions(); !slices.Equal(got, sorted) {
		t.Errorf("got %v", got)
	}
	if given[0] != other {
		t.Error("what was given was put in another order")
	}
	for d, works := range map[calendar.Day]bool{day(1): false, day(2): false, day(3): true, day(6): true, day(7): true, day(8): false} {
		if c.IsWorkingDay(d) != works {
			t.Errorf("%s: works %t", d, c.IsWorkingDay(d))
		}
	}
	for year, published := range map[int]bool{2025: false, 2026: true, 2027: false, 2028: false} { // a day of the city's own publishes no year
		if c.Published(year) != published {
			t.Errorf("%d: published %t", year, c.Published(year))
		}
	}
	for _, twice := range [][]calendar.Exception{{holiday, holiday}, {holiday, swapped, {Day: day(7), Name: "d"}}, {other, holiday, swapped, other}} {
		if _, err := calendar.New(time.UTC, calendar.Shifts, twice); err == nil || !strings.Contains(err.Error(), "stands there twice") {
			t.Errorf("%v is taken: %v", twice, err)
		}
	}
	moment := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	for days, want := range map[[2]int][]calendar.Exception{
		{1, 8}: {holiday, swapped}, {2, 7}: {holiday, swapped}, {2, 6}: {holiday}, {3, 7}: {swapped}, {3, 6}: nil, {2, 2}: {holiday}, {7, 2}: nil,
	} {
		if got := c.ExceptionsBetween(moment(days[0]), moment(days[1])); !slices.Equal(got, want) {
			t.Errorf("from the %d to the %d: %v, want %v", days[0], days[1], got, want)
		}
	}
}

// TestTheFingerprintTellsCalendarsApart by all that they are made of.
func TestTheFingerprintTellsCalendarsApart(t *testing.T) {
	holiday := []calendar.Exception{{Day: 20514, Name: "a"}}
	made := func(zone *time.Location, shifts []calendar.Shift, exceptions []calendar.Exception) int64 {
		c, err := calendar.New(zone, shifts, exceptions)
		if err != nil {
			t.Fatal(err)
		}
		return c.Fingerprint()
	}
	first := made(shanghai, calendar.Shifts, holiday)
	if first == 0 || made(shanghai, calendar.Shifts, slices.Clone(holiday)) != first {
		t.Error("the same calendar has two fingerprints")
	}
	for name, other := range map[string]int64{
		"zone": made(time.UTC, calendar.Shifts, holiday), "shifts": made(shanghai, calendar.Shifts[:1], holiday), "days": made(shanghai, calendar.Shifts, nil),
		"kind": made(shanghai, calendar.Shifts, []calendar.Exception{{Day: 20514, Name: "a", Working: true}}),
	} {
		if other == first {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

func TestOneException(t *testing.T) {
	for _, c := range []struct {
		date, kind, name string
		taken            bool
	}{
		{"2026-01-01", "holiday", "元旦", true}, {"2026-01-04", "swapped_working_day", "", true},
		{"2000-01-01", "holiday", "x", true}, {"1999-12-31", "holiday", "x", false}, {"2100-12-31", "holiday", "x", true}, {"2101-01-01", "holiday", "x", false},
		{"2026-02-30", "holiday", "x", false}, {"2026-01-01", "Holiday", "x", false}, {"2026-01-01", "", "x", false},
		{"2026-01-01", "holiday", strings.Repeat("x", 200), true}, {"2026-01-01", "holiday", strings.Repeat("x", 201), false},
		{"2026-01-01", "holiday", "a b", true}, {"2026-01-01", "holiday", "a\x1fb", false}, {"2026-01-01", "holiday", "a\x7fb", false}, {"2026-01-01", "holiday", "a~b", true},
		{"2026-01-01", "holiday", "a\nb", false}, {"2026-01-01", "holiday", "\xff", false},
	} {
		e, err := calendar.ParseException(c.date, c.kind, c.name)
		if (err == nil) != c.taken {
			t.Errorf("%s %s %q: %v", c.date, c.kind, c.name, err)
		}
		if err == nil && (e.Day.String() != c.date || e.Kind() != c.kind || e.Name != c.name || e.Working != (c.kind == "swapped_working_day")) {
			t.Errorf("%s %s %q is read as %+v", c.date, c.kind, c.name, e)
		}
		if err != nil && e != (calendar.Exception{}) {
			t.Errorf("%s %s %q: %v, and all the same %+v", c.date, c.kind, c.name, err, e)
		}
	}
}

// TestAFileOfHolidaysAtItsBounds names the wrong lines, and stops where a person would.
func TestAFileOfHolidaysAtItsBounds(t *testing.T) {
	const head = "date,kind,name\n"
	days := func(n int) string {
		var b strings.Builder
		for d := calendar.DayOf(2000, 1, 1); n > 0; d, n = d+1, n-1 {
			fmt.Fprintf(&b, "%s,holiday,x\n", d)
		}
		return b.String()
	}
	all, err := holidaysIn(t, "\ufeff"+head+days(10_000))
	if err != nil || len(all) != 10_000 {
		t.Errorf("10,000 days: %d, %v", len(all), err)
	}
	if _, err := holidaysIn(t, head+days(10_001)); err == nil || !strings.Contains(err.Error(), "more than 10000 days") {
		t.Errorf("10,001 days: %v", err)
	}
	_, err = holidaysIn(t, head+"2026-01-01,holiday,x\n2026-01-02,feast,x\n2026-01-01,holiday,y\n")
	if err == nil || !strings.HasPrefix(err.Error(), "row 3: ") || !strings.Contains(err.Error(), "\nrow 4: 2026-01-01 stands there twice") {
		t.Errorf("got %v", err)
	}
	_, err = holidaysIn(t, head+strings.Repeat("no,holiday,x\n", 101))
	if err == nil || strings.Count(err.Error(), "\n") != 99 || strings.Contains(err.Error(), "row 102:") {
		t.Errorf("of 101 wrong lines %d are named", strings.Count(err.Error(), "\n")+1)
	}
	for name, text := range map[string]string{
		"other columns": "date,kind,text\n", "two columns": "date,kind\n2026-01-01,holiday\n",
		"a line of four": head + "2026-01-01,holiday,x,y\n", "four columns": "date,kind,name,more\n2026-01-01,holiday,x,y\n", "an open quote": head + "\"2026-01-01,holiday,x\n",
	} {
		if all, err := holidaysIn(t, text); err == nil {
			t.Errorf("%s: taken as %v", name, all)
		}
	}
	if all, err := holidaysIn(t, ""); err == nil {
		t.Errorf("an empty file: %v, %v", all, err)
	}
}

// holidaysIn reads a table of holidays.
func holidaysIn(t *testing.T, text string) ([]calendar.Exception, error) {
	t.Helper()
	return calendar.ReadHolidays(t.Context(), table.Read, []byte(text), table.Options{})
}
