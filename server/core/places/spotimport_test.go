package places

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/table"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// FuzzSpotTable wants of any table either faults or places that the register takes.
func FuzzSpotTable(f *testing.F) {
	header := "kind,number,name,lat,lon,datum,area,unit,contact,contractor,permit,vehicles,valid_from,valid_to\n"
	for _, rows := range []string{
		"", "shopfront,M-1,店,20.03,110.33,gcj02,460106003,环卫,老板,,,,2026-01-01,2026-12-31\n", "construction_site,S-1,\"a\nb\",20,110,bd09,,,,某建工,77,琼A1；;琼A2,2026-01-01,\n",
		"shopfront,M-1,店,NaN,+Inf,wgs84,,,,,,,2026-01-01,\n", "\"", "a,b\n", strings.Repeat("bin,1,桶,1,1,wgs84,,,,,,,2026-01-01,\n", 3), "bin,1,桶,0,-0,wgs84,,,,,,,2026-01-01,\n",
	} {
		f.Add([]byte(header + rows))
	}
	f.Add([]byte("\ufeff" + header))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := spotReader{areas: byText{"460106003": {inspect.NewID()}, "": {inspect.NewID()}}, units: byText{"环卫": {inspect.NewID(), inspect.NewID()}}, met: map[string]int{}}
		if err := r.table(t.Context(), table.Read, TableFile{Body: body}); err != nil {
			t.Fatal(err)
		}
		if len(r.wrong) > 0 {
			return
		}
		met := map[string]bool{}
		for _, v := range r.spots {
			key := string(v.Kind) + "/" + v.Number
			if v.Number == "" || v.Name == "" || met[key] || !inspect.KnownKind(v.Kind, nil) || !v.Datum.Valid() || !v.OriginalPoint.Valid() || v.OriginalPoint == (geo.Point{}) {
				t.Errorf("%+v is let through", v)
			}
			if met[key] = true; v.From == "" || v.To != "" && v.To < v.From || len(checkSite(&v)) > 0 ||
				strings.ContainsAny(v.Name+v.Contact+strings.Join(v.Vehicles, ""), "\n\t") {
				t.Errorf("%+v is let through", v)
			}
		}
	})
}

// BenchmarkImportSpots is one transaction of an import: fifty new places.
func BenchmarkImportSpots(b *testing.B) {
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			c := New(Needs{Store: storetest.Open(b, storetest.Empty(b, name)), Zone: time.FixedZone("city", 8*3600), Now: storetest.Clock})
			n := 0
			for b.Loop() {
				var part []inspect.Spot
				for range importChunk {
					n++
					part = append(part, inspect.Spot{Kind: inspect.Shopfront, Number: fmt.Sprint(n), Name: "店",
						OriginalPoint: geo.Point{Lat: 20, Lon: 110}, Datum: geo.GCJ02, Contact: "老板", Span: inspect.Span{From: "2026-01-01"}})
				}
				if err := c.store.Write(b.Context(), func(ctx context.Context, tx *store.Tx) error {
					_, err := c.importSome(ctx, tx, inspect.ID{}, part)
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
