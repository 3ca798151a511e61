package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

func TestARestoredServerGoesOn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		id, p := reports(s, lin)
		office.Assigns(id, "longhua-sanitation", 1000*60*60*1e9)
		s.As("crew").Fixes(id)
		half, q := inspect.NewID(), servertest.NewPicture("report")
		lin.Do(http.MethodPut, "/api/v1/issues/"+half.String(), lin.Report(q)).Want(http.StatusCreated)
		signed(s)
		s.Drain()
		if _, err := s.Core.Ledger.TakeCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		var feed struct{ Cursor string }
		lin.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(http.StatusOK).Into(&feed)
		before := s.Audit()
		dir := t.TempDir()
		if r := backs(t, s, dir); r.Copied != r.Files-1 || r.Snapshot.LastEvent != before.LastEvent {
			t.Errorf("the first backup: %+v, of %d events", r, before.LastEvent)
		}
		if r := backs(t, s, dir); r.Copied != 0 || r.Removed != 0 {
			t.Errorf("nothing was new, and %d files were copied, %d removed", r.Copied, r.Removed)
		}

		to := restores(t, pairOf(s), dir)
		want := before // and that the first backup was made, and that the second was restored
		want.Events, want.Streams, want.LastEvent = before.Events+2, before.Streams+2, before.LastEvent+2
		if diff := cmp.Diff(want, to.Audit()); diff != "" {
			t.Errorf("what the audit counts (-before +after):\n%s", diff)
		}
		phone := (&servertest.Client{Server: to, Name: "lin", Token: lin.Token}).WithT(t)
		phone.Do(http.MethodGet, "/api/v1/changes?since="+feed.Cursor, nil).WantProblem(410, "changes.resync", "never")
		phone.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(http.StatusOK).Into(&feed)
		phone.Do(http.MethodGet, "/api/v1/changes?since="+feed.Cursor, nil).Want(http.StatusOK)
		got := phone.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/photos/"+p.ID.String()+"/original", nil).Want(http.StatusOK)
		if !bytes.Equal(got.Body, p.Bytes) {
			t.Error("the photo came back as other bytes")
		}
		phone.Sends(half, q) // what was on its way comes again
		phone.ReportsMud()
		phone.Verifies(id, "pass")
		to.Drain()
		if sum := to.Audit(); sum.Issues != before.Issues+1 || sum.Photos != before.Photos+1 {
			t.Errorf("afterwards: %+v", sum)
		}
	})
}

// signed puts a shop that signed for its front, with a scan.
func signed(s *servertest.Server) {
	admin, scan := s.As("admin"), servertest.NewPicture("report")
	admin.Do(http.MethodPut, "/api/v1/places/"+servertest.ID("shop").String(), servertest.M{"kind": "shopfront", "name": "老王小吃",
		"position": servertest.M{"lat": 20.03, "lon": 110.33, "datum": "gcj02"}, "valid_from": "2026-01-01"}).Want(http.StatusCreated)
	front := "/api/v1/agreements/" + servertest.ID("front").String()
	admin.Do(http.MethodPut, front, servertest.M{"place": servertest.ID("shop"), "kind": "three_fronts", "signed_on": "2026-01-01"}).Want(http.StatusCreated)
	admin.Send(http.MethodPut, front+"/scan", scan.Bytes, http.Header{"Content-Type": {"application/octet-stream"}, "Content-Digest": {scan.Digest()}}).Want(http.StatusCreated)
}

// TestABackupUnderLoadIsConsistent takes backups while people report, send and erase, and restores two of them.
func TestABackupUnderLoadIsConsistent(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, office2 := s.As("office"), s.As("office2")
		var work sync.WaitGroup
		for _, name := range []string{"lin", "wang"} {
			reporter := s.As(name)
			work.Go(func() {
				for n := range 12 {
					id, p := inspect.NewID(), servertest.NewPicture("report")
					reporter.Do(http.MethodPut, "/api/v1/issues/"+id.String(), reporter.Report(p)).Want(http.StatusCreated)
					reporter.Sends(id, p)
					if err := s.Core.Photos.Render(context.Background(), photos.RenderPhoto{Photo: p.ID.String()}); err != nil {
						t.Error(err)
					}
					if n%2 == 0 {
						continue
					}
					for _, who := range []*servertest.Client{office, office2} {
						who.Acts(id, "erase", M{"photo": p.ID, "reason": "测试"}).Want(http.StatusCreated)
					}
					s.RemovesErased()
				}
			})
		}
		done := make(chan struct{})
		go func() { work.Wait(); close(done) }()
		dir, middle, n := t.TempDir(), t.TempDir(), 0
		for working := true; working; n++ {
			select {
			case <-done:
				working = false
			default:
			}
			backs(t, s, dir)
			if n == 1 {
				if err := os.CopyFS(middle, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, d := range []string{middle, dir} {
			restores(t, pairOf(s), d).Audit()
		}
		if last := restores(t, pairOf(s), dir).Audit(); last.Issues != 24 || last.Blobs != 12 {
			t.Errorf("after %d backups the last holds %+v", n, last)
		}
	})
}

func TestAnInterruptedBackupGoesOn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		for range 4 {
			reports(s, lin)
		}
		dir := t.TempDir()
		cut := func(after int64) error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := app.Backup(ctx, s.Config, slog.New(slog.DiscardHandler), core.Clock, dir, app.BackupOptions{Program: "test", Progress: func(done, _ int64) {
				if done >= after {
					cancel()
				}
			}})
			return err
		}
		if err := cut(5); !errors.Is(err, context.Canceled) {
			t.Fatalf("an interrupted backup: got %v", err)
		}
		_, err := restored(t.Context(), servertest.Settings(t, pairOf(s)), dir, nil)
		wantRefused(t, err, "no whole backup", dir)
		r := backs(t, s, dir)
		if r.Copied == 0 || r.Copied > r.Files-1-5 {
			t.Errorf("after 5 of %d files it copied %d", r.Files-1, r.Copied)
		}
		reports(s, lin)
		if err := cut(r.Files); !errors.Is(err, context.Canceled) { // one that has a whole one before it
			t.Fatalf("an interrupted backup: got %v", err)
		}
		if sum := restores(t, pairOf(s), dir).Audit(); sum.Issues != 4 {
			t.Errorf("the backup before it: %+v", sum)
		}
		backs(t, s, dir)
		if files, err := filepath.Glob(filepath.Join(dir, "database", "*")); err != nil || len(files) != 1 {
			t.Errorf("databases are left: %v, %v", files, err)
		}

		to := servertest.Settings(t, pairOf(s))
		for _, after := range []int64{2, 6} {
			ctx, cancel := context.WithCancel(t.Context())
			if _, err := restored(ctx, to, dir, func(done, _ int64) {
				if done >= after {
					cancel()
				}
			}); !errors.Is(err, context.Canceled) {
				t.Fatalf("an interrupted restore: got %v", err)
			}
			_, err := app.Open(t.Context(), to, slog.New(slog.DiscardHandler), core.Clock)
			wantRefused(t, err, "a restore into", "interrupted")
		}
		if r, err = restored(t.Context(), to, dir, nil); err != nil || r.Copied > r.Files-6 {
			t.Errorf("after 6 of %d files it copied %d: %v", r.Files, r.Copied, err)
		}
		if sum := servertest.On(t, to).Audit(); sum.Issues != 5 || sum.Blobs != 5 {
			t.Errorf("got %+v", sum)
		}
	})
}

func TestAnErasedPhotoLeavesTheBackup(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		id, p := reports(s, s.As("lin"))
		_, other := reports(s, s.As("lin"))
		dir := t.TempDir()
		backs(t, s, dir)
		for _, who := range []string{"office", "office2"} {
			s.As(who).Acts(id, "erase", M{"photo": p.ID, "reason": "拍到未成年人"}).Want(http.StatusCreated)
		}
		if _, err := os.Stat(kept(dir, p)); err != nil {
			t.Fatal(err)
		}
		if r := backs(t, s, dir); r.Removed != 3 { // the original and two small pictures
			t.Errorf("%d files were removed", r.Removed)
		}
		if _, err := os.Stat(kept(dir, p)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the erased photo is still there: %v", err)
		}
		if _, err := os.Stat(kept(dir, other)); err != nil {
			t.Error(err)
		}
		restores(t, pairOf(s), dir).Audit()
	})
}

// TestAPhotoErasedBeforeItIsCopied erases all photos once the first is copied: the backup begins anew and holds none.
func TestAPhotoErasedBeforeItIsCopied(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		photos := map[inspect.ID]servertest.Picture{}
		for range 4 {
			id, p := reports(s, s.As("lin"))
			photos[id] = p
		}
		office, office2 := s.As("office"), s.As("office2")
		var erase sync.Once
		dir := t.TempDir()
		r, err := app.Backup(t.Context(), s.Config, slog.New(slog.DiscardHandler), core.Clock, dir, app.BackupOptions{Program: "test", Progress: func(int64, int64) {
			erase.Do(func() {
				for id, p := range photos {
					for _, who := range []*servertest.Client{office, office2} {
						who.Acts(id, "erase", M{"photo": p.ID, "reason": "测试"}).Want(http.StatusCreated)
					}
				}
				s.RemovesErased()
			})
		}})
		if err != nil || len(r.Lost) > 0 || r.Files != 1 || r.Removed == 0 {
			t.Errorf("got %+v, %v; want the database alone", r, err)
		}
		restores(t, pairOf(s), dir).Audit()
	})
}

// TestADamagedBackupIsMendedByTheNext has a disk that forgets: a byte of a photo, the end of another one, the manifest.
func TestADamagedBackupIsMendedByTheNext(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		_, rotten := reports(s, s.As("lin"))
		_, short := reports(s, s.As("lin"))
		dir := t.TempDir()
		backs(t, s, dir)
		flipped := bytes.Clone(rotten.Bytes)
		flipped[len(flipped)/2] ^= 1
		manifest := filepath.Join(dir, "manifest.json")
		raw, err := os.ReadFile(manifest)
		if err != nil {
			t.Fatal(err)
		}
		for name, b := range map[string][]byte{kept(dir, rotten): flipped, kept(dir, short): short.Bytes[:10]} {
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r := backs(t, s, dir)
		slices.Sort(r.Mended)
		want := []string{photos.OriginalKey(rotten.SHA256()), photos.OriginalKey(short.SHA256())}
		slices.Sort(want)
		if len(r.Mended) != 2 || !strings.HasPrefix(r.Mended[0], want[0]) || !strings.HasPrefix(r.Mended[1], want[1]) {
			t.Errorf("mended %v, want %v", r.Mended, want)
		}
		for _, damaged := range [][]byte{nil, raw[:len(raw)/2], []byte("{}")} {
			if err := os.WriteFile(manifest, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			if r := backs(t, s, dir); len(r.Mended) != 1 || !strings.Contains(r.Mended[0], "manifest.json") {
				t.Errorf("with a manifest of %q: mended %v", damaged, r.Mended)
			}
		}
		to := restores(t, pairOf(s), dir)
		to.Audit()
		for _, p := range []servertest.Picture{rotten, short} {
			if !bytes.Equal(to.Blob(photos.OriginalKey(p.SHA256())), p.Bytes) {
				t.Error("a photo was restored as other bytes")
			}
		}
	})
}

func TestWhatIsLostDoesNotKeepTheRestFromBeingSafe(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		_, gone := reports(s, s.As("lin"))
		_, changed := reports(s, s.As("lin"))
		_, whole := reports(s, s.As("lin"))
		dir := t.TempDir()
		if err := s.Core.Blobs.Delete(t.Context(), photos.OriginalKey(gone.SHA256())); err != nil {
			t.Fatal(err)
		}
		if err := s.Core.Blobs.Put(t.Context(), photos.OriginalKey(changed.SHA256()), []byte("something else")); err != nil {
			t.Fatal(err)
		}
		r, err := app.Backup(t.Context(), s.Config, slog.New(slog.DiscardHandler), core.Clock, dir, app.BackupOptions{Program: "test"})
		if err != nil || len(r.Lost) != 2 {
			t.Fatalf("lost %v: %v", r.Lost, err)
		}
		if _, err := os.Stat(kept(dir, whole)); err != nil {
			t.Error(err)
		}
		c := servertest.Settings(t, pairOf(s))
		if r, err = restored(t.Context(), c, dir, nil); err != nil || len(r.Lost) != 2 {
			t.Errorf("restored, lost %v: %v", r.Lost, err)
		}
		if wrong, _ := servertest.On(t, c).Findings(nil); len(wrong) != 2 {
			t.Errorf("the audit finds %v", wrong)
		}
	})
}
