package atlas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
)

// Format is how a file of areas is written.
type Format string

// The formats.
const (
	GeoJSON Format = "geojson" // a FeatureCollection with the properties code, name, level, class, parent, width_m
	CSV     Format = "csv"     // a table, also a workbook, with the columns code, name, level, class, parent, width_m, and wkt or lon and lat
)

// UnmarshalText reads one of the two names and refuses all others.
func (f *Format) UnmarshalText(text []byte) error {
	if read := Format(text); read == GeoJSON || read == CSV {
		*f = read
		return nil
	}
	return errors.New("want geojson or csv")
}

// MostRows is how many areas a file may have.
const MostRows = 10_000

// raw is a row before it is checked.
type raw struct {
	Row
	width   string
	outline func() (*geo.Shape, error) // in the datum of the file; nil shape for none
}

// File is a file of areas as somebody sent it.
type File struct {
	Format Format
	Datum  geo.Datum
	Body   []byte
	Sheet  string       // of a workbook; guessed where it is empty
	Heads  int          // row with the names of the columns; guessed where it is 0
	Tables table.Reader // of what is no GeoJSON
}

// Read gives the areas of a file, with outlines in WGS-84, and what is wrong with single rows, which are left out. A file
// that cannot be read at all is an error for whoever sent it.
func Read(ctx context.Context, f File) (rows []Row, found []Finding, err error) {
	datum := f.Datum
	var all []raw
	if f.Format == CSV {
		all, err = f.readTable(ctx)
	} else {
		all, err = readGeoJSON(bytes.TrimPrefix(f.Body, []byte("\ufeff")))
	}
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 || len(all) > MostRows {
		return nil, nil, fmt.Errorf("the file has %d areas; want 1 to %d", len(all), MostRows)
	}
	for n := range all {
		r, said := all[n].row(datum)
		if found = append(found, said...); !failed(said) {
			rows = append(rows, r)
		}
	}
	return rows, found, nil
}

// row checks the fields and reads the outline.
func (r *raw) row(datum geo.Datum) (Row, []Finding) {
	report := func(kind FindingKind, at *geo.Point, detail string) []Finding {
		return []Finding{{Row: r.N, Code: cut(r.Code), Kind: kind, Severity: Error, At: at, Detail: detail}}
	}
	if err := r.checked(); err != nil {
		return r.Row, report(RowUnreadable, nil, err.Error())
	}
	var err error
	if r.given, err = r.outline(); err != nil {
		return r.Row, report(Unreadable, nil, err.Error())
	}
	if r.given == nil {
		return r.Row, nil
	}
	if r.width != "" {
		if r.given.WidthM, err = strconv.ParseFloat(r.width, 64); err != nil || len(r.given.Lines) == 0 && r.given.WidthM != 0 {
			return r.Row, report(RowUnreadable, nil, "width_m: want metres, for lines only")
		}
	}
	r.Outline = r.given.ToWGS84(datum)
	flaws := r.flaws()
	return r.Row, flaws
}

// cut keeps of a code what a report needs to show.
func cut(code string) string {
	if short := []rune(code); len(short) > longestCode {
		return string(short[:longestCode])
	}
	return code
}

// flaws are what is wrong or odd about the outline itself.
func (r *Row) flaws() (found []Finding) {
	for _, f := range r.Outline.Flaws() {
		one := Finding{Row: r.N, Code: r.Code, Kind: FindingKind("outline." + string(f.Kind)), Severity: Error, At: &f.At, Detail: flawTexts[f.Kind]}
		if f.Kind == geo.FlawTouching {
			one.Severity = Warning
		}
		if !f.At.Valid() {
			one.At = nil
		}
		found = append(found, one)
	}
	return found
}

var flawTexts = map[geo.FlawKind]string{
	geo.FlawOffEarth: "latitude is -90 to 90, longitude -180 to 180: perhaps the two are swapped",
	geo.FlawFew:      "a ring needs three corners, a line two points",
	geo.FlawOpen:     "the ring does not end where it began",
	geo.FlawCrossing: "the border crosses or retraces itself",
	geo.FlawTouching: "the border comes back to one of its corners",
	geo.FlawNoArea:   "the ring encloses nothing",
	geo.FlawNoWidth:  "a line needs width_m, 0.5 to 1000 metres",
	geo.FlawHole:     "a hole lies outside its polygon",
}

// word is a text that some programs write as a number.
type word string

// UnmarshalJSON reads a text, a number as its digits, or null as nothing.
func (w *word) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		return nil
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(w))
	}
	var n json.Number
	err := json.Unmarshal(b, &n)
	*w = word(n)
	return err
}

// areaID is the id of an area of the register; what other programs write there is none.
type areaID inspect.ID

// UnmarshalJSON never refuses.
func (a *areaID) UnmarshalJSON(b []byte) error {
	var id inspect.ID
	if json.Unmarshal(b, &id) == nil {
		*a = areaID(id)
	}
	return nil
}

func readGeoJSON(body []byte) ([]raw, error) {
	var in struct {
		Type     string `json:"type"`
		Features []struct {
			Type       string `json:"type"`
			Properties struct {
				Area   areaID `json:"area_id"`
				Code   word   `json:"code"`
				Name   word   `json:"name"`
				Level  word   `json:"level"`
				Class  word   `json:"class"`
				Parent word   `json:"parent"`
				Width  word   `json:"width_m"`
			} `json:"properties"`
			Geometry json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, fmt.Errorf("the file is no GeoJSON: %w", err)
	}
	if in.Type != "FeatureCollection" {
		return nil, errors.New("the file is no FeatureCollection")
	}
	all := make([]raw, len(in.Features))
	for n, f := range in.Features {
		p := f.Properties
		all[n] = raw{Row: Row{N: n + 1, ID: inspect.ID(p.Area), Code: trim(p.Code), Name: trim(p.Name),
			Level: inspect.AreaLevel(trim(p.Level)), Class: trim(p.Class), Parent: trim(p.Parent)},
			width: trim(p.Width), outline: func() (*geo.Shape, error) {
				if len(f.Geometry) == 0 || bytes.Equal(f.Geometry, []byte("null")) {
					return nil, nil
				}
				return geo.ParseGeoJSON(f.Geometry)
			}}
	}
	return all, nil
}

func trim(w word) string { return strings.TrimSpace(string(w)) }

// columns are those that a CSV file may have; it needs the first three.
var columns = []string{"code", "name", "level", "class", "parent", "width_m", "wkt", "lon", "lat"}

func (f *File) readTable(ctx context.Context) (all []raw, err error) {
	var known []table.Column
	for n, name := range columns {
		known = append(known, table.Column{Name: name, Also: columnsZH[name], Needed: n < 3})
	}
	_, err = table.ReadColumns(ctx, f.Tables, f.Body, table.Options{Sheet: f.Sheet, Heads: f.Heads, Hint: 1}, known, func(r *table.Record) error {
		if len(all) > MostRows {
			return &table.Unreadable{Why: fmt.Sprintf("the file has more than %d areas", MostRows)}
		}
		var doubt error
		for _, name := range columns {
			doubt = errors.Join(doubt, r.Doubt(name))
		}
		if doubt != nil {
			return &table.Unreadable{Why: fmt.Sprintf("row %d: %s", r.N, doubt)}
		}
		all = append(all, raw{Row: Row{N: r.N, Code: r.Text("code"), Name: r.Text("name"), Level: inspect.AreaLevel(r.Text("level")),
			Class: r.Text("class"), Parent: r.Text("parent")}, width: r.Text("width_m"),
			outline: func() (*geo.Shape, error) { return cell(r.Text("wkt"), r.Text("lon"), r.Text("lat")) }})
		return nil
	})
	return all, err
}

// columnsZH are the names of the columns in Chinese.
var columnsZH = map[string][]string{"code": {"编码", "区划代码"}, "name": {"名称"}, "level": {"级别"}, "class": {"类别"}, "parent": {"上级", "上级编码"},
	"width_m": {"宽度"}, "lon": {"经度"}, "lat": {"纬度"}}

// cell reads the outline of a CSV row: a shape, or where the area lies.
func cell(wkt, lon, lat string) (*geo.Shape, error) {
	switch {
	case wkt != "":
		return geo.ParseWKT(wkt)
	case lon == "" && lat == "":
		return nil, nil
	}
	return geo.ParseWKT("POINT(" + lon + " " + lat + ")")
}
