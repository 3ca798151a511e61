package geo_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"spotcheck/pkg/geo"
)

// winding says with exact numbers where a point lies to a ring: 0 outside, 1 on it, 2 inside, by the winding number (D.
// Sunday, Inclusion of a Point in a Polygon). It shares nothing with the product.
func winding(r geo.Ring, p geo.Point) int {
	rat := func(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }
	px, py := rat(p.Lon), rat(p.Lat)
	n := 0
	for i := range r[1:] {
		if max(r[i].Lat, r[i+1].Lat) < p.Lat || min(r[i].Lat, r[i+1].Lat) > p.Lat {
			continue // all of it above or below
		}
		ax, ay, bx, by := rat(r[i].Lon), rat(r[i].Lat), rat(r[i+1].Lon), rat(r[i+1].Lat)
		left := new(big.Rat).Mul(new(big.Rat).Sub(bx, ax), new(big.Rat).Sub(py, ay))
		left.Sub(left, new(big.Rat).Mul(new(big.Rat).Sub(px, ax), new(big.Rat).Sub(by, ay)))
		if left.Sign() == 0 {
			dot := new(big.Rat).Mul(new(big.Rat).Sub(ax, px), new(big.Rat).Sub(bx, px))
			dot.Add(dot, new(big.Rat).Mul(new(big.Rat).Sub(ay, py), new(big.Rat).Sub(by, py)))
			if dot.Sign() <= 0 {
				return 1
			}
		}
		switch up := ay.Cmp(py) <= 0; {
		case up && by.Cmp(py) > 0 && left.Sign() > 0:
			n++
		case !up && by.Cmp(py) <= 0 && left.Sign() < 0:
			n--
		}
	}
	if n != 0 {
		return 2
	}
	return 0
}

// holds is the same for a shape of polygons: a hole is out, its border is in.
func holds(s *geo.Shape, p geo.Point) bool {
	for _, g := range s.Polygons {
		in := winding(g[0], p) > 0
		for _, hole := range g[1:] {
			in = in && winding(hole, p) < 2
		}
		if in {
			return true
		}
	}
	return false
}

// star is a ring around a middle whose corners lie at random distances; on a grid many of its edges are straight or level.
func star(rng *rand.Rand, middle geo.Point, corners int, least, most, grid float64) geo.Ring {
	var r geo.Ring
	for i := range corners {
		a, d := 2*math.Pi*float64(i)/float64(corners), least+(most-least)*rng.Float64()
		p := geo.Point{Lat: middle.Lat + d*math.Sin(a), Lon: middle.Lon + d*math.Cos(a)}
		if grid > 0 {
			p = geo.Point{Lat: math.Round(p.Lat/grid) * grid, Lon: math.Round(p.Lon/grid) * grid}
		}
		r = append(r, p)
	}
	return append(r, r[0])
}

// probes are points that make it hard: anywhere, on corners, on edges, a hair beside them, level with corners.
func probe(rng *rand.Rand, s *geo.Shape, grid float64) geo.Point {
	box := s.Box()
	p := geo.Point{Lat: box.South + (box.North-box.South)*rng.Float64(), Lon: box.West + (box.East-box.West)*rng.Float64()}
	g := s.Polygons[rng.IntN(len(s.Polygons))]
	r := g[rng.IntN(len(g))]
	i := rng.IntN(len(r) - 1)
	a, b := r[i], r[i+1]
	switch k := rng.Float64(); rng.IntN(7) {
	case 0:
		return a
	case 1:
		return geo.Point{Lat: a.Lat + k*(b.Lat-a.Lat), Lon: a.Lon + k*(b.Lon-a.Lon)}
	case 2:
		return geo.Point{Lat: math.Nextafter((a.Lat+b.Lat)/2, 90), Lon: (a.Lon + b.Lon) / 2}
	case 3:
		return geo.Point{Lat: a.Lat, Lon: p.Lon}
	case 4:
		return geo.Point{Lat: (a.Lat + b.Lat) / 2, Lon: (a.Lon + b.Lon) / 2}
	case 5:
		return geo.Point{Lat: math.Round(p.Lat/.01) * .01, Lon: math.Round(p.Lon/.01) * .01}
	}
	return p
}

func TestPointsInShapesAgainstExactWindingNumbers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 1))
	var shapes []*geo.Shape
	for n := range 40 {
		grid := []float64{0, .01, 1. / 128}[n%3]
		s := &geo.Shape{}
		for k := range 1 + n%2 {
			middle := geo.Point{Lat: 20 + float64(k), Lon: 110.3}
			s.Polygons = append(s.Polygons, geo.Polygon{star(rng, middle, 5+n, .2, .4, grid), star(rng, middle, 4+n%5, .05, .15, grid)})
		}
		shapes = append(shapes, s)
	}
	index := geo.NewIndex(shapes)
	seen := map[bool]int{}
	for n := range 100_000 {
		s := shapes[n%len(shapes)]
		p := probe(rng, s, .01)
		want := holds(s, p)
		seen[want]++
		if got := s.Contains(p); got != want {
			t.Fatalf("point %d, %v in %s: got %t, want %t", n, p, s.GeoJSON(), got, want)
		}
		if n%10 == 0 {
			wantFound(t, index, shapes, p)
		}
	}
	if seen[true] < 30_000 || seen[false] < 10_000 {
		t.Errorf("got %v points inside and outside: the test looks at one side", seen)
	}
}

// wantFound fails unless an index finds the same as asking every shape.
func wantFound(t *testing.T, index *geo.Index, shapes []*geo.Shape, p geo.Point) {
	t.Helper()
	var want []int
	for i, s := range shapes {
		if s.Contains(p) {
			want = append(want, i)
		}
	}
	got := index.Containing(p, nil)
	if len(got) != len(want) {
		t.Fatalf("%v: got %v, want %v", p, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%v: got %v, want %v", p, got, want)
		}
	}
}

func TestPointsBesideTheEarthAreNowhere(t *testing.T) {
	t.Parallel()
	s := &geo.Shape{Polygons: []geo.Polygon{{square(0, 0, 10)}}}
	index := geo.NewIndex([]*geo.Shape{s})
	for _, p := range []geo.Point{{Lat: math.NaN(), Lon: 1}, {Lat: 1, Lon: math.NaN()}, {Lat: math.Inf(1), Lon: 1}, {Lat: 91, Lon: 1}} {
		if s.Contains(p) || len(index.Containing(p, nil)) > 0 {
			t.Errorf("%v is said to lie in a square", p)
		}
	}
	if len(geo.NewIndex(nil).Containing(geo.Point{}, nil)) > 0 {
		t.Error("an empty index finds something")
	}
}

// square is a ring with a corner in the south-west and a side in degrees.
func square(south, west, side float64) geo.Ring {
	return geo.Ring{{Lat: south, Lon: west}, {Lat: south, Lon: west + side}, {Lat: south + side, Lon: west + side}, {Lat: south + side, Lon: west}, {Lat: south, Lon: west}}
}
