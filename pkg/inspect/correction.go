package inspect

import (
	"cmp"
	"slices"
	"time"

	"spotcheck/pkg/fault"
)

// DeadlineChoice is what a correction does to the deadline of a unit, where another category or class of area has another rule.
type DeadlineChoice string

// The choices.
const (
	KeepDeadline   DeadlineChoice = "keep"
	DeadlineByRule DeadlineChoice = "rule" // that of the rule, counted from the assignment
)

// noSpot is what an event says of an issue that is about no place of the register any more.
const noSpot = "place_id"

// DeadlineChoices are both.
var DeadlineChoices = []DeadlineChoice{KeepDeadline, DeadlineByRule}

// UnmarshalText reads a choice and refuses all else.
func (d *DeadlineChoice) UnmarshalText(text []byte) (err error) {
	*d, err = OneOf(*d, text, DeadlineChoices)
	return err
}

// Correction is what of an issue was wrong and is put right (更正), with what differs alone. What is empty stays.
type Correction struct {
	Category    string
	Severity    Severity
	Area        ID
	OtherClass  bool // the area is of another class
	Spot        ID   // the place of the register
	NoSpot      bool // it is about none
	SignedFront bool // that place had signed for its front when the report came
	Place       *Place
	Texts       []string // fields that have another text, or none, afterwards
	TextsBefore []string // those of them that had one
	Deadline    DeadlineChoice
}

// Empty says whether nothing differs.
func (c *Correction) Empty() bool {
	return c.Category == "" && c.Severity == "" && c.Area.IsZero() && c.Spot.IsZero() && !c.NoSpot && c.Place == nil && len(c.Texts) == 0
}

// Before is what stood there before a correction, of what it changed.
type Before struct {
	Category string   `json:"category,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	Area     ID       `json:"area,omitzero"`
	Spot     ID       `json:"place_id,omitzero"`
	Place    *Place   `json:"place,omitempty"`
	Texts    []string `json:"texts,omitempty"` // fields that had a text; it lies beside the record, by the correction
	DueAt    Time     `json:"due_at,omitzero"`
}

// AsksDeadline says whether a correction has to say what becomes of the deadline: a unit has the issue under a rule of another category or class
// of area, and no decision set the deadline.
func (i *Issue) AsksDeadline(c *Correction) bool {
	return (c.Category != "" || c.OtherClass) && i.DueAt != 0 && !i.Clock.FromExtension
}

// DeadlineUnder is the clock of the unit that has the issue if it had been assigned under a rule: counted from the assignment, less the time that the
// same unit used before it gave the issue back, and without the pauses since.
func (i *Issue) DeadlineUnder(m *Transition) (Clock, Time) {
	limit := m.Rule.CalendarLimit(m.DayCounting)
	left := m.Calendar.Duration(limit)
	if i.TimeUsed > 0 {
		left = max(left-i.TimeUsed, LeastLeft)
	}
	from := At(m.Calendar.CountedFrom(i.AssignedAt.UTC(), limit))
	for _, p := range slices.SortedFunc(slices.Values(i.Pauses), func(a, b Pause) int { return cmp.Compare(a.From, b.From) }) {
		ran := time.Duration(0)
		if p.From > from {
			ran = m.between(from, p.From, limit.Unit)
		}
		if ran >= left {
			break // the time was over before the clock stood still
		}
		left, from = left-ran, max(from, p.To)
	}
	clock := Clock{Rule: m.Rule.ID, Version: m.Rule.Version, Limit: limit.N, Unit: limit.Unit, From: from, RemainingMS: left.Milliseconds(), Counting: limit.Counting}
	due := clock.end(m.Calendar, from, left)
	return clock, due
}

// correcting says what differs, and what stood there before.
func correcting(i *Issue, m *Transition, e *Event) error {
	c := m.Correction
	if c == nil || c.Empty() {
		return ErrNothingToCorrect
	}
	switch asks := i.AsksDeadline(c); {
	case asks && c.Deadline == "":
		return ErrContent.At(fault.Field{Pointer: "/deadline", Detail: "say whether the deadline of the other rule applies: keep or rule"})
	case !asks && c.Deadline == DeadlineByRule:
		return ErrContent.At(fault.Field{Pointer: "/deadline", Detail: "the deadline stays: none is running, no other rule applies, or a decision set it"})
	}
	was := &Before{Texts: c.TextsBefore}
	if e.Was = was; c.Category != "" {
		e.Category, was.Category = c.Category, i.Category
	}
	if c.Severity != "" {
		e.Severity, was.Severity = c.Severity, i.Severity
	}
	if e.Area = c.Area; !c.Area.IsZero() {
		was.Area = i.Area
	}
	if e.Place = c.Place; c.Place != nil {
		was.Place = i.Place
	}
	if !c.Spot.IsZero() || c.NoSpot {
		e.Spot, e.SignedFront, was.Spot = c.Spot, c.SignedFront, i.Spot
	}
	if c.NoSpot {
		e.Cleared = append(e.Cleared, noSpot)
	}
	e.Corrected = append(e.Corrected, c.Texts...)
	if i.DueAt != 0 {
		e.Deadline = c.Deadline
	}
	if c.Deadline == DeadlineByRule {
		clock, due := i.DeadlineUnder(m)
		e.Clock, e.DueAt, e.AssignedAt, was.DueAt = &clock, due, i.AssignedAt, i.DueAt
	}
	return nil
}

func corrected(i *Issue, e *Event) {
	i.Category, i.Severity = cmp.Or(e.Category, i.Category), cmp.Or(e.Severity, i.Severity)
	if !e.Area.IsZero() {
		i.Area = e.Area
	}
	if e.Place != nil {
		i.Place = e.Place
	}
	if !e.Spot.IsZero() || slices.Contains(e.Cleared, noSpot) {
		i.Spot, i.SignedFront = e.Spot, e.SignedFront
	}
	due := i.DueAt
	if i.newDue(e); i.DueAt != due {
		i.Version++
	}
}
