package closure

import (
	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// Moment is something that happened to an issue and that figures ask for. The moments of an issue, in the order of its record, are all that
// figures know of it.
type Moment struct {
	Kind MomentKind
	At   inspect.Time // when it counts as done

	Unit     inspect.ID     // that got the issue
	Area     inspect.ID     // in which it lies from then on, zero where that stays
	Category string         // of the report, or that is right from then on
	Own      bool           // the unit reported it itself
	FoundAt  inspect.Time   // of the report
	DueAt    inspect.Time   // the deadline from then on, 0 where it stays
	Limit    calendar.Limit // under which it was assigned
	ClockAt  inspect.Time   // from when the clock runs after an assignment
	Since    inspect.Time   // the assignment from which a corrected deadline is counted
	StepBy   inspect.Time   // when the office should have assigned it, or somebody verified it
	Rejected bool           // it is given back to the unit that returned it, without ground

	PauseFrom  inspect.Time // of a hold or a suspension
	PauseTo    inspect.Time
	Suspension inspect.ID // zero for a hold

	About   inspect.AppealSubject // of an appeal that was upheld
	Finding inspect.Finding       // of one about a false fix
}

// MomentKind says what happened: the type of an event in a letter.
type MomentKind byte

// kinds are the events that figures ask for.
var kinds = map[string]MomentKind{
	"issue.reported": 'r', "issue.filed": 'l', "issue.assigned": 'a', "issue.passed": 'p', "issue.returned": 'b', "issue.unit_appealed_away": 'w',
	"issue.extension_granted": 'e', "issue.hold_granted": 'h', "issue.resumed": 'g', "issue.suspended": 's', "issue.rescheduled": 'd',
	"issue.fixed": 'f', "issue.fixed_on_the_spot": 'o', "issue.verified": 'v', "issue.verification_failed": 'x', "issue.false_fix": 'z',
	"issue.reopened": 'n', "issue.dismissed": 'k', "issue.merged": 'm', "issue.unmerged": 'u', "issue.merged_from": 'd', "issue.unmerged_from": 'd',
	"issue.appeal_decided": 'c', "issue.corrected": 'j',
}

// MomentOf is what figures keep of an event; ok is false for one that changes no figure.
func MomentOf(e *inspect.Event) (m Moment, ok bool) {
	kind, ok := kinds[e.Type]
	if !ok || kind == 'c' && e.Answer != inspect.Granted || kind == 'j' && e.Category == "" && e.Area.IsZero() && e.Clock == nil {
		return m, false
	}
	m = Moment{Kind: kind, At: e.CreditedAt, DueAt: e.DueAt, StepBy: e.StepDueAt, Area: e.Area}
	if m.At == 0 {
		m.At = e.At
	}
	switch kind {
	case 'r':
		m.At, m.FoundAt, m.Category, m.Own, m.Area = e.At, e.Report.ReportedAt, e.Report.Category, e.Report.Source == inspect.SourceUnit, e.Report.Area
	case 'a':
		clock := inspect.ManualClock(m.At, e.DueAt) // older programs left the clock to the office
		if e.Clock != nil {
			clock = *e.Clock
		}
		m.Unit, m.Limit, m.ClockAt, m.Rejected = e.Unit, clock.CalendarLimit(), max(m.At, clock.From), e.Rejected
	case 'p':
		m.Unit = e.Unit
	case 'h', 's':
		m.PauseFrom, m.PauseTo, m.Suspension = e.PauseFrom, e.Until, e.Suspension
		if m.PauseFrom == 0 {
			m.PauseFrom = m.At
		}
	case 'j':
		if m.Category = e.Category; e.Clock != nil {
			m.Limit, m.Since = e.Clock.CalendarLimit(), e.AssignedAt
		}
	case 'c':
		m.About, m.Finding = e.AppealSubject, e.Finding
	}
	return m, true
}
