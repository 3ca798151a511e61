package main

import (
	"encoding/pem"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// TestAPhotoStoreBehindTLS reaches MinIO through a proxy with a certificate that only SSL_CERT_FILE vouches for, with its
// keys in files.
func TestAPhotoStoreBehindTLS(t *testing.T) {
	t.Parallel()
	c := servertest.Settings(t, servertest.Postgres)
	target, err := url.Parse(c.S3Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	sealed := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(target))
	defer sealed.Close()
	file := func(name, text string) string {
		path := filepath.Join(c.Data, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	authority := file("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sealed.Certificate().Raw})))
	env := []string{"PATH=" + os.Getenv("PATH"), "SPOTCHECK_S3_KEY_FILE=" + file("key", c.S3Key+"\n"), "SPOTCHECK_S3_SECRET_FILE=" + file("secret", string(c.S3Secret)+"\n"),
		"SPOTCHECK_DATABASE_URL_FILE=" + file("database", string(c.DatabaseURL)+"\n")}
	run := func(env []string) (string, error) {
		cmd := exec.Command(binary, "demo", "--issues", "2", "--data", filepath.Join(c.Data, "data"), "--s3-endpoint", sealed.URL, "--s3-bucket", c.S3Bucket)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(env); err == nil || !strings.Contains(out, "SSL_CERT_FILE names") {
		t.Errorf("an unknown authority: %v\n%s", err, out)
	}
	if out, err := run(append(env, "SSL_CERT_FILE="+authority)); err != nil || !strings.Contains(out, "2 issues") {
		t.Errorf("with the authority: %v\n%s", err, out)
	}
}
