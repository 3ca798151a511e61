package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MostPoints is how many points a shape may have.
const MostPoints = 50_000

// errTooMany is a shape over the bound.
var errTooMany = fmt.Errorf("over %d points", MostPoints)

// position is a point as GeoJSON writes it: longitude, latitude, and a height that is left aside.
type position Point

// UnmarshalJSON reads two or three numbers.
func (p *position) UnmarshalJSON(b []byte) error {
	text, opens := bytes.CutPrefix(bytes.TrimSpace(b), []byte("["))
	text, closes := bytes.CutSuffix(text, []byte("]"))
	parts := strings.Split(string(text), ",")
	if !opens || !closes || len(parts) < 2 || len(parts) > 3 {
		return errors.New("a position has a longitude and a latitude")
	}
	var numbers [3]float64
	for n, part := range parts {
		var err error
		if numbers[n], err = decimal(strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	p.Lon, p.Lat = numbers[0], numbers[1]
	return nil
}

// decimal reads a finite number of ten digits.
func decimal(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, fmt.Errorf("%.40q is no number", text)
	}
	return v, nil
}

// ParseGeoJSON reads a geometry of RFC 7946: Polygon, MultiPolygon, LineString, MultiLineString or Point, of at most
// MostPoints points. What it reads may still have flaws.
func ParseGeoJSON(b []byte) (*Shape, error) {
	var in struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Box         json.RawMessage `json:"bbox"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("the geometry cannot be read: %w", err)
	}
	if d.More() {
		return nil, errors.New("something follows the geometry")
	}
	s := &Shape{}
	var err error
	switch in.Type {
	case "Polygon":
		var rings [][]position
		err = json.Unmarshal(in.Coordinates, &rings)
		s.polygons(rings)
	case "MultiPolygon":
		var polygons [][][]position
		err = json.Unmarshal(in.Coordinates, &polygons)
		s.polygons(polygons...)
	case "LineString":
		var line []position
		err = json.Unmarshal(in.Coordinates, &line)
		s.lines(line)
	case "MultiLineString":
		var lines [][]position
		err = json.Unmarshal(in.Coordinates, &lines)
		s.lines(lines...)
	case "Point":
		at := &position{}
		err = json.Unmarshal(in.Coordinates, &at)
		s.Centre = (*Point)(at)
	default:
		return nil, fmt.Errorf("the type %.40q is none of Polygon, MultiPolygon, LineString, MultiLineString, Point", in.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("the coordinates cannot be read: %w", err)
	}
	return s.bounded()
}

func (s *Shape) polygons(all ...[][]position) {
	for _, rings := range all {
		var g Polygon
		for _, r := range rings {
			if len(r) > 0 {
				g = append(g, points(r))
			}
		}
		if len(g) > 0 {
			s.Polygons = append(s.Polygons, g)
		}
	}
}

func (s *Shape) lines(all ...[]position) {
	for _, l := range all {
		if len(l) > 0 {
			s.Lines = append(s.Lines, points(l))
		}
	}
}

func points(all []position) []Point {
	list := make([]Point, len(all))
	for n, p := range all {
		list[n] = Point(p)
	}
	return list
}

// bounded refuses a shape of nothing or of too much.
func (s *Shape) bounded() (*Shape, error) {
	switch n := s.Points(); {
	case n == 0:
		return nil, errors.New("the shape has no points")
	case n > MostPoints:
		return nil, errTooMany
	}
	return s, nil
}

// GeoJSON is the shape as a geometry of RFC 7946, the same text for the same shape. The width stands elsewhere.
func (s *Shape) GeoJSON() []byte {
	b := []byte(`{"type":"`)
	switch {
	case len(s.Polygons) == 1:
		b = list(append(b, `Polygon","coordinates":`...), s.Polygons[0], ring)
	case len(s.Polygons) > 1:
		b = list(append(b, `MultiPolygon","coordinates":`...), s.Polygons, func(b []byte, g Polygon) []byte { return list(b, g, ring) })
	case len(s.Lines) == 1:
		b = list(append(b, `LineString","coordinates":`...), s.Lines[0], numbers)
	case len(s.Lines) > 1:
		b = list(append(b, `MultiLineString","coordinates":`...), s.Lines, func(b []byte, l []Point) []byte { return list(b, l, numbers) })
	case s.Centre != nil:
		b = numbers(append(b, `Point","coordinates":`...), *s.Centre)
	default:
		b = append(b, `GeometryCollection","geometries":[]`...)
	}
	return append(b, '}')
}

func list[T any](b []byte, all []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for n, v := range all {
		if n > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func ring(b []byte, r Ring) []byte { return list(b, r, numbers) }

func numbers(b []byte, p Point) []byte {
	b = strconv.AppendFloat(append(b, '['), p.Lon, 'f', -1, 64)
	return append(strconv.AppendFloat(append(b, ','), p.Lat, 'f', -1, 64), ']')
}
