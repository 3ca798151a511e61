package figures

import (
	"context"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Reader reads figures on one snapshot of the database as they stood at a cut-off: from daily sums, what is not folded into them yet, and what time
// alone changes, with what changed since the cut-off put back to what it was; of an area, or where units moved, from the courses themselves.
type Reader struct {
	figures  *Service
	Tx       *store.Tx
	Calendar *calendar.Calendar
	Within   map[inspect.ID]bool // units or areas of the scope as it is now, nil for the whole city
	Scope    Scope
	places   UnitPlaces
	belongs  []membership // of units to the scope, by the moments at which units moved; nil when none ever did
	CutOff   inspect.Time
	today    calendar.Day       // of the cut-off
	deltas   []closure.Delta    // what sums have to change by: what is not folded yet, less what is not as it was
	changed  []closure.Course   // as they were, of those that are not any more
	unfixed  []closure.Course   // that sums and counts of what is overdue do not tell
	ahead    []closure.Delta    // what sums have under today and is due only later; nil before it is read
	unfolded map[int64]bool     // issues that changed since sums were folded
	open     []store.OpenCourse // that are as they were; nil before they are read
}

// Read begins to read figures as they stood at a cut-off; 0 is now, and what is later is now too.
func (svc *Service) Read(ctx context.Context, tx *store.Tx, scope Scope, cutOff inspect.Time) (*Reader, error) {
	if counted, err := tx.FiguresCounted(ctx); err != nil || !counted {
		return nil, OrElse(err, inspect.ErrFiguresPending)
	}
	cal, err := svc.city.Calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	a := &Reader{figures: svc, Tx: tx, Calendar: cal, Scope: scope, CutOff: tx.Now}
	if cutOff != 0 {
		a.CutOff = min(cutOff, tx.Now)
	}
	a.today = closure.DayOf(a.CutOff, svc.zone)
	if a.places, err = unitPlaces(ctx, tx); err != nil {
		return nil, err
	}
	if scope.Kind != inspect.City {
		tree := store.UnitTree
		if scope.Kind == inspect.AreaSubtree {
			tree = store.AreaTree
		}
		below, err := tx.SelfAndDescendants(ctx, tree, scope.ID)
		if err != nil {
			return nil, err
		}
		a.Within = map[inspect.ID]bool{scope.ID: true}
		for _, id := range below {
			a.Within[id] = true
		}
	}
	if scope.Kind == inspect.UnitSubtree {
		if err := a.readMembership(ctx); err != nil {
			return nil, err
		}
	}
	if a.oneByOne() {
		return a, nil // no sums are used
	}
	a.unfolded = map[int64]bool{}
	if err := tx.Deltas(ctx, func(issue int64, d *closure.Delta) {
		if a.unfolded[issue] = true; d != nil {
			a.deltas = append(a.deltas, *d)
		}
	}); err != nil {
		return nil, err
	}
	if err := a.readChanged(ctx); err != nil {
		return nil, err
	}
	return a, a.readUnfixed(ctx)
}

// readChanged reads what is not as it was at the cut-off: what sums tell of it now is taken away, and it counts one by one as it was.
func (a *Reader) readChanged(ctx context.Context) error {
	return a.Tx.EachCourseSince(ctx, a.CutOff, closure.StartOfDay(a.today+1, a.figures.zone), func(all []closure.Moment) error {
		if now, ok := closure.CourseOf(all, closure.Forever); ok {
			a.deltas = append(a.deltas, closure.Changes(now.Cells(a.figures.zone), nil)...)
		}
		if then, ok := closure.CourseOf(all, a.CutOff); ok {
			a.changed = append(a.changed, then)
		}
		return nil
	})
}

// readUnfixed reads what sums and counts of what is overdue do not tell.
func (a *Reader) readUnfixed(ctx context.Context) error {
	seen := map[inspect.ID]bool{}
	return a.Tx.EachUnfixed(ctx, a.CutOff, a.Calendar.Fingerprint(), func(c *store.IssueCourse) error {
		if course, ok := closure.CourseOf(c.Moments, closure.Forever); ok && !seen[c.Issue] {
			a.unfixed = append(a.unfixed, course)
		}
		seen[c.Issue] = true
		return nil
	})
}

// oneByOne says whether figures are counted from the courses themselves.
func (a *Reader) oneByOne() bool {
	return a.Scope.Kind == inspect.AreaSubtree || a.belongs != nil
}

// OrElse is an error, or where there is none another one.
func OrElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// InScope says whether what a unit answers for in an area belongs to the scope, by the tree of units as it was at a moment.
func (a *Reader) InScope(unit, area inspect.ID, at inspect.Time) bool {
	switch a.Scope.Kind {
	case inspect.UnitSubtree:
		return a.UnitInScope(unit, at)
	case inspect.AreaSubtree:
		return a.Within[area]
	}
	return true
}

// UnitInScope says whether a unit belonged at a moment to a scope that is the city or a unit.
func (a *Reader) UnitInScope(unit inspect.ID, at inspect.Time) bool {
	if a.Scope.Kind != inspect.UnitSubtree {
		return true
	}
	for n := len(a.belongs) - 1; n >= 0; n-- {
		if n == 0 || a.belongs[n].from <= at {
			return a.belongs[n].units[unit]
		}
	}
	return a.Within[unit]
}

func (a *Reader) shareInScope(s *closure.Share) bool { return a.InScope(s.Unit, s.Area, s.Moment) }

// PeerGroup is the group in which a unit ranks in a span: that which it had at its end, or at the cut-off.
func (a *Reader) PeerGroup(u *inspect.Unit, span closure.Span) string {
	return a.places.PeerGroup(u.ID, min(closure.StartOfDay(span.To, a.figures.zone)-1, a.CutOff), u.PeerGroup)
}

// View is a span seen from the cut-off.
func (a *Reader) View(span closure.Span) *closure.View {
	return closure.NewView(span, a.CutOff, a.Calendar)
}

// Sheet gives the figures of a span; of the city only those of the parts that are named beside all. What is asked of units alone, without parts,
// is the sum of theirs. The times to fix are not among them: see AddFixTimes.
func (a *Reader) Sheet(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	switch {
	case a.oneByOne() || a.Within != nil && len(parts) > 0:
		return a.fromCourses(ctx, a.View(span))
	case a.Scope.Kind == inspect.UnitSubtree:
		return a.ofUnits(ctx, span)
	}
	return a.fromRollUps(ctx, span, parts...)
}

// fromCourses gives the figures of a view from the courses themselves.
func (a *Reader) fromCourses(ctx context.Context, view *closure.View) (*closure.Breakdown, error) {
	s := closure.NewBreakdown()
	from, to := a.reach(view)
	err := a.Tx.EachMomentsIn(ctx, from, to, func(all []closure.Moment) error {
		c, ok := closure.CourseOf(all, view.CutOff)
		if !ok {
			return nil
		}
		for _, share := range c.Shares(view) {
			if a.shareInScope(&share) {
				s.AddShare(&share, 1)
			}
		}
		return nil
	})
	s.DropEmpty()
	return s, err
}

// reach is the time in which a course has to be that may count in a view.
func (a *Reader) reach(view *closure.View) (from, to inspect.Time) {
	from, to = closure.StartOfDay(view.Span.From, a.figures.zone), closure.StartOfDay(view.Span.To, a.figures.zone)
	return min(from, view.CutOff), max(to, view.CutOff+1)
}

// eachCourse calls f for every course that may count in a view, as it stood at its cut-off.
func (a *Reader) eachCourse(ctx context.Context, view *closure.View, f func(*store.IssueCourse, *closure.Course)) error {
	from, to := a.reach(view)
	return a.Tx.EachCourseIn(ctx, from, to, func(c *store.IssueCourse) error {
		if course, ok := closure.CourseOf(c.Moments, view.CutOff); ok {
			f(c, &course)
		}
		return nil
	})
}
