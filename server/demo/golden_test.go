package demo_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/places"
	"spotcheck/server/core/reports"
	"spotcheck/server/demo"
	"spotcheck/server/servertest"
)

var update = flag.Bool("update", false, "write the golden reports of the demo anew")

// TestTheDemosWeekIsAlwaysTheSame makes the city of seed 7, counts its weeks in two languages, and holds the report of the last one byte for
// byte against the files of testdata.
func TestTheDemosWeekIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	clock, folder := &demo.Clock{}, t.TempDir()
	a, err := app.Open(t.Context(), config.Config{Data: folder, Timezone: "Asia/Shanghai", NoSync: true}, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	zone := time.FixedZone("", 8*3600)
	if _, err := demo.Run(t.Context(), a.Core, clock, demo.Options{Issues: 400, Seed: 7, Until: time.Date(2026, 11, 23, 0, 0, 0, 0, zone),
		Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	clock.Set(inspect.At(time.Date(2026, 11, 23, 9, 0, 0, 0, zone)))
	if _, err := a.Core.Audit.AuditFigures(t.Context(), func(f audit.Finding) { t.Errorf("%s: %s", f.Subject, f.Detail) }); err != nil {
		t.Fatal(err)
	}
	city := figures.Scope{Kind: inspect.City}
	for _, week := range []string{"2026-W47", "2026-W46", "2026-W44", "2026-W40"} {
		b, err := a.Core.Reports.Board(t.Context(), places.OperatorDesk, reports.Request{Period: week, Scope: city})
		if err != nil {
			t.Fatal(err)
		}
		servertest.Recount(t, folder, b)
	}
	f, err := a.Core.Reports.Report(t.Context(), places.OperatorDesk, reports.Request{Period: "2026-W47", Scope: city, Language: inspect.Chinese}, reports.FiguresOnly)
	if err != nil {
		t.Fatal(err)
	}
	f.Week.Pairs = nil // the ids of photos are drawn anew each time
	for _, form := range []paper.FileFormat{paper.AsJSON, paper.AsCSV, reports.AsText} {
		var got bytes.Buffer
		if err := a.Core.Reports.WriteReport(t.Context(), f, form, &got); err != nil {
			t.Fatal(err)
		}
		if form == paper.AsCSV {
			got = listed(t, got.Bytes())
		}
		golden := filepath.Join("testdata", "2026-W47."+string(form))
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s is not what it was (%v): got %d bytes, want %d", golden, err, got.Len(), len(want))
		}
	}
}

// listed is the files of a ZIP one below the other, each under its name.
func listed(t *testing.T, file []byte) (all bytes.Buffer) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		body, err := fs.ReadFile(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("== " + f.Name + "\n")
		all.Write(body)
	}
	return all
}
