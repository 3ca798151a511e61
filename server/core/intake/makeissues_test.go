package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	table "spotcheck/pkg/intake"
	"spotcheck/server/core"
	"spotcheck/server/core/intake"
	"spotcheck/server/secret"
	"spotcheck/server/store/storetest"
)

// BenchmarkMakeIssues is one transaction of an import: as many rows as become issues at once.
func BenchmarkMakeIssues(b *testing.B) {
	for _, name := range []string{storetest.SQLite, storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			box, err := secret.New(make([]byte, 32))
			if err != nil {
				b.Fatal(err)
			}
			c := core.New(core.Options{Store: storetest.Open(b, storetest.Empty(b, name)), Zone: time.FixedZone("city", 8*3600), Now: core.Clock,
				Log: slog.Default(), Secrets: box})
			office := inspect.Person{ID: inspect.NewID(), Name: "office", DisplayName: "Office",
				Grants: []inspect.Grant{{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}}}}
			mapping := intake.Mapping{ID: inspect.NewID(), Name: "12345", Enabled: true,
				Mapping: table.Mapping{Source: "hotline", Datum: "gcj02", Heads: 1, DefaultCategory: "06010", Columns: map[table.Field]string{
					table.Number: "工单编号", table.Note: "诉求内容", table.Address: "事发地点", table.Lat: "纬度", table.Lon: "经度", table.CallerName: "来电人", table.CallerPhone: "联系电话"}}}
			a := &inspect.Actor{ID: office.ID, Grants: office.Grants}
			if _, err := c.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			if err := c.People.AddPeople(b.Context(), "measured-by-night-7", office); err != nil {
				b.Fatal(err)
			}
			if _, _, _, err := c.Intake.PutMapping(b.Context(), a, mapping); err != nil {
				b.Fatal(err)
			}
			n := 0
			var some func(context.Context) (int, error)
			more := func() {
				var rows bytes.Buffer
				rows.WriteString("工单编号,诉求内容,事发地点,纬度,经度,来电人,联系电话\n")
				for range 100 * intake.MadeAtOnce {
					n++
					fmt.Fprintf(&rows, "G-%d,市民来电反映该处垃圾堆积多日无人清理，气味大，影响出行，请尽快处理并回复。,龙昆南路%d号门前（滨海街道）,20.03,110.33,王女士,13800000000\n", n, n)
				}
				land, err := c.Places.AreaIndex(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				done, _, err := c.Intake.CheckIssues(b.Context(), a, intake.IssueFile{Format: table.CSV, Mapping: mapping.ID, Table: table.Table{Body: rows.Bytes()}})
				if err == nil {
					_, _, err = c.Intake.AskIssues(b.Context(), a, done.ID)
				}
				if err == nil {
					some, err = c.Intake.Maker(b.Context(), done, *a, land)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			for k := 0; b.Loop(); k++ {
				if k%100 == 0 {
					b.StopTimer()
					more()
					b.StartTimer()
				}
				if made, err := some(b.Context()); err != nil || made != intake.MadeAtOnce {
					b.Fatal(made, err)
				}
			}
		})
	}
}
