package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

// auditArgs are the flags and variables by which the command finds the installation of a test.
func auditArgs(t *testing.T, s *servertest.Server) []string {
	args := []string{"audit", "--data", s.Config.Data}
	if c := s.Config; c.DatabaseURL != "" {
		t.Setenv("SPOTCHECK_S3_KEY", c.S3Key)
		t.Setenv("SPOTCHECK_S3_SECRET", string(c.S3Secret))
		args = append(args, "--database-url", string(c.DatabaseURL), "--s3-endpoint", c.S3Endpoint, "--s3-bucket", c.S3Bucket)
	}
	return args
}

func TestAuditByTheCommandLine(t *testing.T) {
	for _, pair := range servertest.Pairs() {
		t.Run(string(pair), func(t *testing.T) {
			s := servertest.New(t, pair)
			lin, pic := s.As("lin"), servertest.NewPicture("report")
			id, _ := reportsOne(lin)
			lin.Declares(id, pic).Want(201)
			lin.Sends(id, pic)
			s.Drain()
			c, err := s.Core.Ledger.TakeCheckpoint(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			body, err := c.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			outside := filepath.Join(t.TempDir(), "checkpoint.json")
			if err := os.WriteFile(outside, body, 0o600); err != nil {
				t.Fatal(err)
			}
			args := auditArgs(t, s)
			says(t, "", args...).want(t, 0, "1 issues, 2 photos, 1 originals, 2 renditions, 1 checkpoints: 0 wrong")
			says(t, "", append(args, "--against", outside)...).want(t, 0, ": 0 wrong")

			m := s.Tampers()
			m.Changes("issue", "due_at = 1795000000000", "number LIKE '%'")
			a := says(t, "", args...)
			a.want(t, 1, "WRONG  issue/"+id.String(), "due at", ": 1 wrong")
			if a.err != "" {
				t.Errorf("a finding is no complaint: %s", a.err)
			}
			m.PutsBlob(photos.OriginalKey(pic.SHA256()), []byte("something else"))
			says(t, "", args...).want(t, 1, "WRONG  photo/"+pic.ID.String(), "were changed", ": 2 wrong")
			m.Restore()
			m.PutsBlob("lost.txt", []byte("a note"))
			says(t, "", args...).want(t, 0, "note   lost.txt", ": 0 wrong")
			m.Restore()

			if err := os.WriteFile(outside, []byte(strings.Replace(string(body), `"events":`, `"events":9`, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			says(t, "", append(args, "--against", outside)...).want(t, 1, "WRONG  checkpoint", "record.cut")
			if err := os.WriteFile(outside, []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
			says(t, "", append(args, "--against", outside)...).want(t, 1, "the checkpoint to compare with")
			says(t, "", append(args, "--against", outside+".missing")...).want(t, 1, "no such file")
			last := s.Audit().LastEvent
			says(t, "", args...).want(t, 0, fmt.Sprintf("up to number %d", last))
			if got := s.Audit().LastEvent; got != last+1 {
				t.Errorf("an audit left %d lines on record, want one", got-last)
			}
		})
	}
}
