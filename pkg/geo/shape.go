package geo

import "math"

// Ring is the border of a polygon or of a hole in one. It is closed: its last point is its first.
type Ring []Point

// Polygon is its outer ring, then those of its holes.
type Polygon []Ring

// Shape is what an area covers: polygons, lines with a width, or nothing but a point where it lies. WGS-84 unless said
// otherwise.
type Shape struct {
	Polygons []Polygon
	Lines    [][]Point
	WidthM   float64 // of the lines from side to side, metres
	Centre   *Point
}

// Points is how many points the shape has.
func (s *Shape) Points() (n int) {
	s.each(func(*Point) { n++ })
	return n
}

// each calls f with every point, in order.
func (s *Shape) each(f func(*Point)) {
	for _, g := range s.Polygons {
		for _, r := range g {
			for i := range r {
				f(&r[i])
			}
		}
	}
	for _, l := range s.Lines {
		for i := range l {
			f(&l[i])
		}
	}
	if s.Centre != nil {
		f(s.Centre)
	}
}

// Box is the smallest box around the shape, that of the lines with their width.
func (s *Shape) Box() Box {
	b := Box{South: 90, West: 180, North: -90, East: -180}
	s.each(func(p *Point) { b = b.Union(Box{p.Lat, p.Lon, p.Lat, p.Lon}) })
	for _, l := range s.Lines {
		for _, p := range l {
			b = b.Union(BoxAround(p, s.WidthM/2))
		}
	}
	return b
}

// Union is the smallest box around two.
func (b Box) Union(o Box) Box {
	return Box{min(b.South, o.South), min(b.West, o.West), max(b.North, o.North), max(b.East, o.East)}
}

// Intersects says whether two boxes have a point in common.
func (b Box) Intersects(o Box) bool {
	return b.South <= o.North && o.South <= b.North && b.West <= o.East && o.West <= b.East
}

// Middle is the centre of the box.
func (b Box) Middle() Point { return Point{(b.South + b.North) / 2, (b.West + b.East) / 2} }

// Contains says whether the point lies in the shape. The border counts as inside, that of a hole as well; what lies in a
// hole does not. On polygons the answer is exact.
func (s *Shape) Contains(p Point) bool {
	if !p.Valid() {
		return false
	}
	for _, g := range s.Polygons {
		if g.contains(p) {
			return true
		}
	}
	for _, l := range s.Lines {
		for i := 1; i < len(l); i++ {
			if DistanceToSegment(p, l[i-1], l[i]) <= s.WidthM/2 {
				return true
			}
		}
	}
	return false
}

// contains counts the edges to the east of the point.
func (g Polygon) contains(p Point) bool {
	inside := false
	for _, r := range g {
		for i := 1; i < len(r); i++ {
			on, east := meets(r[i-1], r[i], p)
			if on {
				return true
			}
			inside = inside != east
		}
	}
	return inside
}

// meets says whether a point lies on an edge, and otherwise whether the edge crosses the way from the point to the east. An
// edge holds its lower end and not its upper one, so that a way through a corner meets it once or twice as it should.
func meets(a, b, p Point) (on, east bool) {
	if a.Lat > b.Lat {
		a, b = b, a
	}
	switch {
	case p.Lat < a.Lat || p.Lat > b.Lat || p.Lon > max(a.Lon, b.Lon):
		return false, false
	case p.Lon < min(a.Lon, b.Lon):
		return false, p.Lat < b.Lat
	}
	side := orientation(a, b, p)
	return side == 0, side > 0 && p.Lat < b.Lat
}

// The ellipsoid of WGS-84.
const (
	wgsA  = 6378137.0        // semi-major axis, metres
	wgsE2 = 6.69437999014e-3 // first eccentricity squared
)

// flat is a point on a map on which areas are true: metres along the equator and metres of the authalic cylinder (J. P.
// Snyder, Map Projections: A Working Manual, USGS 1987, equations 3-12 and 10-14).
type flat struct{ x, y float64 }

func flatten(p Point) flat { return flat{wgsA * radians(p.Lon), wgsA * authalic(p.Lat) / 2} }

// authalic is q of Snyder's equation 3-12.
func authalic(lat float64) float64 {
	e, s := math.Sqrt(wgsE2), math.Sin(radians(lat))
	return (1 - wgsE2) * (s/(1-wgsE2*s*s) + math.Atanh(e*s)/e)
}

// raise is the point of the earth that flatten puts there, to less than a millimetre.
func (f flat) raise() Point {
	south, north := -90.0, 90.0
	for range 60 {
		if middle := (south + north) / 2; wgsA*authalic(middle)/2 < f.y {
			south = middle
		} else {
			north = middle
		}
	}
	return Point{(south + north) / 2, degrees(f.x / wgsA)}
}

// Area is the shape's area in m² on the WGS-84 ellipsoid. Lines count with their length and width; what two of them share is
// counted twice.
func (s *Shape) Area() (m2 float64) {
	for _, g := range s.Polygons {
		for n, r := range g {
			if n == 0 {
				m2 += r.area()
			} else {
				m2 -= r.area()
			}
		}
	}
	return m2 + s.Length()*s.WidthM
}

// area is what the ring encloses, m².
func (r Ring) area() float64 {
	sum := 0.0
	if len(r) > 0 {
		first := flatten(r[0])
		last := flat{}
		for _, p := range r[1:] {
			at := flatten(p)
			at.x, at.y = at.x-first.x, at.y-first.y
			sum += last.x*at.y - last.y*at.x
			last = at
		}
	}
	return math.Abs(sum) / 2
}

// Length is how long the lines of the shape are in metres; polygons have none.
func (s *Shape) Length() (m float64) {
	for _, l := range s.Lines {
		for i := 1; i < len(l); i++ {
			m += Distance(l[i-1], l[i])
		}
	}
	return m
}

// ToWGS84 is the shape in WGS-84, from coordinates of a datum, rounded to 10⁻⁹ degrees (0.1 mm), so that the same numbers
// come out on every machine.
func (s *Shape) ToWGS84(from Datum) *Shape {
	c := s.copied()
	c.each(func(p *Point) {
		w := ToWGS84(*p, from)
		p.Lat, p.Lon = math.Round(w.Lat*1e9)/1e9, math.Round(w.Lon*1e9)/1e9
	})
	return c
}

func (s *Shape) copied() *Shape {
	c := &Shape{WidthM: s.WidthM}
	for _, g := range s.Polygons {
		var polygon Polygon
		for _, r := range g {
			polygon = append(polygon, append(Ring(nil), r...))
		}
		c.Polygons = append(c.Polygons, polygon)
	}
	for _, l := range s.Lines {
		c.Lines = append(c.Lines, append([]Point(nil), l...))
	}
	if s.Centre != nil {
		at := *s.Centre
		c.Centre = &at
	}
	return c
}
