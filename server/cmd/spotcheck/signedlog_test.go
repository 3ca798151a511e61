package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheSignedLogByTheCommandLine keeps a checkpoint elsewhere, goes through a backup and a restore, and holds the record against it.
func TestTheSignedLogByTheCommandLine(t *testing.T) {
	t.Parallel()
	from, to, dir := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "backup")
	says(t, "", "demo", "--data="+from, "--issues=3", "--photos=none").want(t, 0, "3 issues")
	a := says(t, "", "log", "--data="+from)
	a.want(t, 1)
	a.sentence(t)
	signed := says(t, "", "log", "--sign", "--data="+from)
	signed.want(t, 0, "spotcheck/", "— spotcheck/")
	key := says(t, "", "log", "--key", "--data="+from)
	key.want(t, 0, "spotcheck/")
	says(t, "", "log", "--pem", "--data="+from).want(t, 0, "-----BEGIN PUBLIC KEY-----")
	kept := filepath.Join(t.TempDir(), "checkpoint.txt")
	if err := os.WriteFile(kept, []byte(signed.out), 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, "", "audit", "--against="+kept, "--data="+from).want(t, 0, "events, 1 signed checkpoints", ": 0 wrong")

	says(t, "", "backup", dir, "--data="+from).want(t, 0, "holds")
	says(t, "", "restore", dir, "--data="+to).want(t, 0, "no key of the log is known here", ": 0 wrong")
	public := strings.TrimSpace(key.out)
	says(t, "", "audit", "--against="+kept, "--log-keys="+public, "--data="+to).want(t, 0, ": 0 wrong")
	if again := says(t, "", "log", "--data="+to); again.out != signed.out {
		t.Errorf("the restored log is signed as %q, want %q", again.out, signed.out)
	}
	a = says(t, "", "log", "--sign", "--data="+to) // the key is in no backup
	a.want(t, 1)
	a.sentence(t)
	secret, err := os.ReadFile(filepath.Join(from, "log.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "log.key"), secret, 0o600); err != nil {
		t.Fatal(err)
	}
	if grown := says(t, "", "log", "--sign", "--data="+to); grown.out == signed.out {
		t.Error("a restored log goes on, and its checkpoint does not")
	} else {
		grown.want(t, 0, "spotcheck/")
	}
	says(t, "", "audit", "--against="+kept, "--data="+to).want(t, 0, "events, 2 signed checkpoints", ": 0 wrong")
	says(t, "", "audit", "--log-keys=nonsense", "--data="+to).want(t, 2, "want a public key of a log")
}
