package geo

import (
	"errors"
	"math"
	"strings"
	"unicode"
)

// Datum says how the numbers of a position are meant.
type Datum string

// The datums that are accepted. CGCS2000, as on Tianditu, is WGS84 at this precision.
const (
	WGS84 Datum = "wgs84" // phones, EXIF
	GCJ02 Datum = "gcj02" // AMap, Tencent
	BD09  Datum = "bd09"  // Baidu
)

// Valid says whether the datum is one of the three.
func (d Datum) Valid() bool { return d == WGS84 || d == GCJ02 || d == BD09 }

// UnmarshalText reads one of the three names and refuses all others.
func (d *Datum) UnmarshalText(text []byte) error {
	read := Datum(text)
	if !read.Valid() {
		return errors.New("want wgs84, gcj02 or bd09")
	}
	*d = read
	return nil
}

// DatumNamed is the datum that a text names as cameras and phones write it; ok is false for one that is none of the three. No name, and one
// that says nothing, is WGS84.
func DatumNamed(text string) (d Datum, ok bool) {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, text)
	for _, known := range datumNames {
		if strings.Contains(name, known.part) {
			return known.datum, known.datum != ""
		}
	}
	return WGS84, true
}

// datumNames are parts of names, without blanks and marks; those without a datum lie elsewhere by tens to hundreds of metres.
var datumNames = []struct {
	part  string
	datum Datum
}{{"GCJ", GCJ02}, {"火星", GCJ02}, {"BD09", BD09}, {"百度", BD09}, {"WGS72", ""}, {"TOKYO", ""}, {"NAD27", ""}, {"OSGB", ""}, {"ED50", ""}, {"BEIJING", ""},
	{"北京54", ""}, {"XIAN", ""}, {"西安80", ""}, {"PULKOVO", ""}, {"AGD", ""}, {"INDIAN", ""}}

// Constants of the offset, as the open descriptions of GCJ-02 and BD-09 agree on them.
const (
	krasovskyA = 6378245.0              // semi-major axis of the Krasovsky 1940 ellipsoid, metres
	krasovskyE = 0.00669342162296594323 // its eccentricity squared
	originLat  = 35.0                   // degrees
	originLon  = 105.0                  // degrees
	baiduLat   = 0.006                  // degrees
	baiduLon   = 0.0065                 // degrees
	baiduK     = math.Pi * 3000 / 180
)

// Steps of the fixed point that leave less than 1 mm. Each shrinks the error about a thousandfold for GCJ-02; the
// waves of BD-09 are shorter and steeper, each step shrinks it about fiftyfold.
const (
	gcjSteps = 3
	bdSteps  = 5
)

// FromWGS84 turns a WGS-84 point into another datum, to be shown on a map of that datum. Only the mainland is shifted
// (see InMainland). A datum that is not Valid leaves the point as it is.
func FromWGS84(p Point, to Datum) Point {
	if to == WGS84 || !to.Valid() || !InMainland(p) {
		return p
	}
	return shift(p, to)
}

// ToWGS84 is the inverse of FromWGS84, by fixed point, to less than 1 mm. Within about a kilometre of the border of the
// mainland a shifted and an unshifted point cannot be told apart; there it is taken as shifted.
func ToWGS84(p Point, from Datum) Point {
	if from == WGS84 || !from.Valid() {
		return p
	}
	steps := gcjSteps
	if from == BD09 {
		steps = bdSteps
	}
	w := p
	for range steps {
		s := shift(w, from)
		w.Lat += p.Lat - s.Lat
		w.Lon += p.Lon - s.Lon
	}
	if !InMainland(w) {
		return p
	}
	return w
}

func shift(p Point, to Datum) Point {
	p = gcj(p)
	if to == BD09 {
		p = baidu(p)
	}
	return p
}

// gcj adds the offset of GCJ-02: two polynomials with waves, in metres on the Krasovsky ellipsoid, turned into degrees.
func gcj(p Point) Point {
	x, y := p.Lon-originLon, p.Lat-originLat
	common := 20 * (math.Sin(6*math.Pi*x) + math.Sin(2*math.Pi*x))
	root := math.Sqrt(math.Abs(x))
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + (common+
		20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi/3*y)+160*math.Sin(math.Pi/12*y)+320*math.Sin(math.Pi/30*y))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + (common+
		20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi/3*x)+150*math.Sin(math.Pi/12*x)+300*math.Sin(math.Pi/30*x))*2/3

	lat := radians(p.Lat)
	w := 1 - krasovskyE*math.Sin(lat)*math.Sin(lat)
	meridian := krasovskyA * (1 - krasovskyE) / (w * math.Sqrt(w)) // radius of curvature, metres
	parallel := krasovskyA / math.Sqrt(w) * math.Cos(lat)          // radius of the circle of latitude, metres
	return Point{Lat: p.Lat + degrees(north/meridian), Lon: p.Lon + degrees(east/parallel)}
}

// baidu adds the offset of BD-09 to a GCJ-02 point: a small wave on the polar form, then a fixed step.
func baidu(p Point) Point {
	r := math.Hypot(p.Lon, p.Lat) + 0.00002*math.Sin(p.Lat*baiduK)
	a := math.Atan2(p.Lat, p.Lon) + 0.000003*math.Cos(p.Lon*baiduK)
	return Point{Lat: r*math.Sin(a) + baiduLat, Lon: r*math.Cos(a) + baiduLon}
}
