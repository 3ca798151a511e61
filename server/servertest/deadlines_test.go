package servertest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/calendar"
	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
	"spotcheck/server/store/storetest"
)

// deadline is what an issue says of its time.
type deadline struct {
	DueAt time.Time `json:"due_at"`
	Clock struct {
		Rule *struct {
			ID, CloseZH string
			Version     int
		}
		Pauses             []struct{ From, To time.Time }
		Skipped            []struct{ Date, Kind string }
		Provisional        bool
		OverdueProvisional bool      `json:"overdue_provisional"`
		ReadsZH            string    `json:"reads_zh"`
		ReadsEN            string    `json:"reads_en"`
		HeldUntil          time.Time `json:"held_until"`
		RemindAt           time.Time `json:"remind_at"`
		Extensions         int
		HoldAsked          *struct{ Reason string } `json:"hold_asked"`
	}
	StepDueAt time.Time `json:"step_due_at"`
	Overdue   bool
}

func deadlineOf(c *servertest.Client, id inspect.ID) (d deadline) {
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&d)
	return d
}

// when is a moment in the city.
func when(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, storetest.Start().Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// goTo lets the city's clock stand at a moment, within seconds.
func goTo(t *testing.T, s *servertest.Server, at string) { s.Pass(when(t, at).Sub(s.Now())) }

// near says whether two moments are the same but for the seconds that a test takes.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < 50*time.Second }

func reportsOf(s *servertest.Server, category string) inspect.ID {
	id, body := inspect.NewID(), s.As("lin").Report()
	body["category"] = category
	s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
	return id
}

func mainRoad(s *servertest.Server) {
	s.As("admin").Do(http.MethodPut, "/api/v1/areas/"+servertest.ID("binhai").String(), servertest.M{"name": "滨海大道", "level": "street",
		"parent": servertest.ID("longhua-area"), "class": "main_road"}).Want(http.StatusOK)
}

func TestLitterOnAMainRoadAtNightOnAHoliday(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-10-01 02:40")
		mainRoad(s)
		id, office := reportsOf(s, "06010"), s.As("office")
		if d := deadlineOf(office, id); !near(d.StepDueAt, when(t, "2026-10-01 03:10")) {
			t.Errorf("the office has until %s, want 03:10, day and night", d.StepDueAt)
		}
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		d := deadlineOf(office, id)
		if !near(d.DueAt, when(t, "2026-10-01 02:55")) || d.Clock.Rule == nil || d.Clock.Rule.Version != 1 {
			t.Errorf("due %s by %+v, want 02:55 by the rule for main roads", d.DueAt, d.Clock.Rule)
		}
		if !strings.Contains(d.Clock.ReadsZH, "15 分钟 = 2026年10月1日（星期四）02:5") || !strings.Contains(d.Clock.ReadsEN, "= Thursday 1 October 2026 02:5") {
			t.Errorf("reads %q and %q", d.Clock.ReadsZH, d.Clock.ReadsEN)
		}
		s.As("crew").Fixes(id)
		s.As("lin").Verifies(id, "pass")
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.fixed", "issue.verified")
		s.Audit()
	})
}

func TestARestaurantOverASwappedWeekend(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-05-08 20:00")
		id, order := reportsOf(s, "L002"), reportsOf(s, "09020")
		for issue, want := range map[inspect.ID]string{id: "2026-05-11 20:00", order: "2026-05-11 18:00"} {
			s.As("office").Acts(issue, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
			if d := deadlineOf(s.As("office"), issue); !near(d.DueAt, when(t, want)) {
				t.Errorf("due %s, want %s", d.DueAt, want)
			}
		}
		if d := deadlineOf(s.As("office"), order); len(d.Clock.Skipped) != 1 || d.Clock.Skipped[0].Date != "2026-05-09" {
			t.Errorf("the Saturday is a working day: %+v", d.Clock.Skipped)
		}
		s.Audit()
	})
}

func TestMoreTimeIsAskedForBeforeTheDeadline(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, crew := s.As("office"), s.As("crew")
		id := reportsOf(s, "06010") // 4 working hours: until 15:00
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		until := func(at string) servertest.M {
			return servertest.M{"reason": "等待吊车", "until": when(t, at).UTC().Format(time.RFC3339Nano)}
		}
		crew.Acts(id, "ask_extension", until("2026-03-03 16:00")).WantProblem(422, "content.invalid", "never")
		goTo(t, s, "2026-03-02 14:59")
		crew.Acts(id, "ask_extension", until("2026-03-03 09:00")).Want(http.StatusCreated)
		crew.Acts(id, "ask_extension", until("2026-03-03 09:00")).WantProblem(409, "issue.already-asked", "never")
		goTo(t, s, "2026-03-02 15:10")
		if d := deadlineOf(office, id); !d.Overdue || !d.Clock.OverdueProvisional {
			t.Errorf("nobody has decided: overdue %t, provisional %t", d.Overdue, d.Clock.OverdueProvisional)
		}
		office.Acts(id, "decide_extension", servertest.M{"answer": "refuse", "reason": "理由不足"}).Want(http.StatusCreated)
		office.Acts(id, "decide_extension", servertest.M{"answer": "grant", "reason": "再想"}).WantProblem(409, "issue.nothing-asked", "never")
		crew.Acts(id, "ask_extension", until("2026-03-03 09:00")).WantProblem(409, "issue.extension-too-late", "never")
		if d := deadlineOf(office, id); !d.Overdue || !near(d.DueAt, when(t, "2026-03-02 15:00")) {
			t.Errorf("refused: overdue %t, due %s", d.Overdue, d.DueAt)
		}
		second := reportsOf(s, "06011") // 5 working days
		office.Acts(second, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		crew.Acts(second, "ask_extension", until("2026-03-12 09:00")).Want(http.StatusCreated)
		office.Acts(second, "decide_extension", servertest.M{"answer": "grant", "reason": "同意"}).Want(http.StatusCreated)
		if d := deadlineOf(office, second); !near(d.DueAt, when(t, "2026-03-12 09:00")) || d.Clock.Extensions != 1 {
			t.Errorf("granted: due %s, %d extensions", d.DueAt, d.Clock.Extensions)
		}
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.extension_asked", "issue.extension_refused")
		s.Audit()
	})
}

// TestWhoAskedForTimeDoesNotDecide: somebody of the unit who is of the office as well asks, and another one decides.
func TestWhoAskedForTimeDoesNotDecide(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office := s.As("office")
		both := s.Joins("both", servertest.M{"role": "unit", "scope": servertest.M{"kind": "unit", "id": "longhua-sanitation"}},
			servertest.M{"role": "office", "scope": servertest.M{"kind": "city"}})
		until := when(t, "2026-03-04 09:00")
		for _, c := range []struct{ ask, decide, done string }{
			{"ask_extension", "decide_extension", "issue.extension_granted"}, {"ask_hold", "decide_hold", "issue.hold_granted"},
		} {
			id := reportsOf(s, "06011") // 5 working days
			office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
			asked := until
			if c.ask == "ask_extension" {
				asked = when(t, "2026-03-12 09:00")
			}
			both.Acts(id, c.ask, servertest.M{"reason": "等待吊车", "until": asked.UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
			before := deadlineOf(office, id)
			for _, answer := range []string{"grant", "refuse"} {
				both.Acts(id, c.decide, servertest.M{"answer": answer, "reason": "自己批"}).WantProblem(403, "issue.second-person", "never")
			}
			if after := deadlineOf(office, id); !after.DueAt.Equal(before.DueAt) || !after.Clock.HeldUntil.IsZero() || after.Clock.Extensions != 0 {
				t.Errorf("%s: it is decided all the same: %+v", c.ask, after)
			}
			office.Acts(id, c.decide, servertest.M{"answer": "grant", "reason": "同意"}).Want(http.StatusCreated)
			office.WantEvents(id, "issue.reported", "issue.assigned", "issue."+c.ask[len("ask_"):]+"_asked", c.done)
		}
		s.Audit()
	})
}

func TestAHoldAcrossNewYear(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2025-12-29 10:00")
		office, crew, id := s.As("office"), s.As("crew"), s.As("lin").ReportsMud() // 1 working day
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		goTo(t, s, "2025-12-29 15:00")
		crew.Acts(id, "ask_hold", servertest.M{"reason": "需财政批复", "until": when(t, "2026-01-03 00:00").UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
		if d := deadlineOf(office, id); d.Clock.HoldAsked == nil || d.Clock.HoldAsked.Reason != "需财政批复" {
			t.Errorf("asked: %+v", d.Clock.HoldAsked)
		}
		office.Acts(id, "decide_hold", servertest.M{"answer": "grant", "reason": "同意挂账"}).Want(http.StatusCreated)
		if d := deadlineOf(office, id); !near(d.DueAt, when(t, "2026-01-04 15:00")) || len(d.Clock.Pauses) != 1 {
			t.Errorf("5 of 8 hours are left, and the Sunday is a working day: due %s, pauses %v", d.DueAt, d.Clock.Pauses)
		}
		goTo(t, s, "2025-12-31 09:00")
		office.Acts(id, "resume", servertest.M{"reason": "经费已到"}).Want(http.StatusCreated)
		office.Acts(id, "resume", servertest.M{"reason": "再次"}).WantProblem(409, "issue.not-held", "never")
		if d := deadlineOf(office, id); !near(d.DueAt, when(t, "2025-12-31 16:00")) || !d.Clock.HeldUntil.IsZero() {
			t.Errorf("resumed: due %s, held until %s", d.DueAt, d.Clock.HeldUntil)
		}
		crew.Fixes(id)
		s.As("lin").Verifies(id, "fail")
		if d := deadlineOf(office, id); d.Clock.RemindAt.IsZero() {
			t.Error("a failed verification starts a reminder clock")
		}
		crew.Acts(id, "ask_hold", servertest.M{"reason": "再挂", "until": when(t, "2026-02-01 00:00").UTC().Format(time.RFC3339Nano)}).WantProblem(409, "issue.held-before", "never")
		s.Audit()
	})
}

func TestAnOpenIssueKeepsItsRule(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		mainRoad(s)
		office, id, rule := s.As("office"), reportsOf(s, "06012"), inspect.NewID()
		put := func(limit int) {
			s.As("admin").Do(http.MethodPut, "/api/v1/rules/"+rule.String(), servertest.M{"category": "06012", "area_class": "main_road", "limit": limit,
				"limit_unit": "minute", "close_zh": "路面见本色", "close_en": "The road is clean"}).Want(http.StatusCreated, http.StatusOK)
		}
		put(30)
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		put(90)
		if d := deadlineOf(office, id); d.Clock.Rule == nil || d.Clock.Rule.Version != 1 || !near(d.DueAt, s.Now().Add(30*time.Minute)) {
			t.Errorf("due %s by %+v", d.DueAt, d.Clock.Rule)
		}
		later := reportsOf(s, "06012")
		office.Acts(later, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation"), "rule": rule}).Want(http.StatusCreated)
		if d := deadlineOf(office, later); d.Clock.Rule == nil || d.Clock.Rule.Version != 2 {
			t.Errorf("by %+v, want version 2", d.Clock.Rule)
		}
		third := reportsOf(s, "06012")
		office.Acts(third, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation"), "rule": inspect.NewID()}).WantProblem(422, "content.unknown-reference", "never")
		var versions struct{ Rules []struct{ Limit int } }
		office.Do(http.MethodGet, "/api/v1/rules/"+rule.String(), nil).Want(http.StatusOK).Into(&versions)
		if len(versions.Rules) != 2 || versions.Rules[0].Limit != 30 {
			t.Errorf("versions %+v", versions)
		}
		s.Audit()
	})
}

func TestNewHolidaysMoveWhatRuns(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-12-30 17:00")
		office, id, past := s.As("office"), reportsOf(s, "06011"), reportsOf(s, "06037") // 5 working days, 4 working hours
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		office.Acts(past, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		before := deadlineOf(office, past)
		if d := deadlineOf(office, id); !d.Clock.Provisional || !near(d.DueAt, when(t, "2027-01-07 17:00")) { // 1 January is free whatever is published
			t.Errorf("2027 is not published: provisional %t, due %s", d.Clock.Provisional, d.DueAt)
		}
		goTo(t, s, "2026-12-31 16:30")
		send := func(body string) *servertest.Answer { return sendsHolidays(s, "?official=true", body) }
		send("date,kind,name\n2027-01-01,feast,元旦\n").WantProblem(422, "content.invalid", "never")
		send("date,kind,name\n2027-01-01,holiday,元旦\n").WantProblem(422, "content.invalid", "never") // where is the rest?
		file := officialYear("2027-01-01,holiday,元旦\n2027-01-04,holiday,元旦\n2027-01-05,holiday,元旦\n2027-01-03,swapped_working_day,元旦\n")
		send(file).Want(http.StatusOK)
		s.Drain()
		if d := deadlineOf(office, id); d.Clock.Provisional || !near(d.DueAt, when(t, "2027-01-08 17:00")) {
			t.Errorf("published: provisional %t, due %s", d.Clock.Provisional, d.DueAt)
		}
		if d := deadlineOf(office, past); !d.DueAt.Equal(before.DueAt) {
			t.Errorf("what is past moved from %s to %s", before.DueAt, d.DueAt)
		}
		var again struct{ Repeated bool }
		send(file).Want(http.StatusOK).Into(&again)
		if !again.Repeated {
			t.Error("the same file changed something")
		}
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.rescheduled")
		s.Audit()
	})
}

// officialYear is a file of the holidays of 2027, with those of New Year as they are given.
func officialYear(newYear string) string {
	return "date,kind,name\n" + newYear + "2027-02-06,holiday,春节\n2027-04-05,holiday,清明\n2027-05-01,holiday,劳动节\n2027-06-09,holiday,端午\n2027-09-15,holiday,中秋\n" +
		"2027-10-01,holiday,国庆节\n"
}

func sendsHolidays(s *servertest.Server, query, body string) *servertest.Answer {
	return s.As("admin").Send(http.MethodPost, "/api/v1/holidays"+query, []byte(body), http.Header{"Content-Type": {"text/csv"}})
}

// TestLocalDaysAreAdded: two days of the city's own wipe nothing and publish nothing; what would take days away is listed and asks.
func TestLocalDaysAreAdded(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		type day struct {
			Date, Kind, Name string
			Official         bool
		}
		days := func(year string) (all map[string]day) {
			t.Helper()
			var in struct{ Days []day }
			s.As("office").Do(http.MethodGet, "/api/v1/holidays", nil).Want(http.StatusOK).Into(&in)
			all = map[string]day{}
			for _, d := range in.Days {
				if strings.HasPrefix(d.Date, year) {
					all[d.Date] = d
				}
			}
			return all
		}
		built := len(days("2026"))
		sendsHolidays(s, "", "date,kind,name\n2026-06-03,holiday,停电\n2026-07-08,holiday,台风\n").Want(http.StatusOK)
		if got := days("2026"); len(got) != built+2 || got["2026-06-03"].Official || !got["2026-10-01"].Official {
			t.Errorf("%d days of 2026, want two more than %d", len(got), built)
		}
		sendsHolidays(s, "", "date,kind,name\n2027-06-03,holiday,停电\n2026-10-01,holiday,国庆\n").Want(http.StatusOK)
		if !days("2026")["2026-10-01"].Official {
			t.Error("a day that the city gives again is official no more")
		}
		sendsHolidays(s, "", "date,kind,name\n2026-10-08,swapped_working_day,x\n2026-10-10,holiday,调休\n").WantProblem(409, "holidays.taken-away", "never")

		// The arrangement of 2027 is published, and corrected; the day of the city's own stays.
		sendsHolidays(s, "?official=true", officialYear("2027-01-01,holiday,元旦\n2027-01-04,holiday,元旦\n")).Want(http.StatusOK)
		corrected := officialYear("2027-01-01,holiday,元旦\n")
		var lost struct {
			Errors []struct{ Pointer, Detail string }
		}
		answer := sendsHolidays(s, "?official=true", corrected)
		answer.WantProblem(409, "holidays.taken-away", "never")
		answer.Into(&lost)
		if len(lost.Errors) != 1 || lost.Errors[0].Pointer != "/2027-01-04" || lost.Errors[0].Detail != "holiday 元旦" {
			t.Errorf("taken away: %+v", lost.Errors)
		}
		if got := days("2027"); len(got) != 9 {
			t.Errorf("what was refused changed something: %v", got)
		}
		sendsHolidays(s, "?official=true&confirm=true", corrected).Want(http.StatusOK)
		if got := days("2027"); len(got) != 8 || got["2027-06-03"].Name != "停电" || got["2027-06-03"].Official {
			t.Errorf("after the correction: %v", got)
		}
		alone := []servertest.M{{"date": "2028-01-01", "kind": "holiday", "name": "元旦", "official": true}}
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/holidays", servertest.M{"value": alone}).WantProblem(422, "content.invalid", "never")
		s.Drain()
		s.Audit()
	})
}

// TestACorrectionOfABuiltInYear: a day that came with the program and is not in the official file is what its weekday says.
func TestACorrectionOfABuiltInYear(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-09-30 17:00")
		office := s.As("office")
		id := reportsOf(s, "06037") // 4 working hours
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		var file strings.Builder
		file.WriteString("date,kind,name\n")
		for _, e := range calendar.China() {
			if d := e.Day.String(); strings.HasPrefix(d, "2026") && d != "2026-10-07" { // a Wednesday
				file.WriteString(d + "," + e.Kind() + "," + e.Name + "\n")
			}
		}
		sendsHolidays(s, "?official=true", file.String()).WantProblem(409, "holidays.taken-away", "never")
		sendsHolidays(s, "?official=true&confirm=true", file.String()).Want(http.StatusOK)
		s.Drain()
		if d := deadlineOf(office, id); !near(d.DueAt, when(t, "2026-10-07 11:00")) || strings.Contains(d.Clock.ReadsZH, "调休") {
			t.Errorf("due %s, %s", d.DueAt, d.Clock.ReadsZH)
		}
		s.Audit()
	})
}

func TestATyphoonStopsTheClocksThatItNames(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-07-20 09:00") // a Monday
		office, storm := s.As("office"), inspect.NewID()
		assigned := func(category string) inspect.ID {
			id := reportsOf(s, category)
			office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
			return id
		}
		mud, litter, held := assigned("08012"), assigned("06010"), assigned("08012") // 1 working day, 4 working hours
		s.As("crew").Acts(held, "ask_hold", servertest.M{"reason": "等待", "until": when(t, "2026-07-21 08:00").UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
		office.Acts(held, "decide_hold", servertest.M{"answer": "grant", "reason": "同意"}).Want(http.StatusCreated)
		goTo(t, s, "2026-07-20 16:00") // litter was due at 15:00
		declare := func(who, to string, want ...int) *servertest.Answer {
			answer := s.As(who).Do(http.MethodPut, "/api/v1/suspensions/"+storm.String(),
				servertest.M{"area": servertest.ID("longhua-area"), "from": when(t, "2026-07-20 14:00").UTC().Format(time.RFC3339Nano),
					"to": when(t, to).UTC().Format(time.RFC3339Nano), "reason": "台风红色预警"})
			s.Drain()
			return answer
		}
		declare("meilan-desk", "2026-07-22 00:00").WantProblem(403, "forbidden", "never")
		declare("longhua-desk", "2026-07-22 00:00").Want(http.StatusCreated)
		declare("longhua-desk", "2026-07-22 00:00").Want(http.StatusOK)
		for id, want := range map[inspect.ID]string{mud: "2026-07-22 15:00", litter: "2026-07-22 09:00", held: "2026-07-22 18:00"} {
			if d := deadlineOf(office, id); !near(d.DueAt, when(t, want)) {
				t.Errorf("until Wednesday: due %s, want %s; pauses %v", d.DueAt, want, d.Clock.Pauses)
			}
		}
		goTo(t, s, "2026-07-21 08:00")
		later := assigned("06010")
		if d := deadlineOf(office, later); !near(d.DueAt, when(t, "2026-07-22 12:00")) {
			t.Errorf("assigned in the storm: due %s", d.DueAt)
		}
		declare("longhua-desk", "2026-07-21 08:30").Want(http.StatusOK) // over early
		for id, want := range map[inspect.ID]string{mud: "2026-07-21 15:30", litter: "2026-07-21 09:30", held: "2026-07-22 08:30", later: "2026-07-21 14:30"} {
			if d := deadlineOf(office, id); !near(d.DueAt, when(t, want)) {
				t.Errorf("until half past eight: due %s, want %s; pauses %v", d.DueAt, want, d.Clock.Pauses)
			}
		}
		office.WantEvents(mud, "issue.reported", "issue.assigned", "issue.suspended", "issue.suspended")
		s.Audit()
	})
}

func TestLettersAppealsAndLooks(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, crew, lin, id := s.As("office"), s.As("crew"), s.As("lin"), reportsOf(s, "06010")
		type matters struct {
			Letters []struct{ ID, Kind, Demand, Reply string }
			Appeals []struct{ About, Reason, Answer, Decision, Finding string }
			Look    *struct{ Found string }
			Overdue bool
			Unit    *struct{ ID string }
		}
		read := func() (m matters) {
			office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&m)
			return m
		}
		lin.Acts(id, "look", servertest.M{"found": "real", "photos": []inspect.ID{lin.Shows(id, "check")}}).WantProblem(409, "issue.nothing-asked", "never")
		office.Acts(id, "ask_look", servertest.M{"note": "请到现场核实"}).Want(http.StatusCreated)
		lin.Acts(id, "look", servertest.M{"found": "real", "photos": []inspect.ID{lin.Shows(id, "check")}}).Want(http.StatusCreated)
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated) // until 15:00
		crew.Acts(id, "pass", servertest.M{"unit": servertest.ID("meilan-sanitation")}).WantProblem(422, "content.unknown-reference", "never")
		crew.Acts(id, "pass", servertest.M{"unit": servertest.ID("longhua-crew"), "note": "一班去"}).Want(http.StatusCreated)
		crew.Acts(id, "appeal", servertest.M{"about": "overdue", "reason": "未超期"}).WantProblem(409, "issue.nothing-to-appeal", "never")
		goTo(t, s, "2026-03-02 16:00")
		reply := when(t, "2026-03-03 12:00").UTC().Format(time.RFC3339Nano)
		s.As("leader").Acts(id, "supervise", servertest.M{"letter_kind": "overdue", "reason": "立即整改", "until": reply}).Want(http.StatusCreated)
		m := read()
		if len(m.Letters) != 1 || m.Letters[0].Demand != "立即整改" || m.Look == nil || m.Look.Found != "real" || m.Unit.ID != servertest.ID("longhua-crew").String() {
			t.Fatalf("got %+v", m)
		}
		crew.Acts(id, "reply", servertest.M{"letter": m.Letters[0].ID, "note": "已增派人手"}).Want(http.StatusCreated)
		crew.Acts(id, "reply", servertest.M{"letter": m.Letters[0].ID, "note": "再次"}).WantProblem(409, "issue.nothing-asked", "never")
		crew.Acts(id, "appeal", servertest.M{"about": "overdue", "reason": "设备故障已报备"}).Want(http.StatusCreated)
		crew.Acts(id, "appeal", servertest.M{"about": "overdue", "reason": "再申"}).WantProblem(409, "issue.appealed-before", "never")
		granted := servertest.M{"about": "overdue", "answer": "grant", "reason": "属实"}
		office.Acts(id, "decide_appeal", granted).WantProblem(422, "content.invalid", "never") // until when, then?
		granted["due_at"] = when(t, "2026-03-03 12:00").UTC().Format(time.RFC3339Nano)
		office.Acts(id, "decide_appeal", granted).Want(http.StatusCreated)
		if m := read(); m.Letters[0].Reply != "已增派人手" || len(m.Appeals) != 1 || m.Appeals[0].Answer != "grant" || m.Appeals[0].Decision != "属实" || m.Overdue {
			t.Errorf("the unit has until noon: %+v", m)
		}
		if d := deadlineOf(office, id); !near(d.DueAt, when(t, "2026-03-03 12:00")) {
			t.Errorf("due %s, want noon of the next day", d.DueAt)
		}
		crew.Acts(id, "appeal", servertest.M{"about": "wrong_unit", "reason": "不属我辖区"}).Want(http.StatusCreated)
		office.Acts(id, "decide_appeal", servertest.M{"about": "wrong_unit", "answer": "grant", "reason": "改派"}).WantProblem(403, "issue.second-person", "never") // who assigned it
		s.As("office2").Acts(id, "decide_appeal", servertest.M{"about": "wrong_unit", "answer": "grant", "reason": "改派"}).Want(http.StatusCreated)
		office.WantStatus(id, "reported")
		s.Audit()
	})
}

// TestAFalseFixIsContested: found insufficient, the rework stays and is contested by itself; the last moment is midnight after the third working
// day after the day of telling.
func TestAFalseFixIsContested(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-02 09:00")
		office, office2, crew, wang, id := s.As("office"), s.As("office2"), s.As("crew"), s.As("wang"), reportsOf(s, "06010")
		office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
		goTo(t, s, "2026-03-04 15:00")
		crew.Fixes(id)
		wang.Verifies(id, "false_fix")
		contests := func(about string) *servertest.Answer {
			return crew.Acts(id, "appeal", servertest.M{"about": about, "reason": "确已清理"})
		}
		contests("rework").WantProblem(409, "issue.nothing-to-appeal", "never")
		goTo(t, s, "2026-03-09 23:59") // Wednesday, then Thursday, Friday, Monday
		contests("false_fix").Want(http.StatusCreated)
		goTo(t, s, "2026-03-10 00:01")
		contests("overdue").WantProblem(409, "issue.appeal-too-late", "never")
		upheld := servertest.M{"about": "false_fix", "answer": "grant", "reason": "只清了一半"}
		office.Acts(id, "decide_appeal", upheld).WantProblem(422, "content.invalid", "never")
		upheld["finding"] = "insufficient"
		office.Acts(id, "decide_appeal", upheld).Want(http.StatusCreated)
		goTo(t, s, "2026-03-13 23:59") // told of the rework on Tuesday
		contests("rework").Want(http.StatusCreated)
		upheld = servertest.M{"about": "rework", "answer": "grant", "reason": "标准不明"}
		office.Acts(id, "decide_appeal", upheld).WantProblem(403, "issue.second-person", "never")
		office2.Acts(id, "decide_appeal", upheld).Want(http.StatusCreated)
		var m struct {
			Appeals []struct{ About, Answer, Finding string }
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&m)
		if len(m.Appeals) != 2 || m.Appeals[0].Finding != "insufficient" || m.Appeals[1].Answer != "grant" || m.Appeals[1].Finding != "" {
			t.Errorf("got %+v", m.Appeals)
		}
		s.Audit()
	})
}

// TestALimitIsTriedOut asks when a limit would end that begins on the Wednesday before the holidays of October at 17:40.
func TestALimitIsTriedOut(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		var tried struct {
			DueAt   time.Time `json:"due_at"`
			ReadsZH string    `json:"reads_zh"`
			Skipped []struct{ Date string }
		}
		crew, from := s.As("crew"), when(t, "2026-09-30 17:40").UTC().Format(time.RFC3339)
		for _, c := range []struct{ limit, unit, want string }{
			{"1", "working_hour", "2026-10-08 08:40"}, {"15", "minute", "2026-09-30 17:55"}, {"3", "calendar_day", "2026-10-03 17:40"},
		} {
			crew.Do(http.MethodGet, "/api/v1/deadline?from="+from+"&limit="+c.limit+"&unit="+c.unit, nil).Want(200).Into(&tried)
			if got := tried.DueAt.In(s.Core.Zone).Format("2006-01-02 15:04"); got != c.want || !strings.Contains(tried.ReadsZH, c.want[11:]) {
				t.Errorf("%s %s from %s: got %s, %q, want %s", c.limit, c.unit, from, got, tried.ReadsZH, c.want)
			}
		}
		for _, q := range []string{"?limit=1&unit=minute", "?from=2026-09-30T09:40:00Z&limit=0&unit=minute",
			"?from=2026-09-30T09:40:00Z&limit=1.25&unit=minute", "?from=2026-09-30T09:40:00Z&limit=1", "?from=2026-09-30T09:40:00Z&unit=minute",
			"?from=2026-09-30T09:40:00Z&limit=1&unit=moon"} {
			loosely(t, crew).Do(http.MethodGet, "/api/v1/deadline"+q, nil).WantProblem(422, "content.invalid", "never")
		}
	})
}

// TestDaysAreCountedByTheCivilCode where the city says so, or the rule for itself; what runs already stays as it was counted.
func TestDaysAreCountedByTheCivilCode(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-03-04 10:00") // a Wednesday
		office, admin := s.As("office"), s.As("admin")
		assigned := func(category string) inspect.ID {
			id := reportsOf(s, category)
			office.Acts(id, "assign", servertest.M{"unit": servertest.ID("longhua-sanitation")}).Want(http.StatusCreated)
			return id
		}
		wants := func(id inspect.ID, due string, says ...string) {
			t.Helper()
			var d struct {
				DueAt time.Time `json:"due_at"`
				Clock struct {
					ReadsZH string `json:"reads_zh"`
					Steps   []struct{ ZH, EN string }
				}
			}
			office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&d)
			text := d.Clock.ReadsZH
			for _, step := range d.Clock.Steps {
				text += "\n" + step.ZH + "\n" + step.EN
			}
			if !near(d.DueAt, when(t, due)) {
				t.Errorf("due %s, want %s", d.DueAt, due)
			}
			for _, say := range says {
				if !strings.Contains(text, say) {
					t.Errorf("the working says nothing of %q:\n%s", say, text)
				}
			}
		}
		before := assigned("08012") // a working day
		rule := func(limit float64, unit, counting string) servertest.M {
			body := servertest.M{"category": "06012", "limit": limit, "limit_unit": unit, "close_zh": "清走"}
			if counting != "" {
				body["counting"] = counting
			}
			return body
		}
		path := "/api/v1/rules/" + servertest.ID("own counting").String()
		admin.Do(http.MethodPut, "/api/v1/settings/day_counting", servertest.M{"value": "by hand"}).WantProblem(422, "content.invalid", "never")
		admin.Do(http.MethodPut, "/api/v1/settings/day_counting", servertest.M{"value": "civil_code"}).Want(http.StatusOK)
		s.Drain()
		wants(before, "2026-03-05 10:00", "按实际经过的时间")
		wants(assigned("08012"), "2026-03-05 18:00", "首日不计", "第二百零一条", "close of business")

		admin.Do(http.MethodPut, path, rule(0.5, "working_day", "")).Want(http.StatusCreated)
		half := assigned("06012")
		wants(half, "2026-03-05 12:00", "期限 0.5 工作日", "期限规则第")
		if body := lastBody(office, half, "issue.assigned"); body["clock"].(map[string]any)["counting"] != "civil_code" || body["clock"].(map[string]any)["limit"] != 0.5 {
			t.Errorf("on record: %v", body["clock"])
		}
		admin.Do(http.MethodPut, path, rule(0.5, "working_day", "elapsed")).Want(http.StatusOK)
		wants(assigned("06012"), "2026-03-04 16:00", "按实际经过的时间")
		admin.Do(http.MethodPut, path, rule(3, "calendar_day", "civil_code")).Want(http.StatusOK)
		weekend := assigned("06012")
		wants(weekend, "2026-03-10 00:00", "休息日", "第二百零三条", "24:00") // ends on Saturday, so with Monday
		var rules struct {
			Rules []struct {
				Limit    float64
				Counting string
			}
		}
		office.Do(http.MethodGet, path, nil).Want(http.StatusOK).Into(&rules)
		if n := len(rules.Rules); n != 3 || rules.Rules[0].Limit != 0.5 || rules.Rules[0].Counting != "" || rules.Rules[2].Counting != "civil_code" {
			t.Errorf("versions %+v", rules.Rules)
		}

		// On hold from Wednesday evening to Thursday night: nothing ran before Thursday, so three days are left from Friday on.
		goTo(t, s, "2026-03-04 17:00")
		s.As("crew").Acts(weekend, "ask_hold", servertest.M{"reason": "等待设备", "until": when(t, "2026-03-06 00:00").UTC().Format(time.RFC3339Nano)}).Want(http.StatusCreated)
		office.Acts(weekend, "decide_hold", servertest.M{"answer": "grant", "reason": "同意"}).Want(http.StatusCreated)
		wants(weekend, "2026-03-10 00:00", "挂账") // Friday, Saturday, Sunday, and so Monday
		s.Audit()
	})
}

// TestImportsOfHolidaysAtTheSameTime: administrators import different days at once, and every day is there.
func TestImportsOfHolidaysAtTheSameTime(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		const imports = 12
		var work sync.WaitGroup
		for n := range imports {
			work.Go(func() {
				body := fmt.Sprintf("date,kind,name\n20%d-08-02,holiday,第%d天\n", 30+n, n)
				a, err := admin.Try(http.MethodPost, "/api/v1/holidays", []byte(body), http.Header{"Content-Type": {"text/csv"}})
				if err != nil || a.Status != http.StatusOK {
					t.Errorf("import %d: %v, %+v", n, err, a)
				}
			})
		}
		work.Wait()
		all := string(admin.Do(http.MethodGet, "/api/v1/holidays", nil).Want(http.StatusOK).Body)
		for n := range imports {
			if day := fmt.Sprintf("20%d-08-02", 30+n); !strings.Contains(all, day) {
				t.Errorf("%s is lost", day)
			}
		}
		s.Audit()
	})
}
