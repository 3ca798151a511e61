package servertest_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// roundSeen is a round as a client reads it.
type roundSeen struct {
	ID, State, Day string
	Duty           struct{ ID, Name string }
	Target         struct{ ID, Name string }
	Planned        bool
	By             *struct {
		StaffNumber string `json:"staff_number"`
		DisplayName string `json:"display_name"`
	}
	Note       string
	Quantities []struct {
		Kind    string
		Amount  float64
		Counted bool
	}
	Excuse *struct{ Reason string }
	MyTurn bool `json:"my_turn"`
	DoneAt string
	Crew   []struct{ ID string }
}

// kept is how far duties were kept, as a client reads it.
type kept struct {
	Kept, Due, Planned, Excused, Done int
	Share                             *float64
	Target                            *struct{ Name string }
	Period                            string
}

// monday moves the clock to six in the morning of the next Monday, and gives its day.
func monday(s *servertest.Server) inspect.Date {
	now := s.Now().In(s.Core.Zone)
	days := (8 - int(now.Weekday())) % 7
	next := time.Date(now.Year(), now.Month(), now.Day()+days, 6, 0, 0, 0, s.Core.Zone)
	if !next.After(now) {
		next = next.AddDate(0, 0, 7)
	}
	s.Pass(next.Sub(now))
	return inspect.Date(next.Format(time.DateOnly))
}

// sections makes road sections of Binhai, named A to …
func sections(s *servertest.Server, n int) (ids []inspect.ID) {
	for k := range n {
		name := "section " + string(rune('A'+k))
		s.As("admin").Do(http.MethodPut, "/api/v1/areas/"+servertest.ID(name).String(), M{"name": name, "code": name, "level": "road", "class": "main_road",
			"parent": servertest.ID("binhai")}).Want(http.StatusCreated)
		ids = append(ids, servertest.ID(name))
	}
	return ids
}

// patrols is a duty of two to three patrols a week on every section of Binhai, from Monday to Saturday, four inspectors a day.
func patrols(from inspect.Date, people []inspect.ID, more M) M {
	body := M{"name": "背街小巷日常巡查", "kind": "patrol", "subject": "area", "area": servertest.ID("binhai"), "people": people, "people_each": min(4, len(people)),
		"schedule": M{"every": "week", "least": 2, "most": 3, "weekdays": []int{1, 2, 3, 4, 5, 6}, "rest_days": "all"}, "valid_from": from}
	maps.Copy(body, more)
	return body
}

func putDuty(c *servertest.Client, name string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, "/api/v1/duties/"+servertest.ID(name).String(), body)
}

func mine(t *testing.T, c *servertest.Client) []roundSeen {
	t.Helper()
	var all struct{ Rounds []roundSeen }
	c.Do(http.MethodGet, "/api/v1/rounds/mine", nil).Want(http.StatusOK).Into(&all)
	return all.Rounds
}

// made is what was done on a round, as a phone sends it.
func made(c *servertest.Client, r roundSeen, more M) M {
	now := c.Now().UTC()
	body := M{"duty": r.Duty.ID, "target": r.Target.ID, "started_at": now.Add(-20 * time.Minute).Format(time.RFC3339Nano), "done_at": now.Format(time.RFC3339Nano),
		"sent_at": now.Format(time.RFC3339Nano)}
	maps.Copy(body, more)
	return body
}

func endRound(c *servertest.Client, id string, body M) *servertest.Answer {
	return c.Do(http.MethodPut, "/api/v1/rounds/"+id, body)
}

func compliance(t *testing.T, c *servertest.Client, query string) (total kept, rows []kept) {
	t.Helper()
	var all struct {
		Total kept
		Rows  []kept
	}
	c.Do(http.MethodGet, "/api/v1/compliance?"+query, nil).Want(http.StatusOK).Into(&all)
	return all.Total, all.Rows
}

// TestAWeekOfPatrols is the story of the seed: four inspectors a day, two to three patrols a week on every section, one missed and one excused.
func TestAWeekOfPatrols(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		sections(s, 6)
		day := monday(s)
		office := s.As("office")
		var people []inspect.ID
		names := []string{"lin", "wang"}
		inspectors := map[string]*servertest.Client{"lin": s.As("lin"), "wang": s.As("wang")}
		for _, name := range []string{"i3", "i4", "i5", "i6"} {
			inspectors[name] = s.Joins(name, M{"role": "inspector", "scope": M{"kind": "area", "id": "longhua-area"}})
			names = append(names, name)
		}
		for _, name := range names {
			people = append(people, servertest.ID(name))
		}
		body := patrols(day, people, nil)
		putDuty(office, "patrols", body).Want(http.StatusCreated)
		putDuty(office, "patrols", body).Want(http.StatusOK)
		s.Drain()
		s.Drain() // opened once, however often the job runs

		// Monday: the first four of six take turns, each a stretch of the way; all six sections are done.
		turns := map[string]int{}
		for name, c := range inspectors {
			for _, r := range mine(t, c) {
				if r.Day != string(day) || !r.MyTurn {
					continue
				}
				turns[name]++
				endRound(c, r.ID, made(c, r, M{"quantities": []M{{"kind": "dirty_spots", "amount": 2, "counted": true}, {"kind": "waste", "amount": 0.25, "counted": false}}})).Want(http.StatusCreated)
			}
		}
		if want := map[string]int{"lin": 2, "wang": 1, "i3": 2, "i4": 1}; !maps.Equal(turns, want) {
			t.Errorf("on Monday the turns are %v, want %v", turns, want)
		}

		// Thursday: i5, i6, lin, wang by turns after the ones of Monday; one section is excused, one missed.
		s.Pass(3 * 24 * time.Hour)
		s.Drain()
		thursday := day.Add(3)
		var due []roundSeen
		for _, r := range mine(t, inspectors["lin"]) {
			if r.Day == string(thursday) {
				due = append(due, r)
			}
		}
		if len(due) != 6 {
			t.Fatalf("on Thursday %d rounds are due, want 6", len(due))
		}
		for n, r := range due {
			switch n {
			case 4:
				path := "/api/v1/rounds/" + r.ID + "/excuse"
				office.Do(http.MethodPut, path, M{"reason": "道路施工封闭"}).Want(http.StatusCreated)
				office.Do(http.MethodPut, path, M{"reason": "道路施工封闭"}).Want(http.StatusOK)
			case 5: // missed
			default:
				endRound(inspectors["lin"], r.ID, made(inspectors["lin"], r, nil)).Want(http.StatusCreated)
			}
		}
		// A third patrol of a section makes up for no other.
		s.Pass(24 * time.Hour)
		endRound(inspectors["wang"], inspect.NewID().String(), made(inspectors["wang"], due[0], M{"note": "雨后加巡"})).Want(http.StatusCreated)

		// Sunday: what was planned 12, excused 1, due 11; done 6 + 4 + 1 beyond the plan; kept 6 + 4.
		s.Pass(2 * 24 * time.Hour)
		query := fmt.Sprintf("from=%s&to=%s", day, day.Add(6))
		total, _ := compliance(t, office, query)
		if total.Planned != 12 || total.Excused != 1 || total.Due != 11 || total.Done != 11 || total.Kept != 10 || fmt.Sprintf("%.4f", *total.Share) != "0.9091" {
			t.Errorf("compliance is %+v", total)
		}
		_, byTarget := compliance(t, office, query+"&by=target")
		for _, k := range byTarget {
			want := map[string][2]int{"section E": {1, 1}, "section F": {1, 2}}[k.Target.Name]
			if want == [2]int{} {
				want = [2]int{2, 2}
			}
			if got := [2]int{k.Kept, k.Due}; got != want {
				t.Errorf("%s: kept %v, want %v", k.Target.Name, got, want)
			}
		}
		if _, weeks := compliance(t, office, query+"&by=period"); len(weeks) != 1 || weeks[0].Period != string(day) || weeks[0].Kept != 10 {
			t.Errorf("by week: %+v", weeks)
		}

		var plan struct {
			From string
			Rows []struct {
				Target struct{ Name string }
				Days   []map[string]int
			}
			Total map[string]int
		}
		office.Do(http.MethodGet, "/api/v1/round-plan", nil).Want(http.StatusOK).Into(&plan)
		if plan.From != string(day) || len(plan.Rows) != 6 || !maps.Equal(plan.Total, map[string]int{"done": 11, "missed": 1, "excused": 1}) {
			t.Errorf("the plan of the week: %+v", plan)
		}
		if a, e, f := plan.Rows[0], plan.Rows[4], plan.Rows[5]; a.Days[0]["done"] != 1 || a.Days[3]["done"] != 1 || a.Days[4]["done"] != 1 || e.Days[3]["excused"] != 1 || f.Days[3]["missed"] != 1 {
			t.Errorf("section by section: %+v", plan.Rows)
		}
		plan.Total = nil
		office.Do(http.MethodGet, "/api/v1/round-plan?from="+string(day.Add(14)), nil).Want(http.StatusOK).Into(&plan)
		if !maps.Equal(plan.Total, map[string]int{"planned": 12}) {
			t.Errorf("the week after next: %+v", plan.Total)
		}

		// Quantities: 6 rounds told of 2 places that were counted, and 0.25 t that were only reported.
		var work struct {
			Sums []struct {
				Area              *struct{ Name string }
				Kind              string
				Counted, Reported float64
				Times             int
			}
		}
		office.Do(http.MethodGet, "/api/v1/quantities?by=area&"+query, nil).Want(http.StatusOK).Into(&work)
		for _, sum := range work.Sums {
			want := map[string][2]float64{"dirty_spots": {12, 0}, "waste": {0, 1.5}}[sum.Kind]
			if sum.Area == nil || sum.Area.Name != "演示市" || sum.Counted != want[0] || sum.Reported != want[1] || sum.Times != 6 {
				t.Errorf("%s: %+v, want %v", sum.Kind, sum, want)
			}
		}
		if len(work.Sums) != 2 {
			t.Errorf("sums: %+v", work.Sums)
		}
		s.Audit()
	})
}

func TestARoundIsEndedOnceAndSaysByWhom(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		sections(s, 2)
		day := monday(s)
		lin, wang, office := s.As("lin"), s.As("wang"), s.As("office")
		people := []inspect.ID{servertest.ID("lin"), servertest.ID("wang")}
		putDuty(office, "patrols", patrols(day, people, nil)).Want(http.StatusCreated)
		rounds := mine(t, lin)
		r := rounds[0]
		sent := made(lin, r, M{"note": "无问题"})
		endRound(lin, r.ID, sent).Want(http.StatusCreated)
		s.Pass(time.Minute)
		var again struct {
			Repeated bool
			Round    roundSeen
		}
		endRound(lin, r.ID, but(sent, M{"sent_at": s.Now().UTC().Format(time.RFC3339Nano)})).Want(http.StatusOK).Into(&again)
		if !again.Repeated || again.Round.State != "done" || again.Round.Note != "无问题" {
			t.Errorf("the same again: %+v", again)
		}
		late := endRound(wang, r.ID, made(wang, r, nil))
		late.WantProblem(409, "round.ended", "never")
		if !strings.Contains(string(late.Body), again.Round.By.StaffNumber) {
			t.Errorf("who came second reads %s", late.Body)
		}
		endRound(lin, r.ID, but(sent, M{"note": "另一次"})).WantProblem(409, "round.ended", "never")
		office.Do(http.MethodPut, "/api/v1/rounds/"+r.ID+"/excuse", M{"reason": "不用"}).WantProblem(409, "round.wrong-state", "never")
		endRound(wang, inspect.NewID().String(), made(wang, r, nil)).Want(http.StatusCreated) // what was done is sent as one beyond the plan

		// What was excused and made all the same was made; made without network in time, it arrives late.
		other := rounds[1]
		office.Do(http.MethodPut, "/api/v1/rounds/"+other.ID+"/excuse", M{"reason": "暴雨"}).Want(http.StatusCreated)
		office.Do(http.MethodPut, "/api/v1/rounds/"+other.ID+"/excuse", M{"reason": "台风"}).WantProblem(409, "round.wrong-state", "never")
		offline := made(wang, other, nil)
		s.Pass(30 * time.Hour)
		endRound(wang, other.ID, but(offline, M{"sent_at": s.Now().UTC().Format(time.RFC3339Nano)})).Want(http.StatusCreated).Into(&again)
		if again.Round.State != "done" || again.Round.Excuse == nil {
			t.Errorf("made in time and sent late: %+v", again.Round)
		}
		s.Audit()
	})
}

func TestBadRoundsAndRosters(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		sections(s, 2)
		day := monday(s)
		lin, office := s.As("lin"), s.As("office")
		s.As("wang")
		people := []inspect.ID{servertest.ID("lin"), servertest.ID("wang")}
		office.AllowInvalidRequests, lin.AllowInvalidRequests = true, true
		for name, x := range map[string]struct {
			more          M
			code, pointer string
		}{
			"nobody goes":        {M{"people": []inspect.ID{}, "people_each": 0}, "content.invalid", "/people"},
			"more than there is": {M{"people_each": 5}, "content.invalid", "/people_each"},
			"twice in a roster":  {M{"people": []inspect.ID{people[0], people[0]}}, "content.invalid", "/people/1"},
			"a stranger":         {M{"people": []inspect.ID{servertest.ID("nobody")}, "people_each": 0}, "content.unknown-reference", "/people/0"},
			"most under least":   {M{"schedule": M{"every": "week", "least": 3, "most": 2}}, "content.invalid", "/schedule/most"},
			"no such weekday":    {M{"schedule": M{"every": "week", "least": 1, "most": 1, "weekdays": []int{8}}}, "content.invalid", "/schedule/weekdays"},
			"no such time":       {M{"schedule": M{"every": "day", "least": 1, "most": 1, "from": "25:00"}}, "content.invalid", "/schedule/from"},
			"ends before":        {M{"valid_to": "2020-01-01"}, "content.invalid", "/valid_to"},
			"nowhere":            {M{"targets": []inspect.ID{servertest.ID("nowhere")}}, "content.unknown-reference", "/targets/0"},
			"outside its area":   {M{"targets": []inspect.ID{servertest.ID("meilan-area")}}, "content.unknown-reference", "/targets/0"},
			"no such area":       {M{"area": servertest.ID("nowhere")}, "content.unknown-reference", "/area"},
		} {
			a := putDuty(office, "bad", patrols(day, people, x.more))
			if a.Status != 422 || !strings.Contains(string(a.Body), `"`+x.code+`"`) || !strings.Contains(string(a.Body), `"`+x.pointer+`"`) {
				t.Errorf("%s: got %d %s, want %s at %s", name, a.Status, a.Body, x.code, x.pointer)
			}
		}
		putDuty(office, "patrols", patrols(day, people, nil)).Want(http.StatusCreated)

		// Somebody on leave takes no turns and is put on no roster.
		leave := "/api/v1/leaves/" + servertest.ID("leave").String()
		office.Do(http.MethodPut, leave, M{"person": people[1], "from": day.Add(2), "to": day.Add(1)}).WantProblem(422, "content.invalid", "never")
		office.Do(http.MethodPut, leave, M{"person": people[1], "from": day.Add(1), "to": day.Add(2)}).Want(http.StatusCreated)
		office.Do(http.MethodPut, leave, M{"person": people[1], "from": day.Add(1), "to": day.Add(2)}).Want(http.StatusOK)
		roster := "/api/v1/duties/" + servertest.ID("patrols").String() + "/roster"
		type rosterDay struct {
			People, Away []struct{ ID string }
			Exchanged    bool
		}
		var days struct{ Days []rosterDay }
		office.Do(http.MethodGet, fmt.Sprintf("%s?from=%s&to=%s", roster, day, day.Add(3)), nil).Want(http.StatusOK).Into(&days)
		if got := []int{len(days.Days[0].People), len(days.Days[1].People), len(days.Days[2].Away), len(days.Days[3].People)}; !slices.Equal(got, []int{2, 1, 1, 2}) {
			t.Errorf("the roster is %+v", days.Days)
		}
		away := office.Do(http.MethodPut, roster+"/"+string(day.Add(1)), M{"people": people, "reason": "换班"})
		away.WantProblem(409, "roster.on-leave", "never")
		if !strings.Contains(string(away.Body), `"/people/1"`) {
			t.Errorf("who is away is not named: %s", away.Body)
		}
		office.Do(http.MethodPut, roster+"/"+string(day.Add(1)), M{"people": []inspect.ID{servertest.ID("leader")}, "reason": "换班"}).WantProblem(422, "content.unknown-reference", "never")
		s.As("leader")
		office.Do(http.MethodPut, roster+"/"+string(day.Add(1)), M{"people": []inspect.ID{servertest.ID("leader")}, "reason": "换班"}).WantProblem(422, "content.unknown-reference", "never")
		swap := M{"people": []inspect.ID{people[1]}, "reason": "换班"}
		office.Do(http.MethodPut, roster+"/"+string(day), swap).Want(http.StatusCreated)
		office.Do(http.MethodPut, roster+"/"+string(day), swap).Want(http.StatusOK)
		for _, r := range mine(t, lin) {
			if r.Day == string(day) && r.MyTurn {
				t.Errorf("after the exchange it is still their turn: %+v", r)
			}
		}
		for _, r := range mine(t, s.As("wang")) {
			if r.Day == string(day) && !r.MyTurn {
				t.Errorf("after the exchange it is not their turn: %+v", r)
			}
		}

		r := mine(t, lin)[0]
		for name, x := range map[string]struct {
			more          M
			status        int
			code, pointer string
		}{
			"no such kind of work": {M{"quantities": []M{{"kind": "gold", "amount": 1, "counted": false}}}, 422, "content.unknown-reference", "/quantities/0/kind"},
			"nothing of it":        {M{"quantities": []M{{"kind": "waste", "amount": 0, "counted": false}}}, 422, "content.invalid", "/quantities/0/amount"},
			"three decimals":       {M{"quantities": []M{{"kind": "waste", "amount": 1.234, "counted": false}}}, 422, "content.invalid", "/quantities/0/amount"},
			"twice":                {M{"quantities": []M{{"kind": "waste", "amount": 1, "counted": false}, {"kind": "waste", "amount": 2, "counted": false}}}, 422, "content.unknown-reference", "/quantities/1/kind"},
			"with oneself":         {M{"with": []inspect.ID{people[0]}}, 422, "content.unknown-reference", "/with/0"},
			"elsewhere":            {M{"target": servertest.ID("meilan-area")}, 422, "content.invalid", "/target"},
			"of no duty":           {M{"duty": servertest.ID("no duty")}, 422, "content.unknown-reference", "/duty"},
		} {
			a := endRound(lin, r.ID, made(lin, r, x.more))
			if a.Status != x.status || !strings.Contains(string(a.Body), `"`+x.code+`"`) || !strings.Contains(string(a.Body), `"`+x.pointer+`"`) {
				t.Errorf("%s: got %d %s, want %d %s at %s", name, a.Status, a.Body, x.status, x.code, x.pointer)
			}
		}
		endRound(lin, inspect.NewID().String(), made(lin, r, M{"target": servertest.ID("meilan-area")})).WantProblem(422, "content.unknown-reference", "never")
		for _, other := range mine(t, lin) { // of what is refused nothing stays
			if other.State == "done" {
				t.Errorf("was made: %+v", other)
			}
		}

		// Before its time, after the end of its duty.
		night := patrols(day, people, M{"name": "夜间巡查", "schedule": M{"every": "day", "least": 1, "most": 1, "from": "22:00", "to": "05:00"}})
		putDuty(office, "night", night).Want(http.StatusCreated)
		for _, r := range mine(t, lin) {
			if r.Duty.Name == "夜间巡查" && r.Day == string(day) {
				endRound(lin, r.ID, made(lin, r, nil)).WantProblem(409, "round.not-open", "never")
				s.Pass(20 * time.Hour) // two in the morning of Tuesday
				endRound(lin, r.ID, made(lin, r, nil)).Want(http.StatusCreated)
				break
			}
		}
		total, _ := compliance(t, office, fmt.Sprintf("from=%s&to=%s&duty=%s", day, day, servertest.ID("night")))
		if total.Kept != 1 || total.Due != 1 { // of two sections, the other is still open until five
			t.Errorf("the night so far: %+v", total)
		}
		s.Pass(4 * time.Hour)
		total, _ = compliance(t, office, fmt.Sprintf("from=%s&to=%s&duty=%s", day, day, servertest.ID("night")))
		if total.Kept != 1 || total.Due != 2 {
			t.Errorf("the night: %+v", total)
		}
		end := "/api/v1/duties/" + servertest.ID("night").String() + "/end"
		office.Do(http.MethodPut, end, nil).Want(http.StatusOK)
		office.Do(http.MethodPut, end, nil).Want(http.StatusOK)
		putDuty(office, "night", but(night, M{"name": "别的"})).WantProblem(409, "duty.ended", "never")
		s.Pass(time.Minute)
		endRound(lin, inspect.NewID().String(), made(lin, r, M{"duty": servertest.ID("night")})).WantProblem(409, "duty.ended", "never")
		s.Audit()
	})
}

func TestAServiceRoundIsAUnitsDuty(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for _, name := range []string{"first toilet", "second toilet"} {
			putSpot(s.As("admin"), name, spot("public_toilet", name, 100, M{"area": servertest.ID("binhai"), "unit": servertest.ID("longhua-sanitation")})).Want(http.StatusCreated)
		}
		day := monday(s)
		body := M{"name": "公厕保洁", "kind": "service", "subject": "place", "area": servertest.ID("longhua-area"), "place_kind": "public_toilet", "unit": servertest.ID("longhua-sanitation"),
			"schedule": M{"every": "day", "least": 2, "most": 4, "from": "06:00", "to": "20:00"}, "valid_from": day}
		putDuty(s.As("meilan-desk"), "toilets", body).WantProblem(403, "forbidden", "never")
		putDuty(s.As("crew"), "toilets", body).WantProblem(403, "forbidden", "never")
		putDuty(s.As("longhua-desk"), "toilets", body).Want(http.StatusCreated)
		due := mine(t, s.As("crew"))
		if len(due) != 8 || !due[0].MyTurn { // two toilets twice, today and tomorrow
			t.Fatalf("the crew has %d rounds: %+v", len(due), due)
		}
		if others := append(mine(t, s.As("meilan-crew")), mine(t, s.As("lin"))...); len(others) != 0 {
			t.Errorf("others have %+v", others)
		}
		sent := made(s.As("crew"), due[0], M{"quantities": []M{{"kind": "people", "amount": 3, "counted": true}}})
		endRound(s.As("meilan-crew"), due[0].ID, made(s.As("meilan-crew"), due[0], nil)).WantProblem(403, "forbidden", "never")
		endRound(s.As("leader"), due[0].ID, made(s.As("leader"), due[0], nil)).WantProblem(403, "forbidden", "never")
		endRound(s.As("crew"), due[0].ID, sent).Want(http.StatusCreated)
		for name, want := range map[string]int{"crew": 8, "longhua-desk": 8, "office": 8, "leader": 8, "meilan-desk": 0, "meilan-crew": 0} {
			var page struct{ Rounds []roundSeen }
			if s.As(name).Do(http.MethodGet, "/api/v1/rounds", nil).Want(http.StatusOK).Into(&page); len(page.Rounds) != want {
				t.Errorf("%s sees %d rounds, want %d", name, len(page.Rounds), want)
			}
			var duties struct{ Duties []struct{ Name string } }
			if s.As(name).Do(http.MethodGet, "/api/v1/duties", nil).Want(http.StatusOK).Into(&duties); len(duties.Duties) != min(want, 1) {
				t.Errorf("%s sees %d duties", name, len(duties.Duties))
			}
		}
		s.As("keeper").Do(http.MethodGet, "/api/v1/rounds", nil).WantProblem(403, "forbidden", "never")
		s.As("meilan-desk").Do(http.MethodPut, "/api/v1/rounds/"+due[1].ID+"/excuse", M{"reason": "不在"}).WantProblem(404, "round.not-found", "never")

		// What nobody ever looked at: one toilet was cleaned, the other was not.
		var never struct {
			Never, All int
			First      []struct{ Name string }
		}
		s.As("office").Do(http.MethodGet, "/api/v1/never-visited?kind=public_toilet", nil).Want(http.StatusOK).Into(&never)
		if never.Never != 1 || never.All != 2 || never.First[0].Name == due[0].Target.Name {
			t.Errorf("never visited: %+v", never)
		}
		s.As("meilan-desk").Do(http.MethodGet, "/api/v1/never-visited", nil).WantProblem(403, "forbidden", "never")

		// A fix tells of work as well; the unit's own and the rounds stand in one sum.
		id := s.As("lin").ReportsMud()
		s.As("office").Assigns(id, "longhua-sanitation", time.Hour)
		p := s.As("crew").Shows(id, "after")
		s.As("crew").Acts(id, "fix", M{"photos": []inspect.ID{p}, "quantities": []M{{"kind": "people", "amount": 2, "counted": false}, {"kind": "vehicles", "amount": 1, "counted": false}}}).Want(http.StatusCreated)
		var sums struct {
			Sums []struct {
				Unit              *struct{ Name string }
				Kind              string
				Counted, Reported float64
			}
		}
		s.As("office").Do(http.MethodGet, fmt.Sprintf("/api/v1/quantities?from=%s&to=%s", day, day), nil).Want(http.StatusOK).Into(&sums)
		if len(sums.Sums) != 2 || sums.Sums[0].Kind != "people" || sums.Sums[0].Counted != 3 || sums.Sums[0].Reported != 2 || sums.Sums[0].Unit.Name != "龙华环卫" {
			t.Errorf("the sums are %+v", sums)
		}
		var issue struct {
			Work []struct{ Quantities []struct{ Kind string } }
		}
		s.As("office").Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&issue)
		if len(issue.Work) != 1 || len(issue.Work[0].Quantities) != 2 {
			t.Errorf("the issue shows %+v", issue.Work)
		}
		s.Audit()
	})
}
