package servertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

const everybody = "inspector office unit leader admin auditor nobody"

// registers are the doors that are about no issue: who may use them, whatever their scope.
var registers = []struct {
	method, path string
	body         M
	by           string
	status       int
}{
	{"GET", "/api/v1/me", nil, everybody, 200},
	{"GET", "/api/v1/sessions", nil, everybody, 200},
	{"GET", "/api/v1/bootstrap", nil, everybody, 200},
	{"GET", "/api/v1/units", nil, everybody, 200},
	{"GET", "/api/v1/areas", nil, everybody, 200},
	{"GET", "/api/v1/categories", nil, everybody, 200},
	{"GET", "/api/v1/settings", nil, everybody, 200},
	{"GET", "/api/v1/deadline?from=2026-09-30T09:40:00Z&limit=8&unit=working_hour", nil, everybody, 200},
	{"GET", "/api/v1/people", nil, "admin office auditor", 200},
	{"GET", "/api/v1/people/{lin}", nil, "admin office auditor", 200},
	{"GET", "/api/v1/people/{nobody}", nil, "admin office auditor", 404},
	{"GET", "/api/v1/security-log", nil, "admin auditor", 200},
	{"GET", "/api/v1/security-log.csv", nil, "admin auditor", 200},
	{"GET", "/api/v1/health", nil, "admin", 200},
	{"GET", "/api/v1/record", nil, "admin auditor", 200},
	{"GET", "/api/v1/record/checkpoints/2020-01-01", nil, "admin auditor", 404},
	{"PUT", "/api/v1/record/audits/{new}", M{}, "admin", 201},
	{"GET", "/api/v1/log/checkpoint", nil, everybody, 404},
	{"GET", "/api/v1/log/consistency?from=9&to=8", nil, everybody, 422},
	{"GET", "/api/v1/log/events/999999/proof", nil, everybody, 404},
	{"PUT", "/api/v1/log/checkpoint", nil, "admin", 200},
	{"PUT", "/api/v1/people/{new}", M{"name": "{new}", "display_name": "新", "password": "a long password", "grants": []M{}}, "admin", 201},
	{"DELETE", "/api/v1/people/{nobody}/sessions", nil, "admin", 404},
	{"PUT", "/api/v1/units/{new}", M{"name": "新", "kind": "crew"}, "admin", 201},
	{"PUT", "/api/v1/areas/{new}", M{"name": "新", "level": "grid"}, "admin", 201},
	{"PUT", "/api/v1/categories/X-1", M{"name_zh": "新", "name_en": "new", "group": "litter", "limit": 1, "limit_unit": "minute", "local": true}, "admin", 201},
	{"PUT", "/api/v1/settings/city_name", M{"value": "演示市"}, "admin", 200},
	{"PUT", "/api/v1/settings/nonsense", M{"value": 1}, "admin", 404},
	{"GET", "/api/v1/exposures?state=released", nil, "office leader", 200},
	{"GET", "/api/v1/return-forms", nil, "office leader unit", 200},
	{"GET", "/api/v1/returns?from=2026-11-01&to=2026-11-02", nil, "office leader unit", 200},
	{"GET", "/api/v1/issues", nil, seers, 200},
	{"GET", "/api/v1/map?bbox=110,19,111,21&zoom=12", nil, seers, 200},
	{"GET", "/api/v1/issues.csv", nil, "office leader", 200},
	{"GET", "/api/v1/issues.geojson", nil, "office leader", 200},
	{"GET", "/api/v1/issues.xlsx", nil, "office leader", 200},
	{"GET", "/api/v1/issues.zip", nil, "office leader", 200},
	{"GET", "/api/v1/casefiles.zip", nil, "office leader", 200},
}

func TestWhoMayUseTheRegisters(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		people := cells(s)
		for _, d := range registers {
			for _, p := range people {
				fresh := inspect.NewID().String()
				path := strings.NewReplacer("{lin}", servertest.ID("lin").String(), "{nobody}", inspect.NewID().String(), "{new}", fresh).Replace(d.path)
				var body any
				if d.body != nil {
					filled := M{}
					for k, v := range d.body {
						if filled[k] = v; v == "{new}" {
							filled[k] = fresh
						}
					}
					body = filled
				}
				a := p.WithT(t).Do(d.method, path, body)
				switch allowed := has(d.by, p.role); {
				case allowed && a.Status != d.status && !(d.status == 201 && a.Status == 200):
					t.Errorf("%s: %s %s: got %d, want %d\n%s", p.role, d.method, d.path, a.Status, d.status, a.Body)
				case !allowed && a.Status != 403:
					t.Errorf("%s: %s %s: got %d, want 403\n%s", p.role, d.method, d.path, a.Status, a.Body)
				}
			}
		}
		s.Audit()
	})
}

func TestWhoSeesAnIssueAndItsParts(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		c, people := newCity(s), cells(s)
		for _, status := range []inspect.Status{inspect.Reported, inspect.Assigned} {
			shared := c.brings(c.lin, status)
			s.Drain()
			for _, p := range people {
				i := shared
				if p.reporter {
					i = c.brings(p.Client, status)
					s.Drain()
				}
				wantParts(t, p, i, status)
			}
		}
	})
}

// wantParts fails unless a person gets every part of an issue, or none.
func wantParts(t *testing.T, c *cell, i subject, status inspect.Status) {
	t.Helper()
	issue := "/api/v1/issues/" + i.id.String()
	photo := issue + "/photos/" + i.after.String()
	want := 404
	if c.sees(status) {
		want = 200
	}
	for _, path := range []string{issue, issue + "/events", photo, photo + "/original", photo + "/thumb", photo + "/display"} {
		if a := c.WithT(t).Do(http.MethodGet, path, nil); a.Status != want {
			t.Errorf("%s over %s (reporter %t): %s of an issue that is %s: got %d, want %d", c.role, c.scope, c.reporter, path, status, a.Status, want)
		}
	}
	wantStamped := want
	if want == 200 && c.role == "unit" && !c.reporter { // a fixing unit sees the photos of others without the stamp
		wantStamped = 403
	}
	if a := c.WithT(t).Do(http.MethodGet, photo+"/stamped", nil); a.Status != wantStamped {
		t.Errorf("%s over %s (reporter %t): the stamped photo of an issue that is %s: got %d, want %d", c.role, c.scope, c.reporter, status, a.Status, wantStamped)
	}
	wantCaller := want
	if want == 200 && !(c.role == "office" && c.covers(status)) {
		wantCaller = 403
	}
	if a := c.WithT(t).Do(http.MethodGet, issue+"/caller", nil); a.Status != wantCaller {
		t.Errorf("%s over %s (reporter %t): the caller of an issue that is %s: got %d, want %d", c.role, c.scope, c.reporter, status, a.Status, wantCaller)
	}
	if has(seers, c.role) {
		wantListed(t, c, i.id, want == 200)
	}
}

// wantListed fails unless lists and exports hold an issue exactly when it can be seen.
func wantListed(t *testing.T, c *cell, id inspect.ID, listed bool) {
	t.Helper()
	paths := []string{"/api/v1/issues?limit=200"}
	if has("office leader", c.role) {
		paths = append(paths, "/api/v1/issues.csv", "/api/v1/issues.geojson")
	}
	for _, path := range paths {
		a := c.WithT(t).Do(http.MethodGet, path, nil).Want(200)
		if got := strings.Contains(string(a.Body), id.String()); got != listed {
			t.Errorf("%s over %s (reporter %t): %s holds the issue: got %t, want %t", c.role, c.scope, c.reporter, path, got, listed)
		}
	}
}

func TestWhoMayReportAndDeclare(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		c, people := newCity(s), cells(s)
		shared := c.brings(c.lin, inspect.Assigned)
		for _, p := range people {
			for _, source := range inspect.Sources {
				body := p.Report()
				body["source"] = source
				want := 403
				if has("inspector office", p.role) || p.role == "unit" && source == inspect.SourceUnit {
					want = 201
				}
				if a := p.WithT(t).Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), body); a.Status != want {
					t.Errorf("%s reports by %s: got %d, want %d\n%s", p.role, source, a.Status, want, a.Body)
				}
			}
			i := shared
			if p.reporter {
				i = c.brings(p.Client, inspect.Assigned)
			}
			want := 201
			switch {
			case !p.sees(inspect.Assigned):
				want = 404
			case p.role == "leader":
				want = 403
			}
			picture := servertest.NewPicture("report")
			if a := p.WithT(t).Declares(i.id, picture); a.Status != want {
				t.Errorf("%s over %s (reporter %t) declares: got %d, want %d\n%s", p.role, p.scope, p.reporter, a.Status, want, a.Body)
			}
			if want != 201 {
				c.office.Declares(i.id, picture).Want(201)
			}
			if a := p.WithT(t).Upload(i.id, picture); a.Status != want {
				t.Errorf("%s over %s (reporter %t) uploads: got %d, want %d\n%s", p.role, p.scope, p.reporter, a.Status, want, a.Body)
			}
		}
	})
}

func TestAPhotoIsWithdrawnByItsPersonOrTheOffice(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, wang, office := s.As("lin"), s.As("wang"), s.As("office")
		id := lin.ReportsMud()
		for _, by := range []*servertest.Client{lin, office} {
			p := servertest.NewPicture("report")
			lin.Declares(id, p).Want(201)
			wang.Acts(id, "withdraw_photo", M{"photo": p.ID, "reason": "不是我的"}).WantProblem(403, "forbidden", "never")
			by.Acts(id, "withdraw_photo", M{"photo": p.ID, "reason": "手机丢失"}).Want(201)
		}
	})
}

func TestEverybodyReadsThemselves(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	lin := s.As("lin")
	lin.Do(http.MethodGet, "/api/v1/people/"+servertest.ID("lin").String(), nil).Want(200)
	s.As("wang")
	lin.Do(http.MethodGet, "/api/v1/people/"+servertest.ID("wang").String(), nil).WantProblem(403, "forbidden", "never")
	var me struct{ May []string }
	lin.Do(http.MethodGet, "/api/v1/me", nil).Want(200).Into(&me)
	for _, may := range []string{"report", "see", "verify", "comment", "on_the_spot_fix", "declare_photo", "withdraw_photo", "see_stamp", "look", "see_places", "see_reporter",
		"see_standards", "see_visits", "visit", "see_rounds", "do_rounds", "see_activities", "do_activities"} {
		if !slices.Contains(me.May, may) {
			t.Errorf("an inspector may %v, which lacks %s", me.May, may)
		}
	}
	if len(me.May) != 18 {
		t.Errorf("an inspector may %v, want eighteen things", me.May)
	}
}

func TestNoDoorButTheOpenOnesIsAnsweredWithoutALogin(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	nobody := &servertest.Client{Server: s}
	open := []string{"/livez", "/readyz", "/metrics", "/", "/app/", "/app/:file", "/desk/", "/assets/:file", "/api/openapi.yaml", "/api/openapi.json",
		"/api/docs", "POST /api/v1/sessions", "POST /api/v1/enrolments", "OPTIONS /api/v1/uploads",
		"/public/", "/public/public.css", "/public/issue", "/public/photos/:photo", "/public/photos/:photo/objection", "/public/activities/:code"}
	for _, r := range s.API.Routes() {
		path := strings.NewReplacer(":id", inspect.NewID().String(), ":photo", inspect.NewID().String(), ":action", inspect.NewID().String(),
			":code", "06010", ":key", "city_name").Replace(r[1])
		if slices.Contains(open, r[1]) || slices.Contains(open, r[0]+" "+r[1]) {
			continue
		}
		loose := nobody.WithT(t)
		loose.AllowInvalidRequests = true
		loose.Do(r[0], path, nil).WantProblem(401, "session.required", "after-login")
		loose.Token = "a token that nobody was given"
		loose.Do(r[0], path, nil).WantProblem(401, "session.required", "after-login")
	}
}
