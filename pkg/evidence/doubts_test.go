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

// doubtsOf are the kinds of doubt, each with its words.
func doubtsOf(w evidence.Witness) (all []string) {
	for _, d := range w.Doubts() {
		all = append(all, string(d.Doubt)+": "+d.Detail)
	}
	return all
}

func wantDoubts(t *testing.T, what string, w evidence.Witness, want ...string) {
	t.Helper()
	if got := doubtsOf(w); !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestAPictureThatSaysNothingRaisesNoDoubt(t *testing.T) {
	t.Parallel()
	wantDoubts(t, "nothing", evidence.Witness{})
	wantDoubts(t, "an after-photo without any time", evidence.Witness{After: true, ReportedAt: reportedAt})
	wantDoubts(t, "a position, and no issue to hold it against", evidence.Witness{Position: &geo.Point{Lon: 110, Lat: 20}})
	wantDoubts(t, "an issue, and no position to hold against it", evidence.Witness{Spot: &evidence.Spot{Line: geo.Line{Start: geo.Point{Lon: 110, Lat: 20}}}})
}

func TestAnAfterPhotoIsTakenAfterTheReport(t *testing.T) {
	t.Parallel()
	const says = "photo.before_report: taken 2m1s before the report"
	at := func(before time.Duration) time.Time { return reportedAt.Add(-before) }
	late := 2*time.Minute + time.Second
	wantDoubts(t, "by the phone", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(late)}, says)
	wantDoubts(t, "by the picture", evidence.Witness{After: true, ReportedAt: reportedAt, TakenAt: at(late)}, says)
	wantDoubts(t, "the earlier of both, the phone's", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(late), TakenAt: at(0)}, says)
	wantDoubts(t, "the earlier of both, the picture's", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(0), TakenAt: at(late)}, says)
	wantDoubts(t, "within what two clocks differ", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(2 * time.Minute), TakenAt: at(2 * time.Minute)})
	wantDoubts(t, "just beyond it", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(2*time.Minute + 1)}, "photo.before_report: taken 2m0s before the report")
	wantDoubts(t, "rounded", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(late + 499*time.Millisecond)}, says)
	wantDoubts(t, "of the report itself", evidence.Witness{ReportedAt: reportedAt, CapturedAt: at(time.Hour), TakenAt: at(time.Hour)})
	wantDoubts(t, "later", evidence.Witness{After: true, ReportedAt: reportedAt, CapturedAt: at(-time.Hour)})
}

func TestTheClocksOfPictureAndPhoneAgree(t *testing.T) {
	t.Parallel()
	for apart, doubt := range map[time.Duration]bool{
		0: false, 10 * time.Minute: false, -10 * time.Minute: false, 10*time.Minute + 1: true, -10*time.Minute - 1: true, 24 * time.Hour: true,
	} {
		w := evidence.Witness{CapturedAt: reportedAt, TakenAt: reportedAt.Add(apart).In(time.FixedZone("", 8*60*60))}
		var want []string
		if doubt {
			want = []string{"photo.time_differs: the picture says " + reportedAt.Add(apart).Format(time.RFC3339) + ", the phone 2026-11-24T09:00:00Z"}
		}
		wantDoubts(t, fmt.Sprint(apart), w, want...)
	}
	wantDoubts(t, "only the phone says a time", evidence.Witness{CapturedAt: reportedAt})
	wantDoubts(t, "only the picture says a time", evidence.Witness{TakenAt: reportedAt})
}

func TestAPictureIsTakenWhereTheIssueIs(t *testing.T) {
	t.Parallel()
	start := geo.Point{Lon: 110, Lat: 20}
	metre := 1 / geo.Distance(start, geo.Point{Lon: 110, Lat: 21}) // in degrees of latitude
	north := func(m float64) *geo.Point { return &geo.Point{Lon: 110, Lat: 20 + m*metre} }
	point := &evidence.Spot{Line: geo.Line{Start: start}}
	wantDoubts(t, "50 m away", evidence.Witness{Spot: point, Position: north(49.9)})
	wantDoubts(t, "51 m away, of the report", evidence.Witness{Spot: point, Position: north(51)}, "photo.place_differs: 51 m away")
	wantDoubts(t, "51 m away, of a fix", evidence.Witness{After: true, Spot: point, Position: north(51)}, "photo.far: 51 m away")
	vague := &evidence.Spot{Line: geo.Line{Start: start}, AccuracyM: 20}
	wantDoubts(t, "within both accuracies", evidence.Witness{Spot: vague, Position: north(79.9), AccuracyM: 10})
	wantDoubts(t, "beyond both accuracies", evidence.Witness{Spot: vague, Position: north(81), AccuracyM: 10}, "photo.place_differs: 81 m away")
	line := evidence.Spot{Line: geo.Line{Start: start, End: north(1000)}}
	wantDoubts(t, "beside a line", evidence.Witness{Spot: &line, Position: north(500)})
	wantDoubts(t, "behind the end of a line", evidence.Witness{Spot: &line, Position: north(1051)}, "photo.place_differs: 51 m away")

	if got := (evidence.Spot{Line: geo.Line{Start: start}}).Distance(*north(500)); got < 499 || got > 501 {
		t.Errorf("500 m from a point are %f", got)
	}
	edge := point.Distance(*north(60))
	for _, c := range []struct {
		accuracy float64
		far      bool
	}{{edge - 50, false}, {edge - 50 - 1e-6, true}} {
		if metres, far := point.Far(*north(60), c.accuracy); far != c.far || metres != edge {
			t.Errorf("%f m with an accuracy of %f: far %t, %f m", edge, c.accuracy, far, metres)
		}
	}
}

func TestAScreenshotHasTheSizeOfAScreenAndNoCamera(t *testing.T) {
	t.Parallel()
	screen := evidence.Witness{Type: "png", Width: 1170, Height: 2532}
	says := func(w evidence.Witness) string {
		return fmt.Sprintf("photo.screenshot: %d × %d pixels of a screen, and no camera", w.Width, w.Height)
	}
	with := func(change func(*evidence.Witness)) evidence.Witness {
		w := screen
		change(&w)
		return w
	}
	for what, w := range map[string]evidence.Witness{
		"png": screen, "jpeg": with(func(w *evidence.Witness) { w.Type = "jpeg" }), "on its side": with(func(w *evidence.Witness) { w.Width, w.Height = 2532, 1170 }),
		"it says so":                        {Software: "Screenshot"},
		"it says so, whatever else it says": {Software: "MIUI screenshot", Type: "heic", Make: "Xiaomi", Width: 4000, Height: 3000},
		"just longer than 16:9":             with(func(w *evidence.Witness) { w.Width, w.Height = 720, 1281 }),
		"just shorter than 5:2":             with(func(w *evidence.Witness) { w.Width, w.Height = 720, 1799 }),
	} {
		wantDoubts(t, what, w, says(w))
	}
	for what, w := range map[string]evidence.Witness{
		"a make": with(func(w *evidence.Witness) { w.Make = "Apple" }), "a model": with(func(w *evidence.Witness) { w.Model = "iPhone" }),
		"another type": with(func(w *evidence.Witness) { w.Type = "heic" }), "no screen is so wide": with(func(w *evidence.Witness) { w.Width = 1171 }),
		"16:9, as cameras take": with(func(w *evidence.Witness) { w.Width, w.Height = 720, 1280 }), "5:2, a panorama": with(func(w *evidence.Witness) { w.Width, w.Height = 720, 1800 }),
	} {
		wantDoubts(t, what, w)
	}
	widths := []int{640, 720, 750, 828, 1080, 1125, 1170, 1179, 1206, 1220, 1240, 1242, 1260, 1264, 1284, 1290, 1320, 1440}
	for width := 600; width < 1500; width++ {
		w := evidence.Witness{Type: "png", Width: width, Height: width * 2}
		if got, want := len(w.Doubts()) == 1, slices.Contains(widths, width); got != want {
			t.Errorf("%d wide: screenshot %t, want %t", width, got, want)
		}
	}
}

func TestEditorsSignWhatTheyChange(t *testing.T) {
	t.Parallel()
	for _, software := range strings.Split("Adobe Photoshop 25|Lightroom|GIMP 2.10|Snapseed 2.0|PicsArt|MEITU|美图秀秀|醒图|VSCO|Facetune|Pixelmator Pro|Affinity Photo|Canva|"+
		"Paint.NET v4|PhotoScape X|Polarr|darktable 4|BeautyCam|B612|轻颜相机|PicMonkey|Photopea|Inpaint|ImageMagick 7", "|") {
		wantDoubts(t, software, evidence.Witness{Software: software}, "photo.edited: by "+software)
	}
	for _, software := range []string{"", "HDR+ 1.0", "16.4.1", "MediaTek Camera Application"} {
		wantDoubts(t, software, evidence.Witness{Software: software})
	}
}

// TestTheNamesOfDoubtsAreOfTheContract: they stand in the record and never change.
func TestTheNamesOfDoubtsAreOfTheContract(t *testing.T) {
	t.Parallel()
	for got, want := range map[evidence.Doubt]string{
		evidence.TakenBefore: "photo.before_report", evidence.TakenFar: "photo.far", evidence.PlaceDiffers: "photo.place_differs", evidence.TimeDiffers: "photo.time_differs",
		evidence.Screenshot: "photo.screenshot", evidence.Edited: "photo.edited", evidence.ReusedBytes: "photo.reused", evidence.SimilarPhoto: "photo.similar",
		evidence.DarkPicture: "photo.dark", evidence.BlurryPicture: "photo.blurred",
	} {
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
