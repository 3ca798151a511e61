package httpapi_test

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"spotcheck/pkg/needs"
	"spotcheck/server/servertest"
)

// freePort is a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// nginx runs the file that we ship in front of an address, and gives its own.
func nginx(t *testing.T, behind string) string {
	t.Helper()
	shipped, err := os.ReadFile("../../scripts/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	dir, address := t.TempDir(), freePort(t)
	text := regexp.MustCompile(`(?m)^ *server spotcheck-b.*\n`).ReplaceAllString(string(shipped), "")
	text = strings.NewReplacer("spotcheck-a:8080", behind, "listen 8080", "listen "+address, "/tmp/", dir+"/", "/dev/stderr", dir+"/log").Replace(text)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte("daemon off;\nmaster_process off;\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "nginx", "-e", dir+"/log", "-c", file)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() }) // ended by its signal
	for began := time.Now(); time.Since(began) < 20*time.Second; {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = conn.Close()
			return address
		}
	}
	said, _ := os.ReadFile(dir + "/log")
	t.Fatalf("nginx does not listen: %s", said)
	return ""
}

// TestBehindTwoProxiesEachClientIsItself: nobody is held back for what others do, and the log knows who came, whatever they pretend.
func TestBehindTwoProxiesEachClientIsItself(t *testing.T) {
	needs.Program(t, "nginx")
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	s.Stop()
	s.Config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	s.Start()
	front := nginx(t, nginx(t, s.API.Addr()))
	// Of this machine's addresses the proxies have the first one; clients come from others.
	logIn := func(from, pretends, password string) int {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true,
			DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext}}
		body := fmt.Sprintf(`{"name":"lin","password":%q,"device":"test"}`, password)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+front+"/api/v1/sessions", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if pretends != "" {
			req.Header.Set("X-Forwarded-For", pretends)
			req.Header.Set("Forwarded", "for="+pretends)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode
	}
	for n := range 8 {
		logIn("127.0.0.2", fmt.Sprintf("198.51.100.%d", n), "not the password")
	}
	if got := logIn("127.0.0.2", "198.51.100.99", "correct horse battery"); got != http.StatusTooManyRequests {
		t.Errorf("who guessed, and pretends to be others: got %d, want 429", got)
	}
	if got := logIn("127.0.0.3", "", "correct horse battery"); got != http.StatusCreated {
		t.Errorf("somebody else behind the same proxies: got %d, want 201", got)
	}
	var log struct {
		Entries []struct{ Kind, Address string }
	}
	s.As("admin").Do(http.MethodGet, "/api/v1/security-log", nil).Want(200).Into(&log)
	seen := map[string]bool{}
	for _, e := range log.Entries {
		seen[e.Kind+" "+e.Address] = true
	}
	if !seen["login 127.0.0.3"] || !seen["login.refused 127.0.0.2"] || !seen["login.limited 127.0.0.2"] {
		t.Errorf("the log holds %v", seen)
	}
}
