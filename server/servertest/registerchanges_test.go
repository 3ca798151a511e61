package servertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// registerChange is a row of a register as it is made, and a field of it that somebody changes.
type registerChange struct {
	path, row string // where it is put, and what the answer calls it
	body      M
	field     string
	values    [3]any
}

func registerChanges(s *servertest.Server) []registerChange {
	day := func(n int) string { return s.Now().AddDate(0, 0, n).Format("2006-01-02") }
	at := func(n int) string { return s.Now().AddDate(0, 0, n).UTC().Format("2006-01-02T15:04:05.000Z") }
	unit, area := servertest.ID("longhua-sanitation"), servertest.ID("binhai")
	names := [3]any{"甲", "乙", "丙"}
	mail := func(host string) M { return M{"host": host + ".example", "port": 25, "from": "city@example.com"} }
	return []registerChange{
		{"/api/v1/units/{id}", "unit", M{"kind": "community"}, "name", names},
		{"/api/v1/areas/{id}", "area", M{"level": "grid"}, "name", names},
		{"/api/v1/places/{id}", "place", M{"kind": "market", "valid_from": day(0), "position": M{"lat": 20.03, "lon": 110.33, "datum": "gcj02"}}, "name", names},
		{"/api/v1/agreements/{id}", "agreement", M{"place": "{place}", "kind": "letter", "signed_on": day(-3)}, "signed_by", names},
		{"/api/v1/categories/X-9", "category", M{"name_zh": "新", "name_en": "new", "group": "litter", "limit": 1, "limit_unit": "minute"}, "reopen_days", [3]any{7, 8, 9}},
		{"/api/v1/responsibilities/{id}", "responsibility", M{"unit": unit, "area": area, "valid_from": day(0), "group": "litter", "at_once": true}, "note", names},
		{"/api/v1/rules/{id}", "rule", M{"category": "06010", "limit": 3, "limit_unit": "minute"}, "file_en", names},
		{"/api/v1/suspensions/{id}", "suspension", M{"from": at(1), "reason": "台风", "categories": []string{"06010"}}, "to", [3]any{at(2), at(3), at(4)}},
		{"/api/v1/assessment-points/{id}", "point", M{"unit": unit, "day": day(0), "points": 1.5}, "reason", names},
		{"/api/v1/return-forms/{id}", "form", M{"every": "week", "lines": []string{"出动人次"}, "units": []inspect.ID{unit}, "by": "17:00", "from": day(0)}, "name", names},
		{"/api/v1/webhooks/{id}", "webhook", M{"url": "https://example.com/hook", "types": []string{"issue.fixed"}}, "name", names},
		{"/api/v1/gateways/email", "gateway", M{}, "settings", [3]any{mail("a"), mail("b"), mail("c")}},
		{"/api/v1/import-mappings/{id}", "mapping", M{"source": "hotline", "columns": M{"number": "编号", "address": "地址"}, "otherwise": "06010"}, "name", names},
		{"/api/v1/plan-tasks/{id}", "task", M{"year": 2026, "unit": unit, "planned_from": "2026-01-01", "planned_to": "2026-12-31"}, "title", names},
		{"/api/v1/campaigns/{id}", "campaign", M{"from": day(0), "to": day(9), "targets": []M{{"measure": "visits", "goal": 1}}, "groups": []M{{"id": inspect.NewID(),
			"name": "一组", "leader": servertest.ID("office"), "areas": []inspect.ID{area}}}}, "title", names},
		{"/api/v1/assessment-schemes/{id}", "scheme", M{"peer_group": "街道", "weights": weights("visits", 100)}, "title", names},
		{"/api/v1/activities/{id}", "activity", M{"kind": "clean_up", "area": area, "starts_at": at(1), "ends_at": at(2)}, "title", names},
		{"/api/v1/people/{id}", "person", M{"name": "row", "password": "a long password", "grants": []M{}}, "display_name", names},
	}
}

// TestARowThatSomebodyElseChangedIsNotReplaced changes a row of every register by two people who both saw its first state.
func TestARowThatSomebodyElseChangedIsNotReplaced(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("office")
		who := s.Joins("all", M{"role": "admin", "scope": M{"kind": "city"}}, M{"role": "office", "scope": M{"kind": "city"}})
		place := ""
		for _, c := range registerChanges(s) {
			id := inspect.NewID().String()
			path := c.path
			if n := len(path) - len("{id}"); path[n:] == "{id}" {
				path = path[:n] + id
			}
			put := func(value any, seen string) *servertest.Answer {
				body := M{}
				for k, v := range c.body {
					if body[k] = v; v == "{place}" {
						body[k] = place
					}
				}
				body[c.field] = value
				if seen != "" && fmt.Sprint(value) != fmt.Sprint(c.values[0]) { // a password is a change by itself
					delete(body, "password")
				}
				raw, err := json.Marshal(body)
				if err != nil {
					t.Fatal(err)
				}
				header := http.Header{}
				if seen != "" {
					header.Set("If-Match", seen)
				}
				s.Pass(time.Second) // people are slower than the clock of a row
				return who.Send(http.MethodPut, path, raw, header)
			}
			changed := func(a *servertest.Answer) string {
				var v map[string]json.RawMessage
				var row struct {
					UpdatedAt string `json:"updated_at"`
					CreatedAt string `json:"created_at"`
				}
				a.Into(&v)
				if err := json.Unmarshal(v[c.row], &row); err != nil {
					t.Fatalf("%s: %v\n%s", path, err, a.Body)
				}
				if row.UpdatedAt == "" {
					row.UpdatedAt = row.CreatedAt // of a rule, which has a row for each version
				}
				return `"` + row.UpdatedAt + `"`
			}
			put(c.values[0], `"2020-01-01T00:00:00.000Z"`).WantProblem(409, "register.changed", "never") // nobody saw what is not there
			first := changed(put(c.values[0], "").Want(http.StatusCreated, http.StatusOK))
			second := changed(put(c.values[1], first).Want(http.StatusOK))
			if first == second {
				t.Errorf("%s: a change leaves the time of the last one", path)
			}
			put(c.values[1], first).Want(http.StatusOK) // the same again, of which the answer was lost
			var refused struct{ Row M }
			if put(c.values[2], first).WantProblem(409, "register.changed", "never").Into(&refused); fmt.Sprint(refused.Row[c.field]) != fmt.Sprint(c.values[1]) {
				t.Errorf("%s: somebody else left %v, the refusal shows %v", path, c.values[1], refused.Row)
			}
			put(c.values[2], `third`).WantProblem(422, "content.invalid", "never")
			put(c.values[2], second).Want(http.StatusOK)
			put(c.values[0], "").Want(http.StatusOK) // who says nothing replaces, as ever
			if c.row == "place" {
				place = id
			}
		}
		s.Audit()
	})
}

// TestASettingThatSomebodyElseChangedIsNotReplaced has two people decide on a setting that both saw undecided, and again when it is decided.
func TestASettingThatSomebodyElseChangedIsNotReplaced(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		tag := func(key string) string {
			var all struct{ Tags map[string]string }
			admin.Do(http.MethodGet, "/api/v1/settings", nil).Want(http.StatusOK).Into(&all)
			return `"` + all.Tags[key] + `"`
		}
		put := func(key, value, seen string) *servertest.Answer {
			header := http.Header{}
			if seen != "" {
				header.Set("If-Match", seen)
			}
			return admin.Send(http.MethodPut, "/api/v1/settings/"+key, []byte(`{"value":`+value+`}`), header)
		}
		for key, values := range map[string][3]string{"privacy_notice": {`"甲"`, `"乙"`, `"丙"`}, "visit_share": {"11", "12", "13"},
			"place_kinds": {`[{"code":"kiosk","name_en":"kiosk","name_zh":"亭"}]`, `null`, `[]`}, "working_hours": {`[{"from":"08:00","to":"12:00"}]`,
				`[{"from":"09:00","to":"12:00"}]`, `[{"from":"10:00","to":"12:00"}]`}} {
			undecided := tag(key)
			put(key, values[0], undecided).Want(http.StatusOK)
			put(key, values[0], undecided).Want(http.StatusOK) // the same again, of which the answer was lost
			var refused struct {
				Row struct {
					Key, Tag string
					Value    json.RawMessage
				}
			}
			put(key, values[1], undecided).WantProblem(409, "register.changed", "never").Into(&refused)
			if string(refused.Row.Value) != values[0] || refused.Row.Key != key || `"`+refused.Row.Tag+`"` != tag(key) {
				t.Errorf("%s: somebody else left %s, the refusal shows %+v", key, values[0], refused.Row)
			}
			put(key, values[1], `"`+refused.Row.Tag+`"`).Want(http.StatusOK)
			put(key, values[2], "unquoted").WantProblem(422, "content.invalid", "never")
			put(key, values[0], "").Want(http.StatusOK) // who says nothing replaces, as ever
		}
		s.Audit()
	})
}
