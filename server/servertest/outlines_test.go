package servertest_test

import (
	"net/http"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// TestOutlinesStayWhileTheRecordNamesThem replaces an outline, which stays as history, and forgets an import, which takes what it
// alone had brought.
func TestOutlinesStayWhileTheRecordNamesThem(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		importsAreas(t, admin, plots())
		kept := func() int { return len(s.Texts("SELECT sha256 FROM outline")) }
		if got := kept(); got != 4 {
			t.Fatalf("got %d outlines, want 4", got)
		}
		was := s.Texts("SELECT o.sha256 FROM outline o JOIN area a ON a.outline = o.id WHERE a.code = 'R1'")[0]
		importsAreas(t, admin, strings.Replace(plots(), "110.36 20.09", "110.36 20.08", 1))
		a, _, _ := checksAreas(admin, "csv", "wgs84", strings.Replace(plots(), "110.36 20.09", "110.36 20.07", 1))
		a.Want(http.StatusCreated)
		if got := kept(); got != 6 {
			t.Errorf("got %d outlines, want one replaced and one staged more", got)
		}
		s.Pass(8 * 24 * 3600e9)
		a, _, _ = checksAreas(s.LogIn("admin", s.Admin.Password), "csv", "wgs84", "code,name,level,class,parent,width_m,wkt\nX,X,grid,,,,\n")
		a.Want(http.StatusCreated)
		if got := kept(); got != 5 {
			t.Errorf("got %d outlines, want those that the record names", got)
		}
		s.Audit()
		m := s.Tampers()
		m.Deletes("outline", "sha256 = '"+was+"'")
		if wrong, _ := s.Findings(nil); len(wrong) != 1 || !strings.Contains(wrong[0].Detail, was) {
			t.Errorf("the outline that a road had is gone, and the audit finds %v", wrong)
		}
		m.Restore()
		s.Audit()
	})
}

// TestTheFirstReportAfterAnImportWaitsForNothing breaks the outlines of the database once an import is applied: who asks where a
// place lies is answered from what was laid out before.
func TestTheFirstReportAfterAnImportWaitsForNothing(t *testing.T) {
	t.Parallel()
	for _, pair := range []servertest.Backend{servertest.SQLite, servertest.Postgres} {
		t.Run(string(pair), func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, pair)
			admin, lin := s.As("admin"), s.As("lin")
			importsAreas(t, admin, plots())
			if got := codesAt(lin, 20.05, 110.32); len(got) != 3 {
				t.Fatalf("the place lies in %v, want three areas", got)
			}
			importsAreas(t, admin, strings.Replace(plots(), parcel(0, .3, .1, .35), parcel(0, .3, .05, .35), 1))
			s.Tampers().Changes("outline", "geometry = '{}'", "1 = 1")
			if got := codesAt(lin, 20.08, 110.32); len(got) != 2 {
				t.Errorf("the place lies in %v, want the street without it", got)
			}
			var areas struct {
				Areas []struct {
					Code      string
					UpdatedAt string `json:"updated_at"`
					CreatedAt string `json:"created_at"`
				}
			}
			lin.Do(http.MethodGet, "/api/v1/areas/at?lat=20.02&lon=110.32", nil).Want(http.StatusOK).Into(&areas)
			if len(areas.Areas) != 3 || areas.Areas[0].UpdatedAt <= areas.Areas[0].CreatedAt {
				t.Errorf("got %+v, want the street as the import changed it", areas.Areas)
			}
		})
	}
}
