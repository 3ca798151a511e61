package servertest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/notices"
	"spotcheck/server/servertest"
)

func batchAt(id inspect.ID) string { return "/api/v1/paper-batches/" + id.String() }

type batchWire struct {
	Papers, Issued, Made int
	Finished             bool
	Failed               []struct {
		Issues []string
		Code   string
	}
}

// assigned reports issues and gives them to units.
func assigned(s *servertest.Server, units ...string) (all []inspect.ID) {
	for _, unit := range units {
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, unit, 8*time.Hour)
		all = append(all, id)
	}
	return all
}

func progress(c *servertest.Client, id inspect.ID) (b batchWire) {
	c.Do(http.MethodGet, batchAt(id), nil).Want(http.StatusOK).Into(&b)
	return b
}

// unpacked gives the files of an archive, and the rows of its index without the head.
func unpacked(t *testing.T, body []byte) (files map[string][]byte, rows [][]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(f.Name, `/\`) {
			t.Errorf("a file is called %q", f.Name)
		}
	}
	rows, err = csv.NewReader(bytes.NewReader(bytes.TrimPrefix(files["index.csv"], []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("the index: %v", err)
	}
	delete(files, "index.csv")
	return files, rows[1:]
}

func TestABatchMakesAPaperForEachIssue(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), inspect.NewID()
		all := assigned(s, "longhua-sanitation", "meilan-sanitation", "longhua-sanitation")
		unheld := s.As("lin").ReportsMud()
		body := M{"kind": "rectify", "each": "issue", "demand": "立即整改"}
		office.Do(http.MethodPut, batchAt(id)+"?status=assigned,reported", body).Want(http.StatusCreated)
		office.Do(http.MethodPut, batchAt(id)+"?status=assigned,reported", body).Want(http.StatusOK)
		office.Do(http.MethodPut, batchAt(id)+"?status=assigned", body).WantProblem(409, "batch.differs", "never")
		if b := progress(office, id); b.Papers != 3 || b.Issued != 0 || b.Finished {
			t.Errorf("at first: %+v", b)
		}
		office.Do(http.MethodGet, batchAt(id)+"/zip", nil).WantProblem(409, "batch.running", "later")
		s.MakesPapers()
		s.MakesPapers()
		if b := progress(office, id); b.Issued != 3 || b.Made != 3 || !b.Finished || len(b.Failed) > 0 {
			t.Errorf("at last: %+v", b)
		}
		files, rows := unpacked(t, office.Do(http.MethodGet, batchAt(id)+"/zip", nil).Want(http.StatusOK).Body)
		if len(files) != 3 || len(rows) != 3 {
			t.Fatalf("got %d files and %d rows, want 3", len(files), len(rows))
		}
		for _, row := range rows {
			if !bytes.HasPrefix(files[row[5]], []byte("%PDF")) || row[3] == office.Issue(unheld).Number {
				t.Errorf("the row %v", row)
			}
		}
		docx, _ := unpacked(t, office.Do(http.MethodGet, batchAt(id)+"/zip?form=docx", nil).Want(http.StatusOK).Body)
		if len(docx) != 3 {
			t.Errorf("got %d documents", len(docx))
		}
		for _, i := range all {
			office.WantEvents(i, "issue.reported", "issue.assigned", "issue.paper_issued")
		}
		for _, name := range []string{"lin", "crew", "meilan-desk"} {
			s.As(name).Do(http.MethodGet, batchAt(id), nil).WantProblem(404, "batch.not-found", "never")
			s.As(name).Do(http.MethodGet, batchAt(id)+"/zip", nil).WantProblem(404, "batch.not-found", "never")
		}
		s.As("crew").Do(http.MethodPut, batchAt(inspect.NewID()), body).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

func TestABatchMakesAPaperForEachUnit(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), inspect.NewID()
		assigned(s, "longhua-sanitation", "meilan-sanitation", "longhua-sanitation", "longhua-crew")
		office.Do(http.MethodPut, batchAt(id)+"?status=assigned&unit="+servertest.ID("longhua-sanitation").String(),
			M{"kind": "supervise", "each": "unit", "reason": "即将超期"}).Want(http.StatusCreated)
		s.MakesPapers()
		var page struct{ Papers []paperWire }
		office.Do(http.MethodGet, "/api/v1/papers?batch="+id.String(), nil).Want(http.StatusOK).Into(&page)
		got := map[string]int{}
		for _, p := range page.Papers {
			got[p.Unit.Name] = len(p.Issues)
		}
		if len(page.Papers) != 2 || got["龙华环卫"] != 2 || got["龙华环卫一班"] != 1 {
			t.Errorf("got %v", got)
		}
		office.Do(http.MethodPut, batchAt(inspect.NewID())+"?status=verified", M{"kind": "task", "each": "unit"}).WantProblem(422, "batch.empty", "never")
		office.Do(http.MethodPut, batchAt(inspect.NewID())+"?sort=due", M{"kind": "supervise", "each": "unit"}).WantProblem(422, "content.invalid", "never")
		s.Audit()
	})
}

// TestABatchGoesOnWhereItEnded ends the job in its middle, as a server that dies does, and lets two copies take it up at once.
func TestABatchGoesOnWhereItEnded(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), inspect.NewID()
		all := assigned(s, slices.Repeat([]string{"longhua-sanitation"}, 6)...)
		office.Do(http.MethodPut, batchAt(id)+"?status=assigned&sort=received", M{"kind": "task", "each": "issue"}).Want(http.StatusCreated)
		job := notices.MakeBatch{Batch: id.String()}
		ctx, die := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Core.Notices.MakeBatch(ctx, job) }()
		for progress(office, id).Issued == 0 { // until it has begun
		}
		die()
		first := <-ended
		some := progress(office, id).Issued
		t.Logf("it ended after %d of %d papers: %v", some, len(all), first)

		office.Acts(all[5], "dismiss", M{"reason": "x"}).Want(http.StatusCreated)
		s.As("office2").Acts(all[5], "dismiss", M{"reason": "x"}).Want(http.StatusCreated)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := s.Core.Notices.MakeBatch(t.Context(), job); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		s.MakesPapers()
		b := progress(office, id)
		if !b.Finished || b.Issued+len(b.Failed) != 6 || b.Made != b.Issued {
			t.Errorf("got %+v", b)
		}
		if some < 6 && (len(b.Failed) != 1 || b.Failed[0].Code != "issue.wrong-status" || b.Failed[0].Issues[0] != all[5].String()) {
			t.Errorf("what could not be issued is not told: %+v", b.Failed)
		}
		var page struct{ Papers []paperWire }
		office.Do(http.MethodGet, "/api/v1/papers?batch="+id.String(), nil).Want(http.StatusOK).Into(&page)
		numbers, about := map[string]bool{}, map[string]bool{}
		for _, p := range page.Papers {
			numbers[p.Number], about[p.Issues[0].ID] = true, true
		}
		if len(numbers) != b.Issued || len(about) != b.Issued {
			t.Errorf("%d papers have %d numbers and are about %d issues", b.Issued, len(numbers), len(about))
		}
		s.Audit()
	})
}

func TestAnIndexHoldsNoFormula(t *testing.T) {
	s := servertest.New(t, servertest.SQLite)
	office, id := s.As("office"), inspect.NewID()
	assigned(s, "longhua-sanitation")
	s.As("admin").Do(http.MethodPut, "/api/v1/units/"+servertest.ID("longhua-sanitation").String(),
		M{"name": "=HYPERLINK(\"http://evil.example\")", "kind": "bureau", "parent": servertest.ID("longhua")}).Want(http.StatusOK)
	s.As("admin").Do(http.MethodPut, "/api/v1/settings/paper_offices",
		M{"value": []M{{"code": "a", "name": "甲", "task": "=1+../〔{year}〕{n}|号", "rectify": "b〔{year}〕{n}", "supervise": "c〔{year}〕{n}"}}}).
		WantProblem(422, "content.invalid", "never") // digits of its own
	s.As("admin").Do(http.MethodPut, "/api/v1/settings/paper_offices",
		M{"value": []M{{"code": "a", "name": "甲", "task": "=../〔{year}〕{n}|号", "rectify": "b〔{year}〕{n}", "supervise": "c〔{year}〕{n}"}}}).
		Want(http.StatusOK)
	office.Do(http.MethodPut, batchAt(id)+"?status=assigned", M{"kind": "task", "each": "issue"}).Want(http.StatusCreated)
	s.MakesPapers()
	_, rows := unpacked(t, office.Do(http.MethodGet, batchAt(id)+"/zip", nil).Want(http.StatusOK).Body)
	for _, cell := range rows[0] {
		if strings.HasPrefix(cell, "=") {
			t.Errorf("the index holds %q", cell)
		}
	}
}
