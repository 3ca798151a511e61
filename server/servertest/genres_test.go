package servertest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestReportsOfEveryGenre makes a bulletin, an assessment sheet, the report of inspectors and that of places from one life of two issues, remarks on
// a figure, and issues a bulletin in a series of its own.
func TestReportsOfEveryGenre(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, office2, crew, leader := s.As("lin"), s.As("office"), s.As("office2"), s.As("crew"), s.As("leader")
		open, done := lin.ReportsMud(), lin.ReportsMud()
		office.Assigns(open, "longhua-sanitation", time.Hour)
		office.Assigns(done, "longhua-sanitation", time.Hour)
		crew.Fixes(done)
		s.As("wang").Verifies(done, "pass")
		s.Pass(3 * time.Hour)
		period := s.Now().Add(-3*time.Hour).In(s.Core.Zone).Format("2006-01-02") + ".." + s.Now().In(s.Core.Zone).Format("2006-01-02")

		day := s.Now().In(s.Core.Zone).Format("2006-01-02")
		point := "/api/v1/assessment-points/" + inspect.NewID().String()
		body := M{"unit": servertest.ID("longhua-sanitation"), "day": day, "points": 2.5, "reason": "省级观摩点"}
		crew.Do(http.MethodPut, point, body).WantProblem(403, "forbidden", "never")
		for _, wrong := range []M{{"points": 0}, {"points": 101}, {"points": 0.001}, {"reason": ""}, {"day": "2026-13-01"}} {
			with := M{"unit": body["unit"], "day": body["day"], "points": body["points"], "reason": body["reason"]}
			for k, v := range wrong {
				with[k] = v
			}
			text, err := json.Marshal(with)
			if err != nil {
				t.Fatal(err)
			}
			loosely(t, office).Do(http.MethodPut, point, string(text)).WantProblem(422, "content.invalid", "never")
		}
		office.Do(http.MethodPut, point, body).Want(201)
		office.Do(http.MethodPut, point, body).Want(200)
		office.Do(http.MethodPut, "/api/v1/assessment-points/"+inspect.NewID().String(),
			M{"unit": servertest.ID("longhua-sanitation"), "day": day, "points": -1, "reason": "迟报", "withdrawn": true}).Want(201)
		office.Do(http.MethodPut, "/api/v1/assessment-points/"+inspect.NewID().String(),
			M{"unit": inspect.NewID(), "day": day, "points": -1, "reason": "迟报"}).WantProblem(422, "content.unknown-reference", "never")
		crew.Do(http.MethodGet, "/api/v1/assessment-points?from="+day, nil).Want(200)
		lin.Do(http.MethodGet, "/api/v1/assessment-points", nil).WantProblem(403, "forbidden", "never")

		number := office.Issue(open).Number
		for genre, want := range map[string][]string{
			"bulletin": {"双创工作通报", "应处置 2 件，已处置 1 件", "尚有 1 件未处置", number, "龙华环卫", "前完成整改并书面报送"},
			"places":   {"问题分析报告", "08012"}, "inspectors": {"巡查工作报告", "S-lin,2,2,100.00 %,0,0,0,0,", "S-wang,0,0,无数据,0,0,1,0,0,无数据"},
			"assessment": {"考核表", "2.50", "省级观摩点"}, "closure": {"双创工作"},
		} {
			text := unzipped(t, office.Do(http.MethodGet, "/api/v1/reports/compute?form=csv&period="+period+"&genre="+genre, nil).Want(200).Body)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("the report %s does not say %q:\n%s", genre, w, text)
				}
			}
			if strings.Contains(text, "迟报") {
				t.Errorf("the report %s counts what was withdrawn", genre)
			}
			for _, form := range []string{"pdf", "docx", "xlsx", "html", "text", "json"} {
				office.Do(http.MethodGet, "/api/v1/reports/compute?form="+form+"&lang=en&period="+period+"&genre="+genre, nil).Want(200)
			}
		}
		loosely(t, office).Do(http.MethodGet, "/api/v1/reports/compute?period="+period+"&genre=novel", nil).WantProblem(422, "content.invalid", "never")
		office.Do(http.MethodGet, "/api/v1/reports/compute?genre=inspectors&period="+period+"&scope=unit:"+servertest.ID("longhua").String(),
			nil).WantProblem(422, "content.invalid", "never")

		var draft struct {
			Genre, State, Number string
			Revision             int
			Notes                []struct{ Cell, Text string }
		}
		path := "/api/v1/reports/" + inspect.NewID().String()
		office.Do(http.MethodPut, path, M{"period": period, "genre": "bulletin"}).Want(201).Into(&draft)
		note := M{"id": inspect.NewID(), "cell": "龙华环卫 处置率", "text": "请核对第 2 件"}
		office2.Do(http.MethodPost, path+"/notes", note).Want(200)
		office2.Do(http.MethodPost, path+"/notes", note).Want(200).Into(&draft)
		if len(draft.Notes) != 1 || draft.Notes[0].Text != "请核对第 2 件" || draft.Revision != 1 || draft.Genre != "bulletin" {
			t.Errorf("after a remark: %+v", draft)
		}
		crew.Do(http.MethodPost, path+"/notes", note).WantProblem(404, "report.not-found", "never")
		office2.Do(http.MethodPut, path+"/check", M{"revision": 1}).Want(200)
		leader.Do(http.MethodPut, path+"/issue", M{"revision": 1}).Want(200).Into(&draft)
		if !strings.HasSuffix(draft.Number, "第1期") {
			t.Errorf("the first bulletin of the year is %q", draft.Number)
		}
		office2.Do(http.MethodPost, path+"/notes", M{"id": inspect.NewID(), "cell": "x", "text": "y"}).WantProblem(409, "report.wrong-state", "never")
		s.MakesReports()
		for query, want := range map[string]int{"?genre=bulletin": 1, "?genre=closure": 0, "": 1} {
			var page struct{ Reports []struct{} }
			if office.Do(http.MethodGet, "/api/v1/reports"+query, nil).Want(200).Into(&page); len(page.Reports) != want {
				t.Errorf("the list %q has %d reports, want %d", query, len(page.Reports), want)
			}
		}
		s.Audit()
	})
}

// unzipped is the text of all files of a ZIP.
func unzipped(t *testing.T, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		body, err := fs.ReadFile(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(body)
	}
	return all.String()
}
