package servertest_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// account is a person as a client reads them.
type account struct {
	ID          inspect.ID
	Name, Phone string
	DisplayName string `json:"display_name"`
	StaffNumber string `json:"staff_number"`
	UpdatedAt   string `json:"updated_at"`
	Grants      []M
	Disabled    bool
	CreatedAt   string `json:"created_at"`
}

func putAccount(c *servertest.Client, id string, more M) *servertest.Answer {
	body := M{"name": "wang", "display_name": "王伟", "password": "a long password", "grants": []M{{"role": "inspector", "scope": M{"kind": "city"}}}}
	maps.Copy(body, more)
	return c.Do(http.MethodPut, "/api/v1/people/"+servertest.ID(id).String(), body)
}

// TestPhonesAreReadWhereTheyAreTyped has phones come in every way in which people type them.
func TestPhonesAreReadWhereTheyAreTyped(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("office")
		admin := s.As("admin")
		for typed, want := range map[string]string{"138 0000 1111": "13800001111", "＋86-138-0000-1111": "13800001111", "(0898)66661234": "089866661234", "": ""} {
			var saved struct{ Person account }
			putAccount(admin, "typed", M{"name": "typed", "phone": typed}).Want(http.StatusCreated, http.StatusOK).Into(&saved)
			if saved.Person.Phone != want {
				t.Errorf("%q is kept as %q, want %q", typed, saved.Person.Phone, want)
			}
		}
		for _, wrong := range []string{"call me", "138/139", "1", "66661234转801"} {
			var p struct{ Errors []struct{ Pointer string } }
			putAccount(admin, "typed", M{"name": "typed", "phone": wrong}).WantProblem(422, "content.invalid", "never").Into(&p)
			if len(p.Errors) != 1 || p.Errors[0].Pointer != "/phone" {
				t.Errorf("%q: the fault is at %v, want the phone", wrong, p.Errors)
			}
		}
		s.Audit()
	})
}

// TestOneLookIsOneAccount makes accounts whose names look alike, and logs in by what a phone's keyboard makes of a name.
func TestOneLookIsOneAccount(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("office")
		admin := s.As("admin")
		var saved struct{ Person account }
		putAccount(admin, "one", M{"name": " Wang.Wei　", "display_name": " 王伟 ", "staff_number": " 017 "}).Want(http.StatusCreated).Into(&saved)
		if p := saved.Person; p.Name != "Wang.Wei" || p.DisplayName != "王伟" || p.StaffNumber != "017" {
			t.Errorf("blanks stand at the ends: %+v", p)
		}
		for _, alike := range []string{"wang.wei", "Ｗang.Ｗei", "Wang. Wei", "Wang.Wei\u200b", "Wаng.Wei"} { // the last one with a Cyrillic letter
			putAccount(admin, "two", M{"name": alike}).WantProblem(409, "person.name-taken", "never")
		}
		putAccount(admin, "two", M{"name": " ", "display_name": " "}).WantProblem(422, "content.invalid", "never")
		putAccount(admin, "one", M{"name": "wang.wei"}).Want(http.StatusOK) // one's own name may change its look
		putAccount(admin, "one", M{"name": "Wang.Wei", "staff_number": "017"}).Want(http.StatusOK)
		putAccount(admin, "two", M{"name": "wangwei", "staff_number": "018"}).Want(http.StatusCreated)
		s.LogIn("Wang.Wei", "a long password") // and puts a word of their own behind it
		for _, typed := range []string{"Wang.Wei", "wang.wei", " Wang.Wei ", "ｗａｎｇ．ｗｅｉ"} {
			s.LogIn(typed, "a long password battery")
		}
		admin.Do(http.MethodPost, "/api/v1/sessions", M{"name": "wang wei2", "password": "a long password", "device": "test"}).WantProblem(401, "session.refused", "after-login")

		for text, want := range map[string]int{"王伟": 2, "018": 1, "WANG.": 1, "100%": 0, "_": 0} {
			var page struct{ People []account }
			admin.Do(http.MethodGet, "/api/v1/people?text="+url.QueryEscape(text), nil).Want(http.StatusOK).Into(&page)
			if len(page.People) != want {
				t.Errorf("%q finds %d people, want %d: %+v", text, len(page.People), want, page.People)
			}
		}
		s.Audit()
	})
}
