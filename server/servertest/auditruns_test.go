package servertest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	record "spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

type recordWire struct {
	Events      int64
	Checkpoints []struct {
		Date   string
		Events int64
		Hash   string
	}
	Audits []struct {
		ID      inspect.ID
		By      *struct{ ID inspect.ID }
		DoneAt  inspect.Time `json:"done_at"`
		Against bool
		Sum     *struct {
			Events, Wrong int64
		}
		Findings []struct {
			Wrong           bool
			Subject, Detail string
		}
	}
}

func TestAnAuditIsAskedForAtTheDesk(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin := s.As("admin")
		s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+servertest.ID("seen").String(), s.As("lin").Report()).Want(http.StatusCreated)
		if _, err := s.Core.Ledger.TakeCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		read := func() (r recordWire) {
			admin.Do(http.MethodGet, "/api/v1/record", nil).Want(http.StatusOK).Into(&r)
			return r
		}
		first := read()
		if len(first.Audits) != 0 || len(first.Checkpoints) != 1 || first.Events < first.Checkpoints[0].Events {
			t.Fatalf("a new record says %+v", first)
		}
		// The document that is kept elsewhere is the one that was hashed.
		kept := admin.Do(http.MethodGet, "/api/v1/record/checkpoints/"+first.Checkpoints[0].Date, nil).Want(http.StatusOK).Body
		outside, err := record.ParseCheckpoint(kept)
		if err != nil {
			t.Fatal(err)
		}
		if hash, err := outside.Hash(); err != nil || hash.String() != first.Checkpoints[0].Hash {
			t.Fatalf("the kept checkpoint hashes to %s, the list says %s: %v", hash, first.Checkpoints[0].Hash, err)
		}
		admin.Do(http.MethodGet, "/api/v1/record/checkpoints/..%2f", nil).Want(http.StatusNotFound)

		ask := func(id string, body servertest.M, status int) *servertest.Answer {
			return admin.Do(http.MethodPut, "/api/v1/record/audits/"+servertest.ID(id).String(), body).Want(status)
		}
		ask("plain", servertest.M{}, http.StatusCreated)
		ask("plain", servertest.M{}, http.StatusOK)
		ask("plain", servertest.M{"against": outside}, http.StatusConflict)
		if r := read(); len(r.Audits) != 1 || r.Audits[0].DoneAt != 0 || r.Audits[0].Sum != nil || r.Audits[0].By == nil {
			t.Fatalf("an audit that was asked for reads %+v", r.Audits)
		}
		s.RunsAudits()
		if r := read(); len(r.Audits) != 1 || r.Audits[0].DoneAt == 0 || r.Audits[0].Sum.Wrong != 0 || r.Audits[0].Sum.Events < first.Events {
			t.Fatalf("a record in order reads %+v", r.Audits)
		}

		// A checkpoint of another record, and a row that was changed.
		other := outside
		other.Root[0] ^= 1
		ask("other", servertest.M{"against": other}, http.StatusCreated)
		v := &evidence{Tamperer: s.Tampers()}
		v.Changes("issue", "number = 'X-1'", "id = (SELECT min(id) FROM issue)")
		s.RunsAudits()
		v.Restore()
		r := read()
		said := ""
		for _, f := range r.Audits[0].Findings {
			if f.Wrong {
				said += f.Subject + ": " + f.Detail + "\n"
			}
		}
		if len(r.Audits) != 2 || r.Audits[0].ID != servertest.ID("other") || !r.Audits[0].Against || r.Audits[0].Sum.Wrong == 0 ||
			!strings.Contains(said, "X-1") || !strings.Contains(said, "checkpoint") {
			t.Errorf("got %+v, want what is wrong with the issue and with the checkpoint", r.Audits)
		}
		ask("broken", servertest.M{"against": servertest.M{"schema": 1, "date": "2026", "events": 1, "streams": 1, "root": strings.Repeat("0", 64), "prev": strings.Repeat("0", 64),
			"made_at": time.Now()}}, http.StatusUnprocessableEntity)

		// What an audit found cannot be changed unseen.
		v.Changes("personal_text", "body = '[]'", v.is("owner", servertest.ID("other")))
		if wrong, _ := s.Findings(nil); len(wrong) == 0 {
			t.Error("the findings of an audit were changed, and no audit sees it")
		}
		v.Restore()
		s.Audit()
	})
}

func TestHealthAtTheDesk(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		lin.ReportsMud() // leaves a job
		lin.Do(http.MethodPut, "/api/v1/issues/"+servertest.ID("waits").String(), lin.Report(servertest.NewPicture("report"))).Want(http.StatusCreated)
		var h struct {
			Ready      bool
			Parts      map[string]string
			Version    string
			StartedAt  inspect.Time     `json:"started_at"`
			Waiting    int64            `json:"jobs_waiting"`
			Troubled   map[string]int64 `json:"jobs_troubled"`
			Incomplete int64            `json:"issues_incomplete"`
		}
		s.SQL("UPDATE river_job SET state = 'retryable' WHERE id = (SELECT min(id) FROM river_job)")
		s.As("admin").Do(http.MethodGet, "/api/v1/health", nil).Want(http.StatusOK).Into(&h)
		if !h.Ready || h.Parts["database"] != "ok" || h.Version != "test" || h.StartedAt == 0 || h.Incomplete != 1 || len(h.Troubled) != 1 {
			t.Errorf("got %+v", h)
		}
	})
}
