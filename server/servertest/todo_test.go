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

// todoItem is a kind of work that waits.
type todoItem struct {
	Kind  string
	Count int
	DueAt string `json:"due_at"`
}

func todoOf(c *servertest.Client) map[string]todoItem {
	var got struct {
		Items []todoItem
		Days  []struct{ Reported, Closed int }
	}
	c.Do(http.MethodGet, "/api/v1/todo", nil).Want(http.StatusOK).Into(&got)
	all := map[string]todoItem{}
	for _, i := range got.Items {
		all[i.Kind] = i
	}
	return all
}

// wantPending fails unless a list of what is pending holds exactly these, and the kind counts as many.
func wantPending(t *testing.T, c *servertest.Client, kind string, want ...inspect.ID) {
	t.Helper()
	var page struct{ Issues []struct{ ID inspect.ID } }
	c.Do(http.MethodGet, "/api/v1/issues?sort=received&pending="+url.QueryEscape(kind), nil).Want(http.StatusOK).Into(&page)
	var got []inspect.ID
	for _, i := range page.Issues {
		got = append(got, i.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s sees pending %s on %v, want %v", c.Name, kind, got, want)
	}
	if item := todoOf(c)[kind]; item.Count != len(want) {
		t.Errorf("%s has %d of %s to do, want %d", c.Name, item.Count, kind, len(want))
	}
}

// TestWhatWaitsIsCountedAndListed follows what the office and a unit have to do, and that it is gone when it is done.
func TestWhatWaitsIsCountedAndListed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, second, crew, leader := s.As("lin"), s.As("office"), s.As("office2"), s.As("crew"), s.As("leader")
		a, b := lin.ReportsMud(), lin.ReportsMud()
		if got := todoOf(office)["assign"]; got.Count != 2 || got.DueAt == "" {
			t.Errorf("the office has %+v to assign, want 2 with a limit", got)
		}
		office.Assigns(a, "longhua-sanitation", 8*time.Hour)
		office.Assigns(b, "longhua-sanitation", 8*time.Hour)
		if got := todoOf(crew); got["work"].Count != 2 || got["assign"].Kind != "" || got["flags"].Kind != "" {
			t.Errorf("the unit has %+v, want two to fix and nothing of the office", got)
		}
		if got := todoOf(s.As("meilan-crew"))["work"].Count; got != 0 {
			t.Errorf("another unit has %d to fix, want 0", got)
		}

		until := s.Now().Add(10 * time.Hour).UTC().Format(time.RFC3339)
		crew.Acts(a, "ask_extension", servertest.M{"until": until, "reason": "夜间才能封路"}).Want(http.StatusCreated)
		wantPending(t, office, "extension", a)
		if todoOf(office)["extension"].DueAt == "" {
			t.Error("an extension that was asked has no limit for its decision")
		}
		office.Acts(a, "decide_extension", servertest.M{"answer": "grant", "reason": "同意"}).Want(http.StatusCreated)
		wantPending(t, office, "extension")

		letter := inspect.NewID()
		leader.ActsAs(b, letter, "supervise", servertest.M{"letter_kind": "leader", "reason": "今日办结", "until": until}).Want(http.StatusCreated)
		wantPending(t, leader, "reply", b)
		wantPending(t, crew, "reply", b)
		crew.Acts(b, "reply", servertest.M{"letter": letter, "note": "已安排"}).Want(http.StatusCreated)
		wantPending(t, leader, "reply")

		crew.Fixes(a)
		if got := todoOf(lin)["verify"].Count; got != 1 {
			t.Errorf("the inspector has %d to verify, want 1", got)
		}
		second.Acts(a, "verify", servertest.M{"verdict": "fail", "how": "on_site", "reason": "仍有泥土", "photos": []inspect.ID{second.Shows(a, "check")}}).
			Want(http.StatusCreated)
		wantPending(t, crew, "rework", a)
		office.Acts(b, "dismiss", servertest.M{"reason": "重复"}).Want(http.StatusCreated)
		wantPending(t, second, "dismissal", b)
		second.Acts(b, "dismiss", servertest.M{"reason": "重复"}).Want(http.StatusCreated)
		wantPending(t, second, "dismissal")
		s.Audit()
	})
}

// TestWhoIsAskedToLookFindsIt lists what an inspector was asked to look at, until somebody did.
func TestWhoIsAskedToLookFindsIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		a := lin.ReportsMud()
		lin.ReportsMud()
		asked := func() (ids []inspect.ID) {
			var page struct{ Issues []struct{ ID inspect.ID } }
			lin.Do(http.MethodGet, "/api/v1/issues?pending=look", nil).Want(http.StatusOK).Into(&page)
			for _, i := range page.Issues {
				ids = append(ids, i.ID)
			}
			return ids
		}
		if got := asked(); len(got) != 0 {
			t.Errorf("nobody was asked, and %v are listed", got)
		}
		office.Acts(a, "ask_look", servertest.M{"note": "是否属实"}).Want(http.StatusCreated)
		if got := asked(); !slices.Equal(got, []inspect.ID{a}) {
			t.Errorf("asked to look at %v, want %v", got, a)
		}
		lin.Acts(a, "look", servertest.M{"found": "real", "photos": []inspect.ID{lin.Shows(a, "check")}}).Want(http.StatusCreated)
		if got := asked(); len(got) != 0 {
			t.Errorf("somebody looked, and %v are still listed", got)
		}
		s.Audit()
	})
}

// TestEveryKindOfListIsCountedAsListed compares each kind of issues with the list of its filter.
func TestEveryKindOfListIsCountedAsListed(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		for n := range 5 {
			id := lin.ReportsMud()
			if n > 1 {
				office.Assigns(id, "longhua-sanitation", time.Duration(n*12)*time.Hour)
			}
		}
		for kind, filter := range map[string]string{"assign": "status=reported", "verify": "status=fixed", "overdue": "status=assigned&overdue=true", "flags": "flagged=true"} {
			var page struct{ Total int }
			office.Do(http.MethodGet, "/api/v1/issues?"+filter, nil).Want(http.StatusOK).Into(&page)
			if got := todoOf(office)[kind].Count; got != page.Total {
				t.Errorf("%d of %s, want %d as the list has", got, kind, page.Total)
			}
		}
		if got := todoOf(office)["soon"].Count; got != 1 {
			t.Errorf("%d are due soon, want the one that is due in 24 hours", got)
		}
		wrong := *office
		wrong.AllowInvalidRequests = true
		wrong.Do(http.MethodGet, "/api/v1/issues?pending=nothing", nil).Want(http.StatusUnprocessableEntity)
	})
}
