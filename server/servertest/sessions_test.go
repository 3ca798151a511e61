package servertest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// device is a session as its person sees it.
type device struct {
	ID, Device string
	Current    bool
}

func devices(c *servertest.Client) []device {
	var in struct{ Sessions []device }
	c.Do(http.MethodGet, "/api/v1/sessions", nil).Want(200).Into(&in)
	return in.Sessions
}

func TestSessionsAreListedAndEndedOneByOne(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		phone, wang := s.As("lin"), s.As("wang")
		tablet, desk := s.LogIn("lin", password), s.LogIn("lin", password)
		all := devices(tablet)
		if len(all) != 3 || !all[1].Current || all[0].Current || all[2].Current {
			t.Fatalf("got %+v, want three, the middle one current", all)
		}
		for _, d := range devices(desk) {
			wang.Do(http.MethodDelete, "/api/v1/sessions/"+d.ID, nil).Want(204) // of no use: they are not wang's
		}
		desk.Do(http.MethodDelete, "/api/v1/sessions/"+all[1].ID, nil).Want(204)
		desk.Do(http.MethodDelete, "/api/v1/sessions/"+all[1].ID, nil).Want(204)
		tablet.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		if left := devices(phone); len(left) != 2 {
			t.Errorf("after one was ended: %+v", left)
		}
		phone.Do(http.MethodDelete, "/api/v1/sessions/current", nil).Want(204)
		phone.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		s.As("admin").Do(http.MethodDelete, "/api/v1/people/"+servertest.ID("lin").String()+"/sessions", nil).Want(204)
		desk.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		wang.Do(http.MethodGet, "/api/v1/me", nil).Want(200)
	})
}

func TestASessionRunsOut(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		s.Pass(29 * 24 * time.Hour)
		lin.Do(http.MethodGet, "/api/v1/me", nil).Want(200)
		s.Pass(2 * 24 * time.Hour)
		lin.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
	})
}

func TestAChangedPasswordEndsTheOtherSessions(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		phone := s.As("lin")
		tablet := s.LogIn("lin", password)
		change := func(old, fresh string) *servertest.Answer {
			return phone.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": old, "password": fresh})
		}
		change("not the password", "another horse battery").WantProblem(403, "password.wrong", "never")
		change(password, "short").WantProblem(422, "password.weak", "never")
		change(password, strings.Repeat("密", 9)).WantProblem(422, "password.weak", "never")
		tablet.Do(http.MethodGet, "/api/v1/me", nil).Want(200)
		change(password, "another horse battery").Want(204)
		phone.Do(http.MethodGet, "/api/v1/me", nil).Want(200)
		tablet.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		s.LogIn("lin", "another horse battery")
		s.As("admin").Do(http.MethodPut, "/api/v1/people/"+servertest.ID("lin").String(), M{"name": "lin", "display_name": "Person lin",
			"password": password, "grants": []M{{"role": "inspector", "scope": M{"kind": "city"}}}}).Want(200)
		phone.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		s.LogIn("lin", password)
	})
}

func TestRolesThatAreTakenAwayAreGoneAtOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		id := s.As("lin").ReportsMud()
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200)
		s.Joins("office", M{"role": "office", "scope": M{"kind": "area", "id": "meilan-area"}})
		office = s.LogIn("office", password)
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "")
	})
}

func TestNoTokenAndNoPasswordIsStored(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.HashesAsTheProgram()
		lin := s.As("lin")
		raw, err := base64.RawURLEncoding.DecodeString(lin.Token)
		if err != nil || len(raw) != 32 {
			t.Fatalf("the token is no 256 random bits: %v", err)
		}
		sum, hashed := sha256.Sum256([]byte(lin.Token)), false
		for _, table := range []string{"session", "person", "login_limit", "security_log", "personal_text", "event"} {
			for _, value := range everything(t, s, table) {
				hashed = hashed || value == string(sum[:])
				if strings.Contains(value, lin.Token) || strings.Contains(value, string(raw)) || strings.Contains(value, password) {
					t.Errorf("the table %s holds a secret: %q", table, value)
				}
			}
		}
		if !hashed {
			t.Error("the hash of the token is nowhere: the test looks in the wrong place")
		}
		want := fmt.Sprintf("$argon2id$v=19$m=%d,t=2,p=1$", s.Core.People.PasswordMemory())
		if s.Core.People.PasswordMemory() != 19456 {
			t.Errorf("passwords are hashed in %d KiB", s.Core.People.PasswordMemory())
		}
		if stored := everything(t, s, "person"); !slices.ContainsFunc(stored, func(v string) bool { return strings.HasPrefix(v, want) }) {
			t.Error("no password is hashed by argon2id")
		}
	})
}

// everything gives each value of a table as text.
func everything(t *testing.T, s *servertest.Server, table string) (values []string) {
	t.Helper()
	rows, err := s.Core.Store.Writer().QueryContext(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for n := range row {
			into[n] = &row[n]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			values = append(values, fmt.Sprint(v))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// line is an entry of the security log.
type line struct {
	ID      int64
	Kind    string
	Address string
	Detail  string
	Person  *struct{ ID string }
	About   *struct{ ID string }
	Times   int
}

func securityLog(admin *servertest.Client, kind string) []line {
	var in struct{ Entries []line }
	path := "/api/v1/security-log?limit=200"
	if kind != "" {
		path += "&kind=" + kind
	}
	admin.Do(http.MethodGet, path, nil).Want(200).Into(&in)
	return in.Entries
}

func TestTheSecurityLogTellsWhoDidWhat(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin, office, office2 := s.As("admin"), s.As("lin"), s.As("office"), s.As("office2")
		id := inspect.NewID()
		body := lin.Report()
		body["caller"] = M{"name": "陈女士", "phone": "13800000000"}
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)

		behindProxy(s)
		logsIn(t, s, "192.0.2.7", "lin", password).Want(201)
		logsIn(t, s, "192.0.2.8", "lin", "not the password").Want(401)
		logsIn(t, s, "192.0.2.9", "hunter2-typed-as-a-name", "x").Want(401)
		for logsIn(t, s, "192.0.2.10", "nobody", "not the password").Status != 429 {
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/caller", nil).Want(200)
		office.Do(http.MethodGet, "/api/v1/issues.csv", nil).Want(200)
		lin.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/caller", nil).Want(403)
		office.Acts(id, "erase", M{"reason": "依申请"}).Want(201)
		office2.Acts(id, "erase", M{"reason": "同意"}).Want(201)
		lin.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": password, "password": "another horse battery"}).Want(204)
		lin.Do(http.MethodDelete, "/api/v1/sessions/current", nil).Want(204)
		disable(admin, "lin", true)

		for _, w := range []struct{ kind, name, address string }{
			{"login", "lin", "192.0.2.7"}, {"login.refused", "lin", "192.0.2.8"}, {"login.refused", "", "192.0.2.9"}, {"login.limited", "", "192.0.2.10"},
			{"logout", "lin", ""}, {"password.changed", "lin", ""}, {"export", "office", ""}, {"caller.seen", "office", ""}, {"erased", "office2", ""},
		} {
			found := slices.ContainsFunc(securityLog(admin, w.kind), func(l line) bool {
				person := ""
				if l.Person != nil {
					person = l.Person.ID
				}
				want := ""
				if w.name != "" {
					want = servertest.ID(w.name).String()
				}
				return person == want && (w.address == "" || l.Address == w.address)
			})
			if !found {
				t.Errorf("the log lacks %s of %q from %q: %+v", w.kind, w.name, w.address, securityLog(admin, w.kind))
			}
		}
		if n := len(securityLog(admin, "caller.seen")); n != 1 {
			t.Errorf("callers were seen %d times by the log, want once", n)
		}
		if roles := securityLog(admin, "roles.changed"); len(roles) < 4 || roles[0].About == nil || roles[0].About.ID != servertest.ID("lin").String() {
			t.Errorf("changes of roles: %+v", roles)
		}
		for _, l := range securityLog(admin, "") {
			if strings.Contains(l.Detail, "hunter2") || strings.Contains(l.Detail, "陈女士") || strings.Contains(l.Detail, "1380000") {
				t.Errorf("the log holds what it must not: %+v", l)
			}
		}
	})
}

func TestTheSecurityLogIsKeptHalfAYear(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		first := securityLog(s.As("admin"), "")
		oldest := first[len(first)-1].ID
		passed := 0
		for _, w := range []struct {
			days int
			kept bool
		}{{181, true}, {399, true}, {500, false}} {
			s.Pass(time.Duration(w.days-passed) * 24 * time.Hour)
			passed = w.days
			if err := s.Core.Daily(t.Context()); err != nil {
				t.Fatal(err)
			}
			admin := s.LogIn("admin", s.Admin.Password)
			kept := slices.ContainsFunc(securityLog(admin, ""), func(l line) bool { return l.ID == oldest })
			if kept != w.kept {
				t.Errorf("after %d days the first line is kept: got %t, want %t", w.days, kept, w.kept)
			}
		}
	})
}

// TestANewPhoneLogsInByACode lets a person in once, within ten minutes, by the last code that was made for them.
func TestANewPhoneLogsInByACode(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		path := "/api/v1/people/" + servertest.ID("lin").String() + "/enrolment"
		lin.Do(http.MethodPost, path, nil).WantProblem(403, "forbidden", "never")
		admin.Do(http.MethodPost, "/api/v1/people/"+inspect.NewID().String()+"/enrolment", nil).WantProblem(404, "not-found", "")
		made := func() string {
			var m struct {
				Code      string
				ExpiresAt time.Time `json:"expires_at"`
			}
			if admin.Do(http.MethodPost, path, nil).Want(201).Into(&m); m.ExpiresAt.Sub(s.Now()) < 9*time.Minute {
				t.Errorf("the code is good until %s", m.ExpiresAt)
			}
			return m.Code
		}
		stranger := s.Phone("stranger", "")
		redeem := func(code string) *servertest.Answer {
			return stranger.Do(http.MethodPost, "/api/v1/enrolments", M{"code": code, "device": "new phone"})
		}
		first, second := made(), made()
		redeem(first).WantProblem(401, "enrolment.gone", "")
		redeem("guess").WantProblem(401, "enrolment.gone", "")
		var session struct {
			Token string
			Me    struct{ Person struct{ Name string } }
		}
		redeem(second).Want(201).Into(&session)
		if session.Me.Person.Name != "lin" {
			t.Errorf("the code logs in %q", session.Me.Person.Name)
		}
		s.Phone("lin", session.Token).Do(http.MethodGet, "/api/v1/me", nil).Want(200)
		redeem(second).WantProblem(401, "enrolment.gone", "")
		third := made()
		s.Pass(11 * time.Minute)
		redeem(third).WantProblem(401, "enrolment.gone", "")
		for _, text := range s.Texts("SELECT detail FROM security_log") {
			if strings.Contains(text, second) {
				t.Error("the code stands in the log")
			}
		}
		s.Audit()
	})
}
