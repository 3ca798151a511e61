package notifytest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"spotcheck/server/notify"
)

// ecdsaKey reads a point of P-256.
func ecdsaKey(raw []byte) (*ecdsa.PublicKey, error) {
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
}

// MailServer speaks SMTP with STARTTLS and AUTH, and takes nothing before both.
type MailServer struct {
	base
	listener net.Listener
	config   *tls.Config
	all      sync.WaitGroup
}

// Name and password that the mail server knows.
const (
	MailUser     = "spotcheck"
	MailPassword = "mail-key-of-the-robot"
)

// NewMailServer starts one.
func NewMailServer(t testing.TB) *MailServer {
	t.Helper()
	s := httptest.NewTLSServer(nil) // for its certificate
	defer s.Close()
	m := &MailServer{base: base{roots: trust(s), quit: make(chan struct{})}, config: &tls.Config{Certificates: s.TLS.Certificates}}
	var err error
	if m.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	m.all.Go(m.accept)
	t.Cleanup(func() {
		close(m.quit)
		_ = m.listener.Close()
		m.all.Wait()
	})
	return m
}

// Mail is a mail server for the suite.
func Mail(t testing.TB) Place { return NewMailServer(t) }

// Settings reach this server.
func (m *MailServer) Settings() notify.MailSettings {
	a := m.listener.Addr().(*net.TCPAddr)
	return notify.MailSettings{Host: "127.0.0.1", Port: a.Port, User: MailUser, From: "office@city.example", FromName: "双创办"}
}

// Channel is mail through this server.
func (m *MailServer) Channel(o *notify.OutboundClient) notify.Channel {
	return &notify.Mail{MailSettings: m.Settings(), Outside: o, Password: MailPassword}
}

// To is somebody with an address.
func (m *MailServer) To() notify.Recipient { return notify.Recipient{Address: "crew@city.example"} }

// Refusal is for good.
func (m *MailServer) Refusal() notify.FailureKind { return notify.Refused }

func (m *MailServer) accept() {
	for {
		c, err := m.listener.Accept()
		if err != nil {
			return
		}
		m.all.Go(func() {
			defer func() { _ = c.Close() }()
			done := make(chan struct{})
			defer close(done)
			go func() {
				select {
				case <-m.quit:
					_ = c.Close()
				case <-done:
				}
			}()
			if m.now() != Silent {
				(&dialogue{server: m, conn: c, in: bufio.NewReader(c)}).run()
				return
			}
			<-m.quit
		})
	}
}

// dialogue is one connection.
type dialogue struct {
	server    *MailServer
	conn      net.Conn
	in        *bufio.Reader
	tls, auth bool
	from, to  string
}

func (d *dialogue) say(format string, args ...any) { _, _ = fmt.Fprintf(d.conn, format+"\r\n", args...) }

func (d *dialogue) run() {
	d.say("220 mail.example ESMTP")
	for {
		line, err := d.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			d.say("250-mail.example")
			if d.tls {
				d.say("250-AUTH PLAIN")
			} else {
				d.say("250-STARTTLS")
			}
			d.say("250 8BITMIME")
		case "STARTTLS":
			d.say("220 go on")
			c := tls.Server(d.conn, d.server.config)
			d.conn, d.in, d.tls = c, bufio.NewReader(c), true
		case "AUTH":
			text, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if d.auth = d.tls && string(text) == "\x00"+MailUser+"\x00"+MailPassword; !d.auth {
				d.server.wrong("somebody logs in with " + string(text))
				d.say("535 5.7.8 no")
				continue
			}
			d.say("235 2.7.0 yes")
		case "MAIL":
			if !d.auth {
				d.server.wrong("mail without TLS and a name")
			}
			d.from = rest
			d.say("250 2.1.0 yes")
		case "RCPT":
			switch d.server.now() {
			case Busy:
				d.say("451 4.3.0 later")
				continue
			case Refuses:
				d.say("550 5.1.1 nobody here")
				continue
			}
			d.to = rest
			d.say("250 2.1.5 yes")
		case "DATA":
			d.say("354 go on")
			if !d.data() {
				return
			}
			d.say("250 2.0.0 taken")
		case "QUIT":
			d.say("221 2.0.0 bye")
			return
		default:
			d.say("250 2.0.0 yes")
		}
	}
}

// data reads a mail.
func (d *dialogue) data() bool {
	var text strings.Builder
	for {
		line, err := d.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(strings.NewReader(text.String()))
	if err != nil {
		d.server.wrong(err.Error())
		return true
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Date") == "" {
		d.server.wrong(fmt.Sprintf("the header is %v, %v", m.Header, err))
	}
	body := io.Reader(m.Body)
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(m.Body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		d.server.wrong(err.Error())
	}
	d.server.took(Got{strings.Trim(m.Header.Get("Message-ID"), "<>"), subject + "\n" + strings.ReplaceAll(string(b), "\r\n", "\n")})
	return true
}
