// Command lists makes databases of 10,000 to 1,000,000 issues and measures what the project promises of them: the lists of
// scripts/bench/lists.tsv, the search, the map, one action, and the cold start.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"spotcheck/server/config"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lists:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("want fill, measure, figures or recount")
	}
	f := flag.NewFlagSet("lists", flag.ContinueOnError)
	rows := f.String("rows", "scripts/bench/lists.tsv", "the lists to measure")
	runs := f.Int("runs", 200, "how often each is asked for")
	program := f.String("program", "", "the server, for the cold start; not measured without it")
	lean := f.Bool("lean", false, "fill only with what the figures need: issues, facts, sums")
	only := f.String("only", "", "only what has this in its name")
	profile := f.String("profile", "", "a folder for profiles of figures and recount")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "fill":
		return fillAll(ctx, f.Args(), *lean)
	case "recount":
		return profiled(*profile, "recount", func() error { return recountAll(ctx, f.Args()) })
	case "figures":
		return costsOfFigures(ctx, f.Args(), *runs, *profile)
	case "measure":
		return measureAll(ctx, f.Args(), *rows, *runs, *program, *only)
	}
	return fmt.Errorf("there is no command %s", args[0])
}

// database reads 10000=FOLDER for SQLite and 10000=FOLDER=postgres://… for PostgreSQL.
func database(text string) (m *measured, c config.Config, err error) {
	parts := strings.SplitN(text, "=", 3)
	m = &measured{database: "sqlite", took: map[string]timing{}, rows: map[string]int{}, alike: map[string]timing{}}
	if m.issues, err = strconv.Atoi(parts[0]); err != nil || len(parts) < 2 {
		return m, c, fmt.Errorf("%s: want ISSUES=FOLDER or ISSUES=FOLDER=URL", text)
	}
	c = config.Config{Addr: "127.0.0.1:0", Data: parts[1], Timezone: "Asia/Shanghai", Log: "text", BeginEmpty: true} // there are no bytes of photos
	if len(parts) == 3 {
		m.database, c.DatabaseURL = "postgres", config.Secret(parts[2])
	}
	return m, c, nil
}

func fillAll(ctx context.Context, databases []string, lean bool) error {
	for _, text := range databases {
		m, c, err := database(text)
		if err != nil {
			return err
		}
		started := time.Now()
		if err := fill(ctx, c, m.issues, started, lean); err != nil {
			return err
		}
		fmt.Printf("filled %s with %d issues in %s\n", m.database, m.issues, time.Since(started).Round(100*time.Millisecond))
	}
	return nil
}

func measureAll(ctx context.Context, databases []string, file string, runs int, program, only string) error {
	rows, err := readRows(file)
	if err != nil {
		return err
	}
	if only != "" {
		kept := rows[:0]
		for _, r := range rows {
			if strings.Contains(r.name, only) {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	var all []*measured
	smallest := map[string]*measured{} // they come by size
	for _, text := range databases {
		m, c, err := database(text)
		if err != nil {
			return err
		}
		if smallest[m.database] == nil {
			smallest[m.database] = m
		}
		if err := measure(ctx, c, m, smallest[m.database], rows, runs); err != nil {
			return err
		}
		if program != "" {
			if err := m.start(ctx, program, c, 10); err != nil {
				return err
			}
		}
		all = append(all, m)
	}
	return show(os.Stdout, all)
}
