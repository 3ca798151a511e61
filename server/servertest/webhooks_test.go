package servertest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/notify/notifytest"
	"spotcheck/server/servertest"
)

// TestProgramsAreToldOfReportsPapersAndReturns follows each through its life at a webhook that takes all types.
func TestProgramsAreToldOfReportsPapersAndReturns(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		office, office2, leader, crew := s.As("office"), s.As("office2"), s.As("leader"), s.As("crew")
		p := notifytest.Receiver(t)
		opens(t, s, p)
		h := newHook(s, p.To().Address, core.WebhookEvents()...)
		p.Trusts(h.secret)
		loosely(t, h.Client).Do(http.MethodPut, h.path, M{"name": "调度平台", "url": p.To().Address, "types": []string{"report.edited"}}).
			WantProblem(422, "content.invalid", "never")

		issue := assigned(s, "longhua-sanitation")[0]
		paper := inspect.NewID()
		number := issues(office, paper, "rectify", nil, issue).Number
		s.MakesPapers()
		signed := M{"signed_at": s.Now().UTC().Format(time.RFC3339Nano), "name": "王五"}
		signsPaper(crew, paper, signed).Want(http.StatusCreated)
		signsPaper(crew, paper, signed).Want(http.StatusOK)

		yesterday := s.Now().In(s.Core.Zone).AddDate(0, 0, -1).Format(time.DateOnly)
		office.Do(http.MethodPut, "/api/v1/return-forms/"+servertest.ID("daily").String(), returnForm(yesterday)).Want(http.StatusCreated)
		for _, status := range []int{http.StatusCreated, http.StatusOK} {
			crew.Do(http.MethodPut, "/api/v1/returns/"+servertest.ID("first").String(), M{"form": servertest.ID("daily"),
				"unit": servertest.ID("longhua-sanitation"), "period": yesterday, "numbers": []float64{12.5, 8}, "note": "附说明"}).Want(status)
		}

		report := servertest.ID("week 1")
		path, week := "/api/v1/reports/"+report.String(), weekOf(t, s.Now())
		var out published
		office.Do(http.MethodPut, path, M{"period": week, "language": "zh"}).Want(http.StatusCreated).Into(&out)
		office.Do(http.MethodPut, path+"/sentences", M{"revision": out.Revision, "decisions": []string{"增加一辆洗扫车"}}).Want(http.StatusOK).Into(&out)
		office2.Do(http.MethodPut, path+"/check", M{"revision": out.Revision}).Want(http.StatusOK).Into(&out)
		leader.Do(http.MethodPut, path+"/issue", M{"revision": out.Revision}).Want(http.StatusOK).Into(&out)
		leader.Do(http.MethodPut, path+"/issue", M{"revision": out.Revision}).Want(http.StatusOK)
		leader.Do(http.MethodPut, path+"/recall", M{"revision": out.Revision, "reason": "名次有误"}).Want(http.StatusOK)

		for range 3 { // a round takes only so many
			sendsDue(t, s)
		}
		told := map[string][]string{}
		for _, m := range p.Got() {
			servertest.WantPayload(t, m.Text)
			var payload struct {
				Type string
				Data struct{ ID, Number, State string }
			}
			if err := json.Unmarshal([]byte(m.Text), &payload); err != nil {
				t.Fatal(err)
			}
			told[payload.Type] = append(told[payload.Type], payload.Data.ID+" "+payload.Data.Number+" "+payload.Data.State)
			if strings.Contains(m.Text, "王五") || strings.Contains(m.Text, "附说明") {
				t.Errorf("the payload says what is not for programs: %s", m.Text)
			}
		}
		for event, want := range map[string]string{
			"paper.issued": paper.String() + " " + number + " ", "paper.made": paper.String() + " " + number + " ", "paper.signed": paper.String() + " " + number + " ",
			"return.sent":    servertest.ID("first").String() + "  ",
			"report.drafted": report.String() + "  draft", "report.checked": report.String() + "  checked",
			"report.issued": report.String() + " " + out.Number + " issued", "report.recalled": report.String() + " " + out.Number + " recalled",
		} {
			if got := told[event]; !slices.Equal(got, []string{want}) {
				t.Errorf("%s: got %q, want it once: %q", event, got, want)
			}
		}
		if len(told["issue.assigned"]) == 0 || len(told["issue.paper_issued"]) == 0 {
			t.Errorf("what happened to the issue was not told: %v", told)
		}
		s.Audit()
	})
}
