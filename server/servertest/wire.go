package servertest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// wireTime is how long a test waits for bytes before it fails.
const wireTime = 20 * time.Second

// Wire is a bare connection to a server, for what no client would send.
type Wire struct {
	*Client
	conn net.Conn
	in   *bufio.Reader
}

// Dial opens a bare connection on which the client's token can be sent by Auth.
func (c *Client) Dial() *Wire {
	c.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.base(), "http://"))
	if err != nil {
		c.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(wireTime)); err != nil {
		c.t.Fatal(err)
	}
	w := &Wire{Client: c, conn: conn, in: bufio.NewReader(conn)}
	c.t.Cleanup(func() {
		if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			c.t.Error(err)
		}
	})
	return w
}

// Auth is the header that says who asks, with its line end.
func (c *Client) Auth() string { return "Authorization: Bearer " + c.Token + "\r\n" }

// Says sends text as it stands. A server that has closed the connection already is no error.
func (w *Wire) Says(text string) *Wire {
	_ = w.Writes(text) // what came of it shows in the answers
	return w
}

// Writes sends text as it stands and says whether all of it was taken.
func (w *Wire) Writes(text string) error {
	_, err := io.WriteString(w.conn, text)
	return err
}

// Pours sends many bytes.
func (w *Wire) Pours(b []byte) *Wire {
	_, _ = w.conn.Write(b) // what came of it shows in the answers
	return w
}

// Asks sends a request line with headers and no body.
func (w *Wire) Asks(line string, headers ...string) *Wire {
	return w.Says(line + " HTTP/1.1\r\nHost: " + w.API.Addr() + "\r\n" + strings.Join(append(headers, "", ""), "\r\n"))
}

// Cuts ends what is sent, as a phone does that loses its network; answers can still be read.
func (w *Wire) Cuts() *Wire {
	w.t.Helper()
	if err := w.conn.(*net.TCPConn).CloseWrite(); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// Waits lets real time pass, as a slow sender does.
func (w *Wire) Waits(d time.Duration) { <-time.After(d) }

// WantContinue fails unless the server says that it waits for the body.
func (w *Wire) WantContinue() {
	w.t.Helper()
	if res, err := http.ReadResponse(w.in, nil); err != nil || res.StatusCode != http.StatusContinue {
		w.t.Fatalf("got %v, %v, want 100 Continue", res, err)
	}
}

// Hears reads one answer to a request with this method and path and holds it against the contract. Interim answers
// (1xx) are skipped.
func (w *Wire) Hears(method, path string) *Answer {
	w.t.Helper()
	a, err := w.answer(method, path)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (w *Wire) answer(method, path string) (*Answer, error) {
	req, err := http.NewRequest(method, w.URL+path, nil)
	if err != nil {
		return nil, err
	}
	for {
		res, err := http.ReadResponse(w.in, req)
		if err != nil {
			return nil, err
		}
		if res.StatusCode < 200 {
			continue
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return nil, err
		}
		if res.Close {
			res.Header.Set("Connection", "close") // the client takes it away
		}
		a := &Answer{Status: res.StatusCode, Header: res.Header, Body: body, t: w.t, what: method + " " + path}
		if method != http.MethodHead {
			w.held(req, a)
		}
		return a, nil
	}
}

// held holds an answer against the contract, but not the request.
func (c *Client) held(req *http.Request, a *Answer) {
	c.t.Helper()
	loose := *c
	loose.AllowInvalidRequests = true
	loose.hold(req, nil, a)
}

// Hold fails the test unless an answer is one that the contract promises.
func (c *Client) Hold(method, path string, status int, header http.Header, body string) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.URL+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.held(req, &Answer{Status: status, Header: header, Body: []byte(body), t: c.t, what: method + " " + path})
}

// WantClosed fails unless the server ends the connection without another word.
func (w *Wire) WantClosed() {
	w.t.Helper()
	rest, err := io.ReadAll(w.in)
	if len(rest) > 0 || errors.Is(err, errTimeout(err)) {
		w.t.Errorf("after the last answer: got %q, %v; want the end of the connection", cut(rest), err)
	}
}

// WantLetGo fails unless the server ends the connection, with or without a word.
func (w *Wire) WantLetGo() {
	w.t.Helper()
	if _, err := io.Copy(io.Discard, w.in); err != nil && errors.Is(err, errTimeout(err)) {
		w.t.Error("the server waits for a client that says nothing")
	}
}

// WantInStep fails unless the connection goes on with the next request and nothing else was taken for one.
func (w *Wire) WantInStep() {
	w.t.Helper()
	w.Asks("GET /livez", "Connection: close")
	if a := w.Hears(http.MethodGet, "/livez"); a.Status != http.StatusOK || !bytes.Equal(a.Body, []byte(`{"live":true}`)) {
		w.t.Errorf("the next request of the connection: got %d %s", a.Status, cut(a.Body))
	}
	w.WantClosed()
}

// WantOneAnswer fails unless there is exactly one answer; afterwards the connection is closed or in step.
func (w *Wire) WantOneAnswer(method, path string) *Answer {
	w.t.Helper()
	a := w.Hears(method, path)
	if a.Header.Get("Connection") == "close" {
		w.WantClosed()
	} else {
		w.WantInStep()
	}
	return a
}

// errTimeout is err itself when it is a timeout, and nothing otherwise.
func errTimeout(err error) error {
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		return err
	}
	return io.ErrNoProgress
}

func cut(b []byte) []byte { return b[:min(len(b), 300)] }
