package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"spotcheck/pkg/atlas"
	"spotcheck/pkg/geo"
	"spotcheck/server/app"
	"spotcheck/server/core"
)

func areasImport(ctx context.Context, t *terminal, args []string) error {
	file, args, err := split(args, "the file of areas, .geojson or .csv")
	if err != nil {
		return err
	}
	f := flags("areas import FILE")
	var datum geo.Datum
	f.Func("datum", "of the coordinates: wgs84, gcj02 or bd09", func(s string) error { return datum.UnmarshalText([]byte(s)) })
	apply := f.Bool("apply", false, "make the areas visible when nothing is wrong")
	c, err := settings(t, f, args)
	if err != nil {
		return err
	}
	if datum == "" {
		return misuse{errors.New("say --datum wgs84, gcj02 or bd09")}
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, c.Logger(t.err), core.Clock)
	if err != nil {
		return err
	}
	format := atlas.GeoJSON
	if strings.EqualFold(filepath.Ext(file), ".csv") {
		format = atlas.CSV
	}
	return errors.Join(importAreas(ctx, t, a.Core, core.AreaFile{Format: format, Datum: datum, Body: body}, *apply), a.Close())
}

// importAreas checks a file, prints its findings, and makes it visible when that is wanted and nothing is wrong.
func importAreas(ctx context.Context, t *terminal, c *core.Core, file core.AreaFile, apply bool) error {
	done, _, err := c.CheckAreas(ctx, core.Operator, file)
	if err != nil {
		return err
	}
	for _, f := range done.Findings {
		at := ""
		if f.At != nil {
			at = fmt.Sprintf(" at %.6f, %.6f", f.At.Lat, f.At.Lon)
		}
		fmt.Fprintf(t.out, "%-7s row %d %s %s%s: %s\n", f.Severity, f.Row, f.Code, f.Kind, at, f.Detail)
	}
	if done.Errors == 0 && apply {
		if done, _, err = c.ApplyAreas(ctx, core.Operator, done.ID); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(t.out, "%d areas in the file: %d new, %d changed; %d errors, %d warnings; %s\n", done.Areas, done.NewAreas, done.ChangedAreas, done.Errors, done.Warnings, done.State)
	if done.Errors > 0 && err == nil {
		err = errFound
	}
	return err
}
