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
	"spotcheck/server/core/places"
)

func areasImport(ctx context.Context, t *terminal, args []string) error {
	file, args, err := split(args, "the file of areas, .geojson, .csv or .xlsx")
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
	a, err := app.OpenExisting(ctx, c, c.Logger(t.err), core.Clock)
	if err != nil {
		return err
	}
	format := atlas.GeoJSON
	if strings.EqualFold(filepath.Ext(file), ".csv") || strings.EqualFold(filepath.Ext(file), ".xlsx") {
		format = atlas.CSV
	}
	importing := checkAreas
	if *apply {
		importing = applyAreas
	}
	return errors.Join(importing(ctx, t, a.Core, places.AreaFile{Format: format, Datum: datum, TableFile: places.TableFile{Body: body}}), a.Close())
}

// checkAreas reads a file and prints what it would change and what is wrong with it.
func checkAreas(ctx context.Context, t *terminal, c *core.Core, file places.AreaFile) error {
	done, _, err := c.Places.CheckAreas(ctx, places.Operator, file)
	if err != nil {
		return err
	}
	return printAreas(t, done)
}

// applyAreas is checkAreas, and makes the file's areas visible where nothing is wrong.
func applyAreas(ctx context.Context, t *terminal, c *core.Core, file places.AreaFile) error {
	done, _, err := c.Places.CheckAreas(ctx, places.Operator, file)
	if err == nil && done.Errors == 0 {
		done, _, err = c.Places.ApplyAreas(ctx, places.Operator, done.ID)
	}
	if err != nil {
		return err
	}
	return printAreas(t, done)
}

func printAreas(t *terminal, done places.AreaImport) error {
	for _, f := range done.Findings {
		at := ""
		if f.At != nil {
			at = fmt.Sprintf(" at %.6f, %.6f", f.At.Lat, f.At.Lon)
		}
		fmt.Fprintf(t.out, "%-7s row %d %s %s%s: %s\n", f.Severity, f.Row, f.Code, f.Kind, at, f.Detail)
	}
	_, err := fmt.Fprintf(t.out, "%d areas in the file: %d new, %d changed; %d errors, %d warnings; %s\n", done.Areas, done.NewAreas,
		done.ChangedAreas, done.Errors, done.Warnings, done.State)
	if done.Errors > 0 && err == nil {
		err = errFound
	}
	return err
}
