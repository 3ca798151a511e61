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
	*k, err = oneOf(*k, text, LetterKinds)
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

// What can be contested, each once in an issue.
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
	*c, err = oneOf(*c, text, AppealSubjects)
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
}

// Finding is what an upheld appeal about a false fix found of the fix itself.
type Finding string

// The findings: the fix was not enough, so that the rework stays; or it was good, so that there was none.
const (
	FixInsufficient Finding = "insufficient"
	FixGood         Finding = "good"
)

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
	*r, err = oneOf(*r, text, FieldCheckResults)
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
	FieldCheckAskedAt Time             `json:"look_asked_at,omitzero"` // somebody is asked whether the report is real
	FieldCheckedAt    Time             `json:"looked_at,omitzero"`
	FieldCheckResult  FieldCheckResult `json:"found,omitempty"`
	VisitDrawn        bool             `json:"visit,omitempty"` // the fix that stands was drawn for a visit on site
	Feedback          Feedback         `json:"feedback,omitzero"`
	Parts             []Part           `json:"parts,omitempty"`
}

// appealDays is how long after what it is about an appeal can be made.
const appealDays = 3

// appeal gives what was contested of a kind, nil when nothing was.
func (i *Issue) appeal(about AppealSubject) *Appeal {
	n := slices.IndexFunc(i.Appeals, func(a Appeal) bool { return a.Subject == about })
	if n < 0 {
		return nil
	}
	return &i.Appeals[n]
}

// AppealUpheld says whether a unit was right about something.
func (i *Issue) AppealUpheld(about AppealSubject) bool {
	a := i.appeal(about)
	return a != nil && a.Answer == Granted
}

// marked is when something was held against the unit, and by whom; zero when it was not.
func (i *Issue) marked(about AppealSubject, now Time) (at Time, by ID) {
	switch about {
	case AppealOverdue:
		if i.Overdue(now) {
			return i.DueAt, ID{}
		}
	case AppealRework, AppealFalseFix:
		if want := map[AppealSubject]Verdict{AppealRework: Fail, AppealFalseFix: FalseFix}[about]; i.FailVerdict == want {
			return i.FailedAt, i.FailedBy
		}
	case AppealWrongUnit:
		if i.Status == Assigned {
			return i.AssignedAt, i.AssignedBy
		}
	}
	return 0, ID{}
}

// appealing is possible once for each mark, within three working days of it.
func appealing(i *Issue, m *Transition, e *Event) error {
	since, _ := i.marked(m.AppealSubject, e.CreditedAt)
	switch {
	case i.Unit.IsZero() || since == 0:
		return ErrNothingToAppeal
	case i.appeal(m.AppealSubject) != nil:
		return ErrAppealedBefore
	}
	if last := At(m.Calendar.Add(since.UTC(), appealDays*m.Calendar.WorkingDay(), "working_day")); e.CreditedAt > last {
		return ErrAppealTooLate.With("An appeal is made within three working days; here that was until %s.", last)
	}
	e.AppealSubject, e.Unit = m.AppealSubject, i.Unit
	return nil
}

// decidingAppeal is for somebody else than who appealed and who decided first.
func decidingAppeal(i *Issue, m *Transition, e *Event) error {
	a := i.appeal(m.AppealSubject)
	if a == nil || a.Answer != "" {
		return ErrNothingAsked
	}
	_, first := i.marked(m.AppealSubject, e.CreditedAt)
	if a.By == m.By || first == m.By && !first.IsZero() {
		return ErrSecondPerson.With("An appeal is decided by somebody else than who appealed and who decided first.")
	}
	e.AppealSubject, e.Answer = m.AppealSubject, m.Answer
	if m.Answer == Granted && m.AppealSubject == AppealWrongUnit && i.Status == Assigned {
		e.Type = "issue.unit_appealed_away"
	}
	return nil
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

func appealed(i *Issue, e *Event) {
	i.Appeals = append(slices.Clone(i.Appeals), Appeal{Subject: e.AppealSubject, At: e.CreditedAt, By: e.By, Unit: e.Unit, Action: e.ActionID})
}

func appealDecided(i *Issue, e *Event) {
	i.Appeals = slices.Clone(i.Appeals)
	a := i.appeal(e.AppealSubject)
	a.Answer, a.DecidedAt, a.DecidedBy, a.Decision = e.Answer, e.CreditedAt, e.By, e.ActionID
}

// appealedAway takes the issue from a unit that was not the right one; it counts as no return.
func appealedAway(i *Issue, e *Event) {
	appealDecided(i, e)
	i.move(Reported, e)
	i.Unit, i.DueAt, i.OwnDueAt = ID{}, 0, 0
	i.ReturnedBy, i.TimeUsed = ID{}, 0
	i.noClock()
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
