package figures

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Scope is whose figures are wanted: of the whole city, or of what lies under a unit or an area.
type Scope struct {
	Kind inspect.ScopeKind
	ID   inspect.ID
}

// UnmarshalText reads city, unit:ID or area:ID.
func (s *Scope) UnmarshalText(text []byte) error {
	kind, id, _ := strings.Cut(string(text), ":")
	switch kind {
	case "city":
		*s = Scope{Kind: inspect.City}
		if id == "" {
			return nil
		}
	case "unit":
		s.Kind = inspect.UnitSubtree
		if s.ID.UnmarshalText([]byte(id)) == nil {
			return nil
		}
	case "area":
		s.Kind = inspect.AreaSubtree
		if s.ID.UnmarshalText([]byte(id)) == nil {
			return nil
		}
	}
	return errors.New("want city, unit:ID or area:ID")
}

// String is the scope as UnmarshalText reads it.
func (s Scope) String() string {
	switch s.Kind {
	case inspect.UnitSubtree:
		return "unit:" + s.ID.String()
	case inspect.AreaSubtree:
		return "area:" + s.ID.String()
	}
	return "city"
}

// Reader reads figures on one snapshot of the database as they stood at a cut-off: as they stand now from daily sums, what is not folded into
// them yet, and what time alone changes; as they stood before, or of a part of the city, from the courses themselves.
type Reader struct {
	figures  *Service
	Tx       *store.Tx
	Calendar *calendar.Calendar
	Within   map[inspect.ID]bool // units or areas of the scope, nil for the whole city
	Scope    Scope
	CutOff   inspect.Time
	deltas   []closure.Delta        // not folded yet
	unfixed  []closure.Course       // that sums and counts of what is overdue do not tell
	upcoming []closure.Course       // with a step whose limit is still ahead
	longDays map[calendar.Day]int64 // those long overdue by the day they were due; nil before they are read
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
	if a.oneByOne() {
		return a, nil // no sums are used
	}
	if err := tx.Deltas(ctx, func(d *closure.Delta) { a.deltas = append(a.deltas, *d) }); err != nil {
		return nil, err
	}
	seen := map[inspect.ID]bool{}
	if err := tx.EachUnfixed(ctx, tx.Now, cal.Fingerprint(), func(c *store.IssueCourse) error {
		if course, ok := closure.CourseOf(c.Moments, closure.Forever); ok && !seen[c.Issue] {
			a.unfixed = append(a.unfixed, course)
		}
		seen[c.Issue] = true
		return nil
	}); err != nil {
		return nil, err
	}
	return a, tx.EachCourseWithSteps(ctx, tx.Now, func(c *store.IssueCourse) error {
		if course, ok := closure.CourseOf(c.Moments, closure.Forever); ok {
			a.upcoming = append(a.upcoming, course)
		}
		return nil
	})
}

// oneByOne says whether figures are counted from the courses themselves.
func (a *Reader) oneByOne() bool { return a.CutOff < a.Tx.Now || a.Scope.Kind == inspect.AreaSubtree }

// OrElse is an error, or where there is none another one.
func OrElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// InScope says whether what a unit answers for in an area belongs to the scope.
func (a *Reader) InScope(unit, area inspect.ID) bool {
	switch a.Scope.Kind {
	case inspect.UnitSubtree:
		return a.Within[unit]
	case inspect.AreaSubtree:
		return a.Within[area]
	}
	return true
}

func (a *Reader) shareInScope(s *closure.Share) bool { return a.InScope(s.Unit, s.Area) }

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

// fromRollUps gives the figures of a span as they stand now: from daily sums up to today, from what is not folded into them, less what is still
// ahead today; what is on hold, long overdue or told by no sum is counted apart.
func (a *Reader) fromRollUps(ctx context.Context, span closure.Span, parts ...string) (*closure.Breakdown, error) {
	s, today := closure.NewBreakdown(), closure.DayOf(a.Tx.Now, a.figures.zone)
	soFar := closure.Span{From: span.From, To: min(span.To, today+1)}
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
	if soFar.To > today {
		if err := a.takeAhead(ctx, s, soFar, today, add); err != nil {
			return nil, err
		}
	}
	if err := a.addSingles(ctx, s, span); err != nil {
		return nil, err
	}
	a.addUnfixed(s, span, soFar, add)
	if err := a.addLongOverdue(ctx, s, soFar.To, !slices.Contains(parts, store.RollUpUnits)); err != nil {
		return nil, err
	}
	if err := a.addOpen(ctx, s); err != nil {
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

// takeAhead takes away what sums have under today although it is due only later.
func (a *Reader) takeAhead(ctx context.Context, s *closure.Breakdown, span closure.Span, today calendar.Day, add func(*closure.Delta, closure.Span)) error {
	tomorrow := closure.StartOfDay(today+1, a.figures.zone)
	for n := range a.upcoming {
		for _, share := range a.upcoming[n].FutureSteps(a.Tx.Now) {
			if share.Moment < tomorrow {
				add(&closure.Delta{Cell: closure.Cell{Basis: closure.ByDay, Day: today, Category: share.Category, Area: share.Area, Counts: share.Counts}, Times: -1}, span)
			}
		}
	}
	return a.Tx.StandingCounts(ctx, a.Tx.Now, tomorrow, a.Tx.Now, func(unit inspect.ID, category string, standing, n int64) {
		var of []closure.Count
		for k := range closure.CountKeys() {
			if standing&(1<<k) != 0 {
				of = append(of, closure.Count(k))
			}
		}
		add(&closure.Delta{Cell: closure.Cell{Basis: closure.ByDue, Day: today, Unit: unit, Category: category, Counts: of}, Times: -n}, span)
	})
}

// addSingles adds what no sum tells, but for what is counted at the cut-off of all issues together.
func (a *Reader) addSingles(ctx context.Context, s *closure.Breakdown, span closure.Span) error {
	view := a.View(span)
	return a.Tx.EachSingleCourseIn(ctx, closure.StartOfDay(span.From, a.figures.zone), closure.StartOfDay(span.To, a.figures.zone), func(c *store.IssueCourse) error {
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
		if c.Turn().HeldUntil > a.Tx.Now {
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

// addLongOverdue counts what is long overdue now, of what was due before a day: of all alone, or of units and categories too.
func (a *Reader) addLongOverdue(ctx context.Context, s *closure.Breakdown, to calendar.Day, allAlone bool) error {
	if !allAlone {
		return a.Tx.LongOverdue(ctx, a.Tx.Now, a.Calendar.Fingerprint(), to, func(unit inspect.ID, category string, n int64) {
			for _, f := range []*closure.Figures{&s.Total, s.Unit(unit), s.Category(category)} {
				f.Counts[closure.LongOverdue] += n
			}
		})
	}
	if a.longDays == nil {
		a.longDays = map[calendar.Day]int64{}
		ever := closure.DayOf(a.Tx.Now, a.figures.zone) + 1
		if err := a.Tx.LongOverdueDays(ctx, a.Tx.Now, a.Calendar.Fingerprint(), ever, func(due calendar.Day, n int64) { a.longDays[due] = n }); err != nil {
			return err
		}
	}
	for due, n := range a.longDays {
		if due < to {
			s.Total.Counts[closure.LongOverdue] += n
		}
	}
	return nil
}

// addOpen counts what units have to fix now.
func (a *Reader) addOpen(ctx context.Context, s *closure.Breakdown) error {
	return a.Tx.OpenIssues(ctx, a.Tx.Now, func(o *store.OpenIssues) {
		for _, f := range []*closure.Figures{&s.Total, s.Unit(o.Holder), s.Category(o.Category)} {
			f.Counts[closure.Open] += o.Open
			f.Counts[closure.OnHold] += o.OnHold
		}
		for _, f := range []*closure.Figures{&s.Total, s.Unit(o.Unit), s.Category(o.Category)} {
			f.Counts[closure.Overdue] += o.Overdue
		}
	})
}

// AddFixTimes adds how long the fixes took that count in a span, for exact medians. What was counted from the courses has them already.
func (a *Reader) AddFixTimes(ctx context.Context, s *closure.Breakdown, span closure.Span) error {
	if a.oneByOne() || a.Within != nil {
		return nil
	}
	view, from := a.View(span), closure.StartOfDay(span.From, a.figures.zone)
	return a.Tx.EachFixTime(ctx, from, min(closure.StartOfDay(span.To, a.figures.zone), a.Tx.Now+1), func(t *store.FixTime) {
		toFix, found := time.Duration(t.ToFix)*time.Millisecond, time.Duration(t.Found)*time.Millisecond
		for _, f := range []*closure.Figures{&s.Total, s.Unit(t.Unit), s.Category(t.Category)} {
			f.AddTimes(toFix, found)
		}
	}, func(c *store.IssueCourse) error {
		course, ok := closure.CourseOf(c.Moments, a.CutOff)
		if !ok {
			return nil
		}
		for _, share := range course.Shares(view) {
			if slices.Contains(share.Counts, closure.Disposed) {
				for _, f := range []*closure.Figures{&s.Total, s.Unit(share.Unit), s.Category(share.Category)} {
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

// fromCourses gives the figures of a view from the courses themselves.
func (a *Reader) fromCourses(ctx context.Context, view *closure.View) (*closure.Breakdown, error) {
	s := closure.NewBreakdown()
	err := a.eachCourse(ctx, view, func(_ *store.IssueCourse, c *closure.Course) {
		for _, share := range c.Shares(view) {
			if a.shareInScope(&share) {
				s.AddShare(&share, 1)
			}
		}
	})
	s.DropEmpty()
	return s, err
}

// eachCourse calls f for every course that may count in a view, as it stood at its cut-off.
func (a *Reader) eachCourse(ctx context.Context, view *closure.View, f func(*store.IssueCourse, *closure.Course)) error {
	from, to := closure.StartOfDay(view.Span.From, a.figures.zone), closure.StartOfDay(view.Span.To, a.figures.zone)
	return a.Tx.EachCourseIn(ctx, min(from, view.CutOff), max(to, view.CutOff+1), func(c *store.IssueCourse) error {
		if course, ok := closure.CourseOf(c.Moments, view.CutOff); ok {
			f(c, &course)
		}
		return nil
	})
}

// PeriodNamed is the name of a period; without one it is the last of its kind that is over.
func (svc *Service) PeriodNamed(ctx context.Context, kind closure.PeriodKind, name string) (string, error) {
	err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		formula, err := ScoreFormula.In(ctx, tx)
		if err != nil {
			return err
		}
		first := time.Weekday(formula.WeekStart)
		var p closure.Period
		if name != "" {
			if p, err = closure.ParsePeriod(name, first); err == nil && p.Kind != kind {
				err = closure.ErrPeriod
			}
			return err
		}
		if p, err = closure.PeriodOf(kind, closure.DayOf(tx.Now, svc.zone), first); err == nil {
			p, err = p.Before(first)
		}
		name = p.Name
		return err
	})
	return name, err
}
