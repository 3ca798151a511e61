package servertest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// wantState fails unless a refusal says the rule in its sentence and how the issue stands.
func wantState(t *testing.T, a *servertest.Answer, status int, code, sentence, state string) {
	t.Helper()
	retry := "never"
	if code == "photo.not-safe" {
		retry = "later"
	}
	a.WantProblem(status, code, retry)
	var r refusal
	a.Into(&r)
	if !strings.Contains(r.Detail, sentence) {
		t.Errorf("%s: got %q, want %q in it", code, r.Detail, sentence)
	}
	if r.Current == nil || r.Current.Status != state || r.Current.Version < 1 || r.Current.Number == "" {
		t.Errorf("%s: current is %+v, want %s", code, r.Current, state)
	}
}

func TestRefusalsSayTheRuleAndTheState(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := lin.ReportsMud()
		wantState(t, office.Acts(id, "reopen", M{"reason": "x"}), 409, "issue.wrong-status", "An issue that is reported cannot be reopened.", "reported")
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		wantState(t, seen(office, id, `"1"`, "dismiss", M{"reason": "x"}), 409, "issue.changed", "changed the issue since you last saw it", "assigned")
		wantState(t, crew.Acts(id, "fix", M{"photos": []inspect.ID{inspect.NewID()}}), 409, "photo.not-safe", "not safe here yet", "assigned")

		before, after := crew.Shows(id, "before"), crew.Shows(id, "after")
		a := crew.Acts(id, "fix", M{"photos": []inspect.ID{before}})
		wantState(t, a, 422, "action.photo-needed", "needs a photo of the kind after", "assigned")
		var r refusal
		if a.Into(&r); len(r.Errors) != 1 || r.Errors[0].Pointer != "/photos" {
			t.Errorf("no photo: got %s, want /photos named", a.Body)
		}
		crew.Acts(id, "fix", M{"photos": []inspect.ID{before, after}}).Want(201)
		wantState(t, s.As("crew-boss").Acts(id, "verify", M{"verdict": "pass", "how": "on_site"}), 403, "issue.own-fix", "does not belong to the unit that fixed it", "fixed")
		wantState(t, s.As("wang").Acts(id, "verify", M{"verdict": "pass", "how": "by_photo"}), 409, "issue.on-site", "on site", "fixed")
		wantState(t, s.As("wang").Acts(id, "verify", M{"verdict": "fail", "how": "on_site", "reason": "x", "photos": []inspect.ID{after}}), 422,
			"action.photo-needed", "check", "fixed")
		s.As("wang").Verifies(id, "fail")
		wantState(t, crew.Acts(id, "fix", M{"photos": []inspect.ID{after}}), 409, "photo.used", "cannot prove a new one", "assigned")
		s.Pass(3 * time.Hour)
		wantState(t, crew.Acts(id, "return", M{"reason": "x"}), 409, "issue.return-too-late", "first quarter of its limit", "assigned")
		wantState(t, office.Acts(id, "merge", M{"into": id}), 409, "issue.merge-target", "another one", "assigned")
		office.Acts(id, "dismiss", M{"reason": "x"}).Want(201)
		wantState(t, office.Acts(id, "dismiss", M{"reason": "x"}), 403, "issue.second-person", "second person", "assigned")
		wantState(t, crew.Acts(id, "withdraw_photo", M{"photo": after, "reason": "x"}), 409, "photo.is-safe", "stays", "assigned")
		s.Audit()
	})
}

func TestNobodyVerifiesTheirOwnFix(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		both := s.Joins("both", M{"role": "unit", "scope": M{"kind": "unit", "id": "longhua-crew"}}, M{"role": "inspector", "scope": M{"kind": "city"}})
		above := s.Joins("above", M{"role": "unit", "scope": M{"kind": "unit", "id": "longhua"}}, M{"role": "inspector", "scope": M{"kind": "city"}})
		id := s.As("lin").ReportsMud()
		office.Assigns(id, "longhua-crew", 8*time.Hour)
		both.Fixes(id)
		pass := M{"verdict": "pass", "how": "on_site"}
		wantState(t, both.Acts(id, "verify", pass), 403, "issue.own-fix", "fixed themselves", "fixed")
		wantState(t, above.Acts(id, "verify", pass), 403, "issue.own-fix", "one above or below", "fixed")
		s.Joins("above", M{"role": "inspector", "scope": M{"kind": "city"}}) // left the unit after the fix
		above = s.LogIn("above", password)
		wantState(t, above.Acts(id, "verify", pass), 403, "issue.own-fix", "one above or below", "fixed")
		s.Joins("elsewhere", M{"role": "unit", "scope": M{"kind": "unit", "id": "meilan-sanitation"}}, M{"role": "inspector", "scope": M{"kind": "city"}}).
			Acts(id, "verify", pass).Want(201)
	})
}

func TestWhatIsNamedMustBeThere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, admin := s.As("office"), s.As("admin")
		id := s.As("lin").ReportsMud()
		due := s.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339Nano)
		unknown := func(pointer string) wrong { return wrong{"", "content.unknown-reference", []string{pointer}} }
		unknown("/unit").wants(t, office.Acts(id, "assign", M{"unit": inspect.NewID(), "due_at": due}))
		admin.Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua-crew").String(), M{"name": "停用", "kind": "crew", "enabled": false}).Want(200)
		unknown("/unit").wants(t, office.Acts(id, "assign", M{"unit": servertest.ID("longhua-crew"), "due_at": due}))
		unknown("/area").wants(t, office.Acts(id, "file", M{"area": inspect.NewID()}))
		unknown("/into").wants(t, office.Acts(id, "merge", M{"into": inspect.NewID()}))
		unknown("/parent").wants(t, admin.Do(http.MethodPut, "/api/v1/units/"+inspect.NewID().String(), M{"name": "x", "kind": "crew", "parent": inspect.NewID()}))
		invalid("", "/due_at").wants(t, office.Acts(id, "assign", M{"unit": servertest.ID("longhua"), "due_at": s.Now().Add(-time.Minute).UTC().Format(time.RFC3339Nano)}))
		office.WantEvents(id, "issue.reported")
		loop := admin.Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua").String(), M{"name": "龙华区", "kind": "district", "parent": servertest.ID("longhua-sanitation")})
		loop.WantProblem(422, "tree.loop", "never")
		admin.Do(http.MethodPut, "/api/v1/settings/timezone", M{"value": "UTC"}).WantProblem(409, "setting.fixed", "never")
		s.As("wang")
		admin.Do(http.MethodPut, "/api/v1/people/"+inspect.NewID().String(), M{"name": "wang", "display_name": "王", "password": password, "grants": []M{}}).
			WantProblem(409, "person.name-taken", "never")
	})
}
