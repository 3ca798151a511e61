package servertest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// unheld are the columns that the record says nothing of, each with the reason. What is not here must be found out when it
// is changed.
var unheld = map[string]string{
	"*.id":                  "numbering of the database",
	"issue.content_salt":    "tells a repetition; taken away by an erasure",
	"issue.content_seal":    "tells a repetition",
	"action.content_salt":   "tells a repetition; taken away by an erasure",
	"action.content_seal":   "tells a repetition",
	"photo.renditions":      "how far a derived picture is; it can be made again",
	"photo.rendition_error": "why a derived picture cannot be made",
	"rendition.photo":       "derived; it can be made again",
	"rendition.size":        "derived; its bytes are held against their digest",
	"rendition.bytes":       "derived; its bytes are held against their digest",
	"issue.alert_at":        "when somebody is told next; computed from the issue",
	"outline.told":          "whether it has to stay; what the record names and is gone is found",
	"area_import.errors":    "an import with errors is never applied",
	"area_import.findings":  "what was odd in the file, which is kept and can be read again",
	"area_import.against":   "a counter of the database",
	"flag.detail":           "a sentence computed from what is on record",
	"paper.content_salt":    "tells a repetition", "paper.content_seal": "tells a repetition",
	"paper_cancellation.content_salt": "tells a repetition", "paper_cancellation.content_seal": "tells a repetition",
	"paper_batch.content_salt": "tells a repetition", "paper_batch.content_seal": "tells a repetition",
	"paper_receipt.content_salt": "tells a repetition", "paper_receipt.content_seal": "tells a repetition",
	"visit.content_salt": "tells a repetition", "visit.content_seal": "tells a repetition",
	"round.content_salt": "tells a repetition", "round.content_seal": "tells a repetition",
	"duty.opened_to":          "how far its rounds are opened; each opening is on record",
	"issue_import.updated_at": "when its rows were last worked on; each issue that it made is on record",
	"person.password":         "a secret has no place in the record, not even as a hash",
	"person.password_given":   "goes with the password, which the record does not tell of; who set it stands in the security log",

	"channel_choice.robot_secrets": "a secret has no place in the record, not even as a hash; sealed, it opens for its person only",
	"webhook.secret":               "a secret has no place in the record, not even as a hash; sealed, it opens for its webhook only",
	"webhook.old_secret":           "a secret has no place in the record, not even as a hash; sealed, it opens for its webhook only",
	"gateway.secret":               "a secret has no place in the record, not even as a hash; sealed, it opens for its gateway only",
}

// held are the tables that repeat the record or are the record, each with a row that tells of something.
func (v *evidence) held() map[string]string {
	issue := "issue = (SELECT id FROM issue WHERE " + v.is("uid", v.fixed) + ")"
	return map[string]string{
		"issue": v.is("uid", v.fixed), "photo": v.is("uid", v.report.ID), "action": v.is("uid", v.comment), "flag": "id = (SELECT min(id) FROM flag)",
		"issue_part": issue,
		"event":      v.stream(v.fixed) + " AND n = 4", "stream": "name = '" + v.fixed.String() + "'", "checkpoint": "id = (SELECT min(id) FROM checkpoint)",
		"rendition": "photo IN (SELECT id FROM photo WHERE " + issue + ")", "personal_text": v.is("owner", v.plain) + " AND field = 'note'",
		"person": v.is("uid", servertest.ID("crew")), "role_grant": "person = (SELECT id FROM person WHERE " + v.is("uid", servertest.ID("crew")) + ")",
		"unit": v.is("uid", servertest.ID("longhua-sanitation")), "area": "code = 'G0'", "category": "code = '08012'",
		"area_import": "id = (SELECT min(id) FROM area_import)", "area_import_part": "id = (SELECT min(id) FROM area_import_part)",
		"outline": "id = (SELECT min(id) FROM outline)", "setting": "key = 'timezone'", "responsibility": v.is("uid", servertest.ID("mud in Binhai")),
		"place": v.is("uid", servertest.ID("site")), "agreement": v.is("uid", servertest.ID("front")),
		"channel_choice": "person = (SELECT id FROM person WHERE " + v.is("uid", servertest.ID("crew")) + ")",
		"webhook":        "name = 'program'", "gateway": "kind = 'email'",
		"paper": v.is("uid", v.paper), "paper_issue": "paper = (SELECT id FROM paper WHERE " + v.is("uid", v.paper) + ")",
		"paper_receipt": "paper = (SELECT id FROM paper WHERE " + v.is("uid", v.paper) + ")", "paper_batch": "id = (SELECT min(id) FROM paper_batch)",
		"paper_cancellation": "id = (SELECT min(id) FROM paper_cancellation)",
		"plan_task":          v.is("uid", servertest.ID("toilets")), "import_mapping": v.is("uid", servertest.ID("hotline mapping")),
		"issue_import":     "id = (SELECT min(id) FROM issue_import)",
		"assessment_point": v.is("uid", servertest.ID("merit")), "return_form": v.is("uid", servertest.ID("daily")), "return_sent": v.is("uid", servertest.ID("sent")),
		"exposure": "id = (SELECT min(id) FROM exposure)",
		"draw":     v.is("uid", servertest.ID("markets")),
		"standard": v.is("uid", servertest.ID("schools")), "visit": v.is("uid", servertest.ID("visited again")),
		"visit_finding": "id = (SELECT min(id) FROM visit_finding)",
		"campaign":      v.is("uid", servertest.ID("effort")), "activity": v.is("uid", servertest.ID("tidied")),
		"activity_photo": "activity = (SELECT id FROM activity WHERE " + v.is("uid", servertest.ID("tidied")) + ")", "activity_sign_in": "name = '李志愿'",
		"duty": v.is("uid", servertest.ID("patrols")), "round": "done_at > 0 AND excused_at > 0", "leave_of": v.is("uid", servertest.ID("leave")),
		"roster_change": "id = (SELECT min(id) FROM roster_change)", "work_done": "source = 'fix'", "quantity": "id = (SELECT min(id) FROM quantity)",
		"assessment_scheme": v.is("uid", servertest.ID("streets")), "assessment_sheet": v.is("uid", servertest.ID("november")),
		"archive_heading": v.is("uid", servertest.ID("plans")), "archive_document": v.is("uid", servertest.ID("plan")), "archive_file": "n = 1",
		"archive_export": v.is("uid", servertest.ID("all")),
		"publication":    v.is("uid", servertest.ID("week")), "publication_file": "form = 'pdf'",
	}
}

// fillRegisters fills the registers that nobody else fills, every column of a row.
func fillRegisters(s *servertest.Server) {
	s.As("leader")
	rules(s.As("admin"), "mud in Binhai", rule("longhua-sanitation", "binhai", M{"category": "08012", "leader": "陈区长", "leader_person": servertest.ID("leader"),
		"contact": "王师傅", "note": "两巡",
		"assisting": []inspect.ID{servertest.ID("longhua-crew")}, "valid_to": "2090-12-31"}))
	putSpot(s.As("admin"), "site", spot("construction_site", "海甸一期", 100, M{"number": "S-1", "area": servertest.ID("binhai"), "unit": servertest.ID("longhua"),
		"contact": "李经理", "contractor": "某建工", "permit": "77", "vehicles": []string{"琼A1"}})).Want(201)
	signs(s.As("admin"), "front", "site", M{"valid_to": "2090-12-31", "signed_by": "李经理"}).Want(201)
	scans(s.As("admin"), "front", servertest.NewPicture("report")).Want(201)
	s.As("office").Do("PUT", "/api/v1/plan-tasks/"+servertest.ID("toilets").String(), M{"year": 2026, "unit": servertest.ID("longhua"), "title": "公厕", "note": "一期",
		"planned_from": "2026-01-01", "planned_to": "2026-12-31", "real_from": "2026-01-02", "real_to": "2026-11-01", "budget_fen": 100,
		"milestones": []M{{"title": "选址", "due": "2026-02-01"}}, "hold": M{"reason": "雨", "from": "2026-03-01", "to": "2026-03-02"}}).Want(201)
}

// fillDraws draws a market by lot, and another one in its place.
func fillDraws(s *servertest.Server) {
	s.As("lin")
	for _, name := range []string{"first market", "second market"} {
		putSpot(s.As("admin"), name, spot("market", name, 100, M{"area": servertest.ID("binhai")})).Want(201)
	}
	path := "/api/v1/draws/" + servertest.ID("markets").String()
	var kept struct {
		Draw struct {
			Picks []struct{ Place struct{ ID string } }
		}
	}
	s.As("office").Do("PUT", path, M{"purpose": "抽查", "kind": "market", "area": servertest.ID("binhai"), "by_area": true, "count": 1, "inspectors_each": 1,
		"pool": []inspect.ID{servertest.ID("lin")}}).Want(201)
	s.As("office").Do("PUT", path+"/picks", nil).Want(201).Into(&kept)
	s.As("office").Do("PUT", path+"/replacements/"+kept.Draw.Picks[0].Place.ID, M{"reason": "停业"}).Want(201)
	s.As("office").Do("PUT", path+"/end", nil).Want(201)
}

// fillVisits visits a place by a draw, contests that and looks again, every column of a row.
func fillVisits(s *servertest.Server) {
	schoolCity(s)
	s.As("wang")
	path := "/api/v1/draws/" + servertest.ID("school draw").String()
	s.As("office").Do("PUT", path, M{"purpose": "抽查", "kind": "school_surroundings", "count": 1, "inspectors_each": 1, "pool": []inspect.ID{servertest.ID("lin")}}).Want(201)
	s.As("office").Do("PUT", path+"/picks", nil).Want(201)
	photo := servertest.NewPicture("report")
	first := checklist(s.As("lin"), "school", answers(M{"item": "1", "result": "no", "findings": []M{foundWith("litter", photo)}}, M{"item": "5", "result": "no"}), nil)
	s.As("lin").Do("PUT", "/api/v1/visits/"+servertest.ID("visited").String(), first).Want(201)
	s.As("lin").Sends(servertest.ID("litter"), photo)
	again := checklist(s.As("lin"), "school", []M{{"item": "1", "result": "no", "note": "仍有", "findings": []M{foundWith("still", servertest.NewPicture("report"))}},
		{"item": "5", "result": "yes"}}, M{"rechecks": servertest.ID("visited"), "draw": servertest.ID("school draw"), "with": []inspect.ID{servertest.ID("wang")}, "note": "雨",
		"signature": M{"kind": "refused", "name": "王校长", "reason": "不同意"}})
	at := "/api/v1/visits/" + servertest.ID("visited again").String()
	s.As("lin").Do("PUT", at, again).Want(201)
	s.As("crew").Do("PUT", at+"/contest", M{"items": []string{"1"}, "reason": "刚扫过"}).Want(201)
	s.As("office").Do("PUT", at+"/contest/decision", M{"struck": []string{"1"}, "reason": "属实"}).Want(201)
	items := schoolStandard(nil)["items"].([]M)
	putStandard(s.As("office"), "schools", schoolStandard(M{"items": items[:4]})).Want(200)
	enact(s.As("office"), "schools", 2).Want(200)
}

// fillCampaigns closes a campaign and carries out an activity to which somebody signed in, every column of a row.
func fillCampaigns(s *servertest.Server) {
	s.As("leader")
	s.As("office").Do("PUT", campaignPath("effort"), M{"title": "专项", "note": "说明", "area": servertest.ID("longhua-area"), "from": days(s, -1), "to": days(s, 5),
		"categories": []string{"06010"}, "targets": targets("people", 5), "groups": []M{{"id": servertest.ID("one group"), "name": "一组", "leader": servertest.ID("leader"),
			"members": []inspect.ID{servertest.ID("lin")}, "areas": []inspect.ID{servertest.ID("binhai")}, "goals": targets("people", 6)}}}).Want(201)
	s.As("office").Do("PUT", campaignPath("effort")+"/closing", M{"conclusion": "完成"}).Want(200)
	s.As("office").Do("PUT", activityPath("tidied"), cleanUp(s, -1, M{"sign_in": true, "note": "说明", "places": []inspect.ID{servertest.ID("site")}})).Want(201)
	page := readActivity(s.As("office"), "tidied").SignInPath
	s.Phone("", "").Send("POST", page, []byte(url.Values{"id": {inspect.NewID().String()}, "name": {"李志愿"}}.Encode()),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}).Want(200)
	sendsWork(s.As("lin"), "tidied", "before", servertest.NewPicture("report")).Want(201)
	s.As("lin").Do("PUT", activityPath("tidied")+"/outcome", M{"people": 5, "places": 1, "vehicles": 1, "tonnes": 1.5, "counted": true, "note": "清理"}).Want(200)
}

// fillAssessments issues an assessment of yesterday.
func fillAssessments(s *servertest.Server) {
	s.As("office").Do("PUT", schemePath("streets"), streetScheme(M{"peer_group": "街道", "weights": weights("rounds", 100)})).Want(201)
	draftsSheet(s.As("office"), "november", days(s, -1)).Want(201)
	s.As("office2").Do("PUT", sheetPath("november")+"/check", M{"revision": 1}).Want(200)
	s.As("leader").Do("PUT", sheetPath("november")+"/issue", M{"revision": 1}).Want(200)
}

// fillReports brings an order from elsewhere and issues a report.
func fillReports(t *testing.T, s *servertest.Server) {
	s.As("office").Do("PUT", "/api/v1/assessment-points/"+servertest.ID("merit").String(),
		M{"unit": servertest.ID("longhua"), "day": "2026-11-20", "points": 2, "reason": "观摩点"}).Want(201)
	today := s.Now().In(s.Core.Zone).Format(time.DateOnly)
	s.As("office").Do("PUT", "/api/v1/return-forms/"+servertest.ID("daily").String(), returnForm(today)).Want(201)
	s.As("crew").Do("PUT", "/api/v1/returns/"+servertest.ID("sent").String(),
		M{"form": servertest.ID("daily"), "unit": servertest.ID("longhua-sanitation"), "period": today, "numbers": []float64{1.5, 2}, "note": "雨"}).Want(201)
	var sent intakePage
	sendTable(s.As("office"), hotline(s.As("office")), orderHeads+"T-1,2026-11-20 10:00,占道经营,摊位占道,解放路,20.03,110.33,,张三,13800000000,\n").Want(201).Into(&sent)
	makes(t, s, s.As("office"), sent.Import.ID)
	path := "/api/v1/reports/" + servertest.ID("week").String()
	s.As("office").Do("PUT", path, M{"period": weekOf(t, s.Now())}).Want(201)
	s.As("office2").Do("PUT", path+"/check", M{"revision": 1}).Want(200)
	s.As("leader").Do("PUT", path+"/issue", M{"revision": 1}).Want(200)
	s.MakesReports()
	s.As("leader").Do("PUT", path+"/recall", M{"revision": 1, "reason": "名次有误"}).Want(200)
}

// exposes makes a photo public, to which somebody objects.
func exposes(s *servertest.Server, issue, photo inspect.ID) {
	s.Drain()
	path := "/api/v1/issues/" + issue.String() + "/photos/" + photo.String() + "/exposure"
	var made exposureAnswer
	s.As("office").Do("PUT", path, M{"masks": []M{{"x": 0, "y": 0, "w": 500, "h": 500}}, "caption": "路口"}).Want(201).Into(&made)
	s.As("office2").Do("PUT", path+"/decision", M{"answer": "release", "sha256": made.Exposure.SHA256, "reason": "看过"}).Want(200)
	s.As("admin").Do("PUT", "/api/v1/settings/exposure_board", M{"value": true}).Want(200)
	objects(s.Phone("", ""), "/public/photos/"+photo.String()+"/objection", "有我").Want(200)
}

// TestEveryColumnIsHeldAgainstTheRecord changes one column after the other.
func TestEveryColumnIsHeldAgainstTheRecord(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-11-25 10:00") // after the days of what is filled in
		v := newEvidence(s)
		v.papers(s)
		fillReports(t, s)
		fillRounds(t, s)
		exposes(s, v.fixed, v.report.ID)
		s.As("meilan-crew") // the last person, who did nothing of it
		s.As("office").Acts(v.fixed, "give_part", M{"unit": servertest.ID("meilan-sanitation"),
			"until": s.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano), "note": "请协助"}).Want(201)
		for table, where := range v.held() {
			columns := "SELECT name || ' ' || type FROM pragma_table_info('" + table + "')"
			if s.Postgres() {
				columns = "SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_name = '" + table + "'"
			}
			all := s.Texts(columns)
			if len(all) < 3 {
				t.Fatalf("%s has the columns %v", table, all)
			}
			for _, c := range all {
				name, kind, _ := strings.Cut(strings.ToLower(c), " ")
				if unheld[table+"."+name] != "" || unheld["*."+name] != "" {
					continue
				}
				v.Changes(table, name+" = "+v.another(table, name, kind), where)
				wrong, _ := s.Findings(nil)
				v.Restore()
				if len(wrong) == 0 {
					t.Errorf("nobody sees that %s.%s was changed", table, name)
				}
			}
		}
		s.Audit()
	})
}

// refs are the columns that name a row of another table, or none.
var refs = map[string]string{"fixer": "person", "decided_by": "person", "asked_by": "person", "returned_by": "unit", "merged_into": "issue", "spot": "place", "outline": "outline",
	"corrects": "paper", "batch": "paper_batch", "recurs": "issue", "keeper": "person"}

// another is an expression for a value that a column of this kind does not have.
func (v *evidence) another(in, name, kind string) string {
	table := refs[name]
	switch {
	case in == "issue" && name == "import":
		table = "issue_import"
	case in == "agreement" && name == "unit":
		table = "unit"
	}
	switch {
	case table != "":
		return "(SELECT max(id) FROM " + table + ")"
	case strings.Contains(kind, "bool"):
		return "NOT " + name
	case kind == "blob" || kind == "bytea":
		return strings.TrimPrefix(v.is("", servertest.ID("nobody")), " = ")
	case kind == "text":
		return name + " || '?'"
	}
	return fmt.Sprintf("COALESCE(%s, 0) + 1000000", name)
}

// fillRounds makes a round of a duty that was excused before, on an exchanged roster, and fixes an issue with how much was done.
func fillRounds(t *testing.T, s *servertest.Server) {
	day := inspect.DateOf(inspect.At(s.Now()), s.Core.Zone)
	office, lin, crew := s.As("office"), s.As("lin"), s.As("crew")
	people := []inspect.ID{servertest.ID("lin"), servertest.ID("wang")}
	putDuty(office, "patrols", patrols(day, people, M{"class": "main_road", "place_kind": "market", "targets": []inspect.ID{servertest.ID("binhai")},
		"unit": servertest.ID("longhua-sanitation"), "valid_to": "2090-12-31", "schedule": M{"every": "day", "least": 1, "most": 2}})).Want(201)
	office.Do("PUT", "/api/v1/leaves/"+servertest.ID("leave").String(), M{"person": people[1], "from": day.Add(2), "to": day.Add(3)}).Want(201)
	office.Do("PUT", "/api/v1/duties/"+servertest.ID("patrols").String()+"/roster/"+string(day), M{"people": people[:1], "reason": "换班"}).Want(201)
	r := mine(t, lin)[0]
	office.Do("PUT", "/api/v1/rounds/"+r.ID+"/excuse", M{"reason": "封路"}).Want(201)
	endRound(lin, r.ID, made(lin, r, M{"note": "已通", "with": people[1:], "quantities": []M{{"kind": "waste", "amount": 1.5, "counted": true}}})).Want(201)
	id := lin.ReportsMud()
	office.Assigns(id, "longhua-sanitation", time.Hour)
	crew.Acts(id, "fix", M{"photos": []inspect.ID{crew.Shows(id, "after")}, "quantities": []M{{"kind": "people", "amount": 2, "counted": false}}}).Want(201)
}

func fillArchive(s *servertest.Server) {
	office := s.As("office")
	putHeading(office, "lead", M{"number": "1", "title": "组织领导"}).Want(201)
	putHeading(office, "plans", M{"parent": servertest.ID("lead"), "number": "1.1", "title": "实施方案", "note": "红头文件", "least": 2, "keep_years": 10,
		"units": []inspect.ID{servertest.ID("longhua-sanitation")}}).Want(201)
	describes(office, "plan", M{"heading": servertest.ID("plans"), "title": "方案", "number": "1号", "dated": "2026-03-02", "unit": servertest.ID("longhua-sanitation")}).Want(201)
	brings(office, "plan", "plan.pdf", aPDF("one")).Want(201)
	exports(office, "all", M{"heading": servertest.ID("lead"), "year": 2026}, 201)
	office.Do("PUT", documentPath("plan")+"/withdrawal", M{"reason": "重复归档"}).Want(201)
}
