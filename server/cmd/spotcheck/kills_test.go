package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/config"
	"spotcheck/server/core/places"
	"spotcheck/server/notify"
	"spotcheck/server/notify/notifytest"
	"spotcheck/server/servertest"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

// onBoth runs a test on a process of its own on each pair.
func onBoth(t *testing.T, test func(*testing.T, config.Config, *process, *servertest.Server)) {
	t.Helper()
	t.Parallel()
	for _, pair := range servertest.Pairs() {
		t.Run(string(pair), func(t *testing.T) {
			t.Parallel()
			c := servertest.Settings(t, pair)
			p := startOn(t, c)
			test(t, c, p, servertest.At(t, p.address, firstAccount(t, p.out.String())))
		})
	}
}

// killWhen asks for something and kills the process as soon as a query counts so many. Who counts is there before the work begins.
func killWhen(t *testing.T, c config.Config, p *process, most int, query string, ask func()) (counted int) {
	t.Helper()
	raw := storetest.Raw(t, store.Options{URL: string(c.DatabaseURL), Path: filepath.Join(c.Data, "spotcheck.db?_pragma=busy_timeout(10000)")})
	counted = count(t, raw, query)
	ask()
	for began := time.Now(); counted < most; counted = count(t, raw, query) {
		if time.Since(began) > time.Minute {
			t.Fatalf("got %d after a minute, want %d of %s", counted, most, query)
		}
	}
	p.dies(t)
	return count(t, raw, query)
}

func count(t *testing.T, raw *sql.DB, query string) (n int) {
	t.Helper()
	if err := raw.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAKillInTheMiddleOfABatchOfPapers kills the server while it issues papers: each issue gets one, the numbers have no hole, and
// no page is missing.
func TestAKillInTheMiddleOfABatchOfPapers(t *testing.T) {
	const papers = 120
	onBoth(t, func(t *testing.T, c config.Config, p *process, s *servertest.Server) {
		lin, office, batch := s.As("lin"), s.As("office"), inspect.NewID()
		for range papers {
			id := inspect.NewID()
			lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report()).Want(http.StatusCreated)
			office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		}
		answered := make(chan error, 1)
		had := killWhen(t, c, p, 1, "SELECT count(*) FROM paper", func() {
			go func() { // on a busy machine all papers are there before the answer is read
				_, err := office.Try(http.MethodPut, "/api/v1/paper-batches/"+batch.String()+"?status=assigned",
					[]byte(`{"kind": "rectify", "each": "issue", "demand": "立即整改"}`), http.Header{"Content-Type": {"application/json"}})
				answered <- err
			}()
		})
		<-answered // or cut off: what was asked for is durable before the first paper
		if had >= papers {
			t.Errorf("all %d papers were there before the kill", had)
		}
		again := servertest.On(t, c)
		again.MakesPapers()
		again.MakesPapers()
		for query, want := range map[string]int{
			"SELECT count(*) FROM paper": papers, "SELECT count(DISTINCT issue) FROM paper_issue": papers, "SELECT max(n) FROM paper": papers,
			"SELECT count(*) FROM paper WHERE pdf <> ''": papers, "SELECT count(*) FROM event WHERE type = 'issue.paper_issued'": papers,
			"SELECT count(*) FROM event WHERE type = 'paper_batch.done'": 1,
		} {
			if got := again.Texts(query)[0]; got != fmt.Sprint(want) {
				t.Errorf("%s: got %s, want %d", query, got, want)
			}
		}
		again.Audit()
	})
}

// TestAKillInTheMiddleOfAnImportOfAreas kills the server while it tells the record of new areas: nothing is visible before, and in
// the end every area is there and told of once.
func TestAKillInTheMiddleOfAnImportOfAreas(t *testing.T) {
	const grids = 1500
	var file strings.Builder
	file.WriteString("code,name,level,class,parent,width_m,wkt\n")
	for n := range grids {
		south, west := 20+float64(n/50)*.004, 110+float64(n%50)*.004
		fmt.Fprintf(&file, "G%d,Grid %d,grid,,,,\"POLYGON((%.3f %.3f,%.3f %.3f,%.3f %.3f,%.3f %.3f,%.3f %.3f))\"\n", n, n,
			west, south, west+.004, south, west+.004, south+.004, west, south+.004, west, south)
	}
	onBoth(t, func(t *testing.T, c config.Config, p *process, s *servertest.Server) {
		admin := s.As("admin")
		var sent struct{ Import struct{ ID inspect.ID } }
		admin.Send(http.MethodPost, "/api/v1/area-imports?format=csv&datum=wgs84", []byte(file.String()),
			http.Header{"Content-Type": {"text/csv"}}).Want(http.StatusCreated).Into(&sent)
		done := make(chan error, 1)
		told := killWhen(t, c, p, 1, "SELECT count(*) FROM event WHERE type = 'area.staged'", func() {
			go func() {
				_, err := admin.Try(http.MethodPost, "/api/v1/area-imports/"+sent.Import.ID.String()+"/apply", nil, nil)
				done <- err
			}()
		})
		if err := <-done; err == nil || told >= grids {
			t.Errorf("the kill came after all %d areas: %v", told, err)
		}
		again := servertest.On(t, c)
		again.Audit()
		if got := again.Texts("SELECT count(*) FROM area WHERE code LIKE 'G%'")[0]; got != "0" {
			t.Errorf("%s areas are visible, want none", got)
		}
		for range 2 { // the second time it was applied before
			if _, _, err := again.Core.Places.ApplyAreas(t.Context(), places.Operator, sent.Import.ID); err != nil {
				t.Fatal(err)
			}
		}
		for query, want := range map[string]int{"SELECT count(*) FROM area WHERE code LIKE 'G%'": grids, "SELECT count(*) FROM event WHERE type = 'area.staged'": grids,
			"SELECT count(*) FROM event WHERE type = 'areas.imported'": 1, "SELECT count(*) FROM area_import_row": 0} {
			if got := again.Texts(query)[0]; got != fmt.Sprint(want) {
				t.Errorf("%s: got %s, want %d", query, got, want)
			}
		}
		again.Audit()
	})
}

// TestAKillInTheMiddleOfADigest kills the server while a mail server lets it wait with the digests of the day: in the end each
// person has one mail with all messages.
func TestAKillInTheMiddleOfADigest(t *testing.T) {
	const reports = 3
	t.Setenv("SPOTCHECK_PRIVATE_TARGETS", "127.0.0.0/8")
	m := notifytest.NewMailServer(t)
	c := servertest.Settings(t, servertest.SQLite)
	p := startOn(t, c)
	s := servertest.At(t, p.address, firstAccount(t, p.out.String()))
	s.As("admin").Do(http.MethodPut, "/api/v1/gateways/email", servertest.M{"settings": m.Settings(), "secret": notifytest.MailPassword}).Want(http.StatusOK)
	people := []string{"office", "office2", "longhua-desk"}
	for _, name := range people {
		s.As(name).Do(http.MethodPut, "/api/v1/me/channels", servertest.M{"rules": servertest.M{"normal": []string{"email"}}, "email": name + "@city.example"}).Want(http.StatusOK)
	}
	for range reports {
		s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), s.As("lin").Report()).Want(http.StatusCreated)
	}
	p.terminate(t)

	raw := storetest.Raw(t, store.Options{Path: filepath.Join(c.Data, "spotcheck.db?_pragma=busy_timeout(10000)")})
	if _, err := raw.ExecContext(t.Context(), "UPDATE message SET due_at = 1 WHERE gathered"); err != nil { // the time of the digest has come
		t.Fatal(err)
	}
	m.Behaves(notifytest.Silent)
	p = startOn(t, c)
	killWhen(t, c, p, len(people), "SELECT count(DISTINCT parcel) FROM message WHERE parcel IS NOT NULL", func() {})
	if got := m.Got(); len(got) > 0 {
		t.Errorf("%d mails went out before the kill, want none", len(got))
	}

	again := servertest.On(t, c)
	outbound := notify.NewOutboundClient(notifytest.Loopback, m.Roots())
	again.Core.Messages.SendBy(outbound)
	t.Cleanup(outbound.Close)
	m.Behaves(notifytest.Takes)
	for range 4 {
		again.Pass(5 * time.Minute) // what the dead one had claimed is free again
		if err := again.Core.Messages.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ids := map[string]bool{}
	for _, mail := range m.Got() {
		ids[mail.ID] = true
		if strings.Count(mail.Text, "新上报") != reports {
			t.Errorf("a digest says %q, want %d messages", mail.Text, reports)
		}
	}
	if len(m.Got()) != len(people) || len(ids) != len(people) {
		t.Errorf("got %d mails under %d ids, want one for each of %v", len(m.Got()), len(ids), people)
	}
	// The daily round may have asked the office for next year's holidays meanwhile, which waits for the next digest.
	if left := again.Texts(`SELECT m.state FROM message m JOIN happening h ON h.id = m.happening
		WHERE m.channel = 'email' AND m.state <> 'sent' AND h.type = 'issue.reported'`); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
	for _, f := range m.Faults() {
		t.Error(f)
	}
	if err := again.Core.Daily(t.Context()); err != nil { // the kill may have come between a checkpoint and its copy; the next round puts it again
		t.Fatal(err)
	}
	again.Audit()
}
