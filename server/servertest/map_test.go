package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// drawn is the answer of the map.
type drawn struct {
	Clusters []struct {
		Lat, Lon                                    float64
		Issues, Reported, Assigned, Fixed, Verified int
	}
	Partial bool
}

// TestTheMapFollowsTheLifeOfIssues looks at the map as three people while issues are reported, assigned and fixed.
func TestTheMapFollowsTheLifeOfIssues(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		looks := func(c *servertest.Client, zoom string) (d drawn) {
			c.Do(http.MethodGet, "/api/v1/map?bbox=110.2,19.9,110.5,20.1&zoom="+zoom, nil).Want(http.StatusOK).Into(&d)
			return d
		}
		wants := func(c *servertest.Client, reported, assigned, fixed int) {
			t.Helper()
			for _, zoom := range []string{"0", "9", "13", "22"} {
				d := looks(c, zoom)
				if reported+assigned+fixed == 0 && len(d.Clusters) == 0 {
					continue
				}
				if d.Partial || len(d.Clusters) != 1 {
					t.Fatalf("zoom %s: got %+v, want one cluster", zoom, d)
				}
				v := d.Clusters[0]
				if v.Reported != reported || v.Assigned != assigned || v.Fixed != fixed || v.Issues != reported+assigned+fixed {
					t.Errorf("zoom %s: got %+v, want %d reported, %d assigned, %d fixed", zoom, v, reported, assigned, fixed)
				}
				if v.Lat < reportLat-1e-6 || v.Lat > reportLat+1e-6 || v.Lon < reportLon-1e-6 || v.Lon > reportLon+1e-6 {
					t.Errorf("zoom %s: got %f, %f, want %f, %f", zoom, v.Lat, v.Lon, reportLat, reportLon)
				}
			}
		}
		wants(office, 0, 0, 0)
		first, second := lin.ReportsMud(), lin.ReportsMud()
		lin.ReportsMud()
		wants(office, 3, 0, 0)
		wants(crew, 0, 0, 0)
		office.Assigns(first, "longhua-sanitation", time.Hour)
		office.Assigns(second, "longhua-sanitation", time.Hour)
		crew.Fixes(second)
		wants(office, 1, 1, 1)
		wants(lin, 1, 1, 1)
		wants(crew, 0, 1, 1)
		if sum := s.Audit(); sum.Wrong != 0 {
			t.Errorf("the audit found %d things wrong", sum.Wrong)
		}
	})
}
