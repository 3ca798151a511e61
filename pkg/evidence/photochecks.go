package evidence

import (
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/geo"
)

// Anomaly is something about a photo that a person should look at and decide on. It never refuses anything.
type Anomaly string

// The doubts that what a photo says of itself can raise (pkg/inspect/rules.md, "Photo evidence").
const (
	TakenBefore   Anomaly = "photo.before_report" // an after-photo was taken before the report
	TakenFar      Anomaly = "photo.far"           // an after-photo was taken elsewhere
	PlaceDiffers  Anomaly = "photo.place_differs" // the picture was taken elsewhere than was reported
	TimeDiffers   Anomaly = "photo.time_differs"  // the picture was taken at another time than the phone said
	Screenshot    Anomaly = "photo.screenshot"
	Edited        Anomaly = "photo.edited"
	ReusedBytes   Anomaly = "photo.reused"  // the same bytes are another photo as well
	SimilarPhoto  Anomaly = "photo.similar" // it looks like a copy of another photo
	DarkPicture   Anomaly = "photo.dark"
	BlurryPicture Anomaly = "photo.blurred"
)

// Tolerances of the comparisons.
const (
	farMetres = 50               // beside both accuracies (pkg/inspect/rules.md, "Photo evidence")
	clockSlip = 2 * time.Minute  // by which two clocks of one moment may differ
	timeSlip  = 10 * time.Minute // by which a camera's clock may differ from its phone's
)

// Location is where something is: a point, or a line on a road, good to so many metres.
type Location struct {
	geo.Line
	AccuracyM float64
}

// Distance is how far a point is from the spot in metres, along the straight line between its ends.
func (s Location) Distance(p geo.Point) float64 {
	if s.End == nil {
		return geo.Distance(s.Start, p)
	}
	return geo.DistanceToSegment(p, s.Start, *s.End)
}

// FarFrom says how far a point that is good to so many metres is from the spot, and whether that is more than 50 m beyond
// both accuracies (pkg/inspect/rules.md, "Photo evidence").
func (s Location) FarFrom(p geo.Point, accuracyM float64) (metres float64, far bool) {
	metres = s.Distance(p)
	return metres, metres > farMetres+s.AccuracyM+accuracyM
}

// PhotoCheck is what a picture says of itself beside what was said of it.
type PhotoCheck struct {
	After      bool      // it is to prove a fix
	ReportedAt time.Time // of the issue
	Spot       *Location // of the issue, nil when unknown
	CapturedAt time.Time // by the phone, corrected by its skew; zero when it did not say
	TakenAt    time.Time // by the picture; zero when it does not say
	Position   *geo.Point
	AccuracyM  float64 // of Position
	Type       string
	Width      int // upright, pixels
	Height     int
	Make       string
	Model      string
	Software   string
	Screen     bool // it says that it is a picture of a screen
}

// Finding of a doubt in words.
type DetectedAnomaly struct {
	Anomaly Anomaly
	Detail  string
}

// Anomalies gives everything odd about a photo that its own words tell.
func (w PhotoCheck) Anomalies() (all []DetectedAnomaly) {
	add := func(d Anomaly, format string, args ...any) {
		all = append(all, DetectedAnomaly{d, fmt.Sprintf(format, args...)})
	}
	if first := earlier(w.CapturedAt, w.TakenAt); w.After && !first.IsZero() && w.ReportedAt.Sub(first) > clockSlip {
		add(TakenBefore, "taken %s before the report", w.ReportedAt.Sub(first).Round(time.Second))
	}
	if w.Spot != nil && w.Position != nil {
		if d, far := w.Spot.FarFrom(*w.Position, w.AccuracyM); far {
			add(map[bool]Anomaly{true: TakenFar, false: PlaceDiffers}[w.After], "%.0f m away", d)
		}
	}
	if !w.CapturedAt.IsZero() && !w.TakenAt.IsZero() && w.CapturedAt.Sub(w.TakenAt).Abs() > timeSlip {
		add(TimeDiffers, "the picture says %s, the phone %s", w.TakenAt.UTC().Format(time.RFC3339), w.CapturedAt.UTC().Format(time.RFC3339))
	}
	if w.LooksLikeScreen() {
		add(Screenshot, "%d × %d pixels of a screen", w.Width, w.Height)
	}
	if name := editor(w.Software); name != "" {
		add(Edited, "by %s", name)
	}
	return all
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// screenWidths are the shorter sides of the screens of phones, in pixels.
var screenWidths = map[int]bool{480: true, 540: true, 640: true, 720: true, 750: true, 800: true, 828: true, 900: true, 1080: true, 1096: true, 1116: true,
	1125: true, 1170: true, 1176: true, 1179: true, 1188: true, 1200: true, 1206: true, 1212: true, 1216: true, 1220: true, 1224: true, 1228: true, 1240: true,
	1242: true, 1256: true, 1260: true, 1264: true, 1272: true, 1280: true, 1284: true, 1290: true, 1312: true, 1316: true, 1320: true, 1344: true, 1440: true}

// otherScreens are those of tablets, folding phones and computers, the longer side first. Cameras have some of these sizes too, but do not write PNG.
var otherScreens = map[[2]int]bool{{1024, 768}: true, {1280, 800}: true, {1366, 768}: true, {1440, 900}: true, {1600, 900}: true, {1680, 1050}: true,
	{1920, 1080}: true, {1920, 1200}: true, {2000, 1200}: true, {2048, 1536}: true, {2160, 1620}: true, {2224, 1668}: true, {2266, 1488}: true, {2360, 1640}: true,
	{2388, 1668}: true, {2420, 1668}: true, {2480, 2200}: true, {2496, 2224}: true, {2560, 1440}: true, {2560, 1600}: true, {2732, 2048}: true, {2752, 2064}: true,
	{2800, 1840}: true, {2880, 1800}: true, {3000, 2000}: true, {3024, 1964}: true, {3200, 2136}: true, {3456, 2234}: true, {3840, 2160}: true}

// SizeOfScreen says whether a picture has the size of a phone's screen and names no camera. Cameras take 4:3 or 16:9; screens have been longer than
// that since 2017. Pictures that a messenger made smaller may have such a size too.
func (w PhotoCheck) SizeOfScreen() bool {
	short, long := min(w.Width, w.Height), max(w.Width, w.Height)
	return w.Make == "" && w.Model == "" && screenWidths[short] && long*9 > short*16 && long < short*5/2
}

// LooksLikeScreen says whether a picture is one of a screen by its own words: it says so, or it is a PNG file of a screen's size that names no camera.
func (w PhotoCheck) LooksLikeScreen() bool {
	if w.Screen || strings.Contains(strings.ToLower(w.Software), "screenshot") {
		return true
	}
	size := [2]int{max(w.Width, w.Height), min(w.Width, w.Height)}
	return w.Type == "png" && (w.SizeOfScreen() || w.Make == "" && w.Model == "" && otherScreens[size])
}

// editors are programs that change pictures, as they sign them.
var editors = []string{"photoshop", "lightroom", "gimp", "snapseed", "picsart", "meitu", "美图", "醒图", "vsco", "facetune", "pixelmator", "affinity", "canva",
	"paint.net", "photoscape", "polarr", "darktable", "beautycam", "b612", "轻颜", "picmonkey", "photopea", "inpaint", "imagemagick"}

func editor(software string) string {
	lower := strings.ToLower(software)
	for _, e := range editors {
		if strings.Contains(lower, e) {
			return software
		}
	}
	return ""
}
