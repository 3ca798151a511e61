package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// process is a server that runs.
type process struct {
	cmd *exec.Cmd
	url string
}

var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}

// launch starts a program and waits until its port answers.
func (p *process) launch(addr string, cmd *exec.Cmd) error {
	p.cmd, p.url = cmd, "http://"+addr
	var said bytes.Buffer // a few MB of log at most
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	for range 200 {
		if c, err := net.Dial("tcp", addr); err == nil {
			return c.Close()
		}
		<-time.After(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not answer: %s", cmd.Path, said.Bytes()) // as far as it is safe to read: it says nothing any more
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may be gone
	_ = p.cmd.Wait()                       // it ended by a signal
}

// cpu reads the clock ticks of the process and of its children that ended, see proc(5).
func (p *process) cpu() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	ticks := 0
	for _, f := range fields[11:15] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return float64(ticks) / 100, nil
}

// memory is the most that was resident, in MB.
func (p *process) memory() float64 { return p.status("VmHWM:") }

// resident is what is resident now, in MB.
func (p *process) resident() float64 { return p.status("VmRSS:") }

// status reads a line of /proc/PID/status in MB, 0 when there is none.
func (p *process) status(name string) float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if kb, ok := strings.CutPrefix(s.Text(), name); ok {
			n, _ := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			return n / 1000
		}
	}
	return 0
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// do sends a request and reads the answer into out, unless that is nil.
func do(method, url string, header map[string]string, body io.Reader, size int64, out any) error {
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		return err
	}
	req.ContentLength = size
	for k, v := range header {
		req.Header.Set(k, v)
	}
	a, err := client.Do(req)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return err
	}
	if a.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %.300s", method, url, a.Status, b)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

func doJSON(method, url string, header map[string]string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	all := map[string]string{"Content-Type": "application/json"}
	for k, v := range header {
		all[k] = v
	}
	return do(method, url, all, bytes.NewReader(b), int64(len(b)), out)
}

// server is ours.
type server struct {
	process
	path string
	auth map[string]string
}

func (s *server) start(dir string) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	cmd := exec.Command(s.path, "serve", "--data", filepath.Join(dir, "data"), "--addr", addr)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.launch(addr, cmd); err != nil {
		return err
	}
	password := ""
	for lines := bufio.NewScanner(out); password == "" && lines.Scan(); {
		if _, after, ok := strings.Cut(lines.Text(), "password"); ok {
			password = strings.TrimSpace(strings.Trim(after, ": "))
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	var in struct{ Token string }
	err = doJSON(http.MethodPost, s.url+"/api/v1/sessions", nil, map[string]string{"name": "admin", "password": password, "device": "bench"}, &in)
	s.auth = map[string]string{"Authorization": "Bearer " + in.Token}
	if err != nil {
		return err
	}
	if err := doJSON(http.MethodPut, s.url+"/api/v1/me/password", s.auth, map[string]string{"old_password": password, "password": password + " own"}, nil); err != nil {
		return err
	}
	var b struct {
		Me struct{ Person struct{ ID string } }
	}
	if err := do(http.MethodGet, s.url+"/api/v1/bootstrap", s.auth, nil, 0, &b); err != nil {
		return err
	}
	city := map[string]string{"kind": "city"}
	return doJSON(http.MethodPut, s.url+"/api/v1/people/"+b.Me.Person.ID, s.auth, map[string]any{"name": "admin", "display_name": "Admin",
		"grants": []any{map[string]any{"role": "admin", "scope": city}, map[string]any{"role": "inspector", "scope": city}}}, nil)
}

func (s *server) send(p *picture) error {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	report := map[string]any{"category": "08012", "note": "mud on the road", "reported_at": now, "sent_at": now,
		"place":  map[string]any{"lat": 20.0312, "lon": 110.3286, "accuracy_m": 4.5, "source": "gps", "captured_at": now},
		"photos": []any{map[string]any{"id": p.id, "kind": "report", "sha256": p.hex(), "bytes": len(p.bytes), "taken": "camera"}}}
	if err := doJSON(http.MethodPut, s.url+"/api/v1/issues/"+p.issue, s.auth, report, nil); err != nil {
		return err
	}
	header := map[string]string{"Content-Type": "application/octet-stream", "Content-Digest": "sha-256=:" + p.base64() + ":",
		"Authorization": s.auth["Authorization"], "Spotcheck-Sent-At": now}
	return do(http.MethodPut, s.url+"/api/v1/issues/"+p.issue+"/photos/"+p.id, header, bytes.NewReader(p.bytes), int64(len(p.bytes)), nil)
}

// derive waits for the pictures of the last photo, then for those of all.
func (s *server) derive(all []*picture) error {
	for _, p := range all {
		for tries := 0; ; tries++ {
			err := do(http.MethodGet, s.url+"/api/v1/issues/"+p.issue+"/photos/"+p.id+"/thumb", s.auth, nil, 0, nil)
			if err == nil {
				break
			}
			if tries > 600 {
				return err
			}
			<-time.After(100 * time.Millisecond)
		}
	}
	return nil
}

// base is PocketBase.
type base struct {
	process
	path  string
	names chan [2]string
}

func (b *base) start(dir string) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if out, err := exec.Command(b.path, "superuser", "upsert", "bench@example.com", "bench-password", "--dir", data).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if err := b.launch(addr, exec.Command(b.path, "serve", "--dir", data, "--http", addr)); err != nil {
		return err
	}
	b.names = make(chan [2]string, 1<<20)
	var in struct{ Token string }
	if err := doJSON(http.MethodPost, b.url+"/api/collections/_superusers/auth-with-password", nil,
		map[string]string{"identity": "bench@example.com", "password": "bench-password"}, &in); err != nil {
		return err
	}
	text := func(name string) map[string]any { return map[string]any{"name": name, "type": "text"} }
	return doJSON(http.MethodPost, b.url+"/api/collections", map[string]string{"Authorization": in.Token}, map[string]any{"name": "issues", "type": "base",
		"createRule": "", "updateRule": "", "viewRule": "", "fields": []any{text("uid"), text("category"), text("severity"), text("source"), text("note"), text("sha256"),
			map[string]any{"name": "lat", "type": "number"}, map[string]any{"name": "lon", "type": "number"},
			map[string]any{"name": "photo", "type": "file", "maxSelect": 1, "maxSize": 33554432, "mimeTypes": []string{"image/jpeg"}, "thumbs": []string{"320x0"}}}}, nil)
}

func (b *base) send(p *picture) error {
	var made struct{ ID, Photo string }
	if err := doJSON(http.MethodPost, b.url+"/api/collections/issues/records", nil, map[string]any{"uid": p.issue, "category": "08012", "note": "mud on the road",
		"source": "inspection", "sha256": p.hex(), "lat": 20.03, "lon": 110.33}, &made); err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("photo", "photo.jpg")
	if err != nil {
		return err
	}
	if _, err := part.Write(p.bytes); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	id := made.ID
	if err := do(http.MethodPatch, b.url+"/api/collections/issues/records/"+id, map[string]string{"Content-Type": form.FormDataContentType()}, &body,
		int64(body.Len()), &made); err != nil {
		return err
	}
	b.names <- [2]string{id, made.Photo}
	return nil
}

// derive asks for each thumbnail once: PocketBase makes it then.
func (b *base) derive(all []*picture) error {
	for range all {
		name := <-b.names
		if err := do(http.MethodGet, b.url+"/api/files/issues/"+name[0]+"/"+name[1]+"?thumb=320x0", nil, nil, 0, nil); err != nil {
			return err
		}
	}
	return nil
}
