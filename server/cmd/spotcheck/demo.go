package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/core/city"
	"spotcheck/server/core/people"
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
	o := demo.Options{Issues: *issues, Seed: *seed, Photos: *photos == "drawn", Password: people.NewSecret()}
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
		if n%100 == 0 && n < 1000 || n%1000 == 0 || n == *issues {
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
		err = introduce(t, told, o.Password, c.Data)
	}
	return errors.Join(err, a.Close())
}

// lastDay gives the end of a day in the city's zone, of yesterday when there is none; the story may not reach into the
// future.
func lastDay(text, timezone string) (time.Time, error) {
	zone, err := city.LoadZone(timezone)
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

// errands are what there is to try in each role.
var errands = map[inspect.Role]string{
	inspect.Office:    "desk: sort what came in, decide what units ask for, write notices, check the drafted reports",
	inspect.Leader:    "desk: read the board, issue the last week's report, press what is overdue",
	inspect.Inspector: "phone: report a spot with a photo, verify what units fixed near by",
	inspect.UnitRole:  "desk or phone: fix with a photo, ask for more time, answer a letter, sign a paper",
	inspect.Admin:     "desk: people, units, areas, rules, settings",
	inspect.Auditor:   "desk: the security log, accounts and the record",
}

// shownOfRole is how many people of a role are listed.
const shownOfRole = 3

// introduce says who may log in, as what, and what to try.
func introduce(t *terminal, told demo.Result, password, data string) error {
	lines := []string{
		fmt.Sprintf("演示市: %d issues, %d people. Everybody logs in with the password %s, shown only now:", told.Issues, len(told.People)+1, password),
		fmt.Sprintf("  %-12s %s, 演示管理员 (A001) — %s", "demo-admin", inspect.Admin, errands[inspect.Admin]),
	}
	shown := map[inspect.Role]int{}
	for _, p := range told.People {
		role := p.Grants[0].Role
		if shown[role]++; shown[role] > shownOfRole {
			continue
		}
		lines = append(lines, fmt.Sprintf("  %-12s %s, %s (%s) — %s", p.Name, role, p.DisplayName, p.StaffNumber, errands[role]))
	}
	for _, role := range inspect.Roles {
		if more := shown[role] - shownOfRole; more > 0 {
			lines = append(lines, fmt.Sprintf("  and %d more of role %s, numbered on", more, role))
		}
	}
	lines = append(lines, fmt.Sprintf("Start it:  spotcheck --data %s\nDesk:      http://localhost:8080/desk/\nPhone:     http://localhost:8080/app/", data))
	_, err := fmt.Fprintln(t.out, strings.Join(lines, "\n"))
	return err
}
