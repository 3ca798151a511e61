package inspect

import (
	"fmt"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/score"
)

// Standard is one version of a checklist (标准) by which places of a kind, or areas of a class, are visited and scored. A version that is in force is
// never changed: the next one takes its place, and a visit keeps the one that it was made under.
type Standard struct {
	ID          ID
	Version     int // from 1 on
	Name        string
	Subject     VisitSubject
	Kind        SpotKind // of the places that it is for; empty for areas
	Class       string   // of the areas that it is for; empty for all, and for places
	Items       []StandardItem
	PassMark    score.Points // the score from which a visit passes
	RecheckMark score.Points // the score from which a re-check passes
	Grades      []score.Grade
	InForceAt   Time // 0 for a draft
	ReplacedAt  Time // when the next version came into force, or it was withdrawn
	MadeBy      ID
	CreatedAt   Time
	UpdatedAt   Time
}

// StandardItem is a line of a checklist.
type StandardItem struct {
	Code        string       `json:"code"` // of its own within the standard
	Section     string       `json:"section,omitempty"`
	Text        string       `json:"text"`
	Points      score.Points `json:"points"`
	Deduction   score.Points `json:"deduction,omitempty"` // for each finding; 0 for all of its points
	Cap         score.Points `json:"cap,omitempty"`       // that all findings together deduct at most; 0 for all of its points
	Veto        bool         `json:"veto,omitempty"`      // a finding fails the whole visit
	PhotoNeeded bool         `json:"photo_needed,omitempty"`
	MayNotApply bool         `json:"may_not_apply,omitempty"`
	Category    string       `json:"category,omitempty"` // of the issue that a finding makes; without one a finding is only written down
}

// VisitSubject is what a standard is for, and a visit goes to.
type VisitSubject string

// What is visited.
const (
	VisitPlace VisitSubject = "place" // of the register
	VisitArea  VisitSubject = "area"  // a road section, or any other area
)

// VisitSubjects are all of them.
var VisitSubjects = []VisitSubject{VisitPlace, VisitArea}

// UnmarshalText reads a subject and refuses all else.
func (s *VisitSubject) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, VisitSubjects)
	return
}

// StandardState is how far a version of a standard is.
type StandardState string

// The states of a version of a standard.
const (
	StandardDraft    StandardState = "draft" // can still be changed
	StandardInForce  StandardState = "in_force"
	StandardReplaced StandardState = "replaced" // by the next version, or withdrawn
)

// StandardStates are all of them.
var StandardStates = []StandardState{StandardDraft, StandardInForce, StandardReplaced}

// UnmarshalText reads a state and refuses all else.
func (s *StandardState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, StandardStates)
	return
}

// State is how far this version is.
func (s *Standard) State() StandardState {
	switch {
	case s.ReplacedAt != 0:
		return StandardReplaced
	case s.InForceAt == 0:
		return StandardDraft
	}
	return StandardInForce
}

// Bounds of a standard.
const (
	MostItems  = 300
	MostGrades = 10
)

// Check says what is wrong with a standard, field by field.
func (s *Standard) Check() (wrong []fault.Field) {
	add := func(pointer, detail string) { wrong = append(wrong, fault.Field{Pointer: pointer, Detail: detail}) }
	if s.Subject == VisitPlace && s.Kind == "" {
		add("/kind", "a standard for places is for places of a kind")
	}
	if s.Subject == VisitArea && s.Kind != "" || s.Subject == VisitPlace && s.Class != "" {
		add("/subject", "a kind is of places, a class is of areas")
	}
	if len(s.Items) == 0 {
		add("/items", "a standard has items")
	}
	if s.PassMark > score.Full {
		add("/pass_mark", "want 0 to 100")
	}
	if s.RecheckMark > score.Full {
		add("/recheck_mark", "want 0 to 100")
	}
	if err := score.CheckGrades(s.Grades); err != nil {
		add("/grades", err.Error())
	}
	first, worth := map[string]int{}, score.Points(0)
	for n, i := range s.Items {
		at := fmt.Sprintf("/items/%d", n)
		if before, twice := first[i.Code]; twice {
			add(at+"/code", fmt.Sprintf("item %d has this code as well", before+1))
		}
		first[i.Code] = n
		worth += i.Points
		if i.Points == 0 && !i.Veto {
			add(at+"/points", "an item without points is a veto item")
		}
		if i.Deduction > i.Points {
			add(at+"/deduction", "a finding deducts no more than the item has")
		}
		if i.Cap > i.Points {
			add(at+"/cap", "findings deduct no more than the item has")
		}
	}
	if len(s.Items) > 0 && worth == 0 {
		add("/items", "a standard has items with points")
	}
	return wrong
}

// Item finds an item by its code; nil for none.
func (s *Standard) Item(code string) *StandardItem {
	for n := range s.Items {
		if s.Items[n].Code == code {
			return &s.Items[n]
		}
	}
	return nil
}

// Worth is what the item is worth.
func (i *StandardItem) Worth() score.Item {
	return score.Item{Points: i.Points, Deduction: i.Deduction, Cap: i.Cap, Veto: i.Veto}
}
