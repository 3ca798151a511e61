package servertest_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// signs puts an agreement of a place; both are named.
func signs(c *servertest.Client, name, place string, more M) *servertest.Answer {
	body := M{"place": servertest.ID(place), "kind": "three_fronts", "signed_on": "2026-01-01"}
	maps.Copy(body, more)
	return c.Do(http.MethodPut, "/api/v1/agreements/"+servertest.ID(name).String(), body)
}

// covered is a line of coverage.
type covered struct {
	Kind           string
	Of             *struct{ Name string }
	Signed, Places int
	Percent        *float64
}

// coverage finds a line by the kind or name that it is of.
func coverage(t *testing.T, c *servertest.Client, query, of string) covered {
	t.Helper()
	var page struct{ Coverage []covered }
	c.Do(http.MethodGet, "/api/v1/agreements/coverage?"+query, nil).Want(200).Into(&page)
	for _, l := range page.Coverage {
		if l.Kind == of || l.Of != nil && l.Of.Name == of {
			return l
		}
	}
	t.Fatalf("%s: there is no line of %s in %+v", query, of, page.Coverage)
	return covered{}
}

func wantCovered(t *testing.T, got covered, signed, places int, percent float64) {
	t.Helper()
	if got.Signed != signed || got.Places != places || got.Percent == nil != (places == 0) || got.Percent != nil && *got.Percent != percent {
		t.Errorf("got %+v, want %d of %d, %v %%", got, signed, places, percent)
	}
}

func TestCoverageByAgreements(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office := s.As("admin"), s.As("office")
		day := func(n int) string { return s.Now().In(s.Core.Zone).AddDate(0, 0, n).Format(time.DateOnly) }
		for name, area := range map[string]string{"a": "binhai", "b": "binhai", "c": "longhua-area", "d": "meilan-area"} {
			putSpot(admin, name, spot("shopfront", "店 "+name, 0, M{"area": servertest.ID(area), "unit": servertest.ID("longhua-crew")})).Want(201)
		}
		putSpot(admin, "market", spot("market", "菜市场", 0, M{"area": servertest.ID("binhai")})).Want(201)
		putSpot(admin, "closed", spot("shopfront", "关了的店", 0, M{"enabled": false})).Want(201)
		signs(admin, "of a", "a", M{"signed_on": day(-30), "valid_to": day(10), "signed_by": "王老板"}).Want(201)
		signs(admin, "of a, again", "a", M{"signed_on": day(-3), "kind": "letter"}).Want(201) // counts once
		signs(admin, "of b, over", "b", M{"signed_on": day(-30), "valid_to": day(-1)}).Want(201)
		signs(admin, "of c, not yet", "c", M{"signed_on": day(1)}).Want(201)
		signs(admin, "of c, withdrawn", "c", M{"signed_on": day(-1), "enabled": false}).Want(201)
		signs(admin, "of d, until today", "d", M{"signed_on": day(-30), "valid_to": day(0)}).Want(201)
		signs(admin, "of a closed one", "closed", M{"signed_on": day(-30)}).Want(201)

		wantCovered(t, coverage(t, office, "by=kind", "shopfront"), 2, 4, 50)
		wantCovered(t, coverage(t, office, "by=kind", "market"), 0, 1, 0)
		wantCovered(t, coverage(t, office, "by=kind", "restaurant"), 0, 0, 0)
		wantCovered(t, coverage(t, office, "by=area", "演示市"), 2, 5, 40)
		wantCovered(t, coverage(t, office, "by=area&kind=shopfront&parent="+servertest.ID("city").String(), "龙华区"), 1, 3, 33.33)
		wantCovered(t, coverage(t, office, "by=area&parent="+servertest.ID("longhua-area").String(), "滨海街道"), 1, 3, 33.33)
		wantCovered(t, coverage(t, office, "by=unit", "龙华区"), 2, 4, 50)
		wantCovered(t, coverage(t, office, "by=unit", "美兰环卫"), 0, 0, 0)

		wantNames(t, "end within 10 days", ending(office, "&ends_within=10"), day(0), day(10))
		wantNames(t, "end within 9 days", ending(office, "&ends_within=9"), day(0))
		wantNames(t, "of a place", ending(office, "&place="+servertest.ID("a").String()), day(10), "")
		if all := ending(office, ""); len(all) != 7 {
			t.Errorf("got %d agreements, want 7", len(all))
		}
		var again struct{ Repeated bool }
		if signs(admin, "of a", "a", M{"signed_on": day(-30), "valid_to": day(10), "signed_by": "王老板"}).Want(200).Into(&again); !again.Repeated {
			t.Error("the same again is no repetition")
		}
		admin.AllowInvalidRequests = true
		signs(admin, "x", "nobody", nil).WantProblem(422, "content.unknown-reference", "never")
		signs(admin, "x", "a", M{"valid_to": "2025-12-31"}).WantProblem(422, "content.invalid", "never")
		signs(admin, "x", "a", M{"kind": "promise"}).WantProblem(422, "content.invalid", "never")
		signs(office, "x", "a", nil).WantProblem(403, "forbidden", "never")
		s.As("crew").Do(http.MethodGet, "/api/v1/agreements", nil).WantProblem(403, "forbidden", "never")
		if told := strings.Join(s.Texts("SELECT e.body FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = 'agreement'"), ""); strings.Contains(told, "王老板") {
			t.Error("the record names who signed")
		}
		s.Audit()
	})
}

// ending reads a list of agreements, two at a time, and gives the days on which they end.
func ending(c *servertest.Client, query string) (days []string) {
	days = []string{}
	for cursor := ""; ; {
		var page struct {
			Agreements []struct {
				ValidTo string `json:"valid_to"`
			}
			Next string
		}
		c.Do(http.MethodGet, "/api/v1/agreements?limit=2"+query+cursor, nil).Want(200).Into(&page)
		for _, a := range page.Agreements {
			days = append(days, a.ValidTo)
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			return days
		}
	}
}

// scans sends a picture of what was signed.
func scans(c *servertest.Client, name string, p servertest.Picture) *servertest.Answer {
	return c.Send(http.MethodPut, "/api/v1/agreements/"+servertest.ID(name).String()+"/scan", p.Bytes,
		http.Header{"Content-Type": {"application/octet-stream"}, "Content-Digest": {p.Digest()}})
}

func TestAScanIsKeptLikeAPhoto(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office := s.As("admin"), s.As("office")
		putSpot(admin, "shop", spot("shopfront", "店", 0, nil)).Want(201)
		signs(admin, "front", "shop", M{"signed_by": "王老板"}).Want(201)
		path, p, other := "/api/v1/agreements/"+servertest.ID("front").String()+"/scan", servertest.NewPicture("report"), servertest.NewPicture("report")
		office.Do(http.MethodGet, path, nil).WantProblem(404, "not-found", "never")
		scans(office, "front", p).WantProblem(403, "forbidden", "never")
		scans(admin, "nobody", p).WantProblem(404, "not-found", "never")
		wrong := p
		wrong.Bytes = other.Bytes[:len(other.Bytes)-1]
		admin.Send(http.MethodPut, path, wrong.Bytes, http.Header{"Content-Type": {"application/octet-stream"},
			"Content-Digest": {p.Digest()}}).WantProblem(422, "photo.digest", "later")
		text := servertest.Picture{Bytes: []byte("no picture at all, but a digest that is right")}
		scans(admin, "front", text).WantProblem(415, "photo.type", "never")
		var receipt struct {
			Repeated  bool
			SHA256    string
			Agreement struct {
				SignedBy string `json:"signed_by"`
				Scan     struct{ SHA256, Type string }
			}
		}
		scans(admin, "front", p).Want(201).Into(&receipt)
		if receipt.Repeated || receipt.SHA256 != p.SHA256() || receipt.Agreement.Scan.Type != "jpeg" || receipt.Agreement.SignedBy != "王老板" {
			t.Errorf("got the receipt %+v", receipt)
		}
		if scans(admin, "front", p).Want(200).Into(&receipt); !receipt.Repeated {
			t.Error("the same again is no repetition")
		}
		scans(admin, "front", other).WantProblem(409, "photo.differs", "never")
		signs(admin, "front", "shop", M{"signed_by": "王老板", "valid_to": "2090-12-31"}).Want(200) // a change keeps the scan
		if a := office.Do(http.MethodGet, path, nil).Want(200); string(a.Body) != string(p.Bytes) {
			t.Error("the scan comes back as something else")
		}
		s.As("crew").Do(http.MethodGet, path, nil).WantProblem(403, "forbidden", "never")

		signs(admin, "second", "shop", M{"kind": "letter", "signed_by": "王老板"}).Want(201)
		pdf := servertest.Picture{Bytes: []byte("%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF\n")}
		if scans(admin, "second", pdf).Want(201).Into(&receipt); receipt.Agreement.Scan.Type != "pdf" {
			t.Errorf("a PDF file is taken for %+v", receipt)
		}
		a := office.Do(http.MethodGet, "/api/v1/agreements/"+servertest.ID("second").String()+"/scan", nil).Want(200)
		if string(a.Body) != string(pdf.Bytes) || a.Header.Get("Content-Type") != "application/pdf" ||
			a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("a PDF file comes back as %q with %v", a.Body, a.Header)
		}

		key := func(p servertest.Picture) string { return "photo/" + p.SHA256()[:2] + "/" + p.SHA256() }
		if err := s.Core.Blobs.Put(t.Context(), key(other), other.Bytes); err != nil { // that no row names
			t.Fatal(err)
		}
		s.Pass(48*time.Hour + max(0, time.Since(s.Now()))) // the age of a file is by the clock of its file system
		if n, err := s.Core.Photos.SweepStrays(t.Context()); err != nil || n != 1 || s.Blob(key(p)) == nil || s.Blob(key(other)) != nil {
			t.Errorf("a sweep removed %d, %v: want the stray alone", n, err)
		}
		s.Audit()
		m := s.Tampers()
		m.PutsBlob(key(p), nil)
		if wrong, _ := s.Findings(nil); len(wrong) != 1 || !strings.HasPrefix(wrong[0].Subject, "agreement/") {
			t.Errorf("the scan is gone: got %+v, want one finding", wrong)
		}
		m.Restore()
	})
}

// TestUnitsSignWithTheOffice takes letters of responsibility of units one by one and from a table, beside those of places, and counts who signed.
func TestUnitsSignWithTheOffice(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, office := s.As("admin"), s.As("office")
		day := func(n int) string { return s.Now().In(s.Core.Zone).AddDate(0, 0, n).Format(time.DateOnly) }
		putSpot(admin, "a", spot("shopfront", "店 a", 0, M{"number": "0007", "area": servertest.ID("binhai")})).Want(201)
		path := "/api/v1/agreements/" + servertest.ID("crew signs").String()
		letter := M{"unit": servertest.ID("longhua-crew"), "kind": "letter", "signed_on": day(-3), "valid_to": day(20), "signed_by": "张队"}
		admin.Do(http.MethodPut, path, letter).Want(201)
		admin.Do(http.MethodPut, path, letter).Want(200)
		for field, v := range map[string]any{"place": servertest.ID("a"), "kind": "three_fronts", "unit": servertest.ID("nobody")} {
			wrong := maps.Clone(letter)
			wrong[field] = v
			a := admin.Do(http.MethodPut, path, wrong)
			if a.Status != 422 {
				t.Errorf("%s: got %d %s", field, a.Status, a.Body)
			}
		}
		admin.Do(http.MethodPut, path, M{"kind": "letter", "signed_on": day(0)}).WantProblem(422, "content.invalid", "never")
		signs(admin, "of a", "a", nil).Want(201)

		type agreement struct {
			ID, Place string
			Unit      *struct{ ID, Name string }
			SignedBy  string `json:"signed_by"`
		}
		list := func(query string) (all []agreement) {
			t.Helper()
			var page struct{ Agreements []agreement }
			office.Do(http.MethodGet, "/api/v1/agreements?"+query, nil).Want(200).Into(&page)
			return page.Agreements
		}
		if got := list(""); len(got) != 1 || got[0].Place == "" || got[0].Unit != nil {
			t.Errorf("those with places are %+v", got)
		}
		for _, query := range []string{"of=unit", "of=unit&text=%E9%BE%99%E5%8D%8E", "of=unit&ends_within=30", "of=unit&unit=" + servertest.ID("longhua-crew").String()} {
			if got := list(query); len(got) != 1 || got[0].Unit == nil || got[0].Unit.ID != servertest.ID("longhua-crew").String() || got[0].Unit.Name == "" ||
				got[0].Place != "" || got[0].SignedBy != "张队" {
				t.Errorf("%s: got %+v", query, got)
			}
		}
		if got := list("of=unit&ends_within=3"); len(got) != 0 {
			t.Errorf("ending in three days: %+v", got)
		}

		csv := func(table string) *servertest.Answer {
			return admin.Send(http.MethodPost, "/api/v1/agreement-imports", []byte(table), http.Header{"Content-Type": {"text/csv"}})
		}
		heads := "单位,场所类型,场所编号,种类,签订日期,到期日期,签订人\n"
		wrong := csv(heads + "龙华环卫,,,门前三包," + day(-1) + ",,\n龙华环卫,shopfront,0007,责任书," + day(-1) + ",,\n没有的单位,,,责任书," + day(-1) + ",,\n,shopfront,0008,责任书,昨天,,\n,,,责任书," + day(-1) + ",,\n")
		var faults struct{ Errors []struct{ Pointer string } }
		wrong.WantProblem(422, "content.invalid", "never").Into(&faults)
		var at []string
		for _, f := range faults.Errors {
			at = append(at, f.Pointer)
		}
		if got, want := strings.Join(at, " "), "/2/kind /3/unit /4/unit /5/signed_on /6/unit"; got != want {
			t.Errorf("wrong are %s, want %s", got, want)
		}
		csv(heads+",shopfront,0008,责任书,"+day(-1)+",,\n").WantProblem(422, "content.invalid", "never")
		table := heads + "龙华环卫,,,责任书," + day(-1) + "," + day(300) + ",李局\n,shopfront,0007,门前四包," + day(-1) + ",,王老板\n"
		for n, want := range []M{{"rows": 2.0, "added": 2.0, "changed": 0.0, "same": 0.0}, {"rows": 2.0, "added": 0.0, "changed": 0.0, "same": 2.0}} {
			var got M
			if csv(table).Want(200).Into(&got); !maps.Equal(got, want) {
				t.Errorf("the %d. time: %v", n+1, got)
			}
		}
		if got := list("of=unit"); len(got) != 2 || got[1].SignedBy != "李局" {
			t.Errorf("after the table: %+v", got)
		}

		var kinds struct {
			Coverage []struct {
				UnitKind       string `json:"unit_kind"`
				Signed, Places int
			}
		}
		office.Do(http.MethodGet, "/api/v1/agreements/coverage?of=unit&by=kind", nil).Want(200).Into(&kinds)
		signed, all := 0, 0
		for _, k := range kinds.Coverage {
			signed, all = signed+k.Signed, all+k.Places
			if k.UnitKind == "" {
				t.Errorf("a line of no kind: %+v", k)
			}
		}
		var units struct{ Units []struct{ Enabled bool } }
		if office.Do(http.MethodGet, "/api/v1/units", nil).Want(200).Into(&units); signed != 2 || all != len(units.Units) {
			t.Errorf("%d of %d signed, there are %d units", signed, all, len(units.Units))
		}
		wantCovered(t, coverage(t, office, "of=unit&by=unit&parent="+servertest.ID("longhua").String(), "龙华环卫"), 2, 2, 100)
		office.Do(http.MethodGet, "/api/v1/agreements/coverage?of=unit&by=area", nil).WantProblem(422, "content.invalid", "never")
		s.As("crew").Do(http.MethodGet, "/api/v1/agreements/coverage?of=unit&by=kind", nil).WantProblem(403, "forbidden", "never")
		admin.Do(http.MethodPut, path, M{"unit": servertest.ID("longhua-crew"), "kind": "letter", "signed_on": day(-3), "valid_to": day(-1)}).Want(200)
		wantCovered(t, coverage(t, office, "of=unit&by=unit&parent="+servertest.ID("longhua").String(), "龙华环卫"), 1, 2, 50)
		s.Audit()
	})
}
