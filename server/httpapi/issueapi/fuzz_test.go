package issueapi

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/strictjson"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/rest"
)

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
		q := rest.QueryOf(c)
		filter, limit, cursor := Filter(q), q.Limit(50, 200), q.Position("cursor", 2)
		if q.Err() != nil {
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
		declared, _, wrong := photoapi.Declarations(in.Photos)
		if len(wrong) > 0 {
			return
		}
		p, _ := in.Place.Place()
		if line, _ := in.Line.line(p); line != nil && (p == nil || !line.Start.Valid() || line.End != nil && !line.End.Valid()) {
			t.Errorf("the line %+v was taken", line)
		}
		if p != nil && (!p.Valid() || math.Signbit(p.Lat) && p.Lat == 0 || p.AccuracyM != nil && *p.AccuracyM < 0) {
			t.Errorf("the place %+v was taken", p)
		}
		if len(declared) > 20 || in.ReportedAt.Time != 0 && in.ReportedAt.Time < inspect.EarliestTime || in.SentAt.Time >= inspect.LatestTime {
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
