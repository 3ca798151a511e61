package servertest_test

import (
	"net/http"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// TestWhatCannotBePrintedIsSaidBefore writes a character that no font of the pages has into a notice, into many, and into a report.
func TestWhatCannotBePrintedIsSaidBefore(t *testing.T) {
	const rare = "𱍐"
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, issue := s.As("office"), s.As("lin").ReportsMud()
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		said := func(method, path string, body M) string {
			var out struct {
				Unprinted string
				Paper     struct{ Unprinted string }
			}
			office.Do(method, path, body).Want(http.StatusOK, http.StatusCreated).Into(&out)
			return out.Unprinted + out.Paper.Unprinted
		}
		one := M{"kind": "task", "issues": []inspect.ID{issue}, "demand": "请" + rare + "街清扫"}
		many := M{"kind": "task", "each": "unit", "demand": "请" + rare + "街清扫"}
		period := M{"period": "2026-W42"}
		path := "/api/v1/reports/" + inspect.NewID().String()
		if got := said(http.MethodPut, path, period); got != "" {
			t.Errorf("a draft of plain words: %q", got)
		}
		for door, got := range map[string]string{
			"a notice": said(http.MethodPost, "/api/v1/papers/preview", one),
			"many":     said(http.MethodPost, "/api/v1/paper-batches/preview?status=assigned", many),
			"a report": said(http.MethodPut, path+"/sentences", M{"revision": 1, "decisions": []string{"整治" + rare + "街👍"}}),
		} {
			if want := map[bool]string{true: rare + "👍", false: rare}[door == "a report"]; got != want {
				t.Errorf("%s: %q is said to be unprinted, want %q", door, got, want)
			}
		}
		if got := said(http.MethodGet, path, nil); got != rare+"👍" {
			t.Errorf("the draft says %q", got)
		}
		var kept struct{ Papers []M }
		if office.Do(http.MethodGet, "/api/v1/papers", nil).Want(http.StatusOK).Into(&kept); len(kept.Papers) != 0 {
			t.Errorf("a preview left %v", kept.Papers)
		}
		delete(many, "demand")
		var batch struct{ Papers, Issues int }
		office.Do(http.MethodPost, "/api/v1/paper-batches/preview?status=assigned", many).Want(http.StatusOK).Into(&batch)
		if batch.Papers != 1 || batch.Issues != 1 {
			t.Errorf("a batch of one issue is %+v", batch)
		}
		s.As("crew").Do(http.MethodPost, "/api/v1/paper-batches/preview", many).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}
