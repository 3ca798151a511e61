package servertest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// heading is a heading of the archive as a client reads it.
type heading struct {
	ID, Parent, Number, Title string
	Documents, Short          int
	Lacking                   []struct{ ID, Name string }
	Enabled                   bool
}

// archived is a document of the archive as a client reads it.
type archived struct {
	ID, Title, Number, Dated string
	KeepTo                   string `json:"keep_to"`
	Heading                  struct{ ID, Name string }
	Files                    []struct {
		N                  int
		Name, Type, SHA256 string
		Bytes              int64
	}
	Withdrawn *struct{ Reason string }
}

const archivePath = "/api/v1/archive"

func putHeading(c *servertest.Client, name string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, archivePath+"/headings/"+servertest.ID(name).String(), body)
}

func documentPath(name string) string {
	return archivePath + "/documents/" + servertest.ID(name).String()
}

func describes(c *servertest.Client, name string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, documentPath(name), body)
}

// brings sends the file of a document.
func brings(c *servertest.Client, name, file string, body []byte) *servertest.Answer {
	sum := sha256.Sum256(body)
	return c.Send(http.MethodPut, documentPath(name)+"/file?name="+file, body, http.Header{"Content-Type": {"application/octet-stream"},
		"Content-Digest": {"sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"}})
}

// aPDF is a small PDF that says something.
func aPDF(says string) []byte {
	return []byte("%PDF-1.7\n% " + says + "\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")
}

func headings(t *testing.T, c *servertest.Client, query string) map[string]heading {
	t.Helper()
	var page struct{ Headings []heading }
	c.Do(http.MethodGet, archivePath+"/headings"+query, nil).Want(http.StatusOK).Into(&page)
	all := map[string]heading{}
	for _, h := range page.Headings {
		all[h.Title] = h
	}
	return all
}

// archiveOf has headings of every sort and two documents of 2026.
func archiveOf(s *servertest.Server) {
	office := s.As("office")
	putHeading(office, "lead", M{"number": "1", "title": "组织领导"}).Want(201)
	putHeading(office, "plans", M{"parent": servertest.ID("lead"), "number": "1.1", "title": "实施方案", "least": 2, "keep_years": 10,
		"units": []inspect.ID{servertest.ID("longhua-sanitation"), servertest.ID("longhua")}}).Want(201)
	putHeading(office, "papers", M{"number": "2", "title": "整改文书", "source": "papers", "detail": "rectify", "least": 1}).Want(201)
	putHeading(office, "reports", M{"number": "10", "title": "通报", "source": "reports"}).Want(201)
	putHeading(office, "coverage", M{"number": "9", "title": "门前三包", "source": "coverage"}).Want(201)
	describes(office, "plan", M{"heading": servertest.ID("plans"), "title": "创建工作实施方案", "number": "海双创〔2026〕1号", "dated": "2026-03-02"}).Want(201)
	brings(office, "plan", "plan.pdf", aPDF("one")).Want(201)
	describes(office, "own plan", M{"heading": servertest.ID("plans"), "title": "环卫所方案", "dated": "2026-04-01", "unit": servertest.ID("longhua-sanitation")}).Want(201)
}

func TestTheArchiveSaysWhatIsMissing(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		plans := headings(t, office, "?year=2026")["实施方案"]
		if plans.Documents != 1 || plans.Short != 1 || len(plans.Lacking) != 2 {
			t.Errorf("a document without a file counts: %+v", plans)
		}
		brings(office, "own plan", "own.pdf", aPDF("two")).Want(201)
		all := headings(t, office, "?year=2026")
		if plans = all["实施方案"]; plans.Documents != 2 || plans.Short != 0 || len(plans.Lacking) != 1 || plans.Lacking[0].ID != servertest.ID("longhua").String() {
			t.Errorf("got %+v, want that one unit lacks", plans)
		}
		if papers := all["整改文书"]; papers.Documents != 0 || papers.Short != 1 {
			t.Errorf("got %+v, want a paper missing", papers)
		}
		if last := headings(t, office, "?year=2025")["实施方案"]; last.Documents != 0 || last.Short != 2 || len(last.Lacking) != 2 {
			t.Errorf("a year before: got %+v", last)
		}
		id := s.As("lin").ReportsMud()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		s.Drain()
		issues(office, servertest.ID("a paper"), "rectify", nil, id)
		s.MakesPapers()
		var leaves struct {
			Leaves []struct{ ID, Title, Number, SHA256, Type string }
		}
		office.Do(http.MethodGet, archivePath+"/headings/"+servertest.ID("papers").String()+"/leaves", nil).Want(200).Into(&leaves)
		if len(leaves.Leaves) != 1 || leaves.Leaves[0].Title != "整改通知单" || leaves.Leaves[0].SHA256 == "" {
			t.Errorf("the heading is filled with %+v", leaves)
		}
		if papers := headings(t, office, "")["整改文书"]; papers.Documents != 1 || papers.Short != 0 {
			t.Errorf("got %+v, want the paper", papers)
		}
		s.Audit()
	})
}

func TestADocumentKeepsEveryVersion(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		brings(office, "plan", "plan.pdf", aPDF("one")).Want(200)
		brings(office, "plan", "plan2.pdf", aPDF("changed")).Want(201)
		brings(office, "plan", "plan.pdf", aPDF("one")).Want(200)
		picture := servertest.NewPicture("report")
		brings(office, "plan", "scan.jpg", picture.Bytes).Want(201)
		var d archived
		office.Do(http.MethodGet, documentPath("plan"), nil).Want(200).Into(&d)
		if len(d.Files) != 3 || d.Files[1].Name != "plan2.pdf" || d.Files[2].Type != "jpeg" || d.KeepTo != "2036-03-02" {
			t.Errorf("got %+v", d)
		}
		first := office.Do(http.MethodGet, documentPath("plan")+"/files/1", nil).Want(200)
		if !bytes.Equal(first.Body, aPDF("one")) || first.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(first.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("got %d bytes with %v", len(first.Body), first.Header)
		}
		office.Do(http.MethodGet, documentPath("plan")+"/files/4", nil).WantProblem(404, "document.no-file", "never")

		body := M{"heading": servertest.ID("plans"), "title": "创建工作实施方案（修订）", "number": "海双创〔2026〕1号", "dated": "2026-03-02"}
		describes(office, "plan", body).Want(200)
		describes(office, "plan", body).Want(200)
		office.Do(http.MethodPut, documentPath("plan")+"/withdrawal", M{"reason": "重复归档"}).Want(201)
		office.Do(http.MethodPut, documentPath("plan")+"/withdrawal", M{"reason": "重复归档"}).Want(200)
		describes(office, "plan", but(body, M{"title": "又改"})).WantProblem(409, "document.withdrawn", "never")
		brings(office, "plan", "x.pdf", aPDF("x")).WantProblem(409, "document.withdrawn", "never")
		var page struct{ Documents []archived }
		office.Do(http.MethodGet, archivePath+"/documents?text=%E5%AE%9E%E6%96%BD", nil).Want(200).Into(&page)
		if len(page.Documents) != 0 {
			t.Errorf("a search finds what was withdrawn: %+v", page)
		}
		office.Do(http.MethodGet, archivePath+"/documents?withdrawn=true", nil).Want(200).Into(&page)
		if len(page.Documents) != 1 || page.Documents[0].Withdrawn == nil || page.Documents[0].Withdrawn.Reason != "重复归档" {
			t.Errorf("withdrawn: got %+v", page)
		}
		s.Audit()
	})
}

func TestDocumentsAreFound(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		brings(office, "own plan", "环卫 OWN.pdf", aPDF("two")).Want(201)
		for query, want := range map[string]int{"": 2, "?text=%E5%AE%9E%E6%96%BD": 1, "?text=own": 1, "?text=2026%E3%80%95": 1, "?text=nothing": 0, "?year=2025": 0, "?year=2026": 2,
			"?heading=" + servertest.ID("lead").String(): 2, "?heading=" + servertest.ID("papers").String(): 0, "?unit=" + servertest.ID("longhua").String(): 1, "?limit=1": 1} {
			var page struct{ Documents []archived }
			office.Do(http.MethodGet, archivePath+"/documents"+query, nil).Want(200).Into(&page)
			if len(page.Documents) != want {
				t.Errorf("%q: got %d documents, want %d", query, len(page.Documents), want)
			}
		}
	})
}

// TestFilesThatNobodyShouldOpen are refused each with its own problem, whatever they are called, and leave nothing.
func TestFilesThatNobodyShouldOpen(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		office.AllowInvalidRequests = true
		for name, c := range map[string]struct {
			body   []byte
			status int
			code   string
		}{
			"page":      {[]byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), 415, "document.html"},
			"bomb":      {zipOf(t, "word/document.xml", strings.Repeat("0", 80<<20)), 422, "document.bomb"},
			"protected": {[]byte("%PDF-1.7\ntrailer<</Encrypt 5 0 R>>\nstartxref\n0\n%%EOF\n"), 422, "document.protected"},
			"macros":    {zipOf(t, "word/document.xml", "x", "word/vbaProject.bin", "x"), 415, "document.macros"},
			"program":   {[]byte("MZ\x90\x00\x03 a program"), 415, "document.type"},
			"cut":       {aPDF("one")[:20], 422, "document.damaged"},
		} {
			brings(office, "own plan", name+".pdf", c.body).WantProblem(c.status, c.code, "never")
		}
		sum := sha256.Sum256(nil)
		office.Send(http.MethodPut, documentPath("own plan")+"/file", aPDF("x"), http.Header{"Content-Type": {"application/pdf"},
			"Content-Digest": {"sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"}}).WantProblem(422, "photo.digest", "later")
		var d archived
		office.Do(http.MethodGet, documentPath("own plan"), nil).Want(200).Into(&d)
		if len(d.Files) != 0 {
			t.Errorf("something was kept: %+v", d)
		}
		s.Audit()
	})
}

// TestWhoKeepsTheArchive lets an office keep what its units bring, and nobody see more than is theirs.
func TestWhoKeepsTheArchive(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		brings(office, "own plan", "own.pdf", aPDF("two")).Want(201)
		other := M{"heading": servertest.ID("plans"), "title": "别区方案", "dated": "2026-05-01", "unit": servertest.ID("other-unit")}
		s.As("admin").Do(http.MethodPut, "/api/v1/units/"+servertest.ID("other-unit").String(), M{"name": "别区环卫", "kind": "bureau"}).Want(201)
		describes(office, "other plan", other).Want(201)
		for _, name := range []string{"lin", "crew"} {
			s.As(name).Do(http.MethodGet, archivePath+"/headings", nil).WantProblem(403, "forbidden", "never")
			s.As(name).Do(http.MethodGet, archivePath+"/documents", nil).WantProblem(403, "forbidden", "never")
			putHeading(s.As(name), "more", M{"title": "x"}).WantProblem(403, "forbidden", "never")
		}
		leader := s.As("leader")
		leader.Do(http.MethodGet, documentPath("plan"), nil).Want(200)
		describes(leader, "plan", but(other, M{"title": "x"})).WantProblem(403, "forbidden", "never")
		street := s.Joins("street", M{"role": "office", "scope": M{"kind": "unit", "id": "longhua"}})
		var page struct{ Documents []archived }
		street.Do(http.MethodGet, archivePath+"/documents", nil).Want(200).Into(&page)
		if len(page.Documents) != 2 {
			t.Errorf("the street sees %+v, want what is of its units and of none", page.Documents)
		}
		street.Do(http.MethodGet, documentPath("other plan"), nil).WantProblem(404, "document.not-found", "never")
		describes(street, "street plan", but(other, M{"unit": servertest.ID("longhua-sanitation")})).Want(201)
		describes(street, "city plan", M{"heading": servertest.ID("plans"), "title": "x", "dated": "2026-05-01"}).WantProblem(403, "forbidden", "never")
		putHeading(street, "more", M{"title": "x"}).WantProblem(403, "forbidden", "never")
		street.Do(http.MethodPut, archivePath+"/exports/"+inspect.NewID().String(), M{}).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

// TestHeadingsThatCannotBe are refused, and nothing is half done.
func TestHeadingsThatCannotBe(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		office.AllowInvalidRequests = true
		putHeading(office, "lead", M{"number": "1", "title": "组织领导", "parent": servertest.ID("plans")}).WantProblem(422, "tree.loop", "never")
		putHeading(office, "lead", M{"number": "1", "title": "组织领导", "enabled": false}).WantProblem(409, "heading.not-empty", "never")
		putHeading(office, "plans", M{"parent": servertest.ID("lead"), "title": "实施方案", "source": "coverage"}).WantProblem(409, "heading.not-empty", "never")
		putHeading(office, "x", M{"title": "x", "parent": servertest.ID("papers")}).WantProblem(409, "heading.filled", "never")
		putHeading(office, "x", M{"title": "x", "parent": servertest.ID("nowhere")}).WantProblem(422, "content.unknown-reference", "never")
		putHeading(office, "x", M{"title": "x", "units": []inspect.ID{servertest.ID("nobody")}}).WantProblem(422, "content.unknown-reference", "never")
		for name, body := range map[string]M{"no title": {"title": " "}, "no such paper": {"title": "x", "source": "papers", "detail": "letter"},
			"detail alone": {"title": "x", "detail": "task"}, "units of a source": {"title": "x", "source": "papers", "units": []inspect.ID{servertest.ID("longhua")}}} {
			if a := putHeading(office, "x", body); a.Status != 422 {
				t.Errorf("%s: got %d %s", name, a.Status, a.Body)
			}
		}
		describes(office, "x", M{"heading": servertest.ID("papers"), "title": "x", "dated": "2026-01-01"}).WantProblem(409, "heading.filled", "never")
		s.Audit()
	})
}

// TestTwoPeopleChangeOneHeading shows the second what the first made of it.
func TestTwoPeopleChangeOneHeading(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		change := func(path, seen string, body M) *servertest.Answer {
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			return office.Send(http.MethodPut, path, text, http.Header{"Content-Type": {"application/json"}, "If-Match": {`"` + seen + `"`}})
		}
		for path, bodies := range map[string][2]M{
			archivePath + "/headings/" + servertest.ID("lead").String(): {{"number": "1", "title": "组织"}, {"number": "1", "title": "领导"}},
			documentPath("plan"): {{"heading": servertest.ID("plans"), "title": "方案甲", "dated": "2026-03-02"}, {"heading": servertest.ID("plans"), "title": "方案乙", "dated": "2026-03-02"}},
		} {
			change(path, "2026-01-05T01:00:00.000Z", bodies[0]).WantProblem(409, "register.changed", "never")
			office.Do(http.MethodPut, path, bodies[0]).Want(200)
			if a := change(path, "2026-01-05T01:00:00.000Z", bodies[1]); a.Status != 409 || !strings.Contains(string(a.Body), bodies[0]["title"].(string)) {
				t.Errorf("%s: got %d %s, want the row as it is", path, a.Status, a.Body)
			}
		}
		s.Audit()
	})
}

// TestHeadingsComeFromATable reads the index of an inspection team, whole or not at all, and the same again changes nothing.
func TestHeadingsComeFromATable(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		post := func(text string) *servertest.Answer {
			return office.Send(http.MethodPost, archivePath+"/heading-imports", []byte(text), http.Header{"Content-Type": {"text/csv"}})
		}
		s.As("admin")
		index := "编号,目录,说明,自动归集,归集种类,份数,责任单位,保管年限\n1.2,实施方案,红头文件,,,2,龙华环卫,10年\n1,组织领导,,,,,,永久\n2,通报,,报表,bulletin,4,,\n1.10,会议纪要,,,,1,,\n"
		var n struct{ Rows, Added, Same int }
		post(index).Want(200).Into(&n)
		if n.Added != 4 {
			t.Errorf("got %+v", n)
		}
		post(index).Want(200).Into(&n)
		if n.Same != 4 || n.Added != 0 {
			t.Errorf("the same again: got %+v", n)
		}
		var page struct{ Headings []heading }
		office.Do(http.MethodGet, archivePath+"/headings", nil).Want(200).Into(&page)
		order := ""
		for _, h := range page.Headings {
			order += h.Number + " "
		}
		if order != "1 1.2 1.10 2 " || page.Headings[1].Parent != page.Headings[0].ID || page.Headings[1].Short != 2 || len(page.Headings[1].Lacking) != 1 {
			t.Errorf("got %s %+v", order, page.Headings)
		}
		office.AllowInvalidRequests = true
		for what, wrong := range map[string]string{"3,,,,,,,": "/2/title", "3,x,,,,many,,": "/2/least", "3,x,,,,,没有的单位,": "/2/units", "3,x,,天气,,,,": "/2/source"} {
			if a := post("编号,目录,说明,自动归集,归集种类,份数,责任单位,保管年限\n" + what + "\n4,好的,,,,,,\n"); a.Status != 422 || !strings.Contains(string(a.Body), wrong) {
				t.Errorf("%s: got %d %s, want a fault of %s", what, a.Status, a.Body, wrong)
			}
		}
		if _, there := headings(t, office, "")["好的"]; there {
			t.Error("half of a table was taken")
		}
		s.As("lin").Send(http.MethodPost, archivePath+"/heading-imports", []byte(index), http.Header{"Content-Type": {"text/csv"}}).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

// export is an export of the archive as a client reads it.
type export struct {
	ID, Digest string
	Files      int
	Bytes      int64
	GoneAt     string `json:"gone_at"`
}

func exports(c *servertest.Client, name string, body M, status int) (x export) {
	var kept struct{ Export export }
	c.Do(http.MethodPut, archivePath+"/exports/"+servertest.ID(name).String(), body).Want(status).Into(&kept)
	return kept.Export
}

// TestTheArchiveIsExported has the tree as folders, every file with its digest, the index, and the same bytes from anywhere again, whatever came since.
func TestTheArchiveIsExported(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		archiveOf(s)
		office := s.As("office")
		brings(office, "plan", "plan2.pdf", aPDF("second version")).Want(201)
		brings(office, "own plan", "own.pdf", aPDF("two")).Want(201)
		x := exports(office, "all", M{"year": 2026}, 201)
		exports(office, "all", M{"year": 2026}, 200)
		office.Do(http.MethodPut, archivePath+"/exports/"+servertest.ID("all").String(), M{"year": 2025}).WantProblem(409, "export.differs", "never")
		path := archivePath + "/exports/" + x.ID + "/zip"
		whole := office.Do(http.MethodGet, path, nil).Want(200)
		if int64(len(whole.Body)) != x.Bytes || whole.Header.Get("ETag") != `"`+x.Digest+`"` {
			t.Errorf("got %d bytes with %s, want %d of %s", len(whole.Body), whole.Header.Get("ETag"), x.Bytes, x.Digest)
		}
		folder := unpack(t, whole.Body)
		plan, err := os.ReadFile(filepath.Join(folder, "1 组织领导", "1.1 实施方案", "2026-03-02 创建工作实施方案.pdf"))
		if err != nil || !bytes.Equal(plan, aPDF("second version")) {
			t.Errorf("got %q, %v, want the last version", plan, err)
		}
		check := exec.CommandContext(t.Context(), "sha256sum", "--strict", "-c", "SHA256SUMS")
		check.Dir = folder
		if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != x.Files+2 {
			t.Errorf("sha256sum says %s, %v", out, err)
		}
		page, err := os.ReadFile(filepath.Join(folder, "index.html"))
		if err != nil || !strings.Contains(string(page), "海双创〔2026〕1号") || !strings.Contains(string(page), "尚缺单位：") {
			t.Errorf("the index says %s, %v", page, err)
		}
		if book, err := os.ReadFile(filepath.Join(folder, "index.xlsx")); err != nil || !bytes.HasPrefix(book, []byte("PK")) {
			t.Error("no workbook of the index", err)
		}
		describes(office, "later", M{"heading": servertest.ID("plans"), "title": "后来的", "dated": "2026-06-01"}).Want(201)
		brings(office, "later", "later.pdf", aPDF("later")).Want(201)
		for _, from := range []int64{0, 1, 29, 500, x.Bytes / 2, x.Bytes - 22, x.Bytes - 1} {
			a := office.Send(http.MethodGet, path, nil, http.Header{"Range": {fmt.Sprintf("bytes=%d-", from)}, "If-Range": {`"` + x.Digest + `"`}}).Want(206)
			if !bytes.Equal(a.Body, whole.Body[from:]) {
				t.Errorf("from %d: got %d bytes, want %d", from, len(a.Body), x.Bytes-from)
			}
		}
		office.Send(http.MethodGet, path, nil, http.Header{"Range": {fmt.Sprintf("bytes=%d-", x.Bytes)}}).Want(416)
		if part := exports(office, "part", M{"heading": servertest.ID("lead")}, 201); part.Files != 3 {
			t.Errorf("below one heading: got %d files, want 3", part.Files)
		}
		office.Do(http.MethodPut, archivePath+"/exports/"+inspect.NewID().String(), M{"heading": servertest.ID("papers")}).WantProblem(422, "export.empty", "never")
		s.Audit()
		s.Pass(31 * 24 * time.Hour)
		if err := s.Core.Archive.DropExports(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.LogIn("office", password).Do(http.MethodGet, path, nil).WantProblem(410, "export.gone", "never")
		s.Audit()
	})
}

// zipOf is a ZIP of parts: name, then content.
func zipOf(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n := 0; n < len(parts); n += 2 {
		w, err := z.Create(parts[n])
		if err == nil {
			_, err = io.WriteString(w, parts[n+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
