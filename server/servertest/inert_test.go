package servertest_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// evil are texts that something downstream could take for more than text.
var evil = []string{
	`=HYPERLINK("http://evil.example","x")`, `+1+cmd|' /C calc'!A0`, `-2+3`, `@SUM(1+1)`, `|calc`, `%0A=1`, "\t=1+1", " =1+1", "\n=1+1", "　＝1+1", "＋1", "－1", "＠x",
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</script><script>alert(1)`, `{{constructor.constructor('alert(1)')()}}`,
	`../../../../etc/passwd`, `..\..\boot.ini`, `CON`, `a.jpg;x.exe`, `"; filename="evil.html`, `javascript:alert(1)`, `' OR 1=1; DROP TABLE issue; --`,
	`a,b;c"d'e`, "\u202egpj.exe", `%s%n%x`, `${jndi:ldap://x}`, `\"\\`,
}

// planted fills a city with evil names and an issue for each text.
func planted(t *testing.T, s *servertest.Server) (office *servertest.Client, ids map[string]inspect.ID) {
	t.Helper()
	lin, admin, office := s.As("lin"), s.As("admin"), s.As("office")
	admin.Do(http.MethodPut, "/api/v1/areas/"+servertest.ID("binhai").String(), M{"name": evil[0], "level": "street", "parent": servertest.ID("longhua-area")}).Want(200)
	admin.Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua-sanitation").String(), M{"name": evil[1], "kind": "bureau", "parent": servertest.ID("longhua")}).Want(200)
	admin.Do(http.MethodPut, "/api/v1/categories/-A1", M{"name_zh": evil[3], "name_en": evil[13], "group": "litter", "limit": 1, "limit_unit": "minute", "local": true}).Want(201)
	admin.Do(http.MethodPut, "/api/v1/people/"+servertest.ID("lin").String(), M{"name": "lin", "display_name": evil[13], "staff_number": "=1+1",
		"grants": []M{{"role": "inspector", "scope": M{"kind": "city"}}}}).Want(200)
	ids = map[string]inspect.ID{}
	for _, text := range evil {
		id := inspect.NewID()
		body := lin.Report()
		body["category"], body["address"], body["note"], body["site"], body["plate"] = "-A1", text, text, text, "=1+1"
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).Want(201)
		ids[text] = id
	}
	return office, ids
}

func TestTextsComeBackAsTheyWere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, ids := planted(t, s)
		for text, id := range ids {
			if i := office.Issue(id); i.Note != text || i.Address != text {
				t.Errorf("sent %q, got the note %q and the address %q", text, i.Note, i.Address)
			}
		}
		s.Audit()
	})
}

func TestASpreadsheetFindsNoFormula(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, ids := planted(t, s)
		a := office.Do(http.MethodGet, "/api/v1/issues.csv", nil).Want(200)
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.Body, []byte("\ufeff")))).ReadAll()
		if err != nil || len(rows) != len(ids)+1 {
			t.Fatalf("got %d rows, %v, want %d", len(rows), err, len(ids)+1)
		}
		notes := []string{}
		for _, row := range rows[1:] {
			for n, value := range row {
				text := strings.TrimLeft(value, " \t\r\n\u00a0\u3000")
				if column := rows[0][n]; column != "lat" && column != "lon" && text != "" && strings.ContainsAny(text[:1], "=+-@|%") || strings.HasPrefix(text, "＝") ||
					strings.HasPrefix(text, "＋") || strings.HasPrefix(text, "－") || strings.HasPrefix(text, "＠") {
					t.Errorf("%s: a spreadsheet takes %q for a formula", column, value)
				}
			}
			notes = append(notes, row[slices.Index(rows[0], "note")])
		}
		for text := range ids {
			if !slices.Contains(notes, text) && !slices.Contains(notes, "'"+text) {
				t.Errorf("the text %q did not come through", text)
			}
		}
		wantHeader(t, a, "Content-Type", "text/csv; charset=utf-8")
		wantHeader(t, a, "Content-Disposition", `attachment; filename="issues.csv"`)
		wantHeader(t, a, "X-Content-Type-Options", "nosniff")
	})
}

func wantHeader(t *testing.T, a *servertest.Answer, name, want string) {
	t.Helper()
	if got := a.Header.Get(name); got != want {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

func TestNoAnswerHoldsMarkup(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, ids := planted(t, s)
		paths := []string{"/api/v1/issues?limit=200", "/api/v1/issues.geojson", "/api/v1/units", "/api/v1/areas", "/api/v1/categories", "/api/v1/people", "/api/v1/bootstrap",
			"/api/v1/issues/%3Cscript%3E", "/%3Cscript%3Ealert(1)%3C/script%3E", "/api/v1/issues?%3Cscript%3E=1", "/api/v1/issues?status=%3Cscript%3E"}
		for _, id := range ids {
			paths = append(paths, "/api/v1/issues/"+id.String(), "/api/v1/issues/"+id.String()+"/events")
		}
		for _, path := range paths {
			a := loosely(t, office).Do(http.MethodGet, path, nil)
			if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/") || !strings.Contains(kind, "json") {
				t.Errorf("%s: the answer is %s", path, kind)
			}
			if wantHeader(t, a, "X-Content-Type-Options", "nosniff"); bytes.ContainsAny(a.Body, "<>") {
				t.Errorf("%s: there is markup in the answer: %.200s", path, a.Body)
			}
			if !json.Valid(a.Body) {
				t.Errorf("%s: the answer is no JSON: %.200s", path, a.Body)
			}
		}
	})
}

func TestThePageOfTheContractRunsNothing(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	a := s.As("lin").Do(http.MethodGet, "/api/docs", nil).Want(200)
	if bytes.Contains(a.Body, []byte("<script")) || bytes.Contains(a.Body, []byte("src=")) || bytes.Contains(a.Body, []byte("url(")) {
		t.Error("the page holds a script or loads from outside")
	}
	wantHeader(t, a, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	for _, part := range []string{"PUT", "/api/v1/issues/{id}/photos/{photo}", "核查"} {
		if !bytes.Contains(a.Body, []byte(part)) {
			t.Errorf("the page lacks %s", part)
		}
	}
}

func TestAPhotoIsNeverMoreThanAPicture(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		pic := servertest.NewPicture("report") // with a page in its tail, as polyglots have it
		pic.Bytes = append(pic.Bytes, "<html><script>alert(1)</script></html>"...)
		p := promise(t, lin, pic)
		p.comes(t)
		s.Drain()
		for path, name := range map[string]string{"/original": "original", "/thumb": "thumb", "/display": "display"} {
			a := p.Do(http.MethodGet, p.path+path, nil).Want(200)
			wantHeader(t, a, "Content-Type", "image/jpeg")
			wantHeader(t, a, "X-Content-Type-Options", "nosniff")
			wantHeader(t, a, "Content-Security-Policy", "default-src 'none'; sandbox")
			etag := strings.Trim(a.Header.Get("Etag"), `"`)
			wantHeader(t, a, "Content-Disposition", `inline; filename="`+name+"-"+etag[:12]+`.jpeg"`)
		}
	})
}

func TestTricksInPathsLeadNowhere(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, servertest.SQLite)
	admin, id := s.As("admin"), s.As("lin").ReportsMud()
	before := files(t, s.Config.Data)
	for _, path := range []string{"/api/v1/issues/..%2f..%2fetc", "/api/v1/issues/" + id.String() + "/photos/..%2f..%2fspotcheck.db/original",
		"/api/v1/issues/" + id.String() + "/photos/%2e%2e/original", "/api/v1/categories/..%2f..%2fx", "/api/v1/settings/..%2fcity_name", "/api/docs/../../spotcheck.db",
		"/%2e%2e/%2e%2e/etc/passwd", "/api/v1/issues/" + id.String() + "%00.jpg", "/api/openapi.yaml/", "//etc/passwd"} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			w := admin.WithT(t).Dial()
			a := w.Says(method+" "+path+" HTTP/1.1\r\nHost: h\r\n"+admin.Auth()+"Content-Length: 2\r\n\r\n{}").WantOneAnswer(method, "/nowhere")
			if a.Status < 400 || a.Status >= 500 || bytes.Contains(a.Body, []byte("root:")) {
				t.Errorf("%s %s: got %d", method, path, a.Status)
			}
		}
	}
	if after := files(t, s.Config.Data); !slices.Equal(before, after) {
		t.Errorf("the folder held %v, now %v", before, after)
	}
}

// files are the names of all files below a folder.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}
