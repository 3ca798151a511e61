package servertest_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// together does things at the same moment and gives their answers.
func together(do ...func() *servertest.Answer) []*servertest.Answer {
	answers := make([]*servertest.Answer, len(do))
	var ready, all sync.WaitGroup
	start := make(chan struct{})
	for n, f := range do {
		ready.Add(1)
		all.Go(func() {
			ready.Done()
			<-start
			answers[n] = f()
		})
	}
	ready.Wait()
	close(start)
	all.Wait()
	return answers
}

// seen sends an action of somebody who saw a version of the issue.
func seen(c *servertest.Client, issue inspect.ID, version string, action string, fields M) *servertest.Answer {
	now := c.Now().UTC().Format(time.RFC3339Nano)
	body := M{"action": action, "done_at": now, "sent_at": now}
	for k, v := range fields {
		body[k] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return c.Send(http.MethodPut, "/api/v1/issues/"+issue.String()+"/actions/"+inspect.NewID().String(), raw, http.Header{"If-Match": {version}})
}

// refusal is a problem with the state of the issue.
type refusal struct {
	Code    string
	Detail  string
	Errors  []struct{ Pointer, Detail string }
	Current *struct {
		ID, Number, Status string
		Version            int64
	}
}

func TestTwoPeopleActAtOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, office2 := s.As("lin"), s.As("office"), s.As("office2")
		due := M{"unit": servertest.ID("longhua-sanitation"), "due_at": s.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339Nano)}
		for range 5 {
			id := lin.ReportsMud()
			wantOne(t, office, id, together(
				func() *servertest.Answer { return seen(office, id, `"1"`, "assign", due) },
				func() *servertest.Answer { return seen(office2, id, `"1"`, "dismiss", M{"reason": "不属实"}) }))
			id = lin.ReportsMud() // and where nobody says which version they saw
			wantOne(t, office, id, together(
				func() *servertest.Answer { return office.Acts(id, "assign", due) },
				func() *servertest.Answer { return office2.Acts(id, "assign", due) }))
		}
		s.Audit()
	})
}

// wantOne fails unless one of two was first and the other is told how the issue stands now.
func wantOne(t *testing.T, c *servertest.Client, id inspect.ID, answers []*servertest.Answer) {
	t.Helper()
	first, second := answers[0], answers[1]
	if first.Status != 201 {
		first, second = second, first
	}
	if first.Status != 201 || second.Status != 409 {
		t.Fatalf("got %d and %d, want one 201 and one 409\n%s\n%s", first.Status, second.Status, first.Body, second.Body)
	}
	var r refusal
	second.Into(&r)
	now := c.Issue(id)
	if r.Current == nil || r.Current.Status != now.Status || r.Current.Version != now.Version || r.Current.ID != id.String() || r.Current.Number != now.Number {
		t.Errorf("the second was told %s, the issue is %s in version %d", second.Body, now.Status, now.Version)
	}
	if r.Code != "issue.changed" && r.Code != "issue.wrong-status" {
		t.Errorf("the second got %s", r.Code)
	}
	if now.Version != 2 {
		t.Errorf("the issue is in version %d, want 2: one of them was done", now.Version)
	}
}

func TestAnActionArrivesTwice(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, office2, crew := s.As("lin"), s.As("office"), s.As("office2"), s.As("crew")
		id, action := lin.ReportsMud(), inspect.NewID()
		done := s.Now().UTC()
		fields := func() M { // a phone sends the same again, but for the moment of sending
			return M{"unit": servertest.ID("longhua-sanitation"), "due_at": done.Add(8 * time.Hour).Format(time.RFC3339Nano),
				"done_at": done.Format(time.RFC3339Nano), "sent_at": s.Now().UTC().Format(time.RFC3339Nano)}
		}
		assign := func() *servertest.Answer { return office.ActsAs(id, action, "assign", fields()) }
		wantOnce(t, together(assign, assign, assign, assign, assign, assign))
		office.WantEvents(id, "issue.reported", "issue.assigned")

		crew.Fixes(id)
		assign().Want(200) // whatever has happened to the issue since
		if i := office.WantStatus(id, "fixed"); i.Version != 3 {
			t.Errorf("the repetition changed the issue: version %d", i.Version)
		}
		other := fields()
		other["note"] = "改了"
		office.ActsAs(id, action, "assign", other).WantProblem(409, "action.differs", "never")
		office2.ActsAs(id, action, "assign", fields()).WantProblem(409, "action.differs", "never")
		office.ActsAs(lin.ReportsMud(), action, "assign", fields()).WantProblem(409, "action.differs", "never")
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.fixed")
		s.Audit()
	})
}

// wantOnce fails unless one answer is 201 and all others are 200, repeated, with the same receipt.
func wantOnce(t *testing.T, answers []*servertest.Answer) {
	t.Helper()
	first := 0
	var received string
	for _, a := range answers {
		var r struct {
			Repeated   bool
			ReceivedAt string `json:"received_at"`
		}
		a.Want(200, 201).Into(&r)
		if a.Status == 201 {
			first++
		}
		if r.Repeated != (a.Status == 200) {
			t.Errorf("%d says repeated %t", a.Status, r.Repeated)
		}
		if received == "" {
			received = r.ReceivedAt
		}
		if r.ReceivedAt != received {
			t.Errorf("received at %s and at %s: want one receipt", received, r.ReceivedAt)
		}
	}
	if first != 1 {
		t.Errorf("%d of %d were the first", first, len(answers))
	}
}

func TestAReportAndItsPhotoArriveTwice(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, wang := s.As("lin"), s.As("wang")
		id, p := inspect.NewID(), servertest.NewPicture("report")
		body := lin.Report(p)
		report := func() *servertest.Answer {
			again := M{}
			for k, v := range body {
				again[k] = v
			}
			again["sent_at"] = s.Now().UTC().Format(time.RFC3339Nano)
			return lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), again)
		}
		wantOnce(t, together(report, report, report, report, report))
		send := func() *servertest.Answer { return lin.Upload(id, p) }
		wantOnce(t, together(send, send, send, send, send))
		lin.WantEvents(id, "issue.reported")

		later := servertest.NewPicture("after")
		declare := func() *servertest.Answer { return lin.Declares(id, later) }
		first := 0
		for _, a := range together(declare, declare, declare, declare) {
			if a.Want(200, 201).Status == 201 {
				first++
			}
		}
		if first != 1 {
			t.Errorf("%d declarations were the first", first)
		}
		wang.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).WantProblem(409, "issue.differs", "never")
		body["note"] = "别的"
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), body).WantProblem(409, "issue.differs", "never")
		var page struct{ Total int }
		if lin.Do(http.MethodGet, "/api/v1/issues", nil).Want(200).Into(&page); page.Total != 1 {
			t.Errorf("there are %d issues, want 1", page.Total)
		}
		s.Audit()
	})
}

func TestAnActionArrivesBeforeItsPhotos(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := lin.ReportsMud()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		p, action := servertest.NewPicture("after"), inspect.NewID()
		fields := M{"photos": []inspect.ID{p.ID}, "done_at": s.Now().UTC().Format(time.RFC3339Nano)}
		fix := func() *servertest.Answer { return crew.ActsAs(id, action, "fix", fields) }

		wantNotSafe(t, fix()) // not even declared
		crew.Declares(id, p).Want(201)
		wantNotSafe(t, fix())
		office.WantStatus(id, "assigned")

		sent := make(chan *servertest.Answer, 1)
		go func() { sent <- crew.Upload(id, p) }()
		for a := fix(); a.Status != 201; a = fix() { // the queue tries again, while the photo is on its way
			wantNotSafe(t, a)
		}
		(<-sent).Want(201)
		fix().Want(200)
		crew.Upload(id, p).Want(200)
		office.WantEvents(id, "issue.reported", "issue.assigned", "issue.fixed")
		s.Audit()
	})
}

func wantNotSafe(t *testing.T, a *servertest.Answer) {
	t.Helper()
	a.WantProblem(409, "photo.not-safe", "later")
	var r refusal
	a.Into(&r)
	if len(r.Errors) != 1 || r.Errors[0].Pointer != "/photos/0" {
		t.Errorf("got %s, want /photos/0 named", a.Body)
	}
}

func TestPhotosOfARefusedActionAreNotLost(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := lin.ReportsMud()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		mine, theirs := crew.Shows(id, "after"), servertest.NewPicture("after")
		crew.Declares(id, theirs).Want(201)
		s.As("crew-boss").Acts(id, "fix", M{"photos": []inspect.ID{mine}}).Want(201)

		var r refusal
		crew.Sends(id, theirs) // arrives though the issue has moved on
		if seen(crew, id, `"2"`, "fix", M{"photos": []inspect.ID{theirs.ID}}).WantProblem(409, "issue.changed",
			"never").Into(&r); r.Current.Status != "fixed" || r.Current.Version != 3 {
			t.Errorf("current: got %+v, want fixed in version 3", r.Current)
		}
		crew.Acts(id, "fix", M{"photos": []inspect.ID{theirs.ID}}).WantProblem(409, "issue.wrong-status", "never")
		if a := office.Do(http.MethodGet, "/api/v1/issues/"+id.String()+"/photos/"+theirs.ID.String()+"/original", nil).Want(200); string(a.Body) != string(theirs.Bytes) {
			t.Error("the photo of the refused fix is not what was sent")
		}
		s.As("wang").Verifies(id, "fail")
		crew.Acts(id, "fix", M{"photos": []inspect.ID{theirs.ID}}).Want(201) // and proves the next fix
		s.Audit()
	})
}

func TestAPhotoOvertakesItsReport(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin := s.As("lin")
		id, p, later := inspect.NewID(), servertest.NewPicture("report"), servertest.NewPicture("after")
		lin.Upload(id, p).WantProblem(404, "issue.not-found", "later")
		lin.Declares(id, later).WantProblem(404, "issue.not-found", "later")
		lin.Acts(id, "comment", M{"note": "早到"}).WantProblem(404, "issue.not-found", "later")
		lin.Do(http.MethodPut, "/api/v1/issues/"+id.String(), lin.Report(p)).Want(201)
		lin.Upload(id, p).Want(201)
		lin.Upload(id, later).WantProblem(404, "photo.not-found", "later")
		lin.Declares(id, later).Want(201)
		lin.Upload(id, later).Want(201)
		if i := lin.Issue(id); !i.Complete || i.PhotosSafe != 2 {
			t.Errorf("at the end: %+v", i)
		}
	})
}
