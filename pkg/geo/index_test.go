package geo_test

import (
	"math/rand/v2"
	"testing"

	"spotcheck/pkg/geo"
)

// town is a city of so many outlines on five levels: each level divides the one above, borders are ragged and shared, and the
// last tenth are road sections.
func town(outlines, corners int) []*geo.Shape {
	rng := rand.New(rand.NewPCG(11, 5))
	const south, west, side = 19.8, 110.1, .45
	var all []*geo.Shape
	for _, perSide := range []int{1, 2, 6, 20, 80} {
		step := side / float64(perSide)
		for n := 0; n < perSide*perSide && len(all) < outlines*9/10; n++ {
			all = append(all, polygon(ragged(rng, south+step*float64(n/perSide), west+step*float64(n%perSide), step, corners)))
		}
	}
	for len(all) < outlines {
		road, p := []geo.Point{}, geo.Point{Lat: south + side*rng.Float64(), Lon: west + side*rng.Float64()}
		for range 12 {
			road = append(road, p)
			p.Lat, p.Lon = p.Lat+.001*rng.NormFloat64(), p.Lon+.001*rng.Float64()
		}
		all = append(all, &geo.Shape{Lines: [][]geo.Point{road}, WidthM: 30})
	}
	return all
}

// ragged is about a square, with so many corners.
func ragged(rng *rand.Rand, south, west, side float64, corners int) geo.Ring {
	var r geo.Ring
	each := corners / 4
	add := func(along func(k, off float64) geo.Point) {
		for n := range each {
			r = append(r, along(side*float64(n)/float64(each), side*.3/float64(each)*rng.Float64()))
		}
	}
	add(func(k, off float64) geo.Point { return geo.Point{Lat: south + off, Lon: west + k} })
	add(func(k, off float64) geo.Point { return geo.Point{Lat: south + k, Lon: west + side - off} })
	add(func(k, off float64) geo.Point { return geo.Point{Lat: south + side - off, Lon: west + side - k} })
	add(func(k, off float64) geo.Point { return geo.Point{Lat: south + side - k, Lon: west + off} })
	return append(r, r[0])
}

func TestTheIndexFindsWhatAskingEveryShapeFinds(t *testing.T) {
	t.Parallel()
	shapes := town(600, 60)
	for n, s := range shapes {
		if flaws := s.Flaws(); len(flaws) > 0 {
			t.Fatalf("outline %d of the town: %v", n, flaws)
		}
	}
	index := geo.NewIndex(shapes)
	rng := rand.New(rand.NewPCG(11, 6))
	for n := range 3000 {
		p := geo.Point{Lat: 19.78 + .5*rng.Float64(), Lon: 110.08 + .5*rng.Float64()}
		if n%3 == 0 {
			g := shapes[rng.IntN(500)].Polygons[0][0]
			i := rng.IntN(len(g) - 1)
			if p = g[i]; n%2 == 0 {
				p = geo.Point{Lat: (g[i].Lat + g[i+1].Lat) / 2, Lon: (g[i].Lon + g[i+1].Lon) / 2}
			}
		}
		wantFound(t, index, shapes, p)
	}
}

// BenchmarkLookUp asks for the outlines of random points of a city of 5,000: by the index, and by going over all of them.
func BenchmarkLookUp(b *testing.B) {
	shapes := town(5000, 100)
	rng := rand.New(rand.NewPCG(3, 4))
	points := make([]geo.Point, 4096)
	for n := range points {
		points[n] = geo.Point{Lat: 19.8 + .45*rng.Float64(), Lon: 110.1 + .45*rng.Float64()}
	}
	b.Run("index", func(b *testing.B) {
		index := geo.NewIndex(shapes)
		var found []int
		held := 0
		for n := 0; b.Loop(); n++ {
			found = index.Containing(points[n%len(points)], found[:0])
			held += len(found)
		}
		perSecond(b, held)
	})
	b.Run("scan", func(b *testing.B) {
		held := 0
		for n := 0; b.Loop(); n++ {
			for _, s := range shapes {
				if s.Contains(points[n%len(points)]) {
					held++
				}
			}
		}
		perSecond(b, held)
	})
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			geo.NewIndex(shapes)
		}
	})
}

func perSecond(b *testing.B, held int) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "look-ups/s")
	b.ReportMetric(float64(held)/float64(b.N), "found")
}
