package inspect

import (
	"slices"

	"spotcheck/pkg/fault"
)

// LetterKind is why somebody presses (督办).
type LetterKind string

// LetterKinds are all of them.
var LetterKinds = []LetterKind{"overdue", "leader", "key"}

// UnmarshalText reads a kind of letter and refuses all else.
func (k *LetterKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, LetterKinds)
	return
}

// Letter is a supervision letter on an issue, with its reply.
type Letter struct {
	ID        ID         `json:"id"` // of the action, which says what is demanded
	Kind      LetterKind `json:"kind"`
	At        Time       `json:"at"`
	By        ID         `json:"by"`
	ReplyBy   Time       `json:"reply_by"`
	RepliedAt Time       `json:"replied_at,omitzero"`
	RepliedBy ID         `json:"replied_by,omitzero"`
	Reply     ID         `json:"reply,omitzero"` // the action that says it
}

// AppealSubject is what a unit does not accept (申诉).
type AppealSubject string

// What can be contested, each mark once.
const (
	AppealOverdue   AppealSubject = "overdue"
	AppealRework    AppealSubject = "rework"
	AppealFalseFix  AppealSubject = "false_fix"
	AppealWrongUnit AppealSubject = "wrong_unit"
)

// AppealSubjects are all of them.
var AppealSubjects = []AppealSubject{AppealOverdue, AppealRework, AppealFalseFix, AppealWrongUnit}

// UnmarshalText reads what is contested and refuses all else.
func (c *AppealSubject) UnmarshalText(text []byte) (err error) {
	*c, err = OneOf(*c, text, AppealSubjects)
	return
}

// Appeal is what a unit contests, and what was decided.
type Appeal struct {
	Subject   AppealSubject `json:"about"`
	At        Time          `json:"at"`
	By        ID            `json:"by"`
	Unit      ID            `json:"unit"`
	Action    ID            `json:"action"`
	Answer    Answer        `json:"answer,omitempty"` // granted means upheld; empty while nobody has decided
	DecidedAt Time          `json:"decided_at,omitzero"`
	DecidedBy ID            `json:"decided_by,omitzero"`
	Decision  ID            `json:"decision,omitzero"` // the action that says why
	Mark      Time          `json:"mark,omitzero"`     // when what it is about was held against the unit; 0 where older programs kept it
	Finding   Finding       `json:"finding,omitempty"` // of one that was upheld about a false fix
}

// Finding is what an upheld appeal about a false fix found of the fix itself.
type Finding string

// The findings: the fix was not enough, so that the rework stays; or it was good, so that there was none.
const (
	FixInsufficient Finding = "insufficient"
	FixGood         Finding = "good"
)

// Findings are both.
var Findings = []Finding{FixInsufficient, FixGood}

// UnmarshalText reads a finding and refuses all else.
func (f *Finding) UnmarshalText(text []byte) (err error) {
	*f, err = OneOf(*f, text, Findings)
	return
}

// Failure is a verification that a fix did not pass.
type Failure struct {
	At     Time    `json:"at"`   // that it counts at
	Told   Time    `json:"told"` // when the unit heard of it
	By     ID      `json:"by"`
	Found  Verdict `json:"as"`
	Action ID      `json:"action"`
}

// Feedback is what who told the office was told (反馈): the last one stands, the first keeps the time.
type Feedback struct {
	At     Time `json:"at"` // of the first
	By     ID   `json:"by"` // of the last
	Action ID   `json:"action"`
}

// FieldCheckResult is what a look before filing found (核实: is the report real?).
type FieldCheckResult string

// FieldCheckResults are both.
var FieldCheckResults = []FieldCheckResult{"real", "not_real"}

// UnmarshalText reads a finding and refuses all else.
func (r *FieldCheckResult) UnmarshalText(text []byte) (err error) {
	*r, err = OneOf(*r, text, FieldCheckResults)
	return
}

// Correspondence is what passes between people about an issue beside the work itself.
type Correspondence struct {
	Letters           []Letter         `json:"letters,omitempty"`
	Appeals           []Appeal         `json:"appeals,omitempty"`
	AssignedBy        ID               `json:"assigned_by,omitzero"`
	FailedAt          Time             `json:"failed_at,omitzero"` // the last verification that did not pass, and whether it found a false fix
	FailedBy          ID               `json:"failed_by,omitzero"`
	FailVerdict       Verdict          `json:"failed_as,omitempty"`
	Failures          []Failure        `json:"failures,omitempty"`     // all of them, where older programs kept the last alone
	DeadlineStoodAt   Time             `json:"stood_at,omitzero"`      // when more time was refused after the deadline: only then the unit knew that it stands
	FieldCheckAskedAt Time             `json:"look_asked_at,omitzero"` // somebody is asked whether the report is real
	FieldCheckedAt    Time             `json:"looked_at,omitzero"`
	FieldCheckResult  FieldCheckResult `json:"found,omitempty"`
	VisitDrawn        bool             `json:"visit,omitempty"` // the fix that stands was drawn for a visit on site
	Feedback          Feedback         `json:"feedback,omitzero"`
	Parts             []Part           `json:"parts,omitempty"`
}

func supervising(_ *Issue, m *Transition, e *Event) error {
	if m.Until <= e.CreditedAt {
		return wrongUntil("a reply is wanted later than now")
	}
	e.LetterKind, e.Until = m.LetterKind, m.Until
	return nil
}

func replying(i *Issue, m *Transition, e *Event) error {
	n := slices.IndexFunc(i.Letters, func(l Letter) bool { return l.ID == m.Letter })
	switch {
	case n < 0:
		return ErrUnknownRef.At(fault.Field{Pointer: "/letter", Detail: "the issue has no such letter"})
	case i.Letters[n].RepliedAt != 0:
		return ErrNothingAsked.With("The letter has its reply.")
	}
	e.Letter, e.Unit = m.Letter, i.Unit
	return nil
}

// passing gives an issue to a unit below; the clock runs on.
func passing(i *Issue, m *Transition, e *Event) error {
	if m.Unit == i.Unit || !slices.Contains(m.SubordinateUnits, m.Unit) {
		return ErrUnknownRef.At(fault.Field{Pointer: "/unit", Detail: "an issue is passed on to a unit below the one that has it"})
	}
	return nil
}

func looking(i *Issue, m *Transition, e *Event) error {
	if i.FieldCheckAskedAt == 0 {
		return ErrNothingAsked.With("Nobody asked whether the report is real.")
	}
	e.FieldCheckResult = m.FieldCheckResult
	return prove(m, PhotoCheck)
}

func supervised(i *Issue, e *Event) {
	i.Letters = append(slices.Clone(i.Letters), Letter{ID: e.ActionID, Kind: e.LetterKind, At: e.CreditedAt, By: e.By, ReplyBy: e.Until})
}

func replied(i *Issue, e *Event) {
	i.Letters = slices.Clone(i.Letters)
	for n := range i.Letters {
		if l := &i.Letters[n]; l.ID == e.Letter {
			l.RepliedAt, l.RepliedBy, l.Reply = e.CreditedAt, e.By, e.ActionID
		}
	}
}

func passed(i *Issue, e *Event) {
	i.Unit = e.Unit
	i.Version++
}

func fedBack(i *Issue, e *Event) {
	at := e.CreditedAt
	if i.Feedback.At != 0 {
		at = i.Feedback.At
	}
	i.Feedback = Feedback{At: at, By: e.By, Action: e.ActionID}
}
