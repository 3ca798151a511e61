// Package assessment computes what units of a peer group reached in a period (考核): parts by weight, rolled up from month to year, with grades, ranks and
// the red and black list.
package assessment

import (
	"fmt"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/score"
)

// Part is something by which units are assessed. Each is a score of 100 that is counted from what is on record.
type Part string

// The parts.
const (
	Closure Part = "closure" // the score of the weekly report, by its formula
	Visits  Part = "visits"  // the mean of the scores of visits to what the unit answers for, without re-checks
	Rounds  Part = "rounds"  // 100 × compliance with the duties of the unit
)

// Parts are all of them.
var Parts = []Part{Closure, Visits, Rounds}

// UnmarshalText reads a part and refuses all else.
func (p *Part) UnmarshalText(text []byte) (err error) {
	*p, err = inspect.OneOf(*p, text, Parts)
	return
}

// Weight is how much a part counts; all weights of a scheme sum to 100.
type Weight struct {
	Part   Part         `json:"part"`
	Weight score.Points `json:"weight"`
}

// Rules are what decides about a sheet. A sheet keeps those under which it was counted.
type Rules struct {
	Title     string        `json:"title"`
	PeerGroup string        `json:"peer_group"`
	Weights   []Weight      `json:"weights"`
	Grades    []score.Grade `json:"grades"`
	LeastDue  int64         `json:"least_due"` // fewer issues due have no rank and no grade, where closure is a part
	Version   int           `json:"version"`   // of the scheme
}

// Scheme is how the units of a peer group are assessed (考核办法).
type Scheme struct {
	Rules
	ID        inspect.ID
	Enabled   bool
	MadeBy    inspect.ID
	CreatedAt inspect.Time
	UpdatedAt inspect.Time
}

// Check says what is wrong with a scheme.
func (s *Scheme) Check() error {
	var wrong []fault.Field
	sum, seen := score.Points(0), map[Part]bool{}
	for n, w := range s.Weights {
		if seen[w.Part] {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/weights/%d/part", n), Detail: "stands twice"})
		}
		if w.Weight <= 0 {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/weights/%d/weight", n), Detail: "is more than 0"})
		}
		sum, seen[w.Part] = sum+w.Weight, true
	}
	if err := score.CheckGrades(s.Grades); err != nil {
		wrong = append(wrong, fault.Field{Pointer: "/grades", Detail: err.Error()})
	}
	switch {
	case len(wrong) > 0:
		return inspect.ErrContent.At(wrong...)
	case sum != score.Full:
		return inspect.ErrAssessmentWeights.With("The weights of the parts sum to %s, not to 100.", sum)
	}
	return nil
}

// State is how far a sheet is.
type State string

// The states of a sheet.
const (
	Draft   State = "draft"
	Checked State = "checked" // by somebody else than who drafted it
	Issued  State = "issued"  // it stays as it is
)

// States are all of them.
var States = []State{Draft, Checked, Issued}

// UnmarshalText reads a state and refuses all else.
func (s *State) UnmarshalText(text []byte) (err error) {
	*s, err = inspect.OneOf(*s, text, States)
	return
}

// Step is who did something with a sheet, and when; nobody while At is 0.
type Step struct {
	By inspect.ID
	At inspect.Time
}

// Sheet is the assessment of the units of a peer group in a period, as it was counted when it was drafted (考核结果).
type Sheet struct {
	ID                       inspect.ID
	Scheme                   inspect.ID
	Period                   string // as closure.ParsePeriod reads it
	Revision                 int64  // of its figures: they can be counted again until it is issued
	Content                  Content
	Drafted, Checked, Issued Step
	CreatedAt, UpdatedAt     inspect.Time
}

// State is how far the sheet is.
func (s *Sheet) State() State {
	switch {
	case s.Issued.At != 0:
		return Issued
	case s.Checked.At != 0:
		return Checked
	}
	return Draft
}

// Content is what a sheet says.
type Content struct {
	Rules Rules  `json:"rules"`
	Lines []Line `json:"lines"` // the best first, those without a rank last
}

// Balance is hundredths of a point, below 0 as well.
type Balance int64

// Float is the number of points.
func (b Balance) Float() float64 { return float64(b) / 100 }

// Figure is what a unit reached in a part in a period, and what that is made of.
type Figure struct {
	Period  string       `json:"period"`
	Known   bool         `json:"known"`             // there is something to count
	Score   score.Points `json:"score"`             // of 100
	N       int64        `json:"n"`                 // issues disposed, visits with a score, rounds kept
	Of      int64        `json:"of"`                // issues due, 0 for visits, rounds due
	Missing int          `json:"missing,omitempty"` // periods inside that have nothing to count
	Within  []Figure     `json:"within,omitempty"`  // by the next shorter period, of a quarter or longer
}

// Merit is what a person added to the points of a unit, or took from them.
type Merit struct {
	Day    inspect.Date `json:"day"`
	Points Balance      `json:"points"`
	Reason string       `json:"reason"`
}

// Listing is on which list a unit stands.
type Listing string

// The lists.
const (
	Red   Listing = "red"
	Black Listing = "black"
)

// Line is what one unit reached.
type Line struct {
	Unit    inspect.ID   `json:"unit"`
	Name    string       `json:"name"`
	Figures []Figure     `json:"figures"` // for each weight, in their order
	Known   bool         `json:"known"`   // at least one figure is
	Score   score.Points `json:"score"`   // by weight, of the figures that are known
	Merits  []Merit      `json:"merits"`
	Points  Balance      `json:"points"` // all merits
	Total   Balance      `json:"total"`  // score and points
	Rank    int          `json:"rank"`   // equals share one; 0 for none
	Grade   string       `json:"grade"`
	Listing Listing      `json:"listing,omitempty"`
}
