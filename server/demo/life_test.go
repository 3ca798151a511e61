package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/places"
	"spotcheck/server/core/reports"
	"spotcheck/server/demo"
	"spotcheck/server/store"
)

// TestEveryScreenHasSomethingToShow looks into the record of a demo for what the screens of a city show.
func TestEveryScreenHasSomethingToShow(t *testing.T) {
	t.Parallel()
	clock, many := &demo.Clock{}, 300
	if testing.Short() {
		many = 200
	}
	a, err := app.Open(t.Context(), config.Config{Data: t.TempDir(), Timezone: "Asia/Shanghai", NoSync: true}, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := demo.Run(t.Context(), a.Core, clock, demo.Options{Issues: many, Seed: 1, Until: time.Date(2026, 11, 30, 0, 0, 0, 0, time.FixedZone("", 8*3600)),
		Photos: true, Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	happened := map[string]int{}
	if err := a.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.EachEvent(ctx, 1<<62, func(e store.RecordedEvent) error { happened[e.Type]++; return nil })
	}); err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{"issue.assigned", "issue.returned", "issue.extension_asked", "issue.extension_granted", "issue.extension_refused", "issue.hold_asked",
		"issue.supervised", "issue.replied", "issue.appealed", "issue.appeal_decided", "issue.paper_issued", "issue.suspended", "paper.issued", "paper.signed",
		"report.drafted", "report.checked", "report.issued", "return.sent", "plan_task.changed", "responsibility.changed", "agreement.changed", "suspension.declared",
		"exposure.proposed", "exposure.released", "draw.frozen", "draw.drawn", "draw.replaced",
		"standard.drafted", "standard.enacted", "visit.done", "assessment_scheme.changed", "assessment_sheet.checked", "campaign.changed", "activity.planned", "activity.done",
		"heading.changed", "document.changed", "document.received", "archive.exported"} {
		if happened[event] == 0 {
			t.Errorf("no %s in the demo", event)
		}
	}
	statuses := map[inspect.Status]int{}
	if err := a.Core.Store.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.EachIssue(ctx, func(r *store.IssueRow) error { statuses[r.Status]++; return nil })
	}); err != nil {
		t.Fatal(err)
	}
	for _, status := range []inspect.Status{inspect.Reported, inspect.Assigned, inspect.Fixed} {
		if statuses[status] < 3 {
			t.Errorf("%d issues are %s at the end, want some work for everybody", statuses[status], status)
		}
	}
	week, err := a.Core.Reports.Report(t.Context(), places.OperatorDesk, reports.Request{Period: "2026-W48", Scope: figures.Scope{Kind: inspect.City},
		Language: inspect.Chinese}, reports.FiguresOnly)
	if err != nil {
		t.Fatal(err)
	}
	ranked := 0
	for _, u := range week.Week.Units {
		if u.Rank > 0 {
			ranked++
		}
	}
	if ranked < 3 {
		t.Errorf("%d units of the last week have a rank, want some to compare", ranked)
	}
	if _, err := a.Core.Audit.Audit(t.Context(), nil, func(f audit.Finding) {
		if f.Wrong {
			t.Errorf("audit: %s: %s", f.Subject, f.Detail)
		}
	}); err != nil {
		t.Error(err)
	}
}
