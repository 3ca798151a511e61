package assessment_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/assessment"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
)

func period(t *testing.T, name string) closure.Period {
	t.Helper()
	p, err := closure.ParsePeriod(name, time.Monday)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatAPeriodIsTheMeanOf(t *testing.T) {
	for name, want := range map[string]string{
		"2026": "2026-Q1 2026-Q2 2026-Q3 2026-Q4", "2026-H2": "2026-Q3 2026-Q4", "2026-Q1": "2026-01 2026-02 2026-03",
		"2026-11": "", "2026-11-T2": "", "2026-W47": "", "2026-11-30": "", "2026-11-01..2026-12-31": "",
	} {
		within, err := assessment.Within(period(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range within {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// known is a figure with a score, none for one with nothing to count.
func known(points ...float64) assessment.Figure {
	if len(points) == 0 {
		return assessment.Figure{}
	}
	return assessment.Figure{Known: true, Score: score.Points(points[0] * 100), N: 1, Of: 2}
}

func TestRollUp(t *testing.T) {
	for _, c := range []struct {
		within  []assessment.Figure
		score   string
		missing int
	}{
		{[]assessment.Figure{known(90), known(80), known(70)}, "80", 0},
		{[]assessment.Figure{known(90), known(), known(70)}, "80", 1},             // a missing month leaves the mean and is told
		{[]assessment.Figure{known(100), known(100), known(0)}, "66.67", 0},       // to the nearest hundredth
		{[]assessment.Figure{known(0.01), known(0), known(), known()}, "0.01", 2}, // halves upwards
		{[]assessment.Figure{known(), known(), known()}, "none", 3},
	} {
		got := assessment.RollUp("2026-Q1", c.within)
		text := "none"
		if got.Known {
			text = got.Score.String()
		}
		if text != c.score || got.Missing != c.missing || len(got.Within) != len(c.within) {
			t.Errorf("%v: got %s and %d missing, want %s and %d", c.within, text, got.Missing, c.score, c.missing)
		}
	}
	// A year of four quarters, one of which has a month without anything and one nothing at all, lacks four months.
	whole := assessment.RollUp("Q", []assessment.Figure{known(90), known(90), known(90)})
	holed := assessment.RollUp("Q", []assessment.Figure{known(60), known(), known(60)})
	empty := assessment.RollUp("Q", []assessment.Figure{known(), known(), known()})
	year := assessment.RollUp("2026", []assessment.Figure{whole, whole, holed, empty})
	if year.Score.String() != "80" || year.Missing != 4 || year.N != 8 || year.Of != 16 || year.Within[0].Within != nil {
		t.Errorf("the year: got %+v", year)
	}
}

func TestFiguresOfOnePeriod(t *testing.T) {
	for _, c := range []struct {
		got  assessment.Figure
		want string
	}{
		{assessment.Mean("2026-11", 85_00+92_50+70_01, 3), "82.5"}, // 82.5033…
		{assessment.Mean("2026-11", 0, 2), "0"},
		{assessment.Mean("2026-11", 0, 0), "none"},
		{assessment.Share("2026-11", 2, 3), "66.67"},
		{assessment.Share("2026-11", 0, 5), "0"},
		{assessment.Share("2026-11", 0, 0), "none"},
	} {
		text := "none"
		if c.got.Known {
			text = c.got.Score.String()
		}
		if text != c.want {
			t.Errorf("%+v: want %s", c.got, c.want)
		}
	}
}

func TestASchemesFaultsAreNamed(t *testing.T) {
	weights := func(points ...float64) (all []assessment.Weight) {
		for n, p := range points {
			all = append(all, assessment.Weight{Part: assessment.Parts[n%3], Weight: score.Points(p * 100)})
		}
		return all
	}
	for _, c := range []struct {
		weights []assessment.Weight
		grades  []score.Grade
		want    error
	}{
		{weights(100), score.Grades(), nil},
		{weights(33.34, 33.33, 33.33), nil, nil},
		{weights(50, 30, 10), nil, inspect.ErrAssessmentWeights},
		{weights(50, 30, 20.01), nil, inspect.ErrAssessmentWeights},
		{nil, nil, inspect.ErrAssessmentWeights},
		{weights(100, 0), nil, inspect.ErrContent},
		{weights(40, 20, 20, 20), nil, inspect.ErrContent}, // closure twice
		{weights(100), []score.Grade{{Name: "A", From: 6000}, {Name: "B", From: 7000}}, inspect.ErrContent},
	} {
		s := assessment.Scheme{Rules: assessment.Rules{Weights: c.weights, Grades: c.grades}}
		if err := s.Check(); !errors.Is(err, c.want) {
			t.Errorf("%v %v: got %v, want %v", c.weights, c.grades, err, c.want)
		}
	}
}

// rules are 40 closure, 40 visits, 20 rounds, and at least 3 issues due.
var rules = assessment.Rules{PeerGroup: "街道", Grades: score.Grades(), LeastDue: 3, Version: 1, Weights: []assessment.Weight{
	{Part: assessment.Closure, Weight: 40 * score.One}, {Part: assessment.Visits, Weight: 40 * score.One}, {Part: assessment.Rounds, Weight: 20 * score.One}}}

// unit is a line with its scores and so many issues due; below 0 is nothing to count.
func unit(name string, due int64, points float64, scores ...float64) assessment.Line {
	l := assessment.Line{Name: name}
	for _, s := range scores {
		f := known(s)
		if s < 0 {
			f = known()
		}
		l.Figures = append(l.Figures, f)
	}
	l.Figures[0].Of = due
	if points != 0 {
		l.Merits = []assessment.Merit{{Points: assessment.Balance(points * 100), Reason: "观摩点"}}
	}
	return l
}

// written is how lines came out: name, score, points, total, grade, rank and list.
func written(c assessment.Content) (all []string) {
	for _, l := range c.Lines {
		all = append(all, fmt.Sprintf("%s %s%+g=%g %s%d%s", l.Name, l.Score, l.Points.Float(), l.Total.Float(), l.Grade, l.Rank, l.Listing))
	}
	return all
}

// TestAssess works a sheet by hand: A is 0.4·90 + 0.4·95 + 0.2·100 = 94. B has no visits, so (40·80 + 20·50) ÷ 60 = 70. F has too few issues due, G nothing
// at all. Of six with a rank a third is two: A and H share the first place and stand on the red list, C and I the last and on the black one.
func TestAssess(t *testing.T) {
	got := assessment.Assess(rules, []assessment.Line{
		unit("B", 5, 0, 80, -1, 50), unit("A", 9, 0, 90, 95, 100), unit("C", 3, -10, 50, 60, 70), unit("D", 4, 1.25, 75, 75, 75),
		unit("F", 2, 0, 100, 100, 100), unit("G", 0, 2, -1, -1, -1), unit("H", 9, 4, 90, 90, 90), unit("I", 9, -6, 54, 54, 54),
	})
	want := []string{"A 94+0=94 A1red", "H 90+4=94 A1red", "D 75+1.25=76.25 B3", "B 70+0=70 C4", "C 58-10=48 5black", "I 54-6=48 5black",
		"F 100+0=100 0", "G 0+2=2 0"}
	if text := strings.Join(written(got), "\n"); text != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", text, strings.Join(want, "\n"))
	}
	if got.Lines[7].Known || !got.Lines[6].Known {
		t.Errorf("G has nothing to count, F has: got %+v", got.Lines[6:])
	}
}

// TestTiesAreTakenWhole has four units of which three share the last place: a third is one, so nobody stands on the black list.
func TestTiesAreTakenWhole(t *testing.T) {
	got := assessment.Assess(rules, []assessment.Line{unit("A", 9, 0, 90, 90, 90), unit("B", 9, 0, 50, 50, 50), unit("C", 9, 0, 50, 50, 50), unit("D", 9, 0, 50, 50, 50)})
	if text := strings.Join(written(got), ", "); text != "A 90+0=90 A1red, B 50+0=50 2, C 50+0=50 2, D 50+0=50 2" {
		t.Errorf("got %s", text)
	}
}

// TestWithoutClosureNobodyNeedsIssues ranks by what else there is.
func TestWithoutClosureNobodyNeedsIssues(t *testing.T) {
	r := rules
	r.Weights = []assessment.Weight{{Part: assessment.Visits, Weight: score.Full}}
	got := assessment.Assess(r, []assessment.Line{unit("A", 0, 0, 60), unit("B", 0, 0, 100), unit("C", 0, 0, -1)})
	if text := strings.Join(written(got), ", "); text != "B 100+0=100 A1, A 60+0=60 C2, C 0+0=0 0" && text != "B 100+0=100 A1red, A 60+0=60 C2black, C 0+0=0 0" {
		t.Errorf("got %s", text)
	}
}

// TestWhatHoldsForEverySheet holds scores between the least and the best figure, ranks against totals, and the lists apart.
func TestWhatHoldsForEverySheet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var lines []assessment.Line
		for n := range r.IntN(12) {
			l := unit(fmt.Sprint(n), r.Int64N(6), float64(r.IntN(21)-10), float64(r.IntN(101)), float64(r.IntN(111)-10), float64(r.IntN(111)-10))
			lines = append(lines, l)
		}
		c := assessment.Assess(rules, lines)
		for n, l := range c.Lines {
			least, best := score.Full, score.Points(0)
			for _, f := range l.Figures {
				if f.Known {
					least, best = min(least, f.Score), max(best, f.Score)
				}
			}
			if l.Known && (l.Score < least || l.Score > best) {
				t.Fatalf("%+v lies outside of its figures", l)
			}
			if (l.Rank > 0) != (l.Figures[0].Of >= 3) || l.Rank == 0 && (l.Grade != "" || l.Listing != "") {
				t.Fatalf("%+v: a rank needs 3 issues due", l)
			}
			for _, o := range c.Lines[:n] {
				if l.Rank > 0 && (o.Total < l.Total || (o.Total == l.Total) != (o.Rank == l.Rank) || o.Total == l.Total && o.Listing != l.Listing) {
					t.Fatalf("%+v stands before %+v", o, l)
				}
			}
		}
	}
}
