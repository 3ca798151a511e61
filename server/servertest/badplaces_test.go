package servertest_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

func TestWhatMakesNoSenseInAPlaceIsLeftOutAndFlagged(t *testing.T) {
	const at = `"lat":20.03,"lon":110.33`
	none, lost := []string{"place.none", "place.dropped"}, []string{"place.dropped"}
	places := map[string]struct {
		more  string
		flags []string
		lost  string // what the flag tells
	}{
		"north of the pole":    {`"place":{"lat":90.0001,"lon":110},`, none, "/place 90.0001, 110"},
		"past the date line":   {`"place":{"lat":20,"lon":-180.5},`, none, "/place 20, -180.5"},
		"nowhere":              {`"place":{"lat":0,"lon":0},`, none, "/place 0, 0"},
		"nowhere, the other 0": {`"place":{"lat":-0.0,"lon":0e5,"datum":"gcj02"},`, none, "/place 0, 0"},
		"less than exact":      {`"place":{` + at + `,"accuracy_m":-1},`, lost, "/place/accuracy_m -1"},
		"half the earth":       {`"place":{` + at + `,"accuracy_m":20000001},`, lost, "/place/accuracy_m 2.0000001e+07"},
		"found decades ago":    {`"place":{` + at + `,"captured_at":"1981-01-06T00:00:00Z"},`, lost, "/place/captured_at 1981-01-06T00:00:00.000Z"},
		"found in a far year":  {`"place":{` + at + `,"captured_at":"+058822-01-06T00:00:00.000Z"},`, lost, "/place/captured_at +058822-01-06T00:00:00.000Z"},
		"a line from nowhere":  {`"place":{` + at + `},"line":{"start":{"lat":0,"lon":0},"end":{"lat":95,"lon":0}},`, lost, "/line/start 0, 0"},
		"a line without place": {`"line":{"start":{"lat":20,"lon":110}},`, none, "/line 20, 110"},
		"a line too long":      {`"place":{` + at + `},"line":{"start":{"lat":20,"lon":110},"end":{"lat":21,"lon":110}},`, lost, "/line/end 21, 110"},
		"everything at once": {`"place":{"lat":91,"lon":0,"accuracy_m":-1},"line":{"start":{"lat":0,"lon":0}},`, none,
			"/place 91, 0, /line 0, 0"},
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for name, tt := range places {
			t.Run(name, func(t *testing.T) {
				path := "/api/v1/issues/" + inspect.NewID().String()
				raw(t, lin, http.MethodPut, path, good(tt.more)).Want(201)
				raw(t, lin, http.MethodPut, path, good(tt.more)).Want(200)
				var kept struct {
					Place *struct {
						Lat        float64
						AccuracyM  *float64   `json:"accuracy_m"`
						CapturedAt *time.Time `json:"captured_at"`
					}
					Flags []struct{ Kind, Detail string }
				}
				lin.WithT(t).Do(http.MethodGet, path, nil).Want(200).Into(&kept)
				var kinds []string
				for _, f := range kept.Flags {
					if f.Kind == "clock.skew" { // of the fixed times of good
						continue
					}
					if kinds = append(kinds, f.Kind); f.Kind == "place.dropped" && f.Detail != tt.lost {
						t.Errorf("left out: got %q, want %q", f.Detail, tt.lost)
					}
				}
				if !slices.Equal(kinds, tt.flags) {
					t.Errorf("flags: got %v, want %v", kinds, tt.flags)
				}
				if p := kept.Place; p != nil && (p.Lat != 20.03 || p.AccuracyM != nil || p.CapturedAt != nil) {
					t.Errorf("kept: %+v", *p)
				}
			})
		}
		half := invalid(good(`"place":{"lat":20},`), "/place/lon")
		half.wants(t, raw(t, lin, http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), half.body))
		s.Audit()
	})
}

func TestOddPlacesAreFlagged(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/city_box", M{"value": M{"south": 19.5, "west": 110, "north": 20.2, "east": 110.8}}).Want(200)
		for name, tt := range map[string]struct {
			place any
			flags []string
		}{
			"in the city":          {M{"lat": 20.03, "lon": 110.33, "accuracy_m": 5000}, nil},
			"good to 5,001 m":      {M{"lat": 20.03, "lon": 110.33, "accuracy_m": 5001}, []string{"place.inaccurate"}},
			"in another city":      {M{"lat": 39.9, "lon": 116.4}, []string{"place.outside"}},
			"far and vague":        {M{"lat": 39.9, "lon": 116.4, "accuracy_m": 20_000_000}, []string{"place.outside", "place.inaccurate"}},
			"at the pole":          {M{"lat": 90, "lon": 180}, []string{"place.outside"}},
			"without a place":      {nil, []string{"place.none"}},
			"in, by another datum": {M{"lat": 20.03, "lon": 110.5, "datum": "gcj02"}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				body := lin.Report()
				if body["place"] = tt.place; tt.place == nil {
					delete(body, "place")
				}
				wantFlags(t, lin, body, tt.flags)
			})
		}
	})
}

// wantFlags reports something and fails unless it is taken with these flags.
func wantFlags(t *testing.T, c *servertest.Client, body M, want []string) {
	t.Helper()
	id := inspect.NewID()
	c.WithT(t).Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
	var got []string
	for _, f := range c.Issue(id).Flags {
		got = append(got, f.Kind)
	}
	if !slices.Equal(got, want) {
		t.Errorf("flags: got %v, want %v", got, want)
	}
}

func TestAPlaceIsKeptAsItWasGivenAndAsItIs(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		id := inspect.NewID()
		body := lin.Report() // published vectors
		body["place"] = M{"lat": 39.92196580126834, "lon": 116.41661560068297, "datum": "bd09"}
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
		var i struct {
			Place struct {
				Lat, Lon float64
				Datum    string
				Given    struct{ Lat, Lon float64 }
			}
		}
		lin.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&i)
		p := i.Place
		if math.Abs(p.Lat-39.914266) > 1e-6 || math.Abs(p.Lon-116.403988) > 1e-6 || p.Datum != "bd09" || p.Given.Lat != 39.92196580126834 || p.Given.Lon != 116.41661560068297 {
			t.Errorf("got %+v", p)
		}
	})
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for _, said := range []string{"now", "", "24-11-2026T08:00:00Z", "1790000000", "2026-11-24"} {
			t.Run(said, func(t *testing.T) {
				body := fmt.Sprintf(`{"category":"06010","place":{"lat":20,"lon":110,"captured_at":%[3]q},
					"photos":[{"id":%[1]s,"sha256":%[2]s,"bytes":1,"kind":"report","captured_at":%[3]q}],"reported_at":%[3]q,"sent_at":%[3]q}`, fineID, fineSum, said)
				w := invalid(body, "/place/captured_at", "/photos/0/captured_at", "/reported_at", "/sent_at")
				w.wants(t, raw(t, lin, http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), w.body))
			})
		}
	})
}

// TestAPhoneWhoseClockCannotBe reports, photographs and fixes with a phone whose clock stands anywhere: nothing is refused, and all of it stands at the
// moments at which it was done.
func TestAPhoneWhoseClockCannotBe(t *testing.T) {
	for name, tt := range map[string]struct {
		year      int
		exact     bool // its times can be corrected
		flag      string
		plainSent bool // the clock was set right before it sent
	}{
		"stood at 1970":                 {1970, true, "clock.skew", false},
		"stood at 1980":                 {1980, true, "clock.skew", false},
		"ran over in 2106":              {2106, true, "clock.skew", false},
		"stood in year 1":               {1, false, "time.dropped", false},
		"stood in year 20000":           {20000, false, "time.dropped", false},
		"stood at 1970 and was set":     {1970, false, "time.dropped", true},
		"stood at 2009 and was set":     {2009, false, "time.dropped", true},
		"stood in 2062 and was set":     {2062, false, "time.dropped", true},
		"stood in year 3000 and is set": {3000, false, "time.dropped", true},
	} {
		t.Run(name, func(t *testing.T) {
			servertest.Each(t, func(t *testing.T, s *servertest.Server) {
				lin := s.As("lin")
				lin.AllowInvalidRequests = true // years that the contract does not know
				base := time.Date(tt.year, 1, 1, 0, 10, 0, 0, time.UTC)
				said := func(ago time.Duration) string { // by the phone's clock, so long before it sends
					at := base.Add(-ago)
					if at.Year() > 9999 {
						return fmt.Sprintf("+0%d", at.Year()) + at.Format("-01-02T15:04:05.000Z")
					}
					return at.Format("2006-01-02T15:04:05.000Z")
				}
				sent := said(0)
				if tt.plainSent {
					sent = s.Now().UTC().Format(time.RFC3339Nano)
				}
				id, p := inspect.NewID(), servertest.NewPicture("report")
				body := lin.Report(p)
				body["reported_at"], body["sent_at"] = said(10*time.Minute), sent
				for _, v := range body["photos"].([]M) {
					v["captured_at"] = said(10 * time.Minute)
				}
				lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
				lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(200)
				lin.Sends(id, p)
				i := lin.Issue(id)
				if !slices.ContainsFunc(i.Flags, func(f struct{ Kind, Detail string }) bool { return f.Kind == tt.flag }) {
					t.Errorf("flags %v, want %s", i.Flags, tt.flag)
				}
				want := s.Now()
				if tt.exact {
					want = want.Add(-10 * time.Minute)
				}
				var kept struct {
					ReportedAt time.Time `json:"reported_at"`
				}
				lin.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&kept)
				if kept.ReportedAt.Sub(want).Abs() > time.Minute {
					t.Errorf("reported at %s, want %s", kept.ReportedAt, want)
				}

				s.As("office").Assigns(id, "longhua-sanitation", time.Hour)
				crew := s.As("crew")
				crew.AllowInvalidRequests = true
				photo := crew.Shows(id, "after")
				crew.Acts(id, "fix", M{"photos": []inspect.ID{photo}, "done_at": said(0), "sent_at": sent}).Want(201)
				if i := s.As("office").WantStatus(id, "fixed"); i.Overdue {
					t.Error("overdue")
				}
				s.Audit()
			})
		})
	}
}

func TestOddTimesAreTakenAndASkewIsFlagged(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		at := func(d time.Duration) string { return s.Now().Add(d).UTC().Format(time.RFC3339Nano) }
		for name, tt := range map[string]struct {
			reported, sent string
			flags          []string
		}{
			"now":                   {at(0), at(0), nil},
			"the first moment":      {"1900-01-01T00:00:00Z", at(0), []string{"time.dropped"}},
			"the last moment":       {"2149-12-31T23:59:59.999Z", at(0), []string{"time.dropped"}},
			"years ago":             {at(-4 * 365 * 24 * time.Hour), at(0), nil},
			"a minute behind":       {at(0), at(-time.Minute), nil},
			"a minute ahead":        {at(0), at(time.Minute), nil},
			"three minutes behind":  {at(-3 * time.Minute), at(-3 * time.Minute), []string{"clock.skew"}},
			"three minutes ahead":   {at(3 * time.Minute), at(3 * time.Minute), []string{"clock.skew"}},
			"never set":             {"2000-01-01T00:00:10Z", "2000-01-01T00:01:00Z", []string{"clock.skew"}},
			"with another offset":   {s.Now().In(time.FixedZone("", 9*3600)).Format(time.RFC3339Nano), at(0), nil},
			"a day before the call": {at(-24 * time.Hour), at(0), nil},
		} {
			t.Run(name, func(t *testing.T) {
				body := lin.Report()
				body["reported_at"], body["sent_at"] = tt.reported, tt.sent
				wantFlags(t, lin, body, tt.flags)
			})
		}
		s.Audit()
	})
}
