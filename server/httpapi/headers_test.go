package httpapi_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"spotcheck/server/httpapi"
	"spotcheck/server/servertest"
)

func TestWhatPeopleReadIsKeptNowhere(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	lin := s.As("lin")
	id := lin.ReportsMud()
	for _, path := range []string{"/api/v1/me", "/api/v1/issues", "/api/v1/issues/" + id.String(), "/api/v1/issues/" + id.String() + "/events", "/api/v1/sessions",
		"/api/v1/todo", "/api/v1/bootstrap"} {
		if got := lin.Do(http.MethodGet, path, nil).Header.Get("Cache-Control"); !strings.Contains(got, "no-store") && !strings.Contains(got, "private") {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
	if got := lin.Do(http.MethodGet, "/api/docs", nil).Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("the contract's page may be framed: %s", got)
	}
}

// TestTheContractsPageIsMadeOnce: it is for everybody, and whoever asks for it again and again costs nothing.
func TestTheContractsPageIsMadeOnce(t *testing.T) {
	t.Parallel()
	lin := servertest.New(t, servertest.SQLite).As("lin")
	first := lin.Do(http.MethodGet, "/api/docs", nil).Want(200)
	began := time.Now()
	for range 50 {
		if a := lin.Do(http.MethodGet, "/api/docs", nil).Want(200); !bytes.Equal(a.Body, first.Body) {
			t.Fatal("the page differs")
		}
	}
	t.Logf("%s each", time.Since(began)/50)
}

func TestAProxyThatNobodyTrustsIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	var said bytes.Buffer
	a, err := httpapi.Listen(httpapi.Options{Core: s.Core, Log: slog.New(slog.NewTextHandler(&said, nil)), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	serves(t, a)
	for range 3 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addr()+"/livez", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", "192.0.2.1")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(said.String(), "--trusted-proxies"); n != 1 {
		t.Errorf("it was said %d times: %s", n, said.String())
	}
}

// TestACertificateIsRenewedWhileTheServerRuns: a new one is used from the next connection on, a broken one is not, and browsers are told to come by TLS.
func TestACertificateIsRenewedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	cert, key, trust := certificate(t)
	a, err := httpapi.Listen(httpapi.Options{Core: s.Core, Log: slog.New(slog.DiscardHandler), Addr: "127.0.0.1:0", TLSCert: cert, TLSKey: key})
	if err != nil {
		t.Fatal(err)
	}
	serves(t, a)
	asks := func(c *tls.Config) (*http.Response, error) {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: c}}
		res, err := client.Get("https://" + a.Addr() + "/livez")
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			err = res.Body.Close()
		}
		return res, err
	}
	res, err := asks(&tls.Config{RootCAs: trust})
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=") {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
	if _, err := asks(&tls.Config{RootCAs: trust, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}); err == nil {
		t.Error("an old cipher was agreed upon")
	}

	newCert, newKey, newTrust := certificate(t)
	replace := func(from, to string, at time.Time) {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(to, at, at); err != nil {
			t.Fatal(err)
		}
	}
	later := time.Now().Add(time.Minute)
	replace(newCert, cert, later) // the key is not there yet
	if _, err := asks(&tls.Config{RootCAs: trust}); err != nil {
		t.Errorf("between the two files the old certificate is gone: %v", err)
	}
	replace(newKey, key, later)
	if _, err := asks(&tls.Config{RootCAs: newTrust}); err != nil {
		t.Errorf("the new certificate is not used: %v", err)
	}
}
