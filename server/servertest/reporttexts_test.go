package servertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/places"
	corereports "spotcheck/server/core/reports"
	"spotcheck/server/servertest"
)

// computed is the report of a period as it stands now.
func computed(t *testing.T, s *servertest.Server, ask corereports.Request) *corereports.Report {
	t.Helper()
	ask.Scope.Kind = inspect.City
	f, err := s.Core.Reports.Report(t.Context(), places.OperatorDesk, ask, corereports.FiguresOnly)
	if err != nil {
		t.Fatal(err)
	}
	return f.Week
}

// TestOverdueIsOpenAndPastTheDeadline lists three issues whose deadline is over: one that nobody fixed, one fixed late that waits for its look, and one
// that was closed late, which is history.
func TestOverdueIsOpenAndPastTheDeadline(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		open, waiting, closed, timely := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		for _, id := range []inspect.ID{open, waiting, closed, timely} {
			office.Assigns(id, "longhua-sanitation", time.Hour)
		}
		crew.Fixes(timely)
		s.Pass(2 * time.Hour)
		crew.Fixes(waiting)
		crew.Fixes(closed)
		s.As("wang").Verifies(closed, "pass")
		var page struct{ Issues []servertest.Issue }
		office.Do(http.MethodGet, "/api/v1/issues?overdue=true", nil).Want(http.StatusOK).Into(&page)
		got := map[string]string{}
		for _, i := range page.Issues {
			got[i.ID] = i.Status
		}
		if len(got) != 2 || got[open.String()] != "assigned" || got[waiting.String()] != "fixed" {
			t.Errorf("got %v, want the one that nobody fixed and the one that was fixed late", got)
		}
	})
}

// TestASuspensionCountsTheIssuesThatItStopped declares one the evening before, moves its end twice, and takes another one back before it began.
func TestASuspensionCountsTheIssuesThatItStopped(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-07-20 17:00") // a Monday
		office := s.As("office")
		assigned := func() {
			office.Acts(reportsOf(s, "08012"), "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated) // 1 working day
		}
		declare := func(storm inspect.ID, from, to string) {
			office.Do(http.MethodPut, "/api/v1/suspensions/"+storm.String(), servertest.M{"area": servertest.ID("longhua-area"),
				"from": when(t, from).UTC().Format(time.RFC3339), "to": when(t, to).UTC().Format(time.RFC3339), "reason": "台风红色预警"}).Want(http.StatusCreated, http.StatusOK)
			s.Drain()
		}
		for range 5 {
			assigned()
		}
		storm := inspect.NewID()
		declare(storm, "2026-07-21 08:00", "2026-07-21 18:00")
		want := func(what string, n int64) {
			t.Helper()
			all := computed(t, s, corereports.Request{Period: "2026-W30"}).Suspensions
			if len(all) != 1 || all[0].Issues != n {
				t.Errorf("%s: got %+v, want %d issues", what, all, n)
			}
		}
		want("declared the evening before", 5)
		goTo(t, s, "2026-07-21 09:00")
		declare(storm, "2026-07-21 08:00", "2026-07-22 18:00")
		declare(storm, "2026-07-21 08:00", "2026-07-21 20:00")
		want("its end moved twice", 5)
		assigned()
		want("one more that came in the storm", 6)
		s.Audit()
	})
}

// TestAReportNamesRolesAndNoPersons lets an issue grow overdue with every alert, and looks for names in each genre of the report.
func TestAReportNamesRolesAndNoPersons(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00") // a Monday
		office, crew := s.As("office"), s.As("crew")
		for _, name := range []string{"crew-boss", "leader", "office2", "wang"} {
			s.As(name)
		}
		id := reportsOf(s, "06010") // 4 working hours: until 15:00
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		goTo(t, s, "2026-03-02 14:59")
		crew.Acts(id, "ask_extension", servertest.M{"reason": "等待吊车", "until": when(t, "2026-03-03 09:00").UTC().Format(time.RFC3339)}).Want(http.StatusCreated)
		goTo(t, s, "2026-03-02 16:00")
		s.Drain()
		overdue := func() corereports.OverdueRow {
			t.Helper()
			all := computed(t, s, corereports.Request{Period: "2026-W10"}).Overdue
			if len(all) != 1 {
				t.Fatalf("got %+v, want one overdue issue", all)
			}
			return all[0]
		}
		if o := overdue(); !o.Provisional || o.Clock != calendar.WorkingHour || o.Over < 59*time.Minute || o.Over > 61*time.Minute {
			t.Errorf("got %+v, want it provisional and over by a working hour", o)
		}
		office.Acts(id, "decide_extension", servertest.M{"answer": "refuse", "reason": "理由不足"}).Want(http.StatusCreated)
		goTo(t, s, "2026-03-04 12:00")
		s.Drain()
		o := overdue()
		var roles []inspect.Role
		for _, told := range o.Told {
			roles = append(roles, told.Role)
			if told.Times < 1 || told.At.IsZero() {
				t.Errorf("got %+v, want how often and when last", told)
			}
		}
		if o.Provisional || !slices.Equal(roles, []inspect.Role{inspect.UnitRole, inspect.Office, inspect.Leader}) {
			t.Errorf("got %+v, want the unit, the office and a leader told, and the mark to stay", o)
		}
		said := func() (all string) {
			for _, g := range corereports.Genres {
				b, err := computed(t, s, corereports.Request{Period: "2026-W10", Genre: g}).Document().JSON()
				if err != nil {
					t.Fatal(err)
				}
				all += string(b)
			}
			return all
		}
		if text := said(); strings.Contains(text, "Person ") || !strings.Contains(text, "S-lin") {
			t.Error("a report names a person, or does not say whose figures it gives")
		}
		s.As("keeper").Do(http.MethodPut, "/api/v1/settings/names_in_reports", servertest.M{"value": true}).Want(http.StatusOK)
		if text := said(); !strings.Contains(text, "Person lin") || strings.Contains(text, "S-lin") {
			t.Error("the city wants names, and the report of inspectors has none")
		}
		s.Audit()
	})
}

// TestWhatArrivedLateStandsInItsWeek sends on Monday what was done on Sunday night without a network.
func TestWhatArrivedLateStandsInItsWeek(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-08 20:00") // a Sunday
		office, crew := s.As("office"), s.As("crew")
		id := s.As("lin").ReportsMud()
		office.Assigns(id, "longhua-sanitation", 2*time.Hour)
		goTo(t, s, "2026-03-09 06:00")
		photo := crew.Shows(id, "after")
		crew.Acts(id, "fix", servertest.M{"photos": []inspect.ID{photo}, "done_at": when(t, "2026-03-08 21:00").UTC().Format(time.RFC3339)}).Want(http.StatusCreated)
		for week, want := range map[string]int{"2026-W10": 1, "2026-W11": 0} {
			if got := computed(t, s, corereports.Request{Period: week}).Late; len(got) != want {
				t.Errorf("%s: got %+v, want %d", week, got, want)
			}
		}
	})
}

// TestABulletinSaysWhatBecameOfTheLastOne issues one that names two open issues, of which one is fixed before the next.
func TestABulletinSaysWhatBecameOfTheLastOne(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		fixed, open := lin.ReportsMud(), lin.ReportsMud()
		for _, id := range []inspect.ID{fixed, open} {
			office.Assigns(id, "longhua-sanitation", time.Hour)
		}
		goTo(t, s, "2026-03-09 09:00")
		path := "/api/v1/reports/" + inspect.NewID().String()
		office.Do(http.MethodPut, path, servertest.M{"period": "2026-W10", "genre": "bulletin"}).Want(201)
		s.As("office2").Do(http.MethodPut, path+"/check", servertest.M{"revision": 1}).Want(200)
		s.As("leader").Do(http.MethodPut, path+"/issue", servertest.M{"revision": 1}).Want(200)
		crew.Fixes(fixed)
		s.As("wang").Verifies(fixed, "pass")
		s.Drain()
		goTo(t, s, "2026-03-16 09:00")
		w := computed(t, s, corereports.Request{Period: "2026-W11", Genre: corereports.Bulletin, Language: inspect.Chinese})
		if len(w.LeftOpen) != 2 || !strings.HasSuffix(w.LastBulletin, "第1期") {
			t.Fatalf("got %q with %+v, want both issues of the first bulletin", w.LastBulletin, w.LeftOpen)
		}
		for _, v := range w.LeftOpen {
			want := "仍未整改"
			if v.Number == office.Issue(fixed).Number {
				want = "2026-03-09 09:00 已整改，2026-03-09 09:00 已结案"
			}
			if v.Outcome != want {
				t.Errorf("%s: got %s, want %s", v.Number, v.Outcome, want)
			}
		}
		if len(w.LeftPairs) != 1 {
			t.Errorf("got %d pairs of photos, want that of the fix", len(w.LeftPairs))
		}
		for _, form := range []string{"text", "json", "html", "pdf", "docx", "xlsx", "csv"} {
			body := office.Do(http.MethodGet, "/api/v1/reports/compute?genre=bulletin&period=2026-W11&form="+form, nil).Want(200).Body
			if form == "text" && !strings.Contains(string(body), "点名 2 件，已整改或了结 1 件") {
				t.Errorf("the text of the bulletin is %s", body)
			}
		}
	})
}

// TestAReportNamesTasksAndReplies has a task of the plan that is late, and two complaints of which one was answered in time.
func TestAReportNamesTasksAndReplies(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-09 09:00") // a Monday
		office := s.As("office")
		office.Do(http.MethodPut, "/api/v1/plan-tasks/"+inspect.NewID().String(), servertest.M{"year": 2026, "unit": servertest.ID("longhua-sanitation"), "title": "新建公厕 12 座",
			"planned_from": "2026-03-01", "planned_to": "2026-03-20", "milestones": []servertest.M{{"title": "选址", "due": "2026-03-05"}}}).Want(201)
		office.Do(http.MethodPut, "/api/v1/plan-tasks/"+inspect.NewID().String(), servertest.M{"year": 2026, "unit": servertest.ID("longhua-sanitation"), "title": "以后的事",
			"planned_from": "2026-06-01", "planned_to": "2026-06-20"}).Want(201)
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/reply_limits", servertest.M{"value": servertest.M{"hotline": servertest.M{"limit": 2, "unit": "working_day"}}}).Want(200)
		var p intakePage
		sendTable(office, hotline(office), orderHeads+"G-1,2026-03-09 08:05,占道经营,堵了路,龙昆南路12号,20.03,110.33,,王女士,138,\n"+
			"G-2,2026-03-09 08:10,占道经营,垃圾,海秀路,,,,李先生,139,\n").Want(201).Into(&p)
		makes(t, s, office, p.Import.ID)
		office.Acts(issueNumbered(t, s, "G-1"), "feedback", servertest.M{"note": "已电话告知"}).Want(201)
		goTo(t, s, "2026-03-13 09:00")
		w := computed(t, s, corereports.Request{Period: "2026-W11"})
		if len(w.Plans) != 1 || w.Plans[0].State != inspect.PlanLate || !slices.Equal(w.Plans[0].Open, []string{"选址"}) {
			t.Errorf("got %+v, want the task that is late", w.Plans)
		}
		if len(w.Replies) != 2 || w.Replies[0].RepliedAt.IsZero() == w.Replies[1].RepliedAt.IsZero() {
			t.Errorf("got %+v, want one reply given and one missing", w.Replies)
		}
		if got := computed(t, s, corereports.Request{Period: "2026-W10"}); len(got.Replies) != 0 || len(got.Plans) != 1 {
			t.Errorf("the week before: got %+v and %+v", got.Replies, got.Plans)
		}
	})
}

// TestAReportHasOneDraft drafts a period twice and saves one part of its sentences after another.
func TestAReportHasOneDraft(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		type report struct {
			ID        string
			Revision  int64
			Row       M
			Sentences struct{ Better, Worse []string }
		}
		draft := func(body M) *servertest.Answer {
			return office.Do(http.MethodPut, "/api/v1/reports/"+inspect.NewID().String(), body)
		}
		var first, refused, now report
		draft(M{"period": "2026-W42"}).Want(http.StatusCreated).Into(&first)
		draft(M{"period": "2026-W42"}).WantProblem(409, "report.drafted", "never").Into(&refused)
		if refused.Row["id"] != first.ID {
			t.Errorf("the refusal names %v, the draft is %s", refused.Row, first.ID)
		}
		draft(M{"period": "2026-W42", "language": "en"}).WantProblem(409, "report.drafted", "never")
		draft(M{"period": "2026-W41"}).Want(http.StatusCreated)
		draft(M{"period": "2026-W42", "genre": "bulletin"}).Want(http.StatusCreated)
		draft(M{"period": "2026-W42", "scope": "area:" + servertest.ID("binhai").String()}).Want(http.StatusCreated)

		path := "/api/v1/reports/" + first.ID
		office.Do(http.MethodPut, path+"/sentences", M{"revision": first.Revision, "better": []string{"主干道保洁明显好转"}}).Want(http.StatusOK)
		if office.Do(http.MethodGet, path, nil).Want(http.StatusOK).Into(&now); len(now.Sentences.Better) != 1 || now.Sentences.Worse != nil {
			t.Errorf("what was written is not what is read: %+v", now)
		}
		s.Audit()
	})
}
