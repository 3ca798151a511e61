package minioblob_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/needs"
	"spotcheck/server/blob"
	"spotcheck/server/blob/blobtest"
	"spotcheck/server/blob/minioblob"
)

// options give the MinIO that the test script started, with a bucket of the test's own.
func options(t *testing.T) minioblob.Options {
	t.Helper()
	u, err := url.Parse(needs.Service(t, "SPOTCHECK_TEST_S3"))
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	bucket := "test-" + strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, time.Now().Format("150405.000000000")))
	return minioblob.Options{Endpoint: u.Scheme + "://" + u.Host, Bucket: bucket, Key: u.User.Username(), Secret: secret, SpoolDir: t.TempDir()}
}

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store {
		s, err := minioblob.Open(t.Context(), options(t))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestAStoreThatIsAwaySaysSo(t *testing.T) {
	s, err := minioblob.Open(t.Context(), minioblob.Options{Endpoint: "http://127.0.0.1:1", Bucket: "none", Key: "k", Secret: "secretsecret", SpoolDir: t.TempDir()})
	if !errors.Is(err, blob.ErrUnavailable) {
		t.Fatalf("Open: got %v, want ErrUnavailable", err)
	}
	if err := s.Put(t.Context(), "photo/ab/x", []byte("x")); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("Put: got %v, want ErrUnavailable", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("Ping: got %v, want ErrUnavailable", err)
	}
}
