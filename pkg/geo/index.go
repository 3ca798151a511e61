package geo

import "math"

// Index finds which of many shapes hold a point. It never changes once it is made, and any number of goroutines may ask it.
//
// A grid over all shapes says for each of its cells which pieces (polygons, or all lines of a shape) cover it whole and which
// have a border in it. The border itself is kept in bands of latitude: a question looks at the few edges of one band.
type Index struct {
	grid   raster
	starts []uint32 // of each cell in entries, and where the last one ends
	found  []uint32 // numbers of pieces times two, plus one where the piece covers the whole cell
	pieces []piece
}

// gridSide bounds how many cells the grid has on a side.
const (
	leastSide = 32
	mostSide  = 512
)

// NewIndex makes an index over shapes; it keeps no reference to them. Shapes with flaws may be found at the wrong points.
func NewIndex(shapes []*Shape) *Index {
	x := &Index{}
	around := Box{South: 90, West: 180, North: -90, East: -180}
	for n, s := range shapes {
		for _, g := range s.Polygons {
			x.pieces = append(x.pieces, polygonPiece(n, g))
		}
		if len(s.Lines) > 0 {
			x.pieces = append(x.pieces, linePiece(n, s))
		}
	}
	for i := range x.pieces {
		around = around.Union(x.pieces[i].box)
	}
	side := int(math.Sqrt(16 * float64(len(x.pieces))))
	x.grid = newRaster(around, min(max(side, leastSide), mostSide))
	cells := make([][]uint32, x.grid.side*x.grid.side)
	for i := range x.pieces {
		x.spread(i, cells)
	}
	for _, c := range cells {
		x.starts = append(x.starts, uint32(len(x.found)))
		x.found = append(x.found, c...)
	}
	x.starts = append(x.starts, uint32(len(x.found)))
	return x
}

// spread writes a piece into the cells that it touches.
func (x *Index) spread(n int, cells [][]uint32) {
	p := &x.pieces[n]
	west, south, east, north := x.grid.around(p.box)
	wide := east - west + 1
	border := make([]bool, wide*(north-south+1))
	for _, e := range p.edges {
		w, s, o, t := x.grid.around(p.reach(e))
		for row := s; row <= t; row++ {
			for col := w; col <= o; col++ {
				border[(row-south)*wide+col-west] = true
			}
		}
	}
	for row := south; row <= north; row++ {
		known, inside := false, false
		for col := west; col <= east; col++ {
			cell := row*x.grid.side + col
			if border[(row-south)*wide+col-west] {
				cells[cell], known = append(cells[cell], uint32(n)<<1), false
				continue
			}
			if !known { // all of the cells up to the next border lie on one side of it
				known, inside = true, p.holds(x.grid.middle(col, row))
			}
			if inside {
				cells[cell] = append(cells[cell], uint32(n)<<1|1)
			}
		}
	}
}

// Containing appends the numbers of the shapes that hold a point, in order, to those given: as Shape.Contains says.
func (x *Index) Containing(p Point, found []int) []int {
	if len(x.pieces) == 0 || !x.grid.box.Contains(p) {
		return found
	}
	from := len(found)
	cell := x.grid.row(p.Lat)*x.grid.side + x.grid.col(p.Lon)
	for _, entry := range x.found[x.starts[cell]:x.starts[cell+1]] {
		piece := &x.pieces[entry>>1]
		if last := len(found); last > from && found[last-1] == piece.of {
			continue
		}
		if entry&1 == 1 || piece.holds(p) {
			found = append(found, piece.of)
		}
	}
	return found
}

// raster is a grid of square cells over a box. A point further north or east never lies in a row or column before.
type raster struct {
	box            Box
	side           int
	perLat, perLon float64 // cells for a degree
}

func newRaster(box Box, side int) raster {
	r := raster{box: box, side: side}
	if height := box.North - box.South; height > 0 {
		r.perLat = float64(side) / height
	}
	if width := box.East - box.West; width > 0 {
		r.perLon = float64(side) / width
	}
	return r
}

func (r *raster) row(lat float64) int {
	return max(0, min(int((lat-r.box.South)*r.perLat), r.side-1))
}
func (r *raster) col(lon float64) int {
	return max(0, min(int((lon-r.box.West)*r.perLon), r.side-1))
}

func (r *raster) around(b Box) (west, south, east, north int) {
	return r.col(b.West), r.row(b.South), r.col(b.East), r.row(b.North)
}

func (r *raster) middle(col, row int) Point {
	at := func(n int, start, per float64) float64 {
		if per == 0 {
			return start
		}
		return start + (float64(n)+.5)/per
	}
	return Point{at(row, r.box.South, r.perLat), at(col, r.box.West, r.perLon)}
}

// piece is a polygon, or the lines of a shape, with its edges in bands of latitude.
type piece struct {
	of     int // number of the shape
	half   float64
	line   bool
	box    Box
	edges  []segment
	perLat float64  // bands for a degree
	starts []uint32 // of each band in banded, and where the last one ends
	banded []segment
}

type segment struct{ a, b Point }

func polygonPiece(of int, g Polygon) piece {
	p := piece{of: of, box: Box{South: 90, West: 180, North: -90, East: -180}}
	for _, r := range g {
		for i := 1; i < len(r); i++ {
			p.edges = append(p.edges, segment{r[i-1], r[i]})
		}
	}
	p.band()
	return p
}

func linePiece(of int, s *Shape) piece {
	p := piece{of: of, line: true, half: s.WidthM / 2, box: Box{South: 90, West: 180, North: -90, East: -180}}
	for _, l := range s.Lines {
		for i := 1; i < len(l); i++ {
			p.edges = append(p.edges, segment{l[i-1], l[i]})
		}
	}
	p.band()
	return p
}

// reach is the box of the points for which an edge counts.
func (p *piece) reach(e segment) Box {
	b := Box{min(e.a.Lat, e.b.Lat), min(e.a.Lon, e.b.Lon), max(e.a.Lat, e.b.Lat), max(e.a.Lon, e.b.Lon)}
	if p.line {
		b = b.Union(BoxAround(e.a, p.half)).Union(BoxAround(e.b, p.half))
	}
	return b
}

// edgesOfBand is how many edges a band should have, bandCopies how many times an edge may be kept on average.
const (
	edgesOfBand = 8
	bandCopies  = 8
)

// band puts the edges into bands, fewer of them where most edges reach over many.
func (p *piece) band() {
	for _, e := range p.edges {
		p.box = p.box.Union(p.reach(e))
	}
	bands := len(p.edges)/edgesOfBand + 1
	if height := p.box.North - p.box.South; height > 0 {
		p.perLat = float64(bands) / height
	} else {
		bands = 1
	}
	for ; bands > 1; bands, p.perLat = bands/2, p.perLat/2 {
		copies := 0
		for _, e := range p.edges {
			low, high := p.bands(e, bands)
			copies += high - low + 1
		}
		if copies <= bandCopies*len(p.edges) {
			break
		}
	}
	all := make([][]segment, bands)
	for _, e := range p.edges {
		low, high := p.bands(e, bands)
		for n := low; n <= high; n++ {
			all[n] = append(all[n], e)
		}
	}
	for _, b := range all {
		p.starts = append(p.starts, uint32(len(p.banded)))
		p.banded = append(p.banded, b...)
	}
	p.starts = append(p.starts, uint32(len(p.banded)))
}

func (p *piece) bands(e segment, of int) (low, high int) {
	b := p.reach(e)
	return p.bandOf(b.South, of), p.bandOf(b.North, of)
}

func (p *piece) bandOf(lat float64, of int) int {
	return max(0, min(int((lat-p.box.South)*p.perLat), of-1))
}

// holds says the same as Shape.Contains.
func (p *piece) holds(at Point) bool {
	if !p.box.Contains(at) {
		return false
	}
	n := p.bandOf(at.Lat, len(p.starts)-1)
	edges := p.banded[p.starts[n]:p.starts[n+1]]
	if p.line {
		for i := range edges {
			if DistanceToSegment(at, edges[i].a, edges[i].b) <= p.half {
				return true
			}
		}
		return false
	}
	inside := false
	for i := range edges {
		on, east := meets(edges[i].a, edges[i].b, at)
		if on {
			return true
		}
		inside = inside != east
	}
	return inside
}
