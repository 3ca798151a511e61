package httpapi

import (
	"bufio"
	"encoding/json"
	"math"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/strictjson"
)

func FuzzByteRange(f *testing.F) {
	for _, header := range []string{"", "bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=5-2", "bytes=1-9223372036854775807", "bytes=9223372036854775807-",
		"bytes=0-1,3-4", "bytes=+1-2", "bytes=--1", "bytes= 1-2", "octets=0-1", "bytes=-9223372036854775808", "bytes=a-b", "bytes=-", "bytes=10-20"} {
		f.Add(header, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 1 {
			return
		}
		from, to, partial, err := byteRange(header, size)
		switch {
		case err != nil && (from != 0 || to != 0):
			t.Errorf("%q of %d: got %d-%d beside %v", header, size, from, to, err)
		case err == nil && (from < 0 || from >= to || to > size):
			t.Errorf("%q of %d: got %d-%d", header, size, from, to)
		case !partial && err == nil && (from != 0 || to != size):
			t.Errorf("%q of %d: got %d-%d as the whole", header, size, from, to)
		}
	})
}

func FuzzContentDigest(f *testing.F) {
	zero := "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
	for _, header := range []string{zero, "", "sha-256=::", "sha-256=:", "sha-512=:AAAA:", zero + ", " + zero, strings.ToUpper(zero), " " + zero,
		"sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=:", "sha-256=:AAAA\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		sum, err := contentDigest(header)
		if (err == nil) != goodDigest.MatchString(sum) {
			t.Errorf("%q: got %q, %v", header, sum, err)
		}
	})
}

func FuzzUploadHeaders(f *testing.F) {
	for _, v := range [][3]string{{"0", "issue aXNzdWU=,photo cGhvdG8=", "sha256 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, {"-0", ",", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{"+1", "a,,b", "sha256 "}, {"9223372036854775808", "issue", " "}, {" 1", "issue  aQ==", "md5 AAAA"}, {"1_0", "issue aQ==,issue YQ==", "sha256  AAAA"}, {"", "", ""}} {
		f.Add(v[0], v[1], v[2])
	}
	f.Fuzz(func(t *testing.T, count, meta, sum string) {
		digits := count != "" && strings.Trim(count, "0123456789") == ""
		want, _ := new(big.Int).SetString(count, 10)
		if n, ok := bytesIn(count); ok != (digits && want.IsInt64()) || ok && n != want.Int64() {
			t.Errorf("%q: got %d, %t", count, n, ok)
		}
		for name, value := range metadata(meta) {
			if name == "" || strings.Contains(name, ",") || !strings.Contains(meta, name) || len(value) > len(meta) {
				t.Errorf("%q: got %q = %q", meta, name, value)
			}
		}
		if of, got, ok := checksum(sum); ok && len(got) != of().Size() {
			t.Errorf("%q: got %d bytes", sum, len(got))
		}
	})
}

func FuzzIfMatch(f *testing.F) {
	for _, header := range []string{"", "*", `"1"`, `"0"`, `"-1"`, `"+1"`, `"9223372036854775808"`, `1`, `"`, `""`, `W/"1"`, `"1","2"`, `""1""`} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		n, err := ifMatch(header)
		none := header == "" || header == "*"
		if err == nil && (n == 0) != none || err != nil && n != 0 || n < 0 {
			t.Errorf("%q: got %d, %v", header, n, err)
		}
		if err == nil && !none && (len(header) < 3 || strings.Trim(header[1:len(header)-1], "0123456789") != "") {
			t.Errorf("%q was taken for version %d", header, n)
		}
	})
}

func FuzzFilters(f *testing.F) {
	for _, q := range []string{"", "status=reported,assigned&category=06010&limit=200", "bbox=110,20,111,21&near=20,110,500", "cursor=MTIuMzQ&sort=due&overdue=true",
		"text=%E5%9E%83%E5%9C%BE&unit=0190a1b2-0000-7000-8000-000000000001&reported_from=2026-01-01T00:00:00Z", "status=&status=&limit=", "bbox=NaN,0,0,0", "near=1e400,0,1",
		"category=%00", "group=%ff", "text=\x00", "limit=-1&limit=2", "cursor=%3d%3d", "near=0,0,0&x=1", "bbox=180,-90,-180,90", "source=patrol;DROP", "a[]=1&a[0]=2", "%"} {
		f.Add(q)
	}
	app := fiber.New()
	f.Fuzz(func(t *testing.T, raw string) {
		var ctx fasthttp.RequestCtx
		ctx.Request.URI().SetQueryString(raw)
		c := app.AcquireCtx(&ctx)
		defer app.ReleaseCtx(c)
		q := queryOf(c)
		filter, limit, cursor := filterOf(q), q.limit(50, 200), q.position("cursor", 2)
		if q.fault() != nil {
			return
		}
		texts := slices.Concat(filter.Categories, filter.Groups, []string{filter.Text})
		if slices.ContainsFunc(texts, func(v string) bool { return !utf8.ValidString(v) || strings.ContainsRune(v, 0) }) {
			t.Errorf("%q: the database is asked for %q", raw, texts)
		}
		if limit < 1 || limit > 200 || cursor != nil && len(cursor) != 2 || filter.Sort == "" {
			t.Errorf("%q: limit %d, cursor %v, sort %q", raw, limit, cursor, filter.Sort)
		}
		if b := filter.Box; b != nil && !b.Valid() || filter.Near != nil && (!filter.Near.Valid() || !(filter.RadiusM > 0 && filter.RadiusM <= maxRadius)) {
			t.Errorf("%q: box %v, near %v within %f", raw, b, filter.Near, filter.RadiusM)
		}
		if slices.ContainsFunc(filter.Status, func(s inspect.Status) bool { return !slices.Contains(inspect.Statuses, s) }) {
			t.Errorf("%q: status %v", raw, filter.Status)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(int64(0), int64(0))
	f.Add(int64(math.MaxInt64), int64(math.MinInt64))
	app := fiber.New()
	f.Fuzz(func(t *testing.T, key, id int64) {
		var ctx fasthttp.RequestCtx
		ctx.Request.URI().SetQueryString("cursor=" + url.QueryEscape(cursorText(key, id)))
		c := app.AcquireCtx(&ctx)
		defer app.ReleaseCtx(c)
		if got := queryOf(c).position("cursor", 2); !slices.Equal(got, []int64{key, id}) {
			t.Errorf("got %v, want %d, %d", got, key, id)
		}
	})
}

// bodies are seeds of the doors that read JSON.
var bodies = []string{`{}`, ``, `null`, `[]`, `{"a":1}`, `{"note":"\u0000"}`, `{"note":"\ud83d"}`, "{\"note\":\"\xff\"}", `{"note":"a","note":"b"}`,
	`{"category":"06010","photos":[],"reported_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`,
	`{"category":"06010","place":{"lat":20.03,"lon":110.33,"accuracy_m":4,"datum":"gcj02","source":"gps","captured_at":"2026-11-24T08:00:00Z"},
	"line":{"start":{"lat":20,"lon":110},"end":{"lat":20.01,"lon":110}},"severity":"serious","source":"hotline","caller":{"name":"陈","phone":"1"},
	"photos":[{"id":"0190a1b2-0000-7000-8000-000000000001","sha256":"0000000000000000000000000000000000000000000000000000000000000000","bytes":9,"kind":"report","taken":"camera"}],
	"reported_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`,
	`{"category":"06010","place":{"lat":-0.0,"lon":1e-400},"photos":[],"reported_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`,
	`{"action":"fix","photos":["0190a1b2-0000-7000-8000-000000000001"],"done_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`,
	`{"action":"verify","verdict":"fail","how":"on_site","reason":"x","photos":[],"done_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`,
	`{"action":"assign","unit":"0190a1b2-0000-7000-8000-000000000001","due_at":"2099-12-31T23:59:59Z","done_at":"2026-11-24T08:00:00Z","sent_at":"2026-11-24T08:00:01Z"}`,
	strings.Repeat(`{"place":`, 40), `{"photos":` + strings.Repeat("[", 40)}

// wantReadable fails unless a body that was taken is JSON that can be kept in its canonical form.
func wantReadable(t *testing.T, raw []byte) {
	t.Helper()
	if !json.Valid(raw) {
		t.Errorf("taken, but no JSON: %q", raw)
	}
	if _, err := evidence.Canonical(raw); err != nil {
		t.Errorf("taken, but without a canonical form: %q: %v", raw, err)
	}
}

func FuzzReport(f *testing.F) {
	for _, b := range bodies {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var in reportIn
		if r := strictjson.Decode(raw, &in); !r.OK() {
			return
		}
		wantReadable(t, raw)
		declared, wrong := declarations(in.Photos)
		wrong = append(wrong, append(checkPlace("/place", in.Place), checkLine(in.Line, in.Place)...)...)
		if len(wrong) > 0 {
			return
		}
		if p := in.Place.place(); p != nil && (!p.Valid() || math.Signbit(p.Lat) && p.Lat == 0 || p.AccuracyM != nil && *p.AccuracyM < 0) {
			t.Errorf("the place %+v was taken", p)
		}
		if len(declared) > 20 || in.ReportedAt < inspect.EarliestClaim || in.SentAt >= inspect.LatestClaim {
			t.Errorf("taken: %+v", in)
		}
	})
}

func FuzzAction(f *testing.F) {
	for _, b := range bodies {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var in actionIn
		if r := strictjson.Decode(raw, &in); !r.OK() || len(in.check()) > 0 {
			return
		}
		wantReadable(t, raw)
		must, may := in.Action.Needs(in.Verdict)
		for need, given := range in.given() {
			if given && !slices.Contains(must, need) && !slices.Contains(may, need) || !given && slices.Contains(must, need) {
				t.Errorf("%s was taken with %s %t", in.Action, need, given)
			}
		}
	})
}

func FuzzFraming(f *testing.F) {
	for _, headers := range []string{"Content-Length: 5", "Content-Length: 5\r\nContent-Length: 5", "Transfer-Encoding: chunked", "transfer-encoding:chunked\r\ncontent-length:1",
		"Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5 ", "X: y\r\n Content-Length: 5", "Content-Length:", "Transfer-Encoding: identity", "X-A: b\nContent-Length: 7",
		"Content-Length : 5", "\tContent-Length: 5", "Content-Length: 5\r", "Content-Length: 99999999999999999999"} {
		f.Add(headers)
	}
	f.Fuzz(func(t *testing.T, headers string) {
		var h fasthttp.RequestHeader
		if err := h.Read(bufio.NewReader(strings.NewReader("PUT / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n"))); err != nil {
			return // answered as unreadable
		}
		parsed := h.ContentLength()
		length, err := framing(&h)
		if err != nil {
			return
		}
		if parsed >= 0 && int64(parsed) != length || parsed == -1 && length != -1 || parsed == -2 && length != 0 {
			t.Errorf("%q: the server reads %d, we read %d", headers, parsed, length)
		}
	})
}
