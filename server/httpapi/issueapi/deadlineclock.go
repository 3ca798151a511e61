package issueapi

import (
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/cityapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/rest"
)

type timeRequest struct {
	At       inspect.Time   `json:"at"`
	By       rest.PersonRef `json:"by"`
	Until    inspect.Time   `json:"until"`
	DecideBy inspect.Time   `json:"decide_by"`
	Reason   string         `json:"reason,omitempty"`
}

func timeRequestOf(v *issues.View, r *inspect.Request) *timeRequest {
	if r.At == 0 {
		return nil
	}
	return &timeRequest{r.At, rest.PersonOf(r.By, v.Names.People), r.Until, r.DecideBy, v.Reasons[r.Action]}
}

// deadlineClock is how a deadline came about.
type deadlineClock struct {
	Rule               *registerapi.Rule `json:"rule,omitempty"`
	ByHand             bool              `json:"by_hand"`
	Limit              int               `json:"limit"`
	Unit               inspect.LimitUnit `json:"unit"`
	StartedAt          inspect.Time      `json:"started_at"`
	Pauses             []inspect.Pause   `json:"pauses"`
	Skipped            []cityapi.Holiday `json:"skipped"`
	DueAt              inspect.Time      `json:"due_at"`
	Provisional        bool              `json:"provisional"`
	OverdueProvisional bool              `json:"overdue_provisional"`
	ReadsZH            string            `json:"reads_zh"`
	ReadsEN            string            `json:"reads_en"`
	Extensions         int               `json:"extensions"`
	ExtensionAsked     *timeRequest      `json:"extension_asked,omitempty"`
	HoldAsked          *timeRequest      `json:"hold_asked,omitempty"`
	HeldUntil          inspect.Time      `json:"held_until,omitzero"`
	RemindAt           inspect.Time      `json:"remind_at,omitzero"`
}

func deadlineClockOf(v *issues.View) *deadlineClock {
	if v.DueAt == 0 {
		return nil
	}
	k := v.Clock
	w := &deadlineClock{ByHand: k.SetManually, Limit: k.Limit, Unit: k.Unit, StartedAt: v.AssignedAt, Pauses: slices.Clone(v.Pauses),
		Skipped: cityapi.HolidaysOf(v.Deadline.Skipped), DueAt: v.DueAt, Provisional: v.Deadline.Provisional,
		OverdueProvisional: v.Deadline.Overdue, Extensions: v.Extensions,
		ExtensionAsked: timeRequestOf(v, &v.Extension), HoldAsked: timeRequestOf(v, &v.Hold), HeldUntil: v.HeldUntil, RemindAt: v.RemindAt}
	if w.Pauses == nil {
		w.Pauses = []inspect.Pause{}
	}
	if !v.Deadline.Rule.ID.IsZero() {
		r := registerapi.Rule(v.Deadline.Rule)
		w.Rule = &r
	}
	w.ReadsZH, w.ReadsEN = registerapi.DeadlineWords(v)
	return w
}
