package geo

import (
	"cmp"
	"math"
	"slices"
)

// Overlap is the area in m² that two shapes share, and a place in the largest piece of it. Each segment of a line counts as
// a rectangle that reaches half a width beyond its ends.
func Overlap(a, b *Shape) (m2 float64, at Point) {
	if !a.Box().Intersects(b.Box()) {
		return 0, Point{}
	}
	var s sweep
	s.add(a, 0)
	s.add(b, 1)
	return s.measure(func(a, b bool) bool { return a && b })
}

// Uncovered is the area in m² of a shape that none of others covers, and a place in the largest piece of it.
func Uncovered(whole *Shape, parts []*Shape) (m2 float64, at Point) {
	var s sweep
	s.add(whole, 0)
	for _, p := range parts {
		s.add(p, 1)
	}
	return s.measure(func(whole, part bool) bool { return whole && !part })
}

// slope is an edge on the flat map, lower end first.
type slope struct {
	x0, y0, x1, y1 float64
	piece          int
	x              float64 // in the middle of the strip that is looked at
}

func (e *slope) at(y float64) float64 { return e.x0 + (y-e.y0)/(e.y1-e.y0)*(e.x1-e.x0) }

// sweep goes over two groups of pieces strip by strip. A strip lies between two neighbouring heights at which edges end or
// cross, so that in it their order from west to east is the same throughout.
type sweep struct {
	edges []slope
	group []int // of each piece, 0 or 1
}

// add takes the pieces of a shape into a group; what is in any piece of a group is in the group.
func (s *sweep) add(shape *Shape, group int) {
	for _, g := range shape.Polygons {
		s.piece(g, group)
	}
	for _, l := range shape.Lines {
		for i := 1; i < len(l); i++ {
			s.piece(Polygon{strip(l[i-1], l[i], shape.WidthM/2)}, group)
		}
	}
}

// strip is the rectangle around a segment, half a width on every side.
func strip(a, b Point, half float64) Ring {
	shrink := math.Cos(radians((a.Lat + b.Lat) / 2))
	dx, dy := (b.Lon-a.Lon)*shrink, b.Lat-a.Lat
	length := math.Hypot(dx, dy)
	if length == 0 {
		dx, length = 1, 1
	}
	k := degrees(half/EarthRadius) / length
	dx, dy = dx*k, dy*k
	corner := func(p Point, along, across float64) Point {
		return Point{p.Lat + along*dy + across*dx, p.Lon + (along*dx-across*dy)/shrink}
	}
	first := corner(a, -1, 1)
	return Ring{first, corner(b, 1, 1), corner(b, 1, -1), corner(a, -1, -1), first}
}

func (s *sweep) piece(g Polygon, group int) {
	n := len(s.group)
	s.group = append(s.group, group)
	for _, r := range g {
		for i := 1; i < len(r); i++ {
			a, b := flatten(r[i-1]), flatten(r[i])
			if a.y > b.y {
				a, b = b, a
			}
			if a.y < b.y {
				s.edges = append(s.edges, slope{x0: a.x, y0: a.y, x1: b.x, y1: b.y, piece: n})
			}
		}
	}
}

// heights are where strips begin and end, lowest first.
func (s *sweep) heights() []float64 {
	var all []float64
	var open []*slope
	for i := range s.edges {
		e := &s.edges[i]
		all = append(all, e.y0, e.y1)
		kept := open[:0]
		for _, o := range open {
			if o.y1 <= e.y0 {
				continue
			}
			kept = append(kept, o)
			if y, crosses := e.crosses(o); crosses {
				all = append(all, y)
			}
		}
		open = append(kept, e)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// crosses gives the height at which two edges cross.
func (e *slope) crosses(o *slope) (y float64, crosses bool) {
	if min(e.x0, e.x1) > max(o.x0, o.x1) || min(o.x0, o.x1) > max(e.x0, e.x1) {
		return 0, false
	}
	low, high := max(e.y0, o.y0), min(e.y1, o.y1)
	below, above := e.at(low)-o.at(low), e.at(high)-o.at(high)
	if below*above >= 0 {
		return 0, false
	}
	y = low + (high-low)*below/(below-above)
	return y, y > low && y < high
}

// measure sums up what is wanted, by whether it lies in the first and in the second group.
func (s *sweep) measure(want func(first, second bool) bool) (m2 float64, at Point) {
	slices.SortFunc(s.edges, func(a, b slope) int { return cmp.Compare(a.y0, b.y0) })
	heights := s.heights()
	var open []*slope
	var largest float64
	var middle flat
	next := 0
	in := make([]bool, len(s.group))
	for h := 1; h < len(heights); h++ {
		low, high := heights[h-1], heights[h]
		y := (low + high) / 2
		kept := open[:0]
		for _, e := range open {
			if e.y1 > y {
				kept = append(kept, e)
			}
		}
		for open = kept; next < len(s.edges) && s.edges[next].y0 < y; next++ {
			if s.edges[next].y1 > y {
				open = append(open, &s.edges[next])
			}
		}
		for _, e := range open {
			e.x = e.at(y)
		}
		ordered(open)
		var count [2]int // pieces of each group that are open here
		for n, e := range open {
			if n > 0 && want(count[0] > 0, count[1] > 0) {
				west := open[n-1].x
				m2 += (e.x - west) * (high - low)
				if part := (e.x - west) * (high - low); part > largest {
					largest, middle = part, flat{(west + e.x) / 2, y}
				}
			}
			if in[e.piece] = !in[e.piece]; in[e.piece] {
				count[s.group[e.piece]]++
			} else {
				count[s.group[e.piece]]--
			}
		}
		clear(in)
	}
	if largest == 0 {
		return 0, Point{}
	}
	return m2, middle.raise()
}

// ordered sorts edges from west to east; from one strip to the next hardly any change places.
func ordered(open []*slope) {
	for i := 1; i < len(open); i++ {
		for j := i; j > 0 && open[j].x < open[j-1].x; j-- {
			open[j], open[j-1] = open[j-1], open[j]
		}
	}
}
