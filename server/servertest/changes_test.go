package servertest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

// phone is what a phone knows: everything by kind and id, as the server's JSON without what time alone changes.
type phone struct {
	*servertest.Client
	cursor string
	known  map[string]string
}

// volatile are the fields of an issue that change without an event; names stand in the registers.
var volatile = []string{"overdue", "thumb"}

func (p *phone) keep(kind, id string, v map[string]any) {
	for _, f := range volatile {
		delete(v, f)
	}
	for _, f := range []string{"unit", "area", "category", "reporter"} {
		if ref, ok := v[f].(map[string]any); ok {
			v[f] = []any{ref["id"], ref["code"]}
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	p.known[kind+"/"+id] = string(text)
}

// start fetches everything: a bootstrap, then every issue in sight.
func (p *phone) start(t *testing.T) {
	t.Helper()
	p.known = map[string]string{}
	var b struct {
		Cursor             string
		Units, Areas       []map[string]any
		Categories, People []map[string]any
		Settings           map[string]any
	}
	p.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(http.StatusOK).Into(&b)
	p.cursor = b.Cursor
	for kind, all := range map[string][]map[string]any{"unit": b.Units, "area": b.Areas, "people": b.People} {
		for _, v := range all {
			p.keep(kind, v["id"].(string), v)
		}
	}
	for _, v := range b.Categories {
		p.keep("category", v["code"].(string), v)
	}
	p.keep("setting", "", b.Settings)
	for next := ""; ; {
		var page struct {
			Issues []map[string]any
			Next   string
		}
		if a := p.Do(http.MethodGet, "/api/v1/issues?limit=200&cursor="+next, nil); a.Status != http.StatusForbidden {
			a.Want(http.StatusOK).Into(&page)
		}
		for _, v := range page.Issues {
			p.keep("issue", v["id"].(string), v)
		}
		if next = page.Next; next == "" {
			return
		}
	}
}

type feedLine struct {
	Kind, ID                              string
	Gone                                  bool
	Issue, Unit, Area, Category, Settings map[string]any
}

// follows replays the feed; told to start anew it does. It says how often that was.
func (p *phone) follows(t *testing.T) (resyncs int) {
	t.Helper()
	for {
		var page struct {
			Changes []feedLine
			Next    string
			More    bool
		}
		a := p.Do(http.MethodGet, "/api/v1/changes?since="+url.QueryEscape(p.cursor), nil)
		if a.Status == http.StatusGone {
			a.WantProblem(410, "changes.resync", "never")
			p.start(t)
			resyncs++
			continue
		}
		a.Want(http.StatusOK).Into(&page)
		for _, c := range page.Changes {
			p.apply(t, c)
		}
		p.cursor = page.Next
		if !page.More {
			return resyncs
		}
	}
}

func (p *phone) apply(t *testing.T, c feedLine) {
	t.Helper()
	switch {
	case c.Gone:
		if _, ok := p.known["issue/"+c.ID]; !ok && c.Issue != nil {
			t.Errorf("a tombstone with content: %+v", c)
		}
		delete(p.known, "issue/"+c.ID)
	case c.Kind == "people":
		fresh := &phone{Client: p.Client}
		fresh.start(t)
		for k := range p.known {
			if len(k) > 7 && k[:7] == "people/" {
				delete(p.known, k)
			}
		}
		for k, v := range fresh.known {
			if len(k) > 7 && k[:7] == "people/" {
				p.known[k] = v
			}
		}
	case c.Kind == "setting":
		p.keep("setting", "", c.Settings)
	default:
		for kind, v := range map[string]map[string]any{"issue": c.Issue, "unit": c.Unit, "area": c.Area, "category": c.Category} {
			if v != nil {
				p.keep(kind, c.ID, v)
			}
		}
	}
}

// world does random things to a city.
type world struct {
	*servertest.Server
	rng    *rand.Rand
	issues []inspect.ID
}

var (
	someUnits = []string{"longhua-sanitation", "longhua-crew", "meilan-sanitation", "longhua"}
	someAreas = []string{"binhai", "longhua-area", "meilan-area", "city"}
	readers   = []string{"lin", "longhua-desk", "meilan-desk", "crew", "crew-boss", "meilan-crew", "leader", "keeper"}
)

func one[T any](w *world, all []T) T { return all[w.rng.IntN(len(all))] }

// happens does one thing; what the state does not allow is refused, which is as good.
func (w *world) happens(step int) {
	office := w.As("office")
	switch n := w.rng.IntN(20); {
	case n < 6 || len(w.issues) == 0:
		id := inspect.NewID()
		who := w.As(one(w, []string{"lin", "longhua-desk", "office"}))
		r := who.Report()
		r["area"] = servertest.ID(one(w, someAreas))
		who.Do(http.MethodPut, "/api/v1/issues/"+id.String(), r)
		w.issues = append(w.issues, id)
	case n < 12:
		office.Acts(one(w, w.issues), "assign", M{"unit": servertest.ID(one(w, someUnits)), "due_at": office.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339Nano)})
	case n < 15:
		for _, who := range []string{"crew", "meilan-crew", "crew-boss"} {
			w.As(who).Acts(one(w, w.issues), "return", M{"reason": "not ours"})
		}
	case n < 17:
		office.Acts(one(w, w.issues), "file", M{"area": servertest.ID(one(w, someAreas))})
	case n == 17 && step%2 == 0:
		w.shares(office)
	case n == 17:
		w.As("admin").Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua-crew").String(), M{"name": fmt.Sprintf("crew %d", step), "kind": "crew",
			"parent": servertest.ID(one(w, []string{"longhua-sanitation", "meilan-sanitation"}))})
	case n == 18:
		w.As("admin").Do(http.MethodPut, "/api/v1/categories/06010",
			M{"name_zh": "暴露垃圾", "name_en": fmt.Sprintf("Litter %d", step), "group": "litter", "limit": 4, "limit_unit": "working_hour"})
	default:
		unit := one(w, someUnits)
		w.As("admin").Do(http.MethodPut, "/api/v1/people/"+servertest.ID("crew").String(), M{"name": "crew", "display_name": "Person crew", "staff_number": "S-crew",
			"grants": []M{{"role": "unit", "scope": M{"kind": "unit", "id": servertest.ID(unit)}}}}).Want(http.StatusOK)
	}
}

// shares gives a part of an issue to another unit or takes one back, and lets somebody else look after one.
func (w *world) shares(office *servertest.Client) {
	for _, id := range w.issues {
		switch w.rng.IntN(4) {
		case 0:
			office.Acts(id, "give_part", M{"unit": servertest.ID(one(w, someUnits)), "until": office.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano), "note": "请协助"})
		case 1:
			office.Acts(id, "correct", M{"reason": "区域有误", "area": servertest.ID(one(w, someAreas)), "deadline": "keep"})
		case 3:
			office.Acts(id, "hand_over", M{"to": servertest.ID(one(w, []string{"lin", "longhua-desk", "meilan-desk", "crew-boss"}))})
		case 2:
			for _, p := range office.Issue(id).Parts {
				if p.Open {
					office.Acts(id, "end_part", M{"part": p.ID, "reason": "不需要了"})
				}
			}
		}
	}
}

// TestAPhoneThatFollowsTheFeedKnowsWhatAFreshOneKnows lets cities live at random: in each some phones follow the feed
// now and then, on either copy of the server. In the end each knows what a phone knows that starts anew.
func TestAPhoneThatFollowsTheFeedKnowsWhatAFreshOneKnows(t *testing.T) {
	cities, steps, phones := 8, 50, 64 // 8 × 64 = 512 histories on each pair
	if phototest.Racing {
		cities = 2
	}
	for _, pair := range []servertest.Backend{servertest.SQLite, servertest.Postgres} {
		for city := range cities {
			t.Run(fmt.Sprintf("%s/%d", pair, city), func(t *testing.T) {
				t.Parallel()
				s := servertest.New(t, pair)
				w := &world{Server: s, rng: rand.New(rand.NewPCG(uint64(city), 4))}
				urls := []string{s.URL}
				if pair == servertest.Postgres {
					urls = append(urls, s.Copy().URL)
				}
				var all []*phone
				for n := range phones {
					who := *s.As(readers[n%len(readers)])
					all = append(all, &phone{Client: &who})
				}
				resyncs := 0
				for step := range steps {
					w.happens(step)
					for n, p := range all {
						p.At(one(w, urls))
						switch {
						case p.known == nil && w.rng.IntN(10) == 0:
							p.start(t)
						case p.known != nil && w.rng.IntN(6+n/4) == 0:
							resyncs += p.follows(t)
						}
					}
				}
				for n, p := range all {
					if p.known == nil {
						p.start(t)
					}
					resyncs += p.follows(t)
					fresh := &phone{Client: p.Client}
					fresh.start(t)
					if d := cmp.Diff(fresh.known, p.known); d != "" {
						t.Fatalf("phone %d of %s (- fresh, + followed):\n%s", n, p.Name, d)
					}
				}
				if resyncs == 0 {
					t.Error("nobody had to start anew: the test does not move scopes")
				}
			})
		}
	}
}
