package geo

import (
	"cmp"
	"math"
	"slices"
)

// FlawKind is something that a shape should not be.
type FlawKind string

// The flaws.
const (
	FlawOffEarth FlawKind = "off_earth"         // a point that no place has
	FlawFew      FlawKind = "too_few_points"    // a ring needs three corners, a line two
	FlawOpen     FlawKind = "not_closed"        // a ring that does not come back to its first point
	FlawCrossing FlawKind = "self_intersection" // the border crosses or retraces itself
	FlawTouching FlawKind = "self_touch"        // the border comes back to one of its corners: inside and outside stay clear
	FlawNoArea   FlawKind = "no_area"           // a ring around nothing
	FlawNoWidth  FlawKind = "no_width"          // a line whose width is not from 0.5 to 1000 m
	FlawHole     FlawKind = "hole_outside"      // a hole that does not lie in its polygon
)

// Flaw is one of them, and where it is.
type Flaw struct {
	Kind FlawKind
	At   Point
}

// Bounds of what can be.
const (
	leastWidth   = 0.5  // metres
	mostWidth    = 1000 // metres
	leastArea    = 0.01 // m²
	flawsOfShape = 20   // that are told; one mistake often makes many
)

// Flaws gives what is wrong with the shape, nothing when it is good; at most 20.
func (s *Shape) Flaws() []Flaw {
	var all flaws
	s.each(func(p *Point) {
		if !p.Valid() {
			all.add(FlawOffEarth, *p)
		}
	})
	if len(all) > 0 {
		return all
	}
	for _, g := range s.Polygons {
		g.flaws(&all)
	}
	for _, l := range s.Lines {
		switch {
		case len(l) == 0:
		case len(l) < 2 || !slices.ContainsFunc(l, func(p Point) bool { return p != l[0] }):
			all.add(FlawFew, l[0])
		case !(s.WidthM >= leastWidth && s.WidthM <= mostWidth):
			all.add(FlawNoWidth, l[0])
		}
	}
	return all
}

type flaws []Flaw

func (f *flaws) add(kind FlawKind, at Point) {
	if len(*f) < flawsOfShape {
		*f = append(*f, Flaw{kind, at})
	}
}

func (g Polygon) flaws(all *flaws) {
	before := len(*all)
	for _, r := range g {
		switch {
		case len(r) == 0:
		case r[0] != r[len(r)-1]:
			all.add(FlawOpen, r[0])
		case len(r) < 4:
			all.add(FlawFew, r[0])
		}
	}
	if len(*all) > before {
		return
	}
	crossings(g, all)
	if slices.ContainsFunc((*all)[before:], func(f Flaw) bool { return f.Kind == FlawCrossing }) {
		return // what such a border encloses is nobody's guess
	}
	for _, r := range g {
		if r.area() < leastArea {
			all.add(FlawNoArea, r[0])
		}
	}
	for _, hole := range g[min(1, len(g)):] {
		if slices.ContainsFunc(hole, func(p Point) bool { return !g[:1].contains(p) }) {
			all.add(FlawHole, hole[0])
		}
	}
}

// side is an edge of a ring, with its place in it.
type side struct {
	a, b    Point
	ring, n int
	of      int // how many edges the ring has
}

// edges gives those of all rings that have a length, from west to east.
func edges(g Polygon) (all []side) {
	for k, r := range g {
		var own []side
		for i := 1; i < len(r); i++ {
			if r[i-1] != r[i] {
				own = append(own, side{a: r[i-1], b: r[i], ring: k, n: len(own)})
			}
		}
		for i := range own {
			own[i].of = len(own)
		}
		all = append(all, own...)
	}
	slices.SortFunc(all, func(s, t side) int { return cmp.Compare(min(s.a.Lon, s.b.Lon), min(t.a.Lon, t.b.Lon)) })
	return all
}

// crossings finds where edges of a polygon meet that should not.
func crossings(g Polygon, all *flaws) {
	var open []side // those that reach as far east as the sweep is
	for _, s := range edges(g) {
		west, south, north := min(s.a.Lon, s.b.Lon), min(s.a.Lat, s.b.Lat), max(s.a.Lat, s.b.Lat)
		kept := open[:0]
		for _, t := range open {
			if max(t.a.Lon, t.b.Lon) < west {
				continue
			}
			kept = append(kept, t)
			if max(t.a.Lat, t.b.Lat) < south || min(t.a.Lat, t.b.Lat) > north {
				continue
			}
			if kind, at, bad := t.with(s); bad {
				all.add(kind, at)
			}
		}
		open = append(kept, s)
		if len(*all) >= flawsOfShape {
			return
		}
	}
}

// with says how two edges of a polygon meet, if it is a flaw.
func (s side) with(t side) (kind FlawKind, at Point, bad bool) {
	if s.ring == t.ring {
		switch t.n {
		case (s.n + 1) % s.of:
			return FlawCrossing, s.b, retraces(s.a, s.b, t.b)
		case (s.n + s.of - 1) % s.of:
			return FlawCrossing, t.b, retraces(t.a, t.b, s.b)
		}
	}
	a, b := orientation(s.a, s.b, t.a), orientation(s.a, s.b, t.b)
	c, d := orientation(t.a, t.b, s.a), orientation(t.a, t.b, s.b)
	switch {
	case a*b < 0 && c*d < 0:
		return FlawCrossing, crossing(s, t), true
	case a == 0 && b == 0:
		at, bad = shared(s, t)
		return FlawCrossing, at, bad
	case s.ring != t.ring:
		return "", Point{}, false // a hole may touch the border
	}
	for _, p := range []struct {
		side      int
		p, e1, e2 Point
	}{{a, t.a, s.a, s.b}, {b, t.b, s.a, s.b}, {c, s.a, t.a, t.b}, {d, s.b, t.a, t.b}} {
		switch {
		case p.side != 0 || !between(p.p, p.e1, p.e2):
		case p.p == p.e1 || p.p == p.e2:
			kind, at, bad = FlawTouching, p.p, true
		default:
			return FlawCrossing, p.p, true
		}
	}
	return kind, at, bad
}

// retraces says whether the way from a to b to c goes back on itself at b.
func retraces(a, b, c Point) bool {
	return (b.Lon-a.Lon)*(c.Lon-b.Lon)+(b.Lat-a.Lat)*(c.Lat-b.Lat) < 0 && orientation(a, b, c) == 0
}

// between says whether a point of the straight line through two others lies between them.
func between(p, a, b Point) bool {
	return min(a.Lon, b.Lon) <= p.Lon && p.Lon <= max(a.Lon, b.Lon) && min(a.Lat, b.Lat) <= p.Lat && p.Lat <= max(a.Lat, b.Lat)
}

// shared says whether two edges of one straight line have more than a corner in common.
func shared(s, t side) (at Point, more bool) {
	seen := []Point{}
	for _, p := range []Point{t.a, t.b} {
		if between(p, s.a, s.b) {
			seen = append(seen, p)
		}
	}
	for _, p := range []Point{s.a, s.b} {
		if between(p, t.a, t.b) && !slices.Contains(seen, p) {
			seen = append(seen, p)
		}
	}
	if len(seen) < 2 {
		return Point{}, false
	}
	return seen[0], true
}

// crossing is about where two edges cross.
func crossing(s, t side) Point {
	dx, dy := s.b.Lon-s.a.Lon, s.b.Lat-s.a.Lat
	ex, ey := t.b.Lon-t.a.Lon, t.b.Lat-t.a.Lat
	k := ((t.a.Lon-s.a.Lon)*ey - (t.a.Lat-s.a.Lat)*ex) / (dx*ey - dy*ex)
	if math.IsNaN(k) || math.IsInf(k, 0) {
		k = .5
	}
	return Point{s.a.Lat + k*dy, s.a.Lon + k*dx}
}
