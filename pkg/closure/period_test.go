package closure_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
)

func TestPeriodsByTheirNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		first    time.Weekday
		kind     closure.PeriodKind
		from, to string // both included
		before   string
		year     string // the same a year before, empty for none
	}{
		{"2026-11-24", time.Monday, closure.Day, "2026-11-24", "2026-11-24", "2026-11-23", "2025-11-24"},
		{"2024-02-29", time.Monday, closure.Day, "2024-02-29", "2024-02-29", "2024-02-28", ""},
		{"2026-W47", time.Monday, closure.Week, "2026-11-16", "2026-11-22", "2026-W46", "2025-W47"},
		{"2026-W47", time.Sunday, closure.Week, "2026-11-15", "2026-11-21", "2026-W46", "2025-W47"},
		{"2026-W47", time.Friday, closure.Week, "2026-11-13", "2026-11-19", "2026-W46", "2025-W47"},
		{"2026-W53", time.Monday, closure.Week, "2026-12-28", "2027-01-03", "2026-W52", ""},
		{"2027-W01", time.Monday, closure.Week, "2027-01-04", "2027-01-10", "2026-W53", "2026-W01"},
		{"2026-02-T3", time.Monday, closure.TenDays, "2026-02-21", "2026-02-28", "2026-02-T2", "2025-02-T3"},
		{"2026-03-T1", time.Monday, closure.TenDays, "2026-03-01", "2026-03-10", "2026-02-T3", "2025-03-T1"},
		{"2026-01", time.Monday, closure.Month, "2026-01-01", "2026-01-31", "2025-12", "2025-01"},
		{"2026-Q4", time.Monday, closure.Quarter, "2026-10-01", "2026-12-31", "2026-Q3", "2025-Q4"},
		{"2026-H1", time.Monday, closure.Half, "2026-01-01", "2026-06-30", "2025-H2", "2025-H1"},
		{"2026", time.Monday, closure.Year, "2026-01-01", "2026-12-31", "2025", "2025"},
		{"2026-11-01..2026-11-20", time.Monday, closure.Between, "2026-11-01", "2026-11-20", "2026-10-12..2026-10-31", "2025-11-01..2025-11-20"},
	} {
		p, err := closure.ParsePeriod(c.name, c.first)
		if err != nil || p.Kind != c.kind || p.From.String() != c.from || (p.To-1).String() != c.to {
			t.Errorf("%s from %s: got %s %s to %s, %v, want %s %s to %s", c.name, c.first, p.Kind, p.From, p.To-1, err, c.kind, c.from, c.to)
			continue
		}
		if b, err := p.Before(c.first); err != nil || b.Name != c.before {
			t.Errorf("%s: got %s before it, %v, want %s", c.name, b.Name, err, c.before)
		}
		if y, err := p.YearBefore(c.first); (c.year == "") != errors.Is(err, closure.ErrPeriod) || y.Name != c.year {
			t.Errorf("%s: got %q a year before, %v, want %q", c.name, y.Name, err, c.year)
		}
	}
	for _, wrong := range []string{"", "2026-W00", "2026-W54", "2025-W53", "2026-13", "2026-00", "2026-02-30", "2026-Q5", "2026-H3", "2026-02-T4",
		"1999", "2100", "2026-11-20..2026-11-01", "2020-01-01..2026-12-31", "week", "2026-W47 "} {
		if p, err := closure.ParsePeriod(wrong, time.Monday); !errors.Is(err, closure.ErrPeriod) {
			t.Errorf("%q: got %+v, %v, want ErrPeriod", wrong, p, err)
		}
	}
}

// TestEveryDayLiesInOneWeek walks through eleven years with weeks that begin on each day.
func TestEveryDayLiesInOneWeek(t *testing.T) {
	t.Parallel()
	for first := time.Sunday; first <= time.Saturday; first++ {
		var last closure.Period
		for d := calendar.DayOf(2020, 1, 1); d < calendar.DayOf(2031, 1, 1); d++ {
			p, err := closure.PeriodOf(closure.Week, d, first)
			if err != nil || !p.In(d) || p.From.Date().Weekday() != first || p.To-p.From != 7 {
				t.Fatalf("%s, weeks from %s: got %+v, %v", d, first, p, err)
			}
			if y, n := (p.From + 3).Date().ISOWeek(); p.Number() != n || p.Name[:4] != time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") {
				t.Fatalf("%s: got %s, want the number %d of %d", d, p.Name, n, y)
			}
			if (p.ISO() == "") != (first != time.Monday) {
				t.Fatalf("%s: got the ISO name %q", d, p.ISO())
			}
			if last.Name != "" && last.Name != p.Name && last.To != p.From {
				t.Fatalf("%s ends on %s and %s begins on %s", last.Name, last.To, p.Name, p.From)
			}
			last = p
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026-W47", "2026-11", "2026-11-24", "2026-Q4", "2026-11-01..2026-11-20", "2026-02-T3"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, text string, first int) {
		p, err := closure.ParsePeriod(text, time.Weekday(((first%7)+7)%7))
		if err == nil && (p.Name != text || p.From >= p.To) {
			t.Errorf("%q: got %+v", text, p)
		}
	})
}

func FuzzCounts(f *testing.F) {
	f.Add([]byte("1 2  3"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c, again closure.Counts
		if c.UnmarshalText(text) != nil {
			return
		}
		b, err := c.MarshalText()
		if err != nil || again.UnmarshalText(b) != nil || again != c {
			t.Errorf("%q: got %v, then %q and %v, %v", text, c, b, again, err)
		}
	})
}

func TestScoresAndRanks(t *testing.T) {
	t.Parallel()
	of := func(due, disposed, onTime, long, rework, extended, staged int64) *closure.Counts {
		var c closure.Counts
		c[closure.Due], c[closure.Disposed], c[closure.OnTime], c[closure.LongOverdue], c[closure.Reworked], c[closure.Extended],
			c[closure.FalseFix] = due, disposed, onTime, long, rework, extended, staged
		return &c
	}
	for _, c := range []struct {
		name   string
		counts *closure.Counts
		want   float64
		none   bool
	}{
		{"nothing due", of(0, 0, 0, 0, 0, 0, 0), 0, true},
		{"nothing done earns nothing", of(10, 0, 0, 10, 0, 0, 0), 0, false},
		{"all of it in time", of(10, 10, 10, 0, 0, 0, 0), 100, false},
		{"half disposed, a quarter in time", of(20, 10, 5, 0, 0, 0, 0), 40*0.5 + 30*0.25 + 0.5*30, false},
		{"a tenth of each beside", of(10, 10, 10, 1, 1, 1, 0), 70 + 9 + 9 + 9, false},
		{"a false fix of ten costs ten", of(10, 9, 9, 0, 1, 0, 1), 40*0.9 + 30*0.9 + 0.9*29 - 10, false},
		{"a false fix of a thousand costs one", of(1000, 999, 999, 0, 1, 0, 1), math.Round((40*0.999+30*0.999+0.999*(10+9.99+10)-1)*100) / 100, false},
		{"never below nothing", of(2, 0, 0, 0, 2, 0, 2), 0, false},
	} {
		got, ok := closure.DefaultFormula.Score(c.counts)
		if math.Abs(got-c.want) > 1e-9 || ok == c.none {
			t.Errorf("%s: got %g, %v, want %g", c.name, got, ok, c.want)
		}
	}
	units := []*closure.RankedUnit{{PeerGroup: "街道", Name: "甲", Due: 20, Score: 80}, {PeerGroup: "街道", Name: "乙", Due: 20, Score: 90},
		{PeerGroup: "街道", Name: "丙", Due: 20, Score: 80}, {PeerGroup: "街道", Name: "丁", Due: 9, Score: 100},
		{PeerGroup: "街道", Name: "戊", Due: 10, Score: 70}, {PeerGroup: "部门", Name: "己", Due: 30, Score: 10}}
	closure.Rank(units, 10)
	want := map[string]int{"甲": 2, "乙": 1, "丙": 2, "丁": 0, "戊": 4, "己": 1}
	for _, u := range units {
		if u.Rank != want[u.Name] {
			t.Errorf("%s: got rank %d, want %d", u.Name, u.Rank, want[u.Name])
		}
	}
}
