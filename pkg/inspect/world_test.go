package inspect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
)

// world is two issues in a small city, each as the product and as the model see it.
type world struct {
	t      *testing.T
	seed   uint64
	r      *rand.Rand
	now    inspect.Time
	tempo  time.Duration // what passes at most between two moves
	kept   bool          // events go through the form in which they are kept
	people []*who
	both   [2]*both
	seen   map[string]int
	moves  []*ask
}

type both struct {
	i      inspect.Issue
	photos map[inspect.ID]*inspect.Photo
	f      *file
	events []*inspect.Event
	bodies [][]byte
}

// grantsOf turns a person of the model into the grants that the product knows.
func grantsOf(p *who) []inspect.Grant {
	scope := inspect.Scope{Kind: inspect.City}
	switch {
	case p.unit != "":
		scope = inspect.Scope{Kind: inspect.UnitSubtree, ID: id(p.unit)}
	case p.area != "":
		scope = inspect.Scope{Kind: inspect.AreaSubtree, ID: id(p.area)}
	}
	var all []inspect.Grant
	for _, r := range p.roles {
		all = append(all, inspect.Grant{Role: r, Scope: scope, Until: p.leaves})
	}
	return all
}

// cast are the people; one leaves a unit at a moment.
func cast(leaves inspect.Time) []*who {
	person := func(name, unit, area string, roles ...inspect.Role) *who {
		return &who{id: id(name), unit: unit, area: area, roles: roles}
	}
	left := person("left", "bureau", "", inspect.UnitRole, inspect.Inspector)
	left.leaves = leaves
	return []*who{
		person("lin", "", "", inspect.Inspector), person("wang", "", "", inspect.Inspector),
		person("office", "", "", inspect.Office), person("office2", "", "", inspect.Office), person("desk", "", "west", inspect.Office),
		person("boss", "district", "", inspect.UnitRole, inspect.Inspector), person("bureau", "bureau", "", inspect.UnitRole),
		person("crew", "crew", "", inspect.UnitRole, inspect.Inspector), person("others", "other", "", inspect.UnitRole, inspect.Inspector),
		left, person("leader", "", "", inspect.Leader), person("admin", "", "", inspect.Admin),
	}
}

func (w *world) report(n int) *both {
	reporter := w.people[w.r.IntN(10)] // all but the leader and the administrator
	area := pick(w, "street", "west", "east")
	b := &both{i: inspect.Issue{ID: w.id()}, photos: map[inspect.ID]*inspect.Photo{}}
	b.f = &file{id: b.i.ID, reporter: reporter.id, byPhoto: w.r.IntN(2) == 0, days: pick(w, 0, 7, 30),
		facts: facts{category: "08012", severity: "normal", status: inspect.Reported, area: id(area), changed: w.now.Add(-time.Minute)}}
	declared, received := w.photos(b, inspect.PhotoKinds...)
	w.apply(b, &inspect.Event{Type: "issue.reported", By: reporter.id, At: w.now, SentAt: w.now, DoneAt: w.now, Report: &inspect.Report{
		Number: fmt.Sprintf("2026-%06d", n), Category: "08012", Severity: "normal", Source: "patrol", Area: id(area), ReportedAt: w.now.Add(-time.Minute)}, Declared: declared})
	for _, r := range received {
		w.apply(b, r)
	}
	return b
}

// id makes an id from the seed, so that a failure can be played again.
func (w *world) id() (v inspect.ID) {
	for n := range v {
		v[n] = byte(w.r.Uint32())
	}
	return valid(v)
}

func pick[T any](w *world, from ...T) T { return from[w.r.IntN(len(from))] }

// photos makes the declarations of new photos, and the receipts of most of them.
func (w *world) photos(b *both, kinds ...inspect.PhotoKind) (declared []inspect.Declaration, received []*inspect.Event) {
	for _, kind := range kinds {
		p := &pic{id: w.id(), kind: kind, state: inspect.PhotoDeclared}
		b.f.pics = append(b.f.pics, p)
		declared = append(declared, inspect.Declaration{ID: p.id, SHA256: "00", Bytes: 1, Kind: kind, CaptureMethod: "camera"})
		if w.r.IntN(8) > 0 {
			p.state = inspect.PhotoSafe
			received = append(received, &inspect.Event{Type: "photo.received", At: w.now, Received: &inspect.PhotoReceipt{ID: p.id, SHA256: "00", Bytes: 1}})
		}
	}
	return declared, received
}

// pass lets time pass: seconds to days, and now and then a little backwards, as between two servers.
func (w *world) pass() {
	d := time.Duration(w.r.Int64N(int64(w.tempo)))
	if w.r.IntN(40) == 0 {
		d = -min(d, 5*time.Second)
	}
	w.now = w.now.Add(d)
}

func (w *world) move(b *both) {
	if w.r.IntN(4) == 0 {
		declared, received := w.photos(b, pick(w, inspect.PhotoKinds...))
		for _, e := range append([]*inspect.Event{{Type: "photo.declared", At: w.now, Declared: declared}}, received...) {
			w.apply(b, e)
		}
	}
	a := w.ask(b)
	refused := w.decides(b, a)
	if refused != "" {
		w.seen["refused"]++
		return
	}
	w.seen[string(a.action)]++
	w.moves = append(w.moves, a)
}

// wishes are the actions, with those oftener that are rare otherwise.
var wishes = append(slices.Clone(inspect.Actions), inspect.Return, inspect.Return, inspect.Return, inspect.Return, inspect.Resume, inspect.Resume,
	inspect.Resume, inspect.Resume, inspect.Supervise, inspect.Reply, inspect.Reply, inspect.Reply,
	inspect.AskAppeal, inspect.DecideAppeal, inspect.DecideAppeal, inspect.DecideAppeal, inspect.DecideAppeal, inspect.DecideExtension,
	inspect.Return, inspect.Return, inspect.Return, inspect.Return, inspect.Assign, inspect.Assign, inspect.Merge, inspect.Merge,
	inspect.Fix, inspect.Fix, inspect.Verify, inspect.Verify, inspect.Verify, inspect.Reopen, inspect.Reopen, inspect.AskExtension, inspect.DecideExtension,
	inspect.DecideExtension, inspect.DecideExtension, inspect.AskHold, inspect.DecideHold, inspect.DecideHold, inspect.DecideHold, inspect.Resume, inspect.Resume, inspect.Resume)

// ask makes a wish that is likely enough to come through: half of the time the action fits the state and the person.
func (w *world) ask(b *both) *ask {
	a := &ask{action: pick(w, inspect.Actions...), by: pick(w, w.people...), received: w.now}
	if w.r.IntN(4) > 0 {
		for range 20 {
			a.action = pick(w, wishes...)
			if b.i.Status.Allows(a.action) && a.action != inspect.Comment {
				break
			}
		}
		switch { // what is rare otherwise
		case b.i.Extension.At != 0 && w.r.IntN(4) == 0:
			a.action = inspect.DecideExtension
		case b.i.HeldUntil > w.now && w.r.IntN(3) > 0:
			a.action = inspect.Resume
		case len(b.i.Parts) > 0 && w.r.IntN(6) == 0:
			a.action = pick(w, inspect.ReplyPart, inspect.EndPart)
		}
		for range 20 {
			if a.by = pick(w, w.people...); a.by.may(a.action, b.f, w.now) {
				break
			}
		}
	}
	a.id, a.about = w.id(), pick(w, inspect.AppealSubjects...)
	a.seed, a.share = strconv.Itoa(w.r.IntN(1000)), pick(w, 0, 10, 50, 100)
	if n := len(b.i.Letters); n > 0 && w.r.IntN(8) > 0 {
		a.letter = b.i.Letters[w.r.IntN(n)].ID
	}
	if n := len(b.i.Parts); n > 0 && w.r.IntN(8) > 0 {
		a.part = b.i.Parts[w.r.IntN(n)].ID
	}
	a.to = pick(w, w.people...)
	if n := len(b.i.Appeals); n > 0 && a.action == inspect.DecideAppeal {
		a.about = b.i.Appeals[w.r.IntN(n)].Subject
	}
	if a.action == inspect.DecideAppeal && a.about == inspect.AppealFalseFix && w.r.IntN(8) > 0 {
		a.finding = pick(w, inspect.Findings...)
	}
	a.window = pick(w, 0, time.Minute, 12*time.Hour, 7*24*time.Hour)
	a.sent = w.now.Add(pick(w, 0, 0, 0, time.Second, -time.Minute, time.Hour, -40*24*time.Hour))
	a.done = a.sent.Add(-pick(w, 0, 0, time.Second, 90*time.Second, 20*time.Minute, 5*time.Hour, 3*24*time.Hour, -time.Hour))
	a.unit, a.due = pick(w, "district", "bureau", "crew", "other"), w.now.Add(pick(w, -time.Hour, 0, 3*time.Minute, 2*time.Hour, 30*time.Hour, 90*24*time.Hour))
	if other := w.other(b).f; a.action == inspect.Assign && w.r.IntN(2) == 0 && other.unit != (inspect.ID{}) {
		a.unit = nameOf(unitAbove, other.unit) // what the unit has already may be the same
	}
	if a.limit, a.unitOfLimit = float64(1+w.r.IntN(12))/2, pick(w, calendar.Units...); w.r.IntN(2) == 0 {
		a.due = 0
	}
	a.city, a.rule = pick(w, calendar.Countings...), pick(w, "", calendar.Elapsed, calendar.CivilCode)
	a.until, a.grants = pick(w, b.i.DueAt, w.now).Add(pick(w, 0, time.Minute, 2*time.Hour, 20*time.Hour, 400*24*time.Hour)), w.r.IntN(3) > 0
	if a.action == inspect.DecideAppeal && w.r.IntN(4) > 0 { // what fits
		if a.grants = w.r.IntN(3) > 0; !a.grants || a.about != inspect.AppealFalseFix {
			a.finding = ""
		}
		if a.due = 0; a.grants && a.about == inspect.AppealOverdue && b.i.Status == inspect.Assigned {
			a.due = w.now.Add(pick(w, time.Minute, 5*time.Hour, 50*time.Hour))
		}
	}
	if a.action == inspect.AskHold {
		a.until = w.now.Add(pick(w, 20*time.Hour, 10*24*time.Hour, 300*24*time.Hour))
	}
	if (a.action == inspect.DecideExtension || a.action == inspect.DecideHold) && w.r.IntN(3) > 0 {
		a.until = 0
	}
	if a.action == inspect.Correct {
		a.category, a.severity = pick(w, "", "06010", "06011", "08012"), pick(w, "", "", "normal", "serious")
		a.pin, a.otherClass, a.choice = w.r.IntN(4) == 0, w.r.IntN(2) == 0, pick(w, "", inspect.KeepDeadline, inspect.DeadlineByRule, inspect.DeadlineByRule)
		if w.r.IntN(2) == 0 {
			a.area = pick(w, "street", "west", "east")
		}
	}
	if (a.action == inspect.File || a.action == inspect.Assign) && w.r.IntN(4) == 0 {
		a.area = pick(w, "street", "west", "east")
	}
	a.verdict, a.how = pick(w, inspect.Pass, inspect.Pass, inspect.Fail, inspect.FalseFix), pick(w, inspect.VerificationMethods...)
	for _, p := range b.f.pics {
		if p.state == inspect.PhotoSafe && w.r.IntN(2) == 0 && len(a.pics) < 6 {
			a.pics = append(a.pics, p)
		}
	}
	switch a.action {
	case inspect.WithdrawPhoto:
		a.pic = pick(w, b.f.pics...)
	case inspect.Erase:
		a.pic = pick(w, append([]*pic{nil}, b.f.pics...)...)
	case inspect.DecideFlag:
		a.flag = w.r.IntN(4) > 0
	case inspect.Merge:
		a.into = w.both[w.r.IntN(2)].f
	case inspect.Unmerge:
		a.into = w.other(b).f
	}
	return a
}

func (w *world) other(b *both) *both {
	if w.both[0] == b {
		return w.both[1]
	}
	return w.both[0]
}
