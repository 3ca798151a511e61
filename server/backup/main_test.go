package backup_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/app"
	"spotcheck/server/backup"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

type M = servertest.M

// TestMain is a child where a server in a test starts one, as main is in the program.
func TestMain(m *testing.M) {
	if code, child := app.RunChild(os.Args, os.Stdin, os.Stdout, os.Stderr); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// pairOf is the pair that a server runs on.
func pairOf(s *servertest.Server) servertest.Backend {
	if s.Postgres() {
		return servertest.Postgres
	}
	return servertest.SQLite
}

// backs copies a server that is at work, and fails the test unless nothing was lost.
func backs(t *testing.T, s *servertest.Server, dir string) backup.Report {
	t.Helper()
	r, err := app.Backup(context.Background(), s.Config, slog.New(slog.DiscardHandler), core.Clock, dir, app.BackupOptions{Program: "test"})
	if err != nil || len(r.Lost) > 0 {
		t.Fatalf("lost %v: %v", r.Lost, err)
	}
	return r
}

// restores makes a server from a backup in a place of its own.
func restores(t *testing.T, p servertest.Backend, dir string) *servertest.Server {
	t.Helper()
	c := servertest.Settings(t, p)
	if _, err := restored(t.Context(), c, dir, nil); err != nil {
		t.Fatal(err)
	}
	return servertest.On(t, c)
}

func restored(ctx context.Context, c config.Config, dir string, told func(done, all int64)) (backup.Report, error) {
	return app.Restore(ctx, c, slog.New(slog.DiscardHandler), core.Clock, dir, app.RestoreOptions{Progress: told})
}

// wantRefused fails unless the error is one sentence with these words.
func wantRefused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("not refused; want %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %q, want a sentence with %q", err, w)
		}
	}
}

// kept is the path of the bytes of a photo in a backup.
func kept(dir string, p servertest.Picture) string {
	return filepath.Join(dir, "blobs", filepath.FromSlash(photos.OriginalKey(p.SHA256())))
}

// reports makes an issue with one photo that is safe and has its small pictures.
func reports(s *servertest.Server, c *servertest.Client) (inspect.ID, servertest.Picture) {
	id, p := inspect.NewID(), servertest.NewPicture("report")
	c.Do("PUT", "/api/v1/issues/"+id.String(), c.Report(p)).Want(201)
	c.Sends(id, p)
	s.Drain()
	return id, p
}
