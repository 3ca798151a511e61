package geo

import (
	"fmt"
	"strings"
)

// ParseWKT reads well-known text (OGC 06-103r4): POLYGON, MULTIPOLYGON, LINESTRING, MULTILINESTRING or POINT in longitude
// and latitude, of at most MostPoints points. What it reads may still have flaws.
func ParseWKT(text string) (*Shape, error) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(text), "(")
	r := &wkt{rest: "(" + rest}
	s := &Shape{}
	var err error
	switch strings.ToUpper(strings.TrimSpace(kind)) {
	case "POLYGON":
		var rings [][]position
		rings, err = nested(r, r.positions)
		s.polygons(rings)
	case "MULTIPOLYGON":
		var polygons [][][]position
		polygons, err = nested(r, func() ([][]position, error) { return nested(r, r.positions) })
		s.polygons(polygons...)
	case "LINESTRING":
		var line []position
		line, err = r.positions()
		s.lines(line)
	case "MULTILINESTRING":
		var lines [][]position
		lines, err = nested(r, r.positions)
		s.lines(lines...)
	case "POINT":
		var line []position
		if line, err = r.positions(); err == nil && len(line) == 1 {
			s.Centre = (*Point)(&line[0])
		}
	default:
		return nil, fmt.Errorf("%.40q is none of POLYGON, MULTIPOLYGON, LINESTRING, MULTILINESTRING, POINT", kind)
	}
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(r.rest) != "" {
		return nil, fmt.Errorf("%.40q follows the shape", r.rest)
	}
	return s.bounded()
}

// wkt is what is not read yet.
type wkt struct {
	rest string
	n    int // positions so far
}

// takes goes past a mark, if it comes next.
func (r *wkt) takes(mark string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(r.rest, " \t\r\n"), mark)
	if ok {
		r.rest = rest
	}
	return ok
}

// nested reads things in brackets with commas between them.
func nested[T any](r *wkt, one func() (T, error)) (all []T, err error) {
	if !r.takes("(") {
		return nil, fmt.Errorf("a bracket is missing before %.40q", r.rest)
	}
	for {
		v, err := one()
		if err != nil {
			return nil, err
		}
		all = append(all, v)
		switch {
		case r.takes(","):
		case r.takes(")"):
			return all, nil
		default:
			return nil, fmt.Errorf("a comma or a bracket is missing before %.40q", r.rest)
		}
	}
}

func (r *wkt) positions() ([]position, error) { return nested(r, r.position) }

func (r *wkt) position() (p position, err error) {
	if r.n++; r.n > MostPoints {
		return p, errTooMany
	}
	end := strings.IndexAny(r.rest, "(),")
	if end < 0 {
		return p, fmt.Errorf("a bracket is missing after %.40q", r.rest)
	}
	parts := strings.Fields(r.rest[:end])
	if len(parts) < 2 || len(parts) > 3 {
		return p, fmt.Errorf("%.40q is no longitude and latitude", r.rest[:end])
	}
	if p.Lon, err = decimal(parts[0]); err == nil {
		p.Lat, err = decimal(parts[1])
	}
	r.rest = r.rest[end:]
	return p, err
}
