package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// ChatBot posts into a group chat, in the way of one of three makers. A chat knows no ids: what comes twice is seen twice.
type ChatBot struct {
	Outside *OutboundClient
	Now     func() time.Time
	maker   *maker
}

// maker is what differs between the robots.
type maker struct {
	most int // bytes of text
	// request gives the address and the body for a text.
	request func(address, secret, text string, at time.Time) (string, any)
	code    string // the field of the answer that is 0 when the message was taken
	busy    []int  // codes that mean: too many at once
}

// WeCom is the robot of 企业微信; its key stands in the address.
func WeCom(o *OutboundClient, now func() time.Time) *ChatBot {
	return &ChatBot{o, now, &maker{most: 2048, code: "errcode", busy: []int{45009, -1}, request: func(address, _, text string, _ time.Time) (string, any) {
		return address, map[string]any{"msgtype": "text", "text": map[string]any{"content": text}}
	}}}
}

// DingTalk is the robot of 钉钉; with a secret, time and signature stand in the address.
func DingTalk(o *OutboundClient, now func() time.Time) *ChatBot {
	return &ChatBot{o, now, &maker{most: 16000, code: "errcode", busy: []int{130101, 410100, -1}, request: func(address, secret, text string, at time.Time) (string, any) {
		body := map[string]any{"msgtype": "text", "text": map[string]any{"content": text}}
		u, err := url.Parse(address)
		if err != nil || secret == "" {
			return address, body
		}
		stamp := fmt.Sprint(at.UnixMilli())
		q := u.Query()
		q.Set("timestamp", stamp)
		q.Set("sign", hmacOf([]byte(secret), stamp+"\n"+secret))
		u.RawQuery = q.Encode()
		return u.String(), body
	}}}
}

// Feishu is the robot of 飞书; with a secret, time and signature stand in the body.
func Feishu(o *OutboundClient, now func() time.Time) *ChatBot {
	return &ChatBot{o, now, &maker{most: 16000, code: "code", busy: []int{11232, 9499}, request: func(address, secret, text string, at time.Time) (string, any) {
		body := map[string]any{"msg_type": "text", "content": map[string]any{"text": text}}
		if secret != "" {
			stamp := fmt.Sprint(at.Unix())
			body["timestamp"], body["sign"] = stamp, hmacOf([]byte(stamp+"\n"+secret), "")
		}
		return address, body
	}}}
}

func hmacOf(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Send posts title and text.
func (r *ChatBot) Send(ctx context.Context, to Recipient, m *Message) (Response, error) {
	secret := ""
	if len(to.Secrets) > 0 {
		secret = to.Secrets[0]
	}
	address, content := r.maker.request(to.Address, secret, cut(plain(m), r.maker.most), r.Now())
	body, err := json.Marshal(content)
	if err != nil {
		return Response{}, refused("the message cannot be written")
	}
	receipt, answer, err := r.Outside.post(ctx, http.MethodPost, address, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body)
	if err != nil {
		return receipt, err
	}
	return receipt, r.maker.taken(answer)
}

// taken reads the code in the answer: these robots answer 200 also when they refuse.
func (k *maker) taken(answer []byte) error {
	var fields map[string]json.RawMessage
	var code int
	if json.Unmarshal(answer, &fields) != nil || json.Unmarshal(fields[k.code], &code) != nil {
		return later("the answer of the robot cannot be read")
	}
	switch {
	case code == 0:
		return nil
	case slices.Contains(k.busy, code):
		return later("the robot takes no more for now (code %d)", code)
	}
	return refused("the robot refused it (code %d)", code)
}

// plain is a message as one text.
func plain(m *Message) string {
	text := m.Title
	if m.Text != "" {
		text += "\n" + m.Text
	}
	if m.Link != "" {
		text += "\n" + m.Link
	}
	return text
}
