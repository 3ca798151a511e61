package inspect

import (
	"slices"
	"time"
)

// PlanTask is a line of an action plan (行动计划): what a unit has to bring about, in which days, and what it may cost.
type PlanTask struct {
	ID         ID
	Year       int // of the plan
	Unit       ID
	Title      string
	Note       string
	Planned    Span
	Actual     Span // as it came; empty days have not come yet
	BudgetFen  int64
	Milestones []Milestone
	Hold       PlanHoldRequest
	Enabled    bool
	CreatedAt  Time
	UpdatedAt  Time
}

// Milestone is a step of a task that has a day of its own.
type Milestone struct {
	Title string `json:"title"`
	Due   Date   `json:"due"`
	Done  Date   `json:"done,omitempty"`
}

// PlanHoldRequest is a wish for a task to rest, and what was decided; the zero hold is none.
type PlanHoldRequest struct {
	Reason    string `json:"reason"`
	From      Date   `json:"from"`
	To        Date   `json:"to"`
	AskedBy   ID     `json:"asked_by"`
	AskedAt   Time   `json:"asked_at"`
	Answer    Answer `json:"answer,omitempty"`
	Decision  string `json:"decision,omitempty"` // why
	DecidedBy ID     `json:"decided_by,omitzero"`
	DecidedAt Time   `json:"decided_at,omitzero"`
}

// PlanState is how a task stands against its plan.
type PlanState string

// The states of a task.
const (
	PlanAhead     PlanState = "planned"   // its first day has not come
	PlanOnTime    PlanState = "on_time"   // 按期
	PlanEarly     PlanState = "early"     // 提前
	PlanLate      PlanState = "late"      // 滞后
	PlanSuspended PlanState = "suspended" // 中止
)

// PlanStates are all of them.
var PlanStates = []PlanState{PlanAhead, PlanOnTime, PlanEarly, PlanLate, PlanSuspended}

// UnmarshalText reads a state and refuses all else.
func (s *PlanState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, PlanStates)
	return
}

// Due is the last day of a task: the planned one, moved by the days of a hold that was granted.
func (t *PlanTask) Due() Date {
	if t.Hold.Answer != Granted {
		return t.Planned.To
	}
	return t.Planned.To.Add(t.Hold.From.days(t.Hold.To) + 1)
}

// State is how the task stands on a day. What is done is held against its last day; what is not, against the day and the milestones
// that should have been reached by it.
func (t *PlanTask) State(on Date) PlanState {
	due := t.Due()
	switch done := t.Actual.To; {
	case done != "" && done < due:
		return PlanEarly
	case done != "" && done == due:
		return PlanOnTime
	case done != "":
		return PlanLate
	case t.Hold.Answer == Granted && t.Hold.From <= on && on <= t.Hold.To:
		return PlanSuspended
	case on > due || slices.ContainsFunc(t.Milestones, func(m Milestone) bool { return m.Done == "" && on > t.moved(m.Due) }):
		return PlanLate
	case t.Actual.From == "" && on > t.moved(t.Planned.From):
		return PlanLate
	case t.Actual.From == "" && on < t.Planned.From:
		return PlanAhead
	}
	return PlanOnTime
}

// moved is a day of the plan after a hold that began before it.
func (t *PlanTask) moved(d Date) Date {
	if t.Hold.Answer == Granted && t.Hold.From <= d {
		return d.Add(t.Hold.From.days(t.Hold.To) + 1)
	}
	return d
}

// days is how many days another one lies later.
func (d Date) days(to Date) int {
	a, errA := time.Parse(time.DateOnly, string(d))
	b, errB := time.Parse(time.DateOnly, string(to))
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a) / (24 * time.Hour))
}

// PlanStep is a day that a task has to keep: of a milestone, or its last one, which has no title.
type PlanStep struct {
	Title string
	Due   Date
}

// Open are the steps of a task that nobody has told to be done and whose day has come; nothing while it rests or is over.
func (t *PlanTask) Open(on Date) (all []PlanStep) {
	if !t.Enabled || t.Actual.To != "" || t.State(on) == PlanSuspended {
		return nil
	}
	for _, m := range t.Milestones {
		if due := t.moved(m.Due); m.Done == "" && due <= on {
			all = append(all, PlanStep{m.Title, due})
		}
	}
	if due := t.Due(); due <= on {
		all = append(all, PlanStep{"", due})
	}
	return all
}
