// Package notify takes messages to where people and programs are: mail, web push, webhooks, robots of group chats, SMS. It
// knows nothing of issues; what is sent, to whom and when is the business of its callers.
package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Message is what somebody is told.
type Message struct {
	ID      string // a UUID, the same in every attempt
	Title   string
	Text    string // lines
	Link    string // to the program, empty for none
	Issue   string // the only one that it is about, empty for none or several
	Urgent  bool
	At      time.Time // when it happened
	Payload []byte    // of a webhook, as it was frozen
}

// Recipient is where a message goes; which fields count depends on the channel.
type Recipient struct {
	Address string   // of mail, number of a phone, or URL
	Secrets []string // that sign, the newest first
	P256dh  string   // of a browser, base64url
	Auth    string   // the same
}

// Response is what the other side said.
type Response struct {
	Status int    // of HTTP or SMTP, 0 where there is none
	Answer string // its beginning
}

// Channel is a way to reach people.
type Channel interface {
	// Send hands a message over and waits for the answer: nil means that the other side has taken it. It may be called
	// again with the same message, which then carries the same id, so that whoever receives it can know it. An error is a
	// *Failure, and holds nothing secret. The receipt is filled in as far as there was an answer, also beside an error.
	Send(ctx context.Context, to Recipient, m *Message) (Response, error)
}

// FailureKind says what an attempt's failure means for the next one.
type FailureKind int

// The kinds of failure.
const (
	RetryLater    FailureKind = iota // it may work another time
	Refused                          // the same message will be refused again
	RecipientGone                    // nobody is there any more
)

// Failure is why a message was not taken.
type Failure struct {
	Kind   FailureKind
	Reason string // for people, nothing secret in it
}

// Error gives the reason.
func (f *Failure) Error() string { return f.Reason }

// KindOf is the kind of a failure, Later for any other error.
func KindOf(err error) FailureKind {
	var f *Failure
	if errors.As(err, &f) {
		return f.Kind
	}
	return RetryLater
}

func refused(format string, args ...any) error {
	return &Failure{Refused, fmt.Sprintf(format, args...)}
}

func later(format string, args ...any) error {
	return &Failure{RetryLater, fmt.Sprintf(format, args...)}
}

// why is what went wrong on the way, without the address: it may hold a key.
func why(err error) error {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return later("the name of the other side is not found")
	}
	var slow interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout() {
		return later("no answer in time")
	}
	return later("%s", oneLine(err.Error(), 300))
}

// oneLine is a text without control characters, cut to so many runes.
func oneLine(text string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(text, "?") {
		if n++; n > most {
			b.WriteRune('…')
			break
		}
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// cut shortens a text to so many bytes, between two characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}
