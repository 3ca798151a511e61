package inspect

import (
	"fmt"
	"slices"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/score"
)

// Visit is a check on site (现场检查) of a place or an area by a standard: what was answered, what was found, and what it is worth. It comes whole.
type Visit struct {
	ID         ID
	Standard   ID
	Version    int // of the standard, as whoever was there had it
	Subject    VisitSubject
	Target     ID // the place or the area
	Area, Unit ID // where it lies and who answers for it, as the registers said when the visit came
	Rechecks   ID // the visit whose failed items were looked at again
	Draw       ID // by which the place was drawn
	By         ID
	With       []ID // who was there as well
	StartedAt  Time
	DoneAt     Time // by the phone's clock, corrected by its skew
	SentAt     Time
	ReceivedAt Time
	Answers    []VisitAnswer
	Note       string
	Signature  VisitSignature
	Score      score.Points // that counts: without what a contest struck
	Scored     bool         // otherwise nothing with points applied
	Vetoed     bool
	Passed     bool
	Grade      string // empty for none
	ContestBy  Time   // until when it may be contested; 0 where nobody answers for the place
	Contest    VisitContest
	UpdatedAt  Time
}

// VisitAnswer is what was answered to an item.
type VisitAnswer struct {
	Item     string         `json:"item"`
	Result   AnswerResult   `json:"result"`
	Note     string         `json:"note,omitempty"`
	Findings []VisitFinding `json:"findings,omitempty"`
	Carried  bool           `json:"carried,omitempty"` // from the visit that is re-checked: nobody looked again
	Struck   bool           `json:"struck,omitempty"`  // by a decided contest: it counts as if nothing was found
}

// VisitFinding is one thing that was found, and the issue that it became.
type VisitFinding struct {
	Issue ID     `json:"issue,omitzero"`
	Note  string `json:"note,omitempty"`
}

// AnswerResult is what an inspector says of an item.
type AnswerResult string

// What is said of an item.
const (
	AnswerYes AnswerResult = "yes" // as it should be
	AnswerNo  AnswerResult = "no"
	AnswerNA  AnswerResult = "na" // does not apply here
)

// AnswerResults are all of them.
var AnswerResults = []AnswerResult{AnswerYes, AnswerNo, AnswerNA}

// UnmarshalText reads a result and refuses all else.
func (r *AnswerResult) UnmarshalText(text []byte) (err error) {
	*r, err = OneOf(*r, text, AnswerResults)
	return
}

// VisitSignature is whether the visited signed for what was found.
type VisitSignature struct {
	Kind   SignatureKind
	Name   string // who signed, or refused
	Reason string // why somebody refused
}

// SignatureKind is what came of asking for a signature.
type SignatureKind string

// What came of asking for a signature.
const (
	Countersigned SignatureKind = "signed"
	SignRefused   SignatureKind = "refused"
	NobodyThere   SignatureKind = "absent" // there was nobody to sign
)

// SignatureKinds are all of them.
var SignatureKinds = []SignatureKind{Countersigned, SignRefused, NobodyThere}

// UnmarshalText reads a kind and refuses all else.
func (k *SignatureKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, SignatureKinds)
	return
}

// VisitContest is what the unit has against a visit, and what somebody else decided.
type VisitContest struct {
	Items     []string `json:"items,omitempty"` // that are contested
	Reason    string   `json:"reason,omitempty"`
	By        ID       `json:"by,omitzero"`
	At        Time     `json:"at,omitzero"` // 0 for not contested
	Struck    []string `json:"struck,omitempty"`
	Decision  string   `json:"decision,omitempty"`
	DecidedBy ID       `json:"decided_by,omitzero"`
	DecidedAt Time     `json:"decided_at,omitzero"`
}

// VisitState is how far a visit is.
type VisitState string

// The states of a visit.
const (
	VisitDue       VisitState = "due"  // drawn by lot, or to be looked at again; nobody was there yet
	VisitDone      VisitState = "done" // can still be contested
	VisitContested VisitState = "contested"
	VisitFinal     VisitState = "final" // decided, or not contested in time
)

// VisitStates are all of them.
var VisitStates = []VisitState{VisitDue, VisitDone, VisitContested, VisitFinal}

// UnmarshalText reads a state and refuses all else.
func (s *VisitState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, VisitStates)
	return
}

// State is how far a visit that came is at a moment.
func (v *Visit) State(now Time) VisitState {
	switch {
	case v.Contest.DecidedAt != 0:
		return VisitFinal
	case v.Contest.At != 0:
		return VisitContested
	case now >= v.ContestBy:
		return VisitFinal
	}
	return VisitDone
}

// MostFindings is how many findings a visit has at most.
const MostFindings = 100

// CheckAnswers says what is wrong with the answers of a visit by this standard: each item is answered once and none that the standard does not have, and
// what was found stands only where something is wrong. Of a re-check, asked are the items that failed before; otherwise all of the standard are asked.
func (s *Standard) CheckAnswers(answers []VisitAnswer, asked []string) (wrong []fault.Field) {
	add := func(n int, field, detail string) {
		wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/answers/%d%s", n, field), Detail: detail})
	}
	met, findings := map[string]bool{}, 0
	for n, a := range answers {
		item := s.Item(a.Item)
		findings += len(a.Findings)
		switch {
		case item == nil:
			add(n, "/item", "this version of the standard has no such item")
			continue
		case met[a.Item]:
			add(n, "/item", "is answered twice")
		case !slices.Contains(asked, a.Item):
			add(n, "/item", "is not asked again: nothing was wrong there")
		case a.Result == AnswerNA && !item.MayNotApply:
			add(n, "/result", "this item always applies")
		case a.Result != AnswerNo && len(a.Findings) > 0:
			add(n, "/findings", "findings stand at an item that is answered no")
		}
		met[a.Item] = true
	}
	if findings > MostFindings {
		wrong = append(wrong, fault.Field{Pointer: "/answers", Detail: fmt.Sprintf("a visit has at most %d findings", MostFindings)})
	}
	for _, code := range asked {
		if !met[code] {
			wrong = append(wrong, fault.Field{Pointer: "/answers", Detail: fmt.Sprintf("item %s is not answered", code)})
		}
	}
	return wrong
}

// Codes are the codes of all items, in order.
func (s *Standard) Codes() []string {
	codes := make([]string, len(s.Items))
	for n := range s.Items {
		codes[n] = s.Items[n].Code
	}
	return codes
}

// Failed are the items at which something is wrong and stands, in order.
func (v *Visit) Failed() (codes []string) {
	for _, a := range v.Answers {
		if a.Result == AnswerNo && !a.Struck {
			codes = append(codes, a.Item)
		}
	}
	return codes
}

// AfterRecheck are the answers of a re-check: those of the visit before it, with what was looked at again in the place of what failed.
func (v *Visit) AfterRecheck(again []VisitAnswer) []VisitAnswer {
	all := slices.Clone(v.Answers)
	for n, a := range all {
		if at := slices.IndexFunc(again, func(b VisitAnswer) bool { return b.Item == a.Item }); at >= 0 {
			all[n] = again[at]
			continue
		}
		all[n].Carried = true
		all[n].Findings = nil // they are issues of the visit before
		if a.Struck {
			all[n].Result, all[n].Struck, all[n].Note = AnswerYes, false, ""
		}
	}
	return all
}

// outcomeOf is what answers are worth by the standard, as if nothing was found where it was struck.
func (s *Standard) outcomeOf(answers []VisitAnswer, struck func(VisitAnswer) bool) score.Outcome {
	var all []score.Answer
	for _, a := range answers {
		item := s.Item(a.Item)
		if item == nil {
			continue
		}
		worth := score.Answer{Item: item.Worth(), Applies: a.Result != AnswerNA}
		if a.Result == AnswerNo && !struck(a) {
			worth.Findings = max(1, len(a.Findings))
		}
		all = append(all, worth)
	}
	return score.Compute(all)
}

// OutcomeOf is what the visit is worth by its standard: what a contest struck counts as if nothing was found.
func (s *Standard) OutcomeOf(v *Visit) score.Outcome {
	return s.outcomeOf(v.Answers, func(a VisitAnswer) bool { return a.Struck })
}

// FirstOutcomeOf is what the visit was worth before anything was struck.
func (s *Standard) FirstOutcomeOf(v *Visit) score.Outcome {
	return s.outcomeOf(v.Answers, func(VisitAnswer) bool { return false })
}

// Settle gives the visit its score, and what follows from it, by the version of the standard that it was made under.
func (v *Visit) Settle(s *Standard) {
	o := s.OutcomeOf(v)
	v.Score, v.Scored, v.Vetoed, v.Passed, v.Grade = o.Score, o.Scored(), o.Vetoed, o.Passes(v.Mark(s)), o.Grade(s.Grades)
}

// Mark is what the visit has to reach by its standard: a re-check has a mark of its own. Grades go by the score alone, so that a visit may
// fail with one.
func (v *Visit) Mark(s *Standard) score.Points {
	if v.Rechecks.IsZero() {
		return s.PassMark
	}
	return s.RecheckMark
}

// Strike marks what a contest took away.
func (v *Visit) Strike(items []string) {
	v.Answers = slices.Clone(v.Answers)
	for n := range v.Answers {
		v.Answers[n].Struck = slices.Contains(items, v.Answers[n].Item)
	}
}

// ContestDays is how many working days after the day on which a visit came it may be contested.
const ContestDays = 3

// Answer finds what was answered to an item; nil for nothing.
func (v *Visit) Answer(item string) *VisitAnswer {
	for n := range v.Answers {
		if v.Answers[n].Item == item {
			return &v.Answers[n]
		}
	}
	return nil
}

// ScoreOf is what an item is worth as it was answered.
func (s *Standard) ScoreOf(a *VisitAnswer) score.Points {
	return s.outcomeOf([]VisitAnswer{*a}, func(a VisitAnswer) bool { return a.Struck }).Earned
}
