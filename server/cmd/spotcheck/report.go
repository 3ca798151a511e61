package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"spotcheck/pkg/closure"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/places"
	"spotcheck/server/core/reports"
)

// reportNames are the reports by the words of the command line.
var reportNames = map[string]closure.PeriodKind{"day": closure.Day, "week": closure.Week, "ten-days": closure.TenDays, "month": closure.Month, "quarter": closure.Quarter,
	"half-year": closure.Half, "year": closure.Year, "span": closure.Between}

func report(ctx context.Context, t *terminal, args []string) error {
	kind, args, err := split(args, "day, week, ten-days, month, quarter, half-year, year or span")
	if err != nil {
		return err
	}
	if kind == "" { // help is asked for: all reports have the same flags
		kind = "week"
	}
	if reportNames[kind] == "" {
		return misuse{fmt.Errorf("there is no report %q: want day, week, ten-days, month, quarter, half-year, year or span", kind)}
	}
	period := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		period, args = args[0], args[1:]
	}
	f := flags("report " + kind)
	ask := reports.Request{Language: inspect.Chinese, Scope: figures.Scope{Kind: inspect.City}}
	f.Func("scope", "city, unit:ID or area:ID", func(s string) error { return ask.Scope.UnmarshalText([]byte(s)) })
	f.Func("lang", "zh or en", func(s string) error { return ask.Language.UnmarshalText([]byte(s)) })
	f.Func("genre", "closure, bulletin, places, inspectors, assessment or returns", func(s string) error { return ask.Genre.UnmarshalText([]byte(s)) })
	cutOff := f.String("cut-off", "", "up to when everything counts, such as 2026-11-23T09:00 in the city's zone; now when empty")
	form := f.String("format", "text", "pdf, xlsx, docx, html, csv (a ZIP of tables), json or text")
	out := f.String("out", "", "a file; standard output when empty")
	c, err := settings(t, f, args)
	if err != nil {
		return err
	}
	if paper.FileFormat(*form).MediaType() == "" && paper.FileFormat(*form) != reports.AsText {
		return misuse{errors.New("--format: want pdf, xlsx, docx, html, csv (a ZIP of tables), json or text")}
	}
	a, err := app.OpenExisting(ctx, c, c.Logger(t.err), core.Clock)
	if err != nil {
		return err
	}
	if ask.CutOff, err = momentIn(*cutOff, a.Core.Zone); err != nil {
		return errors.Join(misuse{err}, a.Close())
	}
	if ask.Period, err = a.Core.Figures.PeriodNamed(ctx, reportNames[kind], period); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(writeReport(ctx, t, a.Core, ask, paper.FileFormat(*form), *out), a.Close())
}

// momentIn reads a moment: with its offset, or as clocks show it in the city; 0 for none.
func momentIn(text string, zone *time.Location) (inspect.Time, error) {
	if text == "" {
		return 0, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return inspect.At(at), nil
		}
	}
	return 0, fmt.Errorf("--cut-off: %q is no moment such as 2026-11-23T09:00", text)
}

// writeReport writes a whole file or none: it takes its name only when all of it is there.
func writeReport(ctx context.Context, t *terminal, c *core.Core, ask reports.Request, form paper.FileFormat, out string) error {
	began := core.Clock()
	f, err := c.Reports.Report(ctx, places.OperatorDesk, ask, reports.DetailOf(form))
	if err != nil {
		return err
	}
	computed := core.Clock().Sub(began)
	if out == "" {
		return c.Reports.WriteReport(ctx, f, form, t.out)
	}
	var whole bytes.Buffer
	if err := c.Reports.WriteReport(ctx, f, form, &whole); err != nil {
		return err
	}
	made, err := os.CreateTemp(filepath.Dir(out), ".report-*")
	if err != nil {
		return err
	}
	n, err := io.Copy(made, &whole)
	if err = errors.Join(err, made.Chmod(0o644), made.Close()); err == nil {
		err = os.Rename(made.Name(), out)
	}
	if err != nil {
		return errors.Join(err, os.Remove(made.Name()))
	}
	_, err = fmt.Fprintf(t.err, "%s: %d bytes, figures of %s up to event %d in %s\n", out, n, f.Week.Name, f.Week.CutEvent, computed.Round(time.Millisecond))
	return err
}
