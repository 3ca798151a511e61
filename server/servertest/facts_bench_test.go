package servertest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/workflow"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
)

// BenchmarkFactsOfAnAction assigns issues one after the other, each durable, and says how much of that is the work for figures: the same reads and
// writes of facts and deltas alone in a transaction, less a transaction that only reads the issue.
func BenchmarkFactsOfAnAction(b *testing.B) {
	for _, pair := range []servertest.Backend{servertest.SQLite, servertest.Postgres} {
		b.Run(string(pair), func(b *testing.B) {
			settings := servertest.Settings(b, pair)
			settings.NoSync = false
			s := servertest.On(b, settings)
			var mud []inspect.ID
			for range b.N {
				mud = append(mud, s.As("lin").ReportsMud())
			}
			office := s.As("office")
			admin := &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Admin, Scope: inspect.Scope{Kind: inspect.City}}}}
			p, err := s.Core.People.Person(b.Context(), admin, servertest.ID(office.Name))
			if err != nil {
				b.Fatal(err)
			}
			who := &inspect.Actor{ID: p.ID, Name: p.Name, Grants: p.Grants}
			b.ResetTimer()
			started := time.Now()
			for _, id := range mud {
				now := inspect.At(s.Now())
				a := workflow.ActionRequest{ID: inspect.NewID(), Issue: id, Action: inspect.Assign, Unit: servertest.ID("longhua-sanitation"), SentAt: now, DoneAt: now}
				a.Content = fmt.Appendf(nil, `{"action":"assign","id":%q}`, a.ID)
				if _, err := s.Core.Workflow.Act(context.Background(), who, a); err != nil {
					b.Fatal(err)
				}
			}
			action := time.Since(started)
			b.StopTimer()
			timed := func(work func(ctx context.Context, tx *store.Tx, row *store.IssueRow) error) time.Duration {
				started := time.Now()
				for _, id := range mud {
					if err := s.Core.Store.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
						if err := tx.LockIssues(ctx, id); err != nil {
							return err
						}
						row, _, err := tx.Issue(ctx, id)
						if err != nil {
							return err
						}
						return work(ctx, tx, &row)
					}); err != nil {
						b.Fatal(err)
					}
				}
				return time.Since(started)
			}
			touch := func(ctx context.Context, tx *store.Tx, row *store.IssueRow) error { return tx.UpdateIssue(ctx, row) } // so that both write something
			bare := timed(touch)
			counting := timed(func(ctx context.Context, tx *store.Tx, row *store.IssueRow) error {
				moments, err := tx.Moments(ctx, row)
				if err != nil {
					return err
				}
				course, _ := closure.CourseOf(moments, closure.Forever)
				if err := tx.SaveCourse(ctx, row, &store.Course{Moments: moments}); err != nil {
					return err
				}
				if err := tx.InsertDelta(ctx, row, closure.Changes(nil, course.Cells(s.Core.Zone))); err != nil {
					return err
				}
				return touch(ctx, tx, row)
			})
			n := float64(b.N)
			b.ReportMetric(action.Seconds()*1e6/n, "µs/action")
			b.ReportMetric(max(counting-bare, 0).Seconds()*1e6/n, "µs/facts")
			b.ReportMetric(100*(counting-bare).Seconds()/action.Seconds(), "%ofaction")
		})
	}
}
