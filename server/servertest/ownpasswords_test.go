package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// byPassword logs in and says whether somebody else knows the password.
func byPassword(t *testing.T, s *servertest.Server, name, password string) (c *servertest.Client, given bool) {
	t.Helper()
	var in struct {
		Token string
		Me    struct {
			Given bool `json:"password_given"`
		}
	}
	stranger := (&servertest.Client{Server: s}).WithT(t)
	stranger.Do(http.MethodPost, "/api/v1/sessions", M{"name": name, "password": password, "device": "test"}).Want(201).Into(&in)
	return s.Phone(name, in.Token).WithT(t), in.Me.Given
}

// putsLin changes the account of the inspector.
func putsLin(admin *servertest.Client, more M) *servertest.Answer {
	body := M{"name": "lin", "display_name": "Person lin", "staff_number": "S-lin", "grants": []M{{"role": "inspector", "scope": M{"kind": "city"}}}}
	for k, v := range more {
		body[k] = v
	}
	return admin.Do(http.MethodPut, "/api/v1/people/"+servertest.ID("lin").String(), body)
}

// TestAPasswordThatSomebodyElseKnowsIsChangedFirst gives a password as an administrator and by the command line, and logs in by it.
func TestAPasswordThatSomebodyElseKnowsIsChangedFirst(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		s.As("lin")
		putsLin(admin, M{"password": "a given password"}).Want(200)
		lin, given := byPassword(t, s, "lin", "a given password")
		if !given {
			t.Error("the log-in does not say that somebody else knows the password")
		}
		for _, door := range []string{"/api/v1/bootstrap", "/api/v1/sessions", "/api/v1/me/seal-key", "/api/v1/issues", "/api/v1/stream"} {
			lin.Do(http.MethodGet, door, nil).WantProblem(401, "password.given", "after-login")
		}
		lin.Do(http.MethodPost, "/api/v1/sessions/current/authentication", M{"password": "a given password"}).WantProblem(401, "password.given", "after-login")
		var me struct {
			Given bool `json:"password_given"`
		}
		if lin.Do(http.MethodGet, "/api/v1/me", nil).Want(200).Into(&me); !me.Given {
			t.Error("who asks who they are is not told to choose another password")
		}
		change := func(fresh string) *servertest.Answer {
			return lin.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": "a given password", "password": fresh})
		}
		change("a given password").WantProblem(422, "password.weak", "never")
		lin.Do(http.MethodGet, "/api/v1/bootstrap", nil).WantProblem(401, "password.given", "after-login")
		change("one of my own").Want(204)
		lin.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(200)
		if again, given := byPassword(t, s, "lin", "one of my own"); given {
			t.Error("a password of one's own is to be changed")
		} else {
			again.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(200)
		}

		putsLin(admin, M{"password": "given once more"}).Want(200)
		var code struct{ Code string }
		admin.Do(http.MethodPost, "/api/v1/people/"+servertest.ID("lin").String()+"/enrolment", nil).Want(201).Into(&code)
		var in struct{ Token string }
		(&servertest.Client{Server: s}).WithT(t).Do(http.MethodPost, "/api/v1/enrolments", M{"code": code.Code, "device": "phone"}).Want(201).Into(&in)
		s.Phone("lin", in.Token).WithT(t).Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(200) // nobody knows what lets them in
		lin, _ = byPassword(t, s, "lin", "given once more")
		lin.Do(http.MethodDelete, "/api/v1/sessions/current", nil).Want(204)

		if err := s.Core.People.ResetPassword(t.Context(), "lin", "set by who runs it"); err != nil {
			t.Fatal(err)
		}
		if _, given := byPassword(t, s, "lin", "set by who runs it"); given {
			t.Error("what whoever runs the server says is to be changed")
		}
		s.Audit()
	})
}

// TestTheFirstPasswordIsChangedFirst logs in by the password that was printed.
func TestTheFirstPasswordIsChangedFirst(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, given := byPassword(t, s, s.Admin.Name, s.Admin.Password)
		if !given {
			t.Error("the password that was printed is not to be changed")
		}
		admin.Do(http.MethodGet, "/api/v1/people", nil).WantProblem(401, "password.given", "after-login")
		admin.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": s.Admin.Password, "password": "one of my own"}).Want(204)
		admin.Do(http.MethodGet, "/api/v1/people", nil).Want(200)
	})
}

// TestWhatIsDangerousWantsThePasswordAgain leaves an administrator's desk for a while.
func TestWhatIsDangerousWantsThePasswordAgain(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		id := s.As("lin").ReportsMud()
		office, office2 := *s.As("office"), *s.As("office2")
		desk := *s.As("admin")
		desk.Forgetful, office.Forgetful, office2.Forgetful = true, true, true
		admin := desk.WithT(t)
		leader := []M{{"role": "leader", "scope": M{"kind": "city"}}}
		s.Pass(9 * time.Minute)
		putsLin(admin, M{"grants": leader}).Want(200)
		s.Pass(2 * time.Minute)
		path := "/api/v1/people/" + servertest.ID("lin").String()
		office.WithT(t).Acts(id, "erase", M{"reason": "依申请"}).WantProblem(403, "session.authenticate-again", "never")
		for what, act := range map[string]func() *servertest.Answer{
			"a role": func() *servertest.Answer {
				return putsLin(admin, M{"grants": append(leader, M{"role": "inspector", "scope": M{"kind": "city"}})})
			},
			"a password": func() *servertest.Answer {
				return putsLin(admin, M{"grants": leader, "password": "another long password"})
			},
			"somebody new": func() *servertest.Answer {
				return admin.Do(http.MethodPut, "/api/v1/people/"+servertest.ID("neu").String(), M{"name": "neu", "display_name": "新人",
					"password": "another long password", "grants": leader})
			},
			"a code": func() *servertest.Answer { return admin.Do(http.MethodPost, path+"/enrolment", nil) },
			"one person": func() *servertest.Answer {
				return admin.Do(http.MethodPut, "/api/v1/settings/one_person", M{"value": false})
			},
			"how long a desk idles": func() *servertest.Answer {
				return admin.Do(http.MethodPut, "/api/v1/settings/desk_idle_hours", M{"value": 8})
			},
		} {
			if a := act(); a.Status != 403 {
				t.Errorf("%s: got %d without a password", what, a.Status)
			} else {
				a.WantProblem(403, "session.authenticate-again", "never")
			}
		}
		putsLin(admin, M{"grants": leader, "staff_number": "S-017"}).Want(200) // what lets nobody do more
		admin.Do(http.MethodPut, "/api/v1/settings/city_name", M{"value": "甲市"}).Want(200)

		prove := func(password string) *servertest.Answer {
			return admin.Do(http.MethodPost, "/api/v1/sessions/current/authentication", M{"password": password})
		}
		prove("not the password").WantProblem(403, "password.wrong", "never")
		admin.Do(http.MethodPost, path+"/enrolment", nil).WantProblem(403, "session.authenticate-again", "never")
		prove(s.Admin.Password).Want(204)
		admin.Do(http.MethodPost, path+"/enrolment", nil).Want(201)
		putsLin(admin, M{"grants": leader, "staff_number": "S-017", "password": "another long password"}).Want(200)
		if n := len(securityLog(s.As("admin"), "session.authenticated")); n != 1 {
			t.Errorf("the log has %d lines of a password that was given again, want one", n)
		}
		if n := len(securityLog(s.As("admin"), "password.refused")); n != 1 {
			t.Errorf("the log has %d lines of a password that was wrong, want one", n)
		}
		for range 5 {
			prove("not the password").WantProblem(403, "password.wrong", "never")
		}
		prove(s.Admin.Password).WantProblem(429, "session.too-many", "later")
		s.Audit()
	})
}

// TestASessionInWhichNothingIsDoneEnds leaves a desk and a phone for as long as the city lets them, and longer.
func TestASessionInWhichNothingIsDoneEnds(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		s.As("office")
		s.As("lin")
		desk, phone := *s.LogIn("office", password), *s.LogIn("lin", password)
		desk.Forgetful, phone.Forgetful = true, true
		me := func(c *servertest.Client) *servertest.Answer { return c.WithT(t).Do(http.MethodGet, "/api/v1/me", nil) }
		s.Pass(11 * time.Hour)
		me(&desk).Want(200)
		s.Pass(11 * time.Hour) // since it was used
		me(&desk).Want(200)
		s.Pass(13 * time.Hour)
		me(&desk).WantProblem(401, "session.idle", "after-login")
		me(&phone).Want(200)
		me(s.LogIn("office", password)).Want(200)

		admin.Do(http.MethodPut, "/api/v1/settings/phone_idle_days", M{"value": 31}).WantProblem(422, "content.invalid", "never")
		admin.Do(http.MethodPut, "/api/v1/settings/phone_idle_days", M{"value": 2}).Want(200)
		admin.Do(http.MethodPut, "/api/v1/settings/desk_idle_hours", M{"value": 1}).Want(200)
		me(&phone).Want(200)
		s.Pass(47 * time.Hour)
		me(&phone).Want(200)
		s.Pass(49 * time.Hour)
		me(&phone).WantProblem(401, "session.idle", "after-login")
		s.Audit()
	})
}

// TestWhoIsDisabledGetsNoCode asks for a code for somebody who may not log in.
func TestWhoIsDisabledGetsNoCode(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin")
		admin := s.As("admin")
		putsLin(admin, M{"disabled": true}).Want(200)
		admin.Do(http.MethodPost, "/api/v1/people/"+servertest.ID("lin").String()+"/enrolment", nil).WantProblem(409, "person.disabled", "never")
	})
}
