package geo

import (
	"cmp"
	"math"
	"slices"
)

// cellBits is the number of bits for each of latitude and longitude; a cell of 52 bits is exact in a float64 too. It is
// 0.30 m high and at most 0.60 m wide.
const cellBits = 26

// DefaultRanges is how many ranges CellRanges gives at most when it is not told.
const DefaultRanges = 16

// Cell is the number of the small field that a point lies in: the bits of latitude and longitude interleaved (Morton
// order, latitude first), 0 ≤ Cell < 2⁵². Points near each other mostly have cells near each other.
func Cell(p Point) int64 { return interleave(gridY(p.Lat), gridX(p.Lon)) }

// CellRange is the cells from Lo to Hi, both included.
type CellRange struct{ Lo, Hi int64 }

// CellRanges gives at most so many ranges (DefaultRanges when most < 1), in order and apart, that hold the cell of every
// point of the box. They hold others as well: check the exact position of what they find.
func CellRanges(box Box, most int) []CellRange {
	if most < 1 {
		most = DefaultRanges
	}
	if !(box.South <= box.North && box.West <= box.East) {
		return nil
	}
	g := grid{gridX(box.West), gridX(box.East), gridY(box.South), gridY(box.North)}
	whole, parts := []square(nil), []square{{size: 1 << cellBits}}
	for len(parts) > 0 && len(whole)+len(parts) < 8*most { // finer than asked, so that joining has a choice
		var finer []square
		for _, s := range parts {
			for _, q := range s.quarters() {
				switch {
				case q.apart(g):
				case q.within(g):
					whole = append(whole, q)
				default:
					finer = append(finer, q)
				}
			}
		}
		parts = finer
	}
	return join(append(whole, parts...), most)
}

// grid is a box in steps of the grid, edges included.
type grid struct{ west, east, south, north uint64 }

// square is a field of the grid whose side is a power of two; its cells follow one another.
type square struct{ x, y, size uint64 }

func (s square) quarters() [4]square {
	h := s.size / 2
	return [4]square{{s.x, s.y, h}, {s.x + h, s.y, h}, {s.x, s.y + h, h}, {s.x + h, s.y + h, h}}
}

func (s square) apart(g grid) bool {
	return s.x > g.east || s.x+s.size-1 < g.west || s.y > g.north || s.y+s.size-1 < g.south
}

func (s square) within(g grid) bool {
	return s.x >= g.west && s.x+s.size-1 <= g.east && s.y >= g.south && s.y+s.size-1 <= g.north
}

func (s square) cells() CellRange {
	lo := interleave(s.y, s.x)
	return CellRange{lo, lo + int64(s.size*s.size) - 1}
}

// join turns squares into at most so many ranges by closing the smallest gaps.
func join(squares []square, most int) []CellRange {
	all := make([]CellRange, len(squares))
	for i, s := range squares {
		all[i] = s.cells()
	}
	slices.SortFunc(all, func(a, b CellRange) int { return cmp.Compare(a.Lo, b.Lo) })
	var gaps []int64
	for i := 1; i < len(all); i++ {
		gaps = append(gaps, all[i].Lo-all[i-1].Hi-1)
	}
	slices.Sort(gaps)
	var closed int64 // the widest gap to close
	if open := most - 1; len(gaps) > open {
		closed = gaps[len(gaps)-1-open]
	}
	joined := all[:1]
	for _, r := range all[1:] {
		if last := &joined[len(joined)-1]; r.Lo-last.Hi-1 <= closed {
			last.Hi = r.Hi
		} else {
			joined = append(joined, r)
		}
	}
	return joined
}

func gridX(lon float64) uint64 { return step((lon + 180) / 360) }
func gridY(lat float64) uint64 { return step((lat + 90) / 180) }

// step is where a share of the whole lies on the grid; what is outside, or no number, counts as at the edge.
func step(share float64) uint64 {
	const steps = 1 << cellBits
	if !(share > 0) {
		return 0
	}
	return uint64(min(math.Floor(share*steps), steps-1))
}

func interleave(y, x uint64) int64 { return int64(spread(y)<<1 | spread(x)) }

// spread puts a zero before each of the lower 32 bits.
func spread(v uint64) uint64 {
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f0f0f0f0f
	v = (v | v<<2) & 0x3333333333333333
	return (v | v<<1) & 0x5555555555555555
}

// CellLevels is the finest level of cells: at level n the earth has 2ⁿ columns and 2ⁿ rows.
const CellLevels = cellBits

// CellAt is the cell of a coarser level that a cell of the finest level lies in.
func CellAt(cell int64, level int) int64 { return cell >> (2 * (cellBits - level)) }

// CellGrid is the cells of one level that touch a box.
type CellGrid struct {
	Level int
	cells grid
}

// CellGridOf is the field of a box at a level from 0 to CellLevels.
func CellGridOf(box Box, level int) CellGrid {
	shift := cellBits - level
	return CellGrid{level, grid{gridX(box.West) >> shift, gridX(box.East) >> shift, gridY(box.South) >> shift, gridY(box.North) >> shift}}
}

// Size is how many cells the field has.
func (f CellGrid) Size() uint64 {
	return (f.cells.east - f.cells.west + 1) * (f.cells.north - f.cells.south + 1)
}

// Contains says whether a cell of the field's level lies in it.
func (f CellGrid) Contains(cell int64) bool {
	x, y := gather(uint64(cell)), gather(uint64(cell)>>1)
	return x >= f.cells.west && x <= f.cells.east && y >= f.cells.south && y <= f.cells.north
}

// Box is the box of whole cells around the field. A point on its northern or eastern edge lies in the next cell.
func (f CellGrid) Box() Box {
	side := 1 / float64(uint64(1)<<f.Level)
	at := func(n uint64, span float64) float64 { return float64(n)*side*span - span/2 }
	return Box{South: at(f.cells.south, 180), West: at(f.cells.west, 360), North: at(f.cells.north+1, 180), East: at(f.cells.east+1, 360)}
}

// gather takes every other bit, and undoes spread.
func gather(v uint64) uint64 {
	v &= 0x5555555555555555
	v = (v | v>>1) & 0x3333333333333333
	v = (v | v>>2) & 0x0f0f0f0f0f0f0f0f
	v = (v | v>>4) & 0x00ff00ff00ff00ff
	v = (v | v>>8) & 0x0000ffff0000ffff
	return (v | v>>16) & 0x00000000ffffffff
}
