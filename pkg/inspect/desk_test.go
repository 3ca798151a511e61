package inspect_test

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

var ids sync.Map // by name

// id is the same id for the same name.
func id(name string) inspect.ID {
	if v, ok := ids.Load(name); ok {
		return v.(inspect.ID)
	}
	sum := sha256.Sum256([]byte(name))
	v := valid(inspect.ID(sum[:16]))
	ids.Store(name, v)
	return v
}

// valid makes 16 bytes a UUID of version 8.
func valid(v inspect.ID) inspect.ID {
	v[6], v[8] = v[6]&0x0f|0x80, v[8]&0x3f|0x80
	return v
}

// minutes after the morning on which every test begins.
func minutes(n int) inspect.Time {
	return inspect.At(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)).Add(time.Duration(n) * time.Minute)
}

// desk is an issue on its way. What is not said in a move happens now, on a phone whose clock is right.
type desk struct {
	t        *testing.T
	i        inspect.Issue
	photos   map[inspect.ID]*inspect.Photo
	category inspect.Category
	now      inspect.Time
}

// newDesk reports an issue at minute 0.
func newDesk(t *testing.T, name string) *desk {
	t.Helper()
	d := &desk{t: t, i: inspect.Issue{ID: id(name)}, photos: map[inspect.ID]*inspect.Photo{}, now: minutes(0)}
	d.apply(&inspect.Event{Type: "issue.reported", By: id("lin"), At: d.now, SentAt: d.now, Report: &inspect.Report{
		Number: "2026-000001", Category: "08012", Severity: "normal", Source: "patrol", Area: id("binhai"), ReportedAt: d.now}})
	return d
}

func (d *desk) apply(e *inspect.Event) {
	d.t.Helper()
	if err := d.i.Apply(e); err != nil {
		d.t.Fatal(err)
	}
	inspect.ApplyPhotos(d.photos, e)
}

// photo declares a picture and makes it safe.
func (d *desk) photo(name string, kind inspect.PhotoKind) inspect.Photo {
	d.t.Helper()
	d.apply(&inspect.Event{Type: "photo.declared", At: d.now, Declared: []inspect.Declaration{{ID: id(name), SHA256: name, Bytes: 1, Kind: kind}}})
	d.apply(&inspect.Event{Type: "photo.received", At: d.now, Received: &inspect.PhotoReceipt{ID: id(name), SHA256: name, Bytes: 1}})
	return *d.photos[id(name)]
}

// has gives a photo as it stands now.
func (d *desk) has(name string) inspect.Photo { return *d.photos[id(name)] }

// tries asks for a move and keeps nothing.
func (d *desk) tries(by string, m inspect.Transition) (*inspect.Event, error) {
	d.t.Helper()
	m.By = id(by)
	if m.ID.IsZero() {
		m.ID = inspect.NewID()
	}
	if m.ReceivedAt == 0 {
		m.ReceivedAt = d.now
	}
	if m.SentAt == 0 {
		m.SentAt = m.ReceivedAt
	}
	if m.DoneAt == 0 {
		m.DoneAt = m.SentAt
	}
	m.Category, m.Calendar = &d.category, work
	return d.i.Check(&m)
}

// does makes a move.
func (d *desk) does(by string, m inspect.Transition) *inspect.Event {
	d.t.Helper()
	e, err := d.tries(by, m)
	if err != nil {
		d.t.Fatalf("%s cannot %s: %v", by, m.Action, err)
	}
	d.apply(e)
	return e
}

// refuses fails unless a move is refused for this reason.
func (d *desk) refuses(by string, m inspect.Transition, want *fault.Error) {
	d.t.Helper()
	before := d.i
	if _, err := d.tries(by, m); !errors.Is(err, want) {
		d.t.Errorf("%s tries to %s: got %v, want %s", by, m.Action, err, want.Code)
	}
	if !reflect.DeepEqual(d.i, before) {
		d.t.Errorf("%s tried to %s, and the issue changed", by, m.Action)
	}
}

func (d *desk) wantStatus(want inspect.Status) {
	d.t.Helper()
	if d.i.Status != want {
		d.t.Errorf("got %s, want %s", d.i.Status, want)
	}
}

// assigns gives the issue to a unit, with a deadline so many minutes after the morning.
func (d *desk) assigns(unit string, due int) *inspect.Event {
	d.t.Helper()
	return d.does("office", inspect.Transition{Action: inspect.Assign, Unit: id(unit), DueAt: minutes(due)})
}

func (d *desk) fixes() *inspect.Event {
	d.t.Helper()
	name := inspect.NewID().String()
	return d.does("crew", inspect.Transition{Action: inspect.Fix, Photos: []inspect.Photo{d.photo(name, inspect.PhotoAfter)}})
}

func (d *desk) verifies(v inspect.Verdict) *inspect.Event {
	d.t.Helper()
	m := inspect.Transition{Action: inspect.Verify, Verdict: v, Method: inspect.OnSite}
	if v != inspect.Pass {
		m.Photos = []inspect.Photo{d.photo(inspect.NewID().String(), inspect.PhotoCheck)}
	}
	return d.does("wang", m)
}

// merges joins the issue to another one, and both know.
func (d *desk) merges(into *desk) {
	d.t.Helper()
	m := inspect.Transition{Action: inspect.Merge, Into: &into.i}
	before := d.i
	e := d.does("office", m)
	into.apply(before.CounterpartEvent(&m, e))
}

// unmerges undoes that; those that stay merged there count on.
func (d *desk) unmerges(into *desk, rest ...*desk) {
	d.t.Helper()
	m := inspect.Transition{Action: inspect.Unmerge, Into: &into.i}
	for _, r := range rest {
		if due := r.i.DueAt; due != 0 && r.i.ClosedAt >= into.i.AssignedAt && (m.OtherMergedDueAt == 0 || due < m.OtherMergedDueAt) {
			m.OtherMergedDueAt = due
		}
	}
	before := d.i
	e := d.does("office", m)
	into.apply(before.CounterpartEvent(&m, e))
}

// typesOf are the types of events.
func typesOf(events ...*inspect.Event) (all []string) {
	for _, e := range events {
		all = append(all, e.Type)
	}
	return all
}

func wantTypes(t *testing.T, events []*inspect.Event, want ...string) {
	t.Helper()
	if got := typesOf(events...); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
