package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/config"
	"spotcheck/server/core"
)

// row is a line of lists.tsv.
type row struct{ name, who, query string }

func readRows(file string) (rows []row, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) < 2 {
			return nil, fmt.Errorf("%s: line %d has no two cells", file, n+1)
		}
		if n > 0 {
			rows = append(rows, row{cells[0], cells[1], strings.Join(cells[2:], "")})
		}
	}
	return rows, nil
}

// measured is what one database took, by name.
type measured struct {
	database string
	issues   int
	took     map[string]timing
	names    []string
	rows     map[string]int    // that a page had
	alike    map[string]timing // with as many rows as the smallest database has, where that has fewer than a page
}

func (m *measured) add(name string, t timing) {
	m.took[name] = t
	m.names = append(m.names, name)
}

// serve runs a whole server on a database, without syncs, while f asks it.
func serve(ctx context.Context, c config.Config, f func(ctx context.Context, base string) error) (err error) {
	c.NoSync = true
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), core.Clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	addr, failed := make(chan string, 1), make(chan error, 1)
	go func() { failed <- a.Serve(ctx, func(addr_ string, _ *core.FirstAccount) { addr <- addr_ }) }()
	defer func() { stop(); err = errors.Join(err, <-failed) }()
	select {
	case base := <-addr:
		return f(ctx, "http://"+base)
	case err := <-failed:
		failed <- nil
		return err
	}
}

// measure times what people ask of a database.
func measure(ctx context.Context, c config.Config, m, smallest *measured, rows []row, runs int) (err error) {
	return serve(ctx, c, func(ctx context.Context, base string) error {
		if err := m.lists(ctx, base, smallest, rows, runs); err != nil {
			return err
		}
		office, err := logIn(ctx, base, "office")
		if err != nil {
			return err
		}
		for _, part := range []func(context.Context, *client, int) error{m.search, m.maps, m.similar, m.act, m.figures} {
			if err := part(ctx, office, runs); err != nil {
				return err
			}
		}
		return nil
	})
}

// pageRows is how many issues a page holds.
const pageRows = 50

// lists times the first page of each row, and one 1,000 issues on.
func (m *measured) lists(ctx context.Context, base string, smallest *measured, rows []row, runs int) error {
	people := map[string]*client{}
	for _, r := range rows {
		who := people[r.who]
		if who == nil {
			var err error
			if who, err = logIn(ctx, base, r.who); err != nil {
				return err
			}
			people[r.who] = who
		}
		if err := m.page(ctx, who, smallest, r.name, r.query, "", runs); err != nil {
			return err
		}
		cursor := ""
		for n := 0; n < 5 && (n == 0 || cursor != ""); n++ {
			p, err := who.list(ctx, r.query, cursor, 200)
			if err != nil {
				return err
			}
			cursor = p.Next
		}
		if cursor == "" {
			m.add(r.name+onwards, timing{})
		} else if err := m.page(ctx, who, smallest, r.name+onwards, r.query, cursor, runs); err != nil {
			return err
		}
	}
	return nil
}

// page times one page; where the smallest database had fewer issues on it, also one of so many: what grows with the rows of a page
// does not grow with the issues of a city.
func (m *measured) page(ctx context.Context, who *client, smallest *measured, name, query, cursor string, runs int) error {
	t, err := timed(runs, func(int) error {
		p, err := who.list(ctx, query, cursor, pageRows)
		m.rows[name] = len(p.Issues)
		return err
	})
	if err != nil {
		return err
	}
	m.add(name, t)
	if few := smallest.rows[name]; few > 0 && few < m.rows[name] {
		m.alike[name], err = timed(runs, func(int) error { _, err := who.list(ctx, query, cursor, few); return err })
	}
	return err
}

// onwards is what stands behind the name of a list where its page 1,000 issues on is meant.
const onwards = " +1000"

// words are looked for: of the commonest to one that is nowhere.
var words = []string{"垃圾", "渣土", "井盖", "招贴", "枯死", "鹦鹉", "麒麟", "龙昆", "大道"}

func (m *measured) search(ctx context.Context, office *client, runs int) error {
	for _, w := range words {
		t, err := timed(runs, func(int) error { _, err := office.list(ctx, "text="+w, "", 50); return err })
		if err != nil {
			return err
		}
		m.add("search "+w, t)
	}
	return nil
}

// maps looks at the city from far to near, around its middle, as a screen of 1,500 by 900 pixels shows it.
func (m *measured) maps(ctx context.Context, office *client, runs int) error {
	for zoom := 2; zoom <= 18; zoom += 2 {
		wide := 360 * 1500 / 256 / math.Pow(2, float64(zoom)) / 2
		tall := wide * 900 / 1500
		path := fmt.Sprintf("/api/v1/map?zoom=%d&bbox=%f,%f,%f,%f", zoom, max(110.33-wide, -180), max(20.02-tall, -90), min(110.33+wide, 180), min(20.02+tall, 90))
		t, err := timed(runs, func(int) error { return office.do(ctx, http.MethodGet, path, nil, nil) })
		if err != nil {
			return err
		}
		m.add(fmt.Sprintf("map zoom %d", zoom), t)
	}
	return nil
}

// similar asks what every key of the triage asks: what lies near a report and may be the same.
func (m *measured) similar(ctx context.Context, office *client, runs int) error {
	all, err := office.list(ctx, "status=reported", "", 200)
	if err != nil {
		return err
	}
	t, err := timed(runs, func(n int) error {
		return office.do(ctx, http.MethodGet, fmt.Sprintf("/api/v1/issues/%s/similar", all.Issues[n%len(all.Issues)].ID), nil, nil)
	})
	m.add("similar issues", t)
	return err
}

// act assigns issues, one after the other.
func (m *measured) act(ctx context.Context, office *client, runs int) error {
	all, err := office.list(ctx, "status=reported", "", 200)
	if err != nil {
		return err
	}
	const warm = 3
	t, err := timed(min(runs, len(all.Issues)-warm), func(n int) error {
		now := time.Now()
		return office.do(ctx, http.MethodPut, fmt.Sprintf("/api/v1/issues/%s/actions/%s", all.Issues[n+warm].ID, inspect.NewID()), map[string]any{
			"action": "assign", "unit": office.fill.Replace("{bureau}"), "due_at": inspect.At(now.Add(24 * time.Hour)), "done_at": inspect.At(now), "sent_at": inspect.At(now),
		}, nil)
	})
	m.add("one action (assign)", t)
	return err
}

// start times the real program from its start until it is ready.
func (m *measured) start(ctx context.Context, program string, c config.Config, runs int) error {
	t, err := timed(runs, func(int) error { return startOnce(ctx, program, c) })
	m.add("cold start", t)
	return err
}

func startOnce(ctx context.Context, program string, c config.Config) error {
	const addr = "127.0.0.1:18733" // the program does not say on which port it listens but in its log
	run := exec.CommandContext(ctx, program, "serve", "--addr", addr, "--data", c.Data, "--begin-empty", "yes")
	run.Env = append(os.Environ(), "SPOTCHECK_DATABASE_URL="+string(c.DatabaseURL))
	if err := run.Start(); err != nil {
		return err
	}
	began := time.Now()
	for {
		answer, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(began) > time.Minute {
			return errors.New("the server is not ready after a minute")
		}
		<-time.After(2 * time.Millisecond)
	}
	return errors.Join(run.Process.Signal(os.Interrupt), run.Wait())
}
