package servertest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

func TestWhatNobodyDidIsRemembered(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-10-31 23:30")
		office, crew, boss, admin := s.As("office"), s.As("crew"), s.As("crew-boss"), s.As("admin")
		of := func(c *servertest.Client, kind string) (titles []string) {
			t.Helper()
			if err := s.Core.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, m := range inboxOf(c, "").Messages {
				if m.Type == kind {
					titles = append(titles, m.Title)
				}
			}
			return titles
		}
		wantHolidays := func(n int) {
			t.Helper()
			for _, c := range []*servertest.Client{office, admin} {
				if got := of(c, "holidays.missing"); len(got) != n || n > 0 && !strings.Contains(got[0], "2027") {
					t.Errorf("%s was told of holidays %q, want %d times", c.Name, got, n)
				}
			}
		}
		wantHolidays(0)
		s.Pass(time.Hour) // 1 November, a Sunday
		wantHolidays(1)
		wantHolidays(1)
		s.Pass(2 * day)
		wantHolidays(2)
		if got := of(crew, "holidays.missing"); got != nil {
			t.Errorf("a crew was told %v", got)
		}
		sendsHolidays(s, "", "date,kind,name\n2027-03-03,holiday,停电\n").Want(200) // a day of the city's own publishes nothing
		s.Pass(7 * day)
		wantHolidays(3)
		sendsHolidays(s, "?official=true", officialYear("2027-01-01,holiday,元旦\n")).Want(200)
		s.Pass(7 * day)
		wantHolidays(3)

		signed, unsigned := inspect.NewID(), inspect.NewID()
		for _, id := range []inspect.ID{signed, unsigned} {
			issue := s.As("lin").ReportsMud()
			office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
			issues(office, id, "task", nil, issue)
		}
		crew.Do(http.MethodPut, paperAt(signed)+"/receipt", M{"name": "王师傅", "signed_at": s.Now().UTC().Format(time.RFC3339Nano)}).Want(201)
		s.Pass(23 * time.Hour)
		if got := of(boss, "paper.unsigned"); got != nil {
			t.Errorf("before a day is over: %v", got)
		}
		s.Pass(2 * time.Hour)
		for _, c := range []*servertest.Client{boss, crew, office} {
			if got := of(c, "paper.unsigned"); len(got) != 1 || !strings.Contains(got[0], "2号") {
				t.Errorf("%s was told of unsigned papers %q, want the second", c.Name, got)
			}
		}
		s.Pass(day)
		if got := of(boss, "paper.unsigned"); len(got) != 1 {
			t.Errorf("told again: %v", got)
		}
		s.Drain()
		s.Audit()
	})
}

// TestHolidaysAreAskedForUntilTheyAreThere: the reminders do not stop on 1 January.
func TestHolidaysAreAskedForUntilTheyAreThere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		told := func() (titles []string) {
			t.Helper()
			if err := s.Core.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, m := range inboxOf(s.LogIn("admin", s.Admin.Password), "").Messages { // a session does not last so long
				if m.Type == "holidays.missing" {
					titles = append(titles, m.Title)
				}
			}
			return titles
		}
		s.As("office")
		goTo(t, s, "2026-12-31 12:00")
		if got := told(); len(got) != 1 || !strings.Contains(got[0], "2027") {
			t.Errorf("on the last day: %q", got)
		}
		goTo(t, s, "2027-01-04 12:00")
		if got := told(); len(got) != 2 || !strings.Contains(got[0], "2027") {
			t.Errorf("in the year that runs: %q", got)
		}
		goTo(t, s, "2027-11-01 12:00")
		if got := told(); len(got) != 4 {
			t.Errorf("both years are missing: %q", got)
		}
		s.LogIn("admin", s.Admin.Password).Send(http.MethodPost, "/api/v1/holidays?official=true", []byte(officialYear("2027-01-01,holiday,元旦\n")),
			http.Header{"Content-Type": {"text/csv"}}).Want(200)
		s.Pass(7 * 24 * time.Hour)
		if got := told(); len(got) != 5 || !strings.Contains(got[0], "2028") {
			t.Errorf("2028 is still missing: %q", got)
		}
		s.Drain()
	})
}
