package servertest_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	chain "spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
)

// lotDraw is a draw by lot as a client reads it.
type lotDraw struct {
	ID, Purpose, State, Digest, Seed string
	Targets, Count                   int
	List                             []struct{ ID, Name, Part string }
	Picks                            []struct {
		Place      struct{ ID, Name string }
		Part       string
		Inspectors []struct{ ID string }
		InPlaceOf  *struct{ ID string }     `json:"in_place_of"`
		Replaced   *struct{ Reason string } `json:"replaced"`
	}
	Earlier []struct{ ID, Purpose string }
}

// draws are the doors of one draw.
type draws struct {
	*servertest.Client
	path string
}

func drawOf(c *servertest.Client, name string) draws {
	return draws{c, "/api/v1/draws/" + servertest.ID(name).String()}
}

func (d draws) put(door string, body any) *servertest.Answer {
	return d.Do(http.MethodPut, d.path+door, body)
}

func (d draws) kept(t *testing.T, door string, body any, status int) (v lotDraw) {
	t.Helper()
	var kept struct {
		Repeated bool
		Draw     lotDraw
	}
	d.put(door, body).Want(status).Into(&kept)
	if kept.Repeated != (status == http.StatusOK) {
		t.Errorf("%s: repeated %t with status %d", door, kept.Repeated, status)
	}
	return kept.Draw
}

// but is a request with something changed.
func but(ask, more M) M {
	changed := maps.Clone(ask)
	maps.Copy(changed, more)
	return changed
}

// schoolsOf fills the register with places of a city in two parts, some of a unit that an inspector belongs to, and one that is closed.
func schoolsOf(s *servertest.Server) M {
	admin := s.As("admin")
	for n := range 12 {
		more := M{"area": servertest.ID("longhua-area")}
		if n%3 == 0 {
			more = M{"area": servertest.ID("binhai"), "unit": servertest.ID("longhua-sanitation")}
		}
		putSpot(admin, fmt.Sprintf("school-%d", n), spot("school_surroundings", fmt.Sprintf("第%d小学", n+1), float64(100*n), more)).Want(http.StatusCreated)
	}
	putSpot(admin, "closed", spot("school_surroundings", "撤并小学", 50, M{"enabled": false, "area": servertest.ID("longhua-area")})).Want(http.StatusCreated)
	s.Joins("insider", M{"role": "inspector", "scope": M{"kind": "unit", "id": "longhua-sanitation"}})
	s.As("lin")
	s.As("wang")
	return M{"purpose": "秋季学校周边抽查", "kind": "school_surroundings", "area": servertest.ID("longhua-area"), "by_area": true, "count": 6, "inspectors_each": 2,
		"pool": []inspect.ID{servertest.ID("lin"), servertest.ID("wang"), servertest.ID("insider")}}
}

func TestTenOfSixtyAreDrawnByLot(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		ask := schoolsOf(s)
		office := drawOf(s.As("office"), "schools")
		frozen := office.kept(t, "", ask, http.StatusCreated)
		if frozen.State != "frozen" || frozen.Targets != 12 || len(frozen.Picks) != 0 || frozen.Seed != "" || len(frozen.Earlier) != 0 {
			t.Errorf("frozen: got %+v", frozen)
		}
		if again := office.kept(t, "", ask, http.StatusOK); again.Digest != frozen.Digest {
			t.Error("the same again froze another list")
		}
		putSpot(s.As("admin"), "late", spot("school_surroundings", "新小学", 90, M{"area": servertest.ID("longhua-area")})).Want(http.StatusCreated)
		if again := office.kept(t, "", ask, http.StatusOK); again.Targets != 12 {
			t.Errorf("a frozen list grew to %d places", again.Targets)
		}
		office.put("", but(ask, M{"count": 5})).WantProblem(409, "draw.differs", "never")
		office.Do(http.MethodGet, office.path+"/proof", nil).WantProblem(409, "draw.wrong-state", "never")
		office.put("/replacements/"+servertest.ID("school-1").String(), M{"reason": "停课"}).WantProblem(409, "draw.wrong-state", "never")
		office.put("/end", nil).WantProblem(409, "draw.wrong-state", "never")

		first := office.kept(t, "/picks", nil, http.StatusCreated)
		checkDrawn(t, s, first)
		if again := office.kept(t, "/picks", nil, http.StatusOK); again.Seed != first.Seed {
			t.Error("a draw was drawn twice")
		}
		runProof(t, office, first)

		gone := first.Picks[0].Place.ID
		office.put("/replacements/"+gone, M{"reason": "  "}).WantProblem(422, "content.invalid", "never")
		second := office.kept(t, "/replacements/"+gone, M{"reason": "本周停课"}, http.StatusCreated)
		last := second.Picks[len(second.Picks)-1]
		if len(second.Picks) != 7 || last.InPlaceOf == nil || last.InPlaceOf.ID != gone || second.Picks[0].Replaced == nil ||
			second.Picks[0].Replaced.Reason != "本周停课" || last.Part != second.Picks[0].Part {
			t.Errorf("replaced: got %+v", second.Picks)
		}
		office.kept(t, "/replacements/"+gone, M{"reason": "本周停课"}, http.StatusOK)
		office.put("/replacements/"+gone, M{"reason": "别的原因"}).WantProblem(409, "draw.not-drawn", "never")
		office.put("/replacements/"+servertest.ID("closed").String(), M{"reason": "停课"}).WantProblem(409, "draw.not-drawn", "never")
		runProof(t, office, second)
		replaceAll(t, office, second)
		if ended := office.kept(t, "/end", nil, http.StatusCreated); ended.State != "carried_out" {
			t.Errorf("ended: %s", ended.State)
		}
		office.kept(t, "/end", nil, http.StatusOK)
		office.put("/replacements/"+servertest.ID("closed").String(), M{"reason": "停课"}).WantProblem(409, "draw.wrong-state", "never")

		next := drawOf(s.As("office"), "schools again").kept(t, "", ask, http.StatusCreated)
		if len(next.Earlier) != 1 || next.Earlier[0].ID != first.ID {
			t.Errorf("a second draw for the same purpose shows %+v", next.Earlier)
		}
		s.Audit()
	})
}

// checkDrawn holds a draw against its rules: the seed is the hash of what was recorded when the list was frozen.
func checkDrawn(t *testing.T, s *servertest.Server, d lotDraw) {
	t.Helper()
	var events []store.RecordedEvent
	if err := s.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		events, err = tx.Events(ctx, chain.Stream{Kind: store.StreamDraw, ID: d.ID}, 0, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[0].Hash.String() != d.Seed {
		t.Errorf("the seed %s is not the hash of the first of %d events", d.Seed, len(events))
	}
	parts := map[string]int{}
	for _, p := range d.Picks {
		parts[p.Part]++
		if len(p.Inspectors) != 2 {
			t.Errorf("%s: %d inspectors", p.Place.Name, len(p.Inspectors))
		}
		for n := range 12 {
			if n%3 == 0 && p.Place.ID == servertest.ID(fmt.Sprintf("school-%d", n)).String() &&
				slices.ContainsFunc(p.Inspectors, func(i struct{ ID string }) bool { return i.ID == servertest.ID("insider").String() }) {
				t.Errorf("%s is looked at by somebody of the unit that answers for it", p.Place.Name)
			}
		}
	}
	if len(d.Picks) != 6 || len(parts) != 2 {
		t.Errorf("drawn by part: %v of %d", parts, len(d.Picks))
	}
}

// runProof runs the script that draws again.
func runProof(t *testing.T, office draws, d lotDraw) {
	t.Helper()
	var want strings.Builder
	for _, p := range d.Picks {
		var people []string
		for _, i := range p.Inspectors {
			people = append(people, i.ID)
		}
		instead := "-"
		if p.InPlaceOf != nil {
			instead = p.InPlaceOf.ID
		}
		fmt.Fprintf(&want, "%s %s %s\n", p.Place.ID, strings.Join(people, ","), instead)
	}
	cmd := exec.Command("sh")
	cmd.Stdin = strings.NewReader(string(office.Do(http.MethodGet, office.path+"/proof", nil).Want(http.StatusOK).Body))
	if out, err := cmd.Output(); err != nil || string(out) != want.String() {
		t.Errorf("the script says\n%s%v, want\n%s", out, err, &want)
	}
}

// replaceAll replaces what was drawn until a part has nothing left.
func replaceAll(t *testing.T, office draws, d lotDraw) {
	t.Helper()
	for _, p := range d.Picks[1:] {
		a := office.put("/replacements/"+p.Place.ID, M{"reason": "停课"})
		if a.Status == http.StatusConflict {
			a.WantProblem(409, "draw.exhausted", "never")
			return
		}
		a.Want(http.StatusCreated)
	}
	t.Error("twelve places do not run out")
}

func TestWhoMayDraw(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		ask := schoolsOf(s)
		for _, name := range []string{"crew", "lin", "leader", "keeper"} {
			drawOf(s.As(name), "theirs").put("", ask).WantProblem(403, "forbidden", "never")
		}
		office := drawOf(s.As("office"), "schools")
		office.kept(t, "", ask, http.StatusCreated)
		leader := drawOf(s.As("leader"), "schools")
		leader.Do(http.MethodGet, leader.path, nil).Want(http.StatusOK)
		leader.put("/picks", nil).WantProblem(403, "forbidden", "never")
		lin := drawOf(s.As("lin"), "schools")
		lin.Do(http.MethodGet, lin.path, nil).WantProblem(404, "draw.not-found", "never")
		lin.Do(http.MethodGet, "/api/v1/draws", nil).WantProblem(403, "forbidden", "never")
		street := s.Joins("street", M{"role": "office", "scope": M{"kind": "area", "id": "binhai"}})
		drawOf(street, "all").put("", ask).WantProblem(403, "forbidden", "never")
		drawOf(street, "schools").Do(http.MethodGet, office.path, nil).WantProblem(404, "draw.not-found", "never")
		own := drawOf(street, "own").kept(t, "", but(ask, M{"area": servertest.ID("binhai"), "count": 2}), http.StatusCreated)
		if own.Targets != 4 || len(own.Earlier) != 0 {
			t.Errorf("got %+v: a street draws from its own, and sees no draw of the city", own)
		}
		var page struct{ Draws []struct{ ID string } }
		street.Do(http.MethodGet, "/api/v1/draws", nil).Want(http.StatusOK).Into(&page)
		if len(page.Draws) != 1 || page.Draws[0].ID != own.ID {
			t.Errorf("the street sees %+v", page.Draws)
		}
		s.Audit()
	})
}

func TestListsOfADrawThatCannotBe(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		ask := schoolsOf(s)
		s.As("office").AllowInvalidRequests = true
		for name, c := range map[string]struct {
			more    M
			pointer string
		}{
			"no purpose":    {M{"purpose": " "}, "/purpose"},
			"no such place": {M{"kind": "market"}, "/kind"},
			"too many":      {M{"count": 13}, "/count"},
			"none":          {M{"count": 0}, "/count"},
			"nobody":        {M{"inspectors_each": 0}, "/inspectors_each"},
			"more than all": {M{"inspectors_each": 4}, "/inspectors_each"},
			"all recused":   {M{"inspectors_each": 3}, "/pool"},
			"no inspector":  {M{"pool": []inspect.ID{servertest.ID("lin"), servertest.ID("crew")}}, "/pool/1"},
			"named twice":   {M{"pool": []inspect.ID{servertest.ID("lin"), servertest.ID("lin")}}, "/pool/1"},
			"nobody known":  {M{"pool": []inspect.ID{servertest.ID("nobody"), servertest.ID("lin")}}, "/pool/0"},
			"no such area":  {M{"area": servertest.ID("atlantis")}, "/area"},
		} {
			a := drawOf(s.As("office"), name).put("", but(ask, c.more))
			if !strings.Contains(string(a.Body), `"`+c.pointer+`"`) || a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: got %d %s, want a fault of %s", name, a.Status, a.Body, c.pointer)
			}
		}
		s.Audit()
	})
}
