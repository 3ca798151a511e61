package servertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/workflow"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
)

// Random lives through the database: so many people at once, each with so many issues, on which so many moves are tried.
const (
	players = 4
	lives   = 50
	moves   = 16
)

// player acts at random on issues of everybody.
type player struct {
	s        *servertest.Server
	t        *testing.T
	r        *rand.Rand
	people   []*inspect.Actor
	pictures []servertest.Picture
	shared   *pool
	done     map[string]int
}

// pool is the issues of all players, with their photos.
type pool struct {
	mu     sync.Mutex
	issues []inspect.ID
	photos map[inspect.ID][]inspect.ID
}

func (p *pool) add(issue inspect.ID, photos ...inspect.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.photos[issue]; !known {
		p.issues = append(p.issues, issue)
	}
	p.photos[issue] = append(p.photos[issue], photos...)
}

// recent is one of the issues that came last, with some of its photos.
func (p *pool) recent(r *rand.Rand) (issue inspect.ID, photos []inspect.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	issue = p.issues[len(p.issues)-1-r.IntN(min(len(p.issues), 2*players))]
	for _, id := range p.photos[issue] {
		if r.IntN(2) == 0 {
			photos = append(photos, id)
		}
	}
	return issue, photos
}

// TestRandomLivesThroughTheDatabase tries random actions by several people at once. What comes out has to be a clean
// record whose replay gives the rows.
func TestRandomLivesThroughTheDatabase(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		seed := uint64(20261124)
		actors := actorsOf(t, s, "lin", "wang", "office", "office2", "longhua-desk", "crew", "crew-boss", "meilan-crew", "leader")
		shared := &pool{photos: map[inspect.ID][]inspect.ID{}}
		all := make([]*player, players)
		var work sync.WaitGroup
		for n := range all {
			p := &player{s: s, t: t, r: rand.New(rand.NewPCG(seed, uint64(n))), people: actors, shared: shared, done: map[string]int{}}
			for _, kind := range []string{"report", "after", "after", "check"} {
				p.pictures = append(p.pictures, servertest.NewPicture(kind))
			}
			all[n] = p
			work.Go(p.play)
		}
		work.Wait()
		for rounds := 0; len(undone(all)) > 0 && rounds < 5; rounds++ { // who meets whom is chance
			all[0].play()
		}
		if missing := undone(all); len(missing) > 0 {
			t.Errorf("nobody could %v", missing)
		}
		s.As("admin").Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua-crew").String(),
			servertest.M{"name": "龙华环卫一班", "kind": "crew", "parent": servertest.ID("meilan-sanitation")}).Want(http.StatusOK)
		s.As("office").Do(http.MethodPut, "/api/v1/suspensions/"+servertest.ID("storm").String(), servertest.M{"from": s.Now().Add(-time.Hour).UTC().Format(time.RFC3339Nano),
			"to": s.Now().Add(5 * time.Hour).UTC().Format(time.RFC3339Nano), "reason": "台风"}).Want(http.StatusCreated)
		s.Drain()
		all[0].play() // with a unit below another one, in a storm
		s.Recounts(weekOf(t, s.Now()))
		s.Pass(7 * time.Hour)
		all[0].play() // beside figures that are remembered
		s.Recounts(weekOf(t, s.Now()))
		if err := s.Core.Figures.Fold(t.Context()); err != nil { // what is remembered follows what is folded
			t.Fatal(err)
		}
		s.RemovesErased()
		if sum := s.Audit(); sum.Issues != int64(len(shared.issues)) {
			t.Errorf("the audit saw %+v", sum)
		}
		s.Recounts(weekOf(t, s.Now()))
		for _, id := range shared.issues {
			replayed(t, s, id)
		}
		trendsAgree(t, s, "unit:"+servertest.ID("longhua").String(), "unit:"+servertest.ID("meilan-sanitation").String(), "area:"+servertest.ID("binhai").String(), "city")
	})
}

// undone are the actions that nobody did.
func undone(all []*player) (missing []inspect.Action) {
	for _, a := range inspect.Actions {
		if !slices.ContainsFunc(all, func(p *player) bool { return p.done[string(a)] > 0 }) {
			missing = append(missing, a)
		}
	}
	return missing
}

// rates is a report as its document says it: the rates of its first page, and those of its chart.
type rates struct {
	Parts []struct {
		KeyFigures []struct {
			Name  string
			Value ratio
		} `json:"key_figures"`
		Chart *struct{ Series []struct{ Values []ratio } }
	}
}

type ratio struct{ N, Of int64 }

// read gives the rates of disposal and of disposal on time: of the report's own week, and of that which lies some weeks before.
func (r *rates) read(before int) (own, then []ratio) {
	for _, p := range r.Parts {
		for _, k := range p.KeyFigures {
			if k.Name == "处置率" || k.Name == "按期处置率" {
				own = append(own, k.Value)
			}
		}
		if p.Chart != nil && then == nil {
			for _, s := range p.Chart.Series {
				if n := len(s.Values) - 1 - before; n >= 0 {
					then = append(then, s.Values[n])
				}
			}
		}
	}
	return own, then
}

// trendsAgree holds what later reports of a scope say of this week against the report of this week itself: for units the former are added up
// from sums, the latter is counted from facts.
func trendsAgree(t *testing.T, s *servertest.Server, scopes ...string) {
	week := weekOf(t, s.Now())
	s.Pass(14 * 24 * time.Hour)
	for _, scope := range scopes {
		var was, is rates
		path := "/api/v1/reports/compute?form=json&scope=" + scope + "&period="
		s.As("office").Do("GET", path+week, nil).Want(200).Into(&was)
		s.As("office").Do("GET", path+weekOf(t, s.Now()), nil).Want(200).Into(&is)
		want, _ := was.read(0)
		if _, got := is.read(2); len(want) != 2 || want[0].Of == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: a later report says %v of the week, its own says %v", scope, got, want)
		}
	}
}

// TestMergesThatChangeWhileOneIsUndone lets an issue go into one, out, and into another, while others undo whatever merge they find and
// tell the people of both. Nothing that was said may be lost.
func TestMergesThatChangeWhileOneIsUndone(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := actorsOf(t, s, "office")[0]
		mud, into := s.As("lin").ReportsMud(), []inspect.ID{s.As("lin").ReportsMud(), s.As("lin").ReportsMud()}
		for _, id := range append(into, mud) {
			s.As("office").Assigns(id, "longhua-sanitation", time.Hour)
		}
		act := func(a workflow.ActionRequest) {
			a.ID, a.SentAt, a.DoneAt = inspect.NewID(), inspect.At(s.Now()), inspect.At(s.Now())
			a.Content = fmt.Appendf(nil, `{"action":%q,"id":%q}`, a.Action, a.ID)
			if _, err := s.Core.Workflow.Act(context.Background(), office, a); err != nil {
				if _, ok := fault.As(err); !ok {
					t.Errorf("%s: %v", a.Action, err)
				}
			}
		}
		var work sync.WaitGroup
		for n := range 3 {
			work.Go(func() {
				for k := range 60 {
					switch n {
					case 0:
						act(workflow.ActionRequest{Issue: mud, Action: inspect.Merge, Into: into[k%2]})
					case 1:
						act(workflow.ActionRequest{Issue: mud, Action: inspect.Unmerge, Reason: "不是同一处"})
					default:
						act(workflow.ActionRequest{Issue: into[k%2], Action: inspect.Supervise, Kind: "key", Reason: "请速办", Until: inspect.At(s.Now().Add(time.Hour))})
					}
				}
			})
		}
		work.Wait()
		s.Audit()
		for _, id := range append(into, mud) {
			replayed(t, s, id)
		}
	})
}

// actorsOf are people as the core knows them after they logged in.
func actorsOf(t *testing.T, s *servertest.Server, names ...string) (actors []*inspect.Actor) {
	admin := &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}
	for _, name := range names {
		s.As(name)
		p, err := s.Core.People.Person(t.Context(), admin, servertest.ID(name))
		if err != nil {
			t.Fatal(err)
		}
		actors = append(actors, &inspect.Actor{ID: p.ID, Name: p.Name, Grants: p.Grants})
	}
	return actors
}

func (p *player) play() {
	for range lives {
		p.reports()
		for range moves {
			p.moves()
		}
	}
}

// kept fails the test at an error that no person could be told.
func (p *player) kept(what string, err error) bool {
	if _, ok := fault.As(err); err != nil && !ok {
		p.t.Errorf("%s: %v", what, err)
	}
	if err == nil {
		p.done[what]++
	}
	return err == nil
}

func (p *player) reports() {
	id, now := inspect.NewID(), inspect.At(p.s.Now())
	code := []string{"06011", "07001", "08012"}[p.r.IntN(3)]
	r := workflow.NewIssue{ID: id, Category: code, Severity: "normal", Source: "patrol", Area: servertest.ID("binhai"), ReportedAt: now, SentAt: now,
		Place: &inspect.Place{Point: geo.Point{Lat: 20.03 + p.r.Float64()/10, Lon: 110.33}, Datum: geo.WGS84}, Texts: inspect.Texts{Note: "随机"},
		Content: []byte(`{"id":"` + id.String() + `"}`)}
	if _, err := p.s.Core.Workflow.ReportIssue(context.Background(), p.people[p.r.IntN(2)], r); err != nil {
		p.t.Errorf("report: %v", err)
		return
	}
	p.shared.add(id)
	p.shows(id)
}

// shows declares photos of every kind and sends most of them, the same bytes under new ids.
func (p *player) shows(issue inspect.ID) {
	who, now := p.people[0], inspect.At(p.s.Now()) // who sees everything
	var all []inspect.Declaration
	for _, pic := range p.pictures {
		all = append(all, inspect.Declaration{ID: inspect.NewID(), SHA256: pic.SHA256(), Bytes: int64(len(pic.Bytes)), Kind: inspect.PhotoKind(pic.Kind), CaptureMethod: "camera"})
		p.shared.add(issue, all[len(all)-1].ID)
	}
	_, err := p.s.Core.Photos.DeclarePhotos(context.Background(), who, issue, all, now, nil)
	p.kept("declare", err)
	for n, d := range all {
		pic := p.pictures[n]
		if p.r.IntN(6) == 0 {
			continue
		}
		_, err := p.s.Core.Photos.AcceptPhoto(context.Background(), who, issue, d.ID,
			photos.Upload{Body: bytes.NewReader(pic.Bytes), Length: d.Bytes, SHA256: d.SHA256, SentAt: now})
		p.kept("photo", err)
	}
}

// likely are actions that fit a status, and the people who do them.
var (
	likely = map[inspect.Status][]inspect.Action{
		inspect.Reported: {inspect.Assign, inspect.Assign, inspect.Assign, inspect.OnTheSpotFix, inspect.OnTheSpotFix, inspect.File, inspect.Merge,
			inspect.AskFieldCheck, inspect.FieldCheck, inspect.Correct},
		inspect.Assigned: {inspect.Fix, inspect.Fix, inspect.Fix, inspect.Return, inspect.Return, inspect.Dismiss, inspect.Merge,
			inspect.AskExtension, inspect.DecideExtension, inspect.AskHold, inspect.DecideHold, inspect.DecideHold, inspect.Resume, inspect.Resume,
			inspect.Supervise, inspect.Reply,
			inspect.AskAppeal, inspect.DecideAppeal, inspect.PassDown, inspect.GivePart, inspect.GivePart, inspect.GivePart, inspect.ReplyPart, inspect.EndPart, inspect.HandOver,
			inspect.Correct, inspect.Correct},
		inspect.Fixed:    {inspect.Verify, inspect.Verify, inspect.Verify, inspect.Verify, inspect.Merge, inspect.Correct},
		inspect.Verified: {inspect.Reopen, inspect.Reopen, inspect.Reopen, inspect.Correct},
		inspect.Merged:   {inspect.Unmerge, inspect.Unmerge}, inspect.Dismissed: {},
	}
	always = []inspect.Action{inspect.Comment, inspect.GiveFeedback, inspect.WithdrawPhoto, inspect.Erase, inspect.DecideFlag}
	doers  = map[inspect.Action][]string{inspect.Fix: {"crew", "crew-boss", "meilan-crew"}, inspect.Return: {"crew", "meilan-crew"},
		inspect.Verify: {"lin", "wang", "wang", "office"}, inspect.OnTheSpotFix: {"lin", "wang"}, inspect.Comment: {"lin", "leader", "office"},
		inspect.FieldCheck: {"lin", "wang"}, inspect.AskExtension: unitDoes, inspect.AskHold: unitDoes, inspect.Reply: unitDoes,
		inspect.AskAppeal: unitDoes, inspect.PassDown: unitDoes, inspect.ReplyPart: unitDoes}
	unitDoes = []string{"crew", "crew-boss", "meilan-crew"}
	office   = []string{"office", "office2", "longhua-desk"}
)

// moves tries one action, mostly one that fits the status, by somebody who may mostly do it.
func (p *player) moves() {
	p.s.Pass(time.Duration(p.r.Int64N(int64([]time.Duration{time.Second, 5 * time.Minute, 20 * time.Minute}[p.r.IntN(3)]))))
	issue, photos := p.shared.recent(p.r)
	var row store.IssueRow
	if err := p.s.Core.Store.Read(context.Background(), func(ctx context.Context, tx *store.Tx) (err error) {
		row, _, err = tx.Issue(ctx, issue)
		return err
	}); err != nil {
		p.t.Errorf("look: %v", err)
		return
	}
	ask, who := p.ask(issue, photos), p.people[p.r.IntN(len(p.people))]
	if p.r.IntN(8) > 0 {
		fits := append(append([]inspect.Action{}, likely[row.Status]...), always...)
		ask.Action = fits[p.r.IntN(len(fits))]
		if next := pending(&row, ask.SentAt); next != "" && p.r.IntN(2) == 0 {
			ask.Action = next
		}
		held := row.Unit
		if n := openPart(&row); n >= 0 && ask.Action == inspect.ReplyPart {
			held = row.Parts[n].Unit
		}
		names := doers[ask.Action]
		if names == nil {
			names = office
		}
		name := names[p.r.IntN(len(names))]
		if strings.HasSuffix(name, "crew") || name == "crew-boss" { // of the unit that has it
			if name = "crew-boss"; held == servertest.ID("meilan-sanitation") {
				name = "meilan-crew"
			}
		}
		who = p.people[slices.IndexFunc(p.people, func(a *inspect.Actor) bool { return a.Name == name })]
	}
	p.answers(&ask, &row)
	p.acts(who, ask)
}

// pending is what somebody waits for, if anything.
func pending(row *store.IssueRow, now inspect.Time) inspect.Action {
	switch {
	case row.Status == inspect.Reported && row.FieldCheckAskedAt != 0:
		return inspect.FieldCheck
	case row.Status == inspect.Verified:
		return inspect.Reopen
	case row.Status == inspect.Fixed:
		return inspect.Verify
	case row.Status != inspect.Assigned:
		return ""
	case slices.ContainsFunc(row.Parts, func(p inspect.Part) bool { return p.Open() }):
		return []inspect.Action{inspect.ReplyPart, inspect.ReplyPart, inspect.EndPart}[row.Version%3]
	case slices.ContainsFunc(row.Letters, func(l inspect.Letter) bool { return l.RepliedAt == 0 }):
		return inspect.Reply
	case row.Extension.At != 0:
		return inspect.DecideExtension
	case row.Hold.At != 0:
		return inspect.DecideHold
	case row.HeldUntil > now:
		return inspect.Resume
	case slices.ContainsFunc(row.Appeals, func(a inspect.Appeal) bool { return a.Answer == "" }):
		return inspect.DecideAppeal
	}
	return []inspect.Action{inspect.AskHold, inspect.AskExtension, inspect.AskAppeal, inspect.PassDown, inspect.Fix}[row.Version%5]
}

// openPart is the first part that waits for its reply, -1 for none.
func openPart(row *store.IssueRow) int {
	return slices.IndexFunc(row.Parts, func(p inspect.Part) bool { return p.Open() })
}

// answers lets an action be about what is there.
func (p *player) answers(a *workflow.ActionRequest, row *store.IssueRow) {
	if n := len(row.Letters); n > 0 {
		a.Letter = row.Letters[p.r.IntN(n)].ID
	}
	if n := len(row.Appeals); n > 0 && a.Action == inspect.DecideAppeal {
		a.About = row.Appeals[p.r.IntN(n)].Subject
	}
	if a.Action == inspect.DecideAppeal {
		if p.r.IntN(4) > 0 {
			a.Answer = inspect.Refused
		}
		if a.Answer != inspect.Granted || a.About != inspect.AppealOverdue || row.Status != inspect.Assigned {
			a.DueAt = 0
		}
		if a.Answer == inspect.Granted && a.About == inspect.AppealFalseFix {
			a.Finding = inspect.Findings[p.r.IntN(2)]
		}
	}
	switch n := openPart(row); {
	case a.Action == inspect.GivePart && row.Unit == servertest.ID("meilan-sanitation"):
		a.Unit = servertest.ID("longhua-crew")
	case a.Action == inspect.GivePart:
		a.Unit = servertest.ID("meilan-sanitation")
	case (a.Action == inspect.ReplyPart || a.Action == inspect.EndPart) && n >= 0:
		a.Part = row.Parts[n].ID
	case a.Action == inspect.Correct:
		a.Area = inspect.ID{}
		a.Correction = workflow.CorrectionRequest{Category: []string{"", "06010", "06011", "08012"}[p.r.IntN(4)], Deadline: inspect.DeadlineChoices[p.r.IntN(2)],
			Plate: []string{"", "琼A12345", "琼B·54321"}[p.r.IntN(3)], Address: []string{"", "龙昆南路88号"}[p.r.IntN(2)]}
	case a.Action == inspect.HandOver:
		a.To = servertest.ID([]string{"lin", "wang", "office"}[p.r.IntN(3)])
	case a.Action == inspect.AskAppeal && row.Status == inspect.Assigned:
		a.About = inspect.AppealWrongUnit
	case a.Action == inspect.PassDown:
		a.Unit = servertest.ID("longhua-crew")
	case a.Action == inspect.AskExtension:
		a.Until = row.DueAt.Add(time.Hour)
	case a.Action == inspect.DecideExtension || a.Action == inspect.DecideHold:
		a.Until = 0
	case a.Action == inspect.Assign && p.r.IntN(2) == 0:
		a.DueAt = 0 // by the rule
	}
}

func (p *player) ask(issue inspect.ID, photos []inspect.ID) workflow.ActionRequest {
	now := inspect.At(p.s.Now())
	units := []string{"longhua", "longhua-sanitation", "longhua-crew", "meilan-sanitation"}
	into, _ := p.shared.recent(p.r)
	a := workflow.ActionRequest{ID: inspect.NewID(), Issue: issue, Action: inspect.Actions[p.r.IntN(len(inspect.Actions))], SentAt: now,
		DoneAt: now.Add(-time.Duration(p.r.IntN(3)) * 20 * time.Minute),
		Reason: "理由", Note: "随机", Unit: servertest.ID(units[p.r.IntN(len(units))]), DueAt: now.Add(time.Duration(1+p.r.IntN(20)) * time.Hour), Into: into,
		Photos: photos, Verdict: inspect.Verdicts[p.r.IntN(3)], How: inspect.VerificationMethods[p.r.IntN(2)],
		Place: &inspect.Place{Point: geo.Point{Lat: 20, Lon: 110}, Datum: geo.GCJ02},
		Until: now.Add(time.Duration(1+p.r.IntN(24)) * time.Hour), Answer: inspect.Answers[p.r.IntN(2)], Kind: "key",
		About: inspect.AppealSubjects[p.r.IntN(4)], Found: inspect.FieldCheckResults[p.r.IntN(2)]}
	return a
}

// flag is a flag of an issue, none when it has none.
func (p *player) flag(issue inspect.ID) (id inspect.ID) {
	if err := p.s.Core.Store.Read(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		row, _, err := tx.Issue(ctx, issue)
		if err != nil {
			return err
		}
		flags, err := tx.Flags(ctx, &row)
		if len(flags) > 0 {
			id = flags[p.r.IntN(len(flags))].ID
		}
		return err
	}); err != nil {
		p.t.Errorf("look: %v", err)
	}
	return id
}

// acts sends an action with what it carries, and now and then sends it twice.
func (p *player) acts(who *inspect.Actor, a workflow.ActionRequest) {
	must, may := a.Action.Needs(a.Verdict)
	if a.Action == inspect.DecideFlag {
		a.Flag, a.Decided = p.flag(a.Issue), inspect.Decisions[p.r.IntN(2)]
		if a.Flag.IsZero() {
			return
		}
	}
	carries := map[inspect.Need]bool{}
	for _, n := range append(append([]inspect.Need{}, must...), may...) {
		carries[n] = true
	}
	if carries[inspect.NeedPhoto] && len(a.Photos) > 0 && (a.Action != inspect.Erase || p.r.IntN(2) == 0) {
		a.Photo = a.Photos[0]
	}
	for need, clear := range map[inspect.Need]func(){
		inspect.NeedUnit: func() { a.Unit = inspect.ID{} }, inspect.NeedDue: func() { a.DueAt = 0 }, inspect.NeedInto: func() { a.Into = inspect.ID{} },
		inspect.NeedPhotos: func() { a.Photos = nil }, inspect.NeedVerdict: func() { a.Verdict = "" }, inspect.NeedHow: func() { a.How = "" },
		inspect.NeedPlace: func() { a.Place = nil }, inspect.NeedReason: func() { a.Reason = "" }, inspect.NeedNote: func() { a.Note = "" },
	} {
		if !carries[need] {
			clear()
		}
	}
	if a.Action == inspect.WithdrawPhoto && a.Photo.IsZero() {
		return
	}
	a.Content = fmt.Appendf(nil, `{"action":%q,"id":%q}`, a.Action, a.ID)
	now := *who
	now.AuthenticatedAt = inspect.At(p.s.Now())
	who = &now
	_, err := p.s.Core.Workflow.Act(context.Background(), who, a)
	if p.kept(string(a.Action), err) && p.r.IntN(5) == 0 {
		if again, err := p.s.Core.Workflow.Act(context.Background(), who, a); err != nil || !again.Repeated {
			if f, ok := fault.As(err); !ok || f.Kind != fault.NotFound { // it may have left their hands by this very action
				p.t.Errorf("%s again: repeated %t, %v", a.Action, again.Repeated, err)
			}
		}
	}
}

// replayed makes an issue from its events alone and compares it with its row.
func replayed(t *testing.T, s *servertest.Server, id inspect.ID) {
	t.Helper()
	again, row := inspect.Issue{ID: id}, store.IssueRow{}
	if err := s.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		if row, _, err = tx.Issue(ctx, id); err != nil {
			return err
		}
		events, err := tx.Events(ctx, store.IssueStream(id), 0, 10_000)
		for _, e := range events {
			body := inspect.Event{Type: e.Type}
			if err := json.Unmarshal(e.Body, &body); err != nil {
				return err
			}
			if err := again.Apply(&body); err != nil {
				return err
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, row.Issue) {
		t.Errorf("replayed:\n%s", cmp.Diff(row.Issue, again))
	}
}
