package servertest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/figures"
	"spotcheck/server/servertest"
	"spotcheck/server/store/storetest"
)

// published is a report as the API gives it.
type published struct {
	ID        string
	State     string
	Revision  int64
	Number    string
	CheckedBy *struct{ ID string } `json:"checked_by"`
	CutEvent  int64                `json:"cut_event"`
	Short     string
	Files     []struct {
		Form, SHA256 string
		Bytes        int64
	}
	Told []struct{ Person string }
	Says json.RawMessage
}

func weekOf(t *testing.T, at time.Time) string {
	p, err := closure.PeriodOf(closure.Week, closure.DayOf(inspect.At(at), storetest.Start().Location()), time.Monday)
	if err != nil {
		t.Fatal(err)
	}
	return p.Name
}

// toMidweek goes on to a Wednesday morning, for stories that one week tells.
func toMidweek(s *servertest.Server) {
	until(s, (int(time.Wednesday-s.Now().In(s.Core.Zone).Weekday())+7)%7+7, 10, 0)
}

// counts reads the board of a period.
func counts(c *servertest.Client, query string) (all map[string]int64, units map[string]map[string]int64) {
	var b struct {
		Counts map[string]int64
		Units  []struct {
			Unit   struct{ ID string }
			Counts map[string]int64
		}
	}
	c.Do("GET", "/api/v1/figures?"+query, nil).Want(http.StatusOK).Into(&b)
	units = map[string]map[string]int64{}
	for _, u := range b.Units {
		units[u.Unit.ID] = u.Counts
	}
	return b.Counts, units
}

func wantCounts(t *testing.T, what string, got map[string]int64, want map[string]int64) {
	t.Helper()
	for key, n := range want {
		if got[key] != n {
			t.Errorf("%s: got %s %d, want %d (all: %v)", what, key, got[key], n, got)
		}
	}
}

// TestAWeeklyReportIsDraftedCheckedIssuedAndCorrected follows a report to its readers and sees the past change under it.
func TestAWeeklyReportIsDraftedCheckedIssuedAndCorrected(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		lin, office, office2, leader, crew, wang := s.As("lin"), s.As("office"), s.As("office2"), s.As("leader"), s.As("crew"), s.As("wang")
		done, late, open, same := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		for _, id := range []inspect.ID{done, late, open, same} {
			office.Assigns(id, "longhua-sanitation", 2*time.Hour)
		}
		crew.Fixes(done)
		wang.Verifies(done, "pass")
		s.Pass(3 * time.Hour)
		crew.Fixes(late) // an hour too late
		week := weekOf(t, s.Now().Add(-2*time.Hour))

		unit := servertest.ID("longhua-sanitation").String()
		want := map[string]int64{"received": 4, "filed": 4, "assigned": 4, "due": 4, "disposed": 2, "on_time": 1, "waiting": 1, "closed": 1, "closed_on_time": 1}
		all, units := counts(office, "period="+week)
		wantCounts(t, "all", all, want)
		delete(want, "received")
		delete(want, "filed")
		delete(want, "assigned")
		want["given"] = 4
		wantCounts(t, "unit", units[unit], want)
		s.Recounts(week)
		if err := s.Core.Figures.Fold(context.Background()); err != nil {
			t.Fatal(err)
		}
		again, _ := counts(office, "period="+week)
		wantCounts(t, "folded", again, all)
		area, _ := counts(office, "period="+week+"&scope=unit:"+servertest.ID("longhua").String())
		wantCounts(t, "of the district's units", area, want)

		var behind struct {
			Issues []figures.Line
			Total  int
		}
		office.Do("GET", "/api/v1/figures/issues?period="+week+"&count=on_time", nil).Want(http.StatusOK).Into(&behind)
		if behind.Total != 1 || behind.Issues[0].Issue != done {
			t.Errorf("behind on_time: got %+v, want the one that was fixed in time", behind)
		}

		path := "/api/v1/reports/" + servertest.ID("week 1").String()
		body := M{"period": week, "language": "zh"}
		var p published
		office.Do("PUT", path, body).Want(http.StatusCreated).Into(&p)
		office.Do("PUT", path, body).Want(http.StatusOK)
		office.Do("PUT", path, M{"period": "2026-W01"}).WantProblem(409, "report.differs", "never")
		crew.Do("GET", path, nil).WantProblem(404, "report.not-found", "never")
		lin.Do("GET", path, nil).WantProblem(404, "report.not-found", "never")
		office.Do("PUT", path+"/check", M{"revision": p.Revision}).WantProblem(403, "issue.second-person", "never")
		leader.Do("PUT", path+"/issue", M{"revision": p.Revision}).WantProblem(409, "report.wrong-state", "never")
		office.Do("PUT", path+"/sentences", M{"revision": p.Revision, "decisions": []string{"增加一辆洗扫车"}, "copy_to": []string{"市人大", "市政协"}}).Want(http.StatusOK).Into(&p)
		office2.Do("PUT", path+"/check", M{"revision": p.Revision - 1}).WantProblem(409, "report.changed", "never")
		office2.Do("PUT", path+"/check", M{"revision": p.Revision}).Want(http.StatusOK).Into(&p)
		office.Do("PUT", path+"/issue", M{"revision": p.Revision}).WantProblem(403, "forbidden", "never")
		leader.Do("PUT", path+"/issue", M{"revision": p.Revision}).Want(http.StatusOK).Into(&p)
		leader.Do("PUT", path+"/issue", M{"revision": p.Revision}).Want(http.StatusOK)
		if p.State != "issued" || !strings.Contains(p.Number, "第1期") || !strings.Contains(p.Short, "增加一辆洗扫车") || len(p.Told) == 0 {
			t.Fatalf("got %+v, want it issued as the first of its year, with the clerk's sentence, and told", p)
		}
		s.MakesReports()
		frozen := crew.Do("GET", path+"/files/json", nil).Want(http.StatusOK).Body
		if !strings.Contains(string(frozen), "抄送：市人大，市政协。") {
			t.Error("the report does not say who gets a copy")
		}
		for _, form := range []string{"pdf", "xlsx", "docx", "html", "csv", "text"} {
			crew.Do("GET", path+"/files/"+form, nil).Want(http.StatusOK)
		}
		crew.Do("GET", path+"/files/exe", nil).WantProblem(404, "report.no-form", "never")

		// The past changes: an appeal against the overdue mark is upheld. A merge after the deadline takes nothing away.
		crew.Acts(late, "appeal", M{"about": "overdue", "reason": "道路封闭"}).Want(http.StatusCreated)
		office2.Acts(late, "decide_appeal", M{"about": "overdue", "answer": "grant", "reason": "属实"}).Want(http.StatusCreated)
		office.Acts(same, "merge", M{"into": done}).Want(http.StatusCreated)
		crew.Fixes(open) // progress, and no correction
		if got := crew.Do("GET", path+"/files/json", nil).Want(http.StatusOK).Body; string(got) != string(frozen) {
			t.Errorf("an issued report changed: %s, want %s", got, frozen)
		}
		wantCounts(t, "now", first(counts(office, "period="+week)), map[string]int64{"due": 4, "on_time": 2, "disposed": 3})

		s.Pass(7 * 24 * time.Hour)
		next := "/api/v1/reports/" + servertest.ID("week 2").String()
		office.Do("PUT", next, M{"period": weekOf(t, s.Now().Add(-2*time.Hour)), "language": "zh"}).Want(http.StatusCreated).Into(&p)
		says := string(p.Says)
		if strings.Count(says, "申诉裁定") != 1 || strings.Count(says, `"合并"`) != 0 || strings.Contains(says, "整改完成\"") {
			t.Errorf("the next report says %s, want the appeal as its correction and nothing else", says)
		}
		var document struct {
			Parts []struct {
				Table *struct {
					Name string
					Rows []struct{ Cells []struct{ Text string } }
				}
			}
		}
		if err := json.Unmarshal(p.Says, &document); err != nil {
			t.Fatal(err)
		}
		totals := map[string]string{}
		for _, part := range document.Parts {
			if part.Table != nil && part.Table.Name == "更正后合计" {
				for _, r := range part.Table.Rows {
					totals[r.Cells[1].Text] = r.Cells[2].Text + " → " + r.Cells[3].Text
				}
			}
		}
		if totals["应处置"] != "" || totals["按期处置"] != "1 → 2" || totals["已处置"] != "" {
			t.Errorf("the corrected totals are %v, want one more on time and nothing else", totals)
		}
		leader.Do("PUT", path+"/recall", M{"revision": 9, "reason": " "}).WantProblem(422, "content.invalid", "never")
		leader.Do("PUT", path+"/recall", M{"revision": 9, "reason": "名次有误"}).Want(http.StatusOK).Into(&p)
		if p.State != "recalled" {
			t.Errorf("got %s, want it recalled", p.State)
		}
		if got := crew.Do("GET", path+"/files/json", nil).Want(http.StatusOK).Body; string(got) != string(frozen) {
			t.Errorf("a recalled report changed")
		}
		s.Recounts(week)
		s.Audit()
	})
}

func first[A, B any](a A, _ B) A { return a }

// TestReportsRefuseWhatIsNone asks for what there is not.
func TestReportsRefuseWhatIsNone(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		for _, c := range []struct {
			query, code, retry string
			status             int
		}{
			{"period=2026-W99", "period.unknown", "never", 422},
			{"period=2099-W01", "period.future", "never", 422},
			{"period=2026-11-31", "period.unknown", "never", 422},
			{"period=2026-W40&scope=unit:" + servertest.ID("nobody").String(), "content.unknown-reference", "never", 422},
			{"period=2026-W40&scope=moon", "content.invalid", "never", 422},
			{"period=2026-W40&form=exe", "report.no-form", "never", 404},
		} {
			office.Do("GET", "/api/v1/reports/compute?"+c.query, nil).WantProblem(c.status, c.code, c.retry)
		}
		s.As("lin").Do("GET", "/api/v1/reports/compute?period=2026-W40", nil).WantProblem(403, "forbidden", "never")
		s.As("crew").Do("GET", "/api/v1/figures", nil).WantProblem(403, "forbidden", "never")
		s.As("crew").Do("GET", "/api/v1/figures?scope=unit:"+servertest.ID("longhua-crew").String(), nil).Want(http.StatusOK)
		for _, period := range []string{"2026-W40", "2026-09", "2026-Q3", "2026-H1", "2026", "2026-09-T2", "2026-09-03", "2026-09-01..2026-09-20", weekOf(t, s.Now())} {
			for _, lang := range []string{"zh", "en"} {
				office.Do("GET", "/api/v1/reports/compute?period="+period+"&lang="+lang+"&form=text", nil).Want(http.StatusOK)
			}
		}
		office.Do("GET", "/api/v1/figures/definitions", nil).Want(http.StatusOK)
		office.Do("GET", "/api/v1/reports?kind=week", nil).Want(http.StatusOK)
	})
}

// TestReportsAreDraftedByThemselves lets a week end.
func TestReportsAreDraftedByThemselves(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("keeper").Do("PUT", "/api/v1/settings/report_schedules", M{"value": []M{{"kind": "week", "scope": "city", "language": "zh"}}}).Want(http.StatusOK)
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", 2*time.Hour)
		s.Pass(7 * 24 * time.Hour)
		for range 2 { // and no second one
			if err := s.Core.Reports.DraftScheduled(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var page struct{ Reports []published }
		s.As("office").Do("GET", "/api/v1/reports", nil).Want(http.StatusOK).Into(&page)
		if len(page.Reports) != 1 || page.Reports[0].State != "draft" {
			t.Errorf("got %+v, want one draft", page.Reports)
		}
		s.Pass(21 * 24 * time.Hour) // the server was down
		for range 2 {
			if err := s.Core.Reports.DraftScheduled(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.As("office").Do("GET", "/api/v1/reports", nil).Want(http.StatusOK).Into(&page)
		if len(page.Reports) != 4 {
			t.Errorf("got %+v, want one more for each week that was missed", page.Reports)
		}
		s.Audit()
	})
}
