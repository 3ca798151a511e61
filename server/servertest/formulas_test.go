package servertest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/places"
	corereports "spotcheck/server/core/reports"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// firstVersion is what a report says that a program of schema 8 issued: figures of the first version, with one denominator and no name of the version.
const firstVersion = `{"language":"zh","kind":"week","period":"2026-W46","office":"双创办","city":"海口市","scope":"全市","issue":"第46期","iso":"2026-W46",
"from":"2026-11-08T16:00:00Z","to":"2026-11-15T16:00:00Z","issued_at":"2026-11-16T01:00:00Z","cut_at":"2026-11-16T00:00:00Z","cut_event":0,"formula":"得分公式第 1 版",
"now":{"received":9,"filed":8,"assigned":8,"due":8,"new":7,"carried":1,"disposed":6,"on_time":5,"waiting":0,"closed":4,"closed_on_time":4,"rework":0,"extended":0,
"long_overdue":0,"false_fixes":0,"on_hold":0,"returned":0,"shirked":0,"dismissed_late":0,"on_the_spot":0,"own":0,"median":0,"has_median":false},
"units":[],"categories":[],"roads":[],"places":[],"pairs":[],"overdue":[],"suspensions":[],"holds":[],"late":[],"corrections":[],"definitions":[]}`

// issuedBefore puts a report of that version into a database of schema 8: its document is a file already, or is still to be made.
func issuedBefore(t *testing.T, exec func(string, ...any), id inspect.ID, period, document string) {
	t.Helper()
	n := map[string]int{"2026-W46": 1, "2026-W45": 2}[period]
	exec(`INSERT INTO publication (id, uid, kind, period, scope, language, state, revision, number, year, n, cut_event, cut_at, made_at, checked_at, issued_at, recalled_at,
		created_at, updated_at, genre) VALUES ($1, $2, 'week', $3, 'city', 'zh', 'issued', 1, '第46期', 2026, $1, 0, 1794787200000, 1794787200000, 1794787200000, 1794790800000, 0,
		1794787200000, 1794790800000, '')`, n, id[:], period)
	exec("INSERT INTO personal_text (id, owner, field, salt, body, erased_at) VALUES ($1, $2, 'content', $3, $4, 0)", 900+n, id[:], []byte("salt"), strings.ReplaceAll(firstVersion, "2026-W46", period))
	if document != "" {
		exec("INSERT INTO publication_file (id, publication, form, sha256, bytes) VALUES ($1, $2, 'json', $3, $4)", n, n, sumOf(document), len(document))
		exec("INSERT INTO publication_file (id, publication, form, sha256, bytes) VALUES ($1, $2, 'text', $3, $4)", n+10, n, sumOf(document), len(document))
	}
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestAReportOfTheFirstVersionStaysAsItWas brings an installation of schema 8 to now: two reports were issued there by the figures of the first version,
// one of which waits for its files, and one issue was assigned. The reports say what they said, and version 1; figures of now count by version 2.
func TestAReportOfTheFirstVersionStaysAsItWas(t *testing.T) {
	t.Parallel()
	for p, dump := range map[servertest.Backend]string{servertest.SQLite: "0008.sqlite.sql", servertest.Postgres: "0008.postgres.sql"} {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			c := servertest.Settings(t, p)
			o := store.Options{Path: filepath.Join(c.Data, "spotcheck.db")}
			if p == servertest.Postgres {
				u, err := url.Parse(string(c.DatabaseURL))
				if err != nil {
					t.Fatal(err)
				}
				q := u.Query()
				q.Set("default_query_exec_mode", "simple_protocol") // many statements at once
				u.RawQuery = q.Encode()
				o = store.Options{URL: u.String()}
			}
			tables, err := os.ReadFile("../store/testdata/released/" + dump)
			if err != nil {
				t.Fatal(err)
			}
			exec := func(query string, args ...any) { // each on a connection of its own: the dump leaves its own settings behind
				t.Helper()
				raw := storetest.Raw(t, o)
				if _, err := raw.ExecContext(t.Context(), query, args...); err != nil {
					t.Fatalf("%.80s: %v", query, err)
				}
				if err := raw.Close(); err != nil {
					t.Fatal(err)
				}
			}
			exec(string(tables))
			document := `{"title":"海口市双创工作周报","facts":[{"name":"指标口径","text":"第 1 版"}],"parts":[]}`
			kept, making := servertest.ID("with files"), servertest.ID("without files")
			issuedBefore(t, exec, kept, "2026-W46", document)
			issuedBefore(t, exec, making, "2026-W45", "")

			c.BeginEmpty = true          // the photo of the dump lies nowhere
			c.Timezone = "Asia/Shanghai" // where the dump was made
			s := servertest.On(t, c)
			if err := s.Core.Blobs.Put(t.Context(), notices.PaperKey(sumOf(document)), []byte(document)); err != nil {
				t.Fatal(err)
			}
			v, err := s.Core.Reports.Publication(t.Context(), places.OperatorDesk, kept)
			if err != nil || string(v.Says) != document || v.Short != document {
				t.Errorf("what was issued reads %s, %v", v.Says, err)
			}
			later, err := s.Core.Reports.Publication(t.Context(), places.OperatorDesk, making)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"第 1 版", `75.00 %`} { // disposal 6 of 8
				if !strings.Contains(string(later.Says), part) {
					t.Errorf("what waits for its files lacks %q: %s", part, later.Says)
				}
			}
			if w := later.Week; w.FormulaVersion != 0 || w.Now.Due != 8 || w.Now.DueToClose != 8 || w.Now.Closed != 4 {
				t.Errorf("it says %+v of version %d", w.Now, w.FormulaVersion)
			}

			for range 2 {
				if err := s.Core.Figures.CountFigures(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			goTo(t, s, "2026-12-08 09:00")
			if now := computed(t, s, corereports.Request{Period: "2026-W48"}); now.FormulaVersion != 2 || now.Now.Received != 1 || now.Now.Assigned != 1 {
				t.Errorf("figures of now are of version %d and say %+v", now.FormulaVersion, now.Now)
			}
			if next := computed(t, s, corereports.Request{Period: "2026-W47"}); next.Before == nil || next.Before.Received != 9 || next.Before.Closed != 4 {
				t.Errorf("the week after is compared with %+v, want what was issued", next.Before)
			}
			texts := s.Texts("SELECT body FROM personal_text WHERE field = 'content' ORDER BY id")
			if len(texts) != 2 || texts[0] != firstVersion {
				t.Error("what the reports say was changed")
			}
		})
	}
}

// TestCountingAnewGoesOnWhereItBroke takes all figures away, as the migration to version 2 does, and ends the program in the middle of counting them. The
// next one goes on: what was counted stays, nothing is counted twice, and the figures are what they were.
func TestCountingAnewGoesOnWhereItBroke(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-11-30 09:00")
		office, crew := s.As("office"), s.As("crew")
		for n := range 50 {
			id := reportsOf(s, "08012")
			office.Assigns(id, "longhua-sanitation", 8*time.Hour)
			if n%10 == 0 {
				crew.Fixes(id)
			}
		}
		goTo(t, s, "2026-12-08 09:00")
		want := map[string]int64{"received": 50, "assigned": 50, "due": 50, "disposed": 5, "on_time": 5, "open": 45, "long_overdue": 45, "waiting": 5}
		wantCounts(t, "before", first(counts(office, "period=2026-W49")), want)
		stop, goOn := []string{`CREATE TRIGGER broken BEFORE INSERT ON figure_course WHEN (SELECT count(*) FROM figure_course) >= 25 BEGIN SELECT RAISE(ABORT, 'broken'); END`},
			[]string{"DROP TRIGGER broken"}
		if s.Postgres() {
			stop = []string{`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT count(*) FROM figure_course) >= 25 THEN RAISE EXCEPTION 'broken'; END IF; RETURN NEW; END $$`,
				"CREATE TRIGGER broken BEFORE INSERT ON figure_course FOR EACH ROW EXECUTE FUNCTION broken()"}
			goOn = []string{"DROP TRIGGER broken ON figure_course", "DROP FUNCTION broken"}
		}
		for _, q := range append([]string{"DELETE FROM figure_course", "DELETE FROM figure_delta", "DELETE FROM figure_sum", "DELETE FROM counter WHERE name = 'figures_counted'"}, stop...) {
			s.SQL(q)
		}
		if err := s.Core.Figures.CountFigures(t.Context()); err == nil {
			t.Error("it was not broken off")
		}
		counted := s.Texts("SELECT CAST(count(*) AS TEXT) FROM figure_course")
		if counted[0] != "20" {
			t.Errorf("%s are counted when it breaks off, want the 20 of the first transaction", counted[0])
		}
		office.Do("GET", "/api/v1/figures?period=2026-W49", nil).WantProblem(503, "figures.counting", "later")
		s.Stop()
		s.Start()
		for _, q := range goOn {
			s.SQL(q)
		}
		if err := s.Core.Figures.CountFigures(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantCounts(t, "after", first(counts(office, "period=2026-W49")), want)
		s.Recounts("2026-W49")
		s.Audit()
	})
}
