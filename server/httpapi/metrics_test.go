package httpapi_test

import (
	"io"
	"math"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/httpapi"
	"spotcheck/server/servertest"
)

// metrics reads the metrics door of a server.
func metrics(t *testing.T, s *servertest.Server) string {
	t.Helper()
	res, err := http.Get(s.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", res.StatusCode, err)
	}
	return string(b)
}

func TestThePersonOnDutySees(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		lin.ReportsMud()
		p := servertest.NewPicture("report")
		id := inspect.NewID()
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(http.StatusCreated)
		before := metrics(t, s)
		for _, line := range []string{
			`spotcheck_photos_received_total 1`, `spotcheck_jobs{state="waiting"} 1`, `spotcheck_jobs{state="failed"} 0`, `spotcheck_issues_incomplete 1`,
			`spotcheck_up{part="database"} 1`, `spotcheck_up{part="photos"} 1`, `spotcheck_photo_store_seconds_count 1`, `spotcheck_renditions_total{result="made"} 0`,
			`spotcheck_info{database="` + s.Core.Store.Name() + `",version="test"} 1`,
		} {
			if !strings.Contains(before, line+"\n") {
				t.Errorf("the metrics lack %s", line)
			}
		}
		for _, name := range []string{"spotcheck_disk_free_bytes", "spotcheck_commit_seconds_sum", "spotcheck_photo_bytes_received_total", "spotcheck_job_oldest_seconds",
			"spotcheck_issues_flagged", `spotcheck_database_connections_in_use{pool="write"}`, "spotcheck_streams 0", "process_resident_memory_bytes"} {
			if !strings.Contains(before, "\n"+name) {
				t.Errorf("the metrics lack %s", name)
			}
		}
		lin.Sends(id, p)
		lin.Sends(id, p) // which is no second photo
		s.Drain()
		after := metrics(t, s)
		for _, line := range []string{`spotcheck_photos_received_total 2`, `spotcheck_issues_incomplete 0`, `spotcheck_renditions_total{result="made"} 2`} {
			if !strings.Contains(after, line+"\n") {
				t.Errorf("afterwards the metrics lack %s", line)
			}
		}
	})
}

// TestEveryAlertNamesMetricsThatThereAre holds the list of alerts against what the server shows.
func TestEveryAlertNamesMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	alerts, err := os.ReadFile("../../scripts/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.New(t, servertest.SQLite)
	metrics(t, s) // a request that is counted
	shown := metrics(t, s)
	named := regexp.MustCompile(`spotcheck_[a-z_]+|process_[a-z_]+`).FindAllString(string(alerts), -1)
	if len(named) < 12 {
		t.Errorf("only %d metrics are named", len(named))
	}
	for _, name := range named {
		if !strings.Contains(shown, "\n"+name) {
			t.Errorf("alerts.yml names %s, which the server does not show", name)
		}
	}
}

func TestADiskThatIsNearlyFullRefusesPhotosAlone(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		earlier, id, p := lin.ReportsMud(), inspect.NewID(), servertest.NewPicture("report")
		s.Core.Photos.KeepFree(math.MaxInt64)
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(http.StatusCreated)
		lin.Upload(id, p).WantProblem(503, "photo.no-room", "later")
		office.Assigns(earlier, "longhua-sanitation", 1000*60*60*1e9)
		var r struct {
			Ready   bool
			Parts   struct{ Disk string }
			Missing []string
		}
		lin.Do(http.MethodGet, "/readyz", nil).Want(http.StatusOK).Into(&r)
		if !r.Ready || r.Parts.Disk != "low" || len(r.Missing) != 1 || !strings.Contains(r.Missing[0], "photos are refused") {
			t.Errorf("readyz: got %+v", r)
		}
		if !strings.Contains(metrics(t, s), "\nspotcheck_photos_refused_for_disk_total 1\n") {
			t.Error("the metrics do not tell of it")
		}
		s.Core.Photos.KeepFree(1)
		lin.Sends(id, p)
		lin.Do(http.MethodGet, "/readyz", nil).Want(http.StatusOK).Into(&r)
		if r.Parts.Disk != "ok" || len(r.Missing) != 0 {
			t.Errorf("readyz: got %+v", r)
		}
	})
}

func TestPprofIsForThisMachineAlone(t *testing.T) {
	t.Parallel()
	if d, err := httpapi.ListenDebug("0.0.0.0:0"); err == nil {
		t.Errorf("it listens on %s", d.Addr())
	}
	d, err := httpapi.ListenDebug("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); d.Serve() }()
	res, err := http.Get("http://" + d.Addr() + "/debug/pprof/goroutine?debug=1")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v", res, err)
	}
	res.Body.Close()
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
	<-done
	servertest.New(t, servertest.SQLite).As("lin").WithT(t).Dial().Asks("GET /debug/pprof/").Hears("GET", "/debug/pprof/").Want(404)
}
