package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestManyActionsArePreviewed says of each what would become of it, and does nothing.
func TestManyActionsArePreviewed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		free, taken := lin.ReportsMud(), lin.ReportsMud()
		office.Assigns(taken, "longhua-sanitation", time.Hour)
		now := s.Now().UTC().Format(time.RFC3339Nano)
		item := func(issue inspect.ID, fields M) M {
			fields["done_at"], fields["sent_at"] = now, now
			return M{"issue": issue, "action_id": inspect.NewID(), "body": fields}
		}
		unit := servertest.ID("longhua-sanitation")
		var out struct {
			Outcomes []struct {
				Status  int
				Problem *struct{ Code string }
				DueAt   time.Time `json:"due_at"`
			}
		}
		office.Do(http.MethodPost, "/api/v1/actions", M{"preview": true, "actions": []M{item(free, M{"action": "assign", "unit": unit}),
			item(taken, M{"action": "assign", "unit": unit}),
			item(free, M{"action": "dismiss"}), item(free, M{"action": "assign"})}}).Want(http.StatusOK).Into(&out)
		if o := out.Outcomes[0]; o.Status != 200 || o.Problem != nil || o.DueAt.IsZero() {
			t.Errorf("got %+v, want a deadline", o)
		}
		if o := out.Outcomes[1]; o.Problem == nil || o.Problem.Code != "issue.wrong-status" {
			t.Errorf("got %+v, want that it is assigned already", o)
		}
		if o := out.Outcomes[2]; o.Problem != nil {
			t.Errorf("a reason is written last: got %+v", o.Problem)
		}
		if o := out.Outcomes[3]; o.Problem == nil || o.Problem.Code != "content.invalid" {
			t.Errorf("got %+v, want that the unit is missing", o)
		}
		office.WantStatus(free, "reported")
		s.Audit()
	})
}

// TestOtherOfficeHoursSayWhatTheyMove counts the deadlines that would move, shows some, and moves none.
func TestOtherOfficeHoursSayWhatTheyMove(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin, office := s.As("admin"), s.As("lin"), s.As("office")
		goTo(t, s, "2026-11-17 09:00")
		id := lin.ReportsMud()
		office.Acts(id, "assign", M{"unit": servertest.ID("longhua-sanitation")}).Want(201)
		was := deadlineOf(office, id).DueAt
		var got struct {
			Looked, Moved, Earlier int
			More                   bool
			First                  []struct {
				ID      inspect.ID
				Was, Is time.Time
			}
		}
		path := "/api/v1/settings/working_hours/preview"
		admin.Do(http.MethodPost, path, M{"value": []M{{"from": "09:00", "to": "12:00"}, {"from": "14:00", "to": "17:00"}}}).Want(http.StatusOK).Into(&got)
		if got.Looked != 1 || got.Moved != 1 || got.Earlier != 0 || got.More || len(got.First) != 1 || got.First[0].ID != id || !got.First[0].Was.Equal(was) ||
			!got.First[0].Is.After(was) {
			t.Errorf("got %+v, want that the deadline %s moves on", got, was)
		}
		if now := deadlineOf(office, id).DueAt; !now.Equal(was) {
			t.Errorf("the preview moved the deadline from %s to %s", was, now)
		}
		admin.Do(http.MethodPost, path, M{"value": []M{{"from": "12:00", "to": "09:00"}}}).Want(http.StatusUnprocessableEntity)
		admin.Do(http.MethodPost, "/api/v1/settings/city_name/preview", M{"value": "海口"}).Want(http.StatusOK).Into(&got)
		if got.Moved != 0 {
			t.Errorf("a name moves %d deadlines", got.Moved)
		}
		admin.Do(http.MethodPost, "/api/v1/settings/nothing/preview", M{"value": 1}).Want(http.StatusNotFound)
		office.Do(http.MethodPost, path, M{"value": []M{}}).Want(http.StatusForbidden)
		var settings struct {
			Settings struct {
				Hours   []struct{ From, To string } `json:"working_hours"`
				Formula struct {
					WeekStart int `json:"week_start"`
				}
			}
		}
		admin.Do(http.MethodGet, "/api/v1/settings", nil).Want(http.StatusOK).Into(&settings)
		if len(settings.Settings.Hours) != 2 || settings.Settings.Hours[0].From == "" || settings.Settings.Formula.WeekStart != 1 {
			t.Errorf("got %+v, want the hours and the week of the program", settings)
		}
	})
}

// TestAFigureOpensToWhatIsMissingInIt gives the issues of a count that do not count for another, with their photo and address, and the last days as many as are asked for.
func TestAFigureOpensToWhatIsMissingInIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		today := func() inspect.Date { return inspect.DateOf(inspect.At(s.Now()), s.Core.Zone) }
		first := today()
		late, done := lin.ReportsMud(), lin.ReportsMud()
		for _, id := range []inspect.ID{late, done} {
			office.Assigns(id, "longhua-sanitation", time.Hour)
		}
		crew.Fixes(done)
		s.Pass(2 * time.Hour)
		s.Drain()
		var got struct {
			Issues []struct {
				Issue, Thumb inspect.ID
				Address      string
			}
			Total int
		}
		office.Do(http.MethodGet, "/api/v1/figures/issues?count=due&but=disposed", nil).Want(http.StatusOK).Into(&got)
		if got.Total != 1 || got.Issues[0].Issue != late || got.Issues[0].Thumb.IsZero() || got.Issues[0].Address == "" {
			t.Errorf("got %+v, want the one that is not fixed, with its photo and address", got)
		}
		office.Do(http.MethodGet, "/api/v1/figures/issues?count=due", nil).Want(http.StatusOK).Into(&got)
		if got.Total != 2 {
			t.Errorf("got %d, want both that are due", got.Total)
		}
		office.Do(http.MethodGet, "/api/v1/figures/issues?count=due&but=nothing", nil).Want(http.StatusUnprocessableEntity)
		var todo struct {
			Days []struct{ Reported int }
		}
		office.Do(http.MethodGet, "/api/v1/todo?days=84", nil).Want(http.StatusOK).Into(&todo)
		reported := 83
		for day := first; day < today(); day = day.Add(1) {
			reported-- // midnight has passed since
		}
		if len(todo.Days) != 84 || todo.Days[reported].Reported != 2 {
			t.Errorf("got %d days, want 84, with two on the day of the reports", len(todo.Days))
		}
		office.Do(http.MethodGet, "/api/v1/todo", nil).Want(http.StatusOK).Into(&todo)
		if len(todo.Days) != 14 {
			t.Errorf("got %d days, want 14", len(todo.Days))
		}
	})
}
