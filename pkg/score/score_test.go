package score_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"spotcheck/pkg/score"
)

// item is an item in whole points.
func item(points, deduction, most int, veto bool) score.Item {
	return score.Item{Points: score.Points(points) * score.One, Deduction: score.Points(deduction) * score.One, Cap: score.Points(most) * score.One, Veto: veto}
}

func TestGoldenItems(t *testing.T) {
	for _, c := range []struct {
		what     string
		item     score.Item
		findings int
		want     string
	}{
		{"nothing found", item(10, 2, 0, false), 0, "10"},
		{"one found", item(10, 2, 0, false), 1, "8"},
		{"until nothing is left", item(10, 2, 0, false), 5, "0"},
		{"never below", item(10, 2, 0, false), 50, "0"},
		{"an odd rest is gone as well", item(10, 3, 0, false), 4, "0"},
		{"the cap bounds it", item(10, 2, 5, false), 3, "5"},
		{"below the cap", item(10, 2, 5, false), 2, "6"},
		{"a cap above the points", item(4, 1, 9, false), 9, "0"},
		{"no deduction is all of it", item(10, 0, 0, false), 1, "0"},
		{"all of it, bounded", item(10, 0, 4, false), 1, "6"},
		{"an item without points", item(0, 0, 0, true), 3, "0"},
		{"so many that they overflow", item(10, 2, 0, false), 1 << 62, "0"},
		{"half points", score.Item{Points: 5 * score.One, Deduction: score.One / 2}, 3, "3.5"},
	} {
		if got := (score.Answer{Item: c.item, Applies: true, Findings: c.findings}).Score().String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
}

func TestGoldenVisits(t *testing.T) {
	yes := func(i score.Item) score.Answer { return score.Answer{Item: i, Applies: true} }
	no := func(i score.Item, n int) score.Answer { return score.Answer{Item: i, Applies: true, Findings: n} }
	na := func(i score.Item) score.Answer { return score.Answer{Item: i} }
	for _, c := range []struct {
		what    string
		answers []score.Answer
		score   string
		pass    bool
		grade   string
	}{
		{"nothing to find", []score.Answer{yes(item(60, 5, 0, false)), yes(item(40, 5, 0, false))}, "100", true, "A"},
		{"the border of A", []score.Answer{no(item(60, 5, 0, false), 2), yes(item(40, 5, 0, false))}, "90", true, "A"},
		{"just below", []score.Answer{no(item(60, 5, 0, false), 2), no(item(40, 1, 0, false), 1)}, "89", true, "B"},
		{"what does not apply leaves both", []score.Answer{na(item(60, 5, 0, false)), no(item(40, 10, 0, false), 1)}, "75", true, "B"},
		{"a veto fails", []score.Answer{yes(item(60, 5, 0, false)), no(item(40, 1, 0, true), 1)}, "99", false, ""},
		{"a veto without points fails", []score.Answer{yes(item(60, 5, 0, false)), no(item(0, 0, 0, true), 1)}, "100", false, ""},
		{"a veto that does not apply", []score.Answer{yes(item(60, 5, 0, false)), na(item(40, 1, 0, true))}, "100", true, "A"},
		{"below every grade", []score.Answer{no(item(60, 60, 0, false), 1), yes(item(40, 1, 0, false))}, "40", false, ""},
		{"thirds", []score.Answer{no(item(1, 1, 0, false), 1), yes(item(2, 1, 0, false))}, "66.67", true, "C"},
		{"nothing applies", []score.Answer{na(item(60, 5, 0, false))}, "0", false, ""},
		{"nothing was asked", nil, "0", false, ""},
	} {
		o := score.Compute(c.answers)
		if o.Score.String() != c.score || o.Passes(60*score.One) != c.pass || o.Grade(score.Grades()) != c.grade {
			t.Errorf("%s: got %s, passes %t, grade %q; want %s, %t, %q", c.what, o.Score, o.Passes(60*score.One), o.Grade(score.Grades()), c.score, c.pass, c.grade)
		}
	}
}

// TestLaws holds for all visits: a score lies from 0 to 100, another finding never raises it, and the order of items is of no matter.
func TestLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var answers []score.Answer
		for range 1 + rng.IntN(12) {
			i := score.Item{Points: score.Points(rng.IntN(2000)), Deduction: score.Points(rng.IntN(600)), Cap: score.Points(rng.IntN(900)), Veto: rng.IntN(9) == 0}
			answers = append(answers, score.Answer{Item: i, Applies: rng.IntN(5) > 0, Findings: rng.IntN(7)})
		}
		o := score.Compute(answers)
		if o.Earned < 0 || o.Earned > o.Applicable || o.Score < 0 || o.Score > score.Full {
			t.Fatalf("%+v gives %+v", answers, o)
		}
		more := append([]score.Answer{}, answers...)
		n := rng.IntN(len(more))
		more[n].Findings++
		if after := score.Compute(more); after.Score > o.Score || o.Vetoed && !after.Vetoed {
			t.Fatalf("another finding at item %d of %+v makes %+v of %+v", n, answers, after, o)
		}
		rng.Shuffle(len(more), func(a, b int) { more[a], more[b] = more[b], more[a] })
		for n := range more {
			more[n].Findings = 0
		}
		if best := score.Compute(more); best.Scored() && best.Score != score.Full || best.Vetoed {
			t.Fatalf("nothing was found and it is worth %+v", best)
		}
	}
}

func TestGradesFall(t *testing.T) {
	for _, wrong := range [][]score.Grade{{{"", 0}}, {{"A", 90}, {"A", 80}}, {{"A", 90}, {"B", 90}}, {{"A", 101 * score.One}}, {{"A", -1}}} {
		if score.CheckGrades(wrong) == nil {
			t.Errorf("%v are let through", wrong)
		}
	}
	if err := score.CheckGrades(score.Grades()); err != nil {
		t.Error(err)
	}
}

func FuzzPoints(f *testing.F) {
	for _, text := range []string{"0", "2.5", "0.01", "99.999", "-1", "1e3", "NaN", "1e400", "0.1e1", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var p score.Points
		if json.Unmarshal([]byte(text), &p) != nil {
			return
		}
		b, err := json.Marshal(p)
		var again score.Points
		if err != nil || json.Unmarshal(b, &again) != nil || again != p || p < 0 {
			t.Errorf("%q was read as %d, written as %s and read as %d", text, p, b, again)
		}
	})
}
