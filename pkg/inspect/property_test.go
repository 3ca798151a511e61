package inspect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// sequences is how many random lives the property is tried on, in shards that run side by side.
const (
	sequences = 125_000
	shards    = 20
	longest   = 44 // moves
	keptEvery = 16 // one life in so many is replayed from the bytes of its record, the others from the events themselves
)

// TestRandomLivesStayInTheTable plays random actions by random people at random times on two issues, and holds every
// answer against a model that knows only what rules.md forbids. A failure names the seed that plays it again.
func TestRandomLivesStayInTheTable(t *testing.T) {
	fewer, least := fewer, least
	if testing.Short() && fewer < 10 {
		fewer, least = 10, 50
	}
	seen := make([]map[string]int, shards)
	t.Run("shards", func(t *testing.T) {
		for n := range shards {
			seen[n] = map[string]int{}
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				for seed := n; seed < sequences/fewer && !t.Failed(); seed += shards {
					play(t, uint64(seed), seen[n])
				}
			})
		}
	})
	total := map[string]int{}
	for _, s := range seen {
		for what, n := range s {
			total[what] += n
		}
	}
	for _, a := range inspect.Actions {
		if total[string(a)] < least {
			t.Errorf("%s was allowed only %d times: the test does not reach it", a, total[string(a)])
		}
	}
	for _, what := range []string{"refused", "late", "uncredited", "forbidden", "unseen", "second person", "own fix", "deadline moved", "final unit", "time used",
		"corrected deadline"} {
		if total[what] < least/5 {
			t.Errorf("%q came only %d times: the test does not reach it", what, total[what])
		}
	}
}

func play(t *testing.T, seed uint64, seen map[string]int) {
	w := &world{t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 20261124)), now: minutes(0), seen: seen, kept: seed%keptEvery == 0}
	w.tempo = pick(w, 3*time.Minute, 20*time.Minute, 2*time.Hour, 12*time.Hour, 5*24*time.Hour)
	w.people = cast(w.now.Add(time.Duration(w.r.IntN(72)) * time.Hour))
	for n := range w.both {
		w.both[n] = w.report(n)
	}
	for range 1 + w.r.IntN(longest) {
		w.pass()
		w.move(w.both[w.r.IntN(len(w.both))])
		if t.Failed() {
			for _, a := range w.moves {
				t.Logf("seed %d: %s at %s", seed, a.action, a.received)
			}
			return
		}
	}
	for _, b := range w.both {
		w.replay(b)
	}
}

// decides puts the wish to both and compares what they say and what becomes of the issues.
func (w *world) decides(b *both, a *ask) (refused string) {
	allowed := a.by.may(a.action, b.f, w.now)
	actor := &inspect.Actor{ID: a.by.id}
	for _, g := range grantsOf(a.by) {
		if g.Until == 0 || w.now < g.Until {
			actor.Grants = append(actor.Grants, g)
		}
	}
	where := inspect.Jurisdiction{Areas: idsOf(lineUp(areaAbove, nameOf(areaAbove, b.i.Area))), Units: idsOf(lineUp(unitAbove, nameOf(unitAbove, b.i.Unit)))}
	for _, unit := range b.i.Assisting() {
		where.Assisting = append(where.Assisting, idsOf(lineUp(unitAbove, nameOf(unitAbove, unit)))...)
	}
	err := actor.Authorise(inspect.Permission(a.action), &b.i, where)
	if (err == nil) != allowed {
		w.t.Errorf("%s by %v of %q in %q: the model says %t, the policy %v", a.action, a.by.roles, a.by.unit, a.by.area, allowed, err)
	}
	if !allowed {
		w.seen[map[bool]string{true: "unseen", false: "forbidden"}[inspect.ErrIssueNotFound.Is(err)]]++
		return "not theirs"
	}
	if next := actor.AllowedActions(&b.i, where); slices.Contains(next, a.action) != slices.Contains(a.action.From(), b.i.Status) {
		w.t.Errorf("may %v, but %s is asked for when %s", next, a.action, b.i.Status)
	}
	refused = b.f.forbids(a)
	m := w.translate(b, a)
	e, err := b.i.Check(m)
	if (err == nil) != (refused == "") {
		w.t.Errorf("%s when %s: the model says %q, the product %v\n%+v\n%+v", a.action, b.i.Status, refused, err, b.f.facts, *a)
		return refused
	}
	if err != nil {
		w.count(err)
		return refused
	}
	w.happens(b, a, m, e)
	return ""
}

// count notes why the product refused, which a person must be able to read.
func (w *world) count(err error) {
	f, ok := fault.As(err)
	if !ok || f.Text == "" {
		w.t.Errorf("refused by %v, which is no fault", err)
		return
	}
	for what, sentinel := range map[string]*fault.Error{"second person": inspect.ErrSecondPerson, "own fix": inspect.ErrOwnFix, "final unit": inspect.ErrFinalUnit} {
		if f.Code == sentinel.Code {
			w.seen[what]++
		}
	}
}

// translate is a wish as the core would look it up.
func (w *world) translate(b *both, a *ask) *inspect.Transition {
	m := &inspect.Transition{Action: a.action, ID: a.id, By: a.by.id, DoneAt: a.done, SentAt: a.sent, ReceivedAt: a.received, LateWindow: a.window,
		Calendar: work, Category: &inspect.Category{ByPhoto: b.f.byPhoto, ReopenDays: b.f.days},
		Seed: a.seed, VisitShare: a.share}
	for _, p := range a.pics {
		m.Photos = append(m.Photos, *b.photos[p.id])
	}
	if a.pic != nil {
		p := *b.photos[a.pic.id]
		m.Photo = &p
	}
	if asked := b.f.asks(a.pic); a.action == inspect.Erase && asked != nil {
		m.AskedBy = asked.id
	}
	if a.flag {
		m.Flag, m.Decided = &inspect.Flag{ID: w.id()}, pick(w, inspect.Decisions...)
	}
	if a.area != "" {
		m.Area = id(a.area)
	}
	if a.into != nil {
		m.Into = &w.both[slices.IndexFunc(w.both[:], func(o *both) bool { return o.f == a.into })].i
	}
	switch a.action {
	case inspect.Assign:
		m.Unit, m.DueAt = id(a.unit), a.due
		m.Rule, m.DayCounting = inspect.Rule{Limit: a.limit, LimitUnit: a.unitOfLimit, Counting: a.rule}, a.city
	case inspect.Reply:
		m.Letter = a.letter
	case inspect.GivePart:
		m.Unit, m.Until = id(a.unit), a.until
	case inspect.ReplyPart, inspect.EndPart:
		m.Part = a.part
	case inspect.HandOver:
		m.To = a.to.id
	case inspect.Correct:
		m.Area, m.Correction = inspect.ID{}, w.correction(b, a)
		m.Rule, m.DayCounting = inspect.Rule{Limit: a.limit, LimitUnit: a.unitOfLimit, Counting: a.rule}, a.city
	case inspect.PassDown:
		m.Unit = id(a.unit)
		for name := range unitAbove {
			if slices.Contains(lineUp(unitAbove, name), nameOf(unitAbove, b.i.Unit)) {
				m.SubordinateUnits = append(m.SubordinateUnits, id(name))
			}
		}
	case inspect.FieldCheck:
		if m.FieldCheckResult = "not_real"; a.grants {
			m.FieldCheckResult = "real"
		}
	case inspect.AskExtension, inspect.AskHold, inspect.DecideExtension, inspect.DecideHold, inspect.Supervise, inspect.AskAppeal, inspect.DecideAppeal:
		m.AppealSubject, m.LetterKind, m.Finding = a.about, "key", a.finding
		if m.Until, m.Answer = a.until, inspect.Refused; a.grants {
			m.Answer = inspect.Granted
		}
		if a.action == inspect.DecideAppeal {
			m.DueAt = a.due
		}
	case inspect.Verify:
		m.Verdict, m.Method = a.verdict, a.how
		if a.by.inUnit(w.now) || a.by.inUnit(b.i.FixedAt) {
			m.ActorUnits = idsOf([]string{a.by.unit})
		}
		for name := range unitAbove {
			if unit := nameOf(unitAbove, b.i.Unit); unit != "" && related(name, unit) {
				m.FixerUnitLine = append(m.FixerUnitLine, id(name))
			}
		}
	}
	return m
}

// correction is what differs of what is asked for.
func (w *world) correction(b *both, a *ask) *inspect.Correction {
	c := &inspect.Correction{Deadline: a.choice}
	if a.category != b.i.Category {
		c.Category = a.category
	}
	if a.severity != string(b.i.Severity) {
		c.Severity = inspect.Severity(a.severity)
	}
	if area := id(a.area); a.area != "" && area != b.i.Area {
		c.Area, c.OtherClass = area, a.otherClass
	}
	if a.pin {
		c.Place = &inspect.Place{Datum: "wgs84"}
	}
	return c
}

func idsOf(names []string) (all []inspect.ID) {
	for _, n := range names {
		all = append(all, id(n))
	}
	return all
}

// happens lets both take the step and compares all that they know afterwards.
func (w *world) happens(b *both, a *ask, m *inspect.Transition, e *inspect.Event) {
	before, answered := b.i, b.f.changed
	if a.action == inspect.Merge || a.action == inspect.Unmerge {
		o := w.other(b)
		was := o.i
		w.apply(o, b.i.CounterpartEvent(m, e))
		w.moved(&was, &o.i)
		if o.i.DueAt != was.DueAt {
			w.seen["deadline moved"]++
		}
	}
	w.apply(b, e)
	b.f.happens(a)
	for _, o := range w.both {
		if got, want := factsOf(&o.i, o.photos), o.f.figures(); got != want {
			w.t.Errorf("after %s: got %+v, the model has %+v", a.action, got, want)
		}
	}
	w.moved(&before, &b.i)
	w.invariants(b)
	latest := max(e.At, answered)
	if p := b.i.Part(m.Part); p != nil {
		latest = max(latest, p.At)
	}
	if m.Into != nil {
		latest = max(latest, m.Into.ChangedAt, m.Into.ClockAt)
	}
	if e.CreditedAt < answered || e.CreditedAt > latest {
		w.t.Errorf("%s is credited at %s, answers %s, came %s", a.action, e.CreditedAt, answered, e.At)
	}
	for what, is := range map[string]bool{"late": e.Late, "uncredited": e.Uncredited, "time used": b.i.TimeUsed > 0 && e.Type == "issue.assigned",
		"corrected deadline": e.AssignedAt != 0} {
		if is {
			w.seen[what]++
		}
	}
}

// moved holds the workflow version against what it counts.
func (w *world) moved(was, is *inspect.Issue) {
	changed := was.Status != is.Status || was.Unit != is.Unit || was.DueAt != is.DueAt || was.HeldUntil != is.HeldUntil
	if step := is.Version - was.Version; changed && step != 1 || !changed && step != 0 {
		w.t.Errorf("version went from %d to %d; status, unit or deadline changed: %t", was.Version, is.Version, changed)
	}
	if is.ChangedAt < was.ChangedAt {
		w.t.Errorf("time ran back from %s to %s", was.ChangedAt, is.ChangedAt)
	}
}

// invariants are what is true of every issue at any time.
func (w *world) invariants(b *both) {
	i := &b.i
	held := !i.Unit.IsZero()
	for rule, broken := range map[string]bool{
		"a status of the table":                !slices.Contains(inspect.Statuses, i.Status),
		"a deadline where there is a unit":     held != (i.DueAt != 0) || held != (i.OwnDueAt != 0),
		"a deadline only ever moves up":        i.DueAt > i.OwnDueAt,
		"assigned means that a unit holds it":  i.Status == inspect.Assigned && !held,
		"reported means that none does":        i.Status == inspect.Reported && held,
		"a fix has its person and its moment":  (i.FixedAt != 0) != !i.Fixer.IsZero(),
		"fixed and verified have a fix":        (i.Status == inspect.Fixed || i.Status == inspect.Verified) && i.FixedAt == 0,
		"closed means closed":                  (i.ClosedAt != 0) != slices.Contains([]inspect.Status{inspect.Verified, inspect.Dismissed, inspect.Merged}, i.Status),
		"merged names the other":               (i.Status == inspect.Merged) != !i.MergedInto.IsZero(),
		"at most two returns":                  i.Returns > 2 || i.RejectedReturns > i.Returns,
		"every false fix is a rework":          i.FalseFixes > i.Rework,
		"a dismissal waits only for the asker": (i.DismissalAskedAt != 0) != !i.DismissalAskedBy.IsZero(),
		"what is assigned was filed":           i.AssignedAt != 0 && i.FiledAt == 0,
		"at most two extensions and one hold":  i.Extensions > 2 || i.Holds > 1,
		"a hold is only where a unit works":    i.HeldUntil != 0 && i.Status != inspect.Assigned && i.Status != inspect.Merged && i.Status != inspect.Dismissed,
		"parts are open only where a unit works": i.Status != inspect.Assigned && i.Status != inspect.Fixed &&
			slices.ContainsFunc(i.Parts, func(p inspect.Part) bool { return p.Open() }),
		"the clock gives the deadline": held && !i.Clock.FromExtension && i.OwnDueAt != inspect.At(work.End(i.Clock.From.UTC(), i.Clock.Remaining(), i.Clock.CalendarLimit())),
	} {
		if broken {
			w.t.Errorf("not so: %s: %+v", rule, *i)
		}
	}
}

// apply puts an event on record, in the form in which it is kept, and takes it.
func (w *world) apply(b *both, e *inspect.Event) {
	if b.events = append(b.events, e); w.kept {
		body, err := evidence.CanonicalOf(e)
		if err != nil {
			w.t.Fatalf("seed %d: %v", w.seed, err)
		}
		b.bodies = append(b.bodies, body)
	}
	if err := b.i.Apply(e); err != nil {
		w.t.Fatalf("seed %d: %v", w.seed, err)
	}
	inspect.ApplyPhotos(b.photos, e)
}

// replay makes the issue from its record alone and compares.
func (w *world) replay(b *both) {
	again, photos := inspect.Issue{ID: b.i.ID}, map[inspect.ID]*inspect.Photo{}
	for n, e := range b.events {
		if w.kept {
			e = &inspect.Event{Type: e.Type}
			if err := json.Unmarshal(b.bodies[n], e); err != nil {
				w.t.Fatalf("seed %d: %s: %v", w.seed, b.bodies[n], err)
			}
		}
		if err := again.Apply(e); err != nil {
			w.t.Fatalf("seed %d: %v", w.seed, err)
		}
		inspect.ApplyPhotos(photos, e)
	}
	if !reflect.DeepEqual(again, b.i) || !reflect.DeepEqual(photos, b.photos) {
		w.t.Errorf("seed %d: replayed:\n%s%s", w.seed, cmp.Diff(b.i, again), cmp.Diff(b.photos, photos))
	}
}
