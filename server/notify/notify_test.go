package notify_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spotcheck/server/notify"
	"spotcheck/server/notify/notifytest"
)

func TestEveryChannelPassesTheSuite(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(testing.TB) notifytest.Place{
		"webhook": notifytest.Webhook, "wecom": notifytest.WeCom, "dingtalk": notifytest.DingTalk, "feishu": notifytest.Feishu, "push": notifytest.Push,
		"mail": notifytest.Mail, "sms as json": notifytest.SMS(notify.FormJSON), "sms as a form": notifytest.SMS(notify.FormURL),
		"sms as xml": notifytest.SMS(notify.FormXML), "sms as text": notifytest.SMS(notify.FormText),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notifytest.Suite(t, begin)
		})
	}
}

// TestSignaturesAreThoseOfStandardWebhooks signs the example of the specification.
func TestSignaturesAreThoseOfStandardWebhooks(t *testing.T) {
	got, err := notify.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, bad := range []string{"", "whsec_", "whsec_!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="} {
		if _, err := notify.Sign(bad, "id", time.Unix(1, 0), nil); err == nil {
			t.Errorf("%q signs", bad)
		}
	}
}

// TestPrivateAddressesAreOutOfReach holds addresses against the registers of special ones.
func TestPrivateAddressesAreOutOfReach(t *testing.T) {
	o := notify.NewOutboundClient([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, nil)
	for _, c := range []struct {
		host string
		ok   bool
	}{
		{"8.8.8.8", true}, {"[2400:3200::1]", true}, {"10.1.2.3", true}, {"[::ffff:10.1.2.3]", true}, {"example.org", true},
		{"10.2.0.1", false}, {"127.0.0.1", false}, {"127.1.2.3", false}, {"0.0.0.0", false}, {"169.254.169.254", false}, {"172.16.0.1", false},
		{"172.31.255.255", false}, {"192.168.1.1", false}, {"100.64.0.1", false}, {"224.0.0.1", false}, {"255.255.255.255", false}, {"198.18.0.1", false},
		{"[::1]", false}, {"[::]", false}, {"[fe80::1]", false}, {"[fc00::1]", false}, {"[fd12::1]", false}, {"[ff02::1]", false}, {"[::ffff:127.0.0.1]", false},
		{"[64:ff9b::7f00:1]", false}, {"[2002:7f00:1::]", false}, {"[::127.0.0.1]", false}, {"[fe80::1%25eth0]", false}, {"[2001::1]", false},
	} {
		if err := o.CheckURL("https://" + c.host + "/hook"); (err == nil) != c.ok {
			t.Errorf("%s: got %v, want reachable %t", c.host, err, c.ok)
		}
	}
	for _, bad := range []string{"", "http://example.org/", "https://", "https:///x", "https://a:b@example.org/", "ftp://example.org/",
		"https:example.org", "https://example.org/#x", "://"} {
		if err := o.CheckURL(bad); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
	}
}

// TestAnAddressIsLookedAtAfterItsNameIsResolved sends to a name that leads to this machine.
func TestAnAddressIsLookedAtAfterItsNameIsResolved(t *testing.T) {
	t.Parallel()
	p := notifytest.Receiver(t, notifytest.Secrets...)
	o := notify.NewOutboundClient(nil, p.Roots())
	defer o.Close()
	address := strings.Replace(p.To().Address, "127.0.0.1", "localhost", 1)
	_, err := p.Channel(o).Send(t.Context(), notify.Recipient{Address: address, Secrets: notifytest.Secrets}, &notify.Message{ID: "x"})
	if err == nil || notify.KindOf(err) != notify.Refused || len(p.Got()) != 0 {
		t.Errorf("got %v and %d messages, want a refusal", err, len(p.Got()))
	}
}

// TestRedirectsAreFollowedWithCare leads a webhook in circles, away from TLS, and to where nobody may go.
func TestRedirectsAreFollowedWithCare(t *testing.T) {
	t.Parallel()
	end := notifytest.Receiver(t, notifytest.Secrets...)
	hops := 0
	lead := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, to := http.StatusTemporaryRedirect, end.To().Address
		switch r.URL.Path {
		case "/circle":
			hops++
			to = "/circle"
		case "/plain":
			to = strings.Replace(to, "https:", "http:", 1)
		case "/private":
			to = strings.Replace(to, "127.0.0.1", "[::1]", 1)
		case "/get":
			status = http.StatusSeeOther
		case "/long":
			_, _ = io.Copy(w, io.LimitReader(zeros{}, 10<<20))
			return
		}
		http.Redirect(w, r, to, status)
	}))
	t.Cleanup(lead.Close)
	o := notify.NewOutboundClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, end.Roots())
	t.Cleanup(o.Close)
	for path, want := range map[string]string{"/once": "", "/long": "", "/circle": "redirects", "/plain": "https", "/private": "private network", "/get": "GET"} {
		r, err := end.Channel(o).Send(t.Context(), notify.Recipient{Address: lead.URL + path, Secrets: notifytest.Secrets}, &notify.Message{ID: "x", Payload: []byte("{}")})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || notify.KindOf(err) != notify.Refused) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
		if len(r.Answer) > 2000 {
			t.Errorf("%s: %d bytes of the answer are kept", path, len(r.Answer))
		}
	}
	if len(end.Got()) != 1 || hops != 4 {
		t.Errorf("%d arrived after %d hops in a circle, want 1 and 4", len(end.Got()), hops)
	}
	for _, f := range end.Faults() {
		t.Error(f)
	}
}

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestTemplatesOfAGatewayAreChecked(t *testing.T) {
	o := notify.NewOutboundClient(nil, nil)
	good := notify.SMSSettings{Method: "POST", URL: "https://sms.example/send?to={{phone}}", Form: notify.FormJSON, Body: `{"text":"{{text}}"}`,
		Headers: map[string]string{"X-Key": "{{secret}}"}}
	if err := good.Check(o); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(s *notify.SMSSettings){
		"another method":           func(s *notify.SMSSettings) { s.Method = "TRACE" },
		"no phone":                 func(s *notify.SMSSettings) { s.URL = "https://sms.example/send" },
		"no text":                  func(s *notify.SMSSettings) { s.Body = "" },
		"an unknown placeholder":   func(s *notify.SMSSettings) { s.Body += "{{password}}" },
		"a placeholder in a host":  func(s *notify.SMSSettings) { s.URL = "https://{{text}}.example/{{phone}}" },
		"the host is of the value": func(s *notify.SMSSettings) { s.URL = "https://{{phone}}" },
		"no TLS":                   func(s *notify.SMSSettings) { s.URL = "http://sms.example/{{phone}}" },
		"a private network":        func(s *notify.SMSSettings) { s.URL = "https://10.0.0.1/{{phone}}" },
		"no form":                  func(s *notify.SMSSettings) { s.Form = "yaml" },
		"a header in two lines":    func(s *notify.SMSSettings) { s.Headers = map[string]string{"X-A": "b\r\nX-C: d"} },
		"a header of the client":   func(s *notify.SMSSettings) { s.Headers = map[string]string{"host": "other"} },
	} {
		s := good
		spoil(&s)
		if err := s.Check(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
