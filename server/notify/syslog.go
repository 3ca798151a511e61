package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// SyslogSeverity is how much a message matters (RFC 5424, table 2).
type SyslogSeverity int

// The severities that are used.
const (
	SyslogWarning SyslogSeverity = 4
	SyslogNotice  SyslogSeverity = 5
)

const (
	syslogFacility = 13                // audit of the log (RFC 5424, table 1)
	syslogElement  = "spotcheck@32473" // of structured data; 32473 is the enterprise number for who has none (RFC 5612)
	syslogPatience = 3 * time.Second   // with a collector that does not close the connection in its turn
	syslogField    = 8_000             // bytes of a field or text at most
)

// SyslogMessage is a line for a collector of logs.
type SyslogMessage struct {
	At       time.Time
	Severity SyslogSeverity
	ID       string      // the type of message
	Fields   [][2]string // structured data, in order; empty ones are left out
	Text     string
}

// Syslog is a collector of logs that is spoken to by RFC 5424 over TLS (RFC 5425).
type Syslog struct {
	address string
	host    string // of this machine, as the collector sees it
	tls     *tls.Config
}

// NewSyslog names a collector by host and port. Who vouches for it stands in a file of certificates; those of the system do where none is named.
func NewSyslog(address, roots string) (*Syslog, error) {
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("notify: syslog: %w", err)
	}
	s := &Syslog{address: address, tls: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}}
	if roots != "" {
		pem, err := os.ReadFile(roots)
		if err != nil {
			return nil, fmt.Errorf("notify: syslog: %w", err)
		}
		s.tls.RootCAs = x509.NewCertPool()
		if !s.tls.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("notify: syslog: %s holds no certificate", roots)
		}
	}
	if s.host, err = os.Hostname(); err != nil || s.host == "" {
		s.host = "-"
	}
	return s, nil
}

// Send hands messages over in one connection, and returns when the collector has closed it after the last one, or for some seconds has not: the protocol has no receipts. After an
// error none, some or all of them may have come; they may be sent again.
func (s *Syslog) Send(ctx context.Context, all []SyslogMessage) (err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTime}, Config: s.tls}
	c, err := d.DialContext(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("notify: syslog: %w", err)
	}
	defer func() { err = closed(c, err) }()
	until, _ := ctx.Deadline()
	if err := c.SetDeadline(until); err != nil {
		return fmt.Errorf("notify: syslog: %w", err)
	}
	var b bytes.Buffer
	for n := range all {
		line := all[n].line(s.host)
		fmt.Fprintf(&b, "%d %s", len(line), line)
	}
	if _, err := c.Write(b.Bytes()); err != nil {
		return fmt.Errorf("notify: syslog: %w", err)
	}
	conn := c.(*tls.Conn)
	if err := conn.CloseWrite(); err != nil {
		return fmt.Errorf("notify: syslog: %w", err)
	}
	patient, stop := context.WithTimeout(ctx, syslogPatience)
	defer stop()
	until, _ = patient.Deadline()
	if err := c.SetReadDeadline(until); err != nil {
		return fmt.Errorf("notify: syslog: %w", err)
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(conn, maxAnswer)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("notify: syslog: the collector broke off: %w", err)
	}
	return nil
}

// closed closes a connection; what was said is over, so that only an earlier error counts.
func closed(c io.Closer, err error) error {
	_ = c.Close()
	return err
}

// line is a message as it goes over the wire.
func (m *SyslogMessage) line(host string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<%d>1 %s %s spotcheck %d %s [%s", syslogFacility*8+int(m.Severity), m.At.UTC().Format("2006-01-02T15:04:05.000Z"),
		printable(host, 255), os.Getpid(), printable(m.ID, 32), syslogElement)
	for _, f := range m.Fields {
		if f[1] != "" {
			fmt.Fprintf(&b, ` %s="%s"`, f[0], syslogQuoted.Replace(shorten(f[1])))
		}
	}
	b.WriteString("]")
	if m.Text != "" {
		b.WriteString(" \ufeff" + unbroken.Replace(shorten(m.Text)))
	}
	return b.Bytes()
}

var (
	syslogQuoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`, "\n", " ", "\r", " ", "\x00", "")
	unbroken     = strings.NewReplacer("\n", " ", "\r", " ", "\x00", "")
)

// shorten keeps the beginning of a text, in whole characters.
func shorten(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if len(text) > syslogField {
		return strings.ToValidUTF8(text[:syslogField], "") + "…"
	}
	return text
}

// printable keeps what may stand in the head of a message.
func printable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < 33 || r > 126 {
			return -1
		}
		return r
	}, text)
	if len(text) > most {
		text = text[:most]
	}
	if text == "" {
		return "-"
	}
	return text
}
