package servertest_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

// photoFacts is what a client reads of a photo.
type photoFacts struct {
	State, Type, Damaged string
	Bytes                int64
	SHA256               string
	Width, Height        int
	UprightWidth         int `json:"upright_width"`
	UprightHeight        int `json:"upright_height"`
	EXIF                 struct {
		TakenAt       time.Time `json:"taken_at"`
		OffsetKnown   bool      `json:"offset_known"`
		OffsetMinutes int       `json:"offset_minutes"`
		Lat, Lon      *float64
		AccuracyM     *float64 `json:"accuracy_m"`
		TakenFrom     string   `json:"taken_from"`
		Datum         string
		AltitudeM     *float64 `json:"altitude_m"`
		HeadingDeg    *float64 `json:"heading_deg"`
		Magnetic      bool
	}
	Thumb, Display string
	RenditionError string `json:"rendition_error"`
}

// sent is a sample on its way through the server.
type sent struct {
	phototest.Sample
	issue inspect.ID
	servertest.Picture
}

func (s sent) path() string { return "/api/v1/issues/" + s.issue.String() + "/photos/" + s.ID.String() }

func TestEveryPhotoGoesThroughAsItsTableSays(t *testing.T) {
	samples := phototest.Samples(t)
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		var all []sent
		for chunk := range slices.Chunk(samples, 20) {
			all = append(all, send(lin, chunk)...)
		}
		made := !s.Postgres() // what is made of a photo does not depend on where it lies; stories make some on both
		if made {
			s.Drain()
		}
		for _, p := range all {
			check(t, lin, p, made)
		}
		s.Audit()
	})
}

// send reports an issue with some photos and sends them.
func send(c *servertest.Client, samples []phototest.Sample) (all []sent) {
	issue := inspect.NewID()
	var declared []servertest.Picture
	for _, s := range samples {
		p := sent{s, issue, servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: s.Bytes}}
		if len(s.Bytes) == 0 {
			continue // the contract lets nobody declare nothing
		}
		all, declared = append(all, p), append(declared, p.Picture)
	}
	c.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), c.Report(declared...)).Want(http.StatusCreated)
	for _, p := range all {
		a := c.Upload(issue, p.Picture)
		switch p.Refused {
		case nil:
			a.Want(http.StatusCreated)
		case photo.ErrType:
			a.WantProblem(http.StatusUnsupportedMediaType, "photo.type", "never")
		}
	}
	return all
}

func check(t *testing.T, c *servertest.Client, p sent, made bool) {
	var got photoFacts
	c.Do(http.MethodGet, p.path(), nil).Want(http.StatusOK).Into(&got)
	if p.Refused != nil {
		if got.State != "declared" {
			t.Errorf("%s: a refused photo is %s", p.Name, got.State)
		}
		c.Do(http.MethodGet, p.path()+"/original", nil).WantProblem(http.StatusConflict, "photo.not-safe", "later")
		return
	}
	if got.State != "safe" || got.Type != string(p.Type) || (got.Damaged != "") != p.Damaged {
		t.Errorf("%s: got %s %s, damaged %q; want a safe %s, damaged %t", p.Name, got.State, got.Type, got.Damaged, p.Type, p.Damaged)
	}
	if got.Width != p.Width || got.Height != p.Height || (image.Point{X: got.UprightWidth, Y: got.UprightHeight}) != p.Upright {
		t.Errorf("%s: got %d×%d, upright %d×%d; want %d×%d, upright %v", p.Name, got.Width, got.Height, got.UprightWidth, got.UprightHeight, p.Width, p.Height, p.Upright)
	}
	checkSaid(t, &got, p.Sample)
	original := c.Do(http.MethodGet, p.path()+"/original", nil).Want(http.StatusOK)
	if !bytes.Equal(original.Body, p.Sample.Bytes) || original.Header.Get("ETag") != `"`+p.SHA256()+`"` {
		t.Errorf("%s: the original came back as %d bytes with %s", p.Name, len(original.Body), original.Header.Get("ETag"))
	}
	if want := p.Type.MediaType(); original.Header.Get("Content-Type") != want {
		t.Errorf("%s: the original came as %s, want %s", p.Name, original.Header.Get("Content-Type"), want)
	}
	if made {
		checkPictures(t, c, p, &got)
	}
}

// checkSaid compares what the picture says of its time and place.
func checkSaid(t *testing.T, got *photoFacts, want phototest.Sample) {
	t.Helper()
	_, seconds := want.TakenAt.Zone()
	if want.TakenAt.IsZero() {
		seconds = 0
	}
	if !got.EXIF.TakenAt.Truncate(time.Second).Equal(want.TakenAt) || got.EXIF.OffsetKnown != want.OffsetKnown || got.EXIF.OffsetMinutes != seconds/60 {
		t.Errorf("%s: taken: got %s, offset %d known %t; want %s, %d, %t", want.Name, got.EXIF.TakenAt, got.EXIF.OffsetMinutes, got.EXIF.OffsetKnown,
			want.TakenAt, seconds/60, want.OffsetKnown)
	}
	switch at := want.Position; {
	case at == nil || got.EXIF.Lat == nil || got.EXIF.Lon == nil:
		if at != nil || got.EXIF.Lat != nil || got.EXIF.Lon != nil {
			t.Errorf("%s: position: got %v, want %v", want.Name, got.EXIF, at)
		}
	case math.Abs(*got.EXIF.Lat-at.Lat) > 1e-5 || math.Abs(*got.EXIF.Lon-at.Lon) > 1e-5:
		t.Errorf("%s: position: got %f, %f, want %+v", want.Name, *got.EXIF.Lat, *got.EXIF.Lon, at)
	case at.AccuracyM != nil && (got.EXIF.AccuracyM == nil || math.Abs(*got.EXIF.AccuracyM-*at.AccuracyM) > 0.01):
		t.Errorf("%s: accuracy: got %v, want %f", want.Name, got.EXIF.AccuracyM, *at.AccuracyM)
	}
}

func checkPictures(t *testing.T, c *servertest.Client, p sent, got *photoFacts) {
	t.Helper()
	failed := got.Display == "failed"
	if p.Pictures == phototest.Failed && !failed || p.Pictures == phototest.Made && failed || got.Thumb != got.Display || failed != (got.RenditionError != "") {
		t.Fatalf("%s: pictures: got %s and %s (%q), want %v", p.Name, got.Thumb, got.Display, got.RenditionError, p.Pictures)
	}
	if failed {
		for _, size := range []string{"display", "thumb", "stamped"} {
			c.Do(http.MethodGet, p.path()+"/"+size, nil).WantProblem(http.StatusNotFound, "photo.no-rendition", "never")
		}
		return
	}
	display, thumb := c.Do(http.MethodGet, p.path()+"/display", nil).Want(http.StatusOK), c.Do(http.MethodGet, p.path()+"/thumb", nil).Want(http.StatusOK)
	phototest.CheckPictures(t, p.Sample, display.Body, thumb.Body)
	stamped := c.Do(http.MethodGet, p.path()+"/stamped", nil).Want(http.StatusOK)
	a, err := jpeg.Decode(bytes.NewReader(stamped.Body))
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	b, err := jpeg.Decode(bytes.NewReader(display.Body))
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	if d := phototest.PSNR(a, b); d == 0 || d > 40 {
		t.Errorf("%s: the stamped picture differs by %.1f dB from the display picture", p.Name, d)
	}
	look(t, p.Name, map[string][]byte{"display": display.Body, "thumb": thumb.Body, "stamped": stamped.Body})
}

// look keeps pictures where somebody wants to look at them, in the folder that SPOTCHECK_TEST_LOOK names.
func look(t *testing.T, name string, pictures map[string][]byte) {
	t.Helper()
	dir := os.Getenv("SPOTCHECK_TEST_LOOK")
	if dir == "" {
		return
	}
	for size, b := range pictures {
		if err := os.WriteFile(filepath.Join(dir, name+"."+size+".jpg"), b, 0o600); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatAPictureSaysOfItselfIsInTheContract(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		gcj := geo.FromWGS84(geo.Point{Lat: reportLat, Lon: reportLon}, geo.GCJ02)
		p := shot("report", phototest.Scene(640, 480, 1), &phototest.EXIF{Taken: "2026:05:12 09:31:07", Offset: "+0800", Place: phototest.At(gcj.Lat, gcj.Lon, 4.5),
			Camera: phototest.Tags{0x9291: "123"}, GPS: phototest.Tags{5: byte(0), 6: [][2]uint32{{94, 10}}, 16: "M", 17: [][2]uint32{{2755, 10}}, 18: "GCJ-02"}})
		issue := inspect.NewID()
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)
		lin.Sends(issue, p)
		var got photoFacts
		lin.Do(http.MethodGet, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String(), nil).Want(http.StatusOK).Into(&got)
		e := got.EXIF
		if want := time.Date(2026, 5, 12, 1, 31, 7, 123e6, time.UTC); !e.TakenAt.Equal(want) || e.TakenFrom != "original" {
			t.Errorf("taken: got %v from %s, want %v", e.TakenAt, e.TakenFrom, want)
		}
		if e.Lat == nil || e.Lon == nil || geo.Distance(geo.Point{Lat: *e.Lat, Lon: *e.Lon}, geo.Point{Lat: reportLat, Lon: reportLon}) > 0.1 || e.Datum != "GCJ-02" {
			t.Errorf("position: got %+v", e)
		}
		if e.AltitudeM == nil || *e.AltitudeM != 9.4 || e.HeadingDeg == nil || *e.HeadingDeg != 275.5 || !e.Magnetic {
			t.Errorf("altitude and heading: got %+v", e)
		}
		if flags := flagsOf(t, s.As("office"), issue, p.ID); slices.Contains(flags, "photo.place_differs") {
			t.Errorf("the same place in another datum: got flags %v", flags)
		}
		s.Audit()
	})
}
