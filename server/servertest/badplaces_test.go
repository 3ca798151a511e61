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

func TestPlacesThatCannotBeAreRefused(t *testing.T) {
	places := map[string]wrong{
		"north of the pole":    invalid(good(`"place":{"lat":90.0001,"lon":110},`), "/place"),
		"past the date line":   invalid(good(`"place":{"lat":20,"lon":-180.5},`), "/place"),
		"nowhere":              invalid(good(`"place":{"lat":0,"lon":0},`), "/place"),
		"nowhere, the other 0": invalid(good(`"place":{"lat":-0.0,"lon":0e5,"datum":"gcj02"},`), "/place"),
		"less than exact":      invalid(good(`"place":{"lat":20,"lon":110,"accuracy_m":-0.1},`), "/place/accuracy_m"),
		"half the earth":       invalid(good(`"place":{"lat":20,"lon":110,"accuracy_m":20000001},`), "/place/accuracy_m"),
		"a line from nowhere":  invalid(good(`"place":{"lat":20,"lon":110},"line":{"start":{"lat":0,"lon":0},"end":{"lat":95,"lon":0}},`), "/line/start", "/line/end"),
		"a line without place": invalid(good(`"line":{"start":{"lat":20,"lon":110}},`), "/line"),
		"a line too long":      invalid(good(`"place":{"lat":20,"lon":110},"line":{"start":{"lat":20,"lon":110},"end":{"lat":21,"lon":110}},`), "/line/end"),
		"half a point":         invalid(good(`"place":{"lat":20},`), "/place/lon"),
		"everything at once": invalid(good(`"place":{"lat":91,"lon":0,"accuracy_m":-1},"line":{"start":{"lat":0,"lon":0}},`),
			"/place", "/place/accuracy_m", "/line/start"),
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for name, w := range places {
			t.Run(name, func(t *testing.T) {
				w.wants(t, raw(t, lin, http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), w.body))
			})
		}
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

func TestTimesThatCannotBeAreRefused(t *testing.T) {
	body := func(reported, sent, captured, taken string) string {
		return fmt.Sprintf(`{"category":"06010","place":{"lat":20,"lon":110,"captured_at":%q},"photos":[{"id":%s,"sha256":%s,"bytes":1,"kind":"report","captured_at":%q}],
			"reported_at":%q,"sent_at":%q}`, captured, fineID, fineSum, taken, reported, sent)
	}
	const fine, early, late = "2026-11-24T08:00:00Z", "1999-12-31T23:59:59.999Z", "2100-01-01T00:00:00Z"
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for name, w := range map[string]wrong{
			"too early":        invalid(body(early, early, early, early), "/place/captured_at", "/photos/0/captured_at", "/reported_at", "/sent_at"),
			"too late":         invalid(body(late, late, late, late), "/place/captured_at", "/photos/0/captured_at", "/reported_at", "/sent_at"),
			"in no year":       invalid(body("10000-01-01T00:00:00Z", fine, fine, fine), "/reported_at"),
			"on no day":        invalid(body("2026-02-30T00:00:00Z", fine, fine, fine), "/reported_at"),
			"before 1970":      invalid(body("1969-12-31T00:00:00Z", fine, fine, fine), "/reported_at"),
			"early by offset":  invalid(body("2000-01-01T07:59:59+08:00", fine, fine, fine), "/reported_at"),
			"at a 25th hour":   invalid(body("2026-11-24T25:00:00Z", fine, fine, fine), "/reported_at"),
			"in a wrong order": invalid(body("24-11-2026T08:00:00Z", fine, fine, fine), "/reported_at"),
		} {
			t.Run(name, func(t *testing.T) {
				w.wants(t, raw(t, lin, http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), w.body))
			})
		}
	})
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
			"the first moment":      {"2000-01-01T00:00:00Z", at(0), nil},
			"the last moment":       {"2099-12-31T23:59:59.999Z", at(0), nil},
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
