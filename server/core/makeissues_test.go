package core

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/intake"
	"spotcheck/server/secret"
	"spotcheck/server/store"
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
			c := New(&Core{Store: storetest.Open(b, storetest.Empty(b, name)), Zone: time.FixedZone("city", 8*3600), Now: Clock, Log: slog.Default(), Secrets: box})
			office := inspect.Person{ID: inspect.NewID(), Name: "office", DisplayName: "Office", Grants: []inspect.Grant{{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}}}}
			mapping := Mapping{ID: inspect.NewID(), Name: "12345", Enabled: true, Mapping: intake.Mapping{Source: "hotline", Datum: "gcj02", Heads: 1, DefaultCategory: "06010", Columns: map[intake.Field]string{
				intake.Number: "工单编号", intake.Note: "诉求内容", intake.Address: "事发地点", intake.Lat: "纬度", intake.Lon: "经度", intake.CallerName: "来电人", intake.CallerPhone: "联系电话"}}}
			a := &inspect.Actor{ID: office.ID, Grants: office.Grants}
			if _, err := c.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			if err := c.AddPeople(b.Context(), "measured-by-night-7", office); err != nil {
				b.Fatal(err)
			}
			if _, _, err := c.PutMapping(b.Context(), a, mapping); err != nil {
				b.Fatal(err)
			}
			m, n := making{core: c}, 0
			more := func() {
				var table bytes.Buffer
				table.WriteString("工单编号,诉求内容,事发地点,纬度,经度,来电人,联系电话\n")
				for range 100 * madeAtOnce {
					n++
					fmt.Fprintf(&table, "G-%d,市民来电反映该处垃圾堆积多日无人清理，气味大，影响出行，请尽快处理并回复。,龙昆南路%d号门前（滨海街道）,20.03,110.33,王女士,13800000000\n", n, n)
				}
				land, err := c.terrain(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				done, _, err := c.CheckIssues(b.Context(), a, IssueFile{Format: intake.CSV, Mapping: mapping.ID, Body: table.Bytes()})
				if err == nil {
					_, _, err = c.AskIssues(b.Context(), a, done.ID)
				}
				if err == nil {
					err = c.Store.Read(b.Context(), func(ctx context.Context, tx *store.Tx) error {
						m.IssueImport, m.who, m.land = done.IssueImport, *a, land
						m.orders, err = c.ordersOf(ctx, tx, &m.IssueImport)
						return err
					})
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
				if rows, err := m.some(b.Context(), madeAtOnce); err != nil || rows != madeAtOnce {
					b.Fatal(rows, err)
				}
			}
		})
	}
}
