package rest

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// asked is a request from an address with these headers, each "Name: value".
func asked(app *fiber.App, from string, headers ...string) *fiber.Ctx {
	var ctx fasthttp.RequestCtx
	var req fasthttp.Request
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	ctx.Init(&req, &net.TCPAddr{IP: net.ParseIP(from), Port: 1}, nil)
	return app.AcquireCtx(&ctx)
}

func TestSenderIsTheLastHopThatIsNoTrustedProxy(t *testing.T) {
	site := &Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	app := fiber.New()
	for name, tt := range map[string]struct {
		from    string
		headers []string
		want    string
	}{
		"nobody between":                      {"192.0.2.1", nil, "192.0.2.1"},
		"a stranger pretends":                 {"192.0.2.1", []string{"X-Forwarded-For: 10.0.0.9", "Forwarded: for=10.0.0.9"}, "192.0.2.1"},
		"one proxy":                           {"10.0.0.1", []string{"X-Forwarded-For: 192.0.2.1"}, "192.0.2.1"},
		"two proxies":                         {"10.0.0.1", []string{"X-Forwarded-For: 192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		"two proxies, a line of each":         {"10.0.0.1", []string{"X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 10.0.0.2"}, "192.0.2.1"},
		"a client that forges a hop":          {"10.0.0.1", []string{"X-Forwarded-For: 203.0.113.7, 192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		"a client that forges a line":         {"10.0.0.1", []string{"X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 192.0.2.1"}, "192.0.2.1"},
		"a forged trusted hop behind":         {"10.0.0.1", []string{"X-Forwarded-For: 10.9.9.9, 192.0.2.1"}, "192.0.2.1"},
		"with a port":                         {"10.0.0.1", []string{"X-Forwarded-For: 192.0.2.1:4711"}, "192.0.2.1"},
		"IPv6 in brackets with a port":        {"fd00::1", []string{"X-Forwarded-For: [2001:db8::5]:4711"}, "2001:db8::5"},
		"IPv4 in IPv6":                        {"::ffff:10.0.0.1", []string{"X-Forwarded-For: ::ffff:192.0.2.1"}, "192.0.2.1"},
		"a name in the way":                   {"10.0.0.1", []string{"X-Forwarded-For: 192.0.2.1, unknown"}, "10.0.0.1"},
		"nothing said":                        {"10.0.0.1", nil, "10.0.0.1"},
		"the standard form":                   {"10.0.0.1", []string{"Forwarded: for=192.0.2.1;proto=https;by=10.0.0.1"}, "192.0.2.1"},
		"the standard form, two proxies":      {"10.0.0.1", []string{"Forwarded: for=192.0.2.1, For=10.0.0.2;proto=http"}, "192.0.2.1"},
		"the standard form, quoted":           {"10.0.0.1", []string{`Forwarded: proto=https; for="[2001:db8::5]:4711", for="10.0.0.2"`}, "2001:db8::5"},
		"the standard form, a comma in it":    {"10.0.0.1", []string{`Forwarded: for=192.0.2.1;by="a,for=203.0.113.7"`}, "192.0.2.1"},
		"the standard form, forged":           {"10.0.0.1", []string{"Forwarded: for=203.0.113.7, for=192.0.2.1"}, "192.0.2.1"},
		"the standard form, hidden":           {"10.0.0.1", []string{"Forwarded: for=192.0.2.1, for=_hidden"}, "10.0.0.1"},
		"the standard form, without for":      {"10.0.0.1", []string{"Forwarded: for=192.0.2.1, proto=https"}, "10.0.0.1"},
		"both, where one names proxies alone": {"10.0.0.1", []string{"X-Forwarded-For: 10.0.0.2", "Forwarded: for=192.0.2.1"}, "192.0.2.1"},
		"both, the standard one forged":       {"10.0.0.1", []string{"X-Forwarded-For: 192.0.2.1", "Forwarded: for=203.0.113.7"}, "192.0.2.1"},
	} {
		c := asked(app, tt.from, tt.headers...)
		if got := site.Address(c); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
		app.ReleaseCtx(c)
	}
}

func TestAWayOfAThousandHopsIsNotWalked(t *testing.T) {
	site, app := &Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, fiber.New()
	c := asked(app, "10.0.0.1", "X-Forwarded-For: 192.0.2.1"+strings.Repeat(", 10.0.0.2", 1000))
	defer app.ReleaseCtx(c)
	if got := site.Address(c); got != "10.0.0.2" {
		t.Errorf("got %s, want the farthest hop that was looked at", got)
	}
}

func TestSecureIsWhatTheBrowserSpeaks(t *testing.T) {
	site, app := &Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, fiber.New()
	for _, tt := range []struct {
		from, proto string
		want        bool
	}{
		{"10.0.0.1", "https", true}, {"10.0.0.1", "HTTPS", true}, {"10.0.0.1", "https, http", true}, {"10.0.0.1", "http, https", false},
		{"10.0.0.1", "http", false}, {"192.0.2.1", "https", false},
	} {
		c := asked(app, tt.from, "X-Forwarded-Proto: "+tt.proto)
		if got := site.Secure(c); got != tt.want {
			t.Errorf("%s from %s: got %t", tt.proto, tt.from, got)
		}
		app.ReleaseCtx(c)
	}
}

// FuzzForwarded: whatever a header says, nobody before the nearest untrusted hop is believed, and that hop stands in the header or is the peer.
func FuzzForwarded(f *testing.F) {
	for _, header := range []string{"", "for=192.0.2.1", `for="[2001:db8::5]:1"`, `for="a\"b", for=10.0.0.2`, "for=,,;;=", `"`, `for="`, "for=192.0.2.1, for=10.0.0.2"} {
		f.Add(header)
	}
	site := &Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	peer := netip.MustParseAddr("10.0.0.1")
	f.Fuzz(func(t *testing.T, header string) {
		hops := forwardedFor(header)
		at := site.lastUntrusted(peer, hops)
		if at == peer {
			return
		}
		for n := len(hops) - 1; n >= 0; n-- {
			hop, ok := hopAddress(hops[n])
			if !ok {
				break
			}
			if hop == at {
				return
			}
			if !site.trusts(hop) {
				t.Fatalf("%q: got %s behind the untrusted %s", header, at, hop)
			}
		}
		t.Fatalf("%q: got %s, which nobody named", header, at)
	})
}
