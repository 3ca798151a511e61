package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

func TestAShareOfFixesIsDrawnForAVisit(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office, crew, wang := s.As("admin"), s.As("office"), s.As("crew"), s.As("wang")
		admin.Do(http.MethodPut, "/api/v1/categories/08012",
			M{"name_zh": "带泥上路", "name_en": "Mud", "group": "road_mud", "limit": 1, "limit_unit": "working_day", "by_photo": true}).Want(http.StatusOK)
		share := func(n any, want int) {
			admin.Do(http.MethodPut, "/api/v1/settings/visit_share", M{"value": n}).Want(want)
		}
		fixed := func() (id inspect.ID, drawn bool) {
			id = s.As("lin").ReportsMud()
			office.Assigns(id, "longhua-sanitation", time.Hour)
			crew.Fixes(id)
			var i struct {
				VisitDrawn bool `json:"visit_drawn"`
			}
			office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
			return id, i.VisitDrawn
		}
		share(100, 200)
		id, drawn := fixed()
		if !drawn {
			t.Error("of 100 % one is not drawn")
		}
		office.Acts(id, "verify", M{"verdict": "pass", "how": "by_photo"}).WantProblem(409, "issue.drawn", "never")
		wang.Verifies(id, "fail")
		crew.Fixes(id)
		office.Acts(id, "verify", M{"verdict": "pass", "how": "by_photo"}).WantProblem(409, "issue.drawn", "never")
		wang.Verifies(id, "pass")

		var page struct {
			Events []struct {
				Type string
				Body struct {
					ActionID inspect.ID `json:"action_id"`
					Draw     *inspect.VisitDraw
				}
			}
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(200).Into(&page)
		draws := 0
		for _, e := range page.Events {
			if d := e.Body.Draw; d != nil {
				draws++
				if again := inspect.DrawVisit(d.Seed, d.Share, id, e.Body.ActionID); *again != *d || len(d.Seed) < 20 {
					t.Errorf("drawn again: got %+v, the record says %+v", again, d)
				}
			}
		}
		if draws != 2 {
			t.Errorf("got %d draws in the record, want one for each of 2 fixes", draws)
		}

		share(0, 200)
		id, drawn = fixed()
		if drawn {
			t.Error("of 0 % one is drawn")
		}
		office.Acts(id, "verify", M{"verdict": "pass", "how": "by_photo"}).Want(201)
		for _, wrong := range []any{101, -1, "10"} {
			share(wrong, 422)
		}
		s.Drain()
		s.Audit()
	})
}
