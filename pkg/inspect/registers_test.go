package inspect_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

func TestKindsOfPlaces(t *testing.T) {
	local := []inspect.LocalKind{{Code: "pier"}}
	for kind, known := range map[inspect.SpotKind]bool{"shopfront": true, "urban_village": true, "pier": true, "moon": false} {
		if inspect.KnownKind(kind, local) != known {
			t.Errorf("%s: known is %t", kind, !known)
		}
	}
	for text, good := range map[string]bool{"pier": true, "p2_x": true, "": false, "Pier": false, "2p": false, "a b": false, "码头": false} {
		var k inspect.SpotKind
		if err := k.UnmarshalText([]byte(text)); (err == nil) != good || good && string(k) != text {
			t.Errorf("%q: got %q, %v", text, k, err)
		}
	}
	s := inspect.Spot{Enabled: true, Span: inspect.Span{From: "2026-03-01", To: "2026-03-31"}}
	for day, used := range map[inspect.Date]bool{"2026-02-28": false, "2026-03-01": true, "2026-03-31": true, "2026-04-01": false} {
		if s.InUse(day) != used {
			t.Errorf("%s: in use is %t", day, !used)
		}
	}
	if s.Enabled = false; s.InUse("2026-03-02") {
		t.Error("a place that is switched off is in use")
	}
}

func TestCoverage(t *testing.T) {
	if share, ok := (inspect.Coverage{Signed: 1, Total: 4}).Percent(); share != 25 || !ok {
		t.Errorf("one of four is %v %%, %t", share, ok)
	}
	if share, ok := (inspect.Coverage{}).Percent(); share != 0 || ok {
		t.Errorf("of no places %v %%, %t", share, ok)
	}
	if got := (inspect.Coverage{Signed: 1, Total: 4}).Add(inspect.Coverage{Signed: 2, Total: 3}); got != (inspect.Coverage{Signed: 3, Total: 7}) {
		t.Errorf("together %+v", got)
	}
}

func TestWhoIsOnCall(t *testing.T) {
	street, district := id("street"), id("district")
	roster := []inspect.OnCallShift{
		{Person: id("city"), From: 10, To: 20},
		{Person: id("street"), Area: street, From: 15, To: 20},
		{Person: id("city"), From: 15, To: 30},
		{Person: id("elsewhere"), Area: id("elsewhere"), From: 0, To: 100},
	}
	for now, want := range map[inspect.Time][]inspect.ID{9: nil, 10: {id("city")}, 15: {id("city"), id("street")}, 19: {id("city"), id("street")}, 20: {id("city")}, 30: nil} {
		if got := inspect.OnCall(roster, now, []inspect.ID{street, district}); !slices.Equal(got, want) {
			t.Errorf("at %d: %v, want %v", now, got, want)
		}
	}
}

func TestReturnsThatAreOwed(t *testing.T) {
	f := inspect.ReturnForm{Units: []inspect.ID{id("a"), id("b"), id("c")}, AskedFrom: []inspect.Date{"2026-01-01", "2026-02-01"}}
	for unit, want := range map[string]inspect.Date{"a": "2026-01-01", "b": "2026-02-01", "c": "", "d": ""} {
		if got, ok := f.AskedOf(id(unit)); got != want || ok != (want != "") {
			t.Errorf("%s was asked from %s, %t", unit, got, ok)
		}
	}
	for _, c := range []struct {
		sent, due, now inspect.Time
		want           inspect.ReturnState
	}{{0, 10, 10, inspect.ReturnAwaited}, {0, 10, 11, inspect.ReturnMissing}, {10, 10, 20, inspect.ReturnOnTime}, {11, 10, 20, inspect.ReturnLate},
		{1, 10, 5, inspect.ReturnOnTime}} {
		if got := inspect.StateOfReturn(c.sent, c.due, c.now); got != c.want {
			t.Errorf("sent at %d, due at %d, now %d: %s, want %s", c.sent, c.due, c.now, got, c.want)
		}
	}
}

func TestExposuresAreDecided(t *testing.T) {
	for _, c := range []struct {
		state  inspect.ExposureState
		answer inspect.ExposureAnswer
		by     string
		object inspect.Time
		want   inspect.ExposureState
	}{
		{inspect.ExposureProposed, inspect.ReleaseExposure, "second", 0, inspect.ExposureReleased},
		{inspect.ExposureProposed, inspect.ReleaseExposure, "maker", 0, ""},
		{inspect.ExposureReleased, inspect.ReleaseExposure, "second", 0, ""},
		{inspect.ExposureTakenDown, inspect.ReleaseExposure, "second", 0, ""},
		{inspect.ExposureProposed, inspect.TakeDownExposure, "maker", 0, inspect.ExposureTakenDown},
		{inspect.ExposureReleased, inspect.TakeDownExposure, "second", 0, inspect.ExposureTakenDown},
		{inspect.ExposureTakenDown, inspect.TakeDownExposure, "second", 0, ""},
		{inspect.ExposureReleased, inspect.KeepExposure, "second", 5, inspect.ExposureReleased},
		{inspect.ExposureReleased, inspect.KeepExposure, "second", 0, ""},
		{inspect.ExposureProposed, inspect.KeepExposure, "second", 5, ""},
	} {
		e := inspect.Exposure{State: c.state, MadeBy: id("maker"), ObjectedAt: c.object, Objection: "o"}
		err := e.Decide(c.answer, id(c.by), 9, "why")
		if (err == nil) != (c.want != "") || err == nil && (e.State != c.want || e.DecidedBy != id(c.by) || e.DecidedAt != 9 || e.Reason != "why" || e.Objection != "" ||
			e.ObjectedAt != 0) {
			t.Errorf("%s of what is %s by the %s: %+v, %v", c.answer, c.state, c.by, e, err)
		}
	}
	for m, good := range map[inspect.Mask]bool{{W: 1, H: 1}: true, {X: 9_999, Y: 9_999, W: 1, H: 1}: true, {W: 10_000, H: 10_000}: true, {X: 1, W: 10_000, H: 1}: false,
		{Y: 1, W: 1, H: 10_000}: false, {W: 0, H: 1}: false, {W: 1, H: 0}: false, {X: -1, W: 1, H: 1}: false, {Y: -1, W: 1, H: 1}: false} {
		if m.Valid() != good {
			t.Errorf("%+v: valid is %t", m, !good)
		}
	}
}

func TestSuspensionsAreAboutSome(t *testing.T) {
	i := &inspect.Issue{Category: "06010"}
	areas := []inspect.ID{id("street"), id("district")}
	for name, c := range map[string]struct {
		s    inspect.Suspension
		want bool
	}{
		"all":              {inspect.Suspension{}, true},
		"its district":     {inspect.Suspension{Area: id("district")}, true},
		"another district": {inspect.Suspension{Area: id("other")}, false},
		"its category":     {inspect.Suspension{Categories: []string{"01", "06010"}}, true},
		"another category": {inspect.Suspension{Categories: []string{"01"}}, false},
		"neither":          {inspect.Suspension{Area: id("other"), Categories: []string{"06010"}}, false},
	} {
		if c.s.AppliesTo(i, areas) != c.want {
			t.Errorf("%s: applies is %t", name, !c.want)
		}
	}
}

func TestOverdueAndWhetherItMayGo(t *testing.T) {
	hour := inspect.Time(3_600_000)
	for name, c := range map[string]struct {
		i                    inspect.Issue
		now                  inspect.Time
		overdue, provisional bool
	}{
		"no deadline":             {inspect.Issue{Status: inspect.Assigned}, 1, false, false},
		"before it":               {inspect.Issue{Status: inspect.Assigned, DueAt: 100}, 100, false, false},
		"past it, may arrive":     {inspect.Issue{Status: inspect.Assigned, DueAt: 100}, 101, true, true},
		"the window is over":      {inspect.Issue{Status: inspect.Assigned, DueAt: 100}, 101 + hour, true, false},
		"at the window's end":     {inspect.Issue{Status: inspect.Assigned, DueAt: 100}, 100 + hour, true, true},
		"asked before it":         {inspect.Issue{Status: inspect.Assigned, DueAt: 100, Timing: inspect.Timing{Extension: inspect.Request{At: 100}}}, 101 + hour, true, true},
		"asked after it":          {inspect.Issue{Status: inspect.Assigned, DueAt: 100, Timing: inspect.Timing{Extension: inspect.Request{At: 101}}}, 101 + hour, true, false},
		"a hold asked before it":  {inspect.Issue{Status: inspect.Assigned, DueAt: 100, Timing: inspect.Timing{Hold: inspect.Request{At: 99}}}, 101 + hour, true, true},
		"fixed in time":           {inspect.Issue{Status: inspect.Fixed, DueAt: 100, FixedAt: 100}, 500, false, false},
		"fixed late":              {inspect.Issue{Status: inspect.Fixed, DueAt: 100, FixedAt: 101}, 102, true, false},
		"dismissed":               {inspect.Issue{Status: inspect.Dismissed, DueAt: 100, FixedAt: 101}, 500, false, false},
		"merged":                  {inspect.Issue{Status: inspect.Merged, DueAt: 100, FixedAt: 101}, 500, false, false},
		"nobody works on it":      {inspect.Issue{Status: inspect.Reported, DueAt: 100}, 500, false, false},
		"no deadline and a fix":   {inspect.Issue{Status: inspect.Fixed, FixedAt: 101}, 500, false, false},
		"fixed late, asked early": {inspect.Issue{Status: inspect.Fixed, DueAt: 100, FixedAt: 101, Timing: inspect.Timing{Extension: inspect.Request{At: 1}}}, 102, true, true},
	} {
		if c.i.Overdue(c.now) != c.overdue || c.i.OverdueProvisional(c.now, time.Hour) != c.provisional {
			t.Errorf("%s: overdue %t, provisional %t", name, c.i.Overdue(c.now), c.i.OverdueProvisional(c.now, time.Hour))
		}
	}
}

func TestRulesOfAClassOfArea(t *testing.T) {
	all := []inspect.Rule{{Category: "all", Enabled: true}, {Category: "road", Enabled: true, AreaClass: "main_road"}, {Category: "off", AreaClass: "main_road"},
		{Category: "alley", Enabled: true, AreaClass: "alley"}}
	for class, want := range map[string][]string{"main_road": {"road", "all"}, "": {"all"}, "square": {"all"}} {
		var got []string
		for _, r := range inspect.RulesForClass(all, class) {
			got = append(got, r.Category)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", class, got, want)
		}
	}
}

func TestWhenAPhotoWasTaken(t *testing.T) {
	noon := inspect.At(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	fast := -time.Hour
	first := inspect.At(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		p    inspect.Photo
		want inspect.Time
	}{
		"by the phone":            {inspect.Photo{Declaration: inspect.Declaration{CapturedAt: noon}}, noon},
		"by a phone that is fast": {inspect.Photo{Declaration: inspect.Declaration{CapturedAt: noon}, Skew: &fast}, noon.Add(fast)},
		"nobody says":             {inspect.Photo{Skew: &fast}, 0},
		"in the last century":     {inspect.Photo{Declaration: inspect.Declaration{CapturedAt: first - 1}}, 0},
		"as early as can be":      {inspect.Photo{Declaration: inspect.Declaration{CapturedAt: first}}, first},
		"a day ahead":             {inspect.Photo{Declaration: inspect.Declaration{CapturedAt: noon}, ReceivedAt: noon.Add(-24 * time.Hour)}, noon},
		"more than a day ahead":   {inspect.Photo{Declaration: inspect.Declaration{CapturedAt: noon}, ReceivedAt: noon.Add(-24*time.Hour) - 1}, 0},
	} {
		if got := c.p.CorrectedCapture(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestHowNearTheSameThingLies(t *testing.T) {
	for group, want := range map[string]float64{"litter": 30, "dirty_spot": 40, "street_order": 30, "posters": 30, "facility": 20, "road_mud": 100, "construction": 100,
		"beach": 40} {
		if got := inspect.SimilarWithin(group); got != want {
			t.Errorf("%s: %v m, want %v", group, got, want)
		}
	}
	at, end := geo.Point{Lat: 1, Lon: 2}, geo.Point{Lat: 3, Lon: 4}
	for name, c := range map[string]struct {
		i    inspect.Issue
		want geo.Line
		ok   bool
	}{
		"a line":  {inspect.Issue{Line: &geo.Line{Start: at, End: &end}, Place: &inspect.Place{Point: end}}, geo.Line{Start: at, End: &end}, true},
		"a point": {inspect.Issue{Place: &inspect.Place{Point: at}}, geo.Line{Start: at}, true},
		"neither": {inspect.Issue{}, geo.Line{}, false},
	} {
		if got, ok := c.i.AsLine(); ok != c.ok || got.Start != c.want.Start || (got.End == nil) != (c.want.End == nil) {
			t.Errorf("%s: %+v, %t", name, got, ok)
		}
	}
}

func TestSmallWords(t *testing.T) {
	var texts inspect.Texts
	if got := slices.Sorted(maps.Keys(texts.Fields())); !slices.Equal(got, []string{"address", "caller_name", "caller_phone", "note", "plate", "site"}) {
		t.Errorf("texts are called %v", got)
	}
	for _, s := range inspect.Sources {
		if s.FromPublic() != (s == "hotline" || s == "public") {
			t.Errorf("%s: from the public is %t", s, s.FromPublic())
		}
	}
	for text, want := range map[string]inspect.RaisedFlag{`"no_place"`: {Kind: "no_place"}, `{"kind":"no_place"}`: {Kind: "no_place"}} {
		var got inspect.RaisedFlag
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	types := inspect.IssueEventTypes()
	if !slices.IsSorted(types) || !slices.Contains(types, "issue.assigned") || slices.Contains(types, "photo.received") {
		t.Errorf("types of events of issues: %v", types)
	}
	for _, c := range []struct {
		event string
		now   inspect.Status
		want  bool
	}{{"issue.reported", inspect.Reported, true}, {"issue.fixed", inspect.Fixed, true}, {"issue.fixed", inspect.Assigned, false}, {"issue.unmerged", inspect.Reported, true},
		{"issue.unmerged", inspect.Fixed, false}, {"issue.commented", inspect.Reported, false}} {
		e := inspect.Event{Type: c.event}
		if e.StartsStep(c.now) != c.want {
			t.Errorf("%s of what is %s: starts a step is %t", c.event, c.now, !c.want)
		}
	}
}

func TestStepsOfAPlanThatAreOpen(t *testing.T) {
	task := func(change func(*inspect.PlanTask)) *inspect.PlanTask {
		p := &inspect.PlanTask{Enabled: true, Planned: inspect.Span{From: "2026-03-01", To: "2026-06-30"}, Actual: inspect.Span{From: "2026-03-01"},
			Milestones: []inspect.Milestone{{Title: "half", Due: "2026-04-15"}, {Title: "done", Due: "2026-04-01", Done: "2026-04-02"}}}
		change(p)
		return p
	}
	rests := func(p *inspect.PlanTask) {
		p.Hold = inspect.PlanHoldRequest{From: "2026-04-10", To: "2026-04-19", Answer: inspect.Granted}
	}
	half, last := inspect.PlanStep{Title: "half", Due: "2026-04-15"}, inspect.PlanStep{Due: "2026-06-30"}
	for name, c := range map[string]struct {
		change func(*inspect.PlanTask)
		on     inspect.Date
		want   []inspect.PlanStep
	}{
		"a day before":          {func(*inspect.PlanTask) {}, "2026-04-14", nil},
		"on its day":            {func(*inspect.PlanTask) {}, "2026-04-15", []inspect.PlanStep{half}},
		"on the last day":       {func(*inspect.PlanTask) {}, "2026-06-30", []inspect.PlanStep{half, last}},
		"switched off":          {func(p *inspect.PlanTask) { p.Enabled = false }, "2026-06-30", nil},
		"all done":              {func(p *inspect.PlanTask) { p.Actual.To = "2026-06-01" }, "2026-06-30", nil},
		"it rests":              {rests, "2026-04-15", nil},
		"moved by ten days":     {rests, "2026-04-24", nil},
		"on the day after that": {rests, "2026-04-25", []inspect.PlanStep{{Title: "half", Due: "2026-04-25"}}},
		"the last day moved":    {rests, "2026-07-10", []inspect.PlanStep{{Title: "half", Due: "2026-04-25"}, {Due: "2026-07-10"}}},
	} {
		if got := task(c.change).Open(c.on); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
