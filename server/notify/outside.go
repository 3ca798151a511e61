package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// Bounds of what goes outside.
const (
	dialTime     = 5 * time.Second
	sendTime     = 15 * time.Second // a whole attempt
	maxRedirects = 3
	maxAnswer    = 64 << 10 // bytes that are read of an answer
	keptAnswer   = 500      // characters that are kept of it
)

// OutboundClient is the door to other machines: what is private stays out of reach, unless it is allowed.
type OutboundClient struct {
	Allowed []netip.Prefix // private networks that may be reached all the same
	Roots   *x509.CertPool // who vouches for others, those of the system when nil
	client  *http.Client
}

// NewOutboundClient opens the door.
func NewOutboundClient(allowed []netip.Prefix, roots *x509.CertPool) *OutboundClient {
	o := &OutboundClient{Allowed: allowed, Roots: roots}
	o.client = &http.Client{
		Timeout: sendTime,
		Transport: &http.Transport{
			DialContext:     o.dialer().DialContext, // and no proxy, or the address that is checked would be the proxy's
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: sendTime, MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConns: 20, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxConnsPerHost: 8,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			switch {
			case len(via) > maxRedirects:
				return refused("more than %d redirects", maxRedirects)
			case r.URL.Scheme != "https":
				return refused("a redirect leads away from https")
			case r.Method != via[0].Method:
				return refused("a redirect turns a %s into a %s", via[0].Method, r.Method)
			case r.URL.Host != via[0].URL.Host:
				for _, h := range secretHeaders {
					r.Header.Del(h)
				}
			}
			return nil
		},
	}
	return o
}

// secretHeaders do not go to another machine than the one that they were meant for.
var secretHeaders = []string{"Authorization", "Cookie"}

// Close ends connections that nobody uses.
func (o *OutboundClient) Close() { o.client.CloseIdleConnections() }

// dialer connects to addresses that may be reached: looked at after the name is resolved, and again for each redirect.
func (o *OutboundClient) dialer() *net.Dialer {
	return &net.Dialer{Timeout: dialTime, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return refused("the address cannot be read")
		}
		return o.check(a.Addr())
	}}
}

// check refuses an address that is not public and not allowed.
func (o *OutboundClient) check(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	if slices.ContainsFunc(o.Allowed, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return nil
	}
	if !a.IsGlobalUnicast() || slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return refused("the address lies in a private network, which is not allowed")
	}
	return nil
}

// private are the networks of the registers of special addresses (RFC 6890 and its successors) that lead to a private place
// or that hide another address.
var private = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// CheckURL says what is wrong with the address of an outside program, before anybody connects to it.
func (o *OutboundClient) CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return fmt.Errorf("want an address that begins with https://")
	case u.User != nil:
		return fmt.Errorf("an address holds no name and password")
	case u.Fragment != "":
		return fmt.Errorf("an address has no part behind #")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && o.check(a) != nil {
		return fmt.Errorf("the address lies in a private network, which is not allowed")
	}
	return nil
}

// post sends a body and reads the beginning of the answer. The body can be sent again by a redirect.
func (o *OutboundClient) post(ctx context.Context, method, address string, header http.Header, body []byte) (Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return Response{}, nil, refused("the address cannot be read")
	}
	if err := o.CheckURL(address); err != nil {
		return Response{}, nil, refused("%v", err)
	}
	r.Header = header
	r.Header.Set("User-Agent", "Spotcheck")
	return read(o.client.Do(r))
}

// read takes the beginning of an answer; a status that is no success is a failure.
func read(res *http.Response, err error) (Response, []byte, error) {
	if err != nil {
		return Response{}, nil, why(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	receipt := Response{Status: res.StatusCode, Answer: oneLine(string(answer), keptAnswer)}
	switch s := res.StatusCode; {
	case s >= 200 && s < 300:
		if err != nil {
			return receipt, nil, why(err)
		}
		return receipt, answer, nil
	case s == http.StatusGone:
		return receipt, nil, &Failure{RecipientGone, "the other side answered 410"}
	default:
		return receipt, answer, later("the other side answered %d", s)
	}
}
