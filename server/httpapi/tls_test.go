package httpapi_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/server/httpapi"
	"spotcheck/server/servertest"
)

// certificate writes one of its own for the machine itself, and gives the files and who trusts it.
func certificate(t *testing.T) (cert, key string, trust *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trust = x509.NewCertPool()
	trust.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key, trust
}

func TestTLSIsReadAsCarefully(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	lin := s.As("lin")
	id, p := lin.ReportsMud(), servertest.NewPicture("after")
	lin.Declares(id, p).Want(201)
	cert, key, trust := certificate(t)
	a, err := httpapi.Listen(httpapi.Options{Core: s.Core, Log: slog.New(slog.DiscardHandler), Addr: "127.0.0.1:0", TLSCert: cert, TLSKey: key})
	if err != nil {
		t.Fatal(err)
	}
	serves(t, a)
	says := func(t *testing.T, text string) string {
		c, err := tls.Dial("tcp", a.Addr(), &tls.Config{RootCAs: trust})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(all)
	}
	photo := "/api/v1/issues/" + id.String() + "/photos/" + p.ID.String()
	whole := sized("PUT "+photo, lin.Auth()+"Content-Digest: "+p.Digest()+"\r\n", string(p.Bytes))
	for name, tt := range map[string]struct {
		sent   string
		status int
		code   string
	}{
		"a cut photo":         {whole[:len(whole)-5], 400, "photo.incomplete"},
		"a cut chunk":         {"PUT /api/v1/issues/" + id.String() + " HTTP/1.1\r\nHost: h\r\n" + lin.Auth() + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", 400, "request.incomplete"},
		"a body full of more": {sized("PUT "+photo, "Connection: close\r\n", smuggled(3000)), 401, "session.required"},
	} {
		t.Run(name, func(t *testing.T) {
			got := says(t, tt.sent)
			if !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", tt.status)) || !strings.Contains(got, tt.code) || strings.Count(got, "HTTP/1.1 ") != 1 {
				t.Errorf("got %s, want one answer, %d %s", got, tt.status, tt.code)
			}
		})
	}
	if got := says(t, whole); !strings.HasPrefix(got, "HTTP/1.1 201 ") || !strings.Contains(got, p.SHA256()) {
		t.Errorf("a photo: got %s, want a receipt", got)
	}
	if got := says(t, "GET /livez HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200 ") {
		t.Errorf("got %s, want 200", got)
	}
	if res, err := http.Get("http://" + a.Addr() + "/livez"); err == nil {
		t.Errorf("plain HTTP was answered on a TLS address: %d, %v", res.StatusCode, res.Body.Close())
	}
}
