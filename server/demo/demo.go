// Package demo makes a believable city: units, people of every role, weeks of issues in every state. It goes through the
// core as phones and offices do; the same seed and date make the same ids and the same figures.
package demo

import (
	"bytes"
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/workflow"
)

// Weeks is how long the story lasts.
const Weeks = 8

// Options say which story to tell.
type Options struct {
	Issues   int
	Seed     uint64
	Until    time.Time // the end of the story; everything lies before it
	Photos   bool      // draw a scene for every photo; otherwise all show the same small picture
	Password string    // of all people
	Progress func(reported int)
}

// ErrNotEmpty means that somebody works with this installation already.
var ErrNotEmpty = errors.New("demo: this installation has people already; a demo needs an empty one")

// teller tells all stories at once, in the order of time.
type teller struct {
	core   *core.Core
	clock  *Clock
	city   *city
	photos bool
	open   map[string]inspect.ID // the last issue of a street and group
	blank  []byte
	next   steps // what happens later, in the order of time
	end    inspect.Time
}

// Result is what there is at the end.
type Result struct {
	Issues int
	People []inspect.Person // who may log in, the administrator aside
}

// Run makes the city and lets weeks pass in it. The clock is the one that the core was opened with.
func Run(ctx context.Context, c *core.Core, clock *Clock, o Options) (told Result, err error) {
	from := o.Until.AddDate(0, 0, -7*Weeks).In(c.Zone)
	clock.Set(inspect.At(from))
	first, err := c.Start(ctx)
	if err != nil {
		return told, err
	}
	if first == nil {
		return told, ErrNotEmpty
	}
	lots := 0
	c.Workflow.DrawSeeds(func() string { lots++; return fmt.Sprintf("demo-%d-%d", o.Seed, lots) }) // the same seed makes the same city
	t := &teller{core: c, clock: clock, photos: o.Photos, end: inspect.At(o.Until), open: map[string]inspect.ID{}}
	if t.city, err = build(ctx, c, o.Seed, o.Password, inspect.DateOf(inspect.At(from), c.Zone)); err != nil {
		return told, err
	}
	if err := c.People.DisablePerson(ctx, first.Name); err != nil { // the city has an administrator of its own
		return told, err
	}
	if t.blank, err = scene(o.Seed, o.Seed, "litter", dirty); err != nil {
		return told, err
	}
	if err := t.openOffice(ctx, from); err != nil {
		return told, err
	}
	if err := t.tell(ctx, newRhythm(from, o.Until), o); err != nil {
		return told, err
	}
	return Result{Issues: o.Issues, People: t.city.people}, nil
}

// tell runs reports and what follows from them in the order of time, and takes a checkpoint at the end of each day.
func (t *teller) tell(ctx context.Context, r *rhythm, o Options) error {
	end, midnight := t.end, inspect.At(r.from.AddDate(0, 0, 1))
	for reported := 0; reported < o.Issues || len(t.next) > 0; {
		now := end
		if reported < o.Issues {
			now = inspect.At(r.at((float64(reported) + .5) / float64(o.Issues)))
		}
		if len(t.next) > 0 && t.next[0].at <= now {
			now = t.next[0].at
		} else if reported < o.Issues {
			t.push(t.begin(reported, now))
			reported++
			if o.Progress != nil {
				o.Progress(reported)
			}
			continue
		}
		if now >= end {
			break
		}
		for ; midnight <= now; midnight = inspect.At(midnight.UTC().In(t.core.Zone).AddDate(0, 0, 1)) {
			if err := t.closeDay(ctx, midnight.Add(-time.Second)); err != nil {
				return err
			}
		}
		if err := t.take(ctx); err != nil {
			return err
		}
	}
	return t.closeDay(ctx, end.Add(-time.Second))
}

func (t *teller) closeDay(ctx context.Context, at inspect.Time) error {
	t.clock.Set(at)
	_, err := t.core.Ledger.TakeCheckpoint(ctx)
	return err
}

// take runs the next step and keeps the one that follows from it.
func (t *teller) take(ctx context.Context) error {
	s := heap.Pop(&t.next).(*step)
	t.clock.Set(s.at)
	after, err := s.do(ctx)
	if err != nil {
		return fmt.Errorf("demo: issue %d at %s: %w", s.issue+1, s.at, err)
	}
	if after != nil {
		t.push(after)
	}
	return nil
}

// push keeps a step for its time.
func (t *teller) push(s *step) { heap.Push(&t.next, s) }

func (t *teller) now() inspect.Time { return inspect.At(t.clock.Now()) }

// photo is a picture with its id, on the phone.
type shot struct {
	inspect.Declaration
	bytes []byte
}

// shot takes a picture of the place.
func (s *story) picture(kind inspect.PhotoKind, p phase) (shot, error) {
	jpeg := s.blank
	if s.photos {
		var err error
		if jpeg, err = scene(uint64(s.n)*31+s.city.seed, s.rng.Uint64(), s.category.Group, p); err != nil {
			return shot{}, err
		}
		at := away(s.place, between(s.rng, -6, 6), between(s.rng, -6, 6))
		jpeg = exif{taken: s.clock.Now().In(s.core.Zone), place: &at, accuracyM: between(s.rng, 3, 18), model: "Demo Phone"}.tag(jpeg)
	}
	sum := sha256.Sum256(jpeg)
	return shot{inspect.Declaration{ID: idAt(s.now(), s.rng), SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(jpeg)), Kind: kind,
		CapturedAt: s.now(), CaptureMethod: "camera"}, jpeg}, nil
}

// send uploads a declared picture and has its small pictures made.
func (s *story) send(ctx context.Context, who *inspect.Actor, p shot) error {
	if _, err := s.core.Photos.AcceptPhoto(ctx, who, s.id, p.ID, photos.Upload{Body: bytes.NewReader(p.bytes), Length: p.Bytes, SHA256: p.SHA256, SentAt: s.now()}); err != nil {
		return err
	}
	return s.core.Photos.Render(ctx, photos.RenderPhoto{Photo: p.ID.String()})
}

// shoot takes, declares and sends a picture.
func (s *story) shoot(ctx context.Context, who *inspect.Actor, kind inspect.PhotoKind, ph phase) (inspect.ID, error) {
	p, err := s.picture(kind, ph)
	if err != nil {
		return inspect.ID{}, err
	}
	if _, err := s.core.Photos.DeclarePhotos(ctx, who, s.id, []inspect.Declaration{p.Declaration}, s.now(), nil); err != nil {
		return inspect.ID{}, err
	}
	return p.ID, s.send(ctx, who, p)
}

func (s *story) sendReport(ctx context.Context, source inspect.Source) error {
	first, err := s.picture(inspect.PhotoReport, dirty)
	if err != nil {
		return err
	}
	s.reported = first.ID
	accuracy := between(s.rng, 3, 25)
	r := workflow.NewIssue{ID: s.id, Category: s.category.Code, Area: s.street.ID, Source: source, Severity: pick(s.rng, inspect.Severities),
		Place:      &inspect.Place{Point: s.place, AccuracyM: &accuracy, Datum: geo.WGS84, Source: "gps", CapturedAt: s.now()},
		Texts:      inspect.Texts{Address: fmt.Sprintf("%s%s%d号附近", s.street.Name, pick(s.rng, roads), 1+s.rng.IntN(180)), Note: pick(s.rng, notes[s.category.Group])},
		ReportedAt: s.now(), SentAt: s.now(), Photos: []inspect.Declaration{first.Declaration}}
	if s.category.Group == "road_mud" {
		end := away(s.place, between(s.rng, -60, 60), between(s.rng, 20, 160))
		r.Line = &geo.Line{Start: s.place, End: &end}
		r.Texts.Site = s.street.Name + pick(s.rng, siteNames)
	}
	if source == "hotline" || source == "public" {
		r.Texts.CallerName, r.Texts.CallerPhone = pick(s.rng, surnames)+"先生", fmt.Sprintf("1390000%04d", s.rng.IntN(10_000))
	}
	if r.Content, err = json.Marshal(map[string]any{"demo": s.n}); err != nil {
		return err
	}
	if _, err := s.core.Workflow.ReportIssue(ctx, s.reporter, r); err != nil {
		return err
	}
	return s.send(ctx, s.reporter, first)
}

// ask is what an action carries.
type ask struct {
	id           inspect.ID // a new one when there is none
	done, until  inspect.Time
	reason, note string
	unit, into   inspect.ID
	photos       []inspect.ID
	verdict      inspect.Verdict
	how          inspect.VerificationMethod
	answer       inspect.Answer
	about        inspect.AppealSubject
	kind         inspect.LetterKind
	letter       inspect.ID
}

func (s *story) act(ctx context.Context, who *inspect.Actor, action inspect.Action, a ask) error {
	if a.done == 0 {
		a.done = s.now()
	}
	id := a.id
	if id.IsZero() {
		id = idAt(s.now(), s.rng)
	}
	content, err := json.Marshal(map[string]any{"demo": id})
	if err != nil {
		return err
	}
	done, err := s.core.Workflow.Act(ctx, who, workflow.ActionRequest{ID: id, Issue: s.id, Action: action, DoneAt: a.done, SentAt: s.now(), Reason: a.reason, Note: a.note,
		Unit: a.unit, Into: a.into, Photos: a.photos, Verdict: a.verdict, How: a.how, Until: a.until, Answer: a.answer, About: a.about, Kind: a.kind, Letter: a.letter,
		Content: content})
	if err != nil {
		return err
	}
	if s.due = done.Issue.DueAt; action == inspect.Assign {
		s.limit = s.due.Sub(s.now())
	}
	return nil
}
