// Command sweep fills a database with open issues of which some are due, and measures the sweep that tells people of them.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/workflow"
)

// How many are due, and how long that may take.
const (
	due         = 500
	sweepTarget = 200 * time.Millisecond
	atOnce      = 20_000 // rows of one statement
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sweep:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) < 2 {
		return errors.New("want HOW MANY are open, a FOLDER and perhaps a URL of PostgreSQL")
	}
	open, err := strconv.Atoi(args[0])
	if err != nil || open < due {
		return fmt.Errorf("want at least %d open issues", due)
	}
	c := config.Config{Addr: "127.0.0.1:0", Data: args[1], Timezone: "Asia/Shanghai", SecretKey: config.Secret(strings.Repeat("5e", 32))}
	if len(args) > 2 {
		c.DatabaseURL = config.Secret(args[2])
	}
	ahead := time.Duration(0)
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), func() time.Time { return core.Clock().Add(ahead) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := one(ctx, a.Core); err != nil {
		return err
	}
	if err := fill(ctx, c, open); err != nil {
		return err
	}
	ahead = 190 * time.Minute // a quarter of the four hours is left
	began := time.Now()
	if err := a.Core.Workflow.Sweep(ctx, workflow.SweepAlerts{}); err != nil {
		return err
	}
	took := time.Since(began)
	began = time.Now()
	if err := a.Core.Workflow.Sweep(ctx, workflow.SweepAlerts{}); err != nil {
		return err
	}
	idle := time.Since(began)
	told, err := count(ctx, c, "SELECT count(*) FROM message")
	if err != nil {
		return err
	}
	fmt.Printf("%-9s %7d open, %d due: told in %s (target %s); nothing due: %s\n", a.Core.Store.Name(), open, told, took.Round(100*time.Microsecond),
		sweepTarget, idle.Round(10*time.Microsecond))
	if told != due {
		return fmt.Errorf("%d messages, want %d", told, due)
	}
	if took > sweepTarget {
		return errors.New("a target is missed")
	}
	return nil
}

// one makes an issue that a unit has four hours for, and the person who is told of it.
func one(ctx context.Context, c *core.Core) error {
	if _, err := c.Start(ctx); err != nil {
		return err
	}
	city := inspect.Scope{Kind: inspect.City}
	admin := &inspect.Actor{Grants: []inspect.Grant{{Role: inspect.Admin, Scope: city}}}
	unit, area := inspect.NewID(), inspect.NewID()
	if _, _, _, err := c.Places.PutUnit(ctx, admin, inspect.Unit{ID: unit, Name: "环卫", Kind: "bureau", Enabled: true}); err != nil {
		return err
	}
	if _, _, _, err := c.Places.PutArea(ctx, admin, inspect.Area{ID: area, Name: "街道", Level: "street", Enabled: true}); err != nil {
		return err
	}
	office := inspect.Person{ID: inspect.NewID(), Name: "office", DisplayName: "Office", Grants: []inspect.Grant{{Role: inspect.Office, Scope: city}}}
	crew := inspect.Person{ID: inspect.NewID(), Name: "crew", DisplayName: "Crew",
		Grants: []inspect.Grant{{Role: inspect.UnitRole, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: unit}}}}
	if err := c.People.AddPeople(ctx, "correct horse battery", office, crew); err != nil {
		return err
	}
	by, now := &inspect.Actor{ID: office.ID, Grants: office.Grants}, inspect.At(c.Now())
	issue := inspect.NewID()
	if _, err := c.Workflow.ReportIssue(ctx, by, workflow.NewIssue{ID: issue, Category: "06010", Area: area, Severity: "normal", Source: "patrol",
		ReportedAt: now, SentAt: now, Content: []byte("{}")}); err != nil {
		return err
	}
	_, err := c.Workflow.Act(ctx, by, workflow.ActionRequest{ID: inspect.NewID(), Issue: issue, Action: inspect.Assign, Unit: unit,
		DueAt: now.Add(4 * time.Hour), DoneAt: now, SentAt: now, Content: []byte("{}")})
	return err
}

// fill copies the issue; but for some the copies are due in a year. Messages of the first one are taken away.
func fill(ctx context.Context, c config.Config, open int) error {
	return raw(c, func(db *sql.DB) error {
		columns, err := columnsOf(ctx, db, c.DatabaseURL != "")
		if err != nil {
			return err
		}
		uid := "randomblob(16)"
		if c.DatabaseURL != "" {
			uid = "decode(md5(CAST(k AS TEXT)), 'hex')"
		}
		values := strings.Join(columns, ", ")
		for column, value := range map[string]string{"uid": uid, "number": "'copy-' || k",
			"alert_at": fmt.Sprintf("CASE WHEN k < %d THEN alert_at ELSE alert_at + 31536000000 END", due)} {
			values = strings.Replace(", "+values+",", ", "+column+",", ", "+value+",", 1)
			values = strings.Trim(values, ", ")
		}
		for from := 1; from < open; from += atOnce {
			if _, err := db.ExecContext(ctx, fmt.Sprintf(`WITH RECURSIVE n (k) AS (SELECT %d UNION ALL SELECT k + 1 FROM n WHERE k < %d)
				INSERT INTO issue (%s) SELECT %s FROM issue, n WHERE number NOT LIKE 'copy-%%'`, from, min(from+atOnce, open)-1, strings.Join(columns, ", "), values)); err != nil {
				return err
			}
		}
		for _, q := range []string{"DELETE FROM message", "ANALYZE"} {
			if _, err := db.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// columnsOf are those of an issue, but for its key.
func columnsOf(ctx context.Context, db *sql.DB, postgres bool) (all []string, err error) {
	q := "SELECT name FROM pragma_table_info('issue') WHERE name <> 'id'"
	if postgres {
		q = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'issue' AND column_name <> 'id'"
	}
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

func count(ctx context.Context, c config.Config, query string) (n int, err error) {
	err = raw(c, func(db *sql.DB) error { return db.QueryRowContext(ctx, query).Scan(&n) })
	return n, err
}

// raw opens the database past the store.
func raw(c config.Config, f func(*sql.DB) error) error {
	driver, source := "sqlite", filepath.Join(c.Data, "spotcheck.db?_pragma=busy_timeout(10000)")
	if c.DatabaseURL != "" {
		driver, source = "pgx", string(c.DatabaseURL)
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}
