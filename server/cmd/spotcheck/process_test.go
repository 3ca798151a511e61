package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/config"
	"spotcheck/server/servertest"
)

// process is the binary at work.
type process struct {
	cmd     *exec.Cmd
	dir     string
	address string
	ready   time.Duration // from the start until it said so
	out     lockedBuffer
	log     lockedBuffer
	stops   chan struct{} // closed when it says that it stops
	read    sync.WaitGroup
}

// lockedBuffer is written by the process while the test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.WriteString(line)
}

// String is everything until now.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs the binary on a folder until it listens; the test ends it at the latest. before are the words of a command
// that runs it, such as a tracer.
func start(t *testing.T, dir string, before ...string) *process {
	t.Helper()
	return startOn(t, config.Config{Data: dir}, before...)
}

// startOn is start on a database and a photo store of its own.
func startOn(t *testing.T, c config.Config, before ...string) *process {
	t.Helper()
	p := tryStart(t, c, before...)
	if p.address == "" {
		t.Fatalf("got %q\n%s", p.out.String(), p.log.String())
	}
	return p
}

// tryStart gives a process without an address when it ended before it listened.
func tryStart(t *testing.T, c config.Config, before ...string) *process {
	t.Helper()
	p := &process{dir: c.Data, stops: make(chan struct{}), cmd: program(c, before, "serve", "--addr", "127.0.0.1:0", "--log", "json")}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // mostly it has ended
	greeted := make(chan bool, 1)
	each := func(r io.Reader, f func(line string, more bool)) {
		p.read.Go(func() {
			for b := bufio.NewReader(r); ; {
				line, err := b.ReadString('\n')
				f(line, b.Buffered() > 0)
				if err != nil {
					return
				}
			}
		})
	}
	each(stdout, func(line string, more bool) {
		if p.out.add(line); !more { // the greeting comes in one piece, with the first account
			select {
			case greeted <- true:
			default:
			}
		}
	})
	each(stderr, func(line string, _ bool) {
		p.log.add(line)
		if strings.Contains(line, `"msg":"stopping"`) {
			close(p.stops)
		}
	})
	<-greeted
	p.ready = time.Since(began)
	m := listens.FindStringSubmatch(p.out.String())
	if m == nil {
		return p
	}
	p.address = "http://" + m[1]
	if !strings.Contains(p.out.String(), "localhost") {
		t.Errorf("got %q", p.out.String())
	}
	p.settle(t)
	return p
}

// program is a command of the binary on the database and photo store of some settings. before are the words of a command
// that runs it.
func program(c config.Config, before []string, args ...string) *exec.Cmd {
	words := append(append(before, binary), append(args, "--data", c.Data)...)
	if c.DatabaseURL != "" {
		words = append(words, "--database-url", string(c.DatabaseURL), "--s3-endpoint", c.S3Endpoint, "--s3-bucket", c.S3Bucket)
	}
	cmd := exec.Command(words[0], words[1:]...)
	if c.S3Key != "" {
		cmd.Env = append(os.Environ(), "SPOTCHECK_S3_KEY="+c.S3Key, "SPOTCHECK_S3_SECRET="+string(c.S3Secret))
	}
	return cmd
}

// dies ends the process as the system does when it runs out of memory.
func (p *process) dies(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.read.Wait()
	if exit := (*exec.ExitError)(nil); !errors.As(p.cmd.Wait(), &exit) {
		t.Error("it had ended by itself")
	}
}

// settle waits until the process answers.
func (p *process) settle(t *testing.T) {
	t.Helper()
	res, err := http.Get(p.address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}

// terminate sends SIGTERM and wants a clean end.
func (p *process) terminate(t *testing.T) time.Duration {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return p.ends(t)
}

// ends waits for the process and wants exit code 0.
func (p *process) ends(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	p.read.Wait()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the process ended with %v\n%s", err, p.log.String())
	}
	return time.Since(began)
}

// upload is a photo of which the first half is on its way, on a connection of its own.
type upload struct {
	conn   net.Conn
	answer *bufio.Reader
	rest   []byte
}

// begins sends the head of an upload and, once the server asks for it, half of its body.
func begins(t *testing.T, c *servertest.Client, issue inspect.ID, p servertest.Picture) *upload {
	t.Helper()
	host := strings.TrimPrefix(c.URL, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	half := len(p.Bytes) / 2
	head := fmt.Sprintf("PUT /api/v1/issues/%s/photos/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\n"+
		"Content-Digest: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", issue, p.ID, host, c.Token, p.Digest(), len(p.Bytes))
	if _, err := conn.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	answer := bufio.NewReader(conn)
	if line, err := answer.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("the server answered %q, %v, want that it waits for the body", line, err)
	}
	if _, err := answer.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(p.Bytes[:half]); err != nil {
		t.Fatal(err)
	}
	return &upload{conn, answer, p.Bytes[half:]}
}

// finishes sends the other half and gives the status of the answer.
func (u *upload) finishes(t *testing.T) int {
	t.Helper()
	if _, err := u.conn.Write(u.rest); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(u.answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// reportsOne makes an issue with one declared photo.
func reportsOne(c *servertest.Client) (inspect.ID, servertest.Picture) {
	id, p := inspect.NewID(), servertest.NewPicture("report")
	c.Do(http.MethodPut, "/api/v1/issues/"+id.String(), c.Report(p)).Want(http.StatusCreated)
	return id, p
}

func TestAnUploadUnderWayAtSIGTERMIsFinished(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	s := servertest.At(t, p.address, firstAccount(t, p.out.String()))
	lin := s.As("lin")
	id, pic := reportsOne(lin)
	u := begins(t, lin, id, pic)
	idle, err := net.Dial("tcp", strings.TrimPrefix(p.address, "http://")) // a browser that keeps its connection
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	if _, err := fmt.Fprintf(idle, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(idle).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.stops
	if status := u.finishes(t); status != http.StatusCreated {
		t.Errorf("the upload got %d", status)
	}
	if took := p.ends(t); took > 20*time.Second {
		t.Errorf("it took %s to stop", took)
	} else {
		t.Logf("stopped %s after the upload", took.Round(time.Millisecond))
	}

	again := start(t, p.dir)
	after := servertest.At(t, again.address, s.Admin)
	got := (&servertest.Client{Server: after, Name: "lin", Token: lin.Token}).WithT(t).Do(http.MethodGet,
		"/api/v1/issues/"+id.String()+"/photos/"+pic.ID.String()+"/original", nil).Want(http.StatusOK)
	if !bytes.Equal(got.Body, pic.Bytes) {
		t.Error("the photo came out as other bytes")
	}
	again.terminate(t)
	says(t, "", "audit", "--data="+p.dir).want(t, 0, "1 issues, 1 photos, 1 originals", " 0 wrong")
}

func TestAKillLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	s := servertest.At(t, p.address, firstAccount(t, p.out.String()))
	lin := s.As("lin")
	safe := lin.ReportsMud()
	half, pic := reportsOne(lin)
	begins(t, lin, half, pic)
	p.dies(t)

	again := start(t, p.dir)
	phone := (&servertest.Client{Server: servertest.At(t, again.address, s.Admin), Name: "lin", Token: lin.Token}).WithT(t)
	if i := phone.Issue(safe); !i.Complete {
		t.Errorf("an acknowledged photo is gone: %+v", i)
	}
	if i := phone.Issue(half); i.PhotosSafe != 0 {
		t.Errorf("half a photo is called safe: %+v", i)
	}
	phone.Upload(half, pic).Want(http.StatusCreated)
	again.terminate(t)
	says(t, "", "audit", "--data="+p.dir).want(t, 0, "2 issues, 2 photos, 2 originals", " 0 wrong")
}
