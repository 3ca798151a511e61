package demo_test

import (
	"log/slog"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/demo"
	"spotcheck/server/servertest"
)

// TestFiguresAgreeWithAScript counts weeks of a demo in two languages.
func TestFiguresAgreeWithAScript(t *testing.T) {
	t.Parallel()
	clock, folder := &demo.Clock{}, t.TempDir()
	a, err := app.Open(t.Context(), config.Config{Data: folder, Timezone: "Asia/Shanghai", Relaxed: true}, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	until := time.Date(2026, 11, 23, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	if _, err := demo.Run(t.Context(), a.Core, clock, demo.Options{Issues: 600, Seed: 7, Until: until, Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Core.AuditFigures(t.Context(), func(f core.Finding) { t.Errorf("%s: %s", f.Subject, f.Detail) }); err != nil {
		t.Fatal(err)
	}
	for _, week := range []string{"2026-W47", "2026-W46", "2026-W44", "2026-W40"} {
		b, err := a.Core.Board(t.Context(), core.OperatorDesk, core.ReportAsk{Period: week, Scope: core.Scope{Kind: inspect.City}})
		if err != nil {
			t.Fatal(err)
		}
		servertest.Recount(t, folder, b)
	}
}
