package httpapi

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"time"
)

// ends are both ends of a connection, the server's as the listener gives it.
func ends(t *testing.T, secure bool) (server connection, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := listener{Listener: l, open: newConnections(4)}
	of := httptest.NewUnstartedServer(nil)
	of.StartTLS() // for its certificate
	t.Cleanup(of.Close)
	dial := func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }
	if secure {
		d.tls = &tls.Config{Certificates: of.TLS.Certificates, MinVersion: tls.VersionTLS12}
		dial = func() (net.Conn, error) {
			return tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a certificate of a test
		}
	}
	type end struct {
		net.Conn
		err error
	}
	dialled := make(chan end, 1)
	go func() {
		c, err := dial()
		dialled <- end{c, err}
	}()
	c, err := d.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := c.(*secureConnection); ok {
		if err := s.Handshake(); err != nil {
			t.Fatal(err)
		}
	}
	other := <-dialled
	if other.err != nil {
		t.Fatal(other.err)
	}
	t.Cleanup(func() { _, _, _ = other.Close(), c.Close(), l.Close() })
	return c.(connection), other.Conn
}

func TestALookoutSeesWhoLeavesAndLosesNothing(t *testing.T) {
	for name, secure := range map[string]bool{"plain": false, "TLS": true} {
		t.Run(name, func(t *testing.T) {
			server, client := ends(t, secure)
			says := func(text string) {
				t.Helper()
				if _, err := io.WriteString(client, text); err != nil {
					t.Fatal(err)
				}
			}
			hears := func(want string) {
				t.Helper()
				b := make([]byte, len(want))
				if err := server.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
					t.Fatal(err)
				}
				if _, err := io.ReadFull(server, b); err != nil || string(b) != want {
					t.Fatalf("heard %q, %v, want %q", b, err, want)
				}
			}
			gone := make(chan bool, 9)
			look := func() { server.lookOut(func() { gone <- true }) }
			look()
			server.lookAway() // nobody said anything
			says("one")
			hears("one")
			look()
			says("two") // the next request, before the answer to this one
			server.lookAway()
			hears("two")
			look()
			says("three")
			server.lookAway()
			look() // what was read ahead is not read yet
			server.lookAway()
			hears("three")
			if len(gone) > 0 || server.over() {
				t.Error("somebody who is there is taken to be gone")
			}
			look()
			if err := client.Close(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-gone:
			case <-time.After(20 * time.Second):
				t.Error("nobody saw that the client left")
			}
			server.lookAway()
		})
	}
}
