package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestTheLogHoldsNothingOfPeople lets people work on a server, some of it refused, and reads the whole log of it.
func TestTheLogHoldsNothingOfPeople(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	s := servertest.At(t, p.address, firstAccount(t, p.out.String()))
	lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")

	id, pic := inspect.NewID(), servertest.NewPicture("report")
	body := lin.Report(pic)
	body["plate"], body["site"], body["caller"] = "琼A12345", "金色工地", servertest.M{"name": "王小明", "phone": "13800000000"}
	lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(http.StatusCreated)
	lin.Sends(id, pic)
	office.Assigns(id, "longhua-sanitation", time.Hour)
	crew.Fixes(id)
	s.As("wang").Verifies(id, "fail")
	office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/caller", nil).Want(http.StatusOK)
	office.Do(http.MethodGet, "/api/v1/issues?text=渣土车", nil).Want(http.StatusOK)
	office.Acts(id, "dismiss", servertest.M{"reason": "秘密理由"}).Want(http.StatusCreated)

	lin.Acts(id, "fix", servertest.M{"photos": []inspect.ID{pic.ID}, "note": "越权的话"}).Want(http.StatusForbidden)
	loose := lin.WithT(t)
	loose.AllowInvalidRequests = true
	loose.Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), `{"note":"坏的备注`).Want(http.StatusUnprocessableEntity, http.StatusBadRequest)
	loose.Do(http.MethodGet, "/api/v1/没有这个门?secret=hunter2", nil).Want(http.StatusNotFound)
	stranger := lin.WithT(t)
	stranger.Token, stranger.AllowInvalidRequests = "stolen-token-0123456789", true
	stranger.Do(http.MethodGet, "/api/v1/me", nil).Want(http.StatusUnauthorized)
	stranger.Token = ""
	stranger.Do(http.MethodPost, "/api/v1/sessions", servertest.M{"name": "lin", "password": "a wrong password", "device": "lin's phone"}).Want(http.StatusUnauthorized)
	for _, raw := range []string{"GET / HTTP/1.1\r\nbroken header 13900000000\r\n\r\n", "\x16\x03\x01 no HTTP 琼B99999\r\n\r\n",
		"PUT /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"phone\":\"13700000000\""} {
		sendsRaw(t, p.address, raw)
	}
	p.terminate(t)

	secrets := []string{s.Admin.Password, "correct horse battery", "a wrong password", lin.Token, office.Token, crew.Token, "stolen-token", "hunter2",
		"Person lin", "S-lin", "lin's phone", "王小明", "13800000000", "琼A12345", "金色工地", "龙昆南路", "渣土车", "仍有泥土", "秘密理由", "越权的话", "坏的备注",
		"没有这个门", "13900000000", "琼B99999", "13700000000", "argon2", "Bearer"}
	requests, ids := 0, map[string]bool{}
	for n, line := range strings.Split(strings.TrimSpace(p.log.String()), "\n") {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["time"] == nil || entry["level"] == nil || entry["msg"] == nil {
			t.Errorf("line %d is not structured: %q", n+1, line)
			continue
		}
		if entry["msg"] == "request" {
			requests++
			id, _ := entry["request_id"].(string)
			if len(id) < 8 || ids[id] {
				t.Errorf("line %d has no request id of its own: %s", n+1, line)
			}
			ids[id] = true
		}
		for _, secret := range secrets {
			if strings.Contains(line, secret) || strings.Contains(line, fmt.Sprintf("%q", secret)) {
				t.Errorf("line %d shows %q: %s", n+1, secret, line)
			}
		}
	}
	if requests < 20 {
		t.Errorf("only %d requests are in the log", requests)
	}
	for _, secret := range secrets[1:] {
		if strings.Contains(p.out.String(), secret) {
			t.Errorf("the terminal shows %q", secret)
		}
	}
}

// sendsRaw sends bytes on a connection of their own and waits for whatever comes back.
func sendsRaw(t *testing.T, address, raw string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, conn) // refused or reset: the log is what counts
}
