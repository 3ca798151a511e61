package inspect

import (
	"slices"
	"time"

	"spotcheck/pkg/calendar"
)

// Alert is a moment at which somebody has to know of an issue though nobody does anything.
type Alert struct {
	At   Time
	Kind string // as in what people are told
}

// The kinds of alert.
const (
	AlertAssign   = "issue.assign_due"   // the office should have assigned it
	AlertSoon     = "issue.due_soon"     // a quarter of the limit is left
	AlertDue      = "issue.overdue"      // the deadline, or that of the reminder clock
	AlertLate     = "issue.overdue_more" // half of the limit later
	AlertLong     = "issue.long_overdue" // twice the limit is used
	AlertVerify   = "issue.verify_due"   // somebody should have verified it
	AlertDecision = "issue.decision_due" // the office should have decided what the unit asks for
	AlertReply    = "issue.reply_due"    // a supervision letter wants its reply
	AlertPart     = "issue.part_due"     // a unit that assists should have replied
	AlertHold     = "issue.hold_ends"    // the clock goes on
	AlertFeedback = "issue.feedback_due" // its source wants to know what became of it
)

// Alerts are all moments in the life of an issue as it stands now, in order. limit is the unit of the limit that it has or would get.
func (i *Issue) Alerts(c *calendar.Calendar, s StepLimits, limit LimitUnit) (all []Alert) {
	add := func(at Time, kind string) { all = append(all, Alert{at, kind}) }
	switch i.Status {
	case Reported:
		add(i.StepDue(c, s, limit), AlertAssign)
	case Fixed:
		add(i.StepDue(c, s, limit), AlertVerify)
	case Assigned:
		i.ladder(c, add)
	}
	for _, r := range []Request{i.Extension, i.Hold} {
		if r.At != 0 && (i.Status == Assigned || i.Status == Fixed) {
			add(r.DecideBy, AlertDecision)
		}
	}
	for _, l := range i.Letters {
		if l.RepliedAt == 0 && (i.Status == Assigned || i.Status == Fixed) {
			add(l.ReplyBy, AlertReply)
		}
	}
	for _, p := range i.Parts {
		if p.Open() {
			add(p.DueAt, AlertPart)
		}
	}
	if i.ReplyBy != 0 && i.Feedback.At == 0 {
		add(i.ReplyBy, AlertFeedback)
	}
	slices.SortStableFunc(all, func(a, b Alert) int { return int(min(max(a.At-b.At, -1), 1)) })
	return all
}

// ladder are the alerts of a deadline: before it, at it and after it.
func (i *Issue) ladder(c *calendar.Calendar, add func(Time, string)) {
	span := c.Duration(calendar.Limit{N: i.Clock.Limit, Unit: i.Clock.Unit})
	later := func(from Time, d time.Duration) Time { return At(c.Add(from.UTC(), d, i.Clock.Unit)) }
	due := i.DueAt
	if i.RemindAt != 0 {
		due = i.RemindAt
	} else if left := i.Clock.Remaining() - span/4; left > 0 && i.DueAt == i.OwnDueAt {
		add(later(i.Clock.From, left), AlertSoon)
	}
	add(due, AlertDue)
	add(later(due, span/2), AlertLate)
	add(later(due, span), AlertLong)
	if i.HeldUntil != 0 {
		add(i.HeldUntil, AlertHold)
	}
}

// NextAlert is the first of some alerts after a moment, 0 when there is none.
func NextAlert(all []Alert, after Time) Time {
	for _, a := range all {
		if a.At > after {
			return a.At
		}
	}
	return 0
}

// StepDueAt is by when the office has to assign an issue or somebody has to verify it, 0 when neither is asked for.
func StepDueAt(all []Alert) Time {
	if n := slices.IndexFunc(all, func(a Alert) bool { return a.Kind == AlertAssign || a.Kind == AlertVerify }); n >= 0 {
		return all[n].At
	}
	return 0
}

// begun are the events after which somebody else has the next step.
var begun = map[string]bool{
	"issue.reported": true, "issue.returned": true, "issue.unit_appealed_away": true, "issue.fixed": true, "issue.fixed_on_the_spot": true,
	"issue.verification_failed": true, "issue.false_fix": true, "issue.reopened": true,
}

// StartsStep says whether the event gave the office or the inspectors something to do, in an issue that stands so since.
func (e *Event) StartsStep(now Status) bool {
	return begun[e.Type] && (now == Reported || now == Fixed) || e.Type == "issue.unmerged" && now == Reported
}
