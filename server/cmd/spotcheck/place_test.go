package main

import (
	"os"
	"path/filepath"
	"testing"

	"spotcheck/server/config"
	"spotcheck/server/servertest"
)

// flagsOf are the flags and variables by which the command finds a place.
func flagsOf(t *testing.T, c config.Config) []string {
	args := []string{"--data", c.Data}
	if c.DatabaseURL != "" {
		t.Setenv("SPOTCHECK_S3_KEY", c.S3Key)
		t.Setenv("SPOTCHECK_S3_SECRET", string(c.S3Secret))
		args = append(args, "--database-url", string(c.DatabaseURL), "--s3-endpoint", c.S3Endpoint, "--s3-bucket", c.S3Bucket)
	}
	return args
}

// TestCommandsThatAskMakeNothing sends every command that asks or changes to a place without a city.
func TestCommandsThatAskMakeNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "areas.csv")
	if err := os.WriteFile(file, []byte("code,name,level\n1,City,city\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pair := range servertest.Pairs() {
		t.Run(string(pair), func(t *testing.T) {
			c := servertest.Settings(t, pair)
			c.Data = filepath.Join(c.Data, "typo")
			for _, args := range [][]string{{"audit"}, {"audit", "--figures"}, {"report", "week"}, {"user", "password", "lin"}, {"user", "disable", "lin"},
				{"areas", "import", file, "--datum", "wgs84"}, {"backup", t.TempDir()}} {
				a := says(t, "", append(args, flagsOf(t, c)...)...)
				a.want(t, 1, "there is no city in")
				a.sentence(t)
			}
			if found, err := os.ReadDir(c.Data); pair == servertest.SQLite && !os.IsNotExist(err) {
				t.Errorf("something was made: %v, %v", found, err)
			}
			says(t, "", append([]string{"migrate"}, flagsOf(t, c)...)...).want(t, 0)
			says(t, "", append([]string{"audit"}, flagsOf(t, c)...)...).want(t, 0, ": 0 wrong")
		})
	}
}

// TestACityIsNotBegunBesideAnother starts with the settings of another place beside a folder that holds a city.
func TestACityIsNotBegunBesideAnother(t *testing.T) {
	from := filepath.Join(t.TempDir(), "data")
	says(t, "", "demo", "--data="+from, "--issues=2", "--photos=none").want(t, 0, "2 issues")
	gone := func(t *testing.T, names ...string) string {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	refused := func(t *testing.T, words string, args ...string) {
		t.Helper()
		a := says(t, "", append([]string{"migrate"}, args...)...)
		a.want(t, 1, words, "--begin-empty")
		a.sentence(t)
		says(t, "", append([]string{"migrate", "--begin-empty=yes"}, args...)...).want(t, 0, "The database has schema")
		says(t, "", append([]string{"migrate"}, args...)...).want(t, 0, "The database has schema")
	}
	t.Run("photos without their database", func(t *testing.T) {
		refused(t, "holds photos of a city, and there is no database", "--data="+gone(t, "spotcheck.db"))
	})
	t.Run("changes without their database", func(t *testing.T) {
		dir := gone(t, "photos")
		if err := os.Rename(filepath.Join(dir, "spotcheck.db"), filepath.Join(dir, "spotcheck.db-wal")); err != nil {
			t.Fatal(err)
		}
		refused(t, "changes of a database that is gone", "--data="+dir)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		c := servertest.Settings(t, servertest.Postgres)
		c.Data = gone(t)
		refused(t, "holds a city, and the database of --database-url is empty", flagsOf(t, c)...)
	})
	t.Run("a bucket", func(t *testing.T) {
		c := servertest.Settings(t, servertest.Postgres)
		flagsOf(t, c)
		args := []string{"--data=" + gone(t), "--s3-endpoint", c.S3Endpoint, "--s3-bucket", c.S3Bucket}
		a := says(t, "", append([]string{"migrate"}, args...)...)
		a.want(t, 1, "that of a city with photos, and the bucket", "--begin-empty")
		a.sentence(t)
	})
}

// TestRestoreBesideWhatIsLeft refuses a place where the changes of another database lie: SQLite would take them for those of the restored one.
func TestRestoreBesideWhatIsLeft(t *testing.T) {
	from, dir := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	says(t, "", "demo", "--data="+from, "--issues=2", "--photos=none").want(t, 0, "2 issues")
	says(t, "", "backup", dir, "--data="+from).want(t, 0, "holds")
	for _, end := range []string{"-wal", "-shm", "-journal"} {
		to := t.TempDir()
		left := filepath.Join(to, "spotcheck.db"+end)
		if err := os.WriteFile(left, []byte("changes of another city"), 0o600); err != nil {
			t.Fatal(err)
		}
		a := says(t, "", "restore", dir, "--data="+to)
		a.want(t, 1, "spotcheck.db"+end+" is left of another database")
		a.sentence(t)
		if err := os.Remove(left); err != nil {
			t.Fatal(err)
		}
		says(t, "", "restore", dir, "--data="+to).want(t, 0, "Restored the database", "2 issues", ": 0 wrong")
	}
}
