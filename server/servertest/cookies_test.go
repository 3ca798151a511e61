package servertest_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// browserLogsIn logs in as a browser does, from a page of the site unless the headers say otherwise.
func browserLogsIn(t *testing.T, s *servertest.Server, header http.Header) *servertest.Answer {
	t.Helper()
	h := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	for k, v := range header {
		h[k] = v
	}
	return (&servertest.Client{Server: s}).WithT(t).Send(http.MethodPost, "/api/v1/sessions", []byte(`{"name":"lin","password":"`+password+`","cookie":true}`), h)
}

// browser is a browser that is logged in.
func browser(t *testing.T, s *servertest.Server) *servertest.Client {
	t.Helper()
	s.As("lin")
	a := browserLogsIn(t, s, nil).Want(201)
	res := http.Response{Header: a.Header}
	if len(res.Cookies()) != 2 || res.Cookies()[0].Name != "spotcheck_session" {
		t.Fatalf("got the cookies %v, want one of the session and one of the device", res.Cookies())
	}
	c := (&servertest.Client{Server: s, Cookie: res.Cookies()[0]}).WithT(t)
	return c
}

func TestACookieIsHiddenFromScriptsAndOtherSites(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	a := browserLogsIn(t, s, nil).Want(201)
	if strings.Contains(string(a.Body), `"token"`) {
		t.Errorf("a browser was told its token: %s", a.Body)
	}
	c := (&http.Response{Header: a.Header}).Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure || c.MaxAge < 29*24*3600 {
		t.Errorf("on the machine itself: got %s", a.Header.Get("Set-Cookie"))
	}
}

func TestACookieIsSecureButOnTheMachineItselfAndInPrivateNetworks(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	for host, secure := range map[string]bool{
		"127.0.0.1:8080": false, "localhost": false, "localhost:8080": false, "[::1]:8080": false, "127.0.0.1": false,
		"192.168.1.5:8080": false, "10.0.0.1": false, "172.20.1.1:80": false, "[fd00::5]:8080": false, "[fe80::1]": false,
		"spotcheck.example": true, "localhost.example": true, "127.0.0.1.example": true, "10.0.0.1.example": true, "8.8.8.8:8080": true,
		"172.32.0.1": true, "spotcheck.lan": true, "": true,
	} {
		body := `{"name":"lin","password":"` + password + `","cookie":true}`
		w := s.As("lin").WithT(t).Dial().Says(strings.Join([]string{"POST /api/v1/sessions HTTP/1.1", "Host: " + host, "Sec-Fetch-Site: same-origin",
			"Content-Length: " + strconv.Itoa(len(body)), "", body}, "\r\n"))
		a := w.Hears(http.MethodPost, "/api/v1/sessions").Want(201)
		if got := strings.Contains(strings.ToLower(a.Header.Get("Set-Cookie")), "; secure"); got != secure {
			t.Errorf("%s: secure is %t, want %t (%s)", host, got, secure, a.Header.Get("Set-Cookie"))
		}
	}
}

func TestABrowserWritesOnlyFromTheSiteItself(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := browser(t, s)
		own := s.URL
		for name, tt := range map[string]struct {
			header http.Header
			ok     bool
		}{
			"from its own page":               {http.Header{"Origin": {own}}, true},
			"from its own page, both say so":  {http.Header{"Origin": {own}, "Sec-Fetch-Site": {"same-origin"}}, true},
			"where only the browser says so":  {http.Header{"Sec-Fetch-Site": {"same-origin"}}, true},
			"from another site":               {http.Header{"Origin": {"https://evil.example"}}, false},
			"from another site that pretends": {http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"same-origin"}}, false},
			"from another port":               {http.Header{"Origin": {"http://127.0.0.1:1"}}, false},
			"over another scheme":             {http.Header{"Origin": {strings.Replace(own, "http", "https", 1)}}, false},
			"from a name that begins alike":   {http.Header{"Origin": {own + ".evil.example"}}, false},
			"from nowhere":                    {http.Header{"Origin": {"null"}}, false},
			"from a sister site":              {http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
			"across sites":                    {http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
			"typed by hand":                   {http.Header{"Sec-Fetch-Site": {"none"}}, false},
			"where nobody says":               {nil, false},
			"forwarded by a stranger":         {http.Header{"Origin": {"https://127.0.0.1"}, "X-Forwarded-Proto": {"https"}}, false},
		} {
			t.Run(name, func(t *testing.T) {
				a := b.WithT(t).Send(http.MethodDelete, "/api/v1/sessions/"+servertest.ID("none").String(), nil, tt.header)
				if tt.ok {
					a.Want(204)
				} else {
					a.WantProblem(403, "request.origin", "never")
				}
				b.WithT(t).Send(http.MethodGet, "/api/v1/me", nil, tt.header).Want(200) // reading is safe
			})
		}
		browserLogsIn(t, s, http.Header{"Origin": {"https://evil.example"}}).WantProblem(403, "request.origin", "never")
		browserLogsIn(t, s, http.Header{"Sec-Fetch-Site": {"cross-site"}}).WantProblem(403, "request.origin", "never")
	})
}

func TestBehindAProxyTheSiteIsWhatTheProxySays(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	s.Stop()
	s.Config.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s.Start()
	https := "https://" + s.API.Addr()
	browserLogsIn(t, s, http.Header{"Origin": {https}}).WantProblem(403, "request.origin", "never")
	browserLogsIn(t, s, http.Header{"Origin": {https}, "X-Forwarded-Proto": {"https"}}).Want(201)
	s.Stop()
	s.Config.PublicURL = "https://spotcheck.example"
	s.Start()
	browserLogsIn(t, s, http.Header{"Origin": {"http://" + s.API.Addr()}}).WantProblem(403, "request.origin", "never")
	browserLogsIn(t, s, http.Header{"Origin": {"https://spotcheck.example"}}).Want(201)
}

func TestATokenIsGoodOnlyTheWayItWasGivenOut(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, phone := browser(t, s), s.As("lin")
		(&servertest.Client{Server: s, Token: b.Cookie.Value}).WithT(t).Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		(&servertest.Client{Server: s, Cookie: &http.Cookie{Name: b.Cookie.Name, Value: phone.Token}}).WithT(t).
			Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
		phone.Send(http.MethodDelete, "/api/v1/sessions/"+servertest.ID("none").String(), nil, http.Header{"Origin": {"https://evil.example"}}).Want(204)
		b.Do(http.MethodGet, "/api/v1/me", nil).Want(200)
		a := b.Send(http.MethodDelete, "/api/v1/sessions/current", nil, http.Header{"Sec-Fetch-Site": {"same-origin"}}).Want(204)
		if gone := (&http.Response{Header: a.Header}).Cookies(); len(gone) != 1 || gone[0].Value != "" || gone[0].Expires.IsZero() || gone[0].Expires.After(s.Now()) {
			t.Errorf("logging out leaves the cookie: %q", a.Header.Get("Set-Cookie"))
		}
		b.Do(http.MethodGet, "/api/v1/me", nil).WantProblem(401, "session.required", "after-login")
	})
}

func TestAddressesOfStrangersAreNotBelieved(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	s.As("lin")
	logsIn(t, s, "192.0.2.77", "lin", password).Want(201)
	for _, l := range securityLog(s.As("admin"), "login") {
		if l.Address != "127.0.0.1" {
			t.Errorf("the log says %q, want the address of the connection", l.Address)
		}
	}
	behindProxy(s)
	for sent, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "203.0.113.5, 192.0.2.2": "192.0.2.2", "192.0.2.3, 127.0.0.1": "192.0.2.3", "nonsense": "127.0.0.1",
		"": "127.0.0.1", "192.0.2.4, nonsense": "127.0.0.1", "2001:db8::1": "2001:db8::1", "::ffff:192.0.2.5": "192.0.2.5",
	} {
		logsIn(t, s, sent, "lin", password).Want(201)
		if got := securityLog(s.As("admin"), "login")[0].Address; got != want {
			t.Errorf("forwarded for %q: the log says %q, want %q", sent, got, want)
		}
	}
}
