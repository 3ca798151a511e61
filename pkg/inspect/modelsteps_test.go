package inspect_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// happens is what an action that nothing forbids does to an issue of the model, by rules.md, "Life of an issue".
func (f *file) happens(a *ask) {
	at, late := f.counts(a)
	f.late = f.late || late
	step := func(to inspect.Status) {
		f.status, f.changed, f.askedBy = to, at, inspect.ID{}
		for _, j := range f.jobs {
			if j.open() && to != inspect.Assigned && to != inspect.Fixed {
				j.over = "lapsed"
			}
		}
	}
	file := func() {
		if f.filed == 0 {
			f.filed = at
		}
		if a.area != "" {
			f.area = id(a.area)
		}
	}
	back := func() {
		f.fixed, f.closed, f.fixer, f.spot, f.visit = 0, 0, inspect.ID{}, false, false
		if step(inspect.Assigned); f.unit == (inspect.ID{}) {
			f.status = inspect.Reported
		}
	}
	switch a.action {
	case inspect.File:
		file()
	case inspect.Assign:
		step(inspect.Assigned)
		file()
		f.again(id(a.unit))
		f.starts(a, at)
		f.givenBy = a.by.id
	case inspect.Return:
		f.used += f.ran(f.assigned, at)
		f.returns, f.backFrom, f.unit, f.due, f.own = f.returns+1, f.unit, inspect.ID{}, 0, 0
		f.timing, f.rests = timing{extensions: f.extensions, holds: f.holds}, nil
		step(inspect.Reported)
	case inspect.Fix:
		step(inspect.Fixed)
		f.goesOn(at)
		f.fixed, f.fixer, f.visit = at, a.by.id, f.byPhoto && lot(a.seed, f.id, a.id) < a.share
	case inspect.OnTheSpotFix:
		file()
		step(inspect.Fixed)
		f.fixed, f.fixer, f.spot = at, a.by.id, true
	case inspect.Verify:
		if a.verdict == inspect.Pass {
			step(inspect.Verified)
			f.closed = at
			break
		}
		if f.reminds(at, a.verdict == inspect.FalseFix); f.unit != (inspect.ID{}) {
			f.failed = failure{at, a.by.id, a.verdict}
			f.failures = append(f.failures, f.failed)
			if f.heard == nil {
				f.heard = map[inspect.Time]inspect.Time{}
			}
			f.heard[at] = a.received
		}
		if back(); a.verdict == inspect.FalseFix {
			f.falseFixes++
		}
		f.rework++
	case inspect.Reopen:
		f.reminds(at, false)
		back()
	case inspect.Supervise:
		f.letters += a.id.String() + " "
	case inspect.Reply:
		f.letters = strings.Replace(f.letters, a.letter.String(), a.letter.String()+"="+a.by.id.String(), 1)
	case inspect.AskAppeal:
		f.contests = append(f.contests, &contest{about: a.about, since: f.contestable(a).since, by: a.by.id})
	case inspect.DecideAppeal:
		f.decides(a, at, step)
	case inspect.PassDown:
		f.unit = id(a.unit)
	case inspect.GivePart:
		f.jobs = append(f.jobs, &job{id: a.id, unit: a.unit, given: at, due: a.until})
	case inspect.ReplyPart:
		f.job(a.part).replied = a.by.id
	case inspect.EndPart:
		f.job(a.part).over = "taken"
	case inspect.HandOver:
		f.keeper = a.to.id
	case inspect.Correct:
		f.corrects(a, at)
	case inspect.AskFieldCheck:
		f.look = "asked" + strings.TrimPrefix(f.look, "asked")
	case inspect.FieldCheck:
		f.look = "real"
		if !a.grants {
			f.look = "not_real"
		}
	case inspect.AskExtension, inspect.AskHold:
		f.wishes(a, at)
	case inspect.DecideExtension:
		f.extends(a, at)
	case inspect.DecideHold:
		f.holdsUp(a, at)
	case inspect.Resume:
		f.goesOn(at)
	case inspect.Dismiss:
		if !f.alone() && f.askedBy == (inspect.ID{}) {
			f.askedBy = a.by.id
			break
		}
		step(inspect.Dismissed)
		f.closed = at
	case inspect.Merge, inspect.Unmerge:
		f.joins(a, step, at)
	case inspect.WithdrawPhoto:
		a.pic.state = inspect.PhotoWithdrawn
	case inspect.Erase:
		f.erases(a)
	}
	if a.action == inspect.Fix || a.action == inspect.OnTheSpotFix || a.action == inspect.FieldCheck || a.action == inspect.Verify && a.verdict != inspect.Pass {
		for _, p := range a.pics {
			p.spent = true
		}
	}
}

// starts is the clock of an assignment: by hand, or by the rule, less what the same unit used before.
func (f *file) starts(a *ask, at inspect.Time) {
	f.timing, f.rests = timing{extensions: f.extensions, holds: f.holds, set: at, from: at}, nil
	f.unit, f.assigned = id(a.unit), at
	if a.due != 0 {
		f.left = time.Duration(a.due-at) * time.Millisecond
		f.unitOfLimit, f.limit = calendar.Minute, float64((a.due-at+59_999)/60_000)
		f.due, f.own = a.due, a.due
		return
	}
	f.unitOfLimit, f.limit = a.unitOfLimit, a.limit
	f.civil = (a.rule == calendar.CivilCode || a.rule == "" && a.city == calendar.CivilCode) && strings.HasSuffix(string(a.unitOfLimit), "_day")
	if f.left = f.whole(); f.used > 0 || f.returns > 0 && f.backFrom == f.unit {
		f.left = max(f.left-f.used, time.Minute)
	}
	f.from = f.begins()
	f.due = f.ends(f.from, f.left)
	f.own = f.due
}

// corrects puts right what differs, and reckons the time of the unit anew by another rule where the office says so.
func (f *file) corrects(a *ask, at inspect.Time) {
	if f.category, f.severity = cmp.Or(a.category, f.category), cmp.Or(a.severity, f.severity); a.area != "" {
		f.area = id(a.area)
	}
	f.pinned = f.pinned || a.pin
	if a.choice != inspect.DeadlineByRule {
		return
	}
	f.unitOfLimit, f.limit = a.unitOfLimit, a.limit
	f.civil = (a.rule == calendar.CivilCode || a.rule == "" && a.city == calendar.CivilCode) && strings.HasSuffix(string(a.unitOfLimit), "_day")
	if f.left = f.whole(); f.used > 0 {
		f.left = max(f.left-f.used, time.Minute)
	}
	f.from = f.begins()
	for {
		rests := slices.DeleteFunc(slices.Clone(f.rests), func(r rest) bool { return r.to <= f.from || f.within(f.from, r.from) >= f.left })
		if len(rests) == 0 {
			break
		}
		first := slices.MinFunc(rests, func(a, b rest) int { return cmp.Compare(a.from, b.from) })
		f.left -= f.within(f.from, first.from)
		f.from = first.to
	}
	f.due = f.ends(f.from, f.left)
	f.own, f.set, f.decided = f.due, at, false
}

// ran is how long the clock ran between two moments: from each at which a rest begins or ends to the next, unless one lasts.
func (f *file) ran(since, until inspect.Time) (ran time.Duration) {
	since = max(since, f.begins())
	moments := []inspect.Time{since, until}
	for _, r := range f.rests {
		moments = append(moments, r.from, r.to)
	}
	slices.Sort(moments)
	for n, from := range moments[1:] {
		from, to := moments[n], from
		if from >= since && to <= until && !slices.ContainsFunc(f.rests, func(r rest) bool { return r.from <= from && to <= r.to }) {
			ran += f.within(from, to)
		}
	}
	return ran
}

// ranBeside is the same for the reminder clock, which counts from its first moment on.
func (f *file) ranBeside(since, until inspect.Time) (ran time.Duration) {
	for at := since; at < until; {
		next := until
		resting := false
		for _, r := range f.rests {
			if r.from <= at && at < r.to {
				resting, next = true, min(next, r.to)
			} else if r.from > at {
				next = min(next, r.from)
			}
		}
		if !resting {
			ran += f.within(at, next)
		}
		at = next
	}
	return ran
}

// endsBeside is when so much of the reminder clock is over, which stands still in rests.
func (f *file) endsBeside(at inspect.Time, left time.Duration) inspect.Time {
	for {
		if left <= 0 {
			return f.ends(at, left) // nothing of it was left to stand still
		}
		until := inspect.Time(math.MaxInt64)
		for _, r := range f.rests {
			if r.from <= at && at < r.to {
				until = r.from // it rests now
			} else if r.from > at {
				until = min(until, r.from)
			}
		}
		switch {
		case until <= at:
			for _, r := range f.rests {
				if r.from <= at && at < r.to {
					at = max(at, r.to)
					break
				}
			}
		case until == math.MaxInt64 || f.within(at, until) >= left:
			return f.ends(at, left)
		default:
			left, at = left-f.within(at, until), until
		}
	}
}

// decideBy is when the office has to have decided.
func (f *file) decideBy(at inspect.Time) inspect.Time {
	return min(f.dayAfter(at), f.after(at, f.within(at, f.due)/2))
}

func (f *file) wishes(a *ask, at inspect.Time) {
	w := wish{at: at, until: a.until, by: a.by.id, decide: f.dayAfter(at)}
	if at <= f.due {
		w.decide = f.decideBy(at)
	}
	if a.action == inspect.AskHold {
		f.hold = w
	} else {
		f.more = w
	}
}

// refused is that the unit hears of a deadline that is past and stands: more time was asked for before it.
func (f *file) refused(w wish, a *ask, at inspect.Time) {
	if w.at <= f.due && f.due < at {
		f.stands = a.received
	}
}

func (f *file) extends(a *ask, at inspect.Time) {
	if a.grants {
		f.due = f.more.granted(a)
		f.own, f.set, f.left, f.decided = f.due, at, f.within(f.from, f.due), true
		f.extensions++
	} else {
		f.refused(f.more, a, at)
	}
	f.more = wish{}
}

// holdsUp lets the clock stand still from the wish to the end, unless the deadline was past.
func (f *file) holdsUp(a *ask, at inspect.Time) {
	if a.grants {
		f.holds++
		f.heldUntil = f.hold.granted(a)
		if f.hold.at <= f.due {
			f.left = f.ran(f.hold.at, f.from) + f.remains(f.hold.at)
			f.from, f.set, f.decided = max(f.heldUntil, f.from), at, false
			f.due = f.ends(f.from, f.left)
			f.own = f.due
		}
		left := f.ranBeside(f.changed, f.remind)
		if slices.ContainsFunc(f.rests, func(r rest) bool { return r.merged && r.to == f.changed && f.hold.at < r.from }) {
			left += f.ranBeside(max(f.hold.at, f.failed.at), f.changed) // what ran before the merge stood still as well
		}
		f.rests = append(f.rests, rest{from: f.hold.at, to: f.heldUntil})
		if f.remind > f.hold.at {
			f.remind = f.endsBeside(f.changed, left)
		}
	} else {
		f.refused(f.hold, a, at)
	}
	f.hold = wish{}
}

// goesOn ends a hold before its end.
func (f *file) goesOn(at inspect.Time) {
	if f.heldUntil > at {
		left := f.ranBeside(f.changed, f.remind)
		defer func(stopped bool) {
			if stopped {
				f.remind = f.endsBeside(f.changed, left)
			}
		}(f.remind > f.heldUntil)
		f.rests[slices.IndexFunc(f.rests, func(r rest) bool { return !r.merged && r.to == f.heldUntil })].to = at
		if f.from == f.heldUntil {
			f.from, f.set, f.decided = max(at, f.begins()), at, false
			f.due = f.ends(f.from, f.left)
			f.own = f.due
		}
	}
	f.heldUntil = 0
}

// decides is the end of an appeal; a unit that was the wrong one loses the issue.
func (f *file) decides(a *ask, at inspect.Time, step func(inspect.Status)) {
	c := f.waiting(a)
	c.answer, c.decided, c.decider, c.finding = inspect.Refused, at, a.by.id, a.finding
	if a.grants {
		c.answer = inspect.Granted
	}
	if a.due != 0 {
		f.due, f.own, f.set, f.left, f.remind, f.decided = a.due, a.due, at, f.within(f.from, a.due), 0, true
	}
	if a.grants && a.about == inspect.AppealWrongUnit && f.status == inspect.Assigned {
		f.unit, f.due, f.own, f.backFrom, f.used = inspect.ID{}, 0, 0, inspect.ID{}, 0
		f.timing, f.rests = timing{extensions: f.extensions, holds: f.holds}, nil
		step(inspect.Reported)
	}
}

// reminds is when it should be done after a verification that did not pass.
func (f *file) reminds(at inspect.Time, staged bool) {
	if f.unit == (inspect.ID{}) {
		return
	}
	end := f.due
	if f.remind != 0 {
		end = f.remind
	}
	left := f.within(max(f.fixed, f.begins()), end)
	if f.rework == 0 && !staged {
		left = max(left, f.whole()/2)
	}
	f.remind = f.ends(at, left)
}

// again keeps the time that a unit used before it gave the issue back, and that the office did not believe it.
func (f *file) again(unit inspect.ID) {
	if f.returns > 0 && f.backFrom == unit {
		f.rejected++
		return
	}
	f.used = 0
}

// joins merges the issue into another one, or undoes that. An earlier deadline that lies ahead comes over from an issue of the same unit, until the
// merge is undone or the other has a new one.
func (f *file) joins(a *ask, step func(inspect.Status), at inspect.Time) {
	if a.action == inspect.Merge {
		f.before = f.status
		step(inspect.Merged)
		f.into, f.closed = a.into.id, at
		if f.unit == a.into.unit && f.due > at {
			a.into.due = min(a.into.due, f.due)
		}
		return
	}
	a.into.due = a.into.own
	if f.before == inspect.Assigned {
		f.wakes(at)
	}
	step(f.before)
	f.into, f.before, f.closed = inspect.ID{}, "", 0
}

// wakes is the clock going on when a merge is undone: what had not run then runs now, but what is past stays past.
func (f *file) wakes(at inspect.Time) {
	asleep := f.closed
	remind := f.endsBeside(at, f.ranBeside(asleep, f.remind))
	if asleep < at {
		f.rests = append(f.rests, rest{asleep, at, true})
	}
	from, due, own := max(at, f.from), f.due, f.own
	if f.own > asleep {
		f.due = own
		left := f.remains(asleep)
		f.own = f.ends(from, left)
		switch f.due = due; {
		case due == own:
			f.due = f.own
		case due > asleep:
			f.due = min(f.own, f.ends(from, f.within(max(asleep, f.from), due)))
		}
		f.left, f.from, f.decided = left, from, false
	}
	if f.remind > asleep {
		f.remind = remind
	}
}

func (f *file) erases(a *ask) {
	asked := &f.erasing
	if a.pic != nil {
		asked = &a.pic.erasing
	}
	if *asked == nil {
		*asked = a.by
		return
	}
	if *asked = nil; a.pic != nil {
		a.pic.state = inspect.PhotoErased
	}
}

// lot is a number of 0 to 99 that a fix drew.
func lot(seed string, issue, action inspect.ID) int {
	sum := sha256.Sum256([]byte(seed + "/" + issue.String() + "/" + action.String()))
	rest := 0
	for _, b := range sum[:8] {
		rest = (rest*256 + int(b)) % 100
	}
	return rest
}

// factsOf is the product's issue in the words of the model.
func factsOf(i *inspect.Issue, photos map[inspect.ID]*inspect.Photo) facts {
	f := facts{
		status: i.Status, before: i.StatusBeforeMerge, unit: i.Unit, area: i.Area, fixer: i.Fixer, askedBy: i.DismissalAskedBy, backFrom: i.ReturnedBy,
		into: i.MergedInto, due: i.DueAt, own: i.OwnDueAt, filed: i.FiledAt, assigned: i.AssignedAt, fixed: i.FixedAt, closed: i.ClosedAt,
		changed: i.ChangedAt, returns: i.Returns, rejected: i.RejectedReturns, rework: i.Rework, falseFixes: i.FalseFixes, used: i.TimeUsed,
		late: i.Late, spot: i.OnTheSpot, visit: i.VisitDrawn,
		timing: timing{unitOfLimit: i.Clock.Unit, limit: i.Clock.Limit, civil: i.Clock.Counting == calendar.CivilCode,
			from: i.Clock.From, left: i.Clock.Remaining(), set: i.ClockAt, extensions: i.Extensions,
			decided: i.Clock.FromExtension, holds: i.Holds, heldUntil: i.HeldUntil, remind: i.RemindAt,
			more: wish{i.Extension.At, i.Extension.Until, i.Extension.DecideBy, i.Extension.By}, hold: wish{i.Hold.At, i.Hold.Until, i.Hold.DecideBy, i.Hold.By}},
	}
	f.givenBy, f.failed = i.AssignedBy, failure{i.FailedAt, i.FailedBy, i.FailVerdict}
	for _, l := range i.Letters {
		if f.letters += l.ID.String(); l.RepliedAt != 0 {
			f.letters += "=" + l.RepliedBy.String()
		}
		f.letters += " "
	}
	for _, a := range i.Appeals {
		f.appeals += fmt.Sprint(contest{a.Subject, a.Mark, a.By, a.Answer, a.DecidedAt, a.DecidedBy, a.Finding}, " ")
	}
	if f.look = string(i.FieldCheckResult); i.FieldCheckAskedAt != 0 {
		f.look = "asked" + f.look
	}
	f.keeper = i.TakenOverBy
	f.category, f.severity, f.pinned = i.Category, string(i.Severity), i.Place != nil
	for _, p := range i.Parts {
		over := ""
		if p.EndedAt != 0 {
			if over = "lapsed"; !p.Ended.IsZero() {
				over = "taken"
			}
		}
		f.parts += partWord(&job{p.ID, nameOf(unitAbove, p.Unit), p.At, p.DueAt, p.RepliedBy, over})
	}
	for _, p := range i.Pauses {
		f.pauses += fmt.Sprint(rest{p.From, p.To, p.Merged}, " ")
	}
	for _, p := range photos {
		f.photo += photoFigure(p.State, !p.UsedBy.IsZero())
	}
	return f
}

var photoFigures = map[inspect.PhotoState]int{inspect.PhotoDeclared: 1, inspect.PhotoSafe: 100, inspect.PhotoWithdrawn: 10_000, inspect.PhotoErased: 1_000_000}

// photoFigure makes one number of what became of a photo, so that a sum tells two sets apart.
func photoFigure(s inspect.PhotoState, spent bool) int {
	n := photoFigures[s]
	if spent {
		n *= 3
	}
	return n
}

// partWord is a part in one word.
func partWord(j *job) string { return fmt.Sprint(*j, " ") }

func (f *file) figures() facts {
	now := f.facts
	for _, j := range f.jobs {
		now.parts += partWord(j)
	}
	for _, r := range f.rests {
		now.pauses += fmt.Sprint(r, " ")
	}
	for _, c := range f.contests {
		now.appeals += fmt.Sprint(*c, " ")
	}
	for _, p := range f.pics {
		now.photo += photoFigure(p.state, p.spent)
	}
	return now
}
