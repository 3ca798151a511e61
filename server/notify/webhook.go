package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// secretPrefix begins a secret of Standard Webhooks; behind it stand 24 to 64 bytes in base64.
const secretPrefix = "whsec_"

// Webhook posts frozen payloads to programs, signed as Standard Webhooks 1.0 has it.
type Webhook struct {
	Outside *OutboundClient
	Now     func() time.Time
}

// Send posts the payload; each secret signs it, so that a program can change over from one to the other.
func (w *Webhook) Send(ctx context.Context, to Recipient, m *Message) (Response, error) {
	at := w.Now()
	var signatures []string
	for _, s := range to.Secrets {
		signature, err := Sign(s, m.ID, at, m.Payload)
		if err != nil {
			return Response{}, refused("the secret of the webhook cannot be used")
		}
		signatures = append(signatures, signature)
	}
	receipt, _, err := w.Outside.post(ctx, http.MethodPost, to.Address, http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {m.ID}, "Webhook-Timestamp": {fmt.Sprint(at.Unix())},
		"Webhook-Signature": {strings.Join(signatures, " ")},
	}, m.Payload)
	return receipt, err
}

// Sign is the signature of a payload: v1 and the HMAC-SHA256 over id, time and payload, in base64.
func Sign(secret, id string, at time.Time, payload []byte) (string, error) {
	text, ours := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ours || err != nil || len(key) < 24 || len(key) > 64 {
		return "", errors.New("notify: not a secret of a webhook")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), payload))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// NewSecret makes a secret of 32 random bytes for a webhook.
func NewSecret(random []byte) string { return secretPrefix + base64.StdEncoding.EncodeToString(random) }
