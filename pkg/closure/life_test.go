package closure_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
)

var zone = time.FixedZone("CST", 8*3600)

// at is a moment of November 2026 in the city's zone. The 16th is a Monday.
func at(day, hour int) inspect.Time {
	return inspect.At(time.Date(2026, 11, day, hour, 0, 0, 0, zone))
}

var week47 = closure.Span{From: calendar.DayOf(2026, 11, 16), To: calendar.DayOf(2026, 11, 23)}

// cal has working hours of every weekday and no holidays.
func cal(t testing.TB) *calendar.Calendar {
	c, err := calendar.New(zone, []calendar.Shift{{From: 8 * time.Hour, To: 12 * time.Hour}, {From: 14 * time.Hour, To: 18 * time.Hour}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// unit is a unit by its letter.
func unit(letter byte) (id inspect.ID) {
	id[0], id[6], id[8] = letter, 0x70, 0x80
	return id
}

// life is the events of an issue as somebody tells them one after the other.
type life struct {
	issue   inspect.Issue
	moments []closure.Moment
	record  []recorded
}

// recorded is an event as the record keeps it.
type recorded struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

// course is the life up to a cut-off.
func (l *life) course(cutOff inspect.Time) closure.Course {
	c, _ := closure.CourseOf(l.moments, cutOff)
	return c
}

// compute counts lives in a span as they stood at a cut-off.
func compute(span closure.Span, cutOff inspect.Time, c *calendar.Calendar, in func(*closure.Share) bool, lives ...*life) *closure.Breakdown {
	var all []closure.Course
	for _, l := range lives {
		if course, ok := closure.CourseOf(l.moments, cutOff); ok {
			all = append(all, course)
		}
	}
	return closure.Compute(all, closure.NewView(span, cutOff, c), in)
}

func (l *life) event(e *inspect.Event) *life {
	if err := l.issue.Apply(e); err != nil {
		panic(err)
	}
	m, ok := closure.MomentOf(e)
	if ok {
		l.moments = append(l.moments, m)
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	if read, readable, err := closure.MomentIn(e.Type, string(body)); err != nil || readable != ok || ok && read != m {
		panic(fmt.Sprintf("%s %s is read as %+v, %v, %v, want %+v, %v", e.Type, body, read, readable, err, m, ok))
	}
	l.record = append(l.record, recorded{e.Type, body})
	return l
}

func (l *life) step(kind string, t inspect.Time) *life {
	return l.event(&inspect.Event{Type: "issue." + kind, At: t, CreditedAt: t})
}

// reported begins a life; the office has to assign it within half an hour.
func reported(t inspect.Time, source inspect.Source) *life {
	l := &life{}
	return l.event(&inspect.Event{Type: "issue.reported", At: t, StepDueAt: t.Add(30 * time.Minute), Report: &inspect.Report{Category: "06010", Source: source, ReportedAt: t}})
}

// assigned gives it to a unit with so many hours, day and night.
func (l *life) assigned(t inspect.Time, to inspect.ID, hours int) *life {
	span := time.Duration(hours) * time.Hour
	return l.event(&inspect.Event{Type: "issue.assigned", At: t, CreditedAt: t, Unit: to, DueAt: t.Add(span),
		Clock: &inspect.Clock{Limit: float64(hours), Unit: calendar.UrgentHour, From: t, RemainingMS: span.Milliseconds()}})
}

func (l *life) fixed(t inspect.Time) *life {
	return l.event(&inspect.Event{Type: "issue.fixed", At: t, CreditedAt: t, Unit: l.issue.Unit, StepDueAt: t.Add(4 * time.Hour)})
}

func (l *life) verified(t inspect.Time) *life { return l.step("verified", t) }

func (l *life) failed(t inspect.Time, verdict inspect.Verdict) *life {
	kind := map[inspect.Verdict]string{inspect.Fail: "verification_failed", inspect.FalseFix: "false_fix"}[verdict]
	return l.event(&inspect.Event{Type: "issue." + kind, At: t, CreditedAt: t, Verdict: verdict, RemindAt: t.Add(time.Hour)})
}

func (l *life) extended(t, until inspect.Time) *life {
	return l.event(&inspect.Event{Type: "issue.extension_granted", At: t, CreditedAt: t, DueAt: until,
		Clock: &inspect.Clock{Limit: l.issue.Clock.Limit, Unit: l.issue.Clock.Unit, From: l.issue.Clock.From, RemainingMS: until.Sub(l.issue.Clock.From).Milliseconds()}})
}

func (l *life) held(t, until, due inspect.Time) *life {
	e := &inspect.Event{Type: "issue.hold_granted", At: t, CreditedAt: t, PauseFrom: t, Until: until}
	if due != 0 {
		e.DueAt, e.Clock = due, &inspect.Clock{Limit: l.issue.Clock.Limit, Unit: l.issue.Clock.Unit, From: until, RemainingMS: due.Sub(until).Milliseconds()}
	}
	return l.event(e)
}

func (l *life) returned(t inspect.Time) *life {
	return l.event(&inspect.Event{Type: "issue.returned", At: t, CreditedAt: t, Unit: l.issue.Unit, StepDueAt: t.Add(30 * time.Minute)})
}

func (l *life) passed(t inspect.Time, to inspect.ID) *life {
	return l.event(&inspect.Event{Type: "issue.passed", At: t, CreditedAt: t, Unit: to})
}

func (l *life) upheld(t inspect.Time, about inspect.AppealSubject) *life {
	l.event(&inspect.Event{Type: "issue.appealed", At: t, CreditedAt: t, AppealSubject: about, Unit: l.issue.Unit})
	kind := "issue.appeal_decided"
	if about == inspect.AppealWrongUnit && l.issue.Status == inspect.Assigned {
		kind = "issue.unit_appealed_away"
	}
	return l.event(&inspect.Event{Type: kind, At: t, CreditedAt: t, AppealSubject: about, Answer: inspect.Granted, StepDueAt: t.Add(30 * time.Minute)})
}

// upheldAs is an upheld appeal about a false fix, with what was found of the fix.
func (l *life) upheldAs(t inspect.Time, finding inspect.Finding) *life {
	l.event(&inspect.Event{Type: "issue.appealed", At: t, CreditedAt: t, AppealSubject: inspect.AppealFalseFix, Unit: l.issue.Unit})
	return l.event(&inspect.Event{Type: "issue.appeal_decided", At: t, CreditedAt: t, AppealSubject: inspect.AppealFalseFix, Answer: inspect.Granted, Finding: finding})
}

// newDeadline is an upheld appeal about the overdue mark of an open issue.
func (l *life) newDeadline(t, due inspect.Time) *life {
	l.event(&inspect.Event{Type: "issue.appealed", At: t, CreditedAt: t, AppealSubject: inspect.AppealOverdue, Unit: l.issue.Unit})
	return l.event(&inspect.Event{Type: "issue.appeal_decided", At: t, CreditedAt: t, AppealSubject: inspect.AppealOverdue, Answer: inspect.Granted, DueAt: due})
}

// random is a life with a bit of everything in it.
func random(r *rand.Rand) *life {
	t := at(1, 0).Add(time.Duration(r.IntN(28*24)) * time.Hour)
	l := reported(t, inspect.Sources[r.IntN(len(inspect.Sources))])
	for range r.IntN(12) {
		t = t.Add(time.Duration(1+r.IntN(2000)) * time.Minute)
		switch i := &l.issue; i.Status {
		case inspect.Reported:
			switch r.IntN(8) {
			case 0:
				l.step("dismissed", t)
			case 1:
				l.event(&inspect.Event{Type: "issue.fixed_on_the_spot", At: t, CreditedAt: t, StepDueAt: t.Add(4 * time.Hour)})
			case 2:
				l.step("filed", t)
			default:
				l.assigned(t, unit(byte('a'+r.IntN(3))), []int{2, 8, 72}[r.IntN(3)])
			}
		case inspect.Assigned:
			switch r.IntN(9) {
			case 0:
				l.returned(t)
			case 1:
				l.passed(t, unit('d'))
			case 2:
				l.extended(t, i.DueAt.Add(24*time.Hour))
			case 3:
				l.held(t, t.Add(48*time.Hour), t.Add(60*time.Hour))
			case 4:
				l.event(&inspect.Event{Type: "issue.merged", At: t, CreditedAt: t})
			default:
				l.fixed(t)
			}
		case inspect.Fixed:
			switch r.IntN(6) {
			case 0:
				l.failed(t, inspect.FalseFix)
			case 1:
				l.failed(t, inspect.Fail)
			default:
				l.verified(t)
			}
		case inspect.Verified:
			switch r.IntN(4) {
			case 0:
				l.event(&inspect.Event{Type: "issue.reopened", At: t, CreditedAt: t, RemindAt: t.Add(time.Hour)})
			case 1:
				l.upheld(t, inspect.AppealSubjects[r.IntN(3)])
			}
		case inspect.Merged:
			e := &inspect.Event{Type: "issue.unmerged", At: t, CreditedAt: t}
			if i.StatusBeforeMerge == inspect.Assigned {
				e.DueAt = max(i.DueAt, t.Add(time.Hour))
			}
			l.event(e)
		}
	}
	return l
}
