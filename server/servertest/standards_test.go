package servertest_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"spotcheck/server/servertest"
)

// schoolStandard is a standard for schools with five items of 20 points: one is a veto item, one wants a photo, one may not apply.
func schoolStandard(more M) M {
	body := M{"name": "学校检查标准", "subject": "place", "kind": "school_surroundings", "pass_mark": 60, "recheck_mark": 92,
		"grades": []M{{"name": "A", "from": 90}, {"name": "B", "from": 75}, {"name": "C", "from": 60}},
		"items": []M{
			{"code": "1", "section": "校门口", "text": "地面干净", "points": 20, "deduction": 5, "photo_needed": true, "category": "06010"},
			{"code": "2", "section": "校门口", "text": "无卫生死角", "points": 20, "deduction": 10, "category": "06011"},
			{"code": "3", "section": "秩序", "text": "无占道经营", "points": 20, "deduction": 5, "cap": 10, "category": "09006"},
			{"code": "4", "section": "食品", "text": "食堂无过期食品", "points": 20, "veto": true, "may_not_apply": true},
			{"code": "5", "section": "宣传", "text": "宣传栏内容更新", "points": 20, "deduction": 2.5},
		}}
	maps.Copy(body, more)
	return body
}

func putStandard(c *servertest.Client, name string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, "/api/v1/standards/"+servertest.ID(name).String(), body)
}

func enact(c *servertest.Client, name string, version int) *servertest.Answer {
	return c.Do(http.MethodPut, fmt.Sprintf("/api/v1/standards/%s/versions/%d/force", servertest.ID(name), version), nil)
}

// standard is a version of a standard as a client reads it.
type standard struct {
	ID, Name, State string
	Version         int
	Items           []struct{ Code, Text string }
}

func TestAVisitKeepsTheVersionThatItWasMadeUnder(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		office := s.As("office")
		sent := checklist(s.As("lin"), "school", answers(M{"item": "5", "result": "no"}), nil)
		items := schoolStandard(nil)["items"].([]M)
		putStandard(office, "schools", schoolStandard(M{"items": items[:4]})).Want(http.StatusOK)
		s.As("lin").AllowInvalidRequests = true
		visitOf(t, s.As("lin"), "draft").put("", but(sent, M{"version": 2})).WantProblem(422, "content.invalid", "never")
		enact(office, "schools", 2).Want(http.StatusOK)
		enact(office, "schools", 2).Want(http.StatusOK)
		enact(office, "schools", 1).WantProblem(409, "standard.wrong-state", "never")
		enact(office, "schools", 3).WantProblem(404, "standard.not-found", "never")
		if came := visitOf(t, s.As("lin"), "offline").kept("", sent, http.StatusCreated); came.Version != 1 || *came.Score != 97.5 {
			t.Errorf("answered by version 1 before version 2 came: %+v", came)
		}
		var all struct{ Versions []standard }
		office.Do(http.MethodGet, "/api/v1/standards/"+servertest.ID("schools").String(), nil).Want(http.StatusOK).Into(&all)
		if len(all.Versions) != 2 || all.Versions[0].State != "in_force" || all.Versions[1].State != "replaced" || len(all.Versions[0].Items) != 4 {
			t.Errorf("got %+v", all)
		}
		var kept struct{ Repeated bool }
		if putStandard(office, "schools", schoolStandard(M{"items": items[:4]})).Want(http.StatusOK).Into(&kept); !kept.Repeated {
			t.Error("the same as what is in force became a draft")
		}
		office.Do(http.MethodPut, "/api/v1/standards/"+servertest.ID("schools").String()+"/end", nil).Want(http.StatusOK)
		putStandard(s.As("lin"), "theirs", schoolStandard(nil)).WantProblem(403, "forbidden", "never")
		putStandard(s.As("longhua-desk"), "theirs", schoolStandard(nil)).WantProblem(403, "forbidden", "never")
		s.Audit()
	})
}

func TestAStandardIsReadFromATable(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		send := func(table string) *servertest.Answer {
			return office.Send(http.MethodPost, "/api/v1/standard-readings", []byte(table), http.Header{"Content-Type": {"text/csv"}})
		}
		var read struct {
			Items []struct {
				Code, Section, Text, Category string
				Points, Deduction             float64
				Veto                          bool
			}
		}
		send("某区检查评分表\n部分,检查内容,分值,每处扣分,一票否决,问题类别\n校门口,地面干净,10分,2.5,,暴露垃圾\n,无死角,20,5,,06011\n食堂,无过期食品,0,,是,\n").Want(http.StatusOK).Into(&read)
		if len(read.Items) != 3 || read.Items[0].Category != "06010" || read.Items[0].Deduction != 2.5 || read.Items[1].Section != "校门口" || read.Items[1].Code != "2" || !read.Items[2].Veto {
			t.Errorf("got %+v", read)
		}
		for table, pointer := range map[string]string{
			"检查内容\n地面\n":                                "",
			"检查内容,分值,负责人\n地面,1,张三\n":                    "",
			"检查内容,分值\n":                                 "/1",
			"检查内容,分值\n地面,-1\n":                          "/2/points",
			"检查内容,分值\n地面,十分\n":                          "/2/points",
			"检查内容,分值,扣分\n地面,5,6\n":                      "/2/deduction",
			"检查内容,分值,扣分上限\n地面,5,6\n":                    "/2/cap",
			"检查内容,分值,一票否决\n地面,5,也许\n":                   "/2/veto",
			"检查内容,分值,编号\n地面,5,1\n墙面,5,1\n":              "/3/code",
			"检查内容,分值,问题类别\n地面,5,没有的\n":                  "/2/category",
			"检查内容,分值\n,5\n":                             "/2/text",
			"检查内容,分值\n地面,0\n":                           "/2/points",
			"检查内容,分值\n" + strings.Repeat("地面,1\n", 301): "/302",
		} {
			a := send(table)
			a.WantProblem(422, "standard.unreadable", "never")
			if !strings.Contains(string(a.Body), `"`+pointer) {
				t.Errorf("%.60q: got %s, want a fault at %s", table, a.Body, pointer)
			}
		}
		s.As("lin").Send(http.MethodPost, "/api/v1/standard-readings", []byte("检查内容,分值\n地面,5\n"), http.Header{"Content-Type": {"text/csv"}}).WantProblem(403, "forbidden", "never")
		var examples struct{ Examples []M }
		office.Do(http.MethodGet, "/api/v1/standard-examples", nil).Want(http.StatusOK).Into(&examples)
		if len(examples.Examples) != 7 {
			t.Errorf("there are %d examples", len(examples.Examples))
		}
		for n, e := range examples.Examples {
			putStandard(office, fmt.Sprintf("example-%d", n), e).Want(http.StatusCreated)
		}
		office.AllowInvalidRequests = true
		for name, more := range map[string]M{
			"/name": {"name": " "}, "/kind": {"kind": "palace"}, "/subject": {"subject": "area"}, "/grades": {"grades": []M{{"name": "A", "from": 60}, {"name": "B", "from": 75}}},
			"/pass_mark": {"pass_mark": 101}, "/items": {"items": []M{}}, "/items/0/points": {"items": []M{{"code": "1", "text": "地面", "points": 1.005}}},
			"/items/0/category": {"items": []M{{"code": "1", "text": "地面", "points": 1, "category": "99999"}}},
		} {
			if a := putStandard(office, "wrong", schoolStandard(more)); a.Status != 422 || !strings.Contains(string(a.Body), `"`+name+`"`) {
				t.Errorf("%s: got %d %s", name, a.Status, a.Body)
			}
		}
		s.Audit()
	})
}
