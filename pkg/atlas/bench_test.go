package atlas_test

import (
	"fmt"
	"strings"
	"testing"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
)

// suburbs is a city of districts in a row, each divided into grids of a hundred corners.
func suburbs(grids int) string {
	var b strings.Builder
	b.WriteString("code,name,level,class,parent,width_m,wkt\nC,City,city,,,,\n")
	for n := range grids {
		if n%100 == 0 {
			b.WriteString(row(fmt.Sprint("D", n/100), "district", "C", box(float64(n/100)*.004, 0, float64(n/100+1)*.004, .4)) + "\n")
		}
		south, west, border := 20+float64(n/100)*.004, 110+float64(n%100)*.004, []string{}
		for k := range 101 {
			x, y := min(k%100, 75-k%100, 25), min(max(k%100-25, 0), 25, 100-k%100)
			border = append(border, fmt.Sprintf("%.6f %.6f", west+.00016*float64(max(0, x)), south+.00016*float64(y)))
		}
		b.WriteString(row(fmt.Sprint("G", n), "grid", fmt.Sprint("D", n/100), "POLYGON(("+strings.Join(border, ",")+"))") + "\n")
	}
	return b.String()
}

// BenchmarkCheck reads and checks a city of 5,000 outlines.
func BenchmarkCheck(b *testing.B) {
	file := []byte(suburbs(5000))
	for b.Loop() {
		rows, found, err := atlas.Read(b.Context(), atlas.File{Format: atlas.CSV, Datum: geo.WGS84, Body: file, Tables: table.Read})
		if err != nil || len(found) > 0 {
			b.Fatal(found, err)
		}
		changes, more := atlas.Check(rows, atlas.Register{}, geo.WGS84, inspect.NewID)
		if len(changes) != len(rows) {
			b.Fatalf("%d changes of %d rows: %v", len(changes), len(rows), more)
		}
	}
}
