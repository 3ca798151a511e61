// Package score computes what a visit by a standard is worth (检查评分): item by item, as a share of the points that apply, and as a grade.
package score

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Points are hundredths of a point, so that sums are exact.
type Points int

// Full is the score of a visit at which nothing was found.
const Full = 100 * One

// One is one point.
const One Points = 100

// most is far more than any standard has.
const most = 1e6

// PointsOf gives a number of points, which has at most two decimals.
func PointsOf(f float64) (Points, error) {
	p := math.Round(f * float64(One))
	if !(f >= 0 && f <= most) || math.Abs(p/float64(One)-f) > 1e-9 {
		return 0, errors.New("want points from 0 on with at most two decimals")
	}
	return Points(p), nil
}

// Float is the number of points.
func (p Points) Float() float64 { return float64(p) / float64(One) }

// String is the number of points as it is written: 7, 2.5, 86.25.
func (p Points) String() string { return strconv.FormatFloat(p.Float(), 'f', -1, 64) }

// MarshalJSON writes a number.
func (p Points) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON reads a number.
func (p *Points) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(b), 64)
	if err == nil {
		*p, err = PointsOf(f)
	}
	return err
}

// Item is what an item of a standard is worth.
type Item struct {
	Points    Points
	Deduction Points // for each finding; 0 for all of its points
	Cap       Points // that all findings together deduct at most; 0 for all of its points
	Veto      bool   // a finding fails the whole visit
}

// Answer is what was found at an item.
type Answer struct {
	Item
	Applies  bool
	Findings int
}

// Score is what an item is worth as it was answered: its points without what its findings deduct, never below 0 (扣完为止).
func (a Answer) Score() Points {
	if !a.Applies {
		return 0
	}
	each, bound := a.Points, a.Points
	if a.Deduction > 0 {
		each = a.Deduction
	}
	if a.Cap > 0 {
		bound = min(bound, a.Cap)
	}
	if a.Findings > 0 && each > 0 && a.Findings > int(bound/each) { // however many there are
		return a.Points - bound
	}
	return a.Points - Points(a.Findings)*each
}

// Outcome is what a visit is worth.
type Outcome struct {
	Applicable Points // of the items that apply
	Earned     Points
	Score      Points // of 100; 0 where nothing applies
	Vetoed     bool
}

// Compute gives the outcome of the answers: 100 × what was earned ÷ what applies, to the nearest hundredth, halves upwards.
func Compute(answers []Answer) (o Outcome) {
	for _, a := range answers {
		if !a.Applies {
			continue
		}
		o.Applicable += a.Points
		o.Earned += a.Score()
		o.Vetoed = o.Vetoed || a.Veto && a.Findings > 0
	}
	if o.Applicable > 0 {
		o.Score = (2*Full*o.Earned + o.Applicable) / (2 * o.Applicable)
	}
	return o
}

// Scored says whether anything with points applies: without it there is no score, and neither a pass nor a grade.
func (o Outcome) Scored() bool { return o.Applicable > 0 }

// Passes says whether the outcome reaches a mark. A veto item that was found fails whatever the score.
func (o Outcome) Passes(mark Points) bool { return o.Scored() && !o.Vetoed && o.Score >= mark }

// Grade is a name for all scores from a bound on that no better grade has.
type Grade struct {
	Name string `json:"name"`
	From Points `json:"from"`
}

// Grades are those of restaurants in practice: A from 90, B from 75, C from 60 on.
func Grades() []Grade { return []Grade{{"A", 90 * One}, {"B", 75 * One}, {"C", 60 * One}} }

// CheckGrades says what is wrong with grades: they have names of their own and fall from each to the next.
func CheckGrades(grades []Grade) error {
	names := map[string]bool{}
	for n, g := range grades {
		switch {
		case g.Name == "" || names[g.Name]:
			return fmt.Errorf("grade %d needs a name of its own", n+1)
		case g.From < 0 || g.From > Full:
			return fmt.Errorf("grade %s begins at 0 to 100", g.Name)
		case n > 0 && g.From >= grades[n-1].From:
			return fmt.Errorf("grade %s has to begin below grade %s", g.Name, grades[n-1].Name)
		}
		names[g.Name] = true
	}
	return nil
}

// Grade gives the grade of an outcome; none for one that was vetoed, has no score, or lies below all of them.
func (o Outcome) Grade(grades []Grade) string {
	for _, g := range grades {
		if o.Passes(g.From) {
			return g.Name
		}
	}
	return ""
}
