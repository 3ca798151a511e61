package closure

import (
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// Span is the days of a period: From is its first, To the first after it.
type Span struct{ From, To calendar.Day }

// In says whether a day lies in the span.
func (s Span) In(d calendar.Day) bool { return s.From <= d && d < s.To }

// View is a period seen from a cut-off: what was done later is not there, and what is due later is not due yet.
type View struct {
	Span       Span
	CutOff     inspect.Time
	Calendar   *calendar.Calendar
	begin, end inspect.Time
}

// NewView is a span of days seen from a cut-off.
func NewView(span Span, cutOff inspect.Time, c *calendar.Calendar) *View {
	return &View{span, cutOff, c, StartOfDay(span.From, c.Zone()), StartOfDay(span.To, c.Zone())}
}

// has says whether a moment is in the period so far.
func (v *View) has(at inspect.Time) bool {
	return at != 0 && v.begin <= at && at < v.end && at <= v.CutOff
}

// Share is what an issue counts for in a view: the counts, and with them the unit that they belong to. The unit stands where it stood in the
// tree and among its peers at Moment.
type Share struct {
	Unit     inspect.ID
	Moment   inspect.Time
	Category string
	Area     inspect.ID
	Counts   []Count
	DoneAt   inspect.Time  // when a step of the office or an inspector was done, 0 for not
	ToFix    time.Duration // from assignment to the fix that stands, where Disposed is among the counts
	Found    time.Duration // from discovery to it
}

// Shares are all that an issue counts for in a view (pkg/inspect/rules.md, "Figures"). The course has to be that of the cut-off.
func (c *Course) Shares(v *View) []Share {
	s := shares{course: c, view: v}
	s.happened()
	s.atCutOff()
	s.due()
	return s.all
}

// happened is what counts on the day of a happening, whatever became of the issue.
func (s *shares) happened() {
	s.reception()
	s.steps()
	s.turns()
	s.apart()
}

// shares gathers what a course counts for.
type shares struct {
	course *Course
	view   *View
	all    []Share
}

func (s *shares) add(unit inspect.ID, at inspect.Time, of ...Count) *Share {
	s.all = append(s.all, Share{Unit: unit, Moment: at, Category: s.course.Category, Area: s.course.Area, Counts: of})
	return &s.all[len(s.all)-1]
}

// until is the moment up to which the course counts: the cut-off, or a reopening after the period. A reopening changes no period that ended
// before it; from then on the issue is open.
func (c *Course) until(v *View) inspect.Time {
	for _, at := range c.Reopenings {
		if at >= v.end {
			return min(at, v.CutOff)
		}
	}
	return v.CutOff
}

// fixAt is the fix that stands at a moment, one that ends there included; nil for none.
func (c *Course) fixAt(at inspect.Time) *Fix {
	for n := range c.Fixes {
		if c.Fixes[n].covers(at, at) {
			return &c.Fixes[n]
		}
	}
	return nil
}

func (c *Course) closedAt(at inspect.Time) bool { return closedIn(c.Closings, at, at) }

// fixedBefore and closedBefore say how the issue stood when a period began.
func (c *Course) fixedBefore(begin inspect.Time) bool {
	for n := range c.Fixes {
		if c.Fixes[n].covers(begin-1, begin) {
			return true
		}
	}
	return false
}

func (c *Course) closedBefore(begin inspect.Time) bool { return closedIn(c.Closings, begin-1, begin) }

func closedIn(all []Stretch, begun, notBefore inspect.Time) bool {
	for _, s := range all {
		if s.covers(begun, notBefore) {
			return true
		}
	}
	return false
}

// turnAt is the turn that counts, seen from a moment.
func (c *Course) turnAt(at inspect.Time) *Turn {
	for n := len(c.Turns) - 1; n > 0; n-- {
		if c.Turns[n].Since <= at {
			return &c.Turns[n]
		}
	}
	return &c.Turns[0]
}

// reception: received is counted once, at receipt, and never shrinks later; filed and assigned are of the same cohort. A fix on the spot comes
// after the receipt: it was received and filed.
func (s *shares) reception() {
	c := s.course
	if c.Own || !s.view.has(c.ReceivedAt) {
		return
	}
	of := []Count{Received}
	if c.Filed {
		of = append(of, Filed)
	}
	if c.Assigned {
		of = append(of, Assigned)
	}
	s.add(inspect.ID{}, c.ReceivedAt, of...)
}

// steps are those of the office and the inspectors by their limits. What was dismissed or merged before is not due for assignment, nor is a
// report of the unit itself; its fix is due for verification like any other, as that step is not the unit's.
func (s *shares) steps() {
	c := s.course
	for n := range c.Turns {
		t := &c.Turns[n]
		last := n == len(c.Turns)-1
		if !c.Own {
			s.step(t.Assigning, t.assignBy, last && c.Status == inspect.Reported, AssignDue, AssignOnTime)
		}
		s.step(t.Verifying, t.verifyBy, last && c.Status == inspect.Fixed, VerifyDue, VerifyOnTime)
	}
}

func (s *shares) step(done []OwnStep, by inspect.Time, waiting bool, due, timely Count) {
	for _, d := range done {
		if s.view.has(d.By) {
			s.add(inspect.ID{}, d.By, inTime(due, timely, d.Done <= d.By)...).DoneAt = d.Done
		}
	}
	if waiting && s.view.has(by) {
		s.add(inspect.ID{}, by, due)
	}
}

func inTime(due, timely Count, came bool) []Count {
	if came {
		return []Count{due, timely}
	}
	return []Count{due}
}

// turns are what was given to units, and what they gave back.
func (s *shares) turns() {
	for n := range s.course.Turns {
		t := &s.course.Turns[n]
		if s.view.has(t.AssignedAt) {
			s.add(t.Holders[0].Unit, t.AssignedAt, AssignedToUnit)
		}
		if s.view.has(t.ReturnedAt) {
			of := []Count{Returned}
			if t.Shirked {
				of = append(of, Shirked)
			}
			s.add(t.Holder(t.ReturnedAt), t.ReturnedAt, of...)
		}
	}
}

// apart is what stands in columns of its own: fixed on the spot, dismissed after assignment, reopened after it was closed. An issue that is
// reopened twice in a period is one issue that came back.
func (s *shares) apart() {
	c := s.course
	if f := c.fixAt(c.until(s.view)); f != nil && f.OnTheSpot && s.view.has(f.From) && c.Status != inspect.Merged && c.Status != inspect.Dismissed {
		s.add(inspect.ID{}, f.From, OnTheSpot)
	}
	if t := c.Turn(); c.Status == inspect.Dismissed && t.AssignedAt != 0 && s.view.has(c.DismissedAt) {
		s.add(t.Holder(c.DismissedAt), c.DismissedAt, DismissedLate)
	}
	for n := len(c.Reopenings) - 1; n >= 0 && !c.Own; n-- {
		at := c.Reopenings[n]
		if !s.view.has(at) {
			continue
		}
		t := c.turnAt(at)
		day := t.DueAt
		if day == 0 {
			day = at
		}
		s.add(t.Holder(t.DueAt), day, Reopened)
		return
	}
}

// atCutOff is what units have open at the cut-off, whatever the period: what they have to fix still, on hold or not. A hold that was asked for
// after the deadline wipes no overdue mark.
func (s *shares) atCutOff() {
	c, t, now := s.course, s.course.Turn(), s.view.CutOff
	if c.Status != inspect.Assigned || c.Own {
		return
	}
	of := []Count{Open}
	if t.HeldUntil > now {
		of = append(of, OnHold)
	}
	s.add(t.Holder(now), now, of...)
	if t.DueAt < now && !t.Overturned {
		s.add(t.Holder(t.DueAt), t.DueAt, Overdue)
	}
}

// due are the two denominators and what is counted of them. Due (应处置, the unit's) is what has its deadline in the period, or had it before
// and was not fixed when the period began. Due to close (应结案, the office's) likewise, with not verified in the place of not fixed. Both
// without what is on hold at the cut-off, dismissed, merged or appealed away as the wrong unit. It belongs to the unit that held the issue at
// the deadline. A hold or a merge that follows a reopening after the period takes nothing out of the period either.
func (s *shares) due() {
	c, v := s.course, s.view
	until := c.until(v)
	t := c.turnAt(until)
	if t.DueAt == 0 || t.WrongUnit || t.ReturnedAt != 0 && t.ReturnedAt <= until || c.Status == inspect.Dismissed {
		return
	}
	if until == v.CutOff && (t.HeldUntil > until || c.outByMerge(t, v.begin)) {
		return
	}
	fresh, carried := v.has(t.DueAt), t.DueAt < v.begin && v.begin <= v.CutOff
	if !fresh && (!carried || c.closedBefore(v.begin)) {
		return
	}
	toDispose, unit := fresh || !c.fixedBefore(v.begin), t.Holder(t.DueAt)
	if c.Own {
		if toDispose {
			s.add(unit, t.DueAt, OwnDue)
		}
		return
	}
	of := c.closing(t, until)
	if carried {
		of = append(of, CarriedToClose)
	}
	if !toDispose {
		s.add(unit, t.DueAt, of...)
		return
	}
	of = append(of, c.disposing(t, until)...)
	if carried {
		of = append(of, Carried)
	}
	if f := c.fixAt(until); f == nil && t.longOverdue(until, v.Calendar) {
		of = append(of, LongOverdue)
	}
	share := s.add(unit, t.DueAt, of...)
	if f := c.fixAt(until); f != nil {
		share.ToFix, share.Found = f.From.Sub(t.AssignedAt), f.From.Sub(c.FoundAt)
	}
}

// outByMerge says whether a merge takes an issue out of what is due: not when its deadline had passed when it was merged. Such an issue stays
// in the figures of its unit up to the merge, as it stood then, and is not carried into periods that begin after it.
func (c *Course) outByMerge(t *Turn, begin inspect.Time) bool {
	return c.Status == inspect.Merged && (t.DueAt >= c.MergedAt || c.MergedAt < begin)
}

// disposing is what is counted of the unit's denominator. A false fix is not disposed of even where it passes later. On time is judged by the
// fix that stands against the deadline before rework. Long overdue is left out: time alone brings it.
func (c *Course) disposing(t *Turn, until inspect.Time) []Count {
	f, staged := c.fixAt(until), t.staged(until)
	of := append(make([]Count, 0, 12), Due)
	if f != nil && !staged {
		of = append(of, Disposed)
		if t.inTime(f) {
			of = append(of, OnTime)
		}
	}
	if staged || t.reworked(until) {
		of = append(of, Reworked)
	}
	if staged {
		of = append(of, FalseFix)
	}
	if t.Extended {
		of = append(of, Extended)
	}
	if c.closedAt(until) {
		of = append(of, ClosedOfDue)
	}
	return of
}

// closing is what is counted of the office's denominator. A false fix is out of on-time closure as it is out of on-time disposal.
func (c *Course) closing(t *Turn, until inspect.Time) []Count {
	of := append(make([]Count, 0, 16), DueToClose)
	f := c.fixAt(until)
	switch {
	case c.closedAt(until):
		of = append(of, Closed)
		if f != nil && t.inTime(f) && !t.staged(until) {
			of = append(of, ClosedOnTime)
		}
	case f != nil && c.Status != inspect.Merged:
		of = append(of, AwaitingVerification)
	}
	return of
}

// StartOfDay is the first moment of a day in a zone.
func StartOfDay(d calendar.Day, zone *time.Location) inspect.Time {
	date := d.Date()
	return inspect.At(time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, zone))
}

// DayOf is the day of a moment in the city's zone.
func DayOf(t inspect.Time, zone *time.Location) calendar.Day {
	at := t.UTC().In(zone)
	return calendar.DayOf(at.Year(), at.Month(), at.Day())
}
