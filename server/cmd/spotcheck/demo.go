package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/demo"
)

func demoCity(ctx context.Context, t *terminal, args []string) error {
	f := flags("demo")
	issues := f.Int("issues", 300, "how many issues, 1 to 5000000")
	seed := f.Uint64("seed", 1, "the same seed and date make the same city")
	until := f.String("until", "", "last day of the story, 2026-11-23; yesterday when empty")
	photos := f.String("photos", "drawn", "drawn, or none for large numbers: every photo is then the same small picture")
	c, err := settings(t, f, args)
	if err != nil {
		return err
	}
	o := demo.Options{Issues: *issues, Seed: *seed, Photos: *photos == "drawn", Password: core.NewSecret()}
	o.Until, err = lastDay(*until, c.Timezone)
	switch {
	case err != nil:
		return misuse{err}
	case *issues < 1 || *issues > 5_000_000:
		return misuse{errors.New("--issues: want 1 to 5000000")}
	case *photos != "drawn" && *photos != "none":
		return misuse{errors.New("--photos: want drawn or none")}
	}
	o.Progress = func(n int) {
		if n%1000 == 0 || n == *issues {
			fmt.Fprintf(t.err, "%d of %d issues reported\n", n, *issues)
		}
	}
	clock := &demo.Clock{}
	c.NoSync = true // a demo that is cut off is made again
	a, err := app.Open(ctx, c, c.Logger(t.err), clock.Now)
	if err != nil {
		return err
	}
	told, err := demo.Run(ctx, a.Core, clock, o)
	if err == nil {
		err = introduce(t, told, o.Password)
	}
	return errors.Join(err, a.Close())
}

// lastDay gives the end of a day in the city's zone, of yesterday when there is none; the story may not reach into the
// future.
func lastDay(text, timezone string) (time.Time, error) {
	zone, err := core.LoadZone(timezone)
	if err != nil {
		return time.Time{}, err
	}
	now := core.Clock().In(zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	if text == "" {
		return today, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil || day.Year() < 2001 || !day.Before(today) {
		return time.Time{}, errors.New("--until: want a day that is over, such as 2026-11-23")
	}
	return day.AddDate(0, 0, 1), nil
}

// introduce lists some of the people of the city.
func introduce(t *terminal, told demo.Result, password string) error {
	if _, err := fmt.Fprintf(t.out, "演示市: %d issues, %d people. Everybody logs in with the password %s, shown only now:\n  %-12s %s\n",
		told.Issues, len(told.People)+1, password, "demo-admin", "admin"); err != nil {
		return err
	}
	contacts := 0
	for _, p := range told.People {
		if p.Grants[0].Role == inspect.UnitRole {
			contacts++
			continue
		}
		if _, err := fmt.Fprintf(t.out, "  %-12s %s, %s (%s)\n", p.Name, p.Grants[0].Role, p.DisplayName, p.StaffNumber); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(t.out, "  unit1 to unit%d, contacts of the units\n", contacts)
	return err
}
