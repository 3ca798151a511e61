package closure

import (
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// Fact is one run of the clock in one spell of responsibility of an issue. A spell begins when the office has the issue to assign and
// ends when the unit gives it back or turns out to be the wrong one; each verification that does not pass, and each reopening, begins a
// new run in it.
type Fact struct {
	Spell int  // 0 for the first
	Run   int  // 0 for the first of the spell
	Last  bool // of its spell: only the last run says how the issue stands

	Category          string
	Area              inspect.ID
	Status            inspect.Status // of the issue, as long as this is its last fact
	OwnReport         bool           // the unit reported it itself
	ReportedAt        inspect.Time   // discovery
	ReceivedAt        inspect.Time
	Filed             bool // this and the next two only in the first fact
	Assigned          bool // at any time
	ExcludedFromRates bool // outside rates: reported by the unit itself, or fixed on the spot

	AssignDueAt       inspect.Time // the office's own limit, in the first run of a spell
	AssignedAt        inspect.Time
	NewlyAssigned     bool     // assigned in this run, and not in one before
	Holders           []Holder // the units of the spell
	DueAt             inspect.Time
	Limit             calendar.Limit // under which it was assigned
	HeldUntil         inspect.Time
	Extended          bool
	Reworks           int
	FalseFixes        int
	OverdueOverturned bool         // an overdue mark was wrong: counts as on time
	WrongUnit         bool         // the unit was the wrong one
	ReturnedAt        inspect.Time // back by the unit
	Shirked           bool

	FixedAt     inspect.Time
	OnTheSpot   bool
	VerifyDueAt inspect.Time // the inspectors' own limit
	VerdictAt   inspect.Time // verified, whatever came out
	ClosedAt    inspect.Time // verified or dismissed
}

// Holder is a unit with the moment from which it had the issue.
type Holder struct {
	Unit inspect.ID
	From inspect.Time
}

// FactHistory is the facts of one issue, oldest first.
type FactHistory []Fact

// Apply makes the facts as they are after an event; i is the issue as it is after the event. Events that leave the workflow alone
// change nothing.
func (b *FactHistory) Apply(i *inspect.Issue, e *inspect.Event) {
	if e.Type == "issue.reported" {
		*b = FactHistory{{Last: true, Category: i.Category, OwnReport: i.Source == inspect.SourceUnit, ReportedAt: i.ReportedAt,
			ReceivedAt: i.ReceivedAt, AssignDueAt: e.StepDueAt}}
	}
	if len(*b) == 0 {
		return
	}
	if step := steps[e.Type]; step != nil {
		step(b, b.last(), e)
	}
	b.last().stands(i)
	first := &(*b)[0]
	first.Filed, first.ExcludedFromRates = first.Filed || i.FiledAt != 0, first.OwnReport || i.OnTheSpot
}

// last is the fact that says how the issue stands.
func (b *FactHistory) last() *Fact { return &(*b)[len(*b)-1] }

// steps are the events that begin or end something; all else follows from how the issue stands.
var steps = map[string]func(*FactHistory, *Fact, *inspect.Event){
	"issue.assigned": func(b *FactHistory, f *Fact, e *inspect.Event) {
		f.AssignedAt, f.NewlyAssigned, f.Holders = e.CreditedAt, true, []Holder{{e.Unit, e.CreditedAt}}
		(*b)[0].Assigned = true
		if e.Rejected {
			b.shirked()
		}
	},
	"issue.passed": func(_ *FactHistory, f *Fact, e *inspect.Event) {
		f.Holders = append(slices.Clone(f.Holders), Holder{e.Unit, e.CreditedAt})
	},
	"issue.returned": func(b *FactHistory, f *Fact, e *inspect.Event) {
		f.ReturnedAt = e.CreditedAt
		b.spell(e)
	},
	"issue.unit_appealed_away": func(b *FactHistory, f *Fact, e *inspect.Event) {
		f.WrongUnit = true
		b.spell(e)
	},
	"issue.fixed":               fixed,
	"issue.fixed_on_the_spot":   fixed,
	"issue.verified":            func(_ *FactHistory, f *Fact, e *inspect.Event) { f.VerdictAt = e.CreditedAt },
	"issue.verification_failed": failed,
	"issue.false_fix": func(b *FactHistory, f *Fact, e *inspect.Event) {
		f.FalseFixes++
		failed(b, f, e)
	},
	"issue.extension_granted": func(_ *FactHistory, f *Fact, _ *inspect.Event) { f.Extended = true },
	"issue.appeal_decided":    upheld,
	"issue.reopened":          func(b *FactHistory, _ *Fact, e *inspect.Event) { b.run(e) },
}

func fixed(_ *FactHistory, f *Fact, e *inspect.Event) { f.VerifyDueAt = e.StepDueAt }

func failed(b *FactHistory, f *Fact, e *inspect.Event) {
	f.VerdictAt = e.CreditedAt
	f.Reworks++
	b.run(e)
}

// upheld takes back what was held against the unit without reason; what happened stays in the record.
func upheld(_ *FactHistory, f *Fact, e *inspect.Event) {
	if e.Answer != inspect.Granted {
		return
	}
	switch e.AppealSubject {
	case inspect.AppealOverdue:
		f.OverdueOverturned = true
	case inspect.AppealRework:
		f.Reworks = max(f.Reworks-1, 0)
	case inspect.AppealFalseFix:
		f.FalseFixes = max(f.FalseFixes-1, 0)
	case inspect.AppealWrongUnit:
		f.WrongUnit = true
	}
}

// shirked marks the last run of the spell before this one: the unit gave back what was its own. Between the return and its rejection the issue
// may have been dismissed and reopened, which is another run of this spell.
func (b *FactHistory) shirked() {
	for n := len(*b) - 2; n >= 0; n-- {
		if (*b)[n].Spell < b.last().Spell {
			(*b)[n].Shirked = true
			return
		}
	}
}

// run begins another run of the same spell. What nobody has assigned goes back to the office.
func (b *FactHistory) run(e *inspect.Event) {
	f := *b.last()
	b.last().Last = false
	f.Run, f.NewlyAssigned, f.AssignDueAt, f.VerifyDueAt, f.VerdictAt = f.Run+1, false, 0, 0, 0
	if f.AssignedAt == 0 {
		f.AssignDueAt = e.StepDueAt
	}
	*b = append(*b, f)
}

// spell begins another spell, which has no unit yet.
func (b *FactHistory) spell(e *inspect.Event) {
	f := b.last()
	f.Status = "" // it is over
	*b = append(*b, Fact{Spell: f.Spell + 1, Last: true, Category: f.Category, OwnReport: f.OwnReport, ReportedAt: f.ReportedAt,
		ReceivedAt: f.ReceivedAt, AssignDueAt: e.StepDueAt})
}

// stands is how the issue stands now.
func (f *Fact) stands(i *inspect.Issue) {
	f.Area, f.Status = i.Area, i.Status
	f.FixedAt, f.OnTheSpot, f.ClosedAt = i.FixedAt, i.OnTheSpot, i.ClosedAt
	if f.AssignedAt != 0 {
		f.DueAt, f.HeldUntil = i.DueAt, i.HeldUntil
		f.Limit = calendar.Limit{N: i.Clock.Limit, Unit: i.Clock.Unit}
	}
}

// Unit is the unit to whose figures the fact belongs: the one that held the issue at the deadline.
func (f *Fact) Unit() (unit inspect.ID) {
	for n, h := range f.Holders {
		if n == 0 || h.From <= f.DueAt {
			unit = h.Unit
		}
	}
	return unit
}

// LongOverdueAt is when more than twice the limit is used: one limit after the deadline.
func (f *Fact) LongOverdueAt(c *calendar.Calendar) inspect.Time {
	return inspect.At(c.Add(f.DueAt.UTC(), c.Duration(f.Limit), f.Limit.Unit))
}

// CanBeDue says whether the fact can be due at all: the unit still answers for it.
func (f *Fact) CanBeDue() bool {
	return f.Last && f.DueAt != 0 && f.ReturnedAt == 0 && !f.WrongUnit && f.Status != inspect.Dismissed && f.Status != inspect.Merged && f.Status != ""
}

// VerifiedAt is when the issue was closed, 0 while it is open.
func (f *Fact) VerifiedAt() inspect.Time {
	if f.Status == inspect.Verified {
		return f.ClosedAt
	}
	return 0
}

// Unfinished says whether time alone changes what the fact counts for: it is overdue without a fix, or on hold.
func (f *Fact) Unfinished(now inspect.Time) bool {
	return f.CanBeDue() && (f.HeldUntil > now || f.FixedAt == 0 && f.DueAt <= now)
}

// DayOf is the day of a moment in the city's zone.
func DayOf(t inspect.Time, zone *time.Location) calendar.Day {
	at := t.UTC().In(zone)
	return calendar.DayOf(at.Year(), at.Month(), at.Day())
}
