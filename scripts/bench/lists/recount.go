package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/core/audit"
)

// recountAll recounts all figures of databases from their events, and holds every fact and sum against that.
func recountAll(ctx context.Context, databases []string) error {
	for _, text := range databases {
		m, c, err := database(text)
		if err != nil {
			return err
		}
		a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), core.Clock)
		if err != nil {
			return err
		}
		started := time.Now()
		sum, err := a.Core.Audit.AuditFigures(ctx, func(f audit.Finding) { fmt.Println(f.Subject, f.Detail) })
		a.Close()
		if err != nil {
			return err
		}
		if sum.Wrong > 0 || sum.Issues != int64(m.issues) {
			return fmt.Errorf("%d issues recounted, %d wrong", sum.Issues, sum.Wrong)
		}
		fmt.Printf("recount  %s  %d issues, %d events, %d sums: %s, %s resident at the most\n", m.database, sum.Issues, sum.LastEvent, sum.Sums,
			time.Since(started).Round(100*time.Millisecond), peak())
	}
	return nil
}

// peak is the most memory that this process ever had.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(status)) {
		if of, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.Join(strings.Fields(of), " ")
		}
	}
	return "unknown"
}
