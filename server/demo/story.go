package demo

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// step is what happens next in a story, and when.
type step struct {
	at    inspect.Time
	issue int // orders steps of one moment
	do    func(context.Context) (*step, error)
}

// steps is a heap by time.
type steps []*step

func (s steps) Len() int { return len(s) }
func (s steps) Less(i, j int) bool {
	return s[i].at < s[j].at || s[i].at == s[j].at && s[i].issue < s[j].issue
}
func (s steps) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *steps) Push(x any)   { *s = append(*s, x.(*step)) }
func (s *steps) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

// How often things happen in the life of an issue.
const (
	onTheSpot  = .05
	dismissal  = .03
	merging    = .03
	wrongUnit  = .04
	filedFirst = .3
	offline    = .04
	commented  = .1
	neverFixed = .04
	failing    = .07
	staged     = .015
	byPhoto    = .4
	reopening  = .02
	ownReport  = .03
	leftOver   = .5 // of the desk's work of the last day
	callers    = .08
)

// lastDay is the time before the end of the story from which not all work is done.
const lastDay = 16 * time.Hour

// story is the life of one issue.
type story struct {
	*teller
	n        int
	rng      *rand.Rand
	id       inspect.ID
	street   *street
	category inspect.Category
	place    geo.Point
	reporter *inspect.Actor
	unit     inspect.Unit
	wrong    inspect.Unit
	limit    time.Duration // from the assignment to the deadline
	due      inspect.Time
	assigned inspect.Time
	rework   int
	reopened bool
	public   bool       // proposed for the public page
	reported inspect.ID // the photos of the report and of the last fix
	fixed    inspect.ID
}

// begin chooses what the n-th issue is; its first step is the report.
func (t *teller) begin(n int, at inspect.Time) *step {
	s := &story{teller: t, n: n, rng: rand.New(rand.NewPCG(t.city.seed, uint64(n)+1))}
	s.id = idAt(at, s.rng)
	s.street = t.anyStreet(s.rng)
	s.category = t.anyCategory(s.rng)
	s.unit, s.wrong = t.city.unitFor(s.rng, s.street, s.category.Group)
	radius := between(s.rng, 40, 900)
	angle := 2 * math.Pi * s.rng.Float64()
	s.place = away(s.street.centre, radius*math.Cos(angle), radius*math.Sin(angle))
	s.reporter = pick(s.rng, t.city.inspectors[s.street.district])
	return s.then(at, s.report)
}

// away is a point so many metres north and east of another.
func away(p geo.Point, north, east float64) geo.Point {
	const metre = 180 / (math.Pi * geo.EarthRadius) // degrees of latitude
	return geo.Point{Lat: p.Lat + north*metre, Lon: p.Lon + east*metre/math.Cos(p.Lat*math.Pi/180)}
}

func (t *teller) anyStreet(rng *rand.Rand) *street {
	for {
		if s := &t.city.streets[rng.IntN(len(t.city.streets))]; !s.town || chance(rng, .25) {
			return s
		}
	}
}

func (t *teller) anyCategory(rng *rand.Rand) inspect.Category {
	want := rng.Float64() * t.city.weights[len(t.city.weights)-1]
	for n, sum := range t.city.weights {
		if want < sum {
			return t.city.categories[n]
		}
	}
	return t.city.categories[len(t.city.categories)-1]
}

// then is a step of this story at a moment.
func (s *story) then(at inspect.Time, do func(context.Context) (*step, error)) *step {
	return &step{at: at, issue: s.n, do: do}
}

// after is a step so much later than now.
func (s *story) after(d time.Duration, do func(context.Context) (*step, error)) *step {
	return s.then(s.now().Add(d), do)
}

// atDesk is a step when an office next works, so much later.
func (s *story) atDesk(d time.Duration, do func(context.Context) (*step, error)) *step {
	at := inspect.At(desk(s.now().Add(d).UTC().In(s.core.Zone)))
	if at > s.end.Add(-lastDay) && chance(s.rng, leftOver) {
		at = at.Add(24 * time.Hour)
	}
	return s.then(at, do)
}

func minutes(rng *rand.Rand, low, high float64) time.Duration {
	return time.Duration(between(rng, low, high) * float64(time.Minute))
}

// clerk is who works on this district in the office.
func (s *story) clerk() *inspect.Actor {
	if chance(s.rng, .8) {
		return s.city.clerks[s.street.district]
	}
	return s.city.clerks["office1"]
}

// report is how every story begins.
func (s *story) report(ctx context.Context) (*step, error) {
	source := inspect.Source("patrol")
	switch {
	case chance(s.rng, ownReport):
		s.reporter, source = s.city.contacts[s.unit.ID], inspect.SourceUnit
	case chance(s.rng, callers):
		s.reporter, source = s.city.clerks[s.street.district], pick(s.rng, []inspect.Source{"hotline", "public"})
	}
	if err := s.sendReport(ctx, source); err != nil {
		return nil, err
	}
	earlier := s.open[s.street.ID.String()+s.category.Group]
	s.open[s.street.ID.String()+s.category.Group] = s.id
	switch {
	case source == "patrol" && chance(s.rng, onTheSpot):
		return s.after(minutes(s.rng, 6, 25), s.fixOnTheSpot), nil
	case chance(s.rng, dismissal):
		return s.atDesk(minutes(s.rng, 10, 200), s.dismiss), nil
	case !earlier.IsZero() && chance(s.rng, merging):
		return s.atDesk(minutes(s.rng, 5, 60), func(ctx context.Context) (*step, error) { return s.merge(ctx, earlier) }), nil
	case chance(s.rng, filedFirst):
		return s.atDesk(minutes(s.rng, 2, 20), s.file), nil
	}
	return s.atDesk(minutes(s.rng, 3, 50), s.firstAssignment), nil
}

func (s *story) fixOnTheSpot(ctx context.Context) (*step, error) {
	before, err := s.shoot(ctx, s.reporter, inspect.PhotoBefore, dirty)
	if err != nil {
		return nil, err
	}
	after, err := s.shoot(ctx, s.reporter, inspect.PhotoAfter, cleaned)
	if err != nil {
		return nil, err
	}
	return nil, s.act(ctx, s.reporter, inspect.OnTheSpotFix, ask{photos: []inspect.ID{before, after}, note: "现场督促保洁员立即清理"})
}

func (s *story) dismiss(ctx context.Context) (*step, error) {
	return nil, s.act(ctx, s.clerk(), inspect.Dismiss, ask{reason: pick(s.rng, dismissReasons)})
}

// merge joins an earlier issue near by, if that is still open; otherwise the story goes on as any other.
func (s *story) merge(ctx context.Context, into inspect.ID) (*step, error) {
	v, err := s.core.Issues.Issue(ctx, s.clerk(), into)
	if err != nil {
		return nil, err
	}
	if v.Status == inspect.Merged || v.Status == inspect.Dismissed || v.Status == inspect.Verified {
		return s.firstAssignment(ctx)
	}
	return nil, s.act(ctx, s.clerk(), inspect.Merge, ask{into: into, reason: "同一地点同类问题"})
}

func (s *story) file(ctx context.Context) (*step, error) {
	return s.atDesk(minutes(s.rng, 2, 25), s.firstAssignment), s.act(ctx, s.clerk(), inspect.File, ask{})
}

func (s *story) firstAssignment(ctx context.Context) (*step, error) {
	if chance(s.rng, wrongUnit) && s.wrong.ID != s.unit.ID {
		err := s.assign(ctx, s.wrong)
		return s.after(min(minutes(s.rng, 2, 5), s.limit/5), s.giveBack), err
	}
	return s.assignRight(ctx)
}

func (s *story) giveBack(ctx context.Context) (*step, error) {
	err := s.act(ctx, s.city.contacts[s.wrong.ID], inspect.Return, ask{reason: pick(s.rng, returnReasons)})
	return s.atDesk(minutes(s.rng, 5, 40), s.assignRight), err
}

func (s *story) assignRight(ctx context.Context) (*step, error) {
	if err := s.assign(ctx, s.unit); err != nil {
		return nil, err
	}
	if err := s.mayNotice(ctx); err != nil {
		return nil, err
	}
	if chance(s.rng, commented) {
		return s.after(minutes(s.rng, 1, 10), s.comment), nil
	}
	return s.work(), nil
}

func (s *story) assign(ctx context.Context, u inspect.Unit) error {
	s.assigned = s.now()
	return s.act(ctx, s.clerk(), inspect.Assign, ask{unit: u.ID})
}

func (s *story) comment(ctx context.Context) (*step, error) {
	return s.work(), s.act(ctx, s.city.contacts[s.unit.ID], inspect.Comment, ask{note: pick(s.rng, comments)})
}

// work decides when the unit is done: mostly in time, by how diligent it is.
func (s *story) work() *step {
	if chance(s.rng, neverFixed) {
		if s.limit > 0 && chance(s.rng, pressed) {
			return s.atDesk(s.assigned.Add(s.limit).Sub(s.now())+30*time.Minute, s.press)
		}
		return nil
	}
	share := between(s.rng, .15, .95)
	if !chance(s.rng, s.city.diligence[s.unit.ID]) {
		share = between(s.rng, 1.02, 2.6)
	}
	at := max(s.assigned.Add(time.Duration(share*float64(s.limit))), s.now().Add(time.Minute))
	if first, ok := s.asks(s.then(at, s.fix)); ok {
		return first
	}
	return s.then(at, s.fix)
}

func (s *story) fix(ctx context.Context) (*step, error) {
	crew := s.city.contacts[s.unit.ID]
	after, err := s.shoot(ctx, crew, inspect.PhotoAfter, cleaned)
	if err != nil {
		return nil, err
	}
	if chance(s.rng, offline) {
		done := s.now()
		return s.after(minutes(s.rng, 30, 400), func(ctx context.Context) (*step, error) { return s.saysFixed(ctx, after, done) }), nil
	}
	return s.saysFixed(ctx, after, s.now())
}

func (s *story) saysFixed(ctx context.Context, after inspect.ID, done inspect.Time) (*step, error) {
	s.fixed = after
	err := s.act(ctx, s.city.contacts[s.unit.ID], inspect.Fix, ask{photos: []inspect.ID{after}, done: done, note: "已安排人员清理完毕"})
	if done > s.due && s.rework == 0 && chance(s.rng, appeals) {
		s.contest(inspect.AppealOverdue)
	}
	return s.atDesk(minutes(s.rng, 25, 420), s.verify), err
}

func (s *story) verify(ctx context.Context) (*step, error) {
	who := pick(s.rng, s.city.inspectors[s.street.district])
	how := inspect.OnSite
	if s.category.ByPhoto && chance(s.rng, byPhoto) {
		v, err := s.core.Issues.Issue(ctx, who, s.id)
		if err != nil {
			return nil, err
		}
		if !v.VisitDrawn { // drawn for one
			how = inspect.ByPhoto
		}
	}
	verdict, reasons := inspect.Pass, []string{""}
	switch {
	case s.rework > 0:
	case chance(s.rng, staged):
		verdict, reasons = inspect.FalseFix, falseReasons
	case chance(s.rng, failing):
		verdict, reasons = inspect.Fail, failReasons
	}
	a := ask{verdict: verdict, how: how, reason: pick(s.rng, reasons)}
	if verdict == inspect.Pass {
		s.expose()
		return s.maybeReopen(), s.act(ctx, who, inspect.Verify, a)
	}
	s.rework++
	check, err := s.shoot(ctx, who, inspect.PhotoCheck, partly)
	if err != nil {
		return nil, err
	}
	a.how, a.photos = inspect.OnSite, []inspect.ID{check}
	if verdict == inspect.Fail && chance(s.rng, reworks) {
		s.contest(inspect.AppealRework)
	}
	return s.after(time.Duration(between(s.rng, .2, .8)*float64(s.limit)), s.fix), s.act(ctx, who, inspect.Verify, a)
}

// maybeReopen brings few issues back, within the window of their category.
func (s *story) maybeReopen() *step {
	if s.reopened || s.category.ReopenDays == 0 || !chance(s.rng, reopening*float64(s.category.ReopenDays)) {
		return nil
	}
	s.reopened = true
	return s.atDesk(minutes(s.rng, 8*60, float64(s.category.ReopenDays-1)*24*60), func(ctx context.Context) (*step, error) {
		err := s.act(ctx, s.city.clerks[s.street.district], inspect.Reopen, ask{reason: pick(s.rng, reopenReasons)})
		return s.after(minutes(s.rng, 60, 900), s.fix), err
	})
}
