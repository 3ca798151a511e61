package servertest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// paperWire is what a client reads of a paper.
type paperWire struct {
	ID, Kind, Number, Office string
	Unit                     struct{ ID, Name string }
	Issues                   []struct{ ID, Number string }
	Corrects                 *struct{ ID, Number string }
	CorrectedBy              *struct{ ID, Number string } `json:"corrected_by"`
	Made, Signed             bool
	PDF, DOCX                *struct {
		SHA256 string
		Bytes  int
	}
	Content struct {
		To, Number, Office, DueAt, Corrects string
		Items                               []struct {
			Number, Place, Wrong, Category string
			Photos                         []struct {
				ID    string
				After bool
			}
		}
	}
	Unprinted string
	Receipt   *struct {
		Name      string
		Signature *struct{ SHA256 string }
		Photo     string
	}
}

func paperAt(id inspect.ID) string { return "/api/v1/papers/" + id.String() }

// issues a paper and gives it.
func issues(c *servertest.Client, id inspect.ID, kind string, more M, about ...inspect.ID) (p paperWire) {
	body := M{"kind": kind, "issues": about}
	for k, v := range more {
		body[k] = v
	}
	var out struct{ Paper paperWire }
	c.Do(http.MethodPut, paperAt(id), body).Want(http.StatusCreated).Into(&out)
	return out.Paper
}

func thisYear(s *servertest.Server) int {
	return s.Now().In(s.Core.Zone).Year()
}

// TestAPapersDeadlineIsAhead refuses a deadline that is over, in the preview already and for many as for one; no number is taken.
func TestAPapersDeadlineIsAhead(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, issue := s.As("office"), s.As("lin").ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		for _, due := range []inspect.Time{inspect.At(s.Now().AddDate(-6, 0, 0)), inspect.At(s.Now().Add(-time.Millisecond))} {
			for _, kind := range inspect.PaperKinds {
				one := M{"kind": kind, "issues": []inspect.ID{issue}, "demand": "立即清扫", "due_at": due}
				many := M{"kind": kind, "each": "unit", "demand": "立即清扫", "due_at": due}
				if kind == inspect.SupervisionLetter {
					one["reason"], many["reason"] = "已超期", "已超期"
				}
				for path, body := range map[string]M{"/papers/preview": one, "/paper-batches/preview?status=assigned": many} {
					var p struct{ Errors []struct{ Pointer string } }
					office.Do(http.MethodPost, "/api/v1"+path, body).WantProblem(422, "content.invalid", "never").Into(&p)
					if len(p.Errors) != 1 || p.Errors[0].Pointer != "/due_at" {
						t.Errorf("%s of %s is refused for %+v, want its deadline", path, kind, p.Errors)
					}
				}
				office.Do(http.MethodPut, paperAt(inspect.NewID()), one).WantProblem(422, "content.invalid", "never")
				office.Do(http.MethodPut, "/api/v1/paper-batches/"+inspect.NewID().String()+"?status=assigned", many).WantProblem(422, "content.invalid", "never")
			}
		}
		p := issues(office, inspect.NewID(), "rectify", M{"demand": "立即清扫", "due_at": inspect.At(s.Now().Add(time.Hour))}, issue)
		if want := fmt.Sprintf("整改〔%d〕1号", thisYear(s)); p.Number != want {
			t.Errorf("got %s, want %s: what was refused took no number", p.Number, want)
		}
	})
}

func TestAPaperIsIssuedOnceAndStays(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, id := s.As("office"), s.As("crew"), inspect.NewID()
		issue := s.As("lin").ReportsMud()
		about := []inspect.ID{issue}
		office.Do(http.MethodPut, paperAt(id), M{"kind": "rectify", "issues": about}).WantProblem(422, "content.invalid", "never") // nobody holds it
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		p := issues(office, id, "rectify", M{"demand": "立即清扫", "basis": "《条例》第十四条"}, issue)
		if want := fmt.Sprintf("整改〔%d〕1号", thisYear(s)); p.Number != want || p.Content.Number != want || p.Made {
			t.Errorf("got %+v, want the number %s", p, want)
		}
		if i := p.Content.Items[0]; p.Content.To != "龙华环卫" || i.Place != "龙昆南路 88 号门前" || i.Wrong != "渣土车带泥上路约二十米" || len(i.Photos) != 1 {
			t.Errorf("the paper says %+v", p.Content)
		}
		body := M{"kind": "rectify", "issues": about, "demand": "立即清扫", "basis": "《条例》第十四条"}
		office.Do(http.MethodPut, paperAt(id), body).Want(http.StatusOK)
		body["demand"] = "另一个要求"
		office.Do(http.MethodPut, paperAt(id), body).WantProblem(409, "paper.differs", "never")
		office.Do(http.MethodGet, paperAt(id)+"/pdf", nil).WantProblem(404, "paper.pending", "later")
		s.MakesPapers()
		s.MakesPapers() // comes twice, ends the same

		var again paperWire
		crew.Do(http.MethodGet, paperAt(id), nil).Want(http.StatusOK).Into(&again)
		if !again.Made || again.PDF == nil || again.Content.To != "龙华环卫" {
			t.Fatalf("the unit sees %+v", again)
		}
		pdf := crew.Do(http.MethodGet, paperAt(id)+"/pdf", nil).Want(http.StatusOK)
		sum := sha256.Sum256(pdf.Body)
		if hex.EncodeToString(sum[:]) != again.PDF.SHA256 || !bytes.HasPrefix(pdf.Body, []byte("%PDF-1.7")) {
			t.Error("the pages are not those of the record")
		}
		name, err := url.PathUnescape(pdf.Header.Get("Content-Disposition"))
		if err != nil || !strings.HasSuffix(name, "整改通知单-"+p.Number+".pdf") || strings.ContainsAny(pdf.Header.Get("Content-Disposition"), "整〔") {
			t.Errorf("the file is called %q, %v", name, err)
		}
		if docx := office.Do(http.MethodGet, paperAt(id)+"/docx", nil).Want(http.StatusOK); !bytes.HasPrefix(docx.Body, []byte("PK")) {
			t.Error("the document is no archive")
		}
		office.WantEvents(issue, "issue.reported", "issue.assigned", "issue.paper_issued")
		s.Audit()
	})
}

func TestWhoSeesAPaper(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), inspect.NewID()
		issue := s.As("lin").ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		issues(office, id, "task", nil, issue)
		s.MakesPapers()
		for name, sees := range map[string]bool{"office": true, "office2": true, "leader": true, "crew": true, "crew-boss": true,
			"longhua-desk": true, "meilan-desk": false, "meilan-crew": false, "lin": false, "keeper": false} {
			c := s.As(name)
			for _, door := range []string{"", "/pdf", "/docx"} {
				if a := c.Do(http.MethodGet, paperAt(id)+door, nil); sees {
					a.Want(http.StatusOK)
				} else {
					a.WantProblem(404, "paper.not-found", "never")
				}
			}
			var page struct{ Papers []paperWire }
			if name == "lin" || name == "keeper" {
				c.Do(http.MethodGet, "/api/v1/papers", nil).WantProblem(403, "forbidden", "never")
			} else if c.Do(http.MethodGet, "/api/v1/papers", nil).Want(http.StatusOK).Into(&page); (len(page.Papers) == 1) != sees {
				t.Errorf("%s lists %d papers", name, len(page.Papers))
			}
		}
		for _, name := range []string{"lin", "crew", "leader", "keeper"} {
			s.As(name).Do(http.MethodPut, paperAt(inspect.NewID()), M{"kind": "task", "issues": []inspect.ID{issue}}).WantProblem(403, "forbidden", "never")
		}
		s.As("meilan-desk").Do(http.MethodPut, paperAt(inspect.NewID()), M{"kind": "task", "issues": []inspect.ID{issue}}).WantProblem(422, "content.unknown-reference", "never")
	})
}

func TestListsOfPapers(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, lin := s.As("office"), s.As("lin")
		first, second := lin.ReportsMud(), lin.ReportsMud()
		office.Assigns(first, "longhua-sanitation", 8*time.Hour)
		office.Assigns(second, "meilan-sanitation", 8*time.Hour)
		var want []string
		for n, about := range []inspect.ID{first, second, first} {
			want = append(want, issues(office, inspect.NewID(), []string{"task", "rectify", "rectify"}[n], nil, about).Number)
		}
		list := func(query string) (numbers []string) {
			for next := ""; ; {
				var page struct {
					Papers []paperWire
					Next   string
				}
				office.Do(http.MethodGet, "/api/v1/papers?limit=1"+query+next, nil).Want(http.StatusOK).Into(&page)
				for _, p := range page.Papers {
					numbers = append(numbers, p.Number)
				}
				if next = "&cursor=" + page.Next; page.Next == "" {
					return numbers
				}
			}
		}
		for query, expect := range map[string][]string{
			"": {want[2], want[1], want[0]}, "&kind=rectify": {want[2], want[1]}, "&issue=" + first.String(): {want[2], want[0]},
			"&unit=" + servertest.ID("longhua").String(): {want[2], want[0]}, "&unit=" + servertest.ID("meilan-sanitation").String(): {want[1]},
			"&signed=true": nil, "&signed=false&kind=task": {want[0]},
		} {
			if got := list(query); !slices.Equal(got, expect) {
				t.Errorf("%s: got %v, want %v", query, got, expect)
			}
		}
		office.Do(http.MethodGet, "/api/v1/papers?kind=rectify", nil).Want(http.StatusOK)
		s.Audit()
	})
}

func TestACorrectionNamesTheOldPaper(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, lin := s.As("office"), s.As("lin")
		issue, other := lin.ReportsMud(), lin.ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		office.Assigns(other, "meilan-sanitation", 8*time.Hour)
		old, fresh := inspect.NewID(), inspect.NewID()
		first := issues(office, old, "rectify", nil, issue)
		second := issues(office, fresh, "rectify", M{"corrects": old}, issue)
		if second.Corrects == nil || second.Corrects.Number != first.Number || second.Content.Corrects != first.Number || second.Number == first.Number {
			t.Errorf("the correction says %+v", second)
		}
		var was paperWire
		if office.Do(http.MethodGet, paperAt(old), nil).Into(&was); was.CorrectedBy == nil || was.CorrectedBy.Number != second.Number || was.Content.Number != first.Number {
			t.Errorf("the old paper says %+v", was)
		}
		try := func(more M) *servertest.Answer {
			body := M{"kind": "rectify", "issues": []inspect.ID{issue}}
			for k, v := range more {
				body[k] = v
			}
			return office.Do(http.MethodPut, paperAt(inspect.NewID()), body)
		}
		try(M{"corrects": old}).WantProblem(409, "paper.corrected", "never")
		try(M{"corrects": fresh, "kind": "task"}).WantProblem(422, "content.invalid", "never")
		try(M{"corrects": fresh, "issues": []inspect.ID{other}}).WantProblem(422, "content.invalid", "never")
		try(M{"corrects": inspect.NewID()}).WantProblem(422, "content.unknown-reference", "never")
		s.MakesPapers()
		s.Audit()
	})
}

func TestWhatAPaperIsRefusedFor(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, lin := s.As("office"), s.As("lin")
		issue, gone, verified := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		office.Acts(gone, "dismiss", M{"reason": "不是问题"}).Want(http.StatusCreated)
		for _, i := range []inspect.ID{issue, verified} {
			office.Assigns(i, "longhua-sanitation", 8*time.Hour)
		}
		s.As("crew").Fixes(verified)
		s.As("wang").Verifies(verified, "pass")
		for name, tt := range map[string]struct {
			body   M
			status int
			code   string
		}{
			"an issue that is not there": {M{"kind": "task", "issues": []inspect.ID{inspect.NewID()}}, 422, "content.unknown-reference"},
			"a dismissed issue":          {M{"kind": "task", "issues": []inspect.ID{gone}, "unit": servertest.ID("longhua")}, 409, "issue.wrong-status"},
			"pressing on what is closed": {M{"kind": "supervise", "issues": []inspect.ID{verified}, "reason": "x"}, 409, "issue.wrong-status"},
			"pressing without a reason":  {M{"kind": "supervise", "issues": []inspect.ID{issue}}, 422, "content.invalid"},
			"a reason for a task":        {M{"kind": "task", "issues": []inspect.ID{issue}, "reason": "x"}, 422, "content.invalid"},
			"an office that is not":      {M{"kind": "task", "issues": []inspect.ID{issue}, "office": "nowhere"}, 422, "content.unknown-reference"},
			"a unit that is not":         {M{"kind": "task", "issues": []inspect.ID{issue}, "unit": inspect.NewID()}, 422, "content.unknown-reference"},
			"an issue twice":             {M{"kind": "task", "issues": []inspect.ID{issue, issue}}, 422, "content.invalid"},
		} {
			t.Run(name, func(t *testing.T) {
				office.WithT(t).Do(http.MethodPut, paperAt(inspect.NewID()), tt.body).WantProblem(tt.status, tt.code, "never")
			})
		}
		if p := issues(office, inspect.NewID(), "task", nil, issue); !strings.HasSuffix(p.Number, "〕1号") {
			t.Errorf("what was refused took a number: %s", p.Number)
		}
		s.Audit()
	})
}

func TestNumbersFollowTheTemplates(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, admin := s.As("office"), s.As("admin")
		issue := s.As("lin").ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		set := func(offices any) *servertest.Answer {
			return admin.Do(http.MethodPut, "/api/v1/settings/paper_offices", M{"value": offices})
		}
		city := M{"code": "city", "name": "海口市双创办", "task": "海双任〔{year}〕{n}号", "rectify": "海环整改〔{year}〕{n}号", "supervise": "海督〔{year}〕{n}号"}
		district := M{"code": "longhua", "name": "龙华区双创办", "task": "龙任〔{year}〕{n}号", "rectify": "龙整改〔{year}〕{n}号", "supervise": "龙督〔{year}〕{n}号"}
		for _, bad := range []any{[]M{}, "x", []M{city, city}, []M{{"code": "a", "name": "b", "task": "{n}", "rectify": "{n}", "supervise": "{n}"}},
			[]M{city, {"code": "b", "name": "b", "task": city["task"], "rectify": "b{year}-{n}", "supervise": "c{year}-{n}"}}} {
			set(bad).WantProblem(422, "content.invalid", "never")
		}
		set([]M{city, district}).Want(http.StatusOK)
		year := thisYear(s)
		for _, tt := range []struct{ kind, office, want string }{
			{"rectify", "", "海环整改〔%d〕1号"}, {"rectify", "city", "海环整改〔%d〕2号"}, {"rectify", "longhua", "龙整改〔%d〕1号"}, {"task", "", "海双任〔%d〕1号"},
		} {
			p := issues(office, inspect.NewID(), tt.kind, M{"office": tt.office}, issue)
			if want := fmt.Sprintf(tt.want, year); p.Number != want {
				t.Errorf("got %s, want %s", p.Number, want)
			}
		}
		city["task"], city["rectify"] = city["rectify"], city["task"] // the number of another series comes again
		set([]M{city, district}).Want(http.StatusOK)
		office.Do(http.MethodPut, paperAt(inspect.NewID()), M{"kind": "rectify", "issues": []inspect.ID{issue}}).Want(http.StatusCreated)
		office.Do(http.MethodPut, paperAt(inspect.NewID()), M{"kind": "task", "issues": []inspect.ID{issue}}).WantProblem(409, "paper.number-taken", "never")
		s.Audit()
	})
}

func TestNumbersBeginAnewWithTheYearOfTheCity(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		issue := s.As("lin").ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		issues(office, inspect.NewID(), "task", nil, issue)
		year := thisYear(s) + 1
		s.Pass(time.Date(year, 1, 1, 0, 5, 0, 0, s.Core.Zone).Sub(s.Now())) // in UTC the old year
		office = s.LogIn("office", "correct horse battery")
		if p, want := issues(office, inspect.NewID(), "task", nil, issue), fmt.Sprintf("任务〔%d〕1号", year); p.Number != want {
			t.Errorf("got %s, want %s", p.Number, want)
		}
		s.Audit()
	})
}
