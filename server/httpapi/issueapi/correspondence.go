package issueapi

import (
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// feedbackWire is what who told the office was told, and when.
type feedbackWire struct {
	At       inspect.Time   `json:"at"`
	By       rest.PersonRef `json:"by"`
	Findings string         `json:"findings,omitempty"`
	Handling string         `json:"handling,omitempty"`
	Note     string         `json:"note,omitempty"`
}

func feedbackOf(v *issues.View) *feedbackWire {
	f := &v.Feedback
	if f.At == 0 {
		return nil
	}
	return &feedbackWire{f.At, rest.PersonOf(f.By, v.Names.People), v.FeedbackTexts["findings"], v.FeedbackTexts["handling"], v.FeedbackTexts["note"]}
}

// letterWire is a supervision letter with its reply.
type letterWire struct {
	ID        inspect.ID         `json:"id"`
	Kind      inspect.LetterKind `json:"kind"`
	At        inspect.Time       `json:"at"`
	By        rest.PersonRef     `json:"by"`
	Demand    string             `json:"demand,omitempty"`
	ReplyBy   inspect.Time       `json:"reply_by"`
	RepliedAt inspect.Time       `json:"replied_at,omitzero"`
	RepliedBy *rest.PersonRef    `json:"replied_by,omitempty"`
	Reply     string             `json:"reply,omitempty"`
}

// appealWire is what a unit contests, and what was decided.
type appealWire struct {
	About     inspect.AppealSubject `json:"about"`
	At        inspect.Time          `json:"at"`
	By        rest.PersonRef        `json:"by"`
	Unit      inspect.ID            `json:"unit"`
	Reason    string                `json:"reason,omitempty"`
	Answer    inspect.Answer        `json:"answer,omitempty"`
	DecidedAt inspect.Time          `json:"decided_at,omitzero"`
	DecidedBy *rest.PersonRef       `json:"decided_by,omitempty"`
	Decision  string                `json:"decision,omitempty"`
	Finding   inspect.Finding       `json:"finding,omitempty"`
	MarkedAt  inspect.Time          `json:"marked_at,omitzero"`
}

// fieldCheckWire is whether the report is real.
type fieldCheckWire struct {
	AskedAt inspect.Time             `json:"asked_at,omitzero"`
	At      inspect.Time             `json:"at,omitzero"`
	Found   inspect.FieldCheckResult `json:"found,omitempty"`
}

// partWire is what a unit that assists does, with its reply.
type partWire struct {
	ID        inspect.ID      `json:"id"`
	Unit      rest.Ref        `json:"unit"`
	At        inspect.Time    `json:"at"`
	By        rest.PersonRef  `json:"by"`
	Wanted    string          `json:"wanted,omitempty"`
	DueAt     inspect.Time    `json:"due_at"`
	RepliedAt inspect.Time    `json:"replied_at,omitzero"`
	RepliedBy *rest.PersonRef `json:"replied_by,omitempty"`
	Reply     string          `json:"reply,omitempty"`
	EndedAt   inspect.Time    `json:"ended_at,omitzero"`
	Reason    string          `json:"reason,omitempty"`
	Open      bool            `json:"open"`
	Mine      bool            `json:"mine"`
	Overdue   bool            `json:"overdue"`
}

func partsOf(v *issues.View) (all []partWire) {
	for n := range v.Parts {
		p := &v.Parts[n]
		w := partWire{ID: p.ID, Unit: *rest.RefOf(p.Unit, v.Names.Units), At: p.At, By: rest.PersonOf(p.By, v.Names.People), Wanted: v.Reasons[p.ID],
			DueAt: p.DueAt, RepliedAt: p.RepliedAt, RepliedBy: rest.PersonIfAny(p.RepliedBy, v.Names.People), Reply: v.Reasons[p.Reply],
			EndedAt: p.EndedAt, Reason: v.Reasons[p.Ended], Open: p.Open(), Mine: slices.Contains(v.OwnParts, p.ID)}
		w.Overdue = p.Due() && !p.OnTime() && p.DueAt < v.ComputedAt
		all = append(all, w)
	}
	return all
}

func lettersOf(v *issues.View) (all []letterWire) {
	for _, l := range v.Letters {
		w := letterWire{ID: l.ID, Kind: l.Kind, At: l.At, By: rest.PersonOf(l.By, v.Names.People), Demand: v.Reasons[l.ID], ReplyBy: l.ReplyBy,
			RepliedAt: l.RepliedAt, Reply: v.Reasons[l.Reply]}
		w.RepliedBy = rest.PersonIfAny(l.RepliedBy, v.Names.People)
		all = append(all, w)
	}
	return all
}

func appealsOf(v *issues.View) (all []appealWire) {
	for _, a := range v.Appeals {
		w := appealWire{About: a.Subject, At: a.At, By: rest.PersonOf(a.By, v.Names.People), Unit: a.Unit, Reason: v.Reasons[a.Action],
			Answer: a.Answer, DecidedAt: a.DecidedAt, Decision: v.Reasons[a.Decision], Finding: a.Finding, MarkedAt: a.Mark}
		w.DecidedBy = rest.PersonIfAny(a.DecidedBy, v.Names.People)
		all = append(all, w)
	}
	return all
}

func fieldCheckOf(v *issues.View) *fieldCheckWire {
	if v.FieldCheckAskedAt == 0 && v.FieldCheckedAt == 0 {
		return nil
	}
	return &fieldCheckWire{v.FieldCheckAskedAt, v.FieldCheckedAt, v.FieldCheckResult}
}
