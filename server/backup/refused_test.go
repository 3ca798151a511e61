package backup_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/app"
	"spotcheck/server/core"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

func TestADamagedBackupIsRefused(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		_, p := reports(s, s.As("lin"))
		reports(s, s.As("lin"))
		dir := t.TempDir()
		backs(t, s, dir)
		file := func(pattern string) string {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil || len(found) != 1 {
				t.Fatalf("%s: %v, %v", pattern, found, err)
			}
			return found[0]
		}
		flip := func(path string) error {
			b, err := os.ReadFile(path)
			if err == nil {
				b[len(b)/2] ^= 1
				err = os.WriteFile(path, b, 0o600)
			}
			return err
		}
		cut := func(path string) error { return os.Truncate(path, 20) }
		original := "blobs/" + photos.OriginalKey(p.SHA256())
		tests := map[string]struct {
			file  string
			harm  func(string) error
			words string
		}{
			"one bit of a photo":      {original, flip, original + " has another digest"},
			"a photo that is cut":     {original, cut, original + " has another digest"},
			"a photo that is gone":    {original, os.Remove, original + " is missing"},
			"one bit of the database": {"database/*", flip, "database/"},
			"a database that is gone": {"database/*", os.Remove, "is missing"},
			"one bit of the list":     {"*.sha256", flip, ".sha256 has another digest"},
			"a list that is gone":     {"*.sha256", os.Remove, ".sha256 is missing"},
			"a manifest that is cut":  {"manifest.json", cut, "manifest.json cannot be read"},
			"a manifest that is gone": {"manifest.json", os.Remove, "no whole backup"},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				path := file(tt.file)
				whole, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					if err := os.WriteFile(path, whole, 0o600); err != nil {
						t.Error(err)
					}
				}()
				if err := tt.harm(path); err != nil {
					t.Fatal(err)
				}
				c := servertest.Settings(t, pairOf(s))
				_, err = restored(t.Context(), c, dir, nil)
				wantRefused(t, err, tt.words)
				if !strings.HasPrefix(tt.file, "blobs/") {
					return
				}
				c = servertest.Settings(t, pairOf(s))
				r, err := app.Restore(t.Context(), c, slog.New(slog.DiscardHandler), core.Clock, dir, app.RestoreOptions{AllowDamage: true})
				if err != nil || len(r.Lost) != 1 || !strings.Contains(r.Lost[0], original) {
					t.Errorf("despite the damage: lost %v, %v", r.Lost, err)
				}
				if wrong, _ := servertest.On(t, c).Findings(nil); len(wrong) != 1 || wrong[0].Subject != "photo/"+p.ID.String() {
					t.Errorf("despite the damage: the audit finds %v", wrong)
				}
			})
		}
		restores(t, pairOf(s), dir).Audit()
	})
}

func TestARestoreWantsAnEmptyPlace(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		reports(s, s.As("lin"))
		dir := t.TempDir()
		backs(t, s, dir)
		_, err := restored(t.Context(), s.Config, dir, nil)
		wantRefused(t, err, "the database is not empty")

		c := servertest.Settings(t, pairOf(s))
		filled := c
		filled.DatabaseURL = servertest.Settings(t, pairOf(s)).DatabaseURL
		if _, err := restored(t.Context(), filled, dir, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(c.Data, "spotcheck.db")); err != nil {
			t.Fatal(err)
		}
		_, err = restored(t.Context(), c, dir, nil)
		wantRefused(t, err, "there are photos already")

		other := map[servertest.Backend]servertest.Backend{servertest.SQLite: servertest.Postgres, servertest.Postgres: servertest.SQLite}[pairOf(s)]
		_, err = restored(t.Context(), servertest.Settings(t, other), dir, nil)
		wantRefused(t, err, "--database-url")
		s.Audit() // nothing was touched
	})
}

func TestWhereABackupIsNotTaken(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	take := func(c string, dir string) error {
		config := s.Config
		config.Data = c
		_, err := app.Backup(t.Context(), config, slog.New(slog.DiscardHandler), core.Clock, dir, app.BackupOptions{Program: "test"})
		return err
	}
	t.Run("a folder with other things", func(t *testing.T) {
		wantRefused(t, take(s.Config.Data, s.Config.Data), "holds other things than backups")
	})
	t.Run("of nothing", func(t *testing.T) {
		empty := t.TempDir()
		wantRefused(t, take(empty, t.TempDir()), "there is no city in", empty)
		if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
			t.Errorf("something was made: %v, %v", left, err)
		}
	})
}
