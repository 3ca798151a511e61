package servertest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// campaignCell is how far a target is, as a client reads it.
type campaignCell struct {
	Amount   float64
	Facts    int
	Goal     float64
	Standing string
}

// campaign is a campaign as a client reads it.
type campaign struct {
	ID, Title, State string
	Groups           []struct {
		ID, Name string
		Leader   struct {
			DisplayName string `json:"display_name"`
		}
		Progress []campaignCell
	}
	GroupCount  int `json:"group_count"`
	LeaderCount int `json:"leader_count"`
	Totals      []campaignCell
	Weeks       []struct {
		From, To string
		Amounts  []campaignCell
	}
	Closing *struct{ Conclusion string }
	May     []string
}

func campaignPath(name string) string { return "/api/v1/campaigns/" + servertest.ID(name).String() }

func putCampaign(c *servertest.Client, name string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, campaignPath(name), body)
}

func readCampaign(c *servertest.Client, name string) (k campaign) {
	c.Do(http.MethodGet, campaignPath(name), nil).Want(http.StatusOK).Into(&k)
	return k
}

// targets are goals by measure, in their order.
func targets(of ...any) (all []M) {
	for n := 0; n < len(of); n += 2 {
		all = append(all, M{"measure": of[n], "goal": of[n+1]})
	}
	return all
}

// days is a day so many days from now in the city.
func days(s *servertest.Server, n int) string {
	return s.Now().In(s.Core.Zone).AddDate(0, 0, n).Format(time.DateOnly)
}

// twelveGroups makes an area and a clean-up of each of twelve groups under eight leaders, and the campaign that they work in.
func twelveGroups(t *testing.T, s *servertest.Server) M {
	admin, office := s.As("admin"), s.As("office")
	var leaders []inspect.ID
	for n := range 8 {
		name := fmt.Sprintf("leader%d", n+1)
		s.Joins(name, M{"role": "leader", "scope": M{"kind": "city"}})
		leaders = append(leaders, servertest.ID(name))
	}
	var groups []M
	for n := range 12 {
		area := servertest.ID(fmt.Sprintf("part %d", n))
		admin.Do(http.MethodPut, "/api/v1/areas/"+area.String(), M{"name": fmt.Sprintf("片区%d", n+1), "level": "grid", "parent": servertest.ID("binhai")}).Want(http.StatusCreated)
		groups = append(groups, M{"id": servertest.ID(fmt.Sprintf("group %d", n)), "name": fmt.Sprintf("第%d组", n+1), "leader": leaders[n%8], "areas": []inspect.ID{area}})
	}
	body := M{"title": "百日攻坚", "note": "清理死角", "area": servertest.ID("binhai"), "from": days(s, -13), "to": days(s, 14), "groups": groups,
		"targets": targets("people", 120, "places", 35, "vehicles", 67, "tonnes", 1400, "rechecks", 1, "recheck_score", 92, "issues_found", 0)}
	var made struct {
		Repeated bool
		Campaign campaign
	}
	putCampaign(office, "hundred days", body).Want(http.StatusCreated).Into(&made)
	if made.Campaign.GroupCount != 12 || made.Campaign.LeaderCount != 8 || made.Campaign.State != "running" {
		t.Errorf("got %d groups under %d leaders, %s", made.Campaign.GroupCount, made.Campaign.LeaderCount, made.Campaign.State)
	}
	return body
}

// cleansUp is a clean-up of some days ago in the area of a group, with what came of it.
func cleansUp(s *servertest.Server, name string, group, ago int, people, places, vehicles int, tonnes float64) {
	at := s.Now().AddDate(0, 0, -ago)
	path := activityPath(name)
	s.As("office").Do(http.MethodPut, path, M{"kind": "clean_up", "title": "周五大扫除", "area": servertest.ID(fmt.Sprintf("part %d", group)),
		"starts_at": at.Add(-2 * time.Hour).UTC().Format(time.RFC3339), "ends_at": at.Add(-time.Hour).UTC().Format(time.RFC3339)}).Want(http.StatusCreated)
	s.As("office").Do(http.MethodPut, path+"/outcome", M{"people": people, "places": places, "vehicles": vehicles, "tonnes": tonnes, "counted": true}).Want(http.StatusOK)
}

// TestTwelveGroupsUnderEightLeaders works the figures of a campaign by hand: 1,471 人次, 421 处, 811 车次, 1.68 万吨, and a re-check that passes at 92.
func TestTwelveGroupsUnderEightLeaders(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		goTo(t, s, "2026-11-20 10:00") // a Friday
		body := twelveGroups(t, s)
		office := s.As("office")
		putCampaign(office, "hundred days", body).Want(http.StatusOK)
		for n := range 12 { // 11 × 122 + 129 = 1,471; 11 × 35 + 36 = 421; 11 × 67 + 74 = 811; 12 × 1,400 = 16,800
			people, places, vehicles := 122, 35, 67
			if n == 11 {
				people, places, vehicles = 129, 36, 74
			}
			cleansUp(s, fmt.Sprintf("last week %d", n), n, 7, people-22, places, vehicles, 1399.5)
			cleansUp(s, fmt.Sprintf("today %d", n), n, 0, 22, 0, 0, 0.5)
		}
		s.As("office").Do(http.MethodPut, activityPath("elsewhere"), M{"kind": "publicity", "title": "宣传", "area": servertest.ID("longhua-area"),
			"starts_at": s.Now().Add(-time.Hour).UTC().Format(time.RFC3339), "ends_at": s.Now().UTC().Format(time.RFC3339)}).Want(http.StatusCreated)
		s.As("office").Do(http.MethodPut, activityPath("elsewhere")+"/outcome", M{"people": 50, "counted": false}).Want(http.StatusOK)

		// A school of the first group fails, and passes when somebody looks again.
		putSpot(s.As("admin"), "school", spot("school_surroundings", "第一小学", 100, M{"area": servertest.ID("part 0"), "unit": servertest.ID("longhua-sanitation")})).Want(http.StatusCreated)
		putStandard(office, "schools", schoolStandard(nil)).Want(http.StatusCreated)
		enact(office, "schools", 1).Want(http.StatusOK)
		lin := s.As("lin")
		visitOf(t, lin, "visit").kept("", checklist(lin, "school", answers(M{"item": "2", "result": "no"}, M{"item": "4", "result": "no"}), nil), http.StatusCreated)
		again := visitOf(t, lin, "again").kept("", checklist(lin, "school", []M{{"item": "2", "result": "yes"}, {"item": "4", "result": "yes"}},
			M{"rechecks": servertest.ID("visit")}), http.StatusCreated)
		if !again.Passed || *again.Score != 100 {
			t.Errorf("the re-check: got %+v", again)
		}

		got := readCampaign(office, "hundred days")
		want := []campaignCell{{1471, 24, 1440, "reached"}, {421, 24, 420, "reached"}, {811, 24, 804, "reached"}, {16800, 24, 16800, "reached"},
			{1, 1, 12, "behind"}, {100, 1, 92, "reached"}, {0, 0, 0, "counted"}}
		if !slices.Equal(got.Totals, want) {
			t.Errorf("in all: got %+v, want %+v", got.Totals, want)
		}
		first, last := got.Groups[0].Progress, got.Groups[11].Progress
		if first[0] != (campaignCell{122, 2, 120, "reached"}) || first[4] != (campaignCell{1, 1, 1, "reached"}) || last[0] != (campaignCell{129, 2, 120, "reached"}) ||
			last[4] != (campaignCell{0, 0, 1, "behind"}) || last[5] != (campaignCell{0, 0, 92, "no_data"}) {
			t.Errorf("first %+v, last %+v", first, last)
		}
		// From Saturday the 7th: one day, a week until the 15th with the clean-ups of the 13th, and this week with those of today.
		if len(got.Weeks) != 3 || got.Weeks[0].To != "2026-11-08" || got.Weeks[1].Amounts[0].Amount != 1471-12*22 || got.Weeks[2].Amounts[0].Amount != 12*22 {
			t.Errorf("by week: got %+v", got.Weeks)
		}

		var facts struct {
			Facts []struct {
				Kind, Label, Day string
				Amount           float64
			}
			All int
		}
		office.Do(http.MethodGet, campaignPath("hundred days")+"/facts?measure=people&group="+servertest.ID("group 11").String(), nil).Want(http.StatusOK).Into(&facts)
		if facts.All != 2 || facts.Facts[0].Amount != 107 || facts.Facts[0].Day != "2026-11-13" || facts.Facts[1].Label != "周五大扫除" {
			t.Errorf("behind 129 stand %+v", facts)
		}

		close := func(c *servertest.Client, text string) *servertest.Answer {
			return c.Do(http.MethodPut, campaignPath("hundred days")+"/closing", M{"conclusion": text})
		}
		close(s.As("leader1"), "圆满").WantProblem(403, "forbidden", "never")
		close(office, " ").WantProblem(422, "content.invalid", "never")
		close(office, "圆满").Want(http.StatusOK)
		close(office, "圆满").Want(http.StatusOK)
		close(office, "再改").WantProblem(409, "campaign.closed", "never")
		putCampaign(office, "hundred days", but(body, M{"title": "改名"})).WantProblem(409, "campaign.closed", "never")
		cleansUp(s, "too late", 0, 0, 500, 0, 0, 0)
		closed := readCampaign(s.As("leader1"), "hundred days")
		if closed.State != "closed" || closed.Totals[0].Amount != 1471 || closed.Closing.Conclusion != "圆满" || len(closed.May) != 0 {
			t.Errorf("closed: got %+v", closed)
		}
		for form, begins := range map[string]string{"pdf": "%PDF", "docx": "PK", "xlsx": "PK", "html": "<!", "json": "{"} {
			for _, lang := range []string{"zh", "en"} {
				file := office.Do(http.MethodGet, campaignPath("hundred days")+"/report?form="+form+"&lang="+lang, nil).Want(http.StatusOK)
				if !bytes.HasPrefix(bytes.ToLower(file.Body), bytes.ToLower([]byte(begins))) {
					t.Errorf("%s in %s begins with %.20q", form, lang, file.Body)
				}
				if form == "json" && lang == "zh" {
					for _, says := range []string{"总结报告", "8 位领导牵头，12 个工作组", "1471", "16800", "圆满", "第12组", "落后"} {
						if !bytes.Contains(file.Body, []byte(says)) {
							t.Errorf("the closing report does not say %q", says)
						}
					}
				}
			}
		}
		s.Audit()
	})
}

// TestWhatIsNoCampaign refuses each fault by itself and leaves nothing.
func TestWhatIsNoCampaign(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		s.As("leader")
		group := M{"id": servertest.ID("group"), "name": "一组", "leader": servertest.ID("leader"), "areas": []inspect.ID{servertest.ID("binhai")}}
		body := M{"title": "专项", "from": days(s, 1), "to": days(s, 10), "groups": []M{group}, "targets": targets("visits", 5)}
		for name, tt := range map[string]struct {
			more M
			code string
		}{
			"a measure twice":       {M{"targets": targets("visits", 1, "visits", 2)}, "content.invalid"},
			"three decimals":        {M{"targets": targets("tonnes", 1.005)}, "content.invalid"},
			"ends before it begins": {M{"to": days(s, 0)}, "content.invalid"},
			"a group without work":  {M{"groups": []M{but(group, M{"areas": []inspect.ID{}})}}, "content.invalid"},
			"a group twice":         {M{"groups": []M{group, group}}, "content.invalid"},
			"a goal of no target":   {M{"groups": []M{but(group, M{"goals": targets("tonnes", 1)})}}, "content.invalid"},
			"an area outside":       {M{"area": servertest.ID("binhai"), "groups": []M{but(group, M{"areas": []inspect.ID{servertest.ID("longhua-area")}})}}, "content.invalid"},
			"nobody leads":          {M{"groups": []M{but(group, M{"leader": servertest.ID("nobody")})}}, "content.unknown-reference"},
			"no such area":          {M{"area": servertest.ID("nowhere")}, "content.unknown-reference"},
			"no such unit":          {M{"groups": []M{but(group, M{"units": []inspect.ID{servertest.ID("nowhere")}})}}, "content.unknown-reference"},
			"no such category":      {M{"categories": []string{"99999"}}, "content.unknown-reference"},
		} {
			if putCampaign(office, "bad", but(body, tt.more)).WantProblem(422, tt.code, "never"); t.Failed() {
				t.Fatalf("at %s", name)
			}
		}
		office.Do(http.MethodGet, campaignPath("bad"), nil).WantProblem(404, "campaign.not-found", "never")
		putCampaign(office, "good", body).Want(http.StatusCreated)
		office.Do(http.MethodPut, campaignPath("good")+"/closing", M{"conclusion": "完"}).WantProblem(409, "campaign.not-begun", "never")
		office.Do(http.MethodGet, campaignPath("good")+"/facts?measure=visits&group="+servertest.ID("other").String(), nil).WantProblem(422, "content.unknown-reference", "never")
		if got := readCampaign(office, "good"); got.State != "planned" || len(got.Weeks) != 0 || got.Totals[0].Standing != "on_track" {
			t.Errorf("before it begins: got %+v", got)
		}
		s.Audit()
	})
}

// TestWhoSeesACampaign lets offices keep what lies in their area, leaders read it, and the people of its groups see theirs.
func TestWhoSeesACampaign(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("leader")
		s.As("lin")
		s.As("crew")
		group := M{"id": servertest.ID("group"), "name": "一组", "leader": servertest.ID("leader"), "members": []inspect.ID{servertest.ID("lin")},
			"areas": []inspect.ID{servertest.ID("binhai")}}
		body := M{"title": "专项", "area": servertest.ID("longhua-area"), "from": days(s, 0), "to": days(s, 10), "groups": []M{group}, "targets": targets("visits", 5)}
		ofCity := but(body, nil)
		delete(ofCity, "area")
		putCampaign(s.As("longhua-desk"), "ours", body).Want(http.StatusCreated)
		putCampaign(s.As("longhua-desk"), "everybody's", ofCity).WantProblem(403, "forbidden", "never")
		putCampaign(s.As("longhua-desk"), "ours", ofCity).WantProblem(403, "forbidden", "never")
		for _, name := range []string{"lin", "crew", "leader"} {
			putCampaign(s.As(name), "theirs", body).WantProblem(403, "forbidden", "never")
		}
		elsewhere := s.Joins("meilan-desk2", M{"role": "office", "scope": M{"kind": "unit", "id": "meilan-sanitation"}})
		for _, c := range []*servertest.Client{s.As("office"), s.As("longhua-desk"), s.As("leader"), s.As("lin")} {
			var page struct{ Campaigns []campaign }
			if c.Do(http.MethodGet, "/api/v1/campaigns", nil).Want(http.StatusOK).Into(&page); len(page.Campaigns) != 1 {
				t.Errorf("%s sees %d campaigns", c.Name, len(page.Campaigns))
			}
			keeps := len(readCampaign(c, "ours").May) == 1
			if want := c.Name == "office" || c.Name == "longhua-desk"; keeps != want {
				t.Errorf("%s may keep it: %t", c.Name, keeps)
			}
		}
		for _, c := range []*servertest.Client{s.As("crew"), elsewhere} {
			c.Do(http.MethodGet, campaignPath("ours"), nil).WantProblem(404, "campaign.not-found", "never")
		}
		s.Audit()
	})
}

// TestACampaignCountsIssuesNoticesAndPlans counts what units did, each fact once in all though it counts for two groups.
func TestACampaignCountsIssuesNoticesAndPlans(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office := s.As("office")
		s.As("leader")
		group := func(name string, more M) M {
			return but(M{"id": servertest.ID(name), "name": name, "leader": servertest.ID("leader")}, more)
		}
		putCampaign(office, "all", M{"title": "专项", "from": days(s, 0), "to": days(s, 10), "targets": targets("issues_found", 0, "issues_closed", 0, "notices", 0, "plan_tasks", 0),
			"groups": []M{group("片", M{"areas": []inspect.ID{servertest.ID("city")}}), group("队", M{"units": []inspect.ID{servertest.ID("longhua")}})}}).Want(http.StatusCreated)
		putCampaign(office, "some", M{"title": "只算垃圾", "from": days(s, 0), "to": days(s, 10), "targets": targets("issues_found", 0), "categories": []string{"06010"},
			"groups": []M{group("片", M{"areas": []inspect.ID{servertest.ID("city")}, "units": []inspect.ID{servertest.ID("longhua")}})}}).Want(http.StatusCreated)
		mud := s.As("lin").ReportsMud()
		office.Assigns(mud, "longhua-sanitation", 4*time.Hour)
		s.As("crew").Fixes(mud)
		s.As("wang").Verifies(mud, "pass")
		gone := s.As("lin").ReportsMud()
		office.Acts(gone, "dismiss", M{"reason": "不是问题"}).Want(http.StatusCreated)
		today := days(s, 0)
		office.Do(http.MethodPut, "/api/v1/plan-tasks/"+servertest.ID("toilets").String(), M{"year": s.Now().Year(), "unit": servertest.ID("longhua"), "title": "公厕",
			"planned_from": today, "planned_to": today, "real_from": today, "real_to": today}).Want(http.StatusCreated)
		got := readCampaign(office, "all")
		want := [][]float64{{1, 1, 0, 0}, {1, 1, 0, 1}, {1, 1, 0, 1}}
		for n, cells := range [][]campaignCell{got.Groups[0].Progress, got.Groups[1].Progress, got.Totals} {
			for k, c := range cells {
				if c.Amount != want[n][k] {
					t.Errorf("row %d, target %d: got %v, want %v", n, k, c.Amount, want[n][k])
				}
			}
		}
		if some := readCampaign(office, "some"); some.Totals[0].Amount != 0 {
			t.Errorf("mud counts for a campaign against litter: %+v", some.Totals)
		}
		s.Audit()
	})
}
