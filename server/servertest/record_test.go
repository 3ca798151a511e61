package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/ledger"
	"spotcheck/server/servertest"
)

func TestTwoPeopleDismissWhatAUnitHolds(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), s.As("lin").ReportsMud()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		first := inspect.NewID()
		office.ActsAs(id, first, "dismiss", M{"reason": "工地已撤场"}).Want(http.StatusCreated)
		i := office.WantStatus(id, "assigned")
		if i.DismissalAsked == nil || i.DismissalAsked.Reason != "工地已撤场" {
			t.Errorf("nobody knows that a dismissal waits: %+v", i.DismissalAsked)
		}
		office.ActsAs(id, first, "dismiss", M{"reason": "工地已撤场"}).WantProblem(409, "action.differs", "never") // sent at another moment
		office.Acts(id, "dismiss", M{"reason": "再说一次"}).WantProblem(403, "issue.second-person", "never")
		s.As("office2").Acts(id, "dismiss", M{"reason": "属实"}).Want(http.StatusCreated)
		if i := office.WantStatus(id, "dismissed"); i.DismissalAsked != nil || i.Overdue || i.Version != 3 {
			t.Errorf("dismissed: %+v", i)
		}
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.dismissal_asked", "issue.dismissed")

		alone := s.As("lin").ReportsMud()
		office.Acts(alone, "dismiss", M{"reason": "不是问题"}).Want(http.StatusCreated)
		office.WantStatus(alone, "dismissed")
		s.Audit()
	})
}

func TestReopenWithinTheWindow(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, wang := s.As("office"), s.As("crew"), s.As("wang")
		verified := func(category string) inspect.ID {
			id, p := inspect.NewID(), servertest.NewPicture("report")
			body := s.As("lin").Report(p)
			body["category"] = category
			s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
			s.As("lin").Sends(id, p)
			office.Assigns(id, "longhua-sanitation", 8*time.Hour)
			crew.Fixes(id)
			wang.Verifies(id, "pass")
			return id
		}
		litter, posters := verified("06010"), verified("07001")
		s.Pass(time.Minute)
		office.Acts(litter, "reopen", M{"reason": "又有了"}).WantProblem(409, "issue.reopen-too-late", "never")
		wang.Acts(posters, "reopen", M{"reason": "没清完"}).WantProblem(403, "forbidden", "never")
		before := office.Issue(posters)
		office.Acts(posters, "reopen", M{"reason": "没清完"}).Want(http.StatusCreated)
		i := office.WantStatus(posters, "assigned")
		if i.Unit == nil || i.DueAt != before.DueAt || !i.FixedAt.IsZero() || i.Rework != 0 {
			t.Errorf("reopened: %+v", i)
		}
		crew.Fixes(posters)
		wang.Verifies(posters, "pass")
		s.Pass(8 * 24 * time.Hour)
		office.Acts(posters, "reopen", M{"reason": "又来了"}).WantProblem(409, "issue.reopen-too-late", "never")
		office.WantEvents(posters, "issue.reported", "issue.assigned", "issue.fixed", "issue.verified", "issue.reopened", "issue.fixed", "issue.verified")
		s.Audit()
	})
}

func TestFixedOnTheSpot(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		id := lin.ReportsMud()
		lin.Acts(id, "on_the_spot_fix", M{"photos": []inspect.ID{lin.Shows(id, "after")}}).WantProblem(422, "action.photo-needed", "never")
		before, after := lin.Shows(id, "before"), lin.Shows(id, "after")
		lin.Acts(id, "on_the_spot_fix", M{"photos": []inspect.ID{before, after}, "note": "请店家当场清扫"}).Want(http.StatusCreated)
		var i struct {
			FixedOnTheSpot bool `json:"fixed_on_the_spot"`
		}
		if lin.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Into(&i); !i.FixedOnTheSpot {
			t.Error("nobody sees that it was fixed on the spot")
		}
		lin.Acts(id, "verify", M{"verdict": "pass", "how": "on_site"}).WantProblem(403, "issue.own-fix", "never")
		s.As("wang").Verifies(id, "pass")
		if v := lin.WantStatus(id, "verified"); v.Unit != nil || !v.DueAt.IsZero() {
			t.Errorf("it has a unit or a deadline: %+v", v)
		}
		lin.WantEvents(id, "issue.reported", "issue.fixed_on_the_spot", "issue.verified")
		s.Audit()
	})
}

func TestNobodyVerifiesTheFixOfTheirOwnUnit(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, boss := s.As("office"), s.As("crew-boss")
		s.As("wang")
		id := s.As("lin").ReportsMud()
		office.Assigns(id, "longhua-crew", 8*time.Hour)
		wasCrew := s.As("meilan-crew") // joins the crew for the time of the fix
		unit := M{"role": "unit", "scope": M{"kind": "unit", "id": "longhua-crew"}}
		city := M{"role": "inspector", "scope": M{"kind": "city"}}
		s.AddPerson("meilan-crew", unit, city)
		s.Pass(time.Minute)
		s.As("crew").Fixes(id)
		s.Pass(time.Minute)
		s.AddPerson("meilan-crew", city)
		pass := M{"verdict": "pass", "how": "on_site"}
		boss.Acts(id, "verify", pass).WantProblem(403, "issue.own-fix", "never")
		wasCrew.Acts(id, "verify", pass).WantProblem(403, "issue.own-fix", "never")
		s.As("wang").Acts(id, "verify", M{"verdict": "pass", "how": "by_photo"}).WantProblem(409, "issue.on-site", "never")
		s.As("wang").Acts(id, "verify", M{"verdict": "fail", "how": "on_site"}).WantProblem(422, "content.invalid", "never")
		s.As("wang").Acts(id, "verify", pass).Want(http.StatusCreated)
		s.Audit()
	})
}

func TestAUnitReportsWhatItFoundItself(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		crew, id, p := s.As("crew"), inspect.NewID(), servertest.NewPicture("report")
		body := crew.Report(p)
		crew.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).WantProblem(403, "forbidden", "never")
		body["source"] = "own_unit"
		crew.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
		crew.Sends(id, p)
		s.As("office").Assigns(id, "longhua-sanitation", 8*time.Hour)
		crew.Fixes(id)
		s.As("wang").Verifies(id, "pass")
		crew.WantStatus(id, "verified")
		s.Audit()
	})
}

func TestALostPhotoIsWithdrawn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, id := s.As("lin"), inspect.NewID()
		lost, kept := servertest.NewPicture("report"), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(lost, kept)).Want(http.StatusCreated)
		lin.Sends(id, kept)
		if i := lin.Issue(id); i.Complete || i.PhotosSafe != 1 || i.PhotosTotal != 2 {
			t.Errorf("before: %+v", i)
		}
		lin.Acts(id, "withdraw_photo", M{"photo": kept.ID, "reason": "x"}).WantProblem(409, "photo.is-safe", "never")
		s.As("wang").Acts(id, "withdraw_photo", M{"photo": lost.ID, "reason": "x"}).WantProblem(403, "forbidden", "never")
		lin.Acts(id, "withdraw_photo", M{"photo": lost.ID, "reason": "手机摔坏了"}).Want(http.StatusCreated)
		if i := lin.Issue(id); !i.Complete || i.PhotosTotal != 1 {
			t.Errorf("after: %+v", i)
		}
		lin.Upload(id, lost).WantProblem(410, "photo.gone", "never")
		var p struct{ State, SHA256 string }
		lin.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/photos/"+lost.ID.String(), nil).Want(http.StatusOK).Into(&p)
		if p.State != "withdrawn" || p.SHA256 != lost.SHA256() {
			t.Errorf("the loss does not stay visible: %+v", p)
		}
		s.Drain()
		s.Audit()
	})
}

func TestACheckpointsCopyComesTheNextDay(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin").ReportsMud()
		c, err := s.Core.Ledger.TakeCheckpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Core.Blobs.Delete(t.Context(), ledger.CheckpointKey(c.Date)); err != nil { // as a kill between the row and its copy leaves it
			t.Fatal(err)
		}
		s.Pass(24 * time.Hour)
		if err := s.Core.Daily(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Audit()
	})
}
