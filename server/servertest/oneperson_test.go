package servertest_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spotcheck/server/core/audit"
	"spotcheck/server/servertest"
)

// rolesAt are the roles of a person as others read them.
func rolesAt(c *servertest.Client, id string) (roles []string) {
	var p struct{ Grants []struct{ Role string } }
	c.Do(http.MethodGet, "/api/v1/people/"+id, nil).Want(200).Into(&p)
	for _, g := range p.Grants {
		roles = append(roles, g.Role)
	}
	return roles
}

// notesOf are the notes of an audit that tell of one person.
func notesOf(t *testing.T, s *servertest.Server) (notes []string) {
	t.Helper()
	if _, err := s.Core.Audit.Audit(context.Background(), nil, func(f audit.Finding) {
		if f.Subject == "setting one_person" {
			notes = append(notes, f.Detail)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return notes
}

// TestRolesThatConflictAreHeldApart gives an administrator, an office and an auditor each a second role, with and without the word of the city.
func TestRolesThatConflictAreHeldApart(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		var me struct{ Person struct{ ID string } }
		admin.Do(http.MethodGet, "/api/v1/me", nil).Want(200).Into(&me)
		if got := rolesAt(admin, me.Person.ID); !slices.Equal(got, []string{"admin", "office"}) {
			t.Errorf("the first account of a trial is %v", got)
		}
		if notes := notesOf(t, s); len(notes) != 1 {
			t.Errorf("an audit does not say that one person does all: %v", notes)
		}
		both := func(name string, roles ...string) *servertest.Answer {
			grants := []M{}
			for _, r := range roles {
				grants = append(grants, M{"role": r, "scope": M{"kind": "city"}})
			}
			return admin.Do(http.MethodPut, "/api/v1/people/"+servertest.ID(name).String(), M{"name": name, "display_name": "Person " + name,
				"staff_number": "S-" + name, "password": "correct horse battery", "grants": grants})
		}
		both("two", "office", "auditor").Want(201)
		admin.Do(http.MethodPut, "/api/v1/settings/one_person", M{"value": false}).Want(200)
		if got := rolesAt(admin, me.Person.ID); !slices.Equal(got, []string{"admin"}) {
			t.Errorf("the first account is %v once roles are held apart", got)
		}
		if got := rolesAt(admin, servertest.ID("two").String()); !slices.Equal(got, []string{"office"}) {
			t.Errorf("office and auditor is %v once roles are held apart", got)
		}
		admin.Do(http.MethodGet, "/api/v1/issues", nil).Want(403)
		if l := lastOf(t, admin, "roles.changed"); len(l.Changes) != 1 || l.Changes[0].Field != "grants" {
			t.Errorf("what became of the roles: %+v", l)
		}
		if notes := notesOf(t, s); len(notes) != 0 {
			t.Errorf("an audit says that one person does all: %v", notes)
		}
		for _, roles := range [][]string{{"admin", "office"}, {"office", "auditor"}, {"admin", "auditor"}} {
			both("three", roles...).WantProblem(422, "content.invalid", "never")
		}
		both("three", "office", "leader").Want(201)
		s.Audit()
	})
}

// TestTheFirstAccountIsTheAdministratorAlone begins a city without a word, and one that was begun when nobody asked.
func TestTheFirstAccountIsTheAdministratorAlone(t *testing.T) {
	t.Parallel()
	for _, pair := range servertest.Pairs() {
		c := servertest.Settings(t, pair)
		c.OnePerson = false
		s := servertest.On(t, c)
		admin := s.As("admin")
		admin.Do(http.MethodGet, "/api/v1/issues", nil).Want(403)
		if notes := notesOf(t, s); len(notes) != 0 {
			t.Errorf("%s: an audit says that one person does all: %v", pair, notes)
		}
		s.Audit()
	}
}

// TestWhoseAccountItIsIsTold changes roles, code and password of somebody, who reads of each at once.
func TestWhoseAccountItIsIsTold(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		s.As("lin")
		path := "/api/v1/people/" + servertest.ID("lin").String()
		admin.Do(http.MethodPost, path+"/enrolment", nil).Want(201)
		admin.Do(http.MethodPut, path, M{"name": "lin", "display_name": "Person lin", "staff_number": "S-lin",
			"grants": []M{{"role": "leader", "scope": M{"kind": "city"}}}}).Want(200)
		admin.Do(http.MethodPut, path, M{"name": "lin", "display_name": "Person lin", "staff_number": "S-lin", "password": "another long password",
			"grants": []M{{"role": "leader", "scope": M{"kind": "city"}}}}).Want(200)
		lin := s.LogIn("lin", "another long password")
		told := []string{}
		for _, m := range inboxOf(lin, "").Messages {
			if strings.HasPrefix(m.Type, "account.") {
				told = append(told, m.Type)
			}
		}
		slices.Sort(told)
		if want := []string{"account.code", "account.password", "account.roles"}; !slices.Equal(told, want) {
			t.Errorf("was told %v, want %v", told, want)
		}
		lin.Do(http.MethodPut, "/api/v1/me/password", M{"old_password": "another long password battery", "password": "one more long password"}).Want(204)
		if n := len(inboxOf(lin, "").Messages); n != 3 {
			t.Errorf("was told %d things, of what they did themselves as well", n)
		}
		s.Audit()
	})
}

// TestAnIssuedReportSaysThatOnePersonDoesAll issues a report before and after the roles are held apart.
func TestAnIssuedReportSaysThatOnePersonDoesAll(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		office, office2, leader := s.As("office"), s.As("office2"), s.As("leader")
		says := func(name string) bool {
			t.Helper()
			path, out := "/api/v1/reports/"+servertest.ID(name).String(), published{}
			office.Do(http.MethodPut, path, M{"period": weekOf(t, s.Now()), "language": "zh"}).Want(201).Into(&out)
			office2.Do(http.MethodPut, path+"/check", M{"revision": out.Revision}).Want(200).Into(&out)
			leader.Do(http.MethodPut, path+"/issue", M{"revision": out.Revision}).Want(200).Into(&out)
			answer := string(leader.Do(http.MethodGet, path, nil).Want(200).Body)
			leader.Do(http.MethodPut, path+"/recall", M{"revision": out.Revision, "reason": "试印"}).Want(200)
			return strings.Contains(answer, "由一人兼任")
		}
		if !says("together") {
			t.Error("a report does not say that one person does all")
		}
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/one_person", M{"value": false}).Want(200)
		if says("apart") {
			t.Error("a report says that one person does all")
		}
		s.Audit()
	})
}
