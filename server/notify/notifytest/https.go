package notifytest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/server/notify"
)

// HTTPS is a server that takes what one kind of channel posts.
type HTTPS struct {
	base
	*httptest.Server
	kind *kind
	to   notify.Recipient
}

// kind is how one channel speaks.
type kind struct {
	channel func(o *notify.OutboundClient, s *HTTPS) notify.Channel
	path    string
	secrets []string
	read    func(s *HTTPS, r *http.Request, body []byte) Got
	answers map[Mode]answer
	refusal notify.FailureKind
}

type answer struct {
	status int
	body   string
}

// begin starts a server of a kind.
func begin(t testing.TB, k kind) *HTTPS {
	s := &HTTPS{base: base{quit: make(chan struct{})}, kind: &k}
	s.Server = httptest.NewTLSServer(s)
	s.roots = trust(s.Server)
	s.to = notify.Recipient{Address: s.URL + k.path, Secrets: k.secrets}
	t.Cleanup(func() { close(s.quit); s.Server.Close() })
	return s
}

// ServeHTTP takes a message, and answers as the mode says.
func (s *HTTPS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.wrong(err.Error())
	}
	mode := s.now()
	if mode == Silent {
		select {
		case <-s.quit:
		case <-r.Context().Done():
		}
		return
	}
	got := s.kind.read(s, r, body)
	if mode == Takes {
		s.took(got)
	}
	a := s.kind.answers[mode]
	w.WriteHeader(a.status)
	_, _ = fmt.Fprint(w, a.body)
}

// Channel is the channel that speaks to this server.
func (s *HTTPS) Channel(o *notify.OutboundClient) notify.Channel { return s.kind.channel(o, s) }

// To is its address.
func (s *HTTPS) To() notify.Recipient { return s.to }

// Refusal is what it means when it refuses.
func (s *HTTPS) Refusal() notify.FailureKind { return s.kind.refusal }

// Secrets of the webhook in tests: a new one, and the one before.
var Secrets = []string{notify.NewSecret(bytes.Repeat([]byte{7}, 32)), notify.NewSecret(bytes.Repeat([]byte{8}, 32))}

// Webhook takes what is signed with both secrets.
func Webhook(t testing.TB) Place { return Receiver(t, Secrets...) }

// Receiver is a webhook's server that holds signatures against secrets, which may change.
func Receiver(t testing.TB, secrets ...string) *HTTPS {
	return begin(t, kind{path: "/hook", secrets: secrets, refusal: notify.RecipientGone,
		channel: func(o *notify.OutboundClient, _ *HTTPS) notify.Channel {
			return &notify.Webhook{Outside: o, Now: time.Now}
		},
		answers: map[Mode]answer{Takes: {204, ""}, Busy: {503, "later"}, Refuses: {410, ""}},
		read: func(s *HTTPS, r *http.Request, body []byte) Got {
			id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
			signatures := strings.Fields(r.Header.Get("webhook-signature"))
			for _, secret := range s.To().Secrets {
				key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
				if err != nil {
					s.wrong(err.Error())
				}
				mac := hmac.New(sha256.New, key)
				mac.Write([]byte(id + "." + at + "." + string(body)))
				if !slices.Contains(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))) {
					s.wrong("no signature fits the secret " + secret)
				}
			}
			return Got{id, string(body)}
		}})
}

// Trusts changes the secrets that the receiver holds signatures against.
func (s *HTTPS) Trusts(secrets ...string) { s.mu.Lock(); s.to.Secrets = secrets; s.mu.Unlock() }

// robot is a kind that answers 200 with a code.
func robot(t testing.TB, path, secret, code string, busy, refused int, make func(*notify.OutboundClient, func() time.Time) *notify.ChatBot,
	read func(s *HTTPS, r *http.Request, body []byte) Got) *HTTPS {
	reply := func(n int) answer { return answer{200, fmt.Sprintf(`{"%s":%d,"errmsg":"text"}`, code, n)} }
	var secrets []string
	if secret != "" {
		secrets = []string{secret}
	}
	return begin(t, kind{path: path, secrets: secrets, refusal: notify.Refused, read: read,
		channel: func(o *notify.OutboundClient, _ *HTTPS) notify.Channel { return make(o, time.Now) },
		answers: map[Mode]answer{Takes: reply(0), Busy: reply(busy), Refuses: reply(refused)}})
}

// WeCom is a robot of 企业微信.
func WeCom(t testing.TB) Place {
	return robot(t, "/cgi-bin/webhook/send?key=key-of-the-robot", "", "errcode", 45009, 93000, notify.WeCom, func(s *HTTPS, r *http.Request, body []byte) Got {
		var in struct {
			MsgType string `json:"msgtype"`
			Text    struct{ Content string }
		}
		if err := json.Unmarshal(body, &in); err != nil || in.MsgType != "text" || r.URL.Query().Get("key") != "key-of-the-robot" {
			s.wrong("not a message for WeCom: " + string(body))
		}
		return Got{Text: in.Text.Content}
	})
}

const robotSecret = "SEC000-of-the-robot"

func signed(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// DingTalk is a robot of 钉钉 that insists on signatures.
func DingTalk(t testing.TB) Place {
	return robot(t, "/robot/send?access_token=key-of-the-robot", robotSecret, "errcode", 130101, 310000, notify.DingTalk, func(s *HTTPS, r *http.Request, body []byte) Got {
		var in struct {
			MsgType string `json:"msgtype"`
			Text    struct{ Content string }
		}
		q := r.URL.Query()
		if err := json.Unmarshal(body, &in); err != nil || in.MsgType != "text" || q.Get("access_token") != "key-of-the-robot" {
			s.wrong("not a message for DingTalk: " + string(body))
		}
		if at := q.Get("timestamp"); len(at) != 13 || q.Get("sign") != signed(robotSecret, at+"\n"+robotSecret) {
			s.wrong("DingTalk: the signature does not fit")
		}
		return Got{Text: in.Text.Content}
	})
}

// Feishu is a robot of 飞书 that insists on signatures.
func Feishu(t testing.TB) Place {
	return robot(t, "/open-apis/bot/v2/hook/key-of-the-robot", robotSecret, "code", 11232, 19021, notify.Feishu, func(s *HTTPS, r *http.Request, body []byte) Got {
		var in struct {
			Timestamp, Sign string
			MsgType         string `json:"msg_type"`
			Content         struct{ Text string }
		}
		if err := json.Unmarshal(body, &in); err != nil || in.MsgType != "text" {
			s.wrong("not a message for Feishu: " + string(body))
		}
		if len(in.Timestamp) != 10 || in.Sign != signed(in.Timestamp+"\n"+robotSecret, "") {
			s.wrong("Feishu: the signature does not fit")
		}
		return Got{Text: in.Content.Text}
	})
}

// SMS is a gateway with a form of its own; what it reads has to be what was meant.
func SMS(form notify.SMSForm) func(t testing.TB) Place {
	bodies := map[notify.SMSForm]string{
		notify.FormJSON: `{"to":["{{phone}}"],"msg":"{{text}}","key":"{{secret}}"}`,
		notify.FormURL:  `to={{phone}}&msg={{text}}&key={{secret}}`,
		notify.FormXML:  `<sms to="{{phone}}" key="{{secret}}"><msg>{{text}}</msg></sms>`,
		notify.FormText: `{{text}}`,
	}
	return func(t testing.TB) Place {
		s := begin(t, kind{path: "/", refusal: notify.RetryLater,
			channel: func(o *notify.OutboundClient, s *HTTPS) notify.Channel {
				return &notify.SMS{Outside: o, Secret: "key & \"secret\"", SMSSettings: notify.SMSSettings{Method: "POST", Form: form, Body: bodies[form], Success: `"code":0`,
					URL: s.URL + "/send/{{phone}}?text={{text}}&id={{id}}", Headers: map[string]string{"X-Key": "{{secret}}"}}}
			},
			answers: map[Mode]answer{Takes: {200, `{"code":0}`}, Busy: {200, `{"code":17}`}, Refuses: {400, `no: key & "secret"`}},
			read:    readSMS(form)})
		s.to.Address = "13800000000"
		return s
	}
}

// readSMS reads the text wherever it stands, and wants the same everywhere.
func readSMS(form notify.SMSForm) func(s *HTTPS, r *http.Request, body []byte) Got {
	return func(s *HTTPS, r *http.Request, body []byte) Got {
		text, to, key := "", "13800000000", `key & "secret"`
		var err error
		switch form {
		case notify.FormJSON:
			var in struct {
				To       []string
				Msg, Key string
			}
			err = json.Unmarshal(body, &in)
			text, to, key = in.Msg, strings.Join(in.To, ","), in.Key
		case notify.FormURL:
			var in url.Values
			in, err = url.ParseQuery(string(body))
			text, to, key = in.Get("msg"), in.Get("to"), in.Get("key")
		case notify.FormXML:
			var in struct {
				To  string `xml:"to,attr"`
				Key string `xml:"key,attr"`
				Msg string `xml:"msg"`
			}
			err = xml.Unmarshal(body, &in)
			text, to, key = in.Msg, in.To, in.Key
		default:
			text = string(body)
		}
		q := r.URL.Query()
		if err != nil || to != "13800000000" || key != `key & "secret"` || r.Header.Get("X-Key") != key || q.Get("text") != text || r.URL.Path != "/send/"+to {
			s.wrong(fmt.Sprintf("got %s with %s: %v", r.URL, body, err))
		}
		return Got{q.Get("id"), text}
	}
}
