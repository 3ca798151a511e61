package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"

	"github.com/wneessen/go-mail"
)

// MailSettings say how mail leaves the city.
type MailSettings struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	TLS      bool   `json:"tls"` // from the first byte, as on port 465; otherwise STARTTLS is insisted on
	User     string `json:"user"`
	From     string `json:"from"`
	FromName string `json:"from_name"`
}

// Mail sends mail by SMTP, never without TLS.
type Mail struct {
	MailSettings
	Outside  *OutboundClient
	Password string
}

// CheckAddress says what is wrong with an address of mail.
func CheckAddress(text string) error {
	a, err := netmail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > 254 {
		return errors.New("want an address of mail such as name@example.org")
	}
	return nil
}

// Send hands one mail over; its Message-ID is made of the id of the message and the domain of the sender.
func (s *Mail) Send(ctx context.Context, to Recipient, m *Message) (Response, error) {
	letter, err := s.letter(to.Address, m)
	if err != nil {
		return Response{}, refused("the mail cannot be written: %s", oneLine(err.Error(), 200))
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	client, err := mail.NewClient(s.Host, s.options(ctx)...)
	if err != nil {
		return Response{}, refused("the settings of mail are wrong: %s", oneLine(err.Error(), 200))
	}
	err = client.DialAndSendWithContext(ctx, letter)
	if letter.IsDelivered() { // what goes wrong behind that is goodbye
		return Response{Status: 250}, nil
	}
	var answer *mail.SendError
	if errors.As(err, &answer) && answer.ErrorCode() != 0 {
		receipt := Response{Status: answer.ErrorCode(), Answer: oneLine(answer.Error(), keptAnswer)}
		if receipt.Status >= 500 {
			return receipt, refused("the mail server refused it (%d)", receipt.Status)
		}
		return receipt, later("the mail server did not take it (%d)", receipt.Status)
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return Response{}, why(err)
}

// options are how the client connects. The library forgets the context once it is connected, so its end cuts the line.
func (s *Mail) options(ctx context.Context) []mail.Option {
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: s.Outside.Roots}
	dial := s.Outside.dialer().DialContext
	all := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(sendTime), mail.WithTLSConfig(config), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithHELO(heloName)}
	if s.TLS {
		all = append(all, mail.WithSSL())
		dial = (&tls.Dialer{NetDialer: s.Outside.dialer(), Config: config}).DialContext
	}
	all = append(all, mail.WithDialContextFunc(func(dialling context.Context, network, address string) (net.Conn, error) {
		c, err := dial(dialling, network, address)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = c.Close() })
		}
		return c, err
	}))
	if s.User != "" {
		all = append(all, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return all
}

// heloName is what the server is called where it has no name outside.
const heloName = "spotcheck.invalid"

// letter writes the mail.
func (s *Mail) letter(to string, m *Message) (*mail.Msg, error) {
	l := mail.NewMsg()
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, err
	}
	l.FromMailAddress(&netmail.Address{Name: oneLine(s.FromName, 100), Address: from.Address})
	if err := l.To(to); err != nil {
		return nil, err
	}
	l.Subject(oneLine(m.Title, 200))
	l.SetMessageIDWithValue(MessageID(m.ID, from.Address))
	l.SetDateWithValue(m.At)
	l.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Urgent {
		l.SetImportance(mail.ImportanceHigh)
	}
	text := m.Text
	if m.Link != "" {
		text += "\n\n" + m.Link
	}
	l.SetBodyString(mail.TypeTextPlain, text+"\n")
	return l, nil
}

// MessageID is the id of a mail: that of the message, at the domain of the sender.
func MessageID(id, from string) string {
	domain := heloName
	for n := len(from) - 1; n >= 0; n-- {
		if from[n] == '@' {
			domain = from[n+1:]
			break
		}
	}
	return fmt.Sprintf("%s@%s", id, domain)
}
