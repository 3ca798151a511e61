package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/SherClockHolmes/webpush-go"
)

// Push is web push (RFC 8030), encrypted for the browser (RFC 8291) and signed with the keys of the city (VAPID, RFC 8292).
type Push struct {
	Outside         *OutboundClient
	Subject         string // address of mail or https:// of who sends
	Public, Private string // base64url
}

// Times and sizes of web push.
const (
	pushLife  = 24 * 60 * 60 // seconds that a push service keeps it
	pushTitle = 300          // bytes; with the text it has to fit one record of 4,096
	pushText  = 2500
)

// NewVAPID makes a pair of keys.
func NewVAPID() (public, private string, err error) {
	private, public, err = webpush.GenerateVAPIDKeys()
	return public, private, err
}

// Send pushes id, title, text, link and issue as JSON. A message that waits at the push service is replaced by the same one again.
func (p *Push) Send(ctx context.Context, to Recipient, m *Message) (Response, error) {
	if err := p.Outside.CheckURL(to.Address); err != nil {
		return Response{}, refused("%v", err)
	}
	body, err := json.Marshal(map[string]string{"id": m.ID, "title": cut(m.Title, pushTitle), "text": cut(m.Text, pushText), "link": m.Link, "issue": m.Issue})
	if err != nil {
		return Response{}, refused("the message cannot be written")
	}
	urgency := webpush.UrgencyNormal
	if m.Urgent {
		urgency = webpush.UrgencyHigh
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	receipt, _, err := read(webpush.SendNotificationWithContext(ctx, body, &webpush.Subscription{Endpoint: to.Address, Keys: webpush.Keys{Auth: to.Auth, P256dh: to.P256dh}},
		&webpush.Options{HTTPClient: p.Outside.client, Subscriber: p.Subject, Topic: strings.ReplaceAll(m.ID, "-", ""), TTL: pushLife, Urgency: urgency,
			VAPIDPublicKey: p.Public, VAPIDPrivateKey: p.Private}))
	switch receipt.Status {
	case http.StatusNotFound, http.StatusGone:
		return receipt, &Failure{RecipientGone, "the browser takes no messages any more"}
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge:
		return receipt, refused("the push service refused it (%d)", receipt.Status)
	}
	return receipt, err
}
