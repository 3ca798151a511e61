// Command imports makes issues of 50,000 work orders, and measures how long that takes, how much it slows down whoever writes
// meanwhile, and how much memory it holds. scripts/bench.sh builds and runs it.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	table "spotcheck/pkg/intake"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/city"
	"spotcheck/server/core/intake"
	"spotcheck/server/store"
)

// What is imported, and how fast it has to be.
const (
	orders     = 50_000
	mostTime   = 60 * time.Second
	mostHold   = 100 * time.Millisecond // that another transaction waits
	mostMemory = 400.0                  // MB
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) == 0 {
		return errors.New("want FOLDER and perhaps a URL of PostgreSQL")
	}
	c := config.Config{Addr: "127.0.0.1:0", Data: args[0], Timezone: "Asia/Shanghai", SecretKey: config.Secret(strings.Repeat("5e", 32)), Log: "text"}
	name := "SQLite"
	if len(args) > 1 {
		c.DatabaseURL, name = config.Secret(args[1]), "PostgreSQL"
	}
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), core.Clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	v, err := found(ctx, a.Core)
	if err != nil {
		return err
	}
	csv, book, err := tables()
	if err != nil {
		return err
	}
	return errors.Join(v.measure(ctx, name+", a CSV", table.CSV, csv), v.measure(ctx, name+", a workbook", table.XLSX, book))
}

// office is who imports.
type office struct {
	core    *core.Core
	actor   *inspect.Actor
	mapping inspect.ID
}

var heads = []string{"工单编号", "受理时间", "问题类别", "诉求内容", "事发地点", "纬度", "经度", "来电人", "联系电话", "紧急程度", "办理单位", "备注"}

func found(ctx context.Context, c *core.Core) (*office, error) {
	if _, err := c.Start(ctx); err != nil {
		return nil, err
	}
	p := inspect.Person{ID: inspect.NewID(), Name: "bench-office", DisplayName: "Office", Grants: []inspect.Grant{{Role: inspect.Office, Scope: inspect.Scope{Kind: inspect.City}}}}
	v := &office{core: c, actor: &inspect.Actor{ID: p.ID, Grants: p.Grants}, mapping: inspect.NewID()}
	if err := c.People.AddPeople(ctx, "measured-by-night-7", p); err != nil {
		return nil, err
	}
	_, _, _, err := c.Intake.PutMapping(ctx, v.actor, intake.Mapping{ID: v.mapping, Name: "12345", Enabled: true,
		Mapping: table.Mapping{Source: "hotline", Datum: "gcj02", Heads: 1, DefaultCategory: "06010",
			Columns: map[table.Field]string{table.Number: heads[0], table.SourceReceivedAt: heads[1], table.Category: heads[2], table.Note: heads[3],
				table.Address: heads[4], table.Lat: heads[5],
				table.Lon: heads[6], table.CallerName: heads[7], table.CallerPhone: heads[8]}}})
	return v, err
}

// measure imports one table.
func (v *office) measure(ctx context.Context, name string, format table.Format, body []byte) error {
	before, err := fresh()
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	waits := make(chan []time.Duration, 1)
	go func() { waits <- v.watch(watching) }()
	started := time.Now()
	i, _, err := v.core.Intake.CheckIssues(ctx, v.actor, intake.IssueFile{Format: format, Mapping: v.mapping, Table: table.Table{Body: body}})
	checked := time.Since(started)
	if err == nil {
		_, _, err = v.core.Intake.AskIssues(ctx, v.actor, i.ID)
	}
	for err == nil {
		if err = v.core.Intake.MakeIssues(ctx, intake.MakeIssues{Import: i.ID.String()}); !errors.Is(err, city.ErrNotYet) {
			break
		}
		err = nil
	}
	took, memory := time.Since(started), peak()
	stop()
	all := <-waits
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if i, err = v.core.Intake.IssueImport(ctx, v.actor, i.ID); err != nil || i.NewRows != orders || i.State != store.IssueImportDone {
		return fmt.Errorf("%s: got %d issues, %s, %w", name, i.NewRows, i.State, err)
	}
	slices.Sort(all)
	slowest := all[len(all)-1]
	fmt.Printf("%-22s %d rows of %.0f MB: checked after %s, issues after %s (target %s)\n", name, orders, float64(len(body))/1e6, checked.Round(100*time.Millisecond),
		took.Round(100*time.Millisecond), mostTime)
	fmt.Printf("%-22s %d other writes: p50 %s, p99 %s, slowest %s (target %s); memory %.0f MB at the most, %.0f before (target %.0f), load %s\n", "", len(all),
		all[len(all)/2].Round(time.Millisecond/10), all[len(all)*99/100].Round(time.Millisecond/10), slowest.Round(time.Millisecond/10), mostHold,
		memory, before, mostMemory, load())
	if took > mostTime || slowest > mostHold || memory > mostMemory {
		return fmt.Errorf("%s: a target is missed", name)
	}
	return nil
}

// watch writes something small again and again, and gives how long each took.
func (v *office) watch(ctx context.Context) (all []time.Duration) {
	for ctx.Err() == nil {
		at := time.Now()
		if err := v.core.Store.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
			return tx.Log(ctx, store.LogEntry{Kind: "bench"})
		}); err != nil {
			fmt.Fprintln(os.Stderr, "imports: another write:", err)
		}
		all = append(all, time.Since(at))
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return all
}

// fresh forgets the peak of this process and gives what it holds, in MB.
func fresh() (float64, error) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		return 0, err
	}
	return peak(), nil
}

// peak is what this process held at the most, in MB.
func peak() (mb float64) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		var kb float64
		if n, _ := fmt.Sscanf(string(line), "VmHWM: %f kB", &kb); n == 1 {
			mb = kb / 1024
		}
	}
	return mb
}

// load is how many others want the processors as well.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
