package servertest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

type owedPage struct {
	Returns []struct {
		Form, Unit    struct{ Name string }
		Period, State string
		DueAt         time.Time `json:"due_at"`
		SentAt        time.Time `json:"sent_at"`
		Sent          int
		Last          struct {
			Numbers []float64
			Note    string
		}
	}
}

// returnForm is a return for every day, due at noon of the day after it.
func returnForm(from string) M {
	return M{"name": "每日清运报表", "every": "day", "lines": []string{"清运垃圾（吨）", "出动人次"}, "units": []inspect.ID{servertest.ID("longhua-sanitation"), servertest.ID("meilan-sanitation")},
		"by": "12:00", "from": from}
}

// TestReturnsThatUnitsOwe has a unit send a return and correct it, one send too late, and one not at all.
func TestReturnsThatUnitsOwe(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew, meilan, lin := s.As("office"), s.As("crew"), s.As("meilan-crew"), s.As("lin")
		zone := s.Core.Zone
		year, month, date := s.Now().In(zone).Date()
		s.Pass(time.Date(year, month, date+1, 9, 0, 0, 0, zone).Sub(s.Now())) // nine in the morning: yesterday's is due at noon
		path := "/api/v1/return-forms/" + servertest.ID("daily").String()
		office.Do(http.MethodPut, path, returnForm("2026-01-01")).Want(201)
		s.Pass(48 * time.Hour) // the form is known when what it asks for is due
		day := func(n int) string { return s.Now().In(zone).AddDate(0, 0, n).Format(time.DateOnly) }
		yesterday, before, today := day(-1), day(-2), day(0)

		form := returnForm(before)
		crew.Do(http.MethodPut, path, form).WantProblem(403, "forbidden", "never")
		for field, wrong := range map[string]any{"every": "span", "lines": []string{"吨", "吨"}, "units": []inspect.ID{}, "by": "25:00", "days": 61,
			"from": "2026-02-30", "name": ""} {
			with := M{}
			for k, v := range form {
				with[k] = v
			}
			with[field] = wrong
			text, err := json.Marshal(with)
			if err != nil {
				t.Fatal(err)
			}
			if a := loosely(t, office).Do(http.MethodPut, path, string(text)).WantProblem(422, "content.invalid", "never"); !strings.Contains(string(a.Body), "/"+field) {
				t.Errorf("%s: the field is not named: %s", field, a.Body)
			}
		}
		office.Do(http.MethodPut, path, form).Want(200)
		office.Do(http.MethodPut, path, form).Want(200)
		if got := todoOf(crew)["returns"].Count; got != 2 {
			t.Errorf("a unit has %d returns to send, want those of two days that are over and none of a day ahead", got)
		}
		crew.Do(http.MethodGet, "/api/v1/return-forms", nil).Want(200)
		lin.Do(http.MethodGet, "/api/v1/return-forms", nil).WantProblem(403, "forbidden", "never")

		for range 2 {
			if err := s.Core.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantTold(t, crew, "return.missing", "return.due")
		}

		send := func(c *servertest.Client, id, unit, period string, numbers ...float64) *servertest.Answer {
			return c.Do(http.MethodPut, "/api/v1/returns/"+servertest.ID(id).String(),
				M{"form": servertest.ID("daily"), "unit": servertest.ID(unit), "period": period, "numbers": numbers, "note": "附说明"})
		}
		send(crew, "first", "longhua-sanitation", yesterday, 12.5, 8).Want(201)
		send(crew, "first", "longhua-sanitation", yesterday, 12.5, 8).Want(200)
		send(crew, "first", "longhua-sanitation", yesterday, 12.5, 9).WantProblem(409, "action.differs", "never")
		send(crew, "theirs", "meilan-sanitation", yesterday, 1, 1).WantProblem(403, "forbidden", "never")
		send(crew, "few", "longhua-sanitation", yesterday, 1).WantProblem(422, "content.invalid", "never")
		send(crew, "other kind", "longhua-sanitation", yesterday[:7], 1, 1).WantProblem(422, "content.invalid", "never")
		send(crew, "tomorrow", "longhua-sanitation", day(1), 1, 1).WantProblem(422, "period.future", "never")
		send(crew, "decimals", "longhua-sanitation", yesterday, 1.001, 1).WantProblem(422, "content.invalid", "never")
		s.Pass(4 * time.Hour)
		send(crew, "second", "longhua-sanitation", yesterday, 12.75, 8).Want(201)
		send(meilan, "late", "meilan-sanitation", before, 3, 2).Want(201)

		var page owedPage
		list := "/api/v1/returns?from=" + yesterday + "&to=" + today
		office.Do(http.MethodGet, list, nil).Want(200).Into(&page)
		states := map[string]string{}
		for _, r := range page.Returns {
			states[r.Unit.Name+" "+r.Period] = r.State
			if r.Period == yesterday && r.State == "on_time" && (r.Sent != 2 || r.Last.Numbers[0] != 12.75 || r.Last.Note != "附说明") {
				t.Errorf("the correction does not stand: %+v", r)
			}
		}
		for key, want := range map[string]string{"龙华环卫 " + yesterday: "on_time", "龙华环卫 " + before: "missing", "美兰环卫 " + yesterday: "missing", "美兰环卫 " + before: "late"} {
			if states[key] != want {
				t.Errorf("%s is %q, want %q (%v)", key, states[key], want, states)
			}
		}
		crew.Do(http.MethodGet, list, nil).Want(200).Into(&page)
		if len(page.Returns) != 2 {
			t.Errorf("a unit sees %d returns, want its own 2", len(page.Returns))
		}
		lin.Do(http.MethodGet, list, nil).WantProblem(403, "forbidden", "never")
		office.Do(http.MethodGet, "/api/v1/returns?from="+today+"&to="+yesterday, nil).WantProblem(422, "content.invalid", "never")
		loosely(t, office).Do(http.MethodGet, "/api/v1/returns?from="+today, nil).WantProblem(422, "content.invalid", "never")

		for _, edge := range []string{"?from=2000-01-01&to=2000-01-31", "?from=2099-12-01&to=2099-12-31"} { // where periods begin and end
			office.Do(http.MethodGet, "/api/v1/returns"+edge, nil).Want(200)
		}
		form["lines"] = []string{"清运垃圾（吨）"}
		office.Do(http.MethodPut, path, form).WantProblem(422, "content.invalid", "never")
		form = returnForm(before)
		form["units"] = []inspect.ID{inspect.NewID()}
		office.Do(http.MethodPut, path, form).WantProblem(422, "content.unknown-reference", "never")

		report := "/api/v1/reports/compute?genre=returns&period=" + yesterday + ".." + today
		text := string(office.Do(http.MethodGet, report+"&form=html", nil).Want(200).Body)
		for _, want := range []string{"报表报送情况", "迟报", "未报", "12.75", "合计（1/2 个单位）", "更正 1 次"} {
			if !strings.Contains(text, want) {
				t.Errorf("the report of returns does not say %q", want)
			}
		}
		for _, f := range []string{"pdf", "docx", "xlsx", "csv", "text", "json"} {
			office.Do(http.MethodGet, report+"&lang=en&form="+f, nil).Want(200)
		}
		office.Do(http.MethodGet, report+"&scope=area:"+servertest.ID("binhai").String(), nil).WantProblem(422, "content.invalid", "never")

		form = returnForm(before)
		form["enabled"] = false
		office.Do(http.MethodPut, path, form).Want(200)
		send(crew, "third", "longhua-sanitation", yesterday, 1, 1).WantProblem(422, "content.invalid", "never")
		if office.Do(http.MethodGet, list, nil).Want(200).Into(&page); len(page.Returns) != 0 {
			t.Errorf("what is not in use is owed: %+v", page.Returns)
		}
		s.Audit()
	})
}

// TestReturnsNobodyWasAskedFor has a form begin in the past, a unit come later, and a form rest for a while.
func TestReturnsNobodyWasAskedFor(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, crew := s.As("office"), s.As("crew")
		zone := s.Core.Zone
		year, month, date := s.Now().In(zone).Date()
		s.Pass(time.Date(year, month, date+1, 9, 0, 0, 0, zone).Sub(s.Now()))
		day := func(n int) string { return s.Now().In(zone).AddDate(0, 0, n).Format(time.DateOnly) }
		first := s.Now().In(zone)
		on := func(n int) string { return first.AddDate(0, 0, n).Format(time.DateOnly) }
		longhua, meilan := servertest.ID("longhua-sanitation"), servertest.ID("meilan-sanitation")
		path := "/api/v1/return-forms/" + servertest.ID("daily").String()
		put := func(from string, enabled bool, units ...inspect.ID) {
			form := returnForm(from)
			form["units"], form["enabled"] = units, enabled
			office.Do(http.MethodPut, path, form).Want(200, 201)
		}
		owed := func() (all []string) {
			var page owedPage
			office.Do(http.MethodGet, "/api/v1/returns?from="+on(-30)+"&to="+day(0), nil).Want(200).Into(&page)
			for _, r := range page.Returns {
				all = append(all, r.Unit.Name+" "+r.Period)
			}
			return all
		}
		want := func(what string, all ...string) {
			t.Helper()
			if got := owed(); !slices.Equal(got, all) {
				t.Errorf("%s: got %v, want %v", what, got, all)
			}
		}

		put(on(-20), true, longhua)
		want("a form that begins in the past", "龙华环卫 "+on(-1))
		report := "/api/v1/reports/compute?genre=returns&form=html&period=" + on(-1) + ".." + on(0)
		if text := string(office.Do(http.MethodGet, report, nil).Want(200).Body); !strings.Contains(text, "合计（0/1 个单位）") || strings.Contains(text, ">0.00<") {
			t.Error("the total of nothing is not said to be no data")
		}
		s.Pass(48 * time.Hour)
		put(on(-20), true, longhua, meilan)
		want("a unit that comes later", "龙华环卫 "+on(-1), "龙华环卫 "+on(0), "龙华环卫 "+on(1), "美兰环卫 "+on(1))
		put(on(-25), true, longhua, meilan)
		want("a beginning that is moved back", "龙华环卫 "+on(-1), "龙华环卫 "+on(0), "龙华环卫 "+on(1), "美兰环卫 "+on(1))
		crew.Do(http.MethodPut, "/api/v1/returns/"+servertest.ID("own will").String(),
			M{"form": servertest.ID("daily"), "unit": longhua, "period": on(-5), "numbers": []float64{1, 2}}).Want(201)
		want("what was sent all the same", "龙华环卫 "+on(-5), "龙华环卫 "+on(-1), "龙华环卫 "+on(0), "龙华环卫 "+on(1), "美兰环卫 "+on(1))
		put(on(-25), false, longhua, meilan)
		put(on(-25), false, longhua, meilan)
		s.Pass(72 * time.Hour)
		put(on(-25), true, longhua, meilan)
		want("a form that rested", "龙华环卫 "+on(-5), "龙华环卫 "+on(4), "美兰环卫 "+on(4))
		s.Audit()
	})
}
