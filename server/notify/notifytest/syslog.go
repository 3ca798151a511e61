package notifytest

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Collector takes syslog over TLS, framed by counting bytes (RFC 5425).
type Collector struct {
	Address string
	Roots   string // file of who vouches for it

	listener net.Listener
	all      sync.WaitGroup
	mu       sync.Mutex
	lines    []string
	faults   []string
	refusing bool
}

// NewCollector starts one.
func NewCollector(t testing.TB) *Collector {
	t.Helper()
	s := httptest.NewTLSServer(nil) // for its certificate
	defer s.Close()
	c := &Collector{Roots: filepath.Join(t.TempDir(), "collector.pem")}
	if err := os.WriteFile(c.Roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.listener, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: s.TLS.Certificates}); err != nil {
		t.Fatal(err)
	}
	c.Address = c.listener.Addr().String()
	c.all.Go(c.accept)
	t.Cleanup(func() {
		_ = c.listener.Close()
		c.all.Wait()
		for _, f := range c.faults {
			t.Error(f)
		}
	})
	return c
}

func (c *Collector) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.all.Go(func() { c.read(conn) })
	}
}

// read takes frames until the sender has said all.
func (c *Collector) read(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	c.mu.Lock()
	refusing := c.refusing
	c.mu.Unlock()
	if refusing {
		return
	}
	r := bufio.NewReader(conn)
	for {
		head, err := r.ReadString(' ')
		if err != nil && head == "" { // said all, or never came to speak
			return
		}
		n, errNumber := strconv.Atoi(strings.TrimSuffix(head, " "))
		line := make([]byte, max(n, 0))
		_, errLine := io.ReadFull(r, line)
		c.mu.Lock()
		if err != nil || errNumber != nil || errLine != nil {
			c.faults = append(c.faults, "a frame cannot be read: "+head)
			c.mu.Unlock()
			return
		}
		c.lines = append(c.lines, string(line))
		c.mu.Unlock()
	}
}

// Refuses says whether connections are broken off before anything is read.
func (c *Collector) Refuses(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusing = yes
}

// Lines are the messages that came.
func (c *Collector) Lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.lines...)
}
