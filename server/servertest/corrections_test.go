package servertest_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// correctedField is a line of the course of an issue that says what was put right.
type correctedField struct {
	Field   string
	Was, Is *struct{ ZH, EN string }
}

// correctionsOf are what corrections put right, and the texts that the report had.
func correctionsOf(c *servertest.Client, id inspect.ID) (all []correctedField, reported map[string]string) {
	var page struct {
		Events []struct {
			Type      string
			Texts     map[string]string
			Corrected []correctedField
		}
	}
	c.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/events", nil).Want(200).Into(&page)
	for _, e := range page.Events {
		all = append(all, e.Corrected...)
		if e.Type == "issue.reported" {
			reported = e.Texts
		}
	}
	return all, reported
}

// wantCorrected fails unless the course says of a field what stood there and what stands there, "" for nothing.
func wantCorrected(t *testing.T, all []correctedField, field, was, is string) {
	t.Helper()
	at := slices.IndexFunc(all, func(c correctedField) bool { return c.Field == field })
	if at < 0 {
		t.Errorf("the course does not say that %s was put right: %+v", field, all)
		return
	}
	got := [2]string{}
	for n, w := range []*struct{ ZH, EN string }{all[at].Was, all[at].Is} {
		if w != nil {
			got[n] = w.ZH
		}
	}
	if got != [2]string{was, is} {
		t.Errorf("the course says that %s was %q and is %q, want %q and %q", field, got[0], got[1], was, is)
	}
}

// TestWhatWasWrongIsPutRight corrects an issue before and after it is assigned: who may, what the course says of old and new, what becomes of the deadline.
func TestWhatWasWrongIsPutRight(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		toMidweek(s)
		s.As("admin").Do(http.MethodPut, "/api/v1/categories/06010",
			M{"name_zh": "暴露垃圾", "name_en": "Litter", "group": "litter", "limit": 4, "limit_unit": "working_hour"}).Want(200)
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := inspect.NewID()
		report := lin.Report()
		report["category"], report["plate"], report["address"] = "06011", "琼A·12354", "滨海大道 8 号"
		delete(report, "place")
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), report).Want(201)

		office.Acts(id, "correct", M{"plate": "琼A·12345"}).WantProblem(422, "content.invalid", "never")
		office.Acts(id, "correct", M{"reason": "无", "plate": "琼A·12354"}).WantProblem(409, "issue.nothing-to-correct", "never")
		wantField(t, loosely(t, office).Acts(id, "correct", M{"reason": "无", "clear": []string{"note"}}), "content.invalid", "/clear/0", "want one of")
		wantField(t, office.Acts(id, "correct", M{"reason": "无", "category": "99999"}), "content.unknown-reference", "/category", "no such item")
		lin.Acts(id, "correct", M{"reason": "车牌看错", "plate": "琼A·12345", "severity": "serious",
			"place": M{"lat": 20.03, "lon": 110.33, "datum": "gcj02", "source": "map"}}).Want(201)
		got, reported := correctionsOf(office, id)
		wantCorrected(t, got, "plate", "琼A·12354", "琼A·12345")
		wantCorrected(t, got, "severity", "一般", "严重")
		if reported["plate"] != "琼A·12354" || reported["address"] != "滨海大道 8 号" {
			t.Errorf("the report had %v", reported)
		}
		var v struct {
			Plate, Severity string
			Place           *struct{ Source string }
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&v)
		if v.Plate != "琼A·12345" || v.Severity != "serious" || v.Place == nil || v.Place.Source != "map" {
			t.Errorf("put right, the issue is %+v", v)
		}

		office.Acts(id, "assign", M{"unit": servertest.ID("longhua-sanitation")}).Want(201)
		was := office.Issue(id)
		var assigned struct {
			At time.Time `json:"assigned_at"`
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(200).Into(&assigned)
		s.Pass(30 * time.Minute)
		lin.Acts(id, "correct", M{"reason": "再改", "plate": "琼A·1"}).WantProblem(403, "forbidden", "never")
		wantField(t, office.Acts(id, "correct", M{"reason": "类别有误", "category": "06010"}), "content.invalid", "/deadline", "keep or rule")
		var effect struct {
			AsksDeadline bool      `json:"asks_deadline"`
			DueAt        time.Time `json:"due_at"`
			Rule         *struct {
				DueAt  time.Time `json:"due_at"`
				Passed bool
			}
		}
		preview := "/api/v1/issues/" + id.String() + "/correction?category=06010"
		crew.Do(http.MethodGet, preview, nil).WantProblem(403, "forbidden", "never")
		office.Do(http.MethodGet, preview, nil).Want(200).Into(&effect)
		var tried struct {
			DueAt time.Time `json:"due_at"`
		}
		office.Do(http.MethodGet, "/api/v1/deadline?limit=4&unit=working_hour&from="+url.QueryEscape(assigned.At.UTC().Format(time.RFC3339Nano)), nil).Want(200).Into(&tried)
		if !effect.AsksDeadline || effect.Rule == nil || effect.Rule.Passed || !effect.Rule.DueAt.Equal(tried.DueAt) {
			t.Fatalf("the preview says %+v, want the deadline %s", effect, tried.DueAt)
		}
		office.Acts(id, "correct", M{"reason": "类别有误", "category": "06010", "deadline": "rule"}).Want(201)
		is := office.Issue(id)
		if !is.DueAt.Equal(tried.DueAt) || is.Version != was.Version+1 {
			t.Errorf("due at %s in version %d, want %s in %d", is.DueAt, is.Version, tried.DueAt, was.Version+1)
		}
		if box := inboxOf(crew, ""); !slices.ContainsFunc(box.Messages, func(m told) bool { return m.Type == "issue.corrected" }) {
			t.Errorf("the unit was told %+v", box.Messages)
		}
		office.Acts(id, "correct", M{"reason": "无此车", "clear": []string{"plate"}, "address": "滨海大道 18 号"}).Want(201)
		got, reported = correctionsOf(office, id)
		if len(got) < 5 || reported["plate"] != "琼A·12354" || reported["address"] != "滨海大道 8 号" {
			t.Errorf("after three corrections the course has %+v, and the report %v", got, reported)
		}
		wantCorrected(t, got[len(got)-2:], "plate", "琼A·12345", "")
		s.Audit()
		s.Recounts(weekOf(t, s.Now()))

		office.Acts(id, "erase", M{"reason": "个人信息"}).Want(201)
		s.As("office2").Acts(id, "erase", M{"reason": "同意"}).Want(201)
		if _, reported = correctionsOf(office, id); len(reported) != 0 {
			t.Errorf("erased, the report still says %v", reported)
		}
		s.Audit()
	})
}
