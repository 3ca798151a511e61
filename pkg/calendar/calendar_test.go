package calendar_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
)

var shanghai = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return zone
}()

func china(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(shanghai, calendar.Shifts, calendar.China())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("Mon 2006-01-02 15:04", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	if m.Format("Mon") != s[:3] {
		t.Fatalf("%s is a %s", s, m.Format("Mon"))
	}
	return m
}

func TestDeadlinesWorkedOutByHand(t *testing.T) {
	c := china(t)
	for _, l := range []struct {
		start string
		n     float64
		unit  calendar.Unit
		want  string
	}{
		{"Mon 2026-03-02 09:00", 1, calendar.WorkingHour, "Mon 2026-03-02 10:00"},
		{"Mon 2026-03-02 11:30", 1, calendar.WorkingHour, "Mon 2026-03-02 14:30"},
		{"Mon 2026-03-02 08:00", 4, calendar.WorkingHour, "Mon 2026-03-02 12:00"},
		{"Mon 2026-03-02 08:00", 8, calendar.WorkingHour, "Mon 2026-03-02 18:00"},
		{"Mon 2026-03-02 13:00", 2, calendar.WorkingHour, "Mon 2026-03-02 16:00"},
		{"Fri 2026-03-06 17:30", 4, calendar.WorkingHour, "Mon 2026-03-09 11:30"},
		{"Fri 2026-03-06 18:00", 1, calendar.WorkingHour, "Mon 2026-03-09 09:00"},
		{"Fri 2026-03-06 23:59", 1, calendar.WorkingHour, "Mon 2026-03-09 09:00"},
		{"Sun 2026-03-08 12:00", 2, calendar.WorkingHour, "Mon 2026-03-09 10:00"},
		{"Mon 2026-03-02 10:00", 1, calendar.WorkingDay, "Tue 2026-03-03 10:00"},
		{"Mon 2026-03-02 10:00", 5, calendar.WorkingDay, "Mon 2026-03-09 10:00"},
		{"Mon 2026-03-02 20:00", 5, calendar.WorkingDay, "Mon 2026-03-09 18:00"},
		{"Fri 2026-04-03 16:00", 1, calendar.WorkingDay, "Tue 2026-04-07 16:00"},  // 清明, Saturday to Monday
		{"Fri 2026-05-08 10:00", 1, calendar.WorkingDay, "Sat 2026-05-09 10:00"},  // swapped for 劳动节
		{"Fri 2026-05-08 10:00", 2, calendar.WorkingDay, "Mon 2026-05-11 10:00"},  //
		{"Wed 2025-12-31 15:00", 1, calendar.WorkingDay, "Sun 2026-01-04 15:00"},  // 元旦, and the Sunday swapped for it
		{"Fri 2026-02-13 17:00", 2, calendar.WorkingDay, "Tue 2026-02-24 17:00"},  // 春节, with the Saturday before it
		{"Wed 2026-09-30 17:00", 2, calendar.WorkingHour, "Thu 2026-10-08 09:00"}, // 国庆节
		{"Thu 2026-10-01 02:40", 15, calendar.Minute, "Thu 2026-10-01 02:55"},     // litter on a main road, at night on a holiday
		{"Thu 2026-10-01 23:30", 2, calendar.UrgentHour, "Fri 2026-10-02 01:30"},
		{"Fri 2026-05-08 20:00", 3, calendar.CalendarDay, "Mon 2026-05-11 20:00"}, // a restaurant, over a swapped weekend
	} {
		if got := c.Deadline(at(t, l.start), calendar.Limit{N: l.n, Unit: l.unit}); !got.Equal(at(t, l.want)) {
			t.Errorf("%s + %v %s: got %s, want %s", l.start, l.n, l.unit, got.Format("Mon 2006-01-02 15:04"), l.want)
		}
	}
}

func TestEveryPublishedDayIsAsPublished(t *testing.T) {
	file, err := os.ReadFile("china.csv")
	if err != nil {
		t.Fatal(err)
	}
	c := china(t)
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")[1:]
	if len(lines) < 60 {
		t.Fatalf("%d days only", len(lines))
	}
	said := map[string]bool{}
	for _, line := range lines {
		f := strings.Split(line, ",")
		said[f[0]] = true
		d, err := calendar.ParseDay(f[0])
		if err != nil {
			t.Fatal(err)
		}
		works := f[1] == "swapped_working_day"
		if c.IsWorkingDay(d) != works {
			t.Errorf("%s: works %v, want %v", d, c.IsWorkingDay(d), works)
		}
		midnight := time.Date(d.Date().Year(), d.Date().Month(), d.Date().Day(), 0, 0, 0, 0, shanghai)
		want := time.Duration(0)
		if works {
			want = 8 * time.Hour
		}
		if got := c.Between(midnight, midnight.AddDate(0, 0, 1), calendar.WorkingHour); got != want {
			t.Errorf("%s has %v of working time, want %v", d, got, want)
		}
	}
	for d := calendar.DayOf(2025, 1, 1); d < calendar.DayOf(2027, 1, 1); d++ {
		if w := d.Date().Weekday(); !said[d.String()] && c.IsWorkingDay(d) != (w != time.Saturday && w != time.Sunday) {
			t.Errorf("%s, a %s that nothing was published for: works %v", d, w, c.IsWorkingDay(d))
		}
	}
}

// minutes is working time by counting minute after minute.
func minutes(c *calendar.Calendar, from, to time.Time) (n time.Duration) {
	for m := from; m.Before(to); m = m.Add(time.Minute) {
		h := m.Hour()
		if c.IsWorkingDay(calendar.DayOf(m.Date())) && (h >= 8 && h < 12 || h >= 14 && h < 18) {
			n += time.Minute
		}
	}
	return n
}

func TestWorkingTimeIsWhatCountingMinutesGives(t *testing.T) {
	c := china(t)
	r := rand.New(rand.NewPCG(1, 2))
	begin := time.Date(2025, 12, 1, 0, 0, 0, 0, shanghai)
	spans := 300
	if testing.Short() {
		spans = 30
	}
	for range spans {
		from := begin.Add(time.Duration(r.IntN(150*24*60)) * time.Minute)
		to := from.Add(time.Duration(r.IntN(20*24*60)) * time.Minute)
		want := minutes(c, from, to)
		if got := c.Between(from, to, calendar.WorkingHour); got != want {
			t.Fatalf("from %s to %s: %v, want %v", from, to, got, want)
		}
		if want == 0 {
			continue
		}
		end := c.Add(from, want, calendar.WorkingHour)
		if end.After(to) || minutes(c, from, end) != want {
			t.Fatalf("%s + %v: %s, which is %v after it, before %s", from, want, end, minutes(c, from, end), to)
		}
	}
}

func TestLimitsAddUpAndPausesGainNothing(t *testing.T) {
	zones := []string{"Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia"}
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := calendar.New(zone, calendar.Shifts, calendar.China())
		if err != nil {
			t.Fatal(err)
		}
		limits := 5_000
		if testing.Short() {
			limits = 500
		}
		for range limits {
			u := calendar.Units[r.IntN(len(calendar.Units))]
			start := time.Date(2024, 6, 1, 0, 0, 0, 0, zone).Add(time.Duration(r.Int64N(int64(900 * 24 * time.Hour))).Truncate(time.Millisecond))
			a, b := time.Duration(r.Int64N(int64(90*time.Hour))), time.Duration(r.Int64N(int64(90*time.Hour)))
			if r.IntN(4) == 0 {
				a, b = a.Truncate(4*time.Hour), b.Truncate(4*time.Hour) // ends of shifts
			}
			whole := c.Add(start, a+b, u)
			if parts := c.Add(c.Add(start, a, u), b, u); !parts.Equal(whole) {
				t.Fatalf("%s: %s + %v + %v %s in parts %s, at once %s", name, start, a, b, u, parts, whole)
			}
			if got := c.Between(start, whole, u); got != a+b {
				t.Fatalf("%s: from %s to %s %s are %v, want %v", name, start, whole, u, got, a+b)
			}
			if later := start.Add(time.Duration(r.Int64N(int64(30 * time.Hour)))); c.Add(later, a, u).Before(c.Add(start, a, u)) {
				t.Fatalf("%s: %v %s after %s end before those after %s", name, a, u, later, start)
			}
			// A pause in the middle: what is left goes on where the pause ends. The time used is the limit, no more and no less.
			paused := start.Add(time.Duration(r.Int64N(int64(whole.Sub(start)) + 1)))
			resumed := paused.Add(time.Duration(r.Int64N(int64(100 * time.Hour))))
			due := c.Add(resumed, c.Between(paused, whole, u), u)
			if used := c.Between(start, paused, u) + c.Between(resumed, due, u); used != a+b {
				t.Fatalf("%s: paused from %s to %s, %v %s were used of %v", name, paused, resumed, used, u, a+b)
			}
			if due.Before(whole) && c.Between(due, whole, u) > 0 {
				t.Fatalf("%s: a pause brought the deadline forward from %s to %s", name, whole, due)
			}
		}
	}
}

func TestAYearWithoutHolidaysIsProvisional(t *testing.T) {
	c := china(t)
	if c.Provisional(at(t, "Thu 2026-12-31 17:00"), at(t, "Thu 2026-12-31 18:00")) {
		t.Error("2026 is published")
	}
	if !c.Provisional(at(t, "Thu 2026-12-31 17:00"), at(t, "Fri 2027-01-01 09:00")) {
		t.Error("2027 is not published")
	}
	if got := c.ExceptionsBetween(at(t, "Wed 2025-12-31 15:00"), at(t, "Sun 2026-01-04 15:00")); len(got) != 4 || got[0].Name != "元旦" || !got[3].Working {
		t.Errorf("over New Year: %v", got)
	}
}

func TestWhatIsNoCalendarIsRefused(t *testing.T) {
	for name, shifts := range map[string][]calendar.Shift{
		"none": nil, "backwards": {{2 * time.Hour, time.Hour}}, "overlapping": {{0, 3 * time.Hour}, {2 * time.Hour, 4 * time.Hour}},
		"over midnight": {{20 * time.Hour, 25 * time.Hour}}, "seconds": {{0, time.Hour + time.Second}},
	} {
		if _, err := calendar.New(shanghai, shifts, nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for name, text := range map[string]string{
		"columns": "a,b,c\n", "no date": "date,kind,name\n2026-13-01,holiday,x\n", "kind": "date,kind,name\n2026-01-01,feast,x\n",
		"twice": "date,kind,name\n2026-01-01,holiday,x\n2026-01-01,swapped_working_day,x\n", "far": "date,kind,name\n2200-01-01,holiday,x\n",
	} {
		if _, err := holidaysIn(t, text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzReadHolidays(f *testing.F) {
	f.Add("date,kind,name\n2026-01-01,holiday,元旦\n")
	f.Add("\ufeffdate,kind,name\n2026-01-04,swapped_working_day,\"a\"\"b\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := holidaysIn(t, text)
		if err != nil {
			return
		}
		if _, err := calendar.New(shanghai, calendar.Shifts, all); err != nil {
			t.Fatalf("what was read is no calendar: %v", err)
		}
	})
}

func BenchmarkDeadline(b *testing.B) {
	c := china(b)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, shanghai)
	limit := calendar.Limit{N: 4, Unit: calendar.WorkingHour}
	for n := 0; b.Loop(); n++ {
		c.Deadline(start.Add(time.Duration(n%(365*24*60))*time.Minute), limit)
	}
}
