package servertest_test

import (
	"image"
	"image/color"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/servertest"
)

// The place of every report in this file, which is that of Client.Report.
const reportLat, reportLon = 20.0312, 110.3286

// shot is a photo with what it says of itself.
func shot(kind string, img image.Image, e *phototest.EXIF) servertest.Picture {
	return servertest.Picture{ID: inspect.NewID(), Kind: kind, Bytes: phototest.JPEG(img, 85, e)}
}

// camera is what an honest phone writes at a moment beside the report.
func camera(at time.Time) *phototest.EXIF {
	return &phototest.EXIF{Make: "Demo", Model: "Phone", Taken: at.UTC().Format("2006:01:02 15:04:05"), Offset: "+00:00", Place: phototest.At(reportLat, reportLon, 5)}
}

// flagsOf are the kinds of flags of an issue that carry a photo, or all when there is none.
func flagsOf(t *testing.T, c *servertest.Client, issue inspect.ID, p inspect.ID) (kinds []string) {
	t.Helper()
	var got struct {
		Flags []struct{ Kind, Photo string }
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+issue.String(), nil).Want(http.StatusOK).Into(&got)
	for _, f := range got.Flags {
		if f.Photo == p.String() {
			kinds = append(kinds, f.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// dark is a picture of next to nothing.
func dark() image.Image {
	return imaging.AdjustFunc(phototest.Scene(800, 600, 90), func(c color.NRGBA) color.NRGBA {
		return color.NRGBA{c.R / 12, c.G / 12, c.B / 12, 255}
	})
}

func TestWhatAPhotoBetrays(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		now := s.Now()
		honest := phototest.Scene(800, 600, 1)
		far := camera(now)
		far.Place = phototest.At(reportLat+0.01, reportLon, 5) // 1.1 km north
		near := camera(now)
		near.Place = phototest.At(reportLat+0.0004, reportLon, 5) // 44 m, within 50 and both accuracies
		late := camera(now.Add(-30 * time.Minute))
		edited := camera(now)
		edited.Software = "Adobe Photoshop 25.0"
		for name, tt := range map[string]struct {
			p    servertest.Picture
			want []string
		}{
			"an honest one":      {shot("report", honest, camera(now)), nil},
			"one from near by":   {shot("report", phototest.Scene(800, 600, 2), near), nil},
			"another place":      {shot("report", phototest.Scene(800, 600, 3), far), []string{"photo.place_differs"}},
			"another time":       {shot("report", phototest.Scene(800, 600, 4), late), []string{"photo.time_differs"}},
			"a changed picture":  {shot("report", phototest.Scene(800, 600, 5), edited), []string{"photo.edited"}},
			"a picture of night": {shot("report", dark(), camera(now)), []string{"photo.dark"}},
			"a shaken one":       {shot("report", imaging.Blur(phototest.Scene(800, 600, 6), 9), camera(now)), []string{"photo.blurred"}},
			"a screenshot": {servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: phototest.PNG(phototest.Scene(1080, 2400, 7), nil)},
				[]string{"photo.screenshot"}},
		} {
			issue := inspect.NewID()
			body := lin.Report(tt.p)
			body["photos"].([]M)[0]["captured_at"] = now.UTC().Format(time.RFC3339Nano)
			lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), body).Want(http.StatusCreated)
			lin.Sends(issue, tt.p)
			s.Drain()
			if got := flagsOf(t, office, issue, tt.p.ID); !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
		}
		s.Audit()
	})
}

func TestAnAfterPhotoFromBeforeOrFromElsewhere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		issue := lin.ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		old, far := camera(s.Now().Add(-48*time.Hour)), camera(s.Now())
		far.Place = phototest.At(reportLat, reportLon+0.02, 5)
		for name, tt := range map[string]struct {
			p    servertest.Picture
			want []string
		}{
			"from the day before yesterday": {shot("after", phototest.Scene(640, 480, 11), old), []string{"photo.before_report"}},
			"from elsewhere":                {shot("after", phototest.Scene(640, 480, 12), far), []string{"photo.far"}},
			"as it should be":               {shot("after", phototest.Scene(640, 480, 13), camera(s.Now())), nil},
		} {
			crew.Declares(issue, tt.p).Want(http.StatusCreated)
			crew.Sends(issue, tt.p)
			s.Drain()
			if got := flagsOf(t, office, issue, tt.p.ID); !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
		}
		crew.Acts(issue, "fix", M{"photos": []inspect.ID{crew.Shows(issue, "after")}, "place": M{"lat": reportLat + 0.05, "lon": reportLon}}).Want(http.StatusCreated)
		if got := flagsOf(t, office, issue, inspect.ID{}); !slices.Contains(got, "photo.far") {
			t.Errorf("a fix that was reported 5 km away: got %v", got)
		}
		s.Audit()
	})
}

func TestAPictureYearsOldIsFlaggedWhoeverSaysIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		created := &phototest.EXIF{Make: "Demo", Camera: phototest.Tags{0x9004: "2021:05:12 09:31:07"}}
		for name, tt := range map[string]struct {
			p    servertest.Picture
			want []string
		}{
			"years old":             {shot("report", phototest.Scene(800, 600, 81), camera(s.Now().Add(-3*365*24*time.Hour))), []string{"photo.captured_at"}},
			"made years ago":        {shot("report", phototest.Scene(800, 600, 82), created), []string{"photo.captured_at"}},
			"of now":                {shot("report", phototest.Scene(800, 600, 83), camera(s.Now())), nil},
			"as messengers make it": {shot("report", phototest.Scene(1080, 2340, 84), nil), nil},
			"a screen that became a jpeg": {shot("report", imaging.Paste(imaging.New(1080, 2340, color.NRGBA{20, 20, 24, 255}), phototest.Scene(1080, 1800, 85),
				image.Pt(0, 200)), nil),
				[]string{"photo.screenshot"}},
		} {
			issue := inspect.NewID()
			body := lin.Report(tt.p)
			delete(body["photos"].([]M)[0], "captured_at")
			lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), body).Want(http.StatusCreated)
			lin.Sends(issue, tt.p)
			s.Drain()
			if got := flagsOf(t, office, issue, tt.p.ID); !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
		}
		s.Audit()
	})
}

func TestThePhotoOfBeforeIsNoProofOfAFix(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		scene := phototest.Scene(1200, 900, 91)
		before := shot("report", imaging.Crop(scene, image.Rect(0, 0, 1000, 750)), camera(s.Now()))
		issue := inspect.NewID()
		lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(before)).Want(http.StatusCreated)
		lin.Sends(issue, before)
		s.Drain()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		now := camera(s.Now())
		for name, tt := range map[string]struct {
			p    servertest.Picture
			want []string
		}{
			"scaled":           {shot("after", imaging.Resize(imaging.Crop(scene, image.Rect(0, 0, 1000, 750)), 640, 0, imaging.Lanczos), now), []string{"photo.similar"}},
			"mirrored":         {shot("after", imaging.FlipH(imaging.Crop(scene, image.Rect(0, 0, 1000, 750))), now), []string{"photo.similar"}},
			"without its foot": {shot("after", imaging.Crop(scene, image.Rect(0, 0, 1000, 600)), now), []string{"photo.similar"}},
			"taken there anew": {shot("after", imaging.Crop(scene, image.Rect(90, 60, 1190, 880)), now), nil},
		} {
			crew.Declares(issue, tt.p).Want(http.StatusCreated)
			crew.Sends(issue, tt.p)
			s.Drain()
			if got := flagsOf(t, office, issue, tt.p.ID); !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
		}
		s.Audit()
	})
}

func TestACopyIsFoundAndAPersonDecides(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, wang, office := s.As("lin"), s.As("wang"), s.As("office")
		scene := phototest.Scene(1600, 1200, 21)
		original := shot("report", scene, camera(s.Now()))
		reports := func(c *servertest.Client, p servertest.Picture) inspect.ID {
			id := inspect.NewID()
			c.Do(http.MethodPut, "/api/v1/issues/"+id.String(), c.Report(p)).Want(http.StatusCreated)
			c.Sends(id, p)
			s.Drain()
			return id
		}
		first := reports(lin, original)
		if got := flagsOf(t, office, first, original.ID); len(got) > 0 {
			t.Errorf("the original: got %v", got)
		}
		for name, copied := range map[string]image.Image{
			"scaled":     imaging.Resize(scene, 1080, 0, imaging.Lanczos),
			"cut":        imaging.CropCenter(scene, 1440, 1080),
			"brightened": imaging.AdjustBrightness(scene, 12),
			"turned":     imaging.Rotate90(scene),
			"mirrored":   imaging.FlipH(scene),
			"cut below":  imaging.Crop(scene, image.Rect(0, 0, 1600, 960)),
		} {
			p := shot("report", copied, nil)
			id := reports(wang, p)
			if got := flagsOf(t, office, id, p.ID); !slices.Contains(got, "photo.similar") {
				t.Errorf("a copy that was %s: got %v", name, got)
			}
		}
		exact := servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: original.Bytes}
		id := reports(wang, exact)
		var got struct {
			FlagsOpen int `json:"flags_open"`
			Flags     []struct {
				ID, Kind, Decision, Reason string
				Resembles                  *struct {
					Photo string
					Issue struct{ ID, Number string }
				}
			}
		}
		at := "/api/v1/issues/" + id.String()
		office.Do(http.MethodGet, at, nil).Want(http.StatusOK).Into(&got)
		if got.FlagsOpen != 1 || len(got.Flags) != 1 || got.Flags[0].Kind != "photo.reused" || got.Flags[0].Resembles == nil || got.Flags[0].Resembles.Issue.ID != first.String() {
			t.Fatalf("the same bytes: got %+v", got)
		}
		s.As("lin").Acts(id, "decide_flag", M{"flag": got.Flags[0].ID, "decision": "confirm", "reason": "同一张照片"}).WantProblem(403, "forbidden", "never")
		office.Acts(id, "decide_flag", M{"flag": inspect.NewID(), "decision": "confirm", "reason": "同一张照片"}).WantProblem(422, "content.unknown-reference", "never")
		office.Acts(id, "decide_flag", M{"flag": got.Flags[0].ID, "decision": "confirm"}).WantProblem(422, "content.invalid", "never")
		office.Acts(id, "decide_flag", M{"flag": got.Flags[0].ID, "decision": "dismiss", "reason": "误判"}).Want(http.StatusCreated)
		office.Acts(id, "decide_flag", M{"flag": got.Flags[0].ID, "decision": "confirm", "reason": "与前案为同一张照片"}).Want(http.StatusCreated)
		office.Do(http.MethodGet, at, nil).Want(http.StatusOK).Into(&got)
		if got.FlagsOpen != 0 || got.Flags[0].Decision != "confirm" || got.Flags[0].Reason != "与前案为同一张照片" {
			t.Errorf("after the decision: got %+v", got)
		}
		var page struct{ Total int }
		if office.Do(http.MethodGet, "/api/v1/issues?flagged=true", nil).Want(http.StatusOK).Into(&page); page.Total != 6 {
			t.Errorf("%d issues wait for a decision, want the six copies", page.Total)
		}
		s.Audit()
	})
}

func TestBeforeAndAfterOfOnePlaceAreNoCopies(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
	scene := phototest.Scene(1200, 900, 31)
	before := shot("report", imaging.Crop(scene, image.Rect(0, 0, 1000, 750)), camera(s.Now()))
	issue := inspect.NewID()
	lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(before)).Want(http.StatusCreated)
	lin.Sends(issue, before)
	office.Assigns(issue, "longhua-sanitation", time.Hour)
	after := shot("after", imaging.AdjustBrightness(imaging.Crop(scene, image.Rect(90, 60, 1190, 880)), 4), camera(s.Now()))
	crew.Declares(issue, after).Want(http.StatusCreated)
	crew.Sends(issue, after)
	s.Drain()
	if got := flagsOf(t, office, issue, after.ID); len(got) > 0 {
		t.Errorf("the same place from the same angle: got %v", got)
	}
}

// TestAPositionAndAPhotoHaveAnAge reports and fixes with positions and photos of other moments than they seem.
func TestAPositionAndAPhotoHaveAnAge(t *testing.T) {
	const h, m, sec = time.Hour, time.Minute, time.Second
	for name, tt := range map[string]struct {
		place, photo time.Duration // before the report; 0 for a place is no moment
		skew         time.Duration
		flags        []string // of the issue and of its photo
	}{
		"fresh":                     {place: 30 * sec, photo: 10 * sec},
		"two minutes":               {place: 2*m + 10*sec, photo: 10 * sec},
		"of another street":         {place: 2*m + 11*sec, photo: 10 * sec, flags: []string{"place.stale"}},
		"found after the photo":     {place: 9 * sec, photo: 10 * sec, flags: []string{"place.stale"}},
		"a pin has no age":          {photo: 3 * h},
		"of now, under an old one":  {place: 5 * sec, photo: 48 * h, flags: []string{"photo.captured_at", "place.stale"}},
		"a day ago":                 {photo: 24 * h},
		"older than a day":          {photo: 24*h + m, flags: []string{"photo.captured_at"}},
		"taken in the future":       {photo: -5 * m, flags: []string{"photo.captured_at"}},
		"a phone that is a day off": {place: 30 * sec, photo: 10 * sec, skew: 24 * h, flags: []string{"clock.skew", "clock.skew"}},
	} {
		t.Run(name, func(t *testing.T) {
			servertest.Each(t, func(t *testing.T, s *servertest.Server) {
				lin, now := s.As("lin"), s.Now().Add(-tt.skew)
				ago := func(d time.Duration) string { return now.Add(-d).UTC().Format(time.RFC3339Nano) }
				issue, p := inspect.NewID(), servertest.NewPicture("report")
				body := lin.Report(p)
				body["reported_at"], body["sent_at"] = ago(0), ago(0)
				body["photos"].([]M)[0]["captured_at"] = ago(tt.photo)
				place := body["place"].(M)
				if place["captured_at"] = ago(tt.place); tt.place == 0 {
					delete(place, "captured_at")
				}
				lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), body).Want(http.StatusCreated)
				lin.Send(http.MethodPut, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String(), p.Bytes, http.Header{
					"Content-Type": {"application/octet-stream"}, "Content-Digest": {p.Digest()}, "Spotcheck-Sent-At": {ago(0)}}).Want(http.StatusCreated)
				got := append(flagsOf(t, lin, issue, p.ID), flagsOf(t, lin, issue, inspect.ID{})...)
				if slices.Sort(got); !slices.Equal(got, tt.flags) {
					t.Errorf("the report: got %v, want %v", got, tt.flags)
				}
				s.Audit()
			})
		})
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		crew, issue := s.As("crew"), s.As("lin").ReportsMud()
		s.As("office").Assigns(issue, "longhua-sanitation", time.Hour)
		now := s.Now()
		ago := func(d time.Duration) string { return now.Add(-d).UTC().Format(time.RFC3339Nano) }
		p := servertest.NewPicture("after")
		declared := p.Declared()
		declared["captured_at"] = ago(0)
		crew.Do(http.MethodPost, "/api/v1/issues/"+issue.String()+"/photos", M{"photos": []M{declared}, "sent_at": ago(0)}).Want(http.StatusCreated)
		crew.Sends(issue, p)
		crew.Acts(issue, "fix", M{"photos": []inspect.ID{p.ID}, "place": M{"lat": reportLat, "lon": reportLon, "captured_at": ago(3 * m)}}).Want(http.StatusCreated)
		if got := flagsOf(t, s.As("office"), issue, inspect.ID{}); !slices.Equal(got, []string{"place.stale"}) {
			t.Errorf("the fix: got %v", got)
		}
	})
}
