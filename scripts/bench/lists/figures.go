package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"

	"spotcheck/pkg/inspect"
)

// weeklyReport asks for the report of the last whole week, board for its figures.
func weeklyReport(ctx context.Context, office *client) error {
	return office.do(ctx, http.MethodGet, "/api/v1/reports/compute?form=json&period="+lastWeek(time.Now()), nil, nil)
}

func board(ctx context.Context, office *client) error {
	return office.do(ctx, http.MethodGet, "/api/v1/figures?period="+lastWeek(time.Now()), nil, nil)
}

// figures times the report of the last whole week, and the live board while 50 issues a second are assigned.
func (m *measured) figures(ctx context.Context, office *client, runs int) error {
	t, err := timed(min(runs, 40), func(int) error { return weeklyReport(ctx, office) })
	if err != nil {
		return err
	}
	m.add("weekly report", t)
	all, err := office.list(ctx, "status=reported", "", 200)
	if err != nil {
		return err
	}
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for _, i := range all.Issues {
			select {
			case <-stop:
				stopped <- nil
				return
			case now := <-tick.C:
				if err := office.do(ctx, http.MethodPut, fmt.Sprintf("/api/v1/issues/%s/actions/%s", i.ID, inspect.NewID()), map[string]any{
					"action": "assign", "unit": office.fill.Replace("{bureau}"), "due_at": inspect.At(now.Add(24 * time.Hour)),
					"done_at": inspect.At(now), "sent_at": inspect.At(now),
				}, nil); err != nil {
					stopped <- err
					return
				}
			}
		}
		stopped <- nil
	}()
	t, err = timed(runs, func(int) error { return board(ctx, office) })
	close(stop)
	m.add("live board", t)
	return errors.Join(err, <-stopped)
}

// lastWeek is the name of the week before the one of a moment.
func lastWeek(now time.Time) string {
	year, week := now.AddDate(0, 0, -7).ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// cost is what one answer takes: the least of several, where other work goes on beside, and the first one, for which nothing is remembered.
type cost struct {
	wall, processor, first time.Duration
	allocations            uint64
}

// costOf does something so many times, after a few that do not count.
func costOf(runs int, f func() error) (c cost, err error) {
	c = cost{math.MaxInt64, math.MaxInt64, 0, math.MaxUint64}
	for n := range 3 + runs {
		allocations, processor, started := allocated(), processorTime(), time.Now()
		if err := f(); err != nil {
			return c, err
		}
		took := processorTime() - processor
		if n == 0 {
			c.first = took
		}
		if n >= 3 {
			c = cost{min(c.wall, time.Since(started)), min(c.processor, took), c.first, min(c.allocations, allocated()-allocations)}
		}
	}
	return c, nil
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// processorTime is what this process has used of processors, in its own name and the system's.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // there is no such machine
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// costsOfFigures prints what the weekly report and the board take on databases that nobody else asks, with client and server in one process, and
// writes a profile of them if a file is named.
func costsOfFigures(ctx context.Context, databases []string, runs int, profile string) error {
	for _, text := range databases {
		m, c, err := database(text)
		if err != nil {
			return err
		}
		if err := serve(ctx, c, func(ctx context.Context, base string) error {
			office, err := logIn(ctx, base, "office")
			if err != nil {
				return err
			}
			for _, part := range []struct {
				name string
				ask  func(context.Context, *client) error
			}{{"board", board}, {"weekly report", weeklyReport}} {
				name := part.name
				if err := profiled(profile, m.database+"-"+name, func() error {
					cost, err := costOf(runs, func() error { return part.ask(ctx, office) })
					fmt.Printf("%-10s%-14s %8d issues, best of %d: %6.1f ms, %6.1f ms of processor (the first %.1f), %7d allocations\n", m.database, name, m.issues,
						runs, ms(cost.wall), ms(cost.processor), ms(cost.first), cost.allocations)
					return err
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// profiled does something with a profile of where the processor's time goes, if there is a folder for it.
func profiled(folder, name string, f func() error) error {
	if folder == "" {
		return f()
	}
	file, err := os.Create(folder + "/" + name + ".pprof")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return errors.Join(err, file.Close())
	}
	err = f()
	pprof.StopCPUProfile()
	return errors.Join(err, file.Close())
}
