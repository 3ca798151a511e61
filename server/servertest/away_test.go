package servertest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// wantAway fails unless an answer says that a part of the server is away for a moment.
func wantAway(t *testing.T, a *servertest.Answer) {
	t.Helper()
	a.WantProblem(503, "unavailable", "later")
	if after, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || after < 1 || after > 60 {
		t.Errorf("Retry-After: got %q, want some seconds", a.Header.Get("Retry-After"))
	}
}

// comesBack sends something until it is done, and fails when that takes more than a moment.
func comesBack(t *testing.T, send func() *servertest.Answer) *servertest.Answer {
	t.Helper()
	by := time.Now().Add(20 * time.Second)
	for {
		a := send()
		if a.Status != 503 {
			return a
		}
		if wantAway(t, a); time.Now().After(by) {
			t.Fatal("it does not come back")
		}
	}
}

// wantReady fails unless the server says of itself what is away; an empty database may be either.
func wantReady(t *testing.T, c *servertest.Client, database, photos string) {
	t.Helper()
	var r struct {
		Ready bool
		Parts struct{ Database, Photos string }
	}
	a := c.Do(http.MethodGet, "/readyz", nil).Into(&r)
	ready := r.Parts.Database == "ok" && r.Parts.Photos == "ok"
	if database != "" && r.Parts.Database != database || r.Parts.Photos != photos || r.Ready != ready || (a.Status == 200) != ready {
		t.Errorf("readyz: got %d %+v, want the database %s and the photos %s", a.Status, r, database, photos)
	}
	c.Do(http.MethodGet, "/livez", nil).Want(200)
}

func TestTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	lin, office := s.As("lin"), s.As("office")
	p := promise(t, lin, servertest.NewPicture("report"))
	database, _ := s.Between(t)
	comesBack(t, func() *servertest.Answer { return lin.Do(http.MethodGet, "/api/v1/me", nil) }).Want(200)

	database.Cut()
	fresh, body, action := inspect.NewID(), lin.Report(), inspect.NewID()
	now := s.Now().UTC().Format(time.RFC3339Nano)
	report := func() *servertest.Answer { return lin.Do(http.MethodPut, "/api/v1/issues/"+fresh.String(), body) }
	file := func() *servertest.Answer { return office.ActsAs(p.id, action, "file", M{"done_at": now}) }
	upload := func() *servertest.Answer { return lin.Upload(p.id, p.p) }
	for range 2 {
		for _, send := range []func() *servertest.Answer{report, file, upload,
			func() *servertest.Answer { return lin.Do(http.MethodGet, "/api/v1/me", nil) },
			func() *servertest.Answer { return lin.Do(http.MethodGet, "/api/v1/issues", nil) },
			func() *servertest.Answer { return office.Do(http.MethodGet, "/api/v1/issues.csv", nil) },
			func() *servertest.Answer { return lin.Do(http.MethodGet, p.path+"/original", nil) },
			func() *servertest.Answer { return logsIn(t, s, "", "lin", password) },
		} {
			wantAway(t, send())
		}
		wantReady(t, lin, "away", "ok")
	}
	database.Mend()
	for _, send := range []func() *servertest.Answer{report, file, upload} {
		comesBack(t, send).Want(201)
	}
	wantReady(t, lin, "ok", "ok")
	office.WantEvents(p.id, "issue.reported", "issue.filed")
	p.comesAgain(t)
	s.Audit()
}

// comesAgain fails unless a photo is safe and its spool empty.
func (p *promised) comesAgain(t *testing.T) {
	t.Helper()
	p.Upload(p.id, p.p).Want(200)
	if left, err := os.ReadDir(p.Core.Blobs.SpoolDir()); err != nil || len(left) > 0 {
		t.Errorf("the spool holds %v, %v", left, err)
	}
}

func TestTheDatabaseBreaksAgainAndAgain(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	lin, office := s.As("lin"), s.As("office")
	id := lin.ReportsMud()
	database, _ := s.Between(t)
	const comments = 60
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for n := range comments / 4 {
				action, body := inspect.NewID(), M{"note": fmt.Sprintf("%d.%d", worker, n), "done_at": s.Now().UTC().Format(time.RFC3339Nano)}
				comesBack(t, func() *servertest.Answer { return office.ActsAs(id, action, "comment", body) }).Want(200, 201) // 200 where only the answer was lost
				if n%2 == 0 {
					database.Cut() // in the middle of what the others do
					database.Mend()
				}
			}
		})
	}
	all.Wait()
	want := []string{"issue.reported"}
	for range comments {
		want = append(want, "issue.commented")
	}
	comesBack(t, func() *servertest.Answer { return office.Do(http.MethodGet, "/api/v1/me", nil) }).Want(200)
	office.WantEvents(id, want...)
	s.Audit()
}

func TestThePhotoStoreIsAway(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	lin := s.As("lin")
	p, before := promise(t, lin, servertest.NewPicture("report")), promise(t, lin, servertest.NewPicture("report"))
	before.comes(t)
	_, photos := s.Between(t)
	photos.Cut()
	wantAway(t, lin.Upload(p.id, p.p))
	p.wantDeclared(t)
	wantAway(t, lin.Do(http.MethodGet, before.path+"/original", nil))
	wantReady(t, lin, "ok", "away")
	id := inspect.NewID()
	lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report()).Want(201) // what needs no bytes goes on
	if a := lin.Upload(before.id, before.p); a.Status != 503 && a.Status != 200 {
		t.Errorf("a photo that is safe: got %d, want 503 or 200", a.Status)
	}
	photos.Mend()
	comesBack(t, func() *servertest.Answer { return lin.Upload(p.id, p.p) }).Want(201)
	wantReady(t, lin, "ok", "ok")
	p.comesAgain(t)
	s.Drain()
	s.Audit()
}

// wantDeclared fails unless a photo is awaited still and nothing of it is left in the spool.
func (p *promised) wantDeclared(t *testing.T) {
	t.Helper()
	var photo struct{ State string }
	if p.Do(http.MethodGet, p.path, nil).Want(200).Into(&photo); photo.State != "declared" {
		t.Errorf("the photo is %s, want declared", photo.State)
	}
	if left, err := os.ReadDir(p.Core.Blobs.SpoolDir()); err != nil || len(left) > 0 {
		t.Errorf("the spool holds %v, %v", left, err)
	}
}

func TestADownloadThatBreaksLooksBroken(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.Postgres)
	p := promise(t, s.As("lin"), big(32<<20))
	p.comes(t)
	_, photos := s.Between(t)
	req, err := http.NewRequest(http.MethodGet, s.URL+p.path+"/original", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Token)
	res, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.CopyN(io.Discard, res.Body, 1000); err != nil {
		t.Fatal(err)
	}
	photos.Cut()
	if n, err := io.Copy(io.Discard, res.Body); err == nil {
		t.Errorf("after the store broke the download ended as if it were whole, after %d bytes", n+1000)
	}
}

// smallDisk is a folder on a disk of its own.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Fatalf("a full disk cannot be tried here, since no small one can be mounted (run the tests as root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill leaves no byte free on the disk of a folder; the result makes room again.
func fill(t *testing.T, dir string) (empty func()) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 4096, 1} {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		err = nil
	}
	return func() {
		if err := os.Remove(f.Name()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheDiskIsFull(t *testing.T) {
	for _, pair := range []servertest.Backend{servertest.SQLite, servertest.Postgres} {
		t.Run(string(pair), func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, pair)
			s.Stop()
			s.Config.Data = smallDisk(t, 24<<20)
			s.Start()
			t.Cleanup(s.Stop) // before the disk goes
			lin := s.As("lin")
			whole := promise(t, lin, servertest.NewPicture("report"))
			whole.comes(t)
			for range 2 { // it recovers, and again
				fullDisk(t, s, lin, whole, pair)
			}
			s.Drain()
			s.Audit()
		})
	}
}

// fullDisk fills the disk, looks at everything, and makes room again.
func fullDisk(t *testing.T, s *servertest.Server, lin *servertest.Client, whole *promised, pair servertest.Backend) {
	t.Helper()
	p := promise(t, lin, big(2<<20))
	empty := fill(t, s.Config.Data)
	wantAway(t, lin.Upload(p.id, p.p))
	p.wantDeclared(t)
	var id inspect.ID
	body := lin.Report()
	if pair == servertest.SQLite { // the other database has a disk of its own
		for status := 0; status != 503; { // what room the log of the database still has is used up first
			id = inspect.NewID()
			a := lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body)
			if status = a.Want(201, 503).Status; status == 503 {
				wantAway(t, a)
			}
		}
		lin.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "later")
	}
	database := "ok"
	if pair == servertest.SQLite {
		database = "" // whether the short write that is tried still finds room is chance
	}
	wantReady(t, lin, database, "away")
	lin.Do(http.MethodGet, "/api/v1/issues", nil).Want(200) // reading goes on
	if a := lin.Do(http.MethodGet, whole.path+"/original", nil).Want(200); string(a.Body) != string(whole.p.Bytes) {
		t.Error("a photo that was safe is not whole")
	}
	empty()
	lin.Upload(p.id, p.p).Want(201)
	if pair == servertest.SQLite {
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
	}
	wantReady(t, lin, "ok", "ok")
	p.comesAgain(t)
}
