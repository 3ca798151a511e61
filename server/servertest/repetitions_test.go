package servertest_test

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// wantBareReceipt fails unless an answer is the receipt of a repetition that says nothing of the issue as it is now.
func wantBareReceipt(t *testing.T, a *servertest.Answer) {
	t.Helper()
	var r struct {
		Repeated    bool
		Issue       *struct{ ID string }
		PhotosTotal *int `json:"photos_total"`
	}
	a.Want(http.StatusOK).Into(&r)
	if !r.Repeated || r.Issue != nil || r.PhotosTotal != nil || a.Header.Get("ETag") != "" || strings.Contains(string(a.Body), "美兰") {
		t.Errorf("want a bare receipt, got ETag %q and %s", a.Header.Get("ETag"), a.Body)
	}
}

func TestARepetitionOfAnActionShowsNothingToWhoLostTheIssue(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, id, action := s.As("office"), s.As("crew"), s.As("lin").ReportsMud(), inspect.NewID()
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		now := s.Now().UTC().Format(time.RFC3339Nano)
		body := M{"action": "return", "reason": "不是我们的路段", "done_at": now, "sent_at": now}
		one := func() *servertest.Answer {
			return crew.Do(http.MethodPut, "/api/v1/issues/"+id.String()+"/actions/"+action.String(), body)
		}
		var first struct{ Issue *struct{ Status string } }
		if one().Want(http.StatusCreated).Into(&first); first.Issue == nil || first.Issue.Status != "reported" {
			t.Errorf("who gives an issue back sees that it was: %+v", first)
		}
		office.Assigns(id, "meilan-sanitation", 8*time.Hour)
		wantBareReceipt(t, one())
		crew.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).WantProblem(404, "issue.not-found", "later")

		var many struct {
			Outcomes []struct {
				Status  int
				Receipt M
			}
		}
		crew.Do(http.MethodPost, "/api/v1/actions", M{"actions": []M{{"issue": id, "action_id": action, "body": body}}}).Want(http.StatusOK).Into(&many)
		if o := many.Outcomes[0]; o.Status != 200 || o.Receipt["repeated"] != true || o.Receipt["issue"] != nil {
			t.Errorf("of many: %+v", o)
		}
		body["reason"] = "别的"
		one().WantProblem(409, "action.differs", "never")

		again := inspect.NewID() // who still sees the issue sees it in the repetition as well
		office.ActsAs(id, again, "comment", M{"note": "已看", "done_at": now}).Want(http.StatusCreated)
		var kept struct {
			Issue *struct{ Unit struct{ ID string } }
		}
		office.ActsAs(id, again, "comment", M{"note": "已看", "done_at": now}).Want(http.StatusOK).Into(&kept)
		if kept.Issue == nil || kept.Issue.Unit.ID != servertest.ID("meilan-sanitation").String() {
			t.Errorf("the office repeats and sees %+v", kept)
		}
		s.Audit()
	})
}

func TestAReportAndItsPhotosAreAcknowledgedToWhoLostTheirRole(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, id, p, later, waits := s.As("lin"), inspect.NewID(), servertest.NewPicture("report"), servertest.NewPicture("check"), servertest.NewPicture("check")
		path, body := "/api/v1/issues/"+id.String(), lin.Report(p)
		lin.Do(http.MethodPut, path, body).Want(http.StatusCreated)
		lin.Sends(id, p)
		lin.Declares(id, later, waits).Want(http.StatusCreated)
		lin.Sends(id, later)
		s.AddPerson("lin", M{"role": "leader", "scope": M{"kind": "area", "id": "meilan-area"}})
		lin.Do(http.MethodGet, path, nil).WantProblem(404, "issue.not-found", "later")

		wantBareReceipt(t, lin.Do(http.MethodPut, path, body))
		wantBareReceipt(t, lin.Upload(id, p))
		wantBareReceipt(t, lin.Do(http.MethodGet, path+"/photos/"+p.ID.String()+"/receipt", nil))
		wantBareReceipt(t, lin.Declares(id, later, waits))
		tus := http.Header{"Tus-Resumable": {"1.0.0"}, "Upload-Length": {strconv.Itoa(len(p.Bytes))}, "Upload-Metadata": {"issue " + b64(id) + ",photo " + b64(p.ID)}}
		if a := lin.Send(http.MethodPost, "/api/v1/uploads", nil, tus).Want(http.StatusCreated); a.Header.Get("Upload-Offset") != "" &&
			a.Header.Get("Upload-Offset") != strconv.Itoa(len(p.Bytes)) {
			t.Errorf("the upload of a photo that is safe stands at %s", a.Header.Get("Upload-Offset"))
		}
		// What was not taken before is refused as ever, and nobody else gets a receipt.
		lin.Upload(id, waits).WantProblem(404, "issue.not-found", "later")
		lin.Declares(id, servertest.NewPicture("check")).WantProblem(404, "issue.not-found", "later")
		lin.Do(http.MethodPut, "/api/v1/issues/"+inspect.NewID().String(), lin.Report()).WantProblem(403, "forbidden", "never")
		s.As("meilan-crew").Upload(id, p).WantProblem(404, "issue.not-found", "later")
		s.As("meilan-crew").Declares(id, later).WantProblem(404, "issue.not-found", "later")
		s.As("office").WantEvents(id, "issue.reported")
		s.Audit()
	})
}

func b64(id inspect.ID) string { return base64.StdEncoding.EncodeToString([]byte(id.String())) }

// TestARepetitionOfARegisterIsAcknowledgedToWhoLostTheirRole puts a row of every register and the same again after its maker lost every role: as
// they left it, until somebody else changes it.
func TestARepetitionOfARegisterIsAcknowledgedToWhoLostTheirRole(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("office") // leads the group of a campaign
		city := M{"kind": "city"}
		who, other, stranger, place := s.Joins("all", M{"role": "admin", "scope": city}, M{"role": "office", "scope": city}),
			s.Joins("other", M{"role": "admin", "scope": city}, M{"role": "office", "scope": city}), s.Joins("stranger"), inspect.NewID().String()
		type kept struct {
			registerChange
			path string
			body M
		}
		var rows []kept
		for _, c := range registerChanges(s) {
			id := inspect.NewID().String()
			if c.row == "place" {
				id = place
			}
			body := M{c.field: c.values[0]}
			for k, v := range c.body {
				if body[k] = v; v == "{place}" {
					body[k] = place
				}
			}
			path := strings.Replace(c.path, "{id}", id, 1)
			who.Do(http.MethodPut, path, body).Want(http.StatusCreated, http.StatusOK)
			delete(body, "password") // a password is a change by itself
			rows = append(rows, kept{c, path, body})
		}
		who.Do(http.MethodPut, "/api/v1/settings/visit_share", M{"value": 11}).Want(http.StatusOK)
		losesAll(s, "all")
		for _, r := range rows {
			var again struct{ Repeated bool }
			if who.Do(http.MethodPut, r.path, r.body).Want(http.StatusOK).Into(&again); !again.Repeated {
				t.Errorf("%s: the same again is no repetition", r.path)
			}
			stranger.Do(http.MethodPut, r.path, r.body).WantProblem(403, "forbidden", "never")
			r.body[r.field] = r.values[1]
			who.Do(http.MethodPut, r.path, r.body).WantProblem(403, "forbidden", "never")
			s.Pass(time.Second)
			other.Do(http.MethodPut, r.path, r.body).Want(http.StatusOK)
			who.Do(http.MethodPut, r.path, r.body).WantProblem(403, "forbidden", "never") // it is somebody else's now
		}
		who.Do(http.MethodPut, "/api/v1/settings/visit_share", M{"value": 11}).Want(http.StatusOK)
		who.Do(http.MethodPut, "/api/v1/settings/visit_share", M{"value": 12}).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

// TestARepetitionOfAPaperIsAcknowledgedToWhoLostIt signs for one and makes one void, sends returns and a scan, proposes a photo, has issues made of a
// table, drafts, checks and issues a report, and does each again when it is nobody's business of theirs any more.
func TestARepetitionOfAPaperIsAcknowledgedToWhoLostIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, admin, city := s.As("office"), s.As("admin"), M{"kind": "city"}
		who, boss := s.Joins("all", M{"role": "admin", "scope": city}, M{"role": "office", "scope": city}), s.Joins("boss", M{"role": "leader", "scope": city})
		crew := s.Joins("mender", M{"role": "unit", "scope": M{"kind": "unit", "id": "longhua-sanitation"}})
		issue, shown := inspect.NewID(), servertest.NewPicture("report")
		s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+issue.String(), s.As("lin").Report(shown)).Want(http.StatusCreated)
		s.As("lin").Sends(issue, shown)
		office.Assigns(issue, "longhua-sanitation", 8*time.Hour)
		s.Drain()
		signed, void, mine, batch := inspect.NewID(), inspect.NewID(), inspect.NewID(), inspect.NewID()
		issues(office, signed, "rectify", nil, issue)
		issues(office, void, "task", nil, issue)
		admin.Do(http.MethodPut, "/api/v1/places/"+servertest.ID("shop").String(), M{"kind": "shopfront", "name": "店", "valid_from": "2020-01-01",
			"position": M{"lat": 20.03, "lon": 110.33, "datum": "wgs84"}}).Want(http.StatusCreated)
		scan, agreement := servertest.NewPicture("report"), inspect.NewID()
		who.Do(http.MethodPut, "/api/v1/agreements/"+agreement.String(), M{"place": servertest.ID("shop"), "kind": "letter", "signed_by": "王", "signed_on": "2026-01-05"}).
			Want(http.StatusCreated)
		form := "/api/v1/return-forms/" + servertest.ID("weekly").String()
		office.Do(http.MethodPut, form, M{"name": "周报", "every": "week", "lines": []string{"出动人次"}, "units": []inspect.ID{servertest.ID("longhua-sanitation")}, "by": "17:00",
			"from": "2026-01-05"}).Want(http.StatusCreated)
		signature := M{"name": "李四", "signed_at": s.Now().UTC().Format(time.RFC3339Nano)}
		report := "/api/v1/reports/" + inspect.NewID().String()
		issued := "/api/v1/reports/" + inspect.NewID().String()
		office.Do(http.MethodPut, issued, M{"period": "2026-W41"}).Want(http.StatusCreated)
		var table intakePage
		sendTable(who, hotline(admin), orderHeads+"7,2026-10-12 08:00,,积水,龙昆南路,,,,,,\n").Want(http.StatusCreated).Into(&table)
		one := []inspect.ID{issue}
		type request struct {
			by           *servertest.Client
			method, path string
			body         M
		}
		done := []request{
			{crew, http.MethodPut, paperAt(signed) + "/receipt", signature},
			{who, http.MethodPut, paperAt(void) + "/cancellation", M{"reason": "发错"}},
			{who, http.MethodPut, paperAt(mine), M{"kind": "task", "issues": one}},
			{who, http.MethodPut, batchAt(batch) + "?status=assigned", M{"kind": "task", "each": "issue"}},
			{crew, http.MethodPut, "/api/v1/returns/" + inspect.NewID().String(), M{"form": servertest.ID("weekly"), "unit": servertest.ID("longhua-sanitation"),
				"period":  "2026-W42",
				"numbers": []float64{3}}},
			{who, http.MethodPut, "/api/v1/issues/" + issue.String() + "/photos/" + shown.ID.String() + "/exposure", M{"nothing_to_mask": true}},
			{who, http.MethodPost, "/api/v1/issue-imports/" + table.Import.ID.String() + "/apply", nil},
			{who, http.MethodPut, report, M{"period": "2026-W42"}},
			{who, http.MethodPut, issued + "/check", M{"revision": 1}},
			{who, http.MethodPost, issued + "/notes", M{"id": inspect.NewID(), "cell": "处置率", "text": "请核对"}},
			{boss, http.MethodPut, issued + "/issue", M{"revision": 1}},
			{who, http.MethodPut, "/api/v1/record/audits/" + inspect.NewID().String(), M{}},
		}
		send := func(c *servertest.Client, r request) *servertest.Answer {
			if r.body == nil {
				return c.Do(r.method, r.path, nil)
			}
			return c.Do(r.method, r.path, r.body)
		}
		for _, r := range done {
			send(r.by, r).Want(http.StatusCreated, http.StatusOK, http.StatusAccepted)
		}
		scanned := func(c *servertest.Client) *servertest.Answer {
			return c.Send(http.MethodPut, "/api/v1/agreements/"+agreement.String()+"/scan", scan.Bytes,
				http.Header{"Content-Type": {"application/octet-stream"}, "Content-Digest": {scan.Digest()}})
		}
		scanned(who).Want(http.StatusCreated)
		for _, name := range []string{"all", "boss", "mender"} {
			losesAll(s, name)
		}
		stranger := s.Joins("stranger")
		for _, r := range done {
			a := send(r.by, r).Want(http.StatusOK, http.StatusAccepted)
			var said struct {
				Paper *struct{ Issuer struct{ ID string } }
				Says  *M
				Rows  []M
			}
			if a.Into(&said); said.Says != nil || len(said.Rows) > 0 || said.Paper != nil && said.Paper.Issuer.ID != servertest.ID("all").String() {
				t.Errorf("%s: who lost it sees %s", r.path, a.Body)
			}
			if a := send(stranger, r); a.Status != 403 && a.Status != 404 {
				t.Errorf("%s: a stranger is answered %d %s", r.path, a.Status, a.Body)
			}
		}
		scanned(who).Want(http.StatusOK)
		scanned(stranger).WantProblem(403, "forbidden", "never")
		crew.Do(http.MethodGet, paperAt(signed), nil).WantProblem(404, "paper.not-found", "never")
		s.Audit()
	})
}

// losesAll takes every role from somebody, who stays logged in.
func losesAll(s *servertest.Server, name string) {
	s.As("admin").Do(http.MethodPut, "/api/v1/people/"+servertest.ID(name).String(), M{"name": name, "display_name": "Person " + name, "staff_number": "S-" + name,
		"grants": []M{}}).Want(http.StatusOK)
}

// TestARepetitionOfAHandOverAndOfACheckedFileIsAcknowledged hands somebody's work over, checks a table of orders and a file of areas, draws by lot and releases
// a photo to the public, and does each again without any role: how far it is, and nothing of what lies behind it.
func TestARepetitionOfAHandOverAndOfACheckedFileIsAcknowledged(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		city := M{"kind": "city"}
		who, stranger := s.Joins("all", M{"role": "admin", "scope": city}, M{"role": "office", "scope": city}), s.Joins("stranger")
		s.Joins("zhao", M{"role": "inspector", "scope": city})
		s.As("lin").ReportsMud()
		s.As("lin").ReportsMud()
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/duty_roster", M{"value": []M{{"person": servertest.ID("lin"), "from": later(s, 1), "to": later(s, 9)}}}).
			Want(200)
		path, body := "/api/v1/people/"+servertest.ID("lin").String()+"/hand-over", M{"id": inspect.NewID(), "to": servertest.ID("zhao")}
		handOver := func(c *servertest.Client) *servertest.Answer { return c.Do(http.MethodPost, path, body) }
		var done struct{ Issues, Left, Duties int }
		if handOver(who).Want(200).Into(&done); done.Issues != 2 || done.Duties != 1 {
			t.Errorf("handed over %+v", done)
		}

		mapping, table := hotline(s.As("admin")), orderHeads+"7,2026-10-12 08:00,,积水,龙昆南路,,,,,,\n"
		var first, again intakePage
		sendTable(who, mapping, table).Want(201).Into(&first)
		areas := func(c *servertest.Client) *servertest.Answer {
			return c.Send(http.MethodPost, "/api/v1/area-imports?format=csv&datum=wgs84", []byte("code,parent,level,name,wkt\nN1,,district,新区,\n"), http.Header{"Content-Type": {"text/csv"}})
		}
		areas(who).Want(201)

		for _, name := range []string{"first market", "second market"} {
			putSpot(s.As("admin"), name, spot("market", name, 100, nil)).Want(201)
		}
		lots := "/api/v1/draws/" + inspect.NewID().String()
		asked := M{"purpose": "抽查", "kind": "market", "by_area": false, "count": 1, "inspectors_each": 1, "pool": []inspect.ID{servertest.ID("lin")}}
		draws := []func(*servertest.Client) *servertest.Answer{
			func(c *servertest.Client) *servertest.Answer { return c.Do(http.MethodPut, lots, asked) },
			func(c *servertest.Client) *servertest.Answer { return c.Do(http.MethodPut, lots+"/picks", nil) },
			func(c *servertest.Client) *servertest.Answer { return c.Do(http.MethodPut, lots+"/end", nil) },
		}
		for _, d := range draws {
			d(who).Want(200, 201)
		}

		photo, issue := servertest.NewPicture("report"), inspect.NewID()
		s.As("lin").Do(http.MethodPut, "/api/v1/issues/"+issue.String(), s.As("lin").Report(photo)).Want(201)
		s.As("lin").Sends(issue, photo)
		s.Drain()
		exposure, masked := "/api/v1/issues/"+issue.String()+"/photos/"+photo.ID.String()+"/exposure", exposureAnswer{}
		s.As("office").Do(http.MethodPut, exposure, M{"nothing_to_mask": true}).Want(201).Into(&masked)
		releases := func(c *servertest.Client) *servertest.Answer {
			return c.Do(http.MethodPut, exposure+"/decision", M{"answer": "release", "sha256": masked.Exposure.SHA256})
		}
		releases(who).Want(200)

		losesAll(s, "all")
		if handOver(who).Want(200).Into(&done); done.Issues != 2 || done.Left != 0 || done.Duties != 1 {
			t.Errorf("the same again is acknowledged with %+v", done)
		}
		handOver(stranger).WantProblem(403, "forbidden", "never")
		body["id"] = inspect.NewID() // another one, and the roster was left by somebody else meanwhile
		s.As("admin").Do(http.MethodPut, "/api/v1/settings/duty_roster", M{"value": []M{}}).Want(200)
		handOver(who).WantProblem(403, "forbidden", "never")

		sendTable(who, mapping, table).Want(200).Into(&again)
		if !again.Repeated || again.Import.ID != first.Import.ID || again.Import.Rows != 1 || len(again.Rows) != 0 {
			t.Errorf("the same table again is %+v", again)
		}
		sendTable(who, mapping, table+"8,2026-10-12 08:00,,积水,龙昆南路,,,,,,\n").WantProblem(403, "forbidden", "never")
		sendTable(stranger, mapping, table).WantProblem(403, "forbidden", "never")
		var kept struct {
			Repeated bool
			Findings []M
		}
		if areas(who).Want(200).Into(&kept); !kept.Repeated || len(kept.Findings) != 0 {
			t.Errorf("the same file of areas again is %+v", kept)
		}
		areas(stranger).WantProblem(403, "forbidden", "never")

		for n, d := range draws {
			d(who).Want(200)
			if a := d(stranger); a.Status != 403 && a.Status != 404 {
				t.Errorf("step %d: a stranger is answered %d %s", n, a.Status, a.Body)
			}
		}
		releases(who).Want(200)
		releases(stranger).WantProblem(404, "issue.not-found", "later")
		asked["purpose"] = "另一次"
		draws[0](who).WantProblem(403, "forbidden", "never")
		who.Do(http.MethodPut, lots+"/replacements/"+servertest.ID("first market").String(), M{"reason": "停业"}).WantProblem(404, "draw.not-found", "never")
		s.Audit()
	})
}
