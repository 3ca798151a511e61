package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// ofUnits gives the figures of all units of the scope together, from their sums.
func (a *Reader) ofUnits(ctx context.Context, span closure.Span) (*closure.Breakdown, error) {
	all, err := a.fromRollUps(ctx, span, store.RollUpUnits)
	if err != nil {
		return nil, err
	}
	s := closure.NewBreakdown()
	for id, f := range all.Units {
		if a.Within[id] {
			s.Total.Add(f, 1)
		}
	}
	return s, nil
}

// fromRollUps gives the figures of a span as they stood at the cut-off: from daily sums up to its day, from what these have to change by, less what
// was still ahead that day; what was on hold, long overdue or told by no sum is counted apart, and so is what is not as it was any more.
func (a *Reader) fromRollUps(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	s := closure.NewBreakdown()
	soFar := closure.Span{From: span.From, To: min(span.To, a.today+1)}
	for _, part := range append([]string{store.RollUpAll}, parts...) {
		if err := a.addSums(ctx, s, soFar, part); err != nil {
			return nil, err
		}
	}
	add := s.Add
	if len(parts) == 0 {
		add = s.AddToTotal
	}
	for n := range a.deltas {
		add(&a.deltas[n], soFar)
	}
	if soFar.To > a.today {
		if err := a.takeAhead(ctx, soFar, add); err != nil {
			return nil, err
		}
	}
	if err := a.addSingles(ctx, s, span); err != nil {
		return nil, err
	}
	a.addUnfixed(s, span, soFar, add)
	if err := a.addOpen(ctx, s, soFar.To, len(parts) == 0); err != nil {
		return nil, err
	}
	s.DropEmpty()
	return s, nil
}

// addSums adds the daily sums of a part.
func (a *Reader) addSums(ctx context.Context, s *closure.Breakdown, span closure.Span, part string) error {
	for _, p := range closure.Portions {
		if part == store.RollUpAreas && p.Basis != closure.ByDay {
			continue // nobody asks what was due in each road
		}
		from, to := span.From, span.To
		if p.Before {
			from, to = 0, span.From
		}
		sums, err := a.figures.rollUps.between(ctx, a.Tx, rollUpKey{part, p.Basis, from, to})
		if err != nil {
			return err
		}
		for name, c := range sums {
			f, err := figuresOf(s, part, name)
			if err != nil {
				return err
			}
			f.AddRollUp(p, c)
		}
	}
	return nil
}

// takeAhead takes away what sums have under the day of the cut-off although it is due only later.
func (a *Reader) takeAhead(ctx context.Context, span closure.Span, add func(*closure.Delta, closure.Span)) error {
	if a.ahead == nil {
		if err := a.readAhead(ctx); err != nil {
			return err
		}
	}
	for n := range a.ahead {
		add(&a.ahead[n], span)
	}
	return nil
}

func (a *Reader) readAhead(ctx context.Context) error {
	a.ahead = []closure.Delta{}
	tomorrow := closure.StartOfDay(a.today+1, a.figures.zone)
	if err := a.Tx.EachCourseWithSteps(ctx, a.CutOff, func(all []closure.Moment) error {
		course, _ := closure.CourseOf(all, closure.Forever)
		for _, share := range course.FutureSteps(a.CutOff) {
			if share.Moment < tomorrow {
				a.ahead = append(a.ahead, closure.Delta{Cell: closure.Cell{Basis: closure.ByDay, Day: a.today, Category: share.Category, Area: share.Area,
					Counts: share.Counts}, Times: -1})
			}
		}
		return nil
	}); err != nil {
		return err
	}
	standing, err := a.Tx.StandingCounts(ctx, a.CutOff, tomorrow)
	for _, s := range standing {
		var of []closure.Count
		for k := range closure.CountKeys() {
			if s.Standing&(1<<k) != 0 {
				of = append(of, closure.Count(k))
			}
		}
		a.ahead = append(a.ahead, closure.Delta{Cell: closure.Cell{Basis: closure.ByDue, Day: a.today, Unit: s.Unit, Category: s.Category, Counts: of}, Times: -s.Issues})
	}
	return err
}

// addSingles adds what no sum tells: of those that are as they were without what is counted at the cut-off of all together, and all of the others.
func (a *Reader) addSingles(ctx context.Context, s *closure.Breakdown, span closure.Span) error {
	view := a.View(span)
	for n := range a.changed {
		for _, share := range a.changed[n].Shares(view) {
			s.AddShare(&share, 1)
		}
	}
	from, to := closure.StartOfDay(span.From, a.figures.zone), closure.StartOfDay(span.To, a.figures.zone)
	return a.Tx.EachSingleCourseIn(ctx, from, to, a.CutOff, func(c *store.IssueCourse) error {
		course, ok := closure.CourseOf(c.Moments, a.CutOff)
		if !ok {
			return nil
		}
		for _, share := range course.Shares(view) {
			if share.Counts = slices.DeleteFunc(share.Counts, closure.Count.AtCutOff); len(share.Counts) > 0 {
				s.AddShare(&share, 1)
			}
		}
		return nil
	})
}

// addUnfixed takes away what is on hold, and adds what is long overdue of what LongOverdue does not count.
func (a *Reader) addUnfixed(s *closure.Breakdown, span, soFar closure.Span, add func(*closure.Delta, closure.Span)) {
	view := a.View(span)
	for n := range a.unfixed {
		c := &a.unfixed[n]
		if c.Turn().HeldUntil > a.CutOff {
			for _, d := range c.Cells(a.figures.zone) {
				if d.Basis != closure.ByDay {
					d.Times = -d.Times
					add(&d, soFar)
				}
			}
			continue
		}
		for _, share := range c.Shares(view) {
			if slices.Contains(share.Counts, closure.LongOverdue) {
				add(&closure.Delta{Cell: closure.Cell{Basis: closure.ByDay, Day: span.From, Unit: share.Unit, Category: share.Category, Area: share.Area,
					Counts: []closure.Count{closure.LongOverdue}}, Times: 1}, span)
			}
		}
	}
}

// addOpen counts what units had to fix at the cut-off, and of what was due before a day, what was long overdue: of all alone, or of units and categories too.
func (a *Reader) addOpen(ctx context.Context, s *closure.Breakdown, to calendar.Day, allAlone bool) error {
	if a.open == nil {
		if err := a.readOpen(ctx); err != nil {
			return err
		}
	}
	count := func(unit inspect.ID, category string, of closure.Count) {
		if s.Total.Counts[of]++; !allAlone {
			s.Unit(unit).Counts[of]++
			s.Category(category).Counts[of]++
		}
	}
	fingerprint := a.Calendar.Fingerprint()
	for n := range a.open {
		o := &a.open[n]
		held := o.HeldUntil > a.CutOff
		count(o.Holder, o.Category, closure.Open)
		if held {
			count(o.Holder, o.Category, closure.OnHold)
		}
		if o.OverdueAt < a.CutOff {
			count(o.Unit, o.Category, closure.Overdue)
		}
		// Those of another calendar, on hold, or that failed a verification are told by addUnfixed.
		if o.Summable && o.Calendar == fingerprint && o.DueDay < to && o.LongAt < a.CutOff && !held && !o.Failed {
			count(o.Unit, o.Category, closure.LongOverdue)
		}
	}
	return nil
}

// readOpen reads what units have to fix, of what is as it was at the cut-off.
func (a *Reader) readOpen(ctx context.Context) error {
	all, err := a.figures.rollUps.openCourses(ctx, a.Tx)
	if err != nil {
		return err
	}
	unfolded, err := a.Tx.UnfoldedOpenCourses(ctx)
	a.open = make([]store.OpenCourse, 0, len(all)+len(unfolded))
	take := func(o *store.OpenCourse) {
		if o.LastAt <= a.CutOff {
			a.open = append(a.open, *o)
		}
	}
	for n := range all {
		if !a.unfolded[all[n].Issue] {
			take(&all[n])
		}
	}
	for n := range unfolded {
		take(&unfolded[n])
	}
	return err
}

// AddFixTimes adds how long the fixes took that count in a span, for exact medians. What was counted from the courses has them already.
func (a *Reader) AddFixTimes(ctx context.Context, s *closure.Breakdown, span closure.Span) error {
	if a.oneByOne() || a.Within != nil {
		return nil
	}
	from, to := closure.StartOfDay(span.From, a.figures.zone), closure.StartOfDay(span.To, a.figures.zone)
	all, err := a.figures.rollUps.fixTimesOf(ctx, a.Tx, span, from, to)
	if err != nil {
		return err
	}
	unfolded, err := a.Tx.UnfoldedFixTimes(ctx, from, to)
	if err != nil {
		return err
	}
	var failed []int64
	take := func(t *store.FixTime) {
		switch {
		case t.LastAt > a.CutOff || t.DueAt > a.CutOff: // not so then, or not due yet
		case t.Failed:
			failed = append(failed, t.Issue)
		default:
			for _, f := range s.Of(t.Unit, t.Category) {
				f.AddTimes(time.Duration(t.ToFix)*time.Millisecond, time.Duration(t.Found)*time.Millisecond)
			}
		}
	}
	for n := range all {
		if !a.unfolded[all[n].Issue] {
			take(&all[n])
		}
	}
	for n := range unfolded {
		take(&unfolded[n])
	}
	view := a.View(span)
	return a.Tx.EachMomentsOf(ctx, failed, func(moments []closure.Moment) error {
		course, _ := closure.CourseOf(moments, a.CutOff)
		for _, share := range course.Shares(view) {
			if slices.Contains(share.Counts, closure.Disposed) {
				for _, f := range s.Of(share.Unit, share.Category) {
					f.AddTimes(share.ToFix, share.Found)
				}
			}
		}
		return nil
	})
}

// figuresOf are the figures of a part of a sheet by the name that its sums have.
func figuresOf(s *closure.Breakdown, part, name string) (*closure.Figures, error) {
	var id inspect.ID
	switch part {
	case store.RollUpAll:
		return &s.Total, nil
	case store.RollUpCategories:
		return s.Category(name), nil
	}
	if name != "" {
		if err := id.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("figures: sum of %s: %w", part, err)
		}
	}
	if part == store.RollUpUnits {
		return s.Unit(id), nil
	}
	return s.Area(id), nil
}
