// Package geo knows where things are: points and lines on the earth, the three datums of Chinese maps, and cells that a
// database can index.
package geo

import "math"

// EarthRadius is the mean radius R₁ = (2a+b)/3 of the WGS-84 ellipsoid in metres (IUGG, H. Moritz, Geodetic Reference
// System 1980).
const EarthRadius = 6371008.8

// Point is a place in degrees; WGS-84 unless said otherwise.
type Point struct {
	Lat float64 `json:"lat"` // north is positive
	Lon float64 `json:"lon"` // east is positive
}

// Valid says whether the point is on the earth: both parts finite, latitude −90 to 90, longitude −180 to 180.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

// Distance is the way along the great circle in metres, by the haversine formula on a sphere of EarthRadius. It is at
// most 0.56 % off the ellipsoid.
func Distance(a, b Point) float64 {
	sinLat := math.Sin(radians(b.Lat-a.Lat) / 2)
	sinLon := math.Sin(radians(b.Lon-a.Lon) / 2)
	h := sinLat*sinLat + math.Cos(radians(a.Lat))*math.Cos(radians(b.Lat))*sinLon*sinLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

// Line is a trace on a road: where it begins and, if it is known, where it ends.
type Line struct {
	Start Point
	End   *Point
}

// Length is the straight way from start to end in metres, 0 without an end.
func (l Line) Length() float64 {
	if l.End == nil {
		return 0
	}
	return Distance(l.Start, *l.End)
}

// Box is the area between two latitudes and two longitudes in degrees, edges included. It does not cross 180° E.
type Box struct {
	South, West, North, East float64
}

// Valid says whether the corners are points and in order.
func (b Box) Valid() bool {
	return Point{b.South, b.West}.Valid() && Point{b.North, b.East}.Valid() && b.South <= b.North && b.West <= b.East
}

// Contains says whether the point lies in the box or on its edge.
func (b Box) Contains(p Point) bool {
	return b.South <= p.Lat && p.Lat <= b.North && b.West <= p.Lon && p.Lon <= b.East
}

// BoxAround is the smallest box around all points within a radius in metres. Where that would cross 180° E or a pole, it
// goes all the way round.
func BoxAround(p Point, radiusM float64) Box {
	const slack = 1e-9 // degrees, 0.1 mm: rounding may not lose a point on the edge
	angle := max(radiusM, 0) / EarthRadius
	dLat := degrees(angle) + slack
	b := Box{South: max(p.Lat-dLat, -90), West: -180, North: min(p.Lat+dLat, 90), East: 180}
	if b.South == -90 || b.North == 90 {
		return b
	}
	dLon := degrees(math.Asin(math.Sin(angle)/math.Cos(radians(p.Lat)))) + slack
	if p.Lon-dLon >= -180 && p.Lon+dLon <= 180 {
		b.West, b.East = p.Lon-dLon, p.Lon+dLon
	}
	return b
}

func radians(deg float64) float64 { return deg * (math.Pi / 180) }
func degrees(rad float64) float64 { return rad * (180 / math.Pi) }

// DistanceToSegment is the distance in metres from a point to the straight segment between two others, on a plane that
// touches the earth at the point: under 0.1 % off within 50 km.
func DistanceToSegment(p, a, b Point) float64 {
	shrink := math.Cos(radians(p.Lat))
	ax, ay := (a.Lon-p.Lon)*shrink, a.Lat-p.Lat
	bx, by := (b.Lon-p.Lon)*shrink, b.Lat-p.Lat
	dx, dy := bx-ax, by-ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/l))
	}
	return radians(math.Hypot(ax+t*dx, ay+t*dy)) * EarthRadius
}

// LineDistance is the least distance in metres between two lines, each a point where it has no end; 0 where they cross.
func LineDistance(a, b Line) float64 {
	ends := func(l Line) (from, to Point) {
		if l.End == nil {
			return l.Start, l.Start
		}
		return l.Start, *l.End
	}
	a0, a1 := ends(a)
	b0, b1 := ends(b)
	if orientation(a0, a1, b0)*orientation(a0, a1, b1) < 0 && orientation(b0, b1, a0)*orientation(b0, b1, a1) < 0 {
		return 0
	}
	return min(DistanceToSegment(a0, b0, b1), DistanceToSegment(a1, b0, b1), DistanceToSegment(b0, a0, a1), DistanceToSegment(b1, a0, a1))
}

// BoxAround is the smallest box around all points within a radius in metres of a line's ends, and so of the line.
func (l Line) BoxAround(radiusM float64) Box {
	b := BoxAround(l.Start, radiusM)
	if l.End != nil {
		b = b.Union(BoxAround(*l.End, radiusM))
	}
	return b
}
