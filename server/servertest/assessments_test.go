package servertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// assessedFigure is what a unit reached in a part, as a client reads it.
type assessedFigure struct {
	Period  string
	Score   *float64
	N, Of   int64
	Missing int
	Within  []assessedFigure
}

// assessedLine is what a unit reached.
type assessedLine struct {
	Unit    struct{ Name string }
	Figures []assessedFigure
	Score   *float64
	Points  float64
	Merits  []struct{ Reason string }
	Total   *float64
	Rank    int
	Grade   string
	Listing string
}

// assessmentSheet is a sheet as a client reads it.
type assessmentSheet struct {
	ID, State, Period string
	Scheme            struct{ Name string }
	Revision          int64
	Version           int `json:"scheme_version"`
	Ranked            int
	Lines             []assessedLine
	May               []string
}

func schemePath(name string) string {
	return "/api/v1/assessment-schemes/" + servertest.ID(name).String()
}

func sheetPath(name string) string {
	return "/api/v1/assessment-sheets/" + servertest.ID(name).String()
}

// weights are parts with how much they count, in their order.
func weights(of ...any) (all []M) {
	for n := 0; n < len(of); n += 2 {
		all = append(all, M{"part": of[n], "weight": of[n+1]})
	}
	return all
}

func draftsSheet(c *servertest.Client, name, period string) *servertest.Answer {
	return c.Do(http.MethodPut, sheetPath(name), M{"scheme": servertest.ID("streets"), "period": period})
}

func readSheet(c *servertest.Client, name string) (t assessmentSheet) {
	c.Do(http.MethodGet, sheetPath(name), nil).Want(http.StatusOK).Into(&t)
	return t
}

// lineText is a line in short: name, parts, score, points, total, rank, grade, list.
func lineText(l *assessedLine) string {
	number := func(f *float64) string {
		if f == nil {
			return "-"
		}
		return fmt.Sprint(*f)
	}
	var figures []string
	for _, f := range l.Figures {
		figures = append(figures, fmt.Sprintf("%s(%d/%d)", number(f.Score), f.N, f.Of))
	}
	return fmt.Sprintf("%s %s %s%+g=%s %d%s%s", l.Unit.Name, strings.Join(figures, " "), number(l.Score), l.Points, number(l.Total), l.Rank, l.Grade, l.Listing)
}

// threeStreets has three streets of one group in November. A and B have two issues due each: A fixes both in time, B one of them. C has one, fixed, which is
// fewer than the least number. A and B have a school each, visited with nothing and with something found. A has a duty of two rounds and makes one.
func threeStreets(t *testing.T, s *servertest.Server) map[string]*servertest.Client {
	goTo(t, s, "2026-11-09 08:00") // a Monday
	admin, office := s.As("admin"), s.As("office")
	crews := map[string]*servertest.Client{}
	for _, name := range []string{"A", "B", "C"} {
		unit := "street " + name
		admin.Do(http.MethodPut, "/api/v1/units/"+servertest.ID(unit).String(), M{"name": name + "街道", "kind": "street", "peer_group": "街道"}).Want(http.StatusCreated)
		crews[name] = s.Joins("crew of "+name, M{"role": "unit", "scope": M{"kind": "unit", "id": unit}})
		putSpot(admin, "school "+name, spot("school_surroundings", name+"小学", 100, M{"area": servertest.ID("binhai"), "unit": servertest.ID(unit)})).Want(http.StatusCreated)
	}
	putStandard(office, "schools", schoolStandard(nil)).Want(http.StatusCreated)
	enact(office, "schools", 1).Want(http.StatusOK)
	lin := s.As("lin")
	putDuty(office, "street patrol", patrols("2026-11-09", []inspect.ID{servertest.ID("lin")}, M{"unit": servertest.ID("street A"), "valid_to": "2026-11-10",
		"schedule": M{"every": "day", "least": 1, "most": 1}})).Want(http.StatusCreated)
	goTo(t, s, "2026-11-09 09:00")
	given := map[string][]inspect.ID{}
	for name, n := range map[string]int{"A": 2, "B": 2, "C": 1} {
		for range n {
			id := reportsOf(s, "08012")
			office.Assigns(id, "street "+name, 8*3600e9)
			given[name] = append(given[name], id)
		}
	}
	goTo(t, s, "2026-11-09 10:00")
	for name, ids := range map[string][]inspect.ID{"A": given["A"], "B": given["B"][:1], "C": given["C"]} {
		for _, id := range ids {
			crews[name].Fixes(id)
		}
	}
	visitOf(t, lin, "clean").kept("", checklist(lin, "school A", answers(), nil), http.StatusCreated)
	visitOf(t, lin, "dirty").kept("", checklist(lin, "school B", answers(M{"item": "2", "result": "no"}), nil), http.StatusCreated)
	r := mine(t, lin)[0]
	endRound(lin, r.ID, made(lin, r, M{})).Want(http.StatusCreated)
	office.Do(http.MethodPut, "/api/v1/assessment-points/"+servertest.ID("merit B").String(),
		M{"unit": servertest.ID("street B"), "day": "2026-11-20", "points": 2.5, "reason": "观摩点"}).Want(http.StatusCreated)
	office.Do(http.MethodPut, "/api/v1/assessment-points/"+servertest.ID("taken back").String(),
		M{"unit": servertest.ID("street B"), "day": "2026-11-20", "points": -50, "reason": "误登", "withdrawn": true}).Want(http.StatusCreated)
	goTo(t, s, "2026-12-01 09:00")
	s.Drain()
	return crews
}

// streetScheme is 50 closure, 30 visits, 20 rounds, and at least two issues due.
func streetScheme(more M) M {
	return but(M{"title": "街道考核办法", "peer_group": "街道", "weights": weights("closure", 50, "visits", 30, "rounds", 20), "least_due": 2}, more)
}

// TestStreetsAreAssessed goes the way of a sheet from the scheme to what a street sees, and works its figures by hand.
func TestStreetsAreAssessed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		crews := threeStreets(t, s)
		office, office2, leader := s.As("office"), s.As("office2"), s.As("leader")

		// A scheme whose weights do not sum to 100 is refused, one that does is kept, and a change is its next version.
		put := func(body M) *servertest.Answer { return office.Do(http.MethodPut, schemePath("streets"), body) }
		put(streetScheme(M{"weights": weights("closure", 50, "visits", 30, "rounds", 19.5)})).WantProblem(422, "assessment.weights", "never")
		put(streetScheme(M{"weights": weights("closure", 50, "closure", 50)})).WantProblem(422, "content.invalid", "never")
		put(streetScheme(M{"title": "办法"})).Want(http.StatusCreated)
		put(streetScheme(nil)).Want(http.StatusOK)
		put(streetScheme(nil)).Want(http.StatusOK)
		crews["A"].Do(http.MethodPut, schemePath("mine"), streetScheme(nil)).WantProblem(403, "forbidden", "never")
		crews["A"].Do(http.MethodGet, "/api/v1/assessment-schemes", nil).WantProblem(403, "forbidden", "never")

		// Only a period that is over is drafted, once.
		draftsSheet(office, "december", "2026-12").WantProblem(422, "period.not-over", "never")
		draftsSheet(office, "december", "2026-13").WantProblem(422, "period.unknown", "never")
		draftsSheet(office, "november", "2026-11").Want(http.StatusCreated)
		draftsSheet(office, "november", "2026-11").Want(http.StatusOK)
		draftsSheet(office, "november", "2026-10").WantProblem(409, "assessment.differs", "never")
		draftsSheet(office2, "november again", "2026-11").WantProblem(409, "assessment.drafted", "never")

		// A: closure 100, visit 100, one round of two = 0.5·100 + 0.3·100 + 0.2·50 = 90. B: half of what was due, of which the other half is long
		// overdue, is 20 + 15 + ½·(5 + 10 + 10) = 47.5; visit 90; no duty: (50·47.5 + 30·90) ÷ 80 = 63.44, and 2.5 points. C has too few issues due for a rank.
		got := readSheet(office, "november")
		var lines []string
		for n := range got.Lines {
			lines = append(lines, lineText(&got.Lines[n]))
		}
		want := []string{"A街道 100(2/2) 100(1/0) 50(1/2) 90+0=90 1A", "B街道 47.5(1/2) 90(1/0) -(0/0) 63.44+2.5=65.94 2C", "C街道 100(1/1) -(0/0) -(0/0) 100+0=100 0"}
		if !slices.Equal(lines, want) || got.Version != 2 || got.State != "draft" || got.Ranked != 2 {
			t.Errorf("got %q of version %d, %s, want %q", lines, got.Version, got.State, want)
		}

		// Who drafted does not check, nobody issues what is not checked, and no street sees it.
		step := func(c *servertest.Client, what string, revision int) *servertest.Answer {
			return c.Do(http.MethodPut, sheetPath("november")+"/"+what, M{"revision": revision})
		}
		step(office, "check", 1).WantProblem(403, "issue.second-person", "never")
		step(leader, "issue", 1).WantProblem(409, "assessment.wrong-state", "never")
		crews["A"].Do(http.MethodGet, sheetPath("november"), nil).WantProblem(404, "assessment.not-found", "never")
		step(crews["A"], "check", 1).WantProblem(404, "assessment.not-found", "never")

		// Points that come later count when the figures are counted again, and what was checked before has to be checked again.
		step(office2, "check", 1).Want(http.StatusOK)
		office.Do(http.MethodPut, "/api/v1/assessment-points/"+servertest.ID("demerit A").String(),
			M{"unit": servertest.ID("street A"), "day": "2026-11-21", "points": -3, "reason": "通报批评"}).Want(http.StatusCreated)
		step(office, "recount", 1).Want(http.StatusOK)
		step(office, "recount", 1).Want(http.StatusOK) // the answer was lost
		step(leader, "issue", 2).WantProblem(409, "assessment.wrong-state", "never")
		step(office2, "check", 1).WantProblem(409, "assessment.changed", "never")
		step(office2, "check", 2).Want(http.StatusOK)
		step(office2, "check", 2).Want(http.StatusOK)
		step(office, "issue", 2).WantProblem(403, "forbidden", "never")
		step(leader, "issue", 2).Want(http.StatusOK)
		step(leader, "issue", 2).Want(http.StatusOK)

		// What is issued stays, whatever comes later.
		office.Do(http.MethodPut, "/api/v1/assessment-points/"+servertest.ID("late").String(),
			M{"unit": servertest.ID("street A"), "day": "2026-11-22", "points": -30, "reason": "迟到"}).Want(http.StatusCreated)
		s.As("admin").Do(http.MethodPut, "/api/v1/units/"+servertest.ID("street A").String(), M{"name": "新名", "kind": "street", "peer_group": "别组"}).Want(http.StatusOK)
		step(office, "recount", 2).WantProblem(409, "assessment.wrong-state", "never")
		issued := readSheet(office, "november")
		if text := lineText(&issued.Lines[0]); text != "A街道 100(2/2) 100(1/0) 50(1/2) 90-3=87 1B" || issued.State != "issued" || len(issued.May) > 0 {
			t.Errorf("issued: got %s %s %v", text, issued.State, issued.May)
		}

		// A street sees its own line, with its rank among how many.
		own := readSheet(crews["B"], "november")
		if len(own.Lines) != 1 || own.Lines[0].Unit.Name != "B街道" || own.Lines[0].Rank != 2 || own.Ranked != 2 || own.Lines[0].Merits[0].Reason != "观摩点" {
			t.Errorf("B sees %+v", own)
		}
		var list struct{ Sheets []assessmentSheet }
		crews["B"].Do(http.MethodGet, "/api/v1/assessment-sheets", nil).Want(http.StatusOK).Into(&list)
		if len(list.Sheets) != 1 || list.Sheets[0].Scheme.Name != "街道考核办法" {
			t.Errorf("B has the list %+v", list)
		}
		s.As("crew").Do(http.MethodGet, sheetPath("november"), nil).WantProblem(404, "assessment.not-found", "never")
		s.As("lin").Do(http.MethodGet, "/api/v1/assessment-sheets", nil).WantProblem(403, "forbidden", "never")
		for _, form := range []string{"xlsx", "pdf", "docx", "html", "csv", "json"} {
			if sent := office.Do(http.MethodGet, sheetPath("november")+"/document?lang=en&form="+form, nil).Want(http.StatusOK); len(sent.Body) < 100 {
				t.Errorf("%s: got %d bytes", form, len(sent.Body))
			}
		}
		page := string(crews["B"].Do(http.MethodGet, sheetPath("november")+"/document?form=html", nil).Want(http.StatusOK).Body)
		if !strings.Contains(page, "B街道") || strings.Contains(page, "A街道") {
			t.Error("the document of B has no line of B, or one of A")
		}
		s.Audit()
	})
}

// TestAYearIsTheMeanOfItsQuarters drafts a year of which three quarters have nothing: each month without data is told.
func TestAYearIsTheMeanOfItsQuarters(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		threeStreets(t, s)
		s.As("office").Do(http.MethodPut, schemePath("streets"), streetScheme(M{"weights": weights("visits", 100)})).Want(http.StatusCreated)
		goTo(t, s, "2026-12-20 09:00")
		lin := s.LogIn("lin", password)
		visitOf(t, lin, "december").kept("", checklist(lin, "school B", answers(), nil), http.StatusCreated)
		goTo(t, s, "2027-01-02 09:00")
		office := s.LogIn("office", password) // the session of November is over
		draftsSheet(office, "quarter", "2026-Q4").Want(http.StatusCreated)
		draftsSheet(office, "year", "2026").Want(http.StatusCreated)
		for name, months := range map[string]int{"quarter": 1, "year": 10} {
			got := readSheet(office, name)
			for _, l := range got.Lines {
				f := l.Figures[0]
				switch l.Unit.Name {
				case "B街道": // 90 in November, 100 in December
					if f.Score == nil || *f.Score != 95 || f.N != 2 || f.Missing != months {
						t.Errorf("B in the %s: got %+v", name, f)
					}
				case "C街道":
					if f.Score != nil || f.Missing != months+2 || l.Rank != 0 {
						t.Errorf("C in the %s: got %+v", name, l)
					}
				}
			}
			if f := got.Lines[0].Figures[0]; name == "quarter" && (len(f.Within) != 3 || f.Within[0].Period != "2026-10" || f.Within[0].Score != nil) {
				t.Errorf("the months of the quarter: got %+v", f.Within)
			}
		}
		s.Audit()
	})
}
