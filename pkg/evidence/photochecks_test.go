package evidence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/geo"
)

var reportedAt = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// anomaliesOf are the kinds of anomaly, each with its words.
func anomaliesOf(w evidence.PhotoCheck) (all []string) {
	for _, d := range w.Anomalies() {
		all = append(all, string(d.Anomaly)+": "+d.Detail)
	}
	return all
}

func wantAnomalies(t *testing.T, what string, w evidence.PhotoCheck, want ...string) {
	t.Helper()
	if got := anomaliesOf(w); !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestAPictureThatSaysNothingHasNoAnomaly(t *testing.T) {
	t.Parallel()
	wantAnomalies(t, "nothing", evidence.PhotoCheck{})
	wantAnomalies(t, "an after-photo without any time", evidence.PhotoCheck{After: true, ReportedAt: reportedAt})
	wantAnomalies(t, "a position, and no issue to hold it against", evidence.PhotoCheck{Position: &geo.Point{Lon: 110, Lat: 20}})
	wantAnomalies(t, "an issue, and no position to hold against it", evidence.PhotoCheck{Spot: &evidence.Location{Line: geo.Line{Start: geo.Point{Lon: 110, Lat: 20}}}})
}

func TestAnAfterPhotoIsTakenAfterTheReport(t *testing.T) {
	t.Parallel()
	const says = "photo.before_report: taken 2m1s before the report"
	at := func(before time.Duration) time.Time { return reportedAt.Add(-before) }
	late := 2*time.Minute + time.Second
	wantAnomalies(t, "by the phone", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(late)}, says)
	wantAnomalies(t, "by the picture", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, TakenAt: at(late)}, says)
	wantAnomalies(t, "the earlier of both, the phone's", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(late), TakenAt: at(0)}, says)
	wantAnomalies(t, "the earlier of both, the picture's", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(0), TakenAt: at(late)}, says)
	wantAnomalies(t, "within what two clocks differ", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(2 * time.Minute), TakenAt: at(2 * time.Minute)})
	wantAnomalies(t, "just beyond it", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(2*time.Minute + 1)},
		"photo.before_report: taken 2m0s before the report")
	wantAnomalies(t, "rounded", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(late + 499*time.Millisecond)}, says)
	wantAnomalies(t, "of the report itself", evidence.PhotoCheck{ReportedAt: reportedAt, CapturedAt: at(time.Hour), TakenAt: at(time.Hour)})
	wantAnomalies(t, "later", evidence.PhotoCheck{After: true, ReportedAt: reportedAt, CapturedAt: at(-time.Hour)})
}

func TestTheClocksOfPictureAndPhoneAgree(t *testing.T) {
	t.Parallel()
	for apart, doubt := range map[time.Duration]bool{
		0: false, 10 * time.Minute: false, -10 * time.Minute: false, 10*time.Minute + 1: true, -10*time.Minute - 1: true, 24 * time.Hour: true,
	} {
		w := evidence.PhotoCheck{CapturedAt: reportedAt, TakenAt: reportedAt.Add(apart).In(time.FixedZone("", 8*60*60))}
		var want []string
		if doubt {
			want = []string{"photo.time_differs: the picture says " + reportedAt.Add(apart).Format(time.RFC3339) + ", the phone 2026-11-24T09:00:00Z"}
		}
		wantAnomalies(t, fmt.Sprint(apart), w, want...)
	}
	wantAnomalies(t, "only the phone says a time", evidence.PhotoCheck{CapturedAt: reportedAt})
	wantAnomalies(t, "only the picture says a time", evidence.PhotoCheck{TakenAt: reportedAt})
}

func TestAPictureIsTakenWhereTheIssueIs(t *testing.T) {
	t.Parallel()
	start := geo.Point{Lon: 110, Lat: 20}
	metre := 1 / geo.Distance(start, geo.Point{Lon: 110, Lat: 21}) // in degrees of latitude
	north := func(m float64) *geo.Point { return &geo.Point{Lon: 110, Lat: 20 + m*metre} }
	point := &evidence.Location{Line: geo.Line{Start: start}}
	wantAnomalies(t, "50 m away", evidence.PhotoCheck{Spot: point, Position: north(49.9)})
	wantAnomalies(t, "51 m away, of the report", evidence.PhotoCheck{Spot: point, Position: north(51)}, "photo.place_differs: 51 m away")
	wantAnomalies(t, "51 m away, of a fix", evidence.PhotoCheck{After: true, Spot: point, Position: north(51)}, "photo.far: 51 m away")
	vague := &evidence.Location{Line: geo.Line{Start: start}, AccuracyM: 20}
	wantAnomalies(t, "within both accuracies", evidence.PhotoCheck{Spot: vague, Position: north(79.9), AccuracyM: 10})
	wantAnomalies(t, "beyond both accuracies", evidence.PhotoCheck{Spot: vague, Position: north(81), AccuracyM: 10}, "photo.place_differs: 81 m away")
	line := evidence.Location{Line: geo.Line{Start: start, End: north(1000)}}
	wantAnomalies(t, "beside a line", evidence.PhotoCheck{Spot: &line, Position: north(500)})
	wantAnomalies(t, "behind the end of a line", evidence.PhotoCheck{Spot: &line, Position: north(1051)}, "photo.place_differs: 51 m away")

	if got := (evidence.Location{Line: geo.Line{Start: start}}).Distance(*north(500)); got < 499 || got > 501 {
		t.Errorf("500 m from a point are %f", got)
	}
	edge := point.Distance(*north(60))
	for _, c := range []struct {
		accuracy float64
		far      bool
	}{{edge - 50, false}, {edge - 50 - 1e-6, true}} {
		if metres, far := point.FarFrom(*north(60), c.accuracy); far != c.far || metres != edge {
			t.Errorf("%f m with an accuracy of %f: far %t, %f m", edge, c.accuracy, far, metres)
		}
	}
}

func TestAScreenshotHasTheSizeOfAScreenAndNoCamera(t *testing.T) {
	t.Parallel()
	screen := evidence.PhotoCheck{Type: "png", Width: 1170, Height: 2532}
	says := func(w evidence.PhotoCheck) string {
		return fmt.Sprintf("photo.screenshot: %d × %d pixels of a screen", w.Width, w.Height)
	}
	with := func(change func(*evidence.PhotoCheck)) evidence.PhotoCheck {
		w := screen
		change(&w)
		return w
	}
	for what, w := range map[string]evidence.PhotoCheck{
		"png": screen, "on its side": with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 2532, 1170 }),
		"it says so":                        {Software: "Screenshot"},
		"it says so in its comment":         {Screen: true, Type: "jpeg", Width: 1080, Height: 1920},
		"of a tablet":                       with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 2388, 1668 }),
		"of a computer":                     with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 1920, 1080 }),
		"it says so, whatever else it says": {Software: "MIUI screenshot", Type: "heic", Make: "Xiaomi", Width: 4000, Height: 3000},
		"just longer than 16:9":             with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 720, 1281 }),
		"just shorter than 5:2":             with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 720, 1799 }),
	} {
		wantAnomalies(t, what, w, says(w))
	}
	for what, w := range map[string]evidence.PhotoCheck{
		"a make": with(func(w *evidence.PhotoCheck) { w.Make = "Apple" }), "a model": with(func(w *evidence.PhotoCheck) { w.Model = "iPhone" }),
		"a jpeg of that size, as messengers make": with(func(w *evidence.PhotoCheck) { w.Type, w.Width, w.Height = "jpeg", 1080, 2340 }),
		"another type": with(func(w *evidence.PhotoCheck) { w.Type = "heic" }), "no screen is so wide": with(func(w *evidence.PhotoCheck) { w.Width = 1171 }),
		"16:9, as cameras take": with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 720, 1280 }),
		"5:2, a panorama":       with(func(w *evidence.PhotoCheck) { w.Width, w.Height = 720, 1800 }),
	} {
		wantAnomalies(t, what, w)
	}
	widths := []int{640, 720, 750, 800, 828, 900, 1080, 1096, 1116, 1125, 1170, 1176, 1179, 1188, 1200, 1206, 1212, 1216, 1220, 1224, 1228, 1240, 1242, 1256,
		1260, 1264, 1272, 1280, 1284, 1290, 1312, 1316, 1320, 1344, 1440}
	for width := 600; width < 1500; width++ {
		w := evidence.PhotoCheck{Type: "png", Width: width, Height: width * 2}
		if got, want := len(w.Anomalies()) == 1, slices.Contains(widths, width); got != want {
			t.Errorf("%d wide: screenshot %t, want %t", width, got, want)
		}
	}
}

func TestEditorsSignWhatTheyChange(t *testing.T) {
	t.Parallel()
	for _, software := range strings.Split("Adobe Photoshop 25|Lightroom|GIMP 2.10|Snapseed 2.0|PicsArt|MEITU|美图秀秀|醒图|VSCO|Facetune|Pixelmator Pro|Affinity Photo|Canva|"+
		"Paint.NET v4|PhotoScape X|Polarr|darktable 4|BeautyCam|B612|轻颜相机|PicMonkey|Photopea|Inpaint|ImageMagick 7", "|") {
		wantAnomalies(t, software, evidence.PhotoCheck{Software: software}, "photo.edited: by "+software)
	}
	for _, software := range []string{"", "HDR+ 1.0", "16.4.1", "MediaTek Camera Application"} {
		wantAnomalies(t, software, evidence.PhotoCheck{Software: software})
	}
}

// TestTheNamesOfAnomaliesAreOfTheContract: they stand in the record and never change.
func TestTheNamesOfAnomaliesAreOfTheContract(t *testing.T) {
	t.Parallel()
	for got, want := range map[evidence.Anomaly]string{
		evidence.TakenBefore: "photo.before_report", evidence.TakenFar: "photo.far", evidence.PlaceDiffers: "photo.place_differs", evidence.TimeDiffers: "photo.time_differs",
		evidence.Screenshot: "photo.screenshot", evidence.Edited: "photo.edited", evidence.ReusedBytes: "photo.reused", evidence.SimilarPhoto: "photo.similar",
		evidence.DarkPicture: "photo.dark", evidence.BlurryPicture: "photo.blurred",
	} {
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
