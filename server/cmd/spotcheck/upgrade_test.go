package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// TestACopyServesOnWhileTheSchemaMoves moves the schema as the first copy of the next version does: whatever it says that
// this program may go on with, it goes on with, also after a restart; then it is too old and says so.
func TestACopyServesOnWhileTheSchemaMoves(t *testing.T) {
	t.Parallel()
	for _, pair := range servertest.Pairs() {
		t.Run(string(pair), func(t *testing.T) {
			t.Parallel()
			settings := servertest.Settings(t, pair)
			old := startOn(t, settings)
			s := servertest.At(t, old.address, firstAccount(t, old.out.String()))
			lin, office, crew, wang := s.As("lin"), s.As("office"), s.As("crew"), s.As("wang")
			before := lin.ReportsMud()

			raw := storetest.Raw(t, store.Options{URL: string(settings.DatabaseURL), Path: filepath.Join(settings.Data, "spotcheck.db?_pragma=busy_timeout(10000)")})
			moves := func(version, oldest int, more ...string) {
				t.Helper()
				for _, q := range append(more, fmt.Sprintf("UPDATE schema_version SET version = %d, oldest_binary = %d", version, oldest)) {
					if _, err := raw.ExecContext(t.Context(), q); err != nil {
						t.Fatalf("%s: %v", q, err)
					}
				}
			}
			moves(store.Newest+1, store.Newest, "ALTER TABLE issue ADD COLUMN mood BIGINT NOT NULL DEFAULT 0",
				"ALTER TABLE photo ADD COLUMN mood BIGINT", "CREATE TABLE mood (id BIGINT PRIMARY KEY)")
			office.Assigns(before, "longhua-sanitation", 8*time.Hour)
			crew.Fixes(before)
			wang.Verifies(before, "pass")
			after := lin.ReportsMud()
			old.terminate(t)

			old = startOn(t, settings)
			again := (&servertest.Client{Server: servertest.At(t, old.address, s.Admin), Name: "office", Token: office.Token}).WithT(t)
			again.WantStatus(before, "verified")
			if i := again.WantStatus(after, "reported"); !i.Complete {
				t.Errorf("a photo that came after the move is not there: %+v", i)
			}
			old.terminate(t)
			if out, err := program(settings, nil, "audit").CombinedOutput(); err != nil || !strings.Contains(string(out), ": 0 wrong") {
				t.Errorf("got %v\n%s", err, out)
			}

			old = startOn(t, settings)
			phone := (&servertest.Client{Server: servertest.At(t, old.address, s.Admin), Name: "lin", Token: lin.Token}).WithT(t)
			moves(store.Newest+2, store.Newest+1)
			var answer *servertest.Answer
			for begin := time.Now(); time.Since(begin) < 30*time.Second; { // it looks every two seconds
				report := phone.Report()
				if answer = phone.Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), report); answer.Status != http.StatusCreated {
					break
				}
			}
			answer.WantProblem(503, "server.outdated", "later")
			phone.Do(http.MethodGet, "/readyz", nil).Want(http.StatusServiceUnavailable)
			phone.WantStatus(after, "reported") // who reads is not in the way
			old.terminate(t)
			out, err := program(settings, nil, "serve", "--addr", "127.0.0.1:0").CombinedOutput()
			want := fmt.Sprintf("the database has schema %d, which needs a program of schema %d or newer; this one has %d\n", store.Newest+2, store.Newest+1, store.Newest)
			if err == nil || !strings.HasSuffix(string(out), want) || strings.Count(string(out), "\n") != 1 {
				t.Errorf("got %v, %q, want one sentence: %s", err, out, want)
			}
		})
	}
}

// TestUpgradesAreDescribedByTheTableThatDecides makes the sentences of both READMEs, and holds what is promised for later releases.
func TestUpgradesAreDescribedByTheTableThatDecides(t *testing.T) {
	t.Parallel()
	var stops, stopsZH []string
	for n, schema := range store.Schemas {
		version := n + 1
		if stop := version > 1 && schema.Oldest > version-1; stop != (schema.Stop != "") || stop != (schema.StopInZH != "") {
			t.Errorf("schema %d works beside programs of %d, and says %q (%q)", version, schema.Oldest, schema.Stop, schema.StopInZH)
		} else if stop {
			stops = append(stops, fmt.Sprintf("%d (%s)", version, schema.Stop))
			stopsZH = append(stopsZH, fmt.Sprintf("第 %d 版（%s）", version, schema.StopInZH))
		}
		if version > 9 && schema.Oldest >= version {
			t.Errorf("schema %d needs a stop of all copies; every release works beside the one before", version)
		}
	}
	last := len(stops) - 1
	for file, want := range map[string]string{
		"README.md": "a newer program migrates the database in a way that the one before it still understands. The steps to the schemas " +
			strings.Join(stops[:last], ", ") + " and " + stops[last] +
			" are the exceptions: for an upgrade to or over one of them stop all copies, then start the new program.",
		"README.zh-CN.md": "新程序升级数据库后，前一版程序仍能使用。升到或越过" + strings.Join(stopsZH, "、") + "数据库是例外：先停掉所有副本，再启动新程序。",
	} {
		text, err := os.ReadFile("../../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("%s does not say: %s", file, want)
		}
	}
}
